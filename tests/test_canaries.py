"""Promise P7: a copy of the database, its WAL or a dump shows no child's words or name."""

import asyncio
import contextlib
import json
import os
import subprocess
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, insert, make_url, select

from bot.access.roles import Role
from bot.service import invitations, signing_in
from bot.service.house import House
from bot.web.context import now
from storage import people, reviews
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store, open_store
from storage.tables import audit, councils, kept_settings, outbox
from tests.canaries import ENCODINGS, MARK, encoded, found_in, search
from tests.channels.telegram.test_playing import play
from tests.conftest import FULL
from tests.desk.running import Browser, Desk
from tests.postgres import Postgres, binaries
from tests.promises import Promise
from tests.sayso import house_at
from tests.telegram.bot_api import TOKEN, BotApi, Phone
from tests.test_crash import Log, Server, say_everything

CANARIES = 10_000 if FULL else 60
A_PERSON = 12  # canaries, at the least: two names, and the words of a conversation
SECRET = "webhook-secret"


class Council:
    """A council whose every name is a canary."""

    def __init__(self, house: House) -> None:
        self.house, self.invited = house, list[dict[str, Any]]()

    def make(self, db: Connection, count: int) -> None:
        at, house = now(), self.house
        db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": at})
        officer = Staff(house.id, "s", Role.IRO.value, f"Officer {MARK}", f"{MARK}@council.example")
        people.add_staff(db, house.keys, officer, at)
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


async def test_ten_thousand_marked_words_are_nowhere_to_be_read(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, promise: Promise
) -> None:
    """Said in the web chat, in Telegram and at the desk, to a server that runs by itself."""
    api = BotApi()
    await api.start()
    house = house_at(tmp_path, database_url, telegram_token=TOKEN, telegram_api_url=api.url)
    store = await open_store(database_url, house.keys)
    council = Council(house)
    count = CANARIES // A_PERSON + 1
    await store.write(lambda db: council.make(db, count))
    environment = {
        **{f"SAYSO_{name.upper()}": str(getattr(house.settings, name))
           for name in ("database_url", "port", "keys", "case_record", "case_record_restricted",
                        "telegram_token", "telegram_api_url")},
        "SAYSO_TELEGRAM_STYLE": "full", "SAYSO_TELEGRAM_RATE": "off",
        "SAYSO_TELEGRAM_SECRET": SECRET, "TMPDIR": str(tmp_path / "tmp"),
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()),
    }  # fmt: skip
    (tmp_path / "tmp").mkdir()
    with (tmp_path / "serve.log").open("wb") as said:
        server = Server(environment, house.settings.port, said.fileno())
        await server.start()
        try:
            sent = await say_it_all(server.base, store, council, api)
            (tmp_path / "metrics").write_bytes(await page(f"{server.base}/metrics"))
            assert search(places(request, database_url, tmp_path)) == {}  # while it runs
        finally:
            assert await server.stop() == 0
    await store.close()
    await api.stop()

    assert search(places(request, database_url, tmp_path)) == {}
    filed = b"".join(path.read_bytes() for path in (tmp_path / "record").glob("*/*.json"))
    assert filed.count(MARK.encode()) >= count * 3  # they were said, and have arrived
    assert sent >= CANARIES
    promise("P7", canaries=sent, encodings=len(ENCODINGS), found=0,
            database=make_url(database_url).get_backend_name())  # fmt: skip


async def say_it_all(base: str, store: Store, council: Council, api: BotApi) -> int:
    """Every channel and form; how many canaries that were."""
    log, places_at_once = Log(), asyncio.Semaphore(8)

    async def one(invitation: dict[str, Any]) -> None:
        async with places_at_once:
            await say_everything(base, invitation, log, MARK)

    first, *others = council.invited
    await asyncio.gather(*(one(invitation) for invitation in others))
    phone = Phone(api, 5001)
    await phone.answered(lambda: phone.say(f"/start {first['telegram_start']}"))
    await play(phone, f"On Telegram {MARK}")
    stranger = Phone(api, 5002)
    await stranger.answered(lambda: stranger.say(f"From nowhere {MARK}"))
    await malformed(base)
    await at_the_desk(base, store, council)
    async with asyncio.timeout(600 if FULL else 60):
        while await store.read(lambda db: db.execute(select(outbox.c.outbox_id)).first()):
            await asyncio.sleep(0.1)
    own_words = sum(MARK in said for own in log.said.values() for said in own.values())
    return own_words + 2 * len(log.said) + 5


async def malformed(base: str) -> None:
    """An update that nobody understands is kept aside, sealed too."""
    header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession() as session:
        for body in (f"no json {MARK}", json.dumps({"update_id": 1, "message": MARK})):
            async with session.post(
                f"{base}/telegram/webhook", data=body.encode(), headers=header
            ) as answer:
                assert answer.status == 200


async def at_the_desk(base: str, store: Store, council: Council) -> None:
    """The forms in which staff type: why a code is another one, and who spoke."""
    house = council.house
    link = await store.write(lambda db: signing_in.make_link(db, house, "s", now()))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        browser = Browser(Desk(base, house, store), session)
        await browser.get(link)
        review = council.invited[1]["review_id"]
        opened = await browser.get(f"/desk/reviews/{review}")
        own = {name: opened.hidden(name) for name in ("token", "seen", "proposed")}
        day = now().date() - timedelta(days=1)
        on = {"briefed_on-day": day.day, "briefed_on-month": day.month, "briefed_on-year": day.year}
        form = {
            "method": "advocate_spoke",
            "reason": f"Because {MARK}",
            "briefed_name": f"Jo {MARK}",
        }
        filled = {**own, **form, **{name: str(value) for name, value in on.items()}}
        answer = await browser.post(f"/desk/reviews/{review}/code", filled)
        assert answer.status == 200, answer.seen


async def page(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.read()


def places(request: pytest.FixtureRequest, url: str, folder: Path) -> Iterable[Path]:
    """All that is left behind but the case record: database, WAL, dump, log, temporary files."""
    if make_url(url).get_backend_name() == "postgresql":
        server: Postgres = request.getfixturevalue("postgresql")
        dump(server, url, folder / "dump.sql")
        yield from (server.folder / "data" / "pg_wal").iterdir()
        yield from (server.folder / "data" / "base").glob("*/*")
        yield server.folder / "log"
    for path in folder.rglob("*"):
        if not path.is_relative_to(folder / "record") and "restricted" not in path.parts:
            yield path


def dump(server: Postgres, url: str, to: Path) -> None:
    name = make_url(url).database
    there = ["--host", str(server.folder), "--port", str(server.port), "--username", "sayso"]
    with to.open("wb") as file:
        subprocess.run([binaries() / "pg_dump", *there, str(name)], check=True, stdout=file)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_same_search_finds_a_word_planted_in_each_place(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, encoding: str
) -> None:
    value = b"before " + encoded(encoding) + b" after"

    def plant(db: Connection) -> None:
        db.execute(insert(kept_settings), {"council": "c", "name": encoding, "value": value})

    store = await open_store(database_url)
    await store.write(plant)
    for name in ("serve.log", "metrics", "tmp-file"):
        (tmp_path / name).write_bytes(value)
    await asyncio.sleep(0)

    hits = search(places(request, database_url, tmp_path))

    by_name = {Path(path).name: names for path, names in hits.items()}
    wanted = {"serve.log", "metrics", "tmp-file"}
    if make_url(database_url).get_backend_name() == "postgresql":
        wanted.add("dump.sql")
        assert any("pg_wal" in path for path in hits)
    else:
        wanted.add("sayso.db-wal")
    assert wanted <= set(by_name)
    assert all(encoding in by_name[name] for name in wanted)
    await store.close()  # the WAL goes into the file
    if make_url(database_url).get_backend_name() == "sqlite":
        assert encoding in found_in((tmp_path / "sayso.db").read_bytes())


async def test_the_search_finds_a_word_that_sealing_missed(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    """Plain text in a column that holds no secrets is found like any other."""
    store = await open_store(sqlite_database_url)
    row = {"council": "c", "entry_id": 1, "at": now(), "actor": "sayso", "act": "made",
           "subject": "review:1", "detail": f"said {MARK}"}  # fmt: skip

    def slip(db: Connection) -> None:
        db.execute(insert(audit), row)

    await store.write(slip)
    with contextlib.closing((tmp_path / "sayso.db-wal").open("rb")) as wal:
        assert found_in(wal.read()) == {"utf-8"}
    await store.close()
