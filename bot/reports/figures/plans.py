"""Plans for children in care: their education plans, and where they are to stay for good."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import age_on
from bot.reports.tables import COUNT, NOT_KNOWN, Declared, Drawn, Table, counted, without_data
from conversations.timescales import months_after
from storage.care_tables import education_plans, permanence_plans
from storage.reviews import ReviewKind


def percent(table: Table, parts: Sequence[str], of: Sequence[str]) -> float | None:
    """Of some rows, the per cent that others are, to one decimal; None where anything that it would
    give away is withheld or not known."""
    some, whole = ([table.at(row) for row in rows] for rows in (parts, of))
    if None in some or None in whole or any(place in table.hidden for place in table.places()):
        return None
    total = sum(number or 0 for number in whole)
    return round(100 * sum(number or 0 for number in some) / total, 1) if total else None


IN_PLACE, OF_AGE = ("current", "overdue"), ("current", "overdue", "none")


def _of_school_age(table: Table) -> str:
    in_place, overdue = percent(table, IN_PLACE, OF_AGE), percent(table, ("overdue",), IN_PLACE)
    if in_place is None or overdue is None:
        return ""
    here, of_age = (sum(table.at(row) or 0 for row in rows) for rows in (IN_PLACE, OF_AGE))
    return (
        f"{here:,} of {of_age:,} of school age have one ({in_place}%), "
        f"{table.at('overdue')} of them overdue ({overdue}%)."
    )


PEPS = Declared(
    "peps",
    "Personal education plans",
    "Children in care, by their plan. Of school age are those who were 4 to 15 years old on the "
    "last 31 August before (Reception to Year 11). In place by the year’s last day; overdue is a "
    "plan whose own day for its review is past, or, where none is set, one of more than 6 months "
    "before. Of two sources the plan with the later day counts. The per cent in place is of those "
    "of school age of whom it is known.",
    "education_plans.csv; the record of their last review in the year.",
    (
        ("current", "In place"),
        ("overdue", "In place, and overdue"),
        ("none", "Not in place"),
        ("not_of_age", "Not of school age"),
        NOT_KNOWN,
    ),
    adds_up=True,
    drawn=Drawn.BARS,
    apart=frozenset({NOT_KNOWN[0], "not_of_age"}),
    sentence=_of_school_age,
)
PERMANENCE = Declared(
    "permanence_plans",
    "Permanence plans",
    "Children in care, by the permanence plan on the record of their last review in the year; "
    "where that says nothing, by how many decisions there were by the year’s last day that they "
    "should be placed for good.",
    "The record of each meeting; ssd_permanence.",
    (
        ("first", "Their first plan"),
        ("second", "A second plan"),
        ("subsequent", "A later plan"),
        ("not_yet", "No plan yet"),
        NOT_KNOWN,
    ),
    adds_up=True,
)
ADOPTION = Declared(
    "adoption",
    "Placed for adoption after it was decided",
    "Children placed for adoption in the year, by whether it was within 12 calendar months of the "
    "decision that they should be, or, where that is not on record, of the day the council might "
    "first place them.",
    "ssd_permanence; periods of care, placements for adoption.",
    (("within", "Within 12 months"), ("later", "Later"), ("unknown", "That day is not on record")),
    adds_up=True,
)
DECLARED = (PEPS, PERMANENCE, ADOPTION)
_NO_RECORD = "No record of a meeting in this year says so yet, and nothing was imported."
_MONTHS_OF_A_PLAN = 6
_MONTHS_TO_PLACE = 12
_FROM_AGE, _TO_AGE = 4, 15
_AUGUST = 8
_NUMBERS = {1: "first", 2: "second"}

Days = tuple[date | None, date | None]
"""When the plan was made and when it is to be looked at again."""


def tables(asked: Asked) -> tuple[Table, ...]:
    on_record = asked.last_on_record(ReviewKind.CIOC.value)
    return _peps(asked, on_record), _permanence(asked, on_record), _adoption(asked)


def _peps(asked: Asked, on_record: Mapping[str, Mapping[str, str]]) -> Table:
    imported = _imported(asked)
    born = asked.births.of(asked.in_care)
    august = date(asked.until.year - (asked.until.month <= _AUGUST), _AUGUST, 31)
    many = Counter(
        _pep(imported.get(person), on_record.get(person, {}), asked.until)
        if _FROM_AGE <= age_on(born[person], august) <= _TO_AGE
        else "not_of_age"
        for person in asked.in_care
    )
    return _known_of_some(PEPS, many, apart="not_of_age")


def _known_of_some(declared: Declared, many: Counter[str], apart: str = "") -> Table:
    """No data where nobody is on record, beside those who stand apart."""
    if not many.total() - many[NOT_KNOWN[0]] - many[apart]:
        return without_data(declared, _NO_RECORD)
    return _counted(declared, many)


def _counted(declared: Declared, many: Counter[str]) -> Table:
    """The last row, not on record, stands there only if there are any: that everybody is on record
    tells of nobody."""
    rows = declared.rows if many[declared.rows[-1][0]] else declared.rows[:-1]
    return counted(declared, {(row, COUNT[0]): number for row, number in many.items()}, rows)


def _imported(asked: Asked) -> dict[str, Days]:
    """What the file says, which is how things stood when it was made: of a year that was over long
    before then it says nothing."""
    rows = asked.db.execute(
        select(
            education_plans.c.person_id, education_plans.c.in_place_on, education_plans.c.due_on
        ).where(education_plans.c.council == asked.council)
    ).all()
    newest = max((made for _person, made, _due in rows if made), default=asked.until)
    if newest > months_after(asked.until, _MONTHS_OF_A_PLAN):
        return {}
    return {person: (made, due) for person, made, due in rows}


def _pep(imported: Days | None, record: Mapping[str, str], until: date) -> str:
    made, due = imported or (None, None)
    recorded = date.fromisoformat(record["pep_on"]) if record.get("pep_on") else None
    if record.get("pep") == "yes" and (made is None or (recorded is not None and recorded > made)):
        return _aged(recorded, None, until)
    if made is not None:
        return _aged(made, due, until) if made <= until else NOT_KNOWN[0]
    return "none" if imported is not None or record.get("pep") == "no" else NOT_KNOWN[0]


def _aged(made: date | None, due: date | None, until: date) -> str:
    again = due or (made and months_after(made, _MONTHS_OF_A_PLAN))
    return "overdue" if again and again < until else "current"


def _permanence(asked: Asked, on_record: Mapping[str, Mapping[str, str]]) -> Table:
    decided = Counter(
        person_id
        for person_id in asked.db.execute(
            select(permanence_plans.c.person_id).where(
                permanence_plans.c.council == asked.council,
                permanence_plans.c.decided_on <= asked.until,
            )
        ).scalars()
    )
    return _known_of_some(
        PERMANENCE,
        Counter(
            on_record.get(person, {}).get("permanence") or _number(decided[person])
            for person in asked.in_care
        ),
    )


def _number(decisions: int) -> str:
    return _NUMBERS.get(decisions, "subsequent") if decisions else NOT_KNOWN[0]


def _adoption(asked: Asked) -> Table:
    days = _placed(asked)
    if not days:
        return without_data(ADOPTION, "No placement for adoption in this year is on record.")
    return _counted(ADOPTION, Counter(_timely(*day) for day in days.values()))


def _placed(asked: Asked) -> dict[str, tuple[date, date | None]]:
    """The first day in the year on which each was placed, and the day that their clock began."""
    found: dict[str, tuple[date, date | None]] = {}
    for person, mine in asked.cares.items():
        for care in mine:
            first = next((day for day in care.placed_on if asked.year.holds(day)), None)
            if first is not None:
                found.setdefault(person, (first, care.authorised_on))
    rows = asked.db.execute(
        select(
            permanence_plans.c.person_id,
            permanence_plans.c.placed_on,
            permanence_plans.c.decided_on,
        )
        .where(
            permanence_plans.c.council == asked.council,
            permanence_plans.c.placed_on >= asked.year.begins,
            permanence_plans.c.placed_on <= asked.year.ends,
        )
        .order_by(permanence_plans.c.placed_on.desc())
    )
    for person, placed, decided in rows:
        first, authorised = found.get(person, (placed, None))
        found[person] = (min(first, placed), decided or authorised)
    return found


def _timely(placed: date, since: date | None) -> str:
    if since is None:
        return "unknown"
    return "within" if placed <= months_after(since, _MONTHS_TO_PLACE) else "later"
