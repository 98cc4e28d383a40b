"""What may have had its time: looked for step by step, in the order of the keys, so that no look
reads much. No word is opened. Reads only, but for what says that it takes away."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from storage.inviting_tables import (
    invitation_batch_items,
    invitation_batches,
    invitation_sendings,
)
from storage.note_tables import note_entries, note_filings, officer_notes
from storage.review_tables import (
    record_filings,
    record_values,
    review_decisions,
    review_moves,
)
from storage.tables import (
    briefings,
    broken_glass,
    contributions,
    conversations,
    erasures,
    filings,
    inbox,
    invitations,
    keys_to_conversations,
    participation,
    reviews,
    tasks,
    young_people,
)

UNFILED = ("waiting", "task")
"""Values of `storage.contributions.Filing`: not in the case record, and may still get there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation. `sent_at`: its newest version, none if nothing was sent; `unfiled`: documents
    on their way; `chat`: they were let in on Telegram; `erased`: its person was erased, and it came
    about at the same moment."""

    conversation_id: str
    review_id: str
    person_id: str
    changed_at: datetime
    open_until: datetime
    told_at: datetime | None
    sent_at: datetime | None
    unfiled: int
    chat: bool
    erased: bool


def after(db: Connection, council: str, last: str, most: int) -> list[Standing]:
    """The next conversations after this id, in their order."""
    next_ones = _talks(council).where(conversations.c.conversation_id > last)
    rows = db.execute(next_ones.order_by(conversations.c.conversation_id).limit(most)).all()
    return _standing(db, council, rows)


def of_people(db: Connection, council: str, people: Iterable[str]) -> list[Standing]:
    """All conversations of these young people."""
    theirs = select(reviews.c.review_id).where(
        reviews.c.council == council, reviews.c.person_id.in_(list(people))
    )
    review_ids = list(db.execute(theirs).scalars())
    found = _talks(council).where(conversations.c.review_id.in_(review_ids))
    return _standing(db, council, db.execute(found).all())


def _talks(council: str) -> Select[Any]:
    return select(
        conversations.c.conversation_id,
        conversations.c.review_id,
        conversations.c.person_id,
        conversations.c.changed_at,
        conversations.c.open_until,
        conversations.c.told_at,
    ).where(conversations.c.council == council)


def _standing(db: Connection, council: str, talks: Sequence[Row[Any]]) -> list[Standing]:
    """Each part by keys alone: a join of theirs made SQLite, which knows of no statistics, walk
    through whole tables."""
    review_ids = [row.review_id for row in talks]
    sent = db.execute(
        select(
            contributions.c.contribution_id, contributions.c.review_id, contributions.c.sent_at
        ).where(contributions.c.council == council, contributions.c.review_id.in_(review_ids))
    ).all()
    last: dict[str, datetime] = {}
    for row in sent:
        last[row.review_id] = max(row.sent_at, last.get(row.review_id, row.sent_at))
    unfiled = Counter[str]()
    review_of = {row.contribution_id: row.review_id for row in sent}
    waiting = select(filings.c.contribution_id).where(
        filings.c.council == council,
        filings.c.contribution_id.in_(list(review_of)),
        filings.c.state.in_(UNFILED),
    )
    for contribution_id in db.execute(waiting).scalars():
        unfiled[review_of[contribution_id]] += 1
    by_telegram = select(keys_to_conversations.c.conversation_id).where(
        keys_to_conversations.c.council == council,
        keys_to_conversations.c.conversation_id.in_([row.conversation_id for row in talks]),
        keys_to_conversations.c.kind == "telegram",
    )
    chats = set(db.execute(by_telegram).scalars())
    gone = select(young_people.c.person_id).where(
        young_people.c.council == council,
        young_people.c.person_id.in_({row.person_id for row in talks}),
        young_people.c.erased_at.is_not(None),
    )
    erased = set(db.execute(gone).scalars())
    return [
        Standing(
            row.conversation_id,
            row.review_id,
            row.person_id,
            row.changed_at,
            row.open_until,
            row.told_at,
            last.get(row.review_id),
            unfiled[row.review_id],
            row.conversation_id in chats,
            row.person_id in erased,
        )
        for row in talks
    ]


def with_copies(
    db: Connection, council: str, conversation_ids: Iterable[str], before: datetime
) -> set[str]:
    """Of these conversations, those of which messages are still here as the browser sent them."""
    sources = {f"web:{one}": one for one in conversation_ids}
    found = select(inbox.c.source).where(
        inbox.c.council == council, inbox.c.source.in_(sources), inbox.c.received_at < before
    )
    return {sources[source] for source in db.execute(found.distinct()).scalars()}


def drop_copies(db: Connection, council: str, conversation_id: str, before: datetime) -> int:
    """Take away the messages of a conversation as the browser sent them; how many."""
    return db.execute(
        delete(inbox).where(
            inbox.c.council == council,
            inbox.c.source == f"web:{conversation_id}",
            inbox.c.received_at < before,
        )
    ).rowcount


@dataclass(frozen=True, slots=True)
class Update:
    """A message as Telegram sent it. `person_id`: none if nobody knew who it was."""

    source: str
    key: str
    received_at: datetime
    person_id: str | None


def updates_after(db: Connection, council: str, last: tuple[str, str], most: int) -> list[Update]:
    """The next messages as Telegram sent them, after this place."""
    rows = db.execute(
        select(inbox.c.source, inbox.c.key, inbox.c.received_at, inbox.c.person_id)
        .where(
            inbox.c.council == council,
            inbox.c.source >= "telegram:",
            inbox.c.source < "telegram;",  # the sign after the colon
            tuple_(inbox.c.source, inbox.c.key) > tuple_(*last),
        )
        .order_by(inbox.c.source, inbox.c.key)
        .limit(most)
    )
    return [Update(row.source, row.key, row.received_at, row.person_id) for row in rows]


def drop_updates(db: Connection, council: str, updates: Sequence[Update]) -> int:
    """Take them away; how many."""
    keys = [(one.source, one.key) for one in updates]
    return db.execute(
        delete(inbox).where(
            inbox.c.council == council, tuple_(inbox.c.source, inbox.c.key).in_(keys)
        )
    ).rowcount


def tell(
    db: Connection, council: str, conversation_id: str, since: datetime, now: datetime
) -> bool:
    """They are told now that what they did not send is going to be erased; False if they were,
    `since` then."""
    told = db.execute(
        update(conversations)
        .where(
            conversations.c.council == council,
            conversations.c.conversation_id == conversation_id,
            or_(conversations.c.told_at.is_(None), conversations.c.told_at < since),
        )
        .values(told_at=now)
    )
    return told.rowcount == 1


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What let somebody write to these conversations, of these kinds, and does not any more."""

    council: str
    conversation_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    now: datetime

    def where(self) -> ColumnElement[bool]:
        column = keys_to_conversations.c
        return and_(
            column.council == self.council,
            column.conversation_id.in_(self.conversation_ids),
            column.kind.in_(self.kinds),
            column.expires_at < self.now,
        )


def ways_in(db: Connection, which: WaysIn) -> int:
    """How many there are."""
    count = select(func.count()).select_from(keys_to_conversations)
    return int(db.execute(count.where(which.where())).scalar_one())


def drop_ways_in(db: Connection, which: WaysIn) -> int:
    """Take them away; how many that was."""
    return db.execute(delete(keys_to_conversations).where(which.where())).rowcount


def end_decisions(db: Connection, council: str, before: datetime) -> int:
    """Take away what was decided and why, once it was settled before this time; that and when it
    was settled stays where figures need it. How many."""
    gone = db.execute(
        delete(tasks).where(tasks.c.council == council, tasks.c.done_at < before)
    ).rowcount
    gone += db.execute(
        delete(briefings).where(briefings.c.council == council, briefings.c.recorded_at < before)
    ).rowcount
    gone += db.execute(
        delete(broken_glass).where(broken_glass.c.council == council, broken_glass.c.until < before)
    ).rowcount
    older = select(invitation_batches.c.batch_id).where(
        invitation_batches.c.council == council, invitation_batches.c.made_at < before
    )
    gone += db.execute(
        delete(invitation_batch_items).where(
            invitation_batch_items.c.council == council,
            invitation_batch_items.c.batch_id.in_(older),
        )
    ).rowcount
    for table in (invitation_batches, invitation_sendings):
        gone += db.execute(
            delete(table).where(table.c.council == council, table.c.made_at < before)
        ).rowcount
    for kept, ended in (
        (record_values, record_values.c.at),
        (review_decisions, review_decisions.c.made_at),
        (record_filings, record_filings.c.filed_at),
    ):
        gone += db.execute(delete(kept).where(kept.c.council == council, ended < before)).rowcount
    finished = select(officer_notes.c.note_id).where(
        officer_notes.c.council == council, officer_notes.c.ended_at < before
    )
    for written in (note_entries, note_filings):
        over = delete(written).where(written.c.council == council, written.c.note_id.in_(finished))
        gone += db.execute(over).rowcount
    for table, at, names in (
        (review_moves, review_moves.c.at, ("words",)),
        (participation, participation.c.confirmed_at, ("reason", "briefed")),
        (invitations, invitations.c.issued_at, ("reason",)),
        (erasures, erasures.c.at, ("reason",)),
    ):
        for name in names:
            gone += db.execute(
                update(table)
                .where(table.c.council == council, at < before, table.c[name].is_not(None))
                .values({name: None})
            ).rowcount
    return gone
