"""Challenge: first informally, then in stages, each with a clock, until it is resolved. Pure.

The IRO Handbook (2010), chapter 6, asks for a local procedure with stages and for an end within 20
working days of its formal start; which stages and how long each is for the council to say. The
officer may refer to Cafcass at any time (Children Act 1989 s. 25B(3)).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conversations.timescales import Holidays, working_days_after


class State(StrEnum):
    """Of a challenge. While it is raised an answer is owed; once answered, the officer says what
    came of it."""

    RAISED = "raised"
    ANSWERED = "answered"
    ENDED = "ended"


class Outcome(StrEnum):
    """What came of a stage. The value is what a filed note holds."""

    RESOLVED = "resolved"
    IN_PART = "in_part"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"


SAID = {
    Outcome.RESOLVED: "Resolved",
    Outcome.IN_PART: "Resolved in part",
    Outcome.ESCALATED: "Not resolved: goes to the next stage",
    Outcome.WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """`id` is stable. `working_days`: within how many an answer is owed; `formal`: it is part of
    the formal procedure, whose clock over all stages starts with the first of them."""

    id: str
    name: str
    working_days: int
    formal: bool = True


def answer_due(stage: Stage, raised_on: date, holidays: Holidays) -> date:
    """The last day on which an answer is in time; the day it was raised is day 0."""
    return working_days_after(raised_on, stage.working_days, holidays)


def overall_due(formal_since: date, working_days: int, holidays: Holidays) -> date:
    """By when the formal procedure has to have ended, all its stages together."""
    return working_days_after(formal_since, working_days, holidays)
