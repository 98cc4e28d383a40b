"""Many invitations at once, with their letters, while the chat goes on: how long, and who waits.

python -m benchmarks.inviting [--count 1500]

A server with its worker as a council runs it (SQLite), so many invented young people with a review
each, and one talker who sends an answer five times a second all the while.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, insert

from bot.access.roles import Role
from bot.documents.printing import Printer
from bot.service import invitation_batches as making
from bot.service import invitations
from bot.service.admission import Admitted, Asked
from bot.service.council import read_council
from bot.service.house import House
from bot.service.invitation_batches import Progress
from bot.settings import Settings
from storage import people, reviews
from storage.invitation_batches import State
from storage.keys import KeyRing
from storage.migrate import migrate
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store, open_store
from storage.tables import councils

_EVERY = 0.2
_ALONE = 30  # answers before anything else is asked of the server
_AMINA = "amina"


def _make(db: Connection, house: House, count: int) -> None:
    now = datetime.now(UTC)
    db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": now})
    member = Staff(house.id, _AMINA, Role.IRO.value, "Amina Yusuf")
    people.add_staff(db, house.keys, member, now)
    for number in range(count + 1):
        born = date(now.year - 6 - number % 12, 1, 1)
        person = YoungPerson(
            house.id, f"P{number}", f"case-{number}", f"Kai{number} Doe", born, False
        )
        people.add_young_person(db, house.keys, person, now)
        day = now.date() + timedelta(days=3 + number % 20 if number else 60)
        review = Review(house.id, f"R{number}", f"P{number}", ReviewKind.CIOC, _AMINA, day, day)
        reviews.add(db, review, now)


async def _talk(base: str, secret: str, waits: list[float], done: asyncio.Event) -> None:
    """Opens the invitation and taps on, over and over; how long each answer takes."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        own = {"Origin": base}
        async with session.post(f"{base}/i/", data={"secret": secret}, headers=own) as answer:
            page = await answer.text()
        while not done.is_set():
            turn = re.search(r'name="turn" value="([^"]+)"', page)
            choice = re.search(r'name="choice" value="([^"]+)"', page)
            form = {"turn": turn[1] if turn else ""}
            form |= {"choice": choice[1]} if choice else {"words": "More time with my brother."}
            began = time.perf_counter()
            async with session.post(
                f"{base}/chat", data=form, headers=own, allow_redirects=False
            ) as answer:
                await answer.read()
            waits.append(time.perf_counter() - began)
            async with session.get(f"{base}/chat") as answer:
                page = await answer.text()
            await asyncio.sleep(_EVERY)


async def _made(store: Store, house: House, staff: Admitted, batch_id: str) -> Progress:
    asked = Asked("desk.invitation_batch")
    while True:
        found = await store.read(lambda db: making.progress(db, house, staff, asked, batch_id))
        if found.batch.state is not State.WAITING:
            return found
        await asyncio.sleep(0.1)


async def _print(store: Store, house: House, staff: Admitted, found: Progress) -> list[int]:
    """Every pile as PDF; the size of each."""
    printer, sizes = Printer(low=True), []
    for first, _last in found.piles:
        work = partial(
            making.pile, house=house, staff=staff, asked=Asked("desk.letters"),
            batch_id=found.batch.batch_id, first=first, now=datetime.now(UTC),
        )  # fmt: skip
        document = await store.write(work)
        assert document is not None
        sizes.append(len(await printer(document)))
    await printer.close()
    return sizes


def _ms(waits: list[float], share: float) -> float:
    return 1000 * sorted(waits)[min(len(waits) - 1, int(share * len(waits)))]


async def _measure(folder: Path, count: int) -> None:
    port = unused_port()
    url, keys = f"sqlite+aiosqlite:///{folder / 'sayso.db'}", folder / "keys.json"
    ring = KeyRing.made(read_council(None).id, datetime.now(UTC), keys)
    ring.save()
    settings = Settings(database_url=url, port=port, keys=str(keys))
    house = House(read_council(None), ring, settings)
    store = await open_store(url, ring)
    await migrate(store)
    await store.write(lambda db: _make(db, house, count))
    now = datetime.now(UTC)
    invited = await store.write(lambda db: invitations.invite(db, house, "R0", now))
    environment = os.environ | {
        "SAYSO_DATABASE_URL": url, "SAYSO_PORT": str(port), "SAYSO_KEYS": str(keys),
        "SAYSO_LIMITS": "off", "SAYSO_CASE_RECORD": f"folder:{folder / 'record'}",
        "SAYSO_LOG_LEVEL": "warning",
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment)
    base, done = f"http://127.0.0.1:{port}", asyncio.Event()
    waits: list[float] = []
    alone: list[float] = []
    try:
        await _until_ready(base)
        quiet = asyncio.Event()
        secret = invited.url.partition("#")[2]
        talker = asyncio.create_task(_talk(base, secret, alone, quiet))
        while len(alone) < _ALONE:
            await asyncio.sleep(_EVERY)
        quiet.set()
        await talker
        staff = Admitted(_AMINA, Role.IRO, "Amina Yusuf", "", datetime.now(UTC))
        again = await store.write(lambda db: invitations.invite(db, house, "R0", datetime.now(UTC)))
        talker = asyncio.create_task(_talk(base, again.url.partition("#")[2], waits, done))
        began = time.perf_counter()
        batch_id = await store.write(
            lambda db: making.start(
                db, house, staff, Asked("desk.invitations_start"), 4, datetime.now(UTC)
            )
        )
        assert batch_id is not None
        found = await _made(store, house, staff, batch_id)
        made = time.perf_counter() - began
        sizes = await _print(store, house, staff, found)
        printed = time.perf_counter() - began
        done.set()
        await talker
    finally:
        server.terminate()
        server.wait()
        await store.close()
    print(
        f"{found.made:,} invitations made in {made:.1f} s, printed as {len(sizes)} PDF "
        f"({sum(sizes) / 1e6:.1f} MB) after {printed:.1f} s. The chat answered {len(waits)} times "
        f"meanwhile: median {1000 * statistics.median(waits):.0f} ms, p95 {_ms(waits, 0.95):.0f} "
        f"ms, longest {_ms(waits, 1):.0f} ms; before, {1000 * statistics.median(alone):.0f}, "
        f"{_ms(alone, 0.95):.0f} and {_ms(alone, 1):.0f} ms."
    )


async def _until_ready(base: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        while True:
            try:
                async with session.get(f"{base}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inviting", description=__doc__)
    parser.add_argument("--count", type=int, default=1500)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), count))


if __name__ == "__main__":
    main()
