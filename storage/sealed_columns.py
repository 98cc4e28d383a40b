"""Every column that holds sealed values, and the place in which each of its values opens.

What has to look at all that is sealed (a restored backup's sample, a rotation) reads it here. A
test compares it with the tables: a sealed column that is not named here fails it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, func, select, tuple_

from storage.ask_tables import ask_answers, ask_filings, ask_replies, asks
from storage.care_tables import care_particulars, import_pieces, import_requests
from storage.errors import KekUnknown, SealBroken
from storage.inviting_tables import contact_addresses, invitation_batch_items
from storage.note_tables import note_entries, note_filings
from storage.review_tables import (
    record_filings,
    record_values,
    review_decisions,
    review_moves,
)
from storage.sealing import Place, unseal_bytes
from storage.tables import (
    alert_words,
    alerts,
    attachment_pieces,
    attachments,
    briefings,
    broken_glass,
    contributions,
    conversations,
    erasures,
    filings,
    inbox,
    invitations,
    kept_settings,
    keys_to_conversations,
    meeting_wishes,
    metadata,
    outbox,
    participation,
    reviews,
    saved_views,
    staff,
    staff_one_time_codes,
    staff_passkeys,
    staff_passwords,
    staff_pictures,
    staff_sessions,
    tasks,
    young_people,
)

NOT_SEALED = frozenset(
    {
        "audit.mac",
        "contact_addresses.address_index",
        "data_keys.key_id",
        "data_keys.wrapped",
        "imported_people.case_index",
        "invitation_sendings.stop_hash",
        "invitations.code_hash",
        "invitations.link_hash",
        "invitations.telegram_hash",
        "keks.proof",
        "pins.reset_hash",
        "tries.key_hash",
        "unlocked.browser_hash",
        "unlocked.token_hash",
        "keys_to_conversations.key_hash",
        "sign_in_links.token_hash",
        "staff.email_index",
        "staff_challenges.bound_to",
        "staff_challenges.challenge_hash",
        "staff_identities.subject_index",
        "staff_passkeys.credential_index",
        "staff_recovery_codes.code_hash",
        "staff_sessions.session_hash",
        "young_people.case_id_index",
    }
)
"""Binary columns that hold keyed hashes and wrapped keys: nothing in them is a sealed value."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`row` and `person`: what `Place` says of a row, from its columns. `through`: the table that
    says whose a row is, where its own does not, and the column by which both are joined. `text`: no
    piece of sound or of a picture."""

    column: Column[Any]
    row: Callable[[Row[Any]], str]
    person: Callable[[Row[Any]], str] = lambda _row: ""
    through: tuple[Table, str] | None = None
    text: bool = True

    @property
    def name(self) -> str:
        return f"{self.column.table.name}.{self.column.name}"

    def place(self, row: Row[Any]) -> Place:
        return Place(
            row.council, self.column.table.name, self.column.name, self.row(row), self.person(row)
        )


def _person(row: Row[Any]) -> str:
    return row.person_id or ""


def _staff(row: Row[Any]) -> str:
    return str(row.staff_id)


def _passkey(row: Row[Any]) -> str:
    return str(row.passkey_id)


def _review(row: Row[Any]) -> str:
    return str(row.review_id)


def _ask_filing(row: Row[Any]) -> str:
    return f"{row.ask_id}/{row.number}/{row.destination}"


def _filed_note(row: Row[Any]) -> str:
    return f"{row.note_id}/{row.version}"


def _filed_record(row: Row[Any]) -> str:
    return f"{row.record_id}/{row.version}"


SEALED: Sequence[SealedColumn] = (
    SealedColumn(staff.c.name, _staff),
    SealedColumn(staff.c.email, _staff),
    SealedColumn(saved_views.c.name, lambda row: str(row.view_id)),
    SealedColumn(staff_pictures.c.picture, _staff, text=False),
    SealedColumn(staff_sessions.c.device, lambda row: str(row.session_id)),
    SealedColumn(staff_passwords.c.password, _staff),
    SealedColumn(staff_one_time_codes.c.seed, _staff),
    SealedColumn(staff_passkeys.c.credential, _passkey),
    SealedColumn(staff_passkeys.c.public_key, _passkey),
    SealedColumn(young_people.c.case_id, _person, _person),
    SealedColumn(young_people.c.name, _person, _person),
    SealedColumn(young_people.c.born, _person, _person),
    SealedColumn(care_particulars.c.particulars, _person, _person),
    SealedColumn(contact_addresses.c.address, lambda row: str(row.address_id), _person),
    SealedColumn(
        invitation_batch_items.c.letter, lambda row: f"{row.batch_id}/{row.number}", _person
    ),
    SealedColumn(conversations.c.state, lambda row: str(row.conversation_id), _person),
    SealedColumn(
        keys_to_conversations.c.address,
        lambda row: str(row.key_hash.hex()),
        _person,
        (conversations, "conversation_id"),
    ),
    SealedColumn(inbox.c.body, lambda row: f"{row.source}/{row.key}", _person),
    SealedColumn(outbox.c.payload, lambda row: str(row.idempotency_key), _person),
    SealedColumn(
        contributions.c.content, lambda row: f"{row.contribution_id}/{row.version}", _person
    ),
    SealedColumn(attachments.c.about, lambda row: str(row.attachment_id), _person),
    SealedColumn(
        attachment_pieces.c.content,
        lambda row: f"{row.attachment_id}/{row.number}",
        _person,
        text=False,
    ),
    SealedColumn(
        filings.c.reference,
        lambda row: f"{row.contribution_id}/{row.version}/{row.destination}",
        _person,
    ),
    SealedColumn(participation.c.reason, _review, _person, (reviews, "review_id")),
    SealedColumn(participation.c.briefed, _review, _person, (reviews, "review_id")),
    SealedColumn(alerts.c.about, lambda row: str(row.alert_id), _person),
    SealedColumn(alerts.c.reason, lambda row: str(row.alert_id), _person),
    SealedColumn(alert_words.c.said, lambda row: f"{row.alert_id}/{row.number}", _person),
    SealedColumn(meeting_wishes.c.wishes, _review, _person),
    SealedColumn(asks.c.plan, lambda row: str(row.ask_id), _person),
    SealedColumn(ask_answers.c.said, lambda row: f"{row.ask_id}/{row.number}", _person),
    SealedColumn(ask_replies.c.words, lambda row: f"{row.ask_id}/{row.number}", _person),
    SealedColumn(ask_filings.c.reference, _ask_filing, _person),
    SealedColumn(ask_filings.c.document, _ask_filing, _person),
    SealedColumn(briefings.c.who, lambda row: str(row.briefing_id), _person),
    SealedColumn(note_entries.c.value, lambda row: f"{row.note_id}/{row.number}", _person),
    SealedColumn(note_filings.c.content, _filed_note, _person),
    SealedColumn(note_filings.c.reference, _filed_note, _person),
    SealedColumn(review_moves.c.words, lambda row: f"{row.review_id}/{row.number}", _person),
    SealedColumn(
        record_values.c.words, lambda row: f"{row.review_id}/{row.field}/{row.number}", _person
    ),
    SealedColumn(review_decisions.c.content, lambda row: str(row.decision_id), _person),
    SealedColumn(record_filings.c.content, _filed_record, _person),
    SealedColumn(record_filings.c.reference, _filed_record, _person),
    SealedColumn(tasks.c.about, lambda row: str(row.task_id), _person),
    SealedColumn(
        invitations.c.reason, lambda row: str(row.invitation_id), _person, (reviews, "review_id")
    ),
    SealedColumn(broken_glass.c.reason, lambda row: str(row.glass_id)),
    SealedColumn(erasures.c.reason, lambda row: str(row.erasure_id), _person),
    SealedColumn(import_requests.c.outcome, lambda row: str(row.request_id)),
    SealedColumn(
        import_pieces.c.content, lambda row: f"{row.request_id}/{row.file}/{row.number}", text=False
    ),
    SealedColumn(kept_settings.c.value, lambda row: str(row.name)),
)


def binary_columns() -> set[str]:
    """Every binary column of every table, as `table.column`."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """`opened` values of a random sample could be opened; `broken` names columns that hold others,
    and how many of them."""

    opened: int
    broken: dict[str, int]


def open_sample(db: Connection, most: int) -> Sample:
    """Open at most `most` values of each sealed column, chosen by chance. None is kept."""
    opened, broken = 0, dict[str, int]()
    for sealed in SEALED:
        for row in _chosen(db, sealed, most):
            try:
                value = unseal_bytes(db, sealed.place(row), getattr(row, sealed.column.name))
                if sealed.text:
                    value.decode()
            except (KekUnknown, SealBroken, UnicodeDecodeError):
                broken[sealed.name] = broken.get(sealed.name, 0) + 1
            else:
                opened += 1
    return Sample(opened, broken)


def _chosen(db: Connection, sealed: SealedColumn, most: int) -> Iterator[Row[Any]]:
    """Chosen by their keys: sorting whole rows by chance would sort all that was ever said."""
    table = sealed.column.table
    key = list(table.primary_key.columns)
    there = func.length(sealed.column) > 0  # nothing: of somebody who was erased
    keys = db.execute(select(*key).where(there).order_by(func.random()).limit(most)).all()
    for chosen in range(0, len(keys), 100):
        some = [tuple(one) for one in keys[chosen : chosen + 100]]
        query = select(table).where(tuple_(*key).in_(some))
        if sealed.through is not None:
            other, by = sealed.through
            query = query.add_columns(other.c.person_id).join(
                other, (other.c.council == table.c.council) & (other.c[by] == table.c[by])
            )
        yield from db.execute(query)
