"""Promise P7: no copy of the data shows a child's words or name: not the database, its WAL, a dump
or a backup, nor logs, metrics, temporary files and what a crash says.

Everything is said to a server that runs by itself; then every place is searched in six encodings.
The same search finds a word that is planted in each of them.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any

import aiohttp
import pyrage
import pytest
from sqlalchemy import Connection, insert, make_url, select

from bot.access.roles import Role
from bot.backups import envelope, making
from bot.service import invitations, signing_in
from bot.service.house import House
from bot.web.context import now
from storage import people, reviews
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store, open_store
from storage.tables import audit, councils, kept_settings, outbox
from tests.backups.conftest import Escrow, new_escrow
from tests.canaries import ENCODINGS, MARK, encoded, found_in, search
from tests.channels.telegram.test_playing import play
from tests.conftest import FULL
from tests.desk.running import Browser, Desk, Page
from tests.postgres import Postgres, binaries
from tests.promises import Promise
from tests.sayso import house_at
from tests.telegram.bot_api import TOKEN, BotApi, Phone
from tests.test_crash import Log, Server, _run, say_everything
from tests.test_quiet import Run
from tests.test_quiet import at_the_desk as fill_in_everything

CANARIES = 10_000 if FULL else 60
A_PERSON = 12  # canaries, at the least: two names, and the words of a conversation
SECRET = "webhook-secret"
OFFICER, COLLEAGUE, AUDITOR = "s", "t", "a"
STAFF = {
    OFFICER: Role.IRO, COLLEAGUE: Role.IRO, AUDITOR: Role.AUDITOR, "m": Role.UNIT_MANAGER,
    "w": Role.SOCIAL_WORK_MANAGER,
}  # fmt: skip
ACTS = {
    "code_confirmed", "glass_broken", "invitation_reissued", "pin_reset", "contribution_sent",
    "alert_raised", "quality_kept", "challenge_raised", "record_kept", "review_stood_down",
}  # fmt: skip
"""What was done with words in hand; the audit tells that the forms were really taken."""


class Council:
    """A council whose every name is a canary."""

    def __init__(self, house: House) -> None:
        self.house, self.invited = house, list[dict[str, Any]]()

    def make(self, db: Connection, count: int) -> None:
        at, house = now(), self.house
        db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": at})
        for staff_id, role in STAFF.items():
            email = f"{staff_id}-{MARK}@council.example"
            member = Staff(house.id, staff_id, role.value, f"{staff_id} {MARK}", email)
            people.add_staff(db, house.keys, member, at)
        for number in range(count):
            person_id, review_id = str(uuid.uuid4()), f"R{number}"
            person = YoungPerson(
                house.id, person_id, f"{MARK}{number}", f"{MARK} {number}", date(2009, 1, 1), False
            )
            people.add_young_person(db, house.keys, person, at)
            day = at.date() - timedelta(days=1)
            reviews.add(
                db, Review(house.id, review_id, person_id, ReviewKind.CIOC, "s", day, day), at
            )
            made = invitations.invite(db, house, review_id, at)
            self.invited.append(
                {"review_id": review_id, "code": made.code, "telegram_start": made.telegram_start}
            )


class Marked(Run):
    """Fills every box of the desk with the mark."""

    def words(self) -> str:
        return MARK


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[dict[str, set[str]]]:
    """What was found meanwhile in files that come and go in a folder."""
    hits: dict[str, set[str]] = {}

    async def watch() -> None:
        while True:
            for path in folder.rglob("*"):
                with contextlib.suppress(OSError):  # it went
                    if path.is_file() and (names := found_in(path.read_bytes())):
                        hits[str(path)] = names
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    try:
        yield hits
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def test_ten_thousand_marked_words_are_nowhere_to_be_read(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, promise: Promise
) -> None:
    """Said in the web chat, in Telegram and at the desk, to a server that runs by itself."""
    api, escrow = BotApi(), new_escrow(tmp_path / "identity.txt")
    await api.start()
    house = house_at(tmp_path, database_url, telegram_token=TOKEN, telegram_api_url=api.url)
    store = await open_store(database_url, house.keys)
    council = Council(house)
    count = CANARIES // A_PERSON + 3
    await store.write(lambda db: council.make(db, count))
    environment = {
        **{f"SAYSO_{name.upper()}": str(getattr(house.settings, name))
           for name in ("database_url", "port", "keys", "case_record", "case_record_restricted",
                        "telegram_token", "telegram_api_url")},
        "SAYSO_TELEGRAM_STYLE": "full", "SAYSO_TELEGRAM_RATE": "off",
        "SAYSO_TELEGRAM_SECRET": SECRET, "TMPDIR": str(tmp_path / "tmp"),
        "SAYSO_BACKUPS": str(tmp_path / "backups"),
        "SAYSO_BACKUP_RECIPIENTS": escrow.recipient,
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()),
    }  # fmt: skip
    (tmp_path / "tmp").mkdir()
    all_places = places(request, database_url, tmp_path)
    with (tmp_path / "serve.log").open("wb") as said:
        server = Server(environment, house.settings.port, said.fileno())
        await server.start()
        async with watched(tmp_path / "tmp") as passing:
            try:
                sent = await say_it_all(server.base, store, council, api)
                (tmp_path / "metrics").write_bytes(await page(f"{server.base}/metrics"))
                await _run(environment, "backup")
                open_backups(tmp_path, escrow)
                assert search(all_places()) == {}  # while it runs
            finally:
                assert await server.stop() == 0
            with (tmp_path / "crash.log").open("wb") as last_words:
                await crash(environment, house.settings.port, last_words.fileno(), council)
    assert passing == {}
    acts = await store.read(lambda db: set(db.execute(select(audit.c.act)).scalars()))
    await store.close()
    await api.stop()

    assert search(all_places()) == {}
    assert acts >= ACTS
    assert b"Fatal Python error: Aborted" in (tmp_path / "crash.log").read_bytes()
    filed = b"".join(path.read_bytes() for path in (tmp_path / "record").glob("*/*.json"))
    assert filed.count(MARK.encode()) >= (count - 2) * 3  # they were said, and have arrived
    assert sent >= CANARIES
    promise("P7", canaries=sent, encodings=len(ENCODINGS), found=0,
            database=make_url(database_url).get_backend_name())  # fmt: skip


async def say_it_all(base: str, store: Store, council: Council, api: BotApi) -> int:
    """Every channel and form; how many canaries that were."""
    log, places_at_once = Log(), asyncio.Semaphore(8)

    async def one(invitation: dict[str, Any]) -> None:
        async with places_at_once:
            await say_everything(base, invitation, log, repeat(MARK))

    first, half, early, *others = council.invited
    await asyncio.gather(*(one(invitation) for invitation in others), never_sent(base, half))
    phone = Phone(api, 5001)
    await phone.answered(lambda: phone.say(f"/start {first['telegram_start']}"))
    await play(phone, f"On Telegram {MARK}")
    other = Phone(api, 5003)
    await other.answered(lambda: other.say(f"/start {early['telegram_start']}"))
    await other.answered(lambda: other.say(f"Before it began {MARK}"))  # kept as a draft
    await other.answered(lambda: other.say(f"my dad hits me with a belt {MARK}"))  # an alert
    stranger = Phone(api, 5002)
    await stranger.answered(lambda: stranger.say(f"From nowhere {MARK}"))
    await malformed(base)
    typed = await at_the_desk(base, store, council)
    async with asyncio.timeout(600 if FULL else 60):
        while await store.read(lambda db: db.execute(select(outbox.c.outbox_id)).first()):
            await asyncio.sleep(0.1)
    own_words = sum(MARK in said for own in log.said.values() for said in own.values())
    return own_words + 2 * len(log.said) + typed + 6


async def never_sent(base: str, invitation: dict[str, Any]) -> None:
    """A young person who says a few things and goes away."""
    own = Log()
    saying = asyncio.create_task(say_everything(base, invitation, own, repeat(MARK)))
    await until(own, 16, saying)
    saying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saying
    assert any(MARK in said for said in own.said[invitation["review_id"]].values())
    assert not own.sent


async def until(own: Log, acknowledged: int, saying: "asyncio.Task[None]") -> None:
    """Wait for so many, or say why there will be no more."""
    reached = asyncio.create_task(own.reaches(acknowledged))
    await asyncio.wait({reached, saying}, return_when=asyncio.FIRST_COMPLETED)
    if not reached.done():
        reached.cancel()
        await saying
        raise AssertionError(f"It was over before {acknowledged} were acknowledged.")


async def crash(environment: dict[str, str], port: int, log: int, council: Council) -> None:
    """The process is aborted while words come in."""
    server, own = Server(environment, port, log), Log()
    await server.start()
    again = await _run(
        environment, "invite", "--review", council.invited[1]["review_id"], "--json",
        "--reason", f"Because {MARK}",
    )  # fmt: skip
    (invited,) = json.loads(again)
    saying = asyncio.create_task(say_everything(server.base, invited, own, repeat(MARK)))
    await until(own, 3, saying)
    assert server._process is not None
    server._process.send_signal(signal.SIGABRT)
    await server._process.wait()
    saying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saying


async def malformed(base: str) -> None:
    """An update that nobody understands is kept aside, sealed too."""
    header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession() as session:
        for body in (f"no json {MARK}", json.dumps({"update_id": 1, "message": MARK})):
            async with session.post(
                f"{base}/telegram/webhook", data=body.encode(), headers=header
            ) as answer:
                assert answer.status == 200


@dataclass(slots=True)
class AtTheDesk:
    """A member of staff at a page, who writes the mark wherever something can be typed."""

    browser: Browser
    typed: int = 0

    @classmethod
    async def of(
        cls, base: str, store: Store, house: House, staff_id: str, session: aiohttp.ClientSession
    ) -> "AtTheDesk":
        link = await store.write(lambda db: signing_in.make_link(db, house, staff_id, now()))
        browser = Browser(Desk(base, house, store), session)
        assert (await browser.get(link)).status == 200
        return cls(browser)

    async def fill(self, at: str, to: str, *hidden: str, **fields: str) -> Page:
        """Open a page and send one of its forms."""
        opened = await self.browser.get(at)
        own = {name: opened.hidden(name) for name in ("token", *hidden)}
        self.typed += sum(MARK in value for value in fields.values())
        return await self.browser.post(to, {**own, **fields})


async def at_the_desk(base: str, store: Store, council: Council) -> int:
    """Every form in which staff type; how many canaries that were."""
    house, links = council.house, []
    mine, theirs, dispute, off = (
        f"/desk/reviews/{one['review_id']}" for one in council.invited[3:7]
    )
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as first,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as second,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as third,
    ):
        officer = await AtTheDesk.of(base, store, house, OFFICER, first)
        colleague = await AtTheDesk.of(base, store, house, COLLEAGUE, second)
        auditor = await AtTheDesk.of(base, store, house, AUDITOR, third)
        day = now().date() - timedelta(days=1)
        answer = await officer.fill(
            mine, f"{mine}/code", "seen", "proposed", method="advocate_spoke",
            reason=f"Because {MARK}", briefed_name=f"Jo {MARK}",
            **{"briefed_on-day": str(day.day), "briefed_on-month": str(day.month),
               "briefed_on-year": str(day.year)},
        )  # fmt: skip
        assert answer.status == 200, answer.seen
        await besides(officer, mine, off)
        answer = await colleague.fill(theirs, f"{theirs}/cover", reason=f"Because {MARK}")
        assert answer.status == 200, answer.seen
        answer = await officer.fill(
            f"{dispute}/access", f"{dispute}/access", reason=f"Because {MARK}"
        )
        code = re.search(r'app-typed-code">([0-9A-Z-]{14})<', answer.text)
        assert code, answer.seen
        await with_a_pin(base, code[1])
        answer = await officer.fill(
            f"{dispute}/access", f"{dispute}/access/pin", pin_reason=f"Because {MARK}"
        )
        assert answer.status == 200, answer.seen
        await auditor.browser.get(f"/desk/audit?who={MARK}&review={MARK}&from-day={MARK}")
        await officer.browser.get(f"/desk/{MARK}?{MARK}={MARK}")
    for staff_id in STAFF:
        links.append(
            await store.write(
                lambda db, who=staff_id: signing_in.make_link(db, house, who, now())  # type: ignore[misc]
            )
        )
    for link in links:
        await fill_in_everything(Marked(base, {}, Path("unused")), link)
    return officer.typed + colleague.typed


async def besides(officer: AtTheDesk, mine: str, off: str) -> None:
    """A quality note, a challenge, the record of the meeting, and why another is off."""
    begun = await officer.fill(f"{mine}/quality", f"{mine}/quality")
    note = begun.url.removeprefix(officer.browser.desk.base).partition("?")[0]
    step = f"{mine}/record/step?step=school"
    for answer in (
        await officer.fill(note, note, "seen", act="keep", gaps=f"A gap {MARK}", good=MARK),
        await officer.fill(
            f"{mine}/quality", f"{mine}/dispute", words=f"No plan {MARK}", put_to="w"
        ),
        await officer.fill(
            step, step, "seen", "step", pep="no", pupil_premium=f"A tutor {MARK}", ehcp="none"
        ),
        await officer.fill(
            f"{off}/when", f"{off}/stand-down", "seen", reason="other", why=f"Because {MARK}"
        ),
    ):
        assert answer.status == 200, answer.seen


async def with_a_pin(base: str, code: str) -> None:
    """A young person comes back by the new code and chooses a PIN; others try."""
    own = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers=own) as session:
        for address, fields in (
            ("/i/", {"code": code, "once": "1"}),
            ("/chat/answers", {"act": "choose", "pin": "408263", "again": "408263"}),
            ("/chat/answers", {"act": "locked", "pin": MARK}),
            ("/notme", {"code": MARK}),
        ):
            async with session.post(base + address, data=fields) as answer:
                assert answer.status < 500, address


async def page(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.read()


def places(request: pytest.FixtureRequest, url: str, folder: Path) -> Callable[[], Iterable[Path]]:
    """All that is left behind but the case record: database, WAL, dump, backups as they lie and
    opened, log, metrics, temporary files."""

    def look() -> Iterable[Path]:
        if make_url(url).get_backend_name() == "postgresql":
            server: Postgres = request.getfixturevalue("postgresql")
            dump(server, url, folder / "dump.sql")
            yield from (server.folder / "data" / "pg_wal").iterdir()
            yield from (server.folder / "data" / "base").glob("*/*")
            yield server.folder / "log"
        else:
            dump_file(Path(make_url(url).database or ""), folder / "dump.sql")
        for path in folder.rglob("*"):
            if not path.is_relative_to(folder / "record") and "restricted" not in path.parts:
                yield path

    return look


def dump(server: Postgres, url: str, to: Path) -> None:
    name = make_url(url).database
    there = ["--host", str(server.folder), "--port", str(server.port), "--username", "sayso"]
    with to.open("wb") as file:
        subprocess.run([binaries() / "pg_dump", *there, str(name)], check=True, stdout=file)


def dump_file(database: Path, to: Path) -> None:
    """Of a copy with its WAL: a second SQLite in this process must not touch the file in use."""
    with tempfile.TemporaryDirectory() as aside:
        for file in database.parent.glob(f"{database.name}*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, aside)
        with contextlib.closing(sqlite3.connect(Path(aside) / database.name)) as copy:
            to.write_text("\n".join(copy.iterdump()))


def open_backups(folder: Path, escrow: Escrow) -> None:
    """What whoever holds the age identity reads, without Sayso: its SQL on PostgreSQL, where a
    backup is compressed besides."""
    identities = envelope.identities_of(escrow.file)
    for backup in sorted((folder / "backups").glob("*.age")):
        plain = BytesIO()
        with backup.open("rb") as file:
            pyrage.decrypt_io(file, plain, identities)
        manifest, _, database = plain.getvalue().partition(b"\n")
        opened = folder / f"{backup.name}.opened"
        if json.loads(manifest)["kind"] == "postgresql":
            restore = [str(binaries() / "pg_restore"), "--file=-"]
            database = subprocess.run(
                restore, check=True, input=database, stdout=subprocess.PIPE
            ).stdout
        opened.write_bytes(manifest + b"\n" + database)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_same_search_finds_a_word_planted_in_each_place(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, encoding: str
) -> None:
    value = b"before " + encoded(encoding) + b" after"
    escrow = new_escrow(tmp_path / "identity.txt")

    def plant(db: Connection) -> None:
        db.execute(insert(kept_settings), {"council": "c", "name": encoding, "value": value})

    store = await open_store(database_url)
    await store.write(plant)
    for name in ("serve.log", "metrics", "crash.log"):
        (tmp_path / name).write_bytes(value)
    house = house_at(tmp_path, database_url)
    await making.make(house.council, house.settings, tmp_path / "backups", [escrow.recipient])
    open_backups(tmp_path, escrow)
    async with watched(tmp_path / "tmp") as passing:
        (tmp_path / "tmp").mkdir()
        (tmp_path / "tmp" / "passing").write_bytes(value)
        async with asyncio.timeout(10):
            while not passing:
                await asyncio.sleep(0.01)
        (tmp_path / "tmp" / "passing").unlink()

    hits = search(places(request, database_url, tmp_path)())

    by_name = {Path(path).name: names for path, names in hits.items()}
    wanted = {"serve.log", "metrics", "crash.log", "dump.sql"}
    wanted |= {path.name for path in tmp_path.glob("*.opened")}
    assert len(wanted) == 5
    if make_url(database_url).get_backend_name() == "postgresql":
        assert any("pg_wal" in path for path in hits)
        assert not any(path.endswith(".age") for path in hits)
    else:
        wanted.add("sayso.db-wal")
    assert wanted <= set(by_name)
    assert all(encoding in by_name[name] for name in wanted)
    assert all(encoding in names for names in passing.values())
    await store.close()  # the WAL goes into the file
    if make_url(database_url).get_backend_name() == "sqlite":
        assert encoding in found_in((tmp_path / "sayso.db").read_bytes())


async def test_the_search_finds_a_word_that_sealing_missed(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    """Plain text in a column that holds no secrets is found like any other."""
    store = await open_store(sqlite_database_url)
    row = {
        "council": "c", "chain": "x", "sequence": 1, "mac": b"", "entry_id": 1, "at": now(),
        "actor": "sayso", "act": "made", "subject": "review:1", "detail": f"said {MARK}",
    }  # fmt: skip

    def slip(db: Connection) -> None:
        db.execute(insert(audit), row)

    await store.write(slip)
    with contextlib.closing((tmp_path / "sayso.db-wal").open("rb")) as wal:
        assert found_in(wal.read()) == {"utf-8"}
    await store.close()
