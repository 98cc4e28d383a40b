"""Three young people, and what is said and decided in the month of their review."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot.service import carers
from bot.service.carers import Household
from bot.service.house import House
from conversations import timescales
from conversations.participation import Code
from conversations.timescales import Care
from storage import care, participation, people, reviews
from storage.participation import Confirmed
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from tests.desk.month import FIRST_DAY, NEW_DAY, Month, on_day, pick, tick, write
from tests.desk.northborough import AMINA, DEV

_DUE = date(2026, 10, 9)

_STARTS = {"start.ok": "yes", "rights.advocate": "no"}
_DECISIONS = (
    write("What was decided", "See her brother every second Saturday"),
    write("Who does it", "Joanna Reid, social worker"),
    on_day("By when", NEW_DAY + 12),
)

IN_CARE = Month(
    ReviewKind.CIOC, "Ella Marsh", 13, AMINA,
    says=_STARTS | {
        "home.feeling": "good",
        "home.change": "I want to see my brother every week. Not only in the holidays.",
        "home.audience": "pick",
        "home.tell": "meeting",
        "meeting.how": "come",
    },
    why_off=("Illness", "Ella has the flu. Her carer rang this morning."),
    steps={
        "The meeting": (
            on_day("The day it was held", NEW_DAY),
            pick("How people met", "Face to face"),
            tick("Social worker"), tick("Carers or residential staff"),
        ),
        "The young person": (
            on_day("The day they were spoken to alone", NEW_DAY - 3),
            pick("Your role and their rights", "Yes"),
            on_day("The day they were explained", NEW_DAY - 3),
        ),
        "The care plan": (
            pick("You ratify the care plan", "Yes"),
            pick("The permanence plan", "The first"),
            pick("What it is", "Long-term fostering"),
        ),
        "School": (
            pick(r"A personal education plan", "Yes"), on_day("The day of the PEP", 1),
            write("How Pupil Premium Plus is spent", "A tutor for maths, and a place in the band"),
        ),
        "Reports and recommendations": (pick("Reports before the meeting", "All in time"),),
        "Decisions": _DECISIONS,
    },
    code="PN1",
    answer={
        "became": "Part of it is agreed",
        "What happens, to Ella": "You will see Sam every second Saturday.",
        "The reason": "Every week is too far for him to come.",
        "Who does it": "Your social worker",
    },
    disagrees="I can go to him by train. Nobody asked me.",
    answer_again={
        "became": "It is still being looked at",
        "What happens, to Ella": "You are right: nobody asked you. I ask about the train.",
    },
    challenge=(
        "Seeing her brother was decided in March, and has not happened. I want dates in writing.",
        "Tess Moran, team manager", "Family time",
    ),
)  # fmt: skip

PATHWAY = Month(
    ReviewKind.PATHWAY, "Joel Addo", 19, DEV,
    says=_STARTS | {
        "home.feeling": "not_good",
        "plan.change": "A flat of my own near college, before the winter.",
        "plan.audience": "pick",
        "plan.tell": "meeting",
        "meeting.how": "come",
    },
    why_off=("Papers not ready", "The housing report is not there."),
    steps={
        "The meeting": (
            on_day("The day it was held", NEW_DAY),
            pick("How people met", "Face to face"), tick("Personal adviser"),
        ),
        "The young person": (on_day("The day they were spoken to alone", NEW_DAY),),
        "The pathway plan": (
            pick("The plan stands", "Yes"), pick("Where they live is suitable", "No"),
            pick("They are in education", "Yes"), pick("There is a plan if", "Yes"),
        ),
        "Reports and recommendations": (
            pick("Reports before the meeting", "Some late"),
            write("Whose was late or missing", "Housing"),
        ),
        "Decisions": (
            write("What was decided", "A bid for a flat each week, with his PA"),
            write("Who does it", "Mo Farrow, personal adviser"),
            on_day("By when", NEW_DAY + 7),
        ),
    },
    answer={
        "became": "It is still being looked at",
        "What happens, to Joel": "You go on the list for a flat. Mo helps you to bid each week.",
    },
    disagrees="I have been on the list since May.",
    answer_again={
        "became": "It is still being looked at",
        "What happens, to Joel": "That is true. I have asked housing why, in writing.",
    },
    challenge=(
        "He has waited for a flat since May, and the plan says June.",
        "Lee Hart, leaving care manager", "Where they live",
    ),
)  # fmt: skip

CHILD = Month(
    ReviewKind.FOSTER_CARER, "Zara Quinn", 12, AMINA,
    says=_STARTS | {
        "home.feeling": "good",
        "care.change": "Knock before you come in.",
        "care.audience": "officer",
    },
    answer={
        "became": "It is agreed",
        "What happens, to Zara": "Ines talks about it with them. She will not say it was you.",
        "Who does it": "Ines",
    },
    disagrees="They will know it was me.",
    answer_again={
        "became": "It is agreed",
        "What happens, to Zara": "Ines asks it in each home she goes to. So it is not about you.",
        "Who does it": "Ines",
    },
)  # fmt: skip
"""Lives with the carers, and says what that is like."""

CARERS = Month(
    ReviewKind.FOSTER_CARER, "Jo and Pat Lund", 0, AMINA,
    says={"year.hard": "Three changes of social worker.", "year.audience": "file"},
    why_off=("The carers", "They are at a funeral that day."),
    steps={
        "The meeting": (
            on_day("The day it was held", NEW_DAY),
            pick("How people met", "Face to face"), tick("Supervising social worker"),
        ),
        "The household": (
            pick("The household is", "Mainstream"), pick("This was their first review", "Yes"),
            pick("A change of their approval", "No"),
            pick("What the children who live there", "Yes"),
        ),
        "The recommendation": (
            pick("You recommend", "That approval goes on as it is"),
            write("The reasons", "Warm and steady. The children say so, too."),
            on_day("The day it goes to panel", NEW_DAY + 30),
        ),
        "Reports and recommendations": (pick("Reports before the meeting", "All in time"),),
        "Decisions": (
            write("What was decided", "One supervising social worker for the whole year"),
            write("Who does it", "Ines Roy, supervising social worker"),
            on_day("By when", NEW_DAY + 7),
        ),
    },
)  # fmt: skip
"""The household whose review it is: its meeting, its record."""


def begin(db: Connection, house: House, month: Month) -> None:
    """Whose review is ahead, and what its clock counts from."""
    at = datetime.now(UTC)
    meeting = at.date() + timedelta(days=FIRST_DAY)
    if month is CARERS:
        household = Household(month.name, "NF-77", month.review_id, "Amina Yusuf", _DUE, meeting)
        review = carers.add(db, house, household, "sayso", at)
        approved = date(2025, 10, 9)
        care.start_clock(db, house.id, review.person_id, timescales.FOSTER_CARER.id, approved)
        return
    person_id = f"person-{month.review_id}"
    born = date(at.year - month.age, 1, 1)
    leaver = month.kind is ReviewKind.PATHWAY
    person = YoungPerson(house.id, person_id, f"NB-{month.called}", month.name, born, leaver)
    people.add_young_person(db, house.keys, person, at)
    if month.kind is ReviewKind.CIOC:
        _looked_after(db, house, month, person_id, at)
    elif leaver:
        care.start_clock(db, house.id, person_id, timescales.PATHWAY.id, date(2026, 4, 9))
    ahead = Review(house.id, month.review_id, person_id, month.kind, month.officer, _DUE, meeting)
    reviews.add(db, ahead, at)


def _looked_after(db: Connection, house: House, month: Month, person_id: str, at: datetime) -> None:
    """Since January, with two reviews held and confirmed."""
    care.keep_periods(db, house.id, person_id, [Care(date(2026, 1, 2))])
    for number, day in enumerate((date(2026, 1, 28), date(2026, 4, 9))):
        held = Review(
            house.id, f"{month.review_id}-{number}", person_id, month.kind, month.officer,
            day, day, held=True,
        )  # fmt: skip
        reviews.add(db, held, at)
        came = Confirmed(
            held.review_id, Code.PN1, None, "attended_spoke", None, None, month.officer, at
        )
        participation.confirm(db, house.id, came)
