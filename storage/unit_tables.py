"""Tables of a unit's manager: what they write into the report of a year, how long each officer
works, and whom they think of giving to another officer."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from storage.columns import Moment
from storage.tables import metadata


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


# What stands in a report besides its figures. `number` rises with every change, so that of two who
# write at once the later one is told.
report_words = Table(
    "report_words",
    metadata,
    _council(),
    Column("year", Integer, primary_key=True, autoincrement=False),  # 2025 begins in April 2025
    Column("section", String(32), primary_key=True),  # an id in `bot.reports.report.SECTIONS`
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(36), nullable=False),  # a member of staff
    Column("words", LargeBinary, nullable=False),
)

staff_hours = Table(
    "staff_hours",
    metadata,
    _council(),
    Column("staff_id", String(36), primary_key=True),
    Column("minutes", Integer, nullable=False),  # a week
    Column("at", Moment, nullable=False),
    Column("by", String(36), nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
)

# A plan on paper: nothing happens by it, and nobody is told. A young person may stand in it once
# for each officer that they have.
caseload_plans = Table(
    "caseload_plans",
    metadata,
    _council(),
    Column("from_id", String(36), primary_key=True),
    Column("person_id", String(36), primary_key=True),
    Column("to_id", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(36), nullable=False),
    ForeignKeyConstraint(["council", "from_id"], ["staff.council", "staff.staff_id"]),
    ForeignKeyConstraint(["council", "to_id"], ["staff.council", "staff.staff_id"]),
    ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    ),
    Index(None, "council", "person_id"),
)
