"""What young people asked for, and what became of it. Sorted by the topic under which they asked:
nothing is read out of anybody's words."""

from collections import Counter
from datetime import datetime
from statistics import median

from sqlalchemy import case, func, select

from bot.reports.figures.asked import Asked
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import TOTAL, Counts, Declared, Drawn, Table, counted, of_one, without_data
from bot.service.days import local_day
from bot.service.wording import Reader
from conversations.asks import State
from conversations.flows import FLOWS
from conversations.wording import Band
from storage.ask_tables import ask_answers, asks
from storage.asks import Kind

_BECAME = (
    ("open", "Still open"),
    (State.AGREED.value, "Agreed"),
    (State.PART.value, "Agreed in part"),
    (State.NOT_AGREED.value, "Not agreed"),
    (State.DONE.value, "Done"),
)


def _became_say(table: Table) -> str:
    whole = table.at(TOTAL, TOTAL)
    became = [
        f"{number:,} {label.lower()}"
        for column, label in _BECAME
        if (number := table.at(TOTAL, column)) is not None
    ]
    return f"{whole:,} in all: {', '.join(became)}." if whole and became else ""


BY_THEME = Declared(
    "asks_by_theme",
    "What young people asked for, and what became of it",
    "Wishes that were sent in the year and not taken back, by the topic under which they were "
    "said, and by where each stands today.",
    "Asks and their answers.",
    (),
    _BECAME,
    adds_up=True,
    across=True,
    drawn=Drawn.STACKED,
    sentence=_became_say,
)
ANSWERED = Declared(
    "asks_answered",
    "Answered in time",
    "The same wishes, by whether the first answer was sent, or told face to face, by the day "
    "it was due.",
    "Asks and their answers; [asks] answer_within_days.",
    (("in_time", "In time"), ("late", "Late"), ("open", "Not answered yet")),
    adds_up=True,
)


def _days_say(table: Table) -> str:
    days = table.at("median")
    unit = "day" if days == 1 else "days"
    return f"Half of the first answers were given within {days:,} {unit}."


DAYS = Declared(
    "asks_days_to_answer",
    "Days to an answer",
    "From the day a wish was sent to the day its first answer was: half took so many days or "
    "fewer. Only shown of 6 answers or more.",
    "Asks and their answers.",
    (("median", "Days, the middle one"),),
    counts=Counts.MEASURE,
    sentence=_days_say,
)
DECLARED = (BY_THEME, ANSWERED, DAYS)
_NONE = "No young person sent a wish in this year."
_TOO_FEW = "Fewer than 6 wishes were answered."
_ADULT = Reader(Band.SIXTEEN)


def tables(asked: Asked) -> tuple[Table, ...]:
    # What they were told face to face counts on the day they were told, whenever it was put down.
    told = ask_answers.c.kind == Kind.TOLD.value
    reached = case((told, ask_answers.c.read_at), else_=ask_answers.c.written_at)
    first = (
        select(ask_answers.c.ask_id, func.min(reached).label("at"))
        .where(ask_answers.c.council == asked.council, ask_answers.c.kind != Kind.DRAFT.value)
        .group_by(ask_answers.c.ask_id)
        .subquery()
    )
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(asks.c.theme, asks.c.state, asks.c.asked_at, asks.c.due_on, first.c.at)
        .outerjoin(first, first.c.ask_id == asks.c.ask_id)
        .where(
            asks.c.council == asked.council,
            asks.c.asked_at >= begins,
            asks.c.asked_at < after,
            asks.c.state != State.TAKEN_BACK.value,
        )
    ).all()
    if not rows:
        return tuple(without_data(one, _NONE) for one in DECLARED)
    themes: Counter[tuple[str, str]] = Counter()
    answered: Counter[str] = Counter()
    days: list[int] = []
    known = {state for state, _label in _BECAME}
    for theme, state, asked_at, due_on, at in rows:
        themes[theme, state if state in known else "open"] += 1
        if at is None:
            answered["open"] += 1
            continue
        answered["in_time" if local_day(at) <= due_on else "late"] += 1
        days.append(_days(asked_at, at))
    labels = topics()
    named = tuple((one, labels.get(one, one)) for one in sorted({theme for theme, _s in themes}))
    return (
        counted(BY_THEME, themes, named),
        of_one(ANSWERED, answered.__getitem__),
        of_one(DAYS, lambda _row: round(median(days)))
        if len(days) >= THRESHOLD
        else without_data(DAYS, _TOO_FEW),
    )


def topics() -> dict[str, str]:
    """What each topic is called, by its id."""
    return {topic.id: _ADULT.text(topic.title) for flow in FLOWS.values() for topic in flow.topics}


def _days(since: datetime, until: datetime) -> int:
    return (local_day(until) - local_day(since)).days
