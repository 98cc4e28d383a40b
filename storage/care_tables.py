"""Tables of what a case system says of young people's care, as it was imported, and of what the
unit's own files say of households, education plans and quality tools.

Plain are days and codes, of which figures and returns are made; what a person is (sex, ethnicity)
is sealed under their own key. `…_id` of an imported row is the case system's.
"""

from sqlalchemy import (
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.columns import Moment
from storage.tables import metadata


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


def _person() -> Column[str]:
    return Column("person_id", String(36), primary_key=True)


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    )


care_particulars = Table(
    "care_particulars",
    metadata,
    _council(),
    _person(),
    Column("particulars", LargeBinary, nullable=False),  # JSON: sex, ethnicity, as the SSD has them
    _of_person(),
)

# Episodes of care as the SSDA903 return has them. Contiguous ones are one period (`care_periods`).
care_episodes = Table(
    "care_episodes",
    metadata,
    _council(),
    _person(),
    Column("episode_id", String(64), primary_key=True),
    Column("began", Date, nullable=False),
    Column("ended", Date),
    Column("legal_status", String(8), nullable=False),  # C1 to V4; empty: not on record
    Column("placement", String(8), nullable=False),  # U1 to Z1, A3 to A6; empty: not on record
    Column("reason_began", String(8), nullable=False),  # RNE: S, L, P, T, B, U
    Column("reason_ended", String(8), nullable=False),  # REC: E2 to E17, X1
    _of_person(),
    Index(None, "council", "began"),
)

permanence_plans = Table(
    "permanence_plans",
    metadata,
    _council(),
    _person(),
    Column("permanence_id", String(64), primary_key=True),
    Column("decided_on", Date),  # that the child should be placed for adoption
    Column("placement_order_on", Date),
    Column("placed_on", Date),
    Column("reversed_on", Date),
    Column("order_on", Date),
    Column("order_type", String(32), nullable=False),  # empty: none was made
    _of_person(),
)

# The pathway reviews of care leavers that the case system ever named: it holds the latest one only,
# so that the backlog of an earlier day is told by what earlier imports brought.
pathway_states = Table(
    "pathway_states",
    metadata,
    _council(),
    _person(),
    Column("reviewed_on", Date, primary_key=True),
    Column("taken_on", Date, nullable=False),  # the first tables that had it were taken out then
    _of_person(),
)

# Whom an import brought, by the keyed hash of their case id. It stays when somebody is erased, so
# that the next import does not bring them back.
imported_people = Table(
    "imported_people",
    metadata,
    _council(),
    Column("case_index", LargeBinary, primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("taken_on", Date, nullable=False),  # of the newest tables that had them
)

# One run of an import, and how far it came: a run that stands still is over.
case_imports = Table(
    "case_imports",
    metadata,
    _council(),
    Column("import_id", String(36), primary_key=True),
    Column("source", String(8), nullable=False),  # ssd, extra
    Column("taken_on", Date, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("by", String(64), nullable=False),  # as the audit names them
    Column("counts", Text, nullable=False),  # JSON: by file how many added, changed, same, ...
    Index(None, "council", "started_at"),
)

# From here on: what no case system's data set holds, from the council's own files.
fostering_households = Table(
    "fostering_households",
    metadata,
    _council(),
    Column("household_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),  # mainstream, connected
    Column("approved_on", Date),
    Column("ended_on", Date),
    Column("reviewed_on", Date),
)

education_plans = Table(
    "education_plans",
    metadata,
    _council(),
    _person(),
    Column("due_on", Date),  # the next review of it
    Column("in_place_on", Date),  # none: there is no plan
    _of_person(),
)

quality_tools = Table(
    "quality_tools",
    metadata,
    _council(),
    Column("tool_id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),  # completed, draft
    Column("made_on", Date, nullable=False),
    Column("review_id", String(64)),
)

# How many people of an age live in the council's area: rates are counted against it.
populations = Table(
    "populations",
    metadata,
    _council(),
    Column("year", Integer, primary_key=True, autoincrement=False),  # of the reporting year
    Column("under_18", Integer, nullable=False),
)

# Files that somebody handed in at the desk: looked at, then taken in or dropped. Their content is
# kept until then, and for a day at the most.
import_requests = Table(
    "import_requests",
    metadata,
    _council(),
    Column("request_id", String(36), primary_key=True),
    Column("made_by", String(36), nullable=False),  # a member of staff
    Column("made_at", Moment, nullable=False),
    Column("taken_on", Date, nullable=False),  # the day the tables were taken out
    Column("state", String(12), nullable=False),  # values of `storage.import_requests.State`
    Column("claimed_until", Moment),  # by the worker that is at it
    Column("at_row", Integer, nullable=False),  # of `of_rows`: how far it is
    Column("of_rows", Integer, nullable=False),
    Column("outcome", LargeBinary),  # JSON: what would change, or changed; what can't be read
    Index(None, "council", "state"),
)

import_pieces = Table(
    "import_pieces",
    metadata,
    _council(),
    Column("request_id", String(36), primary_key=True),
    Column("file", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["council", "request_id"], ["import_requests.council", "import_requests.request_id"]
    ),
)

TABLES = (
    care_particulars,
    care_episodes,
    permanence_plans,
    pathway_states,
    imported_people,
    education_plans,
)
"""Those that are about one person."""
