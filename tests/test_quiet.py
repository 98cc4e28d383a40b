"""Promise P19: everything is done once at DEBUG, and the logs hold none of it.

A server of its own logs at DEBUG, with asyncio's and Python's own debugging on. Young people say
marked words in the browser and in Telegram, staff read them and write marked reasons, strangers
send marked nonsense, and things break. Then its whole output is searched in six encodings.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select, update

from bot.demo.people import FAMILY
from storage.store import open_store
from storage.tables import conversations, reviews, staff
from tests.channels.telegram.test_playing import play
from tests.promises import FULL, Promise
from tests.searching import MARK, found, marked
from tests.telegram.bot_api import TOKEN, BotApi, Phone
from tests.test_crash import tick

WORDS = 10_000 if FULL else 400
YOUNG = 3
ENTRANCES = ("/desk/", "/desk/unit", "/desk/reviews", "/desk/tasks")
DEBUGGING = {
    "SAYSO_LOG_LEVEL": "debug",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONWARNINGS": "always",
    "PYTHONFAULTHANDLER": "1",
}

_ASKED = re.compile(r'<main data-state="(\w+)" data-question="([\w.]+)"(?: data-kind="(\w+)")?')
_TURN = re.compile(r'name="turn" value="([^"]+)"')
_PICK = re.compile(r'<button class="(?:pick|do)[^"]*" name="choice" value="([^"]+)"')


@dataclass(slots=True)
class Run:
    """One server, and everything that was told to it and that it told."""

    base: str
    environment: dict[str, str]
    output: Path
    numbers: "Iterator[int]" = field(default_factory=count)
    secrets: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    each: int = 10

    def words(self) -> str:
        """Marked words that nobody said before."""
        return " ".join(marked(next(self.numbers)) for _word in range(self.each))


async def _sayso(environment: Mapping[str, str], *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, env=environment, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@asynccontextmanager
async def served(run: Run) -> AsyncIterator[asyncio.subprocess.Process]:
    with run.output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=run.environment, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{run.base}/readyz") as answer:
                    if answer.status == 200:
                        break
            assert process.returncode is None, run.output.read_text()
            await asyncio.sleep(0.1)
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


@dataclass(slots=True)
class Browser:
    run: Run
    session: aiohttp.ClientSession

    async def get(self, path: str) -> tuple[int, str, str]:
        return await self._ask("GET", path)

    async def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
        return await self._ask("POST", path, data=fields)

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, str, str]:
        url = path if path.startswith("http") else self.run.base + path
        own = {"Origin": self.run.base, "Sec-Fetch-Site": "same-origin"}
        async with self.session.request(
            method, url, headers=own, allow_redirects=False, **more
        ) as answer:
            self.run.statuses.append(answer.status)
            self.run.secrets |= {
                cookie.value for cookie in answer.cookies.values() if len(cookie.value) > 8
            }
            text = (await answer.read()).decode(errors="replace")  # an export is no text
            return answer.status, text, answer.headers.get("Location", "")


@asynccontextmanager
async def browser(run: Run) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(run, session)


async def in_the_browser(run: Run, invitation: Mapping[str, Any]) -> None:
    """A whole conversation, by link, marked words in every box."""
    async with browser(run) as young:
        await young.post("/i/", {"code": run.words(), "once": "0"})  # typed the wrong thing
        secret = invitation["url"].partition("#")[2]
        status, _text, _to = await young.post("/i/", {"secret": secret, "once": "1"})
        assert status == 303
        for _step in range(120):
            _status, page, _to = await young.get("/chat")
            asked, turn = _ASKED.search(page), _TURN.search(page)
            assert asked is not None
            assert turn is not None
            state, _question, kind = asked.groups()
            post = {"turn": unescape(turn[1])}
            if state == "sent":
                return
            if state == "check":
                post["command"] = "send"
            elif kind in ("words", "date"):
                post["words"] = run.words()
            elif kind == "choices":
                post |= {"choice": tick(page), "ticked": "1"}
            else:
                picks = [unescape(pick) for pick in _PICK.findall(page)]
                post["choice"] = "file" if "file" in picks else picks[0]
            assert (await young.post("/chat", post))[0] == 303
        raise AssertionError("The conversation did not end.")


async def in_telegram(run: Run, api: BotApi, invitation: Mapping[str, Any]) -> None:
    """The same on a phone, and what is no answer."""
    phone = Phone(api, 6001)
    start = invitation["telegram_start"].rpartition("=")[2]
    await phone.answered(lambda: phone.say(f"/start {start}"), 60)
    await play(phone, run.words())
    phone.location()
    phone.sticker()
    phone.say(run.words())
    await api.settled(60)


async def at_the_desk(run: Run, link: str) -> None:
    """Sign in, open every page there is, fill in every form."""
    run.secrets.add(link.rpartition("/")[2])
    async with browser(run) as desk:
        _status, page, to = await desk.get(link)
        for _hop in range(5):
            if to:
                _status, page, to = await desk.get(to)
            elif 'name="token"' in page and "/desk/sign-in/" in page:
                break
        if "/desk/sign-in/" in page and "<form" in page:
            _status, page, to = await desk.post(link, {})
        seen, ahead = set[str](), deque(ENTRANCES)
        while ahead:
            path = ahead.popleft()
            if path in seen or len(seen) > 60:
                continue
            seen.add(path)
            _status, page, _to = await desk.get(path)
            ahead += [
                unescape(link)
                for link in re.findall(r'href="(/desk/[^"?#]+)', page)
                if "sign" not in link
            ]
            token = re.search(r'name="token" value="([^"]+)"', page)
            for action in re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page):
                if "sign-out" in action or token is None:
                    continue
                fields = {
                    name: run.words() for name in re.findall(r'<textarea[^>]*name="(\w+)"', page)
                }
                fields |= {
                    name: run.words()
                    for name in re.findall(r'<input[^>]*type="text"[^>]*name="(\w+)"', page)
                }
                fields["token"] = unescape(token[1])
                run.secrets.add(fields["token"])
                await desk.post(unescape(action) or path, fields)
        await desk.post("/desk/reviews/none", {"token": "x", "reason": run.words()})
        run.pages |= seen


async def by_strangers(run: Run, secret: str) -> None:
    """What nobody should send."""
    words = run.words()
    async with browser(run) as stranger:
        for path in (f"/{words}", f"/i/?{words}", f"/desk/sign-in/{words}", f"/desk/{words}"):
            await stranger.get(path)
        await stranger.post("/chat", {"words": words, "turn": words})
        await stranger.post("/i/", {"code": "x" * 300_000 + words})
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        for body in (
            words,
            json.dumps({"update_id": words}),
            f'{{"update_id":1,"message":"{words}"',
        ):
            for given in (headers, {}, {"X-Telegram-Bot-Api-Secret-Token": words}):
                async with stranger.session.post(
                    run.base + "/telegram/webhook",
                    data=body.encode(),
                    headers={k: v.encode().decode("latin-1") for k, v in given.items()},
                ) as answer:
                    run.statuses.append(answer.status)
        async with stranger.session.get(
            run.base + "/chat",
            headers={
                "Cookie": f"sayso_chat={words.encode().hex()}",
                "Authorization": "Bearer " + words.encode().hex(),
            },
        ) as answer:
            run.statuses.append(answer.status)
    host, port = run.base.removeprefix("http://").split(":")
    for raw in (
        f"GET /{words} HTTP/9.9\r\n\r\n",
        f"{words} / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET / HTTP/1.1\r\n{words}\x00: {words}\r\n\r\n",
        f"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nwords={words}",
        f"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz{words}\r\n",
    ):
        _reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(raw.encode())
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()


async def with_something_broken(run: Run, database_url: str, invitation: Mapping[str, Any]) -> None:
    """A conversation whose stored state can't be opened: we fail, with words in hand."""
    async with browser(run) as young:
        await young.post("/i/", {"code": invitation["code"], "once": "2"})
        store = await open_store(database_url)
        await store.write(
            lambda db: db.execute(
                update(conversations)
                .where(conversations.c.review_id == invitation["review_id"])
                .values(state=b"\xff" + run.words().encode())
            )
        )
        await store.close()
        status, page, _to = await young.post("/chat", {"turn": "1", "words": run.words()})
        assert status == 500
        reference = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page)
        assert reference is not None
        assert f'"reference": "{reference[0]}"' in run.output.read_text()
        assert MARK not in page


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_full_run_at_debug_logs_no_word_no_code_and_no_token(
    database_url: str, tmp_path: Path, promise: Promise
) -> None:
    api = BotApi()
    await api.start()
    base = f"http://127.0.0.1:{unused_port()}"
    secret = "webhook-secret_0f8fad5bd9cb469fa165"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_PORT": base.rpartition(":")[2],
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{tmp_path / 'record'}",
        "SAYSO_CASE_RECORD_RESTRICTED": f"folder:{tmp_path / 'restricted'}",
        "SAYSO_TELEGRAM_TOKEN": TOKEN,
        "SAYSO_TELEGRAM_API_URL": api.url,
        "SAYSO_TELEGRAM_SECRET": secret,
        "SAYSO_TELEGRAM_STYLE": "full",
        "SAYSO_TELEGRAM_RATE": "off",
        **DEBUGGING,
    }
    run = Run(base, environment, tmp_path / "output.log")
    await _sayso(environment, "demo", "--prepare")
    invited = json.loads(await _sayso(environment, "invite", "--synthetic", str(YOUNG), "--json"))
    for one in invited:
        run.secrets |= {one["code"], one["code"].replace("-", ""), one["url"].partition("#")[2]}
        run.secrets.add(one["telegram_start"].rpartition("=")[2])
    run.secrets |= {TOKEN, TOKEN.partition(":")[2], secret}
    links = []
    for role in ("iro", "pathway_review_officer", "unit_manager"):
        said = await _sayso(environment, "staff", "add", f"{MARK} Name", "--role", role)
        links.append(said.strip().splitlines()[-1])
    await _give_reviews_to_the_newest(database_url)

    try:
        async with served(run) as server:
            await in_the_browser(run, invited[0])
            await in_telegram(run, api, invited[1])
            for link in links:
                await at_the_desk(run, link)
            await with_something_broken(run, database_url, invited[2])
            await by_strangers(run, secret)
            while next(run.numbers) < WORDS:
                await by_strangers(run, secret)
            server.send_signal(signal.SIGTERM)
            assert await server.wait() == 0
    finally:
        await api.stop()

    assert set(ENTRANCES) < run.pages
    assert any(page.startswith("/desk/reviews/") for page in run.pages)
    output = run.output.read_bytes()
    lines = output.decode().splitlines()
    assert {json.loads(line)["level"] for line in lines if line.startswith("{")} >= {
        "debug", "info", "error",
    }  # fmt: skip
    loggers = {json.loads(line).get("logger") for line in lines if line.startswith("{")}
    assert {"asyncio", "telegram.ext.ExtBot", "telegram.Bot"} & loggers
    assert [line for line in lines if found(line.encode(), MARK)] == []
    assert [line for line in lines for one in run.secrets if found(line.encode(), one)] == []
    assert [line for line in lines if any(f" {name}" in line for name in FAMILY)] == []
    assert {303, 200, 404, 403, 413, 500} <= set(run.statuses)
    promise(
        "P19",
        marked_words=next(run.numbers),
        secrets=len(run.secrets),
        log_lines=len(lines),
        encodings=6,
        found=0,
    )


async def _give_reviews_to_the_newest(database_url: str) -> None:
    """Who was added last runs every review of their kind, so that their desk is full."""
    store = await open_store(database_url)

    def give(db: Connection) -> None:
        for role, kind in (("iro", "cioc"), ("pathway_review_officer", "pathway")):
            newest = db.execute(
                select(staff.c.staff_id)
                .where(staff.c.role == role)
                .order_by(staff.c.created_at.desc())
            ).scalar()
            db.execute(update(reviews).where(reviews.c.kind == kind).values(officer_id=newest))

    await store.write(give)
    await store.close()
