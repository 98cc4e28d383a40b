"""Foster carers' reviews, conferences and disruption meetings."""

from collections import Counter
from datetime import date

from sqlalchemy import func, select

from bot.reports.figures.asked import Asked
from bot.reports.tables import Declared, Table, of_one, without_data
from storage.review_moves import What
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people

FOSTER_REVIEWS = Declared(
    "foster_reviews",
    "Foster carers’ reviews held",
    "Foster carers’ reviews held in the year. Late is one held after the day it was due.",
    "Reviews; SI 2011/581 reg 28.",
    (("in_time", "In time"), ("late", "Late")),
    adds_up=True,
)


def _conferences_say(table: Table) -> str:
    said = [
        f"{number:,} {label.lower()}"
        for row, label in table.rows
        if (number := table.at(row)) is not None
    ]
    return f"{', '.join(said)}." if said else ""


CONFERENCES = Declared(
    "conferences",
    "Child protection conferences",
    "Conferences held in the year by the day they were due or after it, and those that were to be "
    "in the year and were stood down.",
    "Reviews, and what became of their days.",
    (("in_time", "Held in time"), ("late", "Held late"), ("stood_down", "Stood down")),
    sentence=_conferences_say,
)
DISRUPTIONS = Declared(
    "disruption_meetings",
    "Disruption meetings",
    "Meetings held in the year after a placement ended sooner than was planned.",
    "Reviews.",
    (("held", "Held"),),
)
DECLARED = (FOSTER_REVIEWS, CONFERENCES, DISRUPTIONS)


def tables(asked: Asked) -> tuple[Table, ...]:
    held = _held(asked)
    carers, meetings = held[ReviewKind.FOSTER_CARER], held[ReviewKind.CONFERENCE]
    stood_down = _stood_down(asked)
    meetings["stood_down"] = stood_down
    ended = held[ReviewKind.DISRUPTION].total()
    return (
        of_one(FOSTER_REVIEWS, carers.__getitem__)
        if carers
        else without_data(FOSTER_REVIEWS, "No foster carers’ review was held in this year."),
        of_one(CONFERENCES, meetings.__getitem__)
        if meetings.total()
        else without_data(CONFERENCES, "No conference was held in this year."),
        of_one(DISRUPTIONS, lambda _row: ended)
        if ended
        else without_data(DISRUPTIONS, "No disruption meeting was held in this year."),
    )


def _held(asked: Asked) -> dict[ReviewKind, Counter[str]]:
    kinds = (ReviewKind.FOSTER_CARER, ReviewKind.CONFERENCE, ReviewKind.DISRUPTION)
    found: dict[ReviewKind, Counter[str]] = {kind: Counter() for kind in kinds}
    rows = asked.db.execute(
        select(reviews.c.kind, reviews.c.meeting_on, reviews.c.due_on)
        .join(
            young_people,
            (young_people.c.council == reviews.c.council)
            & (young_people.c.person_id == reviews.c.person_id),
        )
        .where(
            reviews.c.council == asked.council,
            reviews.c.kind.in_([kind.value for kind in kinds]),
            reviews.c.held.is_(True),
            reviews.c.looks_back_on.is_(None),
            reviews.c.meeting_on >= asked.year.begins,
            reviews.c.meeting_on <= asked.year.ends,
            # Of a foster carers' review the household's own stands for all children who were asked.
            (reviews.c.kind != ReviewKind.FOSTER_CARER.value) | young_people.c.carer.is_(True),
        )
    )
    for kind, on, due_on in rows:
        found[ReviewKind(kind)][_timely(on, due_on)] += 1
    return found


def _timely(on: date, due_on: date | None) -> str:
    return "late" if due_on is not None and on > due_on else "in_time"


def _stood_down(asked: Asked) -> int:
    day = func.coalesce(review_moves.c.from_on, reviews.c.due_on)
    return asked.db.execute(
        select(func.count())
        .select_from(review_moves)
        .join(
            reviews,
            (reviews.c.council == review_moves.c.council)
            & (reviews.c.review_id == review_moves.c.review_id),
        )
        .where(
            review_moves.c.council == asked.council,
            review_moves.c.what == What.STOOD_DOWN.value,
            reviews.c.kind == ReviewKind.CONFERENCE.value,
            day >= asked.year.begins,
            day <= asked.year.ends,
        )
    ).scalar_one()
