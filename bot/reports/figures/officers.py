"""What officers do besides reviewing, and how many children each holds. The unit's own work."""

from collections import Counter

from sqlalchemy import func, or_, select

from bot.reports.figures.asked import Asked
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import Counts, Declared, Table, of_one, without_data
from bot.service.meeting_kinds import KINDS
from conversations.quality import State
from storage.care_tables import quality_tools
from storage.note_tables import officer_notes
from storage.notes import NoteKind
from storage.reviews import ReviewKind
from storage.tables import allocations, reviews

QUALITY = Declared(
    "qa_tools",
    "Quality assurance tools",
    "Quality notes that officers began at the desk in the year, and the tools of the year in the "
    "council’s file: completed, or still a draft.",
    "Officers’ notes; quality_tools.csv.",
    (("completed", "Completed"), ("draft", "In draft")),
    counts=Counts.WORK,
    adds_up=True,
)
DISPUTES = Declared(
    "disputes",
    "Disputes, by the stage they reached",
    "Challenges that officers raised in the year, by how far up each has gone.",
    "Officers’ notes.",
    (
        ("informal", "Stage 1"),
        ("second", "Stage 2"),
        ("third", "Stage 3"),
        ("further", "Stage 4 and further"),
    ),
    adds_up=True,
)


def _caseload_says(table: Table) -> str:
    officers, children, average, most = (table.at(row) for row, _label in table.rows)
    if officers == 1:
        return f"{children:,} children to one IRO."
    return (
        f"{children:,} children to {officers:,} IROs: {average:,} to each on average, "
        f"{most:,} at the most."
    )


CASELOAD = Declared(
    "caseload",
    "Children to an IRO",
    "Children allocated to an IRO on the year’s last day, or today while it goes on. Where "
    "allocations are not on record: children whose next review an IRO runs. An IRO counts as one, "
    "whatever their hours: to a full-time officer it stands on the desk’s forecast.",
    "Allocations; reviews.",
    (
        ("officers", "IROs"),
        ("children", "Children"),
        ("average", "Children to an IRO, on average"),
        ("most", "Most children that one IRO holds"),
    ),
    counts=Counts.WORK,
    sentence=_caseload_says,
)
DECLARED = (QUALITY, DISPUTES, CASELOAD)
_NO_CHALLENGE = "No challenge was raised in this year."
_NO_TOOLS = "No quality note was begun in this year, and no tool was imported."
_DRAFTS = (State.DRAFT.value, State.DISCUSSED.value)


def tables(asked: Asked) -> tuple[Table, ...]:
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(officer_notes.c.kind, officer_notes.c.state, officer_notes.c.stage).where(
            officer_notes.c.council == asked.council,
            officer_notes.c.made_at >= begins,
            officer_notes.c.made_at < after,
        )
    ).all()
    quality = Counter(
        "draft" if row.state in _DRAFTS else "completed"
        for row in rows
        if row.kind == NoteKind.QUALITY.value
    )
    quality += _imported_tools(asked)
    stages = Counter(_stage(row.stage) for row in rows if row.kind == NoteKind.CHALLENGE.value)
    return (
        of_one(QUALITY, quality.__getitem__) if quality else without_data(QUALITY, _NO_TOOLS),
        of_one(DISPUTES, stages.__getitem__) if stages else without_data(DISPUTES, _NO_CHALLENGE),
        _caseload(asked),
    )


def _imported_tools(asked: Asked) -> Counter[str]:
    rows = asked.db.execute(
        select(quality_tools.c.state, func.count().label("many"))
        .where(
            quality_tools.c.council == asked.council,
            quality_tools.c.made_on >= asked.year.begins,
            quality_tools.c.made_on <= asked.year.ends,
        )
        .group_by(quality_tools.c.state)
    )
    return Counter({row.state: row.many for row in rows})


def _stage(stage: int) -> str:
    return ("informal", "second", "third")[stage] if stage in range(3) else "further"


def _caseload(asked: Asked) -> Table:
    day = asked.until
    held = asked.db.execute(
        select(allocations.c.staff_id, func.count(allocations.c.person_id.distinct()))
        .where(
            allocations.c.council == asked.council,
            allocations.c.kind == KINDS[ReviewKind.CIOC].runs.value,
            allocations.c.since <= day,
            or_(allocations.c.until.is_(None), allocations.c.until >= day),
        )
        .group_by(allocations.c.staff_id)
    ).all()
    if not held and asked.today <= asked.year.ends:
        held = asked.db.execute(
            select(reviews.c.officer_id, func.count(reviews.c.person_id.distinct()))
            .where(
                reviews.c.council == asked.council,
                reviews.c.kind == ReviewKind.CIOC.value,
                reviews.c.held.is_(False),
                reviews.c.looks_back_on.is_(None),
            )
            .group_by(reviews.c.officer_id)
        ).all()
    if not held:
        return without_data(CASELOAD, "Nobody is allocated to an IRO on that day.")
    children = [count for _officer, count in held]
    if sum(children) < THRESHOLD:
        return without_data(CASELOAD, "Fewer than 6 children are allocated to an IRO on that day.")
    figures = {
        "officers": len(children),
        "children": sum(children),
        "average": round(sum(children) / len(children)),
        "most": max(children),
    }
    return of_one(CASELOAD, figures.__getitem__)
