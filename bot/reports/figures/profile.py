"""Children in care: how many, how old, who came and who left."""

from collections import Counter
from collections.abc import Mapping

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import age_on
from bot.reports.tables import Declared, Drawn, Table, of_one, without_data
from conversations.timescales import Care, months_after
from storage.care import periods

BY_AGE = Declared(
    "children_in_care",
    "Children in care, by age",
    "Children under 18 with a period of care that is open on the year’s last day, or today while "
    "the year goes on. Those in short breaks alone are left out.",
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
MOVES = Declared(
    "care_started_and_ceased",
    "Children who came into care and who left it",
    "Periods of care that began, and that ended, in the year. A child may have more than one.",
    "Periods of care.",
    (("started", "Began"), ("ceased", "Ended")),
)
ADOPTION = Declared(
    "adoption",
    "Placed for adoption after it was authorised",
    "Children placed for adoption in the year, by whether it was within 12 calendar months of the "
    "day the council might first place them.",
    "Periods of care, placements for adoption.",
    (("within", "Within 12 months"), ("later", "Later"), ("unknown", "That day is not on record")),
    adds_up=True,
)
DECLARED = (BY_AGE, MOVES, ADOPTION)
_NONE = "No period of care is on record: import the episodes."
_BANDS = ((1, "under_1"), (5, "1_4"), (10, "5_9"), (16, "10_15"), (18, "16_17"))
_MONTHS = 12

Cares = Mapping[str, tuple[Care, ...]]


def tables(asked: Asked) -> tuple[Table, ...]:
    cares = periods(asked.db, asked.council)
    if not cares:
        return tuple(without_data(one, _NONE) for one in DECLARED)
    ages = Counter(
        _band(age)
        for person, mine in cares.items()
        if any(care.holds(asked.until) and not care.short_breaks for care in mine)
        and (born := asked.born.get(person)) is not None
        and (age := age_on(born, asked.until)) < _BANDS[-1][0]
    )
    return of_one(BY_AGE, ages.__getitem__), _moves(asked, cares), _adoption(asked, cares)


def _moves(asked: Asked, cares: Cares) -> Table:
    longer = [care for mine in cares.values() for care in mine if not care.short_breaks]
    moves = {
        "started": sum(asked.year.holds(care.began) for care in longer),
        "ceased": sum(care.ended is not None and asked.year.holds(care.ended) for care in longer),
    }
    return of_one(MOVES, moves.__getitem__)


def _adoption(asked: Asked, cares: Cares) -> Table:
    placed: Counter[str] = Counter()
    for mine in cares.values():
        for care in mine:
            first = next((day for day in care.placed_on if asked.year.holds(day)), None)
            if first is None:
                continue
            since = care.authorised_on
            in_time = since is not None and first <= months_after(since, _MONTHS)
            placed["unknown" if since is None else "within" if in_time else "later"] += 1
    if not placed:
        return without_data(ADOPTION, "No placement for adoption in this year is on record.")
    return of_one(ADOPTION, placed.__getitem__)


def _band(age: int) -> str:
    return next(band for below, band in _BANDS if age < below)
