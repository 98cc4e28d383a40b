"""Erasure is real: nothing is left live, and nothing comes back by an older backup (P10)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, select

from bot.backups import making, restoring
from bot.service import erasing, ledger
from bot.service.disk import clean_disk
from bot.service.house import House
from bot.web.context import now
from storage import contributions, conversations, data_keys, people
from storage.data_keys import Purpose
from storage.erasing import ENDS
from storage.errors import Erased
from storage.sealing import Place, seal, unseal
from storage.store import Store, open_store
from storage.tables import contributions as contributions_table
from storage.tables import conversations as conversations_table
from storage.tables import data_keys as data_keys_table
from storage.tables import young_people
from tests.backups.conftest import Escrow
from tests.desk import northborough
from tests.opened import readable
from tests.promises import FULL, Promise
from tests.sayso import house_at
from tests.searching import found as spelled
from tests.searching import marked

PEOPLE = 200 if FULL else 12
"""Half of them are erased."""
QUESTIONS = ("home.change", "family.more", "school.change", "health.change", "change.what")


@dataclass(frozen=True, slots=True)
class Child:
    """A young person, and the marked words that only they said."""

    person_id: str
    words: tuple[str, ...]


def _council(db: Connection, house: House) -> list[Child]:
    northborough.make(db, house)
    children = []
    for number in range(PEOPLE):
        review_id, name = f"R-canary-{number}", marked(900 + number)
        northborough.add(
            db, house, review_id, f"{name} Doe", 14, northborough.AMINA, meeting=3, due=5
        )
        said = {q: marked(10_000 + number * 10 + at) for at, q in enumerate(QUESTIONS)}
        northborough.say(db, house, review_id, said, audience="file" if number % 2 else "officer")
        children.append(Child(f"person-{review_id}", (name, *said.values())))
    return children


def _house(tmp_path: Path, url: str, escrow: Escrow) -> House:
    return house_at(tmp_path, url, backups=tmp_path / "backups", backup_recipients=escrow.recipient)


def _words(children: list[Child]) -> list[str]:
    return [word for child in children for word in child.words]


async def _erase(store: Store, house: House, person_id: str) -> None:
    done = await store.write(
        lambda db: erasing.erase(
            db, house, person_id, "sayso", "Asked for it.", now(), unfiled_too=True
        )
    )
    assert not isinstance(done, erasing.Problem)


async def test_nothing_of_an_erased_person_is_left_or_comes_back_by_an_older_backup(
    database_url: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    escrow: Escrow,
    promise: Promise,
) -> None:
    house = _house(tmp_path, database_url, escrow)
    store = await open_store(database_url, house.keys)
    children = await store.write(partial(_council, house=house))
    going, staying = children[::2], children[1::2]
    gone, kept = _words(going), _words(staying)
    assert await store.read(lambda db: readable(db, gone)) == set(gone)  # they can be found at all
    keys = await store.read(lambda db: _keys_of(db, going))
    sealed = await store.read(lambda db: _words_of(db, going))
    older = await making.make(house.council, house.settings)

    for child in going:
        await _erase(store, house, child.person_id)
    await ledger.note(store, house)

    live = await store.read(lambda db: readable(db, gone))
    assert live == set()
    assert await store.read(lambda db: readable(db, kept)) == set(kept)
    assert await store.read(lambda db: erasing.left(db, house)) == []
    if store.is_sqlite:
        assert await clean_disk(store, house)
        assert _still_on_disk(database_url, keys) == 0
    await store.close()
    in_ledger = house.settings.erasure_ledger.read_bytes()
    assert not any(spelled(in_ledger, word) for word in gone)

    again = _elsewhere(request, database_url, tmp_path)
    elsewhere = house_at(
        tmp_path, again, backups=tmp_path / "backups", backup_recipients=escrow.recipient
    )
    result = await restoring.restore(older.file, escrow.file, elsewhere)
    assert result.problems == []
    assert result.erasures_replayed == len(going)
    restored = await open_store(again, house.keys)
    back = await restored.read(lambda db: readable(db, gone))
    assert back == set()
    assert await restored.read(lambda db: readable(db, kept)) == set(kept)
    if restored.is_sqlite:
        assert _still_on_disk(again, [*keys, *sealed]) == 0
    await restored.close()
    promise("P10", erased=len(going), canaries=len(gone), live=len(live), readable=len(back),
            database=make_url(database_url).get_backend_name())  # fmt: skip


def _keys_of(db: Connection, children: list[Child]) -> list[bytes]:
    """The keys to what they said, as they stood on disk."""
    ids = [child.person_id for child in children]
    wrapped = select(data_keys_table.c.wrapped).where(
        data_keys_table.c.person_id.in_(ids),
        data_keys_table.c.purpose.in_([purpose.value for purpose in ENDS]),
    )
    found = list(db.execute(wrapped).scalars())
    assert len(found) >= 2 * len(ids)
    return found


def _words_of(db: Connection, children: list[Child]) -> list[bytes]:
    """What they said and are called, as it stood on disk."""
    ids = [child.person_id for child in children]
    found: list[bytes] = []
    for column in (contributions_table.c.content, young_people.c.name):
        table = column.table
        found += db.execute(select(column).where(table.c.person_id.in_(ids))).scalars()
    assert len(found) >= 2 * len(ids)
    return found


def _still_on_disk(url: str, sealed: list[bytes]) -> int:
    """How many of these values can be found in the file or its WAL, by 24 bytes of each."""
    database = Path(make_url(url).database or "")
    beside = database.with_name(f"{database.name}-wal")
    there = database.read_bytes() + (beside.read_bytes() if beside.exists() else b"")
    return sum(value[21:45] in there for value in sealed)


def _elsewhere(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    if url.startswith("sqlite"):
        return f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}"
    found: str = request.getfixturevalue("empty_postgres_url")
    return found


async def test_the_same_search_finds_them_where_nothing_was_erased_again(
    sqlite_database_url: str, tmp_path: Path, escrow: Escrow
) -> None:
    """Without the ledger the older backup brings everything back: so the ledger is what helps."""
    house = _house(tmp_path, sqlite_database_url, escrow)
    store = await open_store(sqlite_database_url, house.keys)
    children = await store.write(partial(_council, house=house))
    sealed = await store.read(lambda db: _words_of(db, children[:1]))
    older = await making.make(house.council, house.settings)
    await _erase(store, house, children[0].person_id)
    await ledger.note(store, house)
    await store.close()
    house.settings.erasure_ledger.unlink()

    again = f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}"
    result = await restoring.restore(older.file, escrow.file, house_at(tmp_path, again))

    assert result.erasures_replayed == 0
    restored = await open_store(again, house.keys)
    words = list(children[0].words)
    assert await restored.read(lambda db: readable(db, words)) == set(words)
    assert _still_on_disk(again, sealed) == len(sealed)
    await restored.close()


async def test_a_drill_finds_what_is_left_of_somebody_who_was_erased(
    house: House, escrow: Escrow, scratch: str
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    person_id = await store.read(_somebody)
    await _erase(store, house, person_id)
    await ledger.note(store, house)

    def slip(db: Connection) -> None:
        place = Place(house.id, "inbox", "body", "telegram:1/x", person_id)
        seal(db, place, "a key comes into being")

    await store.write(slip)
    await store.close()
    made = await making.make(house.council, house.settings)

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert len(result.problems) == 1
    assert "1 of data_keys" in result.problems[0]


def _somebody(db: Connection) -> str:
    found: str = db.execute(select(contributions_table.c.person_id).limit(1)).scalar_one()
    return found


async def test_a_drill_says_that_a_ledger_lacks_what_the_backup_knows(
    house: House, escrow: Escrow, scratch: str
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    await _erase(store, house, await store.read(_somebody))
    await ledger.note(store, house)
    await store.close()
    made = await making.make(house.council, house.settings)
    assert (await restoring.drill(made.file, escrow.file, house, scratch)).problems == []

    house.settings.erasure_ledger.write_text("")
    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert len(result.problems) == 1
    assert "--erasures" in result.problems[0]


async def test_a_line_that_somebody_added_to_the_ledger_erases_nobody(
    house: House, escrow: Escrow, scratch: str
) -> None:
    """Who can write to the file has no key of the ring."""
    store = await open_store(house.settings.database_url, house.keys)
    erased, other = await store.read(
        lambda db: db.execute(select(contributions_table.c.person_id).distinct().limit(2)).scalars()
        .all()
    )  # fmt: skip
    made = await making.make(house.council, house.settings)
    await _erase(store, house, erased)
    await ledger.note(store, house)
    await store.close()
    path = house.settings.erasure_ledger
    forged = {**json.loads(path.read_text()), "id": 7, "person": other}
    with path.open("a") as file:
        file.write(json.dumps(forged) + "\nno json\n")

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert result.erasures_replayed == 1
    assert result.problems == [
        f"{path}: line {number} is not as Sayso wrote it, and is left out." for number in (2, 3)
    ]


async def test_alerts_and_decisions_outlast_a_person_under_their_own_keys(
    house: House,
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    person_id = await store.read(_somebody)
    decided = Place(house.id, "tasks", "about", "t", person_id)
    alerted: list[bytes] = []

    def decide(db: Connection) -> bytes:
        data_keys.to_seal(db, (house.id, person_id, Purpose.ALERTS.value))
        return seal(db, decided, "what the officer decided")

    alerted.append(await store.write(decide))
    await _erase(store, house, person_id)

    def look(db: Connection) -> tuple[str, set[str]]:
        purposes = select(data_keys_table.c.purpose).where(data_keys_table.c.person_id == person_id)
        return unseal(db, decided, alerted[0]), set(db.execute(purposes).scalars())

    opened, purposes = await store.read(look)
    assert opened == "what the officer decided"
    assert purposes == {"alerts", "decisions"}
    with pytest.raises(Erased):
        await store.read(lambda db: people.young_person(db, house.id, person_id))
    assert (
        await store.read(lambda db: contributions.newest_of_person(db, house.id, person_id)) == []
    )
    await store.close()


async def test_nothing_of_what_was_erased_stays_in_the_memory_of_who_erased_it(
    house: House,
) -> None:
    """Keys and conversations that were used last are kept at hand; these are not."""
    store = await open_store(house.settings.database_url, house.keys)
    talk = select(conversations_table.c.conversation_id, conversations_table.c.person_id).limit(1)
    conversation_id, person_id = await store.read(lambda db: tuple(db.execute(talk).one()))

    def use(db: Connection) -> None:
        kept = conversations.lock(db, house.id, conversation_id)
        conversations.save(db, kept, now())

    await store.write(use)
    assert (house.id, conversation_id) in conversations._read
    assert store.vault is not None
    of = [(house.id, person_id, purpose.value) for purpose in ENDS]
    assert any(store.vault.get(one) for one in of)

    await _erase(store, house, person_id)

    assert (house.id, conversation_id) not in conversations._read
    assert [store.vault.get(one) for one in of] == [None] * len(of)
    await store.close()


async def test_whoever_starts_sayso_on_an_older_database_has_it_erased_again(
    house: House, tmp_path: Path, escrow: Escrow, request: pytest.FixtureRequest
) -> None:
    """By litestream, or a point in time of PostgreSQL's: nobody ran `sayso restore`."""
    url = house.settings.database_url
    store = await open_store(url, house.keys)
    made = await making.make(house.council, house.settings)
    person_id = await store.read(_somebody)
    await _erase(store, house, person_id)
    await ledger.note(store, house)
    await store.close()
    again = _elsewhere(request, url, tmp_path)
    ledger_there = house.settings.erasure_ledger
    aside = ledger_there.rename(tmp_path / "aside.jsonl")
    elsewhere = house_at(tmp_path, again, erasures=aside)
    bare = house_at(tmp_path, again, erasures=tmp_path / "none.jsonl")
    await restoring.restore(made.file, escrow.file, bare)

    restored = await open_store(again, house.keys)
    assert not await restored.read(lambda db: people.is_erased(db, house.id, person_id))
    assert await ledger.catch_up(restored, elsewhere) == 1
    assert await restored.read(lambda db: people.is_erased(db, house.id, person_id))
    assert await restored.read(lambda db: erasing.left(db, house)) == []
    assert await ledger.catch_up(restored, elsewhere) == 0
    await restored.close()


async def test_an_erasure_that_is_not_in_the_ledger_yet_is_put_there_later(house: House) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    await _erase(store, house, await store.read(_somebody))
    path = house.settings.erasure_ledger
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir()  # nothing can be written there
    with pytest.raises(IsADirectoryError):
        await ledger.note(store, house)
    path.rmdir()

    assert len(await ledger.note(store, house)) == 1
    assert len(await ledger.note(store, house)) == 0
    entry = ledger.read(house, [path])
    assert entry.problems == ()
    assert [one.at > now() - timedelta(minutes=1) for one in entry.erasures] == [True]
    await store.close()
