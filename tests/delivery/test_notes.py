"""Officers' notes reach the case record once, in their order, or a person is asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.delivery.dispatch import Dispatcher
from bot.delivery.notes import NoteRecord
from bot.documents.papers import paper
from bot.service import mending
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.web.context import now
from storage import note_filings, tasks
from storage.contributions import Filing
from storage.store import Store
from storage.tables import outbox
from tests.delivery.case_record import SECRET, CaseRecordServer
from tests.delivery.test_exactly_once import emptied
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI
from tests.desk.noted import Noted, note_everything
from tests.service.test_quality_notes import valid

PATIENCE = 120


async def _printed(document: dict[str, Any]) -> bytes:
    return paper(document)


def _house(database_url: str, tmp_path: Path, **settings: Any) -> House:
    house = northborough.house_on(database_url)
    known = {"case_record": f"folder:{tmp_path / 'record'}", **settings}
    return replace(house, settings=house.settings.model_copy(update=known))


async def _noted(store: Store, house: House) -> Noted:
    def make(db: Connection) -> Noted:
        northborough.make(db, house)
        return note_everything(db, house)

    return await store.write(make)


@asynccontextmanager
async def _delivering(store: Store, house: House) -> AsyncIterator[None]:
    record = NoteRecord(store, house, _printed)
    dispatcher = Dispatcher(store, record)
    running = asyncio.create_task(dispatcher.run())
    yield
    await dispatcher.stop()
    await running
    await record.close()


def _waiting(db: Connection) -> int:
    return sum(1 for row in db.execute(outbox.select()) if not row.destination.startswith("note_"))


async def test_every_version_lies_in_the_folder_with_its_paper_and_is_valid(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    house = _house(database_url, tmp_path)
    noted = await _noted(store, house)
    besides = await store.read(_waiting)

    async with _delivering(store, house):
        await emptied(store, PATIENCE, besides=besides)

    folder = tmp_path / "record" / f"NB-{KAI}"
    names = sorted(one.name for one in folder.iterdir())
    assert names == sorted(
        f"{note_id}-v{version}.{ending}"
        for note_id, versions in ((noted.late, 1), (noted.formal, 2))
        for version in range(1, versions + 1)
        for ending in ("json", "pdf")
    )
    valid(json.loads((folder / f"{noted.late}-v1.json").read_text()),
          "quality-assurance.schema.json")  # fmt: skip
    valid(json.loads((folder / f"{noted.formal}-v2.json").read_text()), "dispute.schema.json")
    versions = await store.read(lambda db: note_filings.of_note(db, house.id, noted.formal))
    assert [one.state for one in versions] == [Filing.FILED, Filing.FILED]
    assert versions[0].reference.endswith(f"{noted.formal}-v1.json")


async def test_a_receiver_that_loses_answers_gets_each_version_once(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.notes.backoff", lambda _tries: timedelta(milliseconds=20))
    monkeypatch.setattr("bot.delivery.notes.UNKNOWN_TRIES", 60)
    server = CaseRecordServer(Random(3), broken=0.3, repeated=0.2)
    await server.start()
    house = _house(database_url, tmp_path, case_record=server.url, case_record_secret=SECRET)
    noted = await _noted(store, house)
    besides = await store.read(_waiting)

    async with _delivering(store, house):
        await emptied(store, PATIENCE, besides=besides)
    await server.stop()

    expected = {f"note/{noted.late}/v1/ordinary"}
    expected |= {f"note/{each}/v{n}/ordinary" for each in (noted.formal, noted.answered)
                 for n in (1, 2)}  # fmt: skip
    assert set(server.effects) == expected


async def test_what_is_refused_asks_a_person_who_can_send_it_again(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    server = CaseRecordServer(Random(3), refused=422)
    await server.start()
    house = _house(database_url, tmp_path, case_record=server.url, case_record_secret=SECRET)
    noted = await _noted(store, house)
    besides = await store.read(_waiting)
    async with _delivering(store, house):
        await emptied(store, PATIENCE, besides=besides)
    await server.stop()

    def send_again(db: Connection) -> tuple[bool, Filing]:
        staff = Admitted(AMINA, Role.IRO, "Amina Yusuf", "", now())
        (task,) = [
            one for one in tasks.waiting(db, house.id) if one.about.get("note_id") == noted.late
        ]
        asked = Asked("desk.task_again", task_id=task.task_id)
        assert mending.one(db, house, staff, asked).can_send_again
        again = mending.send_again(db, house, staff, asked, now())
        return again, note_filings.get(db, house.id, noted.late, 1).state

    assert await store.write(send_again) == (True, Filing.WAITING)
