"""What is on record of two years at the demo council: how children took part, what they sent and
wished for, what was stood down; and what officers, duty workers and the manager did."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.demo import copies, council
from bot.demo.copies import Model, Rows
from bot.demo.dates import working_day_by
from bot.demo.people import (
    ADVOCATE,
    DUTY_WORKER,
    IROS,
    PATHWAY_OFFICER,
    UNIT_MANAGER,
    WRITTEN_LAST_YEAR,
)
from bot.reports.year import year_of
from bot.service.days import local_day
from bot.service.house import House
from bot.service.taking_part import METHOD_OF
from bot.service.wording import LONDON
from conversations.effects import Cause
from conversations.participation import Briefed, Code, fourth_birthday
from conversations.quality import CHILD_FILE
from conversations.quality import State as NoteState
from conversations.timescales import birthday
from storage import (
    alerts,
    notes,
    people,
    report_words,
    staff_hours,
    tasks,
)
from storage.ask_tables import ask_answers, asks
from storage.inviting_tables import invitation_sendings
from storage.notes import NoteKind
from storage.participation import Confirmed
from storage.people import YoungPerson
from storage.report_words import Words
from storage.review_moves import What
from storage.review_tables import record_values, review_moves
from storage.reviews import ReviewKind
from storage.sealing import Place, seal
from storage.tables import (
    contributions,
    conversations,
    invitations,
    readings,
)
from storage.tables import reviews as reviews_table

DAY = timedelta(days=1)
_CODES = ((34, Code.PN1), (66, Code.PN6), (76, Code.PN7), (83, Code.PN4), (90, Code.PN3),
          (95, Code.PN2), (100, Code.PN5))  # fmt: skip
_AWAY = (Code.PN5, Code.PN6, Code.PN7)
_WHY = ("too_many_people", "school_or_commitment", "prefer_to_send_views", "boring",
        "private_things", "views_do_not_get_across", "too_many_people,travel")  # fmt: skip
_STATES = ("agreed", "agreed", "done", "part", "done", "not_agreed", "agreed", "open")
_YOUNGEST_TO_WRITE = 8
_ANSWERS = {
    "agreed": "Yes. Your social worker will see to it, and I will ask how it went.",
    "done": "It is done. Tell me if it is not what you meant.",
    "part": "Part of it: every second week for now. We look at it again at your next review.",
    "not_agreed": "Not now. I tell you why when we meet, and you can say what you think.",
}


@dataclass(slots=True)
class Made:
    """All that is inserted at once, and whom and what it leans on."""

    db: Connection
    house: House
    now: datetime
    today: date
    staff: dict[str, str]
    models: list[Model] = field(default_factory=list)
    wishes: list[list[dict[str, Any]]] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)
    copied: Rows = field(default_factory=copies.no_rows)
    confirmed: list[Confirmed] = field(default_factory=list)

    def add(self, table: Any, row: dict[str, Any]) -> None:
        self.rows.setdefault(table, []).append({"council": self.house.id, **row})


def moment_of(day: date, hour: int = 16) -> datetime:
    """A time of that day, in England and Wales."""
    return datetime.combine(day, time(hour), LONDON)


def confirmed_by(
    review_id: str, officer: str, code: Code, day: date, *, pathway: bool = False
) -> Confirmed:
    said = None if pathway else code
    told = Briefed(ADVOCATE, day - 3 * DAY) if code in (Code.PN2, Code.PN5) else None
    method = METHOD_OF[code].value
    return Confirmed(review_id, said, said, method, None, told, officer, moment_of(day + 2 * DAY))


def what_was_said(
    made: Made, person: YoungPerson, review_id: str, officer: str, day: date, lot: int
) -> None:
    """How they took part, what is on record of it, and what they sent."""
    under_4 = day < fourth_birthday(person.birth_date)
    code = Code.PN0 if under_4 else next(one for most, one in _CODES if lot * 29 % 100 < most)
    made.confirmed.append(confirmed_by(review_id, officer, code, day))
    age = next(years for years in range(30) if birthday(person.birth_date, years + 1) > day)
    facts = {
        "reports": "late" if lot % 7 == 3 else "missing" if lot % 23 == 5 else "in_time",
        "issued_on": (day + timedelta(days=35 if lot % 11 == 4 else 12)).isoformat(),
        "permanence": ("first", "first", "second", "subsequent", "not_yet")[lot % 5],
    }
    if not under_4:
        facts["role_explained"] = "no" if lot % 9 == 2 else "yes"
    if code in _AWAY:
        facts["absence"] = _WHY[lot % len(_WHY)]
    if 4 <= age < 16:
        facts["pep"] = "no" if lot % 8 == 6 else "yes"
        if facts["pep"] == "yes":
            facts["pep_on"] = (day - timedelta(days=150 if lot % 10 == 1 else 20)).isoformat()
    for name, fact in facts.items():
        put_fact(made, review_id, person.person_id, officer, day, name, fact)
    if age >= _YOUNGEST_TO_WRITE and (code is Code.PN6 or (code is Code.PN1 and lot % 3 == 0)):
        _sent(made, person, review_id, officer, day, lot, age)


def put_fact(
    made: Made, review_id: str, person_id: str, by: str, day: date, name: str, fact: str
) -> None:
    made.add(
        record_values,
        {"review_id": review_id, "field": name, "number": 1, "person_id": person_id,
         "at": moment_of(day + DAY), "by": by, "fact": fact, "words": None},
    )  # fmt: skip


def _sent(
    made: Made, person: YoungPerson, review_id: str, officer: str, day: date, lot: int, age: int
) -> None:
    """The words of the model of their age, under their own seal, and what became of its wishes."""
    which = 0 if age < 12 else 1 if age < 16 else 2
    model = made.models[which]
    said_at = moment_of(day - 4 * DAY)
    person_id = person.person_id
    sent = copies.said_before(
        made.db, made.house, model, person_id, person.case_id, review_id, made.copied
    )
    made.copied[invitations][-1] |= {
        "issued_at": moment_of(day - 14 * DAY), "expires_at": moment_of(day + 14 * DAY),
        "used_at": said_at,
    }  # fmt: skip
    invited = made.copied[invitations][-1]["invitation_id"]
    made.add(
        invitation_sendings,
        {"sending_id": str(uuid.uuid5(uuid.UUID(sent), "invited")), "invitation_id": invited,
         "review_id": review_id, "person_id": person_id, "number": 0, "state": "sent",
         "way": "letter" if lot % 3 else "telegram" if age >= 16 else "letter",
         "made_at": moment_of(day - 14 * DAY), "made_by": "sayso",
         "sent_at": moment_of(day - 13 * DAY)},
    )  # fmt: skip
    channel = "telegram" if age >= 16 and lot % 2 else "web_chat"
    made.copied[contributions][-1] |= {"sent_at": said_at, "channel": channel}
    made.add(
        readings,
        {"contribution_id": sent, "version": model.contribution["version"], "staff_id": officer,
         "read_at": said_at + timedelta(hours=20)},
    )  # fmt: skip
    for place, wish in enumerate(made.wishes[which]):
        _wish(made, wish, sent, person_id, review_id, officer, said_at, lot + place)


def _wish(
    made: Made,
    wish: dict[str, Any],
    sent: str,
    person_id: str,
    review_id: str,
    officer: str,
    at: datetime,
    lot: int,
) -> None:
    state = _STATES[lot % len(_STATES)]
    if state == "open" and at < made.now - timedelta(days=40):
        state = "agreed"  # of what was asked long ago nothing waits any more
    ask_id = str(uuid.uuid5(uuid.UUID(sent), wish["question_id"]))
    answered = state != "open"
    due_on = local_day(at) + 14 * DAY
    made.add(
        asks,
        wish | {"ask_id": ask_id, "review_id": review_id, "person_id": person_id,
         "conversation_id": made.copied[conversations][-1]["conversation_id"],
         "contribution_id": sent, "state": state, "answers": int(answered), "asked_at": at,
         "said_since": at, "changed_at": at, "due_on": due_on},
    )  # fmt: skip
    if not answered:
        return
    said = {"words": _ANSWERS[state], "reason": "", "who": "", "by": None}
    place = Place(made.house.id, "ask_answers", "said", f"{ask_id}/1", person_id)
    made.add(
        ask_answers,
        {"ask_id": ask_id, "number": 1, "review_id": review_id, "person_id": person_id,
         "kind": "sent", "state": state, "written_by": officer,
         "written_at": at + timedelta(days=17 if lot % 9 == 4 else 5 + lot % 8),
         "read_at": at + timedelta(days=19), "said": seal(made.db, place, json.dumps(said))},
    )  # fmt: skip


def stood_down(made: Made, person_id: str, review_id: str, by: str, held_on: date) -> None:
    """It was to be some days before, was called off, and was held all the same."""
    before = working_day_by(held_on - 6 * DAY)
    reason = ("illness", "school", "officer", "social_worker")[held_on.day % 4]
    moves = (
        (What.ARRANGED, None, before, None),
        (What.STOOD_DOWN, before, None, reason),
        (What.REARRANGED, None, held_on, None),
    )
    for number, (what, from_on, to_on, why) in enumerate(moves, 1):
        made.add(
            review_moves,
            {"review_id": review_id, "number": number, "person_id": person_id, "what": what.value,
             "at": moment_of(before - (4 - number) * DAY), "by": f"staff:{by}", "from_on": from_on,
             "to_on": to_on, "clock_time": None, "form": None, "reason": why,
             "late_days": None, "words": None},
        )  # fmt: skip


def of_the_unit(made: Made) -> None:
    """Quality notes, advocates who were asked for, alerts that were taken on, hours, and what the
    manager wrote last year."""
    db, house, now = made.db, made.house, made.now
    held = [
        row for row in made.rows[reviews_table]
        if row["kind"] == ReviewKind.CIOC.value and row["held"]
        and row["meeting_on"] > made.today - timedelta(days=200)
    ]  # fmt: skip
    for number, row in enumerate(held[:21]):
        whose = {"review_id": row["review_id"], "person_id": row["person_id"]}
        at = moment_of(row["meeting_on"] + 3 * DAY)
        note_id = council.id_of(house, f"note {number}")
        state = NoteState.DRAFT if number % 6 == 5 else NoteState.IMPACT
        notes.add(
            db, house.id, note_id, kind=NoteKind.QUALITY, tool=CHILD_FILE.name, state=state.value,
            now=at, **whose,
        )  # fmt: skip
        if state is NoteState.IMPACT:
            notes.change(db, house.id, note_id, ended_at=at + timedelta(days=30))
    for row in held[21:33]:
        _advocate(made, row["person_id"], row["review_id"], row["officer_id"], row["meeting_on"])
    for number, row in enumerate(held[33:50]):
        _alert(made, number, row["person_id"], row["review_id"], row["meeting_on"])
    by = made.staff[UNIT_MANAGER]
    names = [*IROS, PATHWAY_OFFICER]
    hours = {made.staff[name]: (37, 30, 37, 22)[place] * 60 for place, name in enumerate(names)}
    staff_hours.put(db, house.id, hours, by, now)
    year = year_of(made.today).before.number
    for section, words in WRITTEN_LAST_YEAR.items():
        report_words.put(db, house.id, Words(year, section, 1, now, by, words))


def _advocate(made: Made, person_id: str, review_id: str, officer: str, day: date) -> None:
    """They asked for one, and it was arranged."""
    db, council_id = made.db, made.house.id
    task_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"advocate {review_id}"))
    due = day - 5 * DAY
    task = tasks.Task(
        task_id, tasks.Kind.ADVOCATE, person_id, review_id, {"name": ADVOCATE}, does="officer",
        due_on=due,
    )  # fmt: skip
    tasks.add(db, council_id, task, moment_of(day - 12 * DAY))
    tasks.settle(db, council_id, task, tasks.Outcome.ARRANGED, officer, moment_of(due))


def _alert(made: Made, number: int, person_id: str, review_id: str, day: date) -> None:
    """It was raised in working hours, taken on and closed."""
    db, house = made.db, made.house
    at = moment_of(working_day_by(day - 4 * DAY), 11)
    person = people.young_person(db, house.id, person_id)
    cause = (Cause.HELP, Cause.CONCERN, Cause.CONCERN, Cause.URGENT)[number % 4]
    raised = alerts.Raised(
        person_id, review_id, str(uuid.uuid5(uuid.NAMESPACE_URL, f"alert {review_id}")), cause, "",
        alerts.Team.CHILDREN, at + timedelta(minutes=15),
        alerts.About(person.name, person.case_id, person.born),
    )  # fmt: skip
    alert_id = alerts.add(db, house.id, raised, at)
    by = made.staff[DUTY_WORKER]
    alerts.acknowledge(db, house.id, alert_id, by, at + timedelta(minutes=4 + number * 3 % 22))
    alert = alerts.get(db, house.id, alert_id)
    outcome = alerts.Outcome.NO_DANGER if number % 2 else alerts.Outcome.ACTED
    alerts.close(
        db, house.id, alert, outcome, "Rang them, and spoke with their social worker.", by,
        at + timedelta(hours=3),
    )  # fmt: skip
