"""What was found in a text, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`URGENT`: alert at once. `CONCERN`: alert in duty hours, or *please read*."""

    CONCERN = "concern"
    URGENT = "urgent"


class Category(StrEnum):
    """What kind of harm, after the categories of *Working Together* and of Childline."""

    SELF_HARM = "self_harm"
    PHYSICAL = "physical"
    SEXUAL = "sexual"
    EMOTIONAL = "emotional"
    NEGLECT = "neglect"
    EXPLOITATION = "exploitation"
    MISSING = "missing"
    DOMESTIC_ABUSE = "domestic_abuse"
    ONLINE = "online"
    HEALTH = "health"
    THREAT_TO_OTHERS = "threat_to_others"
    OTHER_AT_RISK = "other_at_risk"


@dataclass(frozen=True, slots=True)
class Because:
    """Which entry of the language's file it was (`id`, `reason`), on which words as written.

    `lowered`: why it counts for less than the entry says, or for nothing; empty if it does not.
    """

    entry: str
    reason: str
    words: str
    lowered: str = ""

    def __str__(self) -> str:
        sentence = f"{self.entry}: {self.reason} “{self.words}”"
        return f"{sentence} ({self.lowered})" if self.lowered else sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """The gravest thing that a text says. Holds the words of a young person: never logged."""

    grade: Grade
    category: Category
    because: Because


@dataclass(frozen=True, slots=True)
class Reading:
    """`finding`: the gravest thing said. `set_aside`: what else was found and why it counts for
    nothing, for `sayso safeguarding try` and for whoever changes the file. `at`: the first and the
    last of the words that a phrase found."""

    finding: Finding | None
    set_aside: tuple[Because, ...] = ()
    at: tuple[int, int] | None = None
