"""Taking away what is held: of one review's conversation, or of a whole person.

Rows that hold words go; keys are destroyed beside it, so that what a disk still remembers of them
opens nothing. What stays (the stub of a person, reviews, codes, tasks, the audit) is in
`docs/keeping.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, update

from storage import data_keys, people
from storage.ask_tables import ask_answers, ask_filings, ask_replies, asks
from storage.care_tables import care_particulars
from storage.conversations import forget
from storage.data_keys import Purpose
from storage.inviting_tables import contact_addresses, invitation_batch_items
from storage.note_tables import note_entries, note_filings
from storage.review_tables import record_filings
from storage.tables import (
    attachment_pieces,
    attachments,
    contributions,
    conversations,
    disputes,
    filings,
    inbox,
    invitations,
    keys_to_conversations,
    meeting_wishes,
    outbox,
    pins,
    reader_notices,
    readings,
    reminders,
    reviews,
    unlocked,
    withdrawals,
)
from storage.tables import data_keys as data_keys_table

ENDS = (Purpose.IDENTITY, Purpose.WORDS, Purpose.TRANSPORT)
"""The keys of an erased person that are destroyed. Alerts and decisions end by themselves."""

Which = Iterator[tuple[Table, ColumnElement[bool]]]


def lock(db: Connection, council: str, review_ids: Sequence[str]) -> list[str]:
    """The conversations before these reviews, by id. Whoever is about to add to one ends first, or
    finds it gone."""
    found = db.execute(
        select(conversations.c.conversation_id)
        .where(conversations.c.council == council, conversations.c.review_id.in_(review_ids))
        .with_for_update()
    )
    talks = list(found.scalars())
    forget(council, talks)
    return talks


def reviews_of(db: Connection, council: str, person_id: str) -> list[str]:
    """The reviews of a young person, by id."""
    found = select(reviews.c.review_id).where(
        reviews.c.council == council, reviews.c.person_id == person_id
    )
    return list(db.execute(found.order_by(reviews.c.review_id)).scalars())


def held(db: Connection, council: str, person_id: str) -> dict[str, int]:
    """How many rows of each table would go with a person. Reads only."""
    review_ids = reviews_of(db, council, person_id)
    ids = select(conversations.c.conversation_id).where(
        conversations.c.council == council, conversations.c.review_id.in_(review_ids)
    )
    talks = list(db.execute(ids).scalars())
    which = [*_of_reviews(council, review_ids, talks), *_of_person(council, person_id, talks)]
    counts = {
        table.name: db.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        for table, where in which
    }
    keys = select(func.count()).where(
        data_keys_table.c.council == council,
        data_keys_table.c.person_id == person_id,
        data_keys_table.c.purpose.in_([purpose.value for purpose in ENDS]),
    )
    return {**counts, data_keys_table.name: db.execute(keys).scalar_one()}


def words(db: Connection, council: str, review_ids: Sequence[str]) -> dict[str, int]:
    """Take away what was said before these reviews, sent or not; how many rows of each table."""
    talks = lock(db, council, review_ids)
    return _delete(db, _of_reviews(council, review_ids, talks))


def person(db: Connection, council: str, person_id: str, now: datetime) -> dict[str, int]:
    """Take away all that a young person said and all that finds them, and destroy their keys; a
    stub is left. How many rows of each table."""
    review_ids = reviews_of(db, council, person_id)
    talks = lock(db, council, review_ids)
    gone = _delete(db, _of_reviews(council, review_ids, talks))
    for table, number in _delete(db, _of_person(council, person_id, talks)).items():
        gone[table] = gone.get(table, 0) + number
    db.execute(
        update(invitations)
        .where(
            invitations.c.council == council,
            invitations.c.review_id.in_(review_ids),
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    people.mark_erased(db, council, person_id, now)
    gone[data_keys_table.name] = data_keys.destroy(db, council, person_id, ENDS)
    return gone


def left(db: Connection, council: str, person_id: str) -> Mapping[str, int]:
    """What is there of a person who was erased and may not be."""
    found = {name: number for name, number in held(db, council, person_id).items() if number}
    if not people.is_erased(db, council, person_id) and people.exists(db, council, person_id):
        found["young_people"] = 1
    return found


def words_left(db: Connection, council: str, review_id: str, at: datetime) -> Mapping[str, int]:
    """What is there of a review whose words were erased at that time and may not be. Who was
    invited anew has said something else since."""
    of_review = contributions.c.review_id == review_id
    count = select(func.count()).select_from(contributions)
    older = count.where(contributions.c.council == council, of_review, contributions.c.sent_at < at)
    number = db.execute(older).scalar_one()
    return {contributions.name: number} if number else {}


def _of_reviews(council: str, review_ids: Sequence[str], talks: Sequence[str]) -> Which:
    """In the order in which they may go: what points at others first."""
    sent = select(contributions.c.contribution_id).where(
        contributions.c.council == council, contributions.c.review_id.in_(review_ids)
    )
    for table in (filings, readings, withdrawals, reader_notices):
        yield table, (table.c.council == council) & table.c.contribution_id.in_(sent)
    yield (
        contributions,
        ((contributions.c.council == council) & contributions.c.review_id.in_(review_ids)),
    )
    for table in (attachment_pieces, attachments):
        yield table, (table.c.council == council) & table.c.review_id.in_(review_ids)
    for table in (ask_filings, ask_replies, ask_answers, asks):
        yield table, (table.c.council == council) & table.c.review_id.in_(review_ids)
    yield (
        meeting_wishes,
        ((meeting_wishes.c.council == council) & meeting_wishes.c.review_id.in_(review_ids)),
    )
    for table in (disputes, keys_to_conversations, reminders):
        yield table, (table.c.council == council) & table.c.conversation_id.in_(talks)
    yield (
        conversations,
        ((conversations.c.council == council) & conversations.c.review_id.in_(review_ids)),
    )
    from_web = [f"web:{one}" for one in talks]
    yield inbox, (inbox.c.council == council) & inbox.c.source.in_(from_web)


def _of_person(council: str, person_id: str, talks: Sequence[str]) -> Which:
    # Those of `_of_reviews` are gone before, or counted with these.
    yield (
        inbox,
        (
            (inbox.c.council == council)
            & or_(
                inbox.c.person_id == person_id, inbox.c.source.in_([f"web:{one}" for one in talks])
            )
        ),
    )
    for table in (
        outbox,
        pins,
        unlocked,
        record_filings,
        note_entries,
        note_filings,
        contact_addresses,
        invitation_batch_items,
        care_particulars,
    ):
        yield table, (table.c.council == council) & (table.c.person_id == person_id)


def _delete(db: Connection, which: Which) -> dict[str, int]:
    return {table.name: db.execute(delete(table).where(where)).rowcount for table, where in which}
