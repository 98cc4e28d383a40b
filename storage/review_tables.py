"""Tables of what a review unit knows and does about a review: by when it is due, what became of its
day, and what is on record of it afterwards. Plain are days, codes and who; words are sealed."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from storage.columns import Moment
from storage.tables import metadata


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    )


def _of_review() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"])


# From which day to which somebody was looked after (`conversations.timescales.Care`).
care_periods = Table(
    "care_periods",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("began", Date, primary_key=True),
    Column("ended", Date),
    Column("short_breaks", Boolean, nullable=False, server_default=text("false")),
    Column("authorised_on", Date),  # the council might first place them for adoption
    _of_person(),
)

adoption_placements = Table(
    "adoption_placements",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("placed_on", Date, primary_key=True),
    _of_person(),
)

# The days from which other clocks count: a household's approval, a pathway plan.
clock_starts = Table(
    "clock_starts",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("timescale", String(24), primary_key=True),  # an id in `conversations.timescales`
    Column("began", Date, nullable=False),
    _of_person(),
)

# What became of a review's day, each time. The newest says how it is arranged now.
review_moves = Table(
    "review_moves",
    metadata,
    _council(),
    Column("review_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(36), nullable=False),
    Column("what", String(16), nullable=False),  # values of `storage.review_moves.What`
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),  # as the audit names them
    Column("from_on", Date),
    Column("to_on", Date),
    Column("clock_time", String(5)),  # 14:30, in England and Wales
    Column("form", String(16)),  # values of `storage.review_moves.Form`
    Column("reason", String(24)),  # values of `storage.review_moves.Reason`
    Column("late_days", Integer),  # beyond its timescale; none where no clock is about it
    Column("words", LargeBinary),  # why, in words
    _of_review(),
)

# What is on record of a review that was held: each value with who put it down and when. The newest
# of a field stands; those before it stay.
record_values = Table(
    "record_values",
    metadata,
    _council(),
    Column("review_id", String(64), primary_key=True),
    Column("field", String(32), primary_key=True),  # of `bot.service.meeting_kinds`
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(36), nullable=False),  # a member of staff
    Column("fact", String(255)),  # a day or what was chosen: figures are made of them
    Column("words", LargeBinary),
    _of_review(),
)

review_decisions = Table(
    "review_decisions",
    metadata,
    _council(),
    Column("decision_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("due_on", Date),
    Column("done_at", Moment),
    Column("done_by", String(36)),
    Column("dropped_at", Moment),  # put down wrongly: another stands in its place, or none
    Column("dropped_by", String(36)),
    Column("content", LargeBinary, nullable=False),  # JSON: what, and who does it
    _of_review(),
    Index(None, "council", "review_id"),
    Index(None, "council", "person_id"),
)

# The record as it was filed, version by version.
record_filings = Table(
    "record_filings",
    metadata,
    _council(),
    Column("record_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("state", String(16), nullable=False),  # values of `storage.contributions.Filing`
    Column("filed_at", Moment),
    Column("content", LargeBinary, nullable=False),  # the document
    Column("reference", LargeBinary),  # where it is
    _of_review(),
    Index(None, "council", "review_id"),
)

TABLES = (
    care_periods,
    adoption_placements,
    clock_starts,
    review_moves,
    record_values,
    review_decisions,
    record_filings,
)
