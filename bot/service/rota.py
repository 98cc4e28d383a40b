"""Who is told of an alert, in which order and when, until somebody takes it on. Pure.

The duty team while it is open; then the emergency duty team's contact, then the manager, each a
council's `acknowledge_minutes` after the one before; then from the beginning, when the duty team is
open. While it is closed the emergency duty team's contact is the first. What an officer has to read
comes to the duty team once it is late, in its hours, and to nobody at night.
"""

from datetime import datetime, timedelta

from bot.service import duty
from bot.service.council import Contact, Duty
from storage.alert_calls import Step
from storage.alerts import Team

A_DAY = timedelta(days=1)


def contact(hours: Duty, step: Step, team: Team) -> Contact:
    """Whom a step tells."""
    match step:
        case Step.TEAM if team is Team.ADULTS and hours.team_adults is not None:
            return hours.team_adults
        case Step.TEAM:
            return hours.team
        case Step.OUT_OF_HOURS:
            return hours.out_of_hours
        case Step.MANAGER:
            return hours.manager


def first(hours: Duty, team: Team, late: datetime, now: datetime) -> tuple[Step, datetime]:
    """Who is told first of what was raised now, and when. `late`: from when on it is."""
    if team is Team.OFFICER:
        return Step.TEAM, duty.next_open(hours, late)
    if not duty.is_open(hours, now) and hours.out_of_hours.ways:
        return Step.OUT_OF_HOURS, now
    return Step.TEAM, now


def following(hours: Duty, team: Team, step: Step, at: datetime) -> tuple[Step, datetime] | None:
    """Who is told next, if nobody takes on what was told by this step `at` this time, and when.
    None: nobody can be told by any way, so that all of them look at the desk."""
    if not any(contact(hours, one, team).ways for one in Step):
        return None
    soon = at + timedelta(minutes=hours.acknowledge_minutes)
    order = [one for one in Step if team is not Team.OFFICER or one is not Step.OUT_OF_HOURS]
    later = order[order.index(step) + 1 :] if step in order else []
    for one in later:
        if contact(hours, one, team).ways:
            return one, soon
    return Step.TEAM, duty.next_open(hours, at + A_DAY if team is Team.OFFICER else soon)
