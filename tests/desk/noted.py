"""Notes, challenges and a hand-over at the tests' desk, made by what the desk calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import challenges, handing_over, quality_notes
from bot.service.admission import Admitted, Asked
from bot.service.challenges import Raise, Step
from bot.service.handing_over import Entry
from bot.service.house import House
from bot.service.quality_notes import Form
from bot.web.context import now
from conversations.quality import CHILD_FILE, Judgement
from storage import allocations, notes, people
from storage.allocations import Allocation
from storage.hand_overs import HandOver
from storage.people import Staff
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, RUTH, STAFF, TOM, today

JO, MARION = "jo", "marion"
_MORE = {
    JO: (Role.SOCIAL_WORKER, "Jo Reid"),
    MARION: (Role.SOCIAL_WORK_MANAGER, "Marion Clegg"),
}


@dataclass(frozen=True, slots=True)
class Noted:
    """Ids: a quality note that waits for Jo and is late, a draft of Dev's, a challenge at its
    first formal stage that waits for Marion, one that is answered, and a hand-over of Lena."""

    late: str
    draft: str
    formal: str
    answered: str
    hand_over: str


def who(staff_id: str) -> Admitted:
    role, name = {**STAFF, **_MORE}[staff_id]
    return Admitted(staff_id, role, name, "", now())


def judged() -> Mapping[str, str]:
    """Every question, with one of each answer."""
    every = dict.fromkeys((one.id for one in CHILD_FILE.questions), Judgement.AS_IT_SHOULD_BE.value)
    return every | {
        "voice.alone": "good_practice",
        "plan.permanence": "gap",
        "education.pep": "does_not_apply",
    }


def note_everything(db: Connection, house: House) -> Noted:
    """At a council that has been made."""
    for staff_id, (role, name) in _MORE.items():
        people.add_staff(db, house.keys, Staff(house.id, staff_id, role.value, name), now())
    since = today() - timedelta(days=60)
    allocations.add(db, Allocation(house.id, f"person-{KAI}", JO, "social_worker", since))
    late = _late(db, house)
    draft = quality_notes.begin(db, house, who(DEV), Asked("desk.quality_begun", HANA), now())
    formal = _challenge(db, house, KAI, "The move was not discussed with Kai, or with me.")
    _step(db, house, formal, Step("outcome", 0, "Nothing was put right.", outcome="escalated",
                                  put_to=MARION))  # fmt: skip
    answered = _challenge(db, house, LENA, "No PEP for two terms.")
    _step(db, house, answered, Step("answered", 0, "It is booked for Friday.", "Jo Reid"))
    entry = Entry(AMINA, TOM, (f"person-{LENA}",), today() + timedelta(days=7))
    one = handing_over.plan(db, house, who(RUTH), Asked("desk.hand_over_planned"), entry, now())
    assert isinstance(one, HandOver), one
    return Noted(late, draft, formal, answered, one.hand_over_id)


def _late(db: Connection, house: House) -> str:
    note_id = quality_notes.begin(db, house, who(AMINA), Asked("desk.quality_begun", KAI), now())
    words = {
        "plan.permanence": "The plan of March names no plan B.",
        "good": "Jo sees Kai every week, and writes down what Kai says.",
        "gaps": "There is no plan B if the foster home ends.",
        "ask": "A permanence meeting by the end of next month.",
    }
    for act, with_whom, put_to in (
        ("keep", "", ""),
        ("discussed", "Jo Reid", ""),
        ("completed", "", JO),
    ):
        seen, themes = notes.get(db, house.id, note_id).entries, ("Permanence", "Drift or delay")
        form = Form(act, seen, judged(), words, themes, with_whom, put_to=put_to)
        asked = Asked("desk.quality_kept", note_id=note_id)
        assert quality_notes.keep(db, house, who(AMINA), asked, form, now()) is None
    notes.change(db, house.id, note_id, due_on=today() - timedelta(days=3))
    return note_id


def _challenge(db: Connection, house: House, review_id: str, words: str) -> str:
    entry = Raise(words, ("Where they live",), None, put_to_name="Tess Moran, team manager")
    asked = Asked("desk.challenge_begun", review_id)
    note_id = challenges.begin(db, house, who(AMINA), asked, entry, now())
    assert isinstance(note_id, str), note_id
    return note_id


def _step(db: Connection, house: House, note_id: str, step: Step) -> None:
    seen = notes.get(db, house.id, note_id).entries
    one = Step(step.act, seen, step.words, step.by_name, None, step.outcome, "", step.put_to)
    asked = Asked("desk.challenge_kept", note_id=note_id)
    assert challenges.step(db, house, who(AMINA), asked, one, now()) is None
