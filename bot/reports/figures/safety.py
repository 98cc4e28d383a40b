"""Alerts that somebody may not be safe, and how soon a person took them on."""

from collections import Counter
from statistics import median

from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import Counts, Declared, Table, of_one, without_data
from conversations.effects import Cause
from storage.tables import alerts

CAUSES = Declared(
    "alerts",
    "Alerts",
    "Alerts raised in the year, by why. The same alarm again before it was closed is no second "
    "one.",
    "Alerts.",
    (
        (Cause.HELP.value, "Pressed or typed “Help me now”"),
        (Cause.URGENT.value, "Words that could not wait"),
        (Cause.CONCERN.value, "Words for the IRO to read"),
        (Cause.UNHEARD.value, "Sound or a picture that a person has to hear or see"),
    ),
    adds_up=True,
)
TAKEN_ON = Declared(
    "alerts_acknowledged",
    "Alerts taken on in time",
    "The same alerts, by whether a person acknowledged them by the time the council sets.",
    "Alerts; [duty] acknowledge_minutes.",
    (("in_time", "In time"), ("late", "Later"), ("open", "Not yet")),
    adds_up=True,
)


def _minutes_say(table: Table) -> str:
    minutes = table.at("median")
    unit = "minute" if minutes == 1 else "minutes"
    return f"Half of those that were taken on were so within {minutes:,} {unit}."


MINUTES = Declared(
    "alerts_minutes",
    "Minutes until an alert was taken on",
    "Half of the alerts were acknowledged in so many minutes or fewer. Only shown of 6 or more.",
    "Alerts.",
    (("median", "Minutes, the middle one"),),
    counts=Counts.MEASURE,
    sentence=_minutes_say,
)
DECLARED = (CAUSES, TAKEN_ON, MINUTES)
_NONE = "No alert was raised in this year."


def tables(asked: Asked) -> tuple[Table, ...]:
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(
            alerts.c.cause, alerts.c.raised_at, alerts.c.acknowledge_by, alerts.c.acknowledged_at
        ).where(
            alerts.c.council == asked.council,
            alerts.c.raised_at >= begins,
            alerts.c.raised_at < after,
        )
    ).all()
    if not rows:
        return tuple(without_data(one, _NONE) for one in DECLARED)
    causes = Counter(row.cause for row in rows)
    taken = Counter(
        "open"
        if row.acknowledged_at is None
        else "in_time"
        if row.acknowledged_at <= row.acknowledge_by
        else "late"
        for row in rows
    )
    minutes = [
        (row.acknowledged_at - row.raised_at).total_seconds() / 60
        for row in rows
        if row.acknowledged_at is not None
    ]
    return (
        of_one(CAUSES, causes.__getitem__),
        of_one(TAKEN_ON, taken.__getitem__),
        of_one(MINUTES, lambda _row: round(median(minutes)))
        if len(minutes) >= THRESHOLD
        else without_data(MINUTES, "Fewer than 6 alerts were acknowledged."),
    )
