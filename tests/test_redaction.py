"""What must not stand in a log is taken out, and what one needs to find a fault stays."""

import base64
import json
import logging
import subprocess
import sys
import textwrap
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import LibraryFormatter
from bot.redaction import redacted, redacted_event
from bot.service.codes import new_code, new_secret
from bot.web.faults import new_reference
from tests.searching import MARK, found, marked

UUID = "0b0f4f4e-63a1-4c6e-9d5b-3f2d7c1a9e88"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("POST https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u/sendMessage", "POST"),
        ("Authorization: Bearer aGVsbG8gd29ybGQ", "Authorization"),
        ("{'Authorization': 'Basic c2F5c286c2VjcmV0'}", "Authorization"),
        ("Cookie: __Host-sayso_chat=abcdef; other=1", "Cookie"),
        ("sayso_desk=abcdef123", "sayso_desk="),
        ("https://sayso.example/i/#tTgQ0vFZ2", "https://sayso.example/i/"),
        ("/i/#tTgQ0vFZ2", "/i/"),
        ("GET /desk/reviews?said=everything", "/desk/reviews"),
        ("GET /desk/sign-in/abcDEF_123", "/desk/sign-in/"),
        ("postgresql+asyncpg://sayso:hunter2@db/sayso", "postgresql+asyncpg://sayso:"),
        ("AGE-SECRET-KEY-1QUQK7X", ""),
        ("whsec_c3Nzc3Nzc3M=", ""),
        ("otpauth://totp/Sayso?secret=ABC", ""),
        ("code ABCD-EFGH-JKMN was typed", "was typed"),
        ("code abcd efgh jkmn was typed", ""),
    ],
)
def test_secrets_in_the_middle_of_a_text_go_and_the_rest_stays(text: str, kept: str) -> None:
    secrets = (
        "123456:ABC", "aGVsbG8", "c2F5c286", "abcdef", "tTgQ0vFZ2", "everything", "abcDEF_123",
        "hunter2", "QUQK7X", "c3Nzc3", "ABCD-EFGH", "abcd efgh",
    )  # fmt: skip
    after = redacted(text)
    assert not [secret for secret in secrets if secret in after]
    assert kept in after


def test_every_code_and_link_that_sayso_makes_is_taken_out() -> None:
    for _time in range(500):
        code, secret = new_code(), new_secret()
        assert code not in redacted(f"tried {code} twice")
        assert code.replace("-", "") not in redacted(f"tried {code.replace('-', '')} twice")
        assert secret not in redacted(f"tried {secret} twice")


def test_what_one_looks_for_in_a_log_stays() -> None:
    event = {
        "event": "contribution_filed",
        "contribution_id": UUID,
        "key": f"{UUID}/1/ordinary",
        "update_id": 7_000_001,
        "reference": new_reference(),
        "route": "/desk/reviews/{review_id}",
        "host": "127.0.0.1",
        "timestamp": "2026-11-26T10:49:03.123456Z",
        "another_poller": False,
        "attempts": None,
    }
    assert redacted_event(event) == event


@given(st.text(min_size=1), st.sampled_from(["words", "token", "code", "pin", "cookie", "NAME"]))
def test_fields_named_after_something_secret_are_never_written(value: str, field: str) -> None:
    assert redacted_event({field: value, "in": {field: [value]}}) == {
        field: "[withheld]",
        "in": {field: "[withheld]"},
    }


def test_an_object_is_named_and_never_written_out() -> None:
    class Kept:
        def __repr__(self) -> str:
            return "words of a child"

    assert redacted_event({"row": Kept(), "raw": b"words", "list": [Kept()], "n": b"abc"}) == {
        "row": "[Kept]",
        "raw": "[withheld]",
        "list": ["[Kept]"],
        "n": "[3 bytes]",
    }


def test_of_a_library_only_what_stands_in_its_source_is_written() -> None:
    formatter, word = LibraryFormatter(), marked(1)
    filled = logging.LogRecord("telegram.Bot", 10, "x.py", 1, "Entering %s", (word,), None)
    whole = logging.LogRecord("asyncio", 40, "x.py", 1, f"slow call: {word}", None, None)
    try:
        _fail_with(word)
    except ValueError as error:
        failed = logging.LogRecord(
            "aiohttp", 40, "x.py", 7, "Error %s", (word,), (ValueError, error, error.__traceback__)
        )
    lines = [json.loads(formatter.format(record)) for record in (filled, whole, failed)]

    assert [found(json.dumps(line).encode(), MARK) for line in lines] == [[], [], []]
    assert lines[0]["template"] == "Entering %s"
    assert lines[1]["where"] == "x.None:1"
    assert lines[2]["error"] == "ValueError from KeyError"
    assert "test_redaction.py" in lines[2]["frames"][0]


def _fail_with(word: str) -> None:
    raise ValueError(word) from KeyError(word)


CRASHES = {
    "an error that ends the program": "raise ValueError(word)",
    "an error in a thread": "t = threading.Thread(target=fail); t.start(); t.join()",
    "an error in a task that nobody awaits": "asyncio.run(forgotten())",
    "an error in cleaning up": "Breaks(); gc.collect()",
    "a warning": "warnings.warn(word)",
    "a message that can't be put together": "logging.getLogger('x').error('%d', word)",
    "ours with an error": "structlog.get_logger().error('failed', exc_info=ValueError(word))",
    "ours in an except": "try:\n    fail()\nexcept ValueError:\n"
    "    structlog.get_logger().exception('failed')",
    "a database that echoes": "asyncio.run(echoed())",
    "a crash of the interpreter": "import os, signal; os.kill(os.getpid(), signal.SIGABRT)",
}
BEGINNING = """
import asyncio, gc, logging, sys, threading, warnings
import structlog
from bot.logs import set_up
set_up(quiet=False, level="debug")
word = sys.argv[1]
def fail(): raise ValueError(word)
async def _fail(): fail()
async def forgotten():
    task = asyncio.ensure_future(_fail()); await asyncio.sleep(0.01); del task; gc.collect()
async def echoed():
    from sqlalchemy import text
    from storage.store import open_store
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    store = await open_store("sqlite+aiosqlite:///:memory:")
    def use(db):
        db.execute(text("CREATE TABLE said (words TEXT)"))
        db.execute(text("INSERT INTO said VALUES (:words)"), {"words": word})
        db.execute(text("SELECT * FROM said")).all()
        db.execute(text("INSERT INTO nothing VALUES (:words)"), {"words": word})
    await store.write(use)
class Breaks:
    def __del__(self): raise ValueError(word)
"""


@pytest.mark.parametrize("way", CRASHES)
def test_however_it_ends_the_words_stay_out(way: str) -> None:
    program = BEGINNING + textwrap.dedent(CRASHES[way])
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program, marked(7)],
        check=False,
        capture_output=True,
    )
    said = done.stdout + done.stderr
    assert said, "it ends without a word"
    assert found(said, MARK) == []


def test_no_core_file_is_written() -> None:
    program = BEGINNING + "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    done = subprocess.run(
        [sys.executable, "-c", program, ""], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_the_search_finds_a_planted_word_in_every_encoding(before: str) -> None:
    whole = f"{before} {marked(3)} and more"
    planted = {
        "utf-8": whole.encode(),
        "utf-16": whole.encode("utf-16-le"),
        "base64": base64.b64encode(whole.encode()),
        "hex": whole.encode().hex().encode(),
        "percent": quote(whole).encode(),
        "escaped": json.dumps(whole).encode(),
    }
    for encoding, there in planted.items():
        assert encoding in found(b"\x00\x01" + there + b"\xff", MARK), encoding
        assert found(there.replace(b"\x00", b"\x01")[:4], MARK) == []
