"""The tables of how invitations leave: addresses, sendings, batches. What an invitation is stands
in `storage.tables`."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from storage.columns import Moment
from storage.tables import metadata


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


# Of a young person alone: nothing goes to one that nobody confirmed as theirs.
contact_addresses = Table(
    "contact_addresses",
    metadata,
    _council(),
    Column("address_id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("way", String(8), nullable=False),  # sms, email
    Column("address", LargeBinary, nullable=False),
    Column("address_index", LargeBinary, nullable=False),  # blind index: whose it is besides
    Column("added_by", String(64), nullable=False),  # as the audit names them
    Column("added_at", Moment, nullable=False),
    Column("confirmed_by", String(64)),
    Column("confirmed_at", Moment),
    Column("confirmed_how", String(16)),  # values of `storage.contact_addresses.How`
    Column("stopped_by", String(64)),  # none while it may be written to
    Column("stopped_at", Moment),
    ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    ),
    UniqueConstraint("council", "person_id", "address_index"),
    Index(None, "council", "address_index"),
)

# How one invitation went out, and how it fared; a reminder is one of its own.
invitation_sendings = Table(
    "invitation_sendings",
    metadata,
    _council(),
    Column("sending_id", String(36), primary_key=True),
    Column("invitation_id", String(36), nullable=False),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("way", String(8), nullable=False),  # letter, sms, email, telegram
    Column("address_id", String(36)),  # none of paper
    Column("number", Integer, nullable=False),  # 0: the invitation; from 1 on: reminders
    Column("state", String(12), nullable=False),  # made, sent, delivered, bounced, withdrawn
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("sent_at", Moment),
    Column("ended_at", Moment),  # when it was delivered, bounced or withdrawn
    Column("why", String(48)),  # of one that bounced: the state that GOV.UK Notify names
    Column("notified", String(36)),  # its id there
    Column("stop_hash", LargeBinary),  # HMAC of what its stop link carries
    ForeignKeyConstraint(
        ["council", "invitation_id"], ["invitations.council", "invitations.invitation_id"]
    ),
    UniqueConstraint("council", "stop_hash"),
    Index(None, "council", "review_id"),
    Index(None, "council", "notified"),
)

invitation_batches = Table(
    "invitation_batches",
    metadata,
    _council(),
    Column("batch_id", String(36), primary_key=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("weeks", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, made, ended
    Column("made_all_at", Moment),
    Column("fetched_at", Moment),  # its letters, the first time
    Column("ended_at", Moment),  # from here on its letters are kept nowhere
    Index(None, "council", "state"),
)

# `letter`: the link and the code of one that is to be printed, for a day at the most.
invitation_batch_items = Table(
    "invitation_batch_items",
    metadata,
    _council(),
    Column("batch_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True),  # in the order of printing
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("way", String(8), nullable=False),
    Column("address_id", String(36)),
    Column("state", String(12), nullable=False),  # waiting, made, left_out
    Column("why", String(24)),  # it was left out
    Column("sending_id", String(36)),
    Column("letter", LargeBinary),
    ForeignKeyConstraint(
        ["council", "batch_id"], ["invitation_batches.council", "invitation_batches.batch_id"]
    ),
)
