"""Many invitations at once: who gets which by which way, and how far it is.

What is printed needs the link and the code once more after the invitation was made: they lie
sealed beside it, for a day at the most (`docs/decisions/0040`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import SealBroken, Unknown
from storage.invitation_sendings import Way
from storage.inviting_tables import invitation_batch_items as items
from storage.inviting_tables import invitation_batches as batches
from storage.sealing import Place, seal, unseal


class State(StrEnum):
    """How it is with a batch."""

    WAITING = "waiting"  # some are still to be made
    MADE = "made"
    ENDED = "ended"  # its letters were printed, or nobody did in time: they are kept nowhere


class ItemState(StrEnum):
    WAITING = "waiting"
    MADE = "made"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Batch:
    batch_id: str
    made_by: str
    made_at: datetime
    weeks: int
    state: State
    made_all_at: datetime | None = None
    fetched_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """`number`: in the order of printing; `why`: it was left out."""

    batch_id: str
    number: int
    review_id: str
    person_id: str
    way: Way
    address_id: str | None = None
    state: ItemState = ItemState.WAITING
    why: str | None = None
    sending_id: str | None = None
    has_letter: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands on a letter that opens something."""

    url: str
    code: str


def add(db: Connection, council: str, batch: Batch, them: Sequence[Item]) -> None:
    db.execute(
        insert(batches),
        {
            "council": council,
            "batch_id": batch.batch_id,
            "made_by": batch.made_by,
            "made_at": batch.made_at,
            "weeks": batch.weeks,
            "state": State.WAITING.value,
        },
    )
    db.execute(
        insert(items),
        [
            {
                "council": council,
                "batch_id": batch.batch_id,
                "number": one.number,
                "review_id": one.review_id,
                "person_id": one.person_id,
                "way": one.way.value,
                "address_id": one.address_id,
                "state": ItemState.WAITING.value,
            }
            for one in them
        ],
    )


def get(db: Connection, council: str, batch_id: str) -> Batch:
    """`Unknown`."""
    return _known(db, batch_id, _one(council, batch_id))


def lock(db: Connection, council: str, batch_id: str) -> Batch:
    """The same for who hands its letters out, lets them go or stops it: others wait for our commit,
    so that no letter is printed that opens nothing. Items are locked before it. `Unknown`."""
    return _known(db, batch_id, _one(council, batch_id).with_for_update())


def _one(council: str, batch_id: str) -> Select[Any]:
    return select(batches).where(batches.c.council == council, batches.c.batch_id == batch_id)


def _known(db: Connection, batch_id: str, query: Select[Any]) -> Batch:
    row = db.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"batch {batch_id}")
    return _batch(row)


def of_maker(db: Connection, council: str, made_by: str, most: int) -> list[Batch]:
    """Somebody's own, the newest first."""
    rows = db.execute(
        select(batches)
        .where(batches.c.council == council, batches.c.made_by == made_by)
        .order_by(batches.c.made_at.desc())
        .limit(most)
    )
    return [_batch(row) for row in rows]


def waiting(db: Connection, council: str) -> Batch | None:
    """The oldest of which some are to be made."""
    row = db.execute(
        select(batches)
        .where(batches.c.council == council, batches.c.state == State.WAITING.value)
        .order_by(batches.c.made_at, batches.c.batch_id)
        .limit(1)
    ).first()
    return _batch(row) if row is not None else None


def take(db: Connection, council: str, batch_id: str, most: int) -> list[Item]:
    """The next that are to be made; another worker has others meanwhile."""
    rows = db.execute(
        select(items)
        .where(
            items.c.council == council,
            items.c.batch_id == batch_id,
            items.c.state == ItemState.WAITING.value,
        )
        .order_by(items.c.number)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [_item(row) for row in rows]


def made(
    db: Connection, council: str, item: Item, sending_id: str, opening: Opening | None
) -> None:
    """It is made, and of a letter is kept what opens it."""
    letter = None
    if opening is not None:
        said = json.dumps({"url": opening.url, "code": opening.code})
        letter = seal(db, _place(council, item.batch_id, item.number, item.person_id), said)
    _set(db, council, item, state=ItemState.MADE.value, sending_id=sending_id, letter=letter)


def left_out(db: Connection, council: str, item: Item, why: str) -> None:
    _set(db, council, item, state=ItemState.LEFT_OUT.value, why=why, letter=None)


def leave_out_rest(db: Connection, council: str, batch_id: str, why: str) -> None:
    """Of what is not made yet none is; what another worker is at just now is waited for."""
    db.execute(
        update(items)
        .where(
            items.c.council == council,
            items.c.batch_id == batch_id,
            items.c.state == ItemState.WAITING.value,
        )
        .values(state=ItemState.LEFT_OUT.value, why=why)
    )


def _set(db: Connection, council: str, item: Item, **values: Any) -> None:
    db.execute(
        update(items)
        .where(
            items.c.council == council,
            items.c.batch_id == item.batch_id,
            items.c.number == item.number,
        )
        .values(**values)
    )


def all_made(db: Connection, council: str, batch_id: str, now: datetime) -> bool:
    """None waits any more; False if some do."""
    if counts(db, council, batch_id).get(ItemState.WAITING, 0):
        return False
    return (
        db.execute(
            update(batches)
            .where(
                batches.c.council == council,
                batches.c.batch_id == batch_id,
                batches.c.state == State.WAITING.value,
            )
            .values(state=State.MADE.value, made_all_at=now)
        ).rowcount
        == 1
    )


def counts(db: Connection, council: str, batch_id: str) -> dict[ItemState, int]:
    found = db.execute(
        select(items.c.state, func.count())
        .where(items.c.council == council, items.c.batch_id == batch_id)
        .group_by(items.c.state)
    )
    return {ItemState(state): number for state, number in found}


def all_items(db: Connection, council: str, batch_id: str) -> list[Item]:
    """In the order of printing."""
    rows = db.execute(
        select(items)
        .where(items.c.council == council, items.c.batch_id == batch_id)
        .order_by(items.c.number)
    )
    return [_item(row) for row in rows]


def letters(
    db: Connection, council: str, batch_id: str, first: int, last: int
) -> dict[int, Opening]:
    """What opens the letters of these numbers. One that can't be opened is left out."""
    rows = db.execute(
        select(items)
        .where(
            items.c.council == council,
            items.c.batch_id == batch_id,
            items.c.letter.is_not(None),
            items.c.number.between(first, last),
        )
        .order_by(items.c.number)
    ).all()
    data_keys.prepare(db, council, {row.person_id for row in rows}, Purpose.TRANSPORT)
    found = {}
    for row in rows:
        try:
            said = unseal(db, _place(council, batch_id, row.number, row.person_id), row.letter)
        except SealBroken:  # it has rung the alarm; the others are printed
            continue
        found[row.number] = Opening(**json.loads(said))
    return found


def fetched(db: Connection, council: str, batch_id: str, now: datetime) -> None:
    """Its letters were handed out; only the first time is kept."""
    db.execute(
        update(batches)
        .where(
            batches.c.council == council,
            batches.c.batch_id == batch_id,
            batches.c.fetched_at.is_(None),
        )
        .values(fetched_at=now)
    )


def end(db: Connection, council: str, batch_id: str, now: datetime) -> bool:
    """Its letters are kept nowhere from here on; False if it had ended."""
    ended = db.execute(
        update(batches)
        .where(
            batches.c.council == council,
            batches.c.batch_id == batch_id,
            batches.c.state == State.MADE.value,
        )
        .values(state=State.ENDED.value, ended_at=now)
    ).rowcount
    db.execute(
        update(items)
        .where(items.c.council == council, items.c.batch_id == batch_id)
        .values(letter=None)
    )
    return ended == 1


def over(db: Connection, council: str, made_before: datetime) -> list[str]:
    """Batches whose letters nobody said to have printed, and which were made before this."""
    found = db.execute(
        select(batches.c.batch_id).where(
            batches.c.council == council,
            batches.c.state == State.MADE.value,
            batches.c.made_all_at < made_before,
        )
    )
    return list(found.scalars())


def _place(council: str, batch_id: str, number: int, person_id: str) -> Place:
    return Place(council, items.name, "letter", f"{batch_id}/{number}", person_id)


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        row.batch_id,
        row.made_by,
        row.made_at,
        row.weeks,
        State(row.state),
        row.made_all_at,
        row.fetched_at,
        row.ended_at,
    )


def _item(row: Row[Any]) -> Item:
    return Item(
        row.batch_id,
        row.number,
        row.review_id,
        row.person_id,
        Way(row.way),
        row.address_id,
        ItemState(row.state),
        row.why,
        row.sending_id,
        row.letter is not None,
    )
