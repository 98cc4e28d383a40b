"""All that is held about one young person, opened: for who asks what is held on them.

Rows of every table that has any, without secrets and keyed hashes: those say nothing of anybody.
A test compares `ABOUT` and `NOT_ABOUT` with the tables, so that a new one can't be forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, Row, Table, or_, select

from storage.ask_tables import ask_answers, ask_filings, ask_replies, asks
from storage.care_tables import TABLES as ABOUT_CARE
from storage.errors import SealBroken
from storage.inviting_tables import (
    contact_addresses,
    invitation_batch_items,
    invitation_sendings,
)
from storage.note_tables import TABLES as NOTES
from storage.note_tables import note_entries, note_filings, officer_notes
from storage.review_tables import TABLES as ABOUT_REVIEWS
from storage.sealed_columns import SEALED
from storage.sealing import Place, unseal
from storage.tables import (
    alert_words,
    alerts,
    allocations,
    attachment_pieces,
    attachments,
    briefings,
    broken_glass,
    contributions,
    conversations,
    disputes,
    erasures,
    filings,
    inbox,
    invitations,
    keys_to_conversations,
    meeting_wishes,
    outbox,
    participation,
    pins,
    reader_notices,
    readings,
    reminders,
    reviews,
    tasks,
    unlocked,
    withdrawals,
    young_people,
)

ABOUT = (
    young_people,
    reviews,
    allocations,
    contact_addresses,
    invitations,
    invitation_sendings,
    invitation_batch_items,
    conversations,
    keys_to_conversations,
    reminders,
    contributions,
    attachments,
    attachment_pieces,
    filings,
    readings,
    withdrawals,
    reader_notices,
    participation,
    disputes,
    meeting_wishes,
    asks,
    ask_answers,
    ask_replies,
    ask_filings,
    briefings,
    *NOTES,
    *ABOUT_REVIEWS,
    *ABOUT_CARE,
    tasks,
    alerts,
    alert_words,
    broken_glass,
    pins,
    unlocked,
    inbox,
    outbox,
    erasures,
)
NOT_ABOUT = frozenset(
    {
        "audit",  # by `storage.audit_reading`, in sentences
        "alert_calls",  # which of the council's own was told, by which way
        "audit_checkpoints", "case_imports", "councils", "data_keys", "fostering_households",
        "hand_overs", "import_pieces", "import_requests", "invitation_batches", "keks",
        "kept_settings", "populations", "quality_tools", "saved_views", "sign_in_links", "staff",
        "staff_challenges", "staff_identities", "staff_one_time_codes", "staff_passkeys",
        "staff_passwords", "staff_pictures", "staff_recovery_codes", "staff_sessions", "tries",
    }
)  # fmt: skip
"""Tables that hold nothing about a young person, or only who tried a code, by a keyed hash."""

UNOPENED = "This can't be opened any more."
IN_A_FILE = "This stands beside it as a file."
_SECRET = frozenset({"pins.pin_hash", "invitation_batch_items.letter"})
"""What opens something; whoever asks for a copy may be somebody else than they say."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A young person, and which of their reviews. `talks`: the conversations before those."""

    council: str
    person_id: str
    review_ids: tuple[str, ...]
    talks: tuple[str, ...]


def rows(db: Connection, table: Table, whose: Whose) -> list[dict[str, Any]]:
    """The table's rows about them, opened. Reads only."""
    key = list(table.primary_key.columns)
    found = db.execute(select(table).where(_which(table, whose)).order_by(*key))
    return [_opened(db, table, row, whose) for row in found]


def _which(table: Table, whose: Whose) -> ColumnElement[bool]:
    mine = table.c.council == whose.council
    columns = table.c
    if table is inbox:
        sources = [f"web:{one}" for one in whose.talks]
        return mine & or_(columns.person_id == whose.person_id, columns.source.in_(sources))
    if table is tasks:
        return mine & or_(
            columns.review_id.in_(whose.review_ids),
            (columns.person_id == whose.person_id) & columns.review_id.is_(None),
        )
    if table in (note_entries, note_filings):
        theirs = select(officer_notes.c.note_id).where(
            officer_notes.c.council == whose.council,
            officer_notes.c.review_id.in_(whose.review_ids),
        )
        return mine & columns.note_id.in_(theirs)
    if "review_id" in columns and table is not erasures:
        return mine & columns.review_id.in_(whose.review_ids)
    if "conversation_id" in columns:
        return mine & columns.conversation_id.in_(whose.talks)
    if "contribution_id" in columns:
        sent = select(contributions.c.contribution_id).where(
            contributions.c.council == whose.council,
            contributions.c.review_id.in_(whose.review_ids),
        )
        return mine & columns.contribution_id.in_(sent)
    return mine & (columns.person_id == whose.person_id)


def _opened(db: Connection, table: Table, row: Row[Any], whose: Whose) -> dict[str, Any]:
    sealed = {one.column.name: one for one in SEALED if one.column.table is table}
    found: dict[str, Any] = {}
    for column in table.columns:
        value = getattr(row, column.name)
        if f"{table.name}.{column.name}" in _SECRET:
            continue
        if column.name in sealed:
            one = sealed[column.name]
            person = whose.person_id if one.through is not None else one.person(row)
            place = Place(whose.council, table.name, column.name, one.row(row), person)
            found[column.name] = None
            if value:
                found[column.name] = _unsealed(db, place, value) if one.text else IN_A_FILE
        elif isinstance(column.type, LargeBinary):
            continue
        elif column.name != "council":
            found[column.name] = value
    return found


def _unsealed(db: Connection, place: Place, value: bytes) -> str:
    try:
        return unseal(db, place, value)
    except SealBroken:  # it has rung the alarm; the rest of the copy does not wait for it
        return UNOPENED


def talks_of(db: Connection, council: str, review_ids: Sequence[str]) -> tuple[str, ...]:
    """The conversations before these reviews, by id."""
    found = select(conversations.c.conversation_id).where(
        conversations.c.council == council, conversations.c.review_id.in_(review_ids)
    )
    return tuple(db.execute(found.order_by(conversations.c.conversation_id)).scalars())
