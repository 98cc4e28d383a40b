"""Promise P3: exactly one effect on the case record, whatever happens on the way."""

import asyncio
import json
import os
import random
import stat
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from bot.delivery.dispatch import Dispatcher
from bot.delivery.filing import Filed, Never, NotNow
from bot.delivery.folder import Folder, segment
from bot.delivery.https import Endpoint
from bot.delivery.record import PAPER_TRIES, CaseRecord
from bot.demo import council as demo
from bot.demo import crowd
from bot.documents.pdf import contribution_pdf
from bot.service import sending
from bot.service.house import House
from bot.web.context import now
from storage import contributions, outbox, tasks
from storage.contributions import Destination, Filing
from storage.migrate import migrate
from storage.store import Store, open_store
from storage.tables import filings
from storage.tables import outbox as outbox_table
from tests.delivery.case_record import SECRET, CaseRecordServer
from tests.promises import FULL, Promise
from tests.sayso import house_at

COUNT = 1_000 if FULL else 200
PATIENCE = 600
"""Seconds for what has to happen in the end; only a machine that stands still needs them."""


async def a_crowd(store: Store, house: House, count: int) -> None:
    """`count` conversations that have just been sent."""

    def empty(db: Connection) -> None:
        db.execute(outbox_table.delete())
        db.execute(filings.delete())

    await store.write(lambda db: demo.make(db, house, now()))
    await store.write(empty)  # what the demo sent is not counted
    for done in range(0, count, 100):
        await store.write(partial(crowd._play, house, min(100, count - done)))


def of_delivery(db: Connection, house: House) -> list[tasks.Task]:
    """The tasks that a delivery made. What young people of the crowd ask a person for is beside."""
    kinds = (
        tasks.Kind.DELIVERY_FAILED, tasks.Kind.DELIVERY_UNKNOWN, tasks.Kind.DELIVERY_BROKEN,
    )  # fmt: skip
    return [task for task in tasks.waiting(db, house.id) if task.kind in kinds]


async def emptied(store: Store, seconds: float, *, besides: int = 0) -> None:
    """Until nothing waits but so many rows."""

    def left(db: Connection) -> int:
        return db.execute(select(func.count()).select_from(outbox_table)).scalar_one()

    async with asyncio.timeout(seconds):
        while await store.read(left) > besides:
            await asyncio.sleep(0.1)


async def printed(document: dict[str, Any]) -> bytes:
    """In this process: what is tried here is what becomes of it."""
    return contribution_pdf(document)


@asynccontextmanager
async def to(
    tmp_path: Path, database_url: str, **faults: Any
) -> AsyncIterator[tuple[CaseRecordServer, House]]:
    """A case record that goes wrong in these ways, and a house that files there."""
    server = CaseRecordServer(random.Random(7), **faults)
    await server.start()
    house = house_at(
        tmp_path,
        database_url,
        case_record=server.url,
        case_record_restricted=server.url,
        case_record_secret=SECRET,
    )
    yield server, house
    await server.stop()


@asynccontextmanager
async def filing(store: Store, record: CaseRecord) -> AsyncIterator[Dispatcher]:
    """Deliver for as long as the context is open."""
    dispatcher = Dispatcher(store, record)
    running = asyncio.create_task(dispatcher.run())
    yield dispatcher
    await dispatcher.stop()
    await running
    await record.close()


def impatient(monkeypatch: Any) -> None:
    """Wait a moment where a council waits minutes; the number of tries stays."""
    monkeypatch.setattr(
        "bot.delivery.record.backoff", lambda attempts: timedelta(milliseconds=20 * attempts)
    )


async def test_every_contribution_arrives_once_under_timeouts_errors_and_late_answers(
    database_url: str, tmp_path: Path, monkeypatch: Any, promise: Promise
) -> None:
    faults = {"lost_answers": 0.2, "broken": 0.2, "repeated": 0.1}
    async with to(tmp_path, database_url, **faults) as (server, house):
        store = await open_store(database_url, house.keys)
        await migrate(store)
        await a_crowd(store, house, COUNT)
        expected = await store.read(
            lambda db: {row.idempotency_key for row in db.execute(select(outbox_table))}
        )
        record = CaseRecord(store, house, printed)
        for destination in Destination:
            record._records[destination] = Endpoint(server.url, SECRET, seconds=1.0)
        impatient(monkeypatch)
        async with filing(store, record):
            await emptied(store, PATIENCE)

    assert server.problems == []
    assert set(server.effects) == expected
    assert len(server.order) == len(expected)  # no effect twice
    arrived = Counter(
        (document["contribution_id"], document["version"], document["destination"])
        for document in server.effects.values()
    )
    assert set(arrived.values()) == {1}  # nor under two keys
    contributions_arrived = {contribution for contribution, _version, _to in arrived}
    assert len(contributions_arrived) == COUNT
    # The faults were real: about as many as the promise names.
    assert server.lost > 0.1 * len(expected)
    assert server.failed > 0.1 * len(expected)
    assert server.said_again > 0.02 * len(expected)
    assert server.overtaken > 0
    states = await store.read(lambda db: [row.state for row in db.execute(select(filings.c.state))])
    assert set(states) == {Filing.FILED.value}
    assert await store.read(lambda db: of_delivery(db, house)) == []
    await store.close()
    promise(
        "P3",
        contributions=len(contributions_arrived),
        documents=len(expected),
        missing=len(expected - set(server.effects)),
        arrived_twice=len(server.order) - len(expected),
        timeouts_after_acceptance=server.lost,
        errors_5xx=server.failed,
        duplicate_acknowledgements=server.said_again,
        answers_overtaken=server.overtaken,
    )


async def test_a_crash_between_their_taking_it_and_our_commit_files_it_once(
    database_url: str, tmp_path: Path
) -> None:
    async with to(tmp_path, database_url) as (server, house):
        store = await open_store(database_url, house.keys)
        await migrate(store)
        await a_crowd(store, house, 3)
        record = CaseRecord(store, house, printed)
        claimed = await store.write(
            lambda db: outbox.claim(db, ["ordinary"], now(), keep_for=timedelta(seconds=0))
        )
        for row in claimed:
            await record.deliver(row)  # taken, and then the lights go out: nothing is written
        await record.close()
        await store.close()

        again = await open_store(database_url, house.keys)
        async with filing(again, CaseRecord(again, house, printed)):
            await emptied(again, 20)

    assert len(server.order) == len(set(server.order))
    assert all(server.calls[row.idempotency_key] == 2 for row in claimed)
    await again.close()


async def test_a_refusal_becomes_a_task_for_a_person_and_nothing_is_lost(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    async with to(tmp_path, database_url, refused=422) as (_server, house):
        await a_crowd(store, house, 1)
        async with filing(store, CaseRecord(store, house, printed)):
            await emptied(store, 10)

    waiting = await store.read(lambda db: of_delivery(db, house))
    assert {task.kind for task in waiting} == {tasks.Kind.DELIVERY_FAILED}
    assert "422" in waiting[0].about["why"]
    sent = await store.read(
        lambda db: contributions.get(db, house.id, waiting[0].about["contribution_id"], 1)
    )
    assert sent.document(Destination.ORDINARY) is not None


async def test_no_answer_at_all_ends_with_a_person_not_with_blind_tries(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: Any
) -> None:
    calls: Counter[str] = Counter()

    async def never_known(
        self: Endpoint, key: str, document: Any, pdf: bytes, files: Any = ()
    ) -> NotNow:
        calls[key] += 1
        return NotNow("no answer (TimeoutError)", unknown=True)

    monkeypatch.setattr(Endpoint, "file", never_known)
    impatient(monkeypatch)
    async with to(tmp_path, database_url) as (_server, house):
        await a_crowd(store, house, 1)
        async with filing(store, CaseRecord(store, house, printed)):
            await emptied(store, 10)

    waiting = await store.read(lambda db: of_delivery(db, house))
    assert {task.kind for task in waiting} == {tasks.Kind.DELIVERY_UNKNOWN}
    assert set(calls.values()) == {5}


async def test_a_pdf_that_cannot_be_made_becomes_a_task_and_holds_nothing_up_behind_it(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: Any
) -> None:
    tried: Counter[str] = Counter()
    refused: set[str] = set()

    async def paper(document: dict[str, Any]) -> bytes:
        if document["destination"] == "restricted":
            return contribution_pdf(document)
        refused.add(document["contribution_id"])
        tried[document["contribution_id"]] += 1
        raise ValueError(f"no layout for {document['answers']}")

    impatient(monkeypatch)
    async with to(tmp_path, database_url) as (server, house):
        await a_crowd(store, house, 2)
        async with filing(store, CaseRecord(store, house, paper)):
            await emptied(store, 20)

    assert set(tried.values()) == {PAPER_TRIES}
    waiting = await store.read(lambda db: of_delivery(db, house))
    assert {task.about["contribution_id"] for task in waiting} == refused
    assert len(refused) == 2
    for task in waiting:
        assert task.kind is tasks.Kind.DELIVERY_FAILED
        assert task.about["why"].startswith("the PDF could not be made (ValueError in paper:")
    states = await store.read(
        lambda db: {(row.destination, row.state) for row in db.execute(select(filings))}
    )
    assert ("ordinary", Filing.TASK.value) in states
    assert all(state == Filing.FILED for destination, state in states if destination != "ordinary")
    assert {one["destination"] for one in server.effects.values()} <= {"restricted"}


async def test_a_destination_that_was_taken_away_is_for_a_person_and_is_not_tried_for_ever(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    await a_crowd(store, house_at(tmp_path, database_url), 2)
    house = house_at(tmp_path, database_url, case_record_restricted="")
    async with filing(store, CaseRecord(store, house, printed)):
        await emptied(store, 20)

    waiting = await store.read(lambda db: of_delivery(db, house))
    assert {task.about["destination"] for task in waiting} == {"restricted"}
    assert {task.about["why"] for task in waiting} == {"no destination is set for it any more"}
    assert len(list((tmp_path / "record").glob("*/*.json"))) == 2


async def test_a_row_whose_seal_is_broken_holds_nothing_up_and_is_sent_again_by_a_person(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    house = house_at(tmp_path, database_url)
    await a_crowd(store, house, 2)
    waits = outbox_table.c.destination == "ordinary"

    def flip(db: Connection) -> str:
        """One bit of the first row's payload."""
        row = db.execute(
            select(outbox_table).where(waits).order_by(outbox_table.c.outbox_id)
        ).first()
        assert row is not None
        changed = row.payload[:-1] + bytes([row.payload[-1] ^ 1])
        db.execute(
            outbox_table.update()
            .where(outbox_table.c.outbox_id == row.outbox_id)
            .values(payload=changed)
        )
        return str(row.idempotency_key)

    key = await store.write(flip)
    contribution_id = key.split("/")[0]
    with capture_logs() as logs:
        async with filing(store, CaseRecord(store, house, printed)) as dispatcher:
            async with asyncio.timeout(20):
                while await store.read(lambda db: outbox.waits(db, house.id, "ordinary")) > 1:
                    await asyncio.sleep(0.05)
            await emptied(store, 20, besides=1)
            critical = {log["event"] for log in logs if log["log_level"] == "critical"}
            assert critical == {"seal_broken"}
            (filed,) = _filed(tmp_path)
            assert filed != contribution_id
            (task,) = await store.read(lambda db: of_delivery(db, house))
            assert task.kind is tasks.Kind.DELIVERY_BROKEN
            assert task.about == {
                "destination": "ordinary", "contribution_id": contribution_id, "version": 1,
            }  # fmt: skip

            sent = await store.read(lambda db: contributions.get(db, house.id, contribution_id, 1))
            again = sending.outgoing(sent, Destination.ORDINARY)
            await store.write(lambda db: outbox.add(db, house.id, [again], now()))
            dispatcher.wake()
            await emptied(store, 20, besides=1)
    assert contribution_id in _filed(tmp_path)


def _filed(tmp_path: Path) -> set[str]:
    """The contributions that lie in the case record."""
    return {path.name.split("-v")[0] for path in (tmp_path / "record").glob("*/*.json")}


# The hot folder

DOCUMENT = {
    "schema": "urn:sayso:contribution:1",
    "case_id": "NB 1/2",
    "contribution_id": "c0ffee",
    "version": 1,
    "submitted_at": "2026-09-14T09:30:00+00:00",
    "answers": [],
}


async def test_the_json_comes_last_under_its_own_name(tmp_path: Path) -> None:
    filed = await Folder(tmp_path).file("k", DOCUMENT, b"%PDF-1.7")

    assert filed == Filed("NB%201%2F2/c0ffee-v1.json")
    names = sorted(path.name for path in (tmp_path / "NB%201%2F2").iterdir())
    assert names == ["c0ffee-v1.json", "c0ffee-v1.pdf"]


async def test_filing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await folder.file("k", DOCUMENT, b"%PDF-1.7")
    path = tmp_path / "NB%201%2F2" / "c0ffee-v1.json"
    before = path.stat().st_mtime_ns

    assert await folder.file("k", DOCUMENT, b"%PDF-1.7") == Filed("NB%201%2F2/c0ffee-v1.json")
    assert path.stat().st_mtime_ns == before


async def test_another_document_under_the_name_is_never_written_over(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await folder.file("k", DOCUMENT, b"%PDF-1.7")

    other = await folder.file("k", {**DOCUMENT, "answers": ["more"]}, b"%PDF-1.7")

    assert isinstance(other, Never)
    path = tmp_path / "NB%201%2F2" / "c0ffee-v1.json"
    assert json.loads(path.read_text()) == DOCUMENT


async def test_a_crash_after_the_pdf_leaves_no_json_and_the_next_try_completes(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "NB%201%2F2"
    folder.mkdir()
    (folder / "c0ffee-v1.pdf").write_bytes(b"%PDF-cut")
    (folder / ".c0ffee-v1.json.part").write_bytes(b'{"case_id"')

    await Folder(tmp_path).file("k", DOCUMENT, b"%PDF-1.7")

    assert (folder / "c0ffee-v1.pdf").read_bytes() == b"%PDF-1.7"
    assert json.loads((folder / "c0ffee-v1.json").read_text()) == DOCUMENT


async def test_a_folder_that_is_no_folder_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "NB%201%2F2").write_text("a file")

    assert isinstance(await Folder(tmp_path).file("k", DOCUMENT, b"%PDF"), NotNow)


def test_a_case_id_is_one_path_segment_whatever_it_is() -> None:
    assert segment("../../etc") == "..%2F..%2Fetc"
    assert segment("..") == "%2E%2E"
    assert segment(".") == "%2E"
    assert segment("a/b c") == "a%2Fb%20c"


@pytest.mark.parametrize(("umask", "file", "folder"), [(0, 0o640, 0o750), (0o077, 0o600, 0o700)])
async def test_what_is_filed_is_not_for_everybody_on_the_machine(
    tmp_path: Path, umask: int, file: int, folder: int
) -> None:
    """The restricted record's folder is written by the same."""
    root = tmp_path / "record"
    left = root / "NB1" / ".c-v1.json.part"
    before = os.umask(umask)
    try:
        root.mkdir(0o750)
        left.parent.mkdir(0o750)
        left.touch(0o666)  # of a try that was cut short
        filed = await Folder(root).file(
            "k", {**DOCUMENT, "case_id": "NB1", "contribution_id": "c", "version": 1}, b"%PDF"
        )
        other = await Folder(root / "restricted").file("k", DOCUMENT, b"%PDF")
    finally:
        os.umask(before)

    assert isinstance(filed, Filed)
    assert isinstance(other, Filed)
    made = [one for one in root.rglob("*") if one != left]
    assert len([one for one in made if one.is_file()]) == 4
    for one in made:
        mode = stat.S_IMODE(one.stat().st_mode)
        assert mode == (folder if one.is_dir() else file), one
