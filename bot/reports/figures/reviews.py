"""Reviews of children in care: held, late, stood down, and how children took part."""

from collections import Counter

from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.figures.held import NOT_KNOWN
from bot.reports.tables import TOTAL, Counts, Declared, Drawn, Table, counted, of_one, without_data
from bot.service.meetings import REASONS
from conversations.participation import Code
from conversations.timescales import Rearranged, Stage
from storage.review_tables import review_moves

_STAGES = (
    (Stage.FIRST.value, "First review"),
    (Stage.SECOND.value, "Second review"),
    (Stage.LATER.value, "Later reviews"),
    (NOT_KNOWN, "No period of care on record"),
)


def _late(table: Table) -> str:
    late, whole = table.at(TOTAL, "late"), table.at(TOTAL, TOTAL)
    if late is None or not whole:
        return ""
    return f"{late:,} of {whole:,} were held late ({round(100 * late / whole)}%)."


BY_STAGE = Declared(
    "reviews_by_stage",
    "Reviews held, in time and late",
    "Reviews of children in care that were held in the year, two on one day counted once. Late is "
    "one held after its last lawful day, which is counted in calendar months and working days from "
    "the day the review before was held. Children in short breaks throughout are left out, and so "
    "are reviews whose participation code is missing or can’t be right.",
    "Reviews, periods of care, bank holidays of England and Wales; SI 2010/959 reg 33, "
    "SI 2005/389 reg 36.",
    _STAGES,
    (("in_time", "In time"), ("late", "Late")),
    adds_up=True,
    across=True,
    drawn=Drawn.STACKED,
    sentence=_late,
)
LATE_BY = Declared(
    "reviews_late_by",
    "How late the late ones were",
    "Reviews held late, by days after the last lawful day.",
    "The same as reviews held.",
    (("week", "1 to 7 days"), ("month", "8 to 28 days"), ("longer", "More than 28 days")),
    adds_up=True,
)
_HOW = (
    (("PN1", "PN2", "PN3", "PN4"), "came"),
    (("PN5", "PN6"), "did not come and had views brought or sent"),
    (("PN7",), "did not come and sent nothing"),
)


def _took_part(table: Table) -> str:
    """Of children who were 4 or older. A part is said where each of its numbers is shown."""
    whole, young = table.at(TOTAL), table.at(Code.PN0.value)
    if whole is None or young is None or whole == young:
        return ""
    others = whole - young
    said = []
    for codes, how in _HOW:
        numbers = [table.at(code) for code in codes]
        if None not in numbers:
            some = sum(number or 0 for number in numbers)
            said.append(f"{some:,} {how} ({round(100 * some / others)}%)")
    besides = f", {young:,} of them of children under 4" if young else ""
    return f"{whole:,} in all{besides}. Of the others: {'; '.join(said)}." if said else ""


PARTICIPATION = Declared(
    "participation",
    "How children took part",
    "Reviews held in the year, by the participation code that a person confirmed. Children under 4 "
    "have a code of their own.",
    "Confirmed participation codes (SSDA903 REVIEW_CODE).",
    (
        (Code.PN0.value, "Under 4 at the time (PN0)"),
        (Code.PN1.value, "Came and spoke for themselves (PN1)"),
        (Code.PN2.value, "Came, an advocate spoke (PN2)"),
        (Code.PN3.value, "Came, gave views without words (PN3)"),
        (Code.PN4.value, "Came, said nothing (PN4)"),
        (Code.PN5.value, "Did not come, briefed an advocate (PN5)"),
        (Code.PN6.value, "Did not come, sent views (PN6)"),
        (Code.PN7.value, "Did not come, sent nothing (PN7)"),
    ),
    adds_up=True,
    drawn=Drawn.BARS,
    sentence=_took_part,
)
FLAGGED = Declared(
    "reviews_without_code",
    "Reviews held whose code has to be mended",
    "Reviews held in the year with no participation code, or one that can’t be right at the "
    "child’s age (published rules 167, 440 and 441). They are in no other figure until it is "
    "mended.",
    "Confirmed participation codes, birth dates.",
    (("missing", "Missing or impossible"),),
    counts=Counts.WORK,
)
STOOD_DOWN = Declared(
    "stood_down",
    "Reviews stood down, and what came of them",
    "Reviews of children in care that were to be in the year and were stood down. The next one "
    "held in the same period of care answers each. Rearranged in time is in time.",
    "What became of a review’s day.",
    (
        (Rearranged.IN_TIME.value, "Rearranged in time"),
        (Rearranged.LATE.value, "Rearranged, and held late"),
        (Rearranged.NOT.value, "Not held since"),
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
_REASONS = (*((one.value, label) for one, label in REASONS.items()), ("not_said", "Not said"))
LATE_WHY = Declared(
    "reviews_late_why",
    "Why the late ones were late",
    "Reviews held late, by the last reason for which their day was changed or stood down.",
    "What became of a review’s day.",
    _REASONS,
    adds_up=True,
    apart=frozenset({"not_said"}),
)
STOOD_DOWN_WHY = Declared(
    "stood_down_why",
    "Why reviews were stood down",
    "The same reviews that were stood down, by the reason that was given.",
    "What became of a review’s day.",
    _REASONS,
    adds_up=True,
    apart=frozenset({"not_said"}),
)
DECLARED = (BY_STAGE, LATE_BY, LATE_WHY, PARTICIPATION, FLAGGED, STOOD_DOWN, STOOD_DOWN_WHY)
_NONE_HELD = "No review of a child in care was held in this year, as far as Sayso knows."
_WEEK, _MONTH = 7, 28


def tables(asked: Asked) -> tuple[Table, ...]:
    held = asked.held
    if not held.counted and not held.flagged:
        return (*(without_data(one, _NONE_HELD) for one in DECLARED[:-2]), *_stood_down(asked))
    stages = Counter((one.stage, "late" if one.late_days else "in_time") for one in held.counted)
    late = [one for one in held.counted if one.late_days]
    by = Counter(_how_late(one.late_days) for one in late)
    why = _reasons(asked)
    codes = Counter(one.code for one in held.counted)
    rows = _STAGES if any(stage == NOT_KNOWN for stage, _how in stages) else _STAGES[:-1]
    return (
        counted(BY_STAGE, stages, rows),
        of_one(LATE_BY, by.__getitem__),
        _by_reason(LATE_WHY, Counter(why.get(one.review_id, "not_said") for one in late)),
        of_one(PARTICIPATION, codes.__getitem__),
        of_one(FLAGGED, lambda _row: len(held.flagged)),
        *_stood_down(asked),
    )


def _stood_down(asked: Asked) -> tuple[Table, Table]:
    off = asked.held.stood_down
    if not off and not asked.held.counted:
        return without_data(STOOD_DOWN, _NONE_HELD), without_data(STOOD_DOWN_WHY, _NONE_HELD)
    became = Counter(one.became.value for one in off)
    why = Counter(one.reason or "not_said" for one in off)
    return of_one(STOOD_DOWN, became.__getitem__), _by_reason(STOOD_DOWN_WHY, why)


def _by_reason(declared: Declared, many: Counter[str]) -> Table:
    if many.total() == many["not_said"]:
        return without_data(declared, "Of none of them a reason is on record.")
    return of_one(declared, many.__getitem__)


def _reasons(asked: Asked) -> dict[str, str]:
    """The last that was given for each review."""
    rows = asked.db.execute(
        select(review_moves.c.review_id, review_moves.c.reason)
        .where(review_moves.c.council == asked.council, review_moves.c.reason.is_not(None))
        .order_by(review_moves.c.number)
    )
    return {row.review_id: row.reason for row in rows}


def _how_late(days: int) -> str:
    return "week" if days <= _WEEK else "month" if days <= _MONTH else "longer"
