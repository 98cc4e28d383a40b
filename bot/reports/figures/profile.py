"""Children in care: how many, how old, who came and who left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import Births, age_on
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import Counts, Declared, Drawn, Table, of_one, without_data
from conversations.timescales import Care, birthday
from storage.care_tables import populations


def _rate_says(table: Table) -> str:
    rate = table.at("rate")
    return "" if rate is None else f"{rate:,} children in care for each 10,000 people under 18."


def _moves_says(table: Table) -> str:
    began, ended = table.at("started"), table.at("ceased")
    if began is None or ended is None:
        return ""
    return f"{began:,} periods of care began, {ended:,} ended."


BY_AGE = Declared(
    "children_in_care",
    "Children in care, by age",
    "Children under 18 with a period of care that is open when the year’s last day is over, or "
    "today while the year goes on. Those in short breaks alone are left out.",
    "Periods of care, birth dates.",
    (
        ("under_1", "Under 1"),
        ("1_4", "1 to 4"),
        ("5_9", "5 to 9"),
        ("10_15", "10 to 15"),
        ("16_17", "16 and 17"),
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
RATE = Declared(
    "children_in_care_rate",
    "Children in care for each 10,000",
    "The same children for each 10,000 people under 18 who live in the council’s area, to the "
    "nearest whole number. Only shown of 6 children or more.",
    "The same as children in care; the population that the council set for the year.",
    (("rate", "For each 10,000"), ("population", "People under 18 in the area")),
    counts=Counts.MEASURE,
    sentence=_rate_says,
)
MOVES = Declared(
    "care_started_and_ceased",
    "Children who came into care and who left it",
    "Periods of care that began, and that ended, in the year. A child may have more than one.",
    "Periods of care.",
    (("started", "Began"), ("ceased", "Ended")),
    together=True,  # with the children in care of two years, one would give away the other
    sentence=_moves_says,
)
DECLARED = (BY_AGE, RATE, MOVES)
NONE = "No period of care is on record: import the episodes."
_BANDS = ((1, "under_1"), (5, "1_4"), (10, "5_9"), (16, "10_15"), (18, "16_17"))
_EACH = 10_000

Cares = Mapping[str, Sequence[Care]]


def in_care(cares: Cares, births: Births, day: date) -> frozenset[str]:
    """Who is in care when that day is over, by id."""
    here = [
        person
        for person, mine in cares.items()
        if any(_open_after(care, day) and not care.short_breaks for care in mine)
    ]
    born = births.of(here)
    return frozenset(
        person for person in here if person in born and birthday(born[person], _BANDS[-1][0]) > day
    )


def _open_after(care: Care, day: date) -> bool:
    return care.began <= day and (care.ended is None or care.ended > day)


def tables(asked: Asked) -> tuple[Table, ...]:
    if not asked.cares:
        return tuple(without_data(one, NONE) for one in DECLARED)
    born = asked.births.of(asked.in_care)
    ages = Counter(_band(age_on(born[person], asked.until)) for person in asked.in_care)
    return of_one(BY_AGE, ages.__getitem__), _rate(asked), _moves(asked)


def _rate(asked: Asked) -> Table:
    under_18 = asked.db.execute(
        select(populations.c.under_18).where(
            populations.c.council == asked.council, populations.c.year == asked.year.begins.year
        )
    ).scalar_one_or_none()
    if not under_18:
        return without_data(RATE, "No population is set for this year: import population.csv.")
    if len(asked.in_care) < THRESHOLD:
        return without_data(RATE, "Fewer than 6 children were in care.")
    figures = {"rate": round(_EACH * len(asked.in_care) / under_18), "population": under_18}
    return of_one(RATE, figures.__getitem__)


def _moves(asked: Asked) -> Table:
    longer = [care for mine in asked.cares.values() for care in mine if not care.short_breaks]
    moves = {
        "started": sum(asked.year.holds(care.began) for care in longer),
        "ceased": sum(care.ended is not None and asked.year.holds(care.ended) for care in longer),
    }
    return of_one(MOVES, moves.__getitem__)


def _band(age: int) -> str:
    return next(band for below, band in _BANDS if age < below)
