"""What a reviewing officer looks at in a young person's file and plan: one declaration per tool.

It rates the file and the plan, never the child: there is no number and no total. Every question
has the same four answers, of which one says what is done well. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum


class Judgement(StrEnum):
    """What was found. The value is what a filed note holds."""

    GOOD_PRACTICE = "good_practice"
    AS_IT_SHOULD_BE = "as_it_should_be"
    GAP = "gap"
    DOES_NOT_APPLY = "does_not_apply"


SAID = {
    Judgement.GOOD_PRACTICE: "Good practice",
    Judgement.AS_IT_SHOULD_BE: "As it should be",
    Judgement.GAP: "A gap",
    Judgement.DOES_NOT_APPLY: "Does not apply",
}


class State(StrEnum):
    """How far a quality note has come. Each follows the one before."""

    DRAFT = "draft"
    DISCUSSED = "discussed"
    COMPLETED = "completed"
    ANSWERED = "answered"
    IMPACT = "impact"


STATES = {
    State.DRAFT: "Draft",
    State.DISCUSSED: "Discussed",
    State.COMPLETED: "Completed",
    State.ANSWERED: "Answered",
    State.IMPACT: "Impact noted",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`id` is stable and never used again."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """`kinds`: of which reviews it is (values of `storage.reviews.ReviewKind`)."""

    id: str
    version: int
    title: str
    kinds: frozenset[str]
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        ids = [question.id for question in self.questions]
        if len(ids) != len(set(ids)):
            raise ValueError(f"{self.id} asks for the same twice.")

    @property
    def name(self) -> str:
        """As a note keeps it: what was asked stays readable."""
        return f"{self.id}.{self.version}"

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(one for section in self.sections for one in section.questions)


CHILD_FILE = Tool(
    "child_file", 1, "Quality of the file and the care plan", frozenset({"cioc"}),
    (
        Section("The young person’s voice", (
            Question("voice.recorded",
                "Their wishes and feelings are on file in their own words, with a date"),
            Question("voice.alone",
                "The social worker sees them alone, as often as visits are due"),
            Question("voice.shapes", "The plan shows what they said and what was done about it"),
            Question("voice.advocate", "They were told of their right to an advocate"),
        )),
        Section("The care plan", (
            Question("plan.current",
                "The care plan is up to date and says who does what by when"),
            Question("plan.permanence",
                "There is a plan for where they will grow up, and a plan B"),
            Question("plan.placement", "Where they live meets their needs, and the file says how"),
            Question("plan.family", "Time with family and friends is planned and checked"),
            Question("plan.identity", "Religion, culture, language and identity are planned for"),
        )),
        Section("Health and learning", (
            Question("health.assessment", "The health assessment is in date and acted on"),
            Question("education.pep", "The PEP is in place, in date and acted on"),
        )),
        Section("Practice", (
            Question("practice.decisions", "Decisions of the last review are done, or explained"),
            Question("practice.delay", "Drift and delay are noticed and challenged on file"),
            Question("practice.supervision", "The manager’s oversight can be seen on file"),
            Question("practice.told_iro",
                "The officer was told of significant changes between reviews"),
            Question("practice.papers", "Papers for the review came in time"),
        )),
    ),
)  # fmt: skip

PATHWAY_PLAN = Tool(
    "pathway_plan", 1, "Quality of the pathway plan", frozenset({"pathway"}),
    (
        Section("The young person’s voice", (
            Question("voice.recorded",
                "Their wishes and feelings are in the plan in their own words"),
            Question("voice.agreed", "They have a copy, and it says what they agree with"),
            Question("voice.contact", "Their personal adviser keeps in touch in the way they want"),
        )),
        Section("The plan", (
            Question("plan.needs", "The needs assessment is complete and in date"),
            Question("plan.current", "The plan is up to date and says who does what by when"),
            Question("plan.contingency", "It says what happens if it falls through"),
            Question("plan.home", "Where they live suits them, and the plan says how"),
            Question("plan.money", "Money, entitlements and savings are clear"),
            Question("plan.learning", "Education, training or work is planned for"),
            Question("plan.health", "Health and emotional health are planned for"),
            Question("plan.people", "The people who matter to them are in it"),
            Question("plan.papers",
                "Passport, National Insurance number and other papers are there"),
        )),
        Section("Practice", (
            Question("practice.decisions", "What the last review agreed is done, or explained"),
            Question("practice.oversight", "The manager’s oversight can be seen on file"),
            Question("practice.papers", "The plan came in time for the review"),
        )),
    ),
)  # fmt: skip

TOOLS = {tool.name: tool for tool in (CHILD_FILE, PATHWAY_PLAN)}
"""By `Tool.name`. A version that somebody used stays here."""

_NEWEST = (CHILD_FILE, PATHWAY_PLAN)


def tool_for(review_kind: str) -> Tool | None:
    """The newest one for a review of this kind; None if there is none."""
    return next((tool for tool in _NEWEST if review_kind in tool.kinds), None)


def may_follow(now: State, then: State) -> bool:
    """Whether a note may go from one state to the other. What was answered can be answered again:
    the earlier answer stays with who and when."""
    order = tuple(State)
    return order.index(then) == order.index(now) + 1
