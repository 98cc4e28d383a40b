"""Every kind of meeting that a review unit runs, each from one declaration: who runs it, which flow
asks the young person, by which clock it is due, and what is put on record afterwards.

Whoever adds a kind adds it here and in `ReviewKind`. What a form asks is data: `recording.py`
checks it, one template shows it, `documents/review_record.py` files it. An id of a field is never
used again for something else, since what was kept under it stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.access.roles import Role
from conversations import timescales
from conversations.timescales import Timescale
from storage.reviews import ReviewKind


class Counted(StrEnum):
    """A clock that is more than one timescale."""

    IN_CARE = "in_care"  # by periods of care, short breaks and placements for adoption


class Asks(StrEnum):
    """What a field takes."""

    ONE = "one"  # of its options
    SEVERAL = "several"  # of its options
    DAY = "day"
    WORDS = "words"
    LINE = "line"  # words of one line


class Part(StrEnum):
    """A step that is more than fields."""

    FIELDS = "fields"
    HELD = "held"  # the day it was held comes first
    TOOK_PART = "took_part"  # how they took part is confirmed beside it
    DECISIONS = "decisions"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Field:
    """`options`: value and what it says. `only`: asked where another field has one of these values.
    `needed`: the record can't be filed without it; `needed_if`: where another has one of these
    values. `past`: a day that can't lie ahead."""

    id: str
    label: str
    asks: Asks
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    only: tuple[str, tuple[str, ...]] | None = None
    needed: bool = False
    needed_if: tuple[tuple[str, tuple[str, ...]], ...] = ()
    past: bool = True

    def says(self, value: str) -> str:
        """What a kept choice reads as; one that is offered no more as it was kept."""
        known = dict(self.options)
        return "; ".join(known.get(one, one.replace("_", " ")) for one in value.split(",") if one)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    id: str
    title: str
    fields: tuple[Field, ...] = ()
    part: Part = Part.FIELDS


@dataclass(frozen=True, slots=True)
class Begins:
    """The day from which its clock counts, put down by a person: `called` in a line of its own,
    `it` in a sentence. `from_birth`: it can't be before they were born."""

    called: str
    it: str
    from_birth: bool = True


@dataclass(frozen=True, slots=True)
class MeetingKind:
    """`called`: at the desk, in a line of its own; `it`: in a sentence. `flow`: what asks a young
    person before it. `counted`: by which clock it is due, None by none; `begins`: where that counts
    from a day that is no period of care."""

    kind: ReviewKind
    called: str
    it: str
    runs: Role
    flow: str
    counted: Counted | Timescale | None
    steps: tuple[Step, ...]
    begins: Begins | None = None

    @property
    def has_next(self) -> bool:
        return any(step.part is Part.NEXT for step in self.steps)

    def step(self, step_id: str) -> Step:
        """The first one where there is none of this name."""
        return next((step for step in self.steps if step.id == step_id), self.steps[0])

    def fields(self) -> Iterator[Field]:
        for step in self.steps:
            yield from step.fields


_YES_NO = (("yes", "Yes"), ("no", "No"))

FORM = Field(
    "form",
    "How people met",
    Asks.ONE,
    (
        ("face_to_face", "Face to face"),
        ("video", "By video"),
        ("phone", "By phone"),
        ("hybrid", "Some in the room, some by video or phone"),
        ("series", "In a series of meetings"),
    ),
    needed=True,
)
"""The values are those of `storage.review_moves.Form`."""
_CAME_OF_ALL = (
    ("social_worker", "Social worker"),
    ("team_manager", "Team manager"),
    ("carers", "Carers or residential staff"),
    ("supervising_worker", "Supervising social worker"),
    ("parents", "Parents"),
    ("family", "Others of the family"),
    ("school", "School, college or virtual school"),
    ("health", "Health"),
    ("advocate", "Advocate"),
    ("interpreter", "Interpreter"),
    ("police", "Police"),
    ("other", "Others"),
)


def _came(
    *without: str, more: tuple[tuple[str, str], ...] = (), beside: str = "the young person"
) -> tuple[Field, ...]:
    options = tuple(one for one in _CAME_OF_ALL if one[0] not in without)
    return (
        Field("came", f"Who came, beside {beside}", Asks.SEVERAL, (*more, *options)),
        Field("came_names", "Their names", Asks.WORDS, hint="For example: Joanna Reid, Pat Lund"),
    )


def _held(*fields: Field) -> Step:
    return Step("meeting", "The meeting", (FORM, *fields), Part.HELD)


_WHY_NOT_THERE = Field(
    "absence",
    "If they did not come: why",
    Asks.SEVERAL,
    (
        ("too_many_people", "Too many people"),
        ("views_do_not_get_across", "Felt that what they say does not get through"),
        ("boring", "Found it boring"),
        ("private_things", "Private things are hard to say to adults"),
        ("do_not_know_what_it_is_for", "Did not know what it is for"),
        ("school_or_commitment", "School or something they do"),
        ("a_person_there", "Somebody who would be there"),
        ("travel", "Hard to get there"),
        ("upsets_me", "It upsets them"),
        ("prefer_to_send_views", "Would rather send what they think"),
        ("not_appropriate", "Their age or understanding"),
        ("other", "Something else"),
        ("do_not_want_to_say", "Did not want to say"),
    ),
    hint="As they gave it. Leave it empty if they came, or if you do not know.",
)
_ALONE = (
    Field(
        "alone_on", "The day they were spoken to alone", Asks.DAY,
        hint="Before the meeting, or at the latest at it",
    ),
    Field(
        "alone_why_not", "If they were not spoken to alone: why", Asks.WORDS,
        hint="They may say no: then write that they did",
    ),
)  # fmt: skip
_SPOKEN = Step(
    "young_person",
    "The young person",
    (
        _WHY_NOT_THERE,
        *_ALONE,
        Field(
            "role_explained", "Your role and their rights were explained to them", Asks.ONE, _YES_NO
        ),
        Field(
            "role_explained_on", "The day they were explained", Asks.DAY,
            only=("role_explained", ("yes",)),
        ),
    ),
    Part.TOOK_PART,
)  # fmt: skip
_CARE_PLAN = Step(
    "plan",
    "The care plan",
    (
        Field("plan_ratified", "You ratify the care plan", Asks.ONE, _YES_NO, needed=True),
        Field(
            "plan_why_not", "Why not, and what has to change", Asks.WORDS,
            only=("plan_ratified", ("no",)), needed=True,
        ),
        Field(
            "permanence", "The permanence plan", Asks.ONE,
            (("first", "The first"), ("second", "A second"), ("subsequent", "A later one"),
             ("not_yet", "There is none yet")),
            hint="By the second review there should be one",
        ),
        Field(
            "permanence_what", "What it is", Asks.ONE,
            (("home", "Going home"), ("family", "Living with family or friends"),
             ("fostering", "Long-term fostering"), ("guardianship", "Special guardianship"),
             ("adoption", "Adoption"), ("residential", "A children’s home"),
             ("independence", "Living independently")),
            only=("permanence", ("first", "second", "subsequent")),
        ),
        Field(
            "permanence_why", "Why it changed", Asks.WORDS,
            only=("permanence", ("second", "subsequent")), needed=True,
        ),
    ),
)  # fmt: skip
_SCHOOL = Step(
    "school",
    "School",
    (
        Field(
            "pep", "A personal education plan (PEP) is in place", Asks.ONE,
            (*_YES_NO, ("not_of_age", "Not of school age")), needed=True,
        ),
        Field("pep_on", "The day of the PEP", Asks.DAY, only=("pep", ("yes",)), needed=True),
        Field("pupil_premium", "How Pupil Premium Plus is spent", Asks.WORDS),
        Field(
            "ehcp", "An education, health and care plan (EHCP)", Asks.ONE,
            (("linked", "There is one, and it is linked to the care plan"),
             ("not_linked", "There is one, and it is not linked"),
             ("assessing", "They are being assessed"), ("none", "There is none")),
        ),
    ),
)  # fmt: skip
_REPORTS = (
    ("in_time", "All in time"),
    ("late", "Some late"),
    ("missing", "Some missing"),
)


def _papers(*more: Field) -> Step:
    return Step(
        "papers",
        "Reports and recommendations",
        (
            Field("reports", "Reports before the meeting", Asks.ONE, _REPORTS),
            Field(
                "reports_late", "Whose was late or missing", Asks.LINE,
                only=("reports", ("late", "missing")),
            ),
            *more,
            Field(
                "issued_on", "The day the recommendations were issued", Asks.DAY,
                hint="Leave it empty until they are",
            ),
        ),
    )  # fmt: skip


_DECISIONS = Step("decisions", "Decisions", (), Part.DECISIONS)
_NEXT = Step("next", "The next one", (), Part.NEXT)

CIOC = MeetingKind(
    ReviewKind.CIOC, "Review", "the review", Role.IRO, "cioc_review", Counted.IN_CARE,
    (_held(*_came()), _SPOKEN, _CARE_PLAN, _SCHOOL, _papers(), _DECISIONS, _NEXT),
)  # fmt: skip

PATHWAY = MeetingKind(
    ReviewKind.PATHWAY, "Pathway review", "the review", Role.PATHWAY_REVIEW_OFFICER,
    "pathway_review", timescales.PATHWAY,
    (
        _held(
            *_came("carers", "supervising_worker",
                   more=(("personal_adviser", "Personal adviser"),)),
        ),
        Step("young_person", "The young person", (_WHY_NOT_THERE, *_ALONE), Part.TOOK_PART),
        Step(
            "plan", "The pathway plan",
            (
                Field("plan_agreed", "The plan stands, with what was decided", Asks.ONE, _YES_NO,
                      needed=True),
                Field("plan_why_not", "Why not, and what has to change", Asks.WORDS,
                      only=("plan_agreed", ("no",)), needed=True),
                Field("suitable_home", "Where they live is suitable", Asks.ONE, _YES_NO),
                Field("occupied", "They are in education, employment or training", Asks.ONE,
                      (*_YES_NO, ("not_able", "Not able to be just now"))),
                Field("backup_plan", "There is a plan if something breaks down", Asks.ONE,
                      _YES_NO),
            ),
        ),
        _papers(), _DECISIONS, _NEXT,
    ),
    begins=Begins("Day of the pathway plan", "the day the pathway plan was made"),
)  # fmt: skip

FOSTER_CARER = MeetingKind(
    ReviewKind.FOSTER_CARER, "Foster carers’ review", "the review", Role.IRO,
    "foster_carer_review", timescales.FOSTER_CARER,
    (
        _held(*_came("carers", "parents", "police", beside="the carers")),
        Step(
            "household", "The household",
            (
                Field("household", "The household is", Asks.ONE,
                      (("mainstream", "Mainstream"), ("connected", "Connected persons")),
                      needed=True),
                Field("first_review", "This was their first review", Asks.ONE, _YES_NO,
                      needed=True),
                Field("approval_change", "A change of their approval is asked for", Asks.ONE,
                      _YES_NO, needed=True),
                Field("children_heard", "What the children who live there think was heard",
                      Asks.ONE, (*_YES_NO, ("none_there", "No child lives there now"))),
            ),
        ),
        Step(
            "recommendation", "The recommendation",
            (
                Field("recommendation", "You recommend", Asks.ONE,
                      (("continue", "That approval goes on as it is"),
                       ("change", "That the terms of approval change"),
                       ("end", "That approval ends")), needed=True),
                Field("recommendation_why", "The reasons", Asks.WORDS, needed=True),
                Field("panel_on", "The day it goes to panel", Asks.DAY, past=False,
                      hint="A first review and a change of approval go to panel",
                      needed_if=(("first_review", ("yes",)), ("approval_change", ("yes",)),
                                 ("recommendation", ("change", "end")))),
            ),
        ),
        _papers(), _DECISIONS, _NEXT,
    ),
    begins=Begins("Day of approval", "the day the household was approved"),
)  # fmt: skip

CONFERENCE = MeetingKind(
    ReviewKind.CONFERENCE, "Child protection conference", "the conference", Role.IRO,
    "conference", timescales.CONFERENCE,
    (
        _held(*_came()),
        Step(
            "views", "Views before the conference",
            (
                Field("views_child", "What the child thinks was heard", Asks.ONE,
                      (("sent", "They sent it"), ("came", "They came"),
                       ("advocate", "An advocate said it"), ("worker", "Somebody wrote it down"),
                       ("not", "Not heard")), needed=True),
                Field("views_why_not", "Why it was not heard", Asks.WORDS,
                      only=("views_child", ("not",)), needed=True),
                Field("views_parents", "What the parents think was heard before", Asks.ONE,
                      _YES_NO),
            ),
        ),
        Step(
            "outcome", "The outcome",
            (
                Field("conference_kind", "The conference was", Asks.ONE,
                      (("initial", "The initial one"), ("review", "A review"),
                       ("pre_birth", "Before birth"), ("transfer", "A transfer in")),
                      needed=True),
                Field("outcome", "The outcome", Asks.ONE,
                      (("plan", "A child protection plan is made or goes on"),
                       ("ends", "The plan ends"), ("none", "No plan is needed")), needed=True),
                Field("category", "The category of the plan", Asks.ONE,
                      (("neglect", "Neglect"), ("physical", "Physical abuse"),
                       ("sexual", "Sexual abuse"), ("emotional", "Emotional abuse"),
                       ("multiple", "More than one")), only=("outcome", ("plan",)), needed=True),
            ),
        ),
        _papers(), _DECISIONS, _NEXT,
    ),
    begins=Begins(  # a conference may be held before birth
        "Day of the strategy discussion", "the day of the strategy discussion", from_birth=False
    ),
)  # fmt: skip

DISRUPTION = MeetingKind(
    ReviewKind.DISRUPTION, "Disruption meeting", "the meeting", Role.IRO, "disruption", None,
    (
        _held(*_came()),
        Step(
            "happened", "What happened",
            (
                Field("ended_on", "The day the placement ended", Asks.DAY, needed=True),
                Field("what_happened", "What happened", Asks.WORDS, needed=True),
                Field("young_view", "What the young person thinks was heard", Asks.ONE,
                      (("sent", "They sent it"), ("came", "They came"),
                       ("advocate", "An advocate said it"), ("not", "Not heard")), needed=True),
            ),
        ),
        Step(
            "learning", "What is learnt",
            (
                Field("learning", "What is learnt from it", Asks.WORDS, needed=True),
                Field("themes", "Themes", Asks.SEVERAL,
                      (("matching", "Matching"), ("information", "What the carers were told"),
                       ("support", "Support of the carers"), ("contact", "Seeing family"),
                       ("school", "School"), ("health", "Health"),
                       ("behaviour", "Behaviour that hurts"), ("carers", "The carers’ own lives"),
                       ("planning", "Planning and drift"), ("other", "Something else"))),
            ),
        ),
        _DECISIONS,
    ),
)  # fmt: skip

KINDS: Mapping[ReviewKind, MeetingKind] = {
    one.kind: one for one in (CIOC, PATHWAY, FOSTER_CARER, CONFERENCE, DISRUPTION)
}
