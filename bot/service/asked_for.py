"""What young people ask a person for, an advocate or their officer alone: a task with who does it
and by when, arranged by somebody, of which the young person hears."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import telling
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.duty import working_day
from bot.service.house import House
from bot.service.telling import Notice
from conversations import taking_part_texts as texts
from conversations.effects import Want
from conversations.wanting import asked_for, wanted
from conversations.wording import Param, Say
from storage import audit, tasks
from storage.conversations import Kept
from storage.errors import Unknown
from storage.tasks import ASKED_FOR, Kind, Outcome, Task

MOST_LETTERS = 2000
_KIND = {Want.ADVOCATE: Kind.ADVOCATE, Want.OFFICER_ALONE: Kind.OFFICER_ALONE}
_ACT = {Want.ADVOCATE: "advocate_asked", Want.OFFICER_ALONE: "officer_asked"}


def ask(db: Connection, house: House, kept: Kept, want: Want, how: str, now: datetime) -> None:
    """A task for a person. Asked twice it is one; asked in another way, it says so."""
    rules = house.council.arranging
    by_officer = want is Want.OFFICER_ALONE or rules.advocate_by == "officer"
    days = rules.alone_within_days if want is Want.OFFICER_ALONE else rules.advocate_within_days
    about = {"conversation_id": kept.conversation_id, "how": how}
    task = Task(
        task_id_of(kept, want),
        _KIND[want],
        kept.person_id,
        kept.review_id,
        about,
        does="officer" if by_officer else "unit_manager",
        due_on=working_day(local_day(now), days),
    )
    if tasks.add(db, house.id, task, now):
        _note(db, house, kept, _ACT[want], now, how)
    else:
        tasks.say_more(db, house.id, task)


def take_back(db: Connection, house: House, kept: Kept, want: Want, now: datetime) -> None:
    """They no longer want it: its task is closed. What was arranged by then, a person calls off."""
    before = tasks.take_back(db, house.id, task_id_of(kept, want), now)
    if before is None:
        return
    if before is Outcome.ARRANGED:
        task_id = str(uuid.uuid5(uuid.UUID(kept.conversation_id), f"taken back {want.value}"))
        about = {"what": _KIND[want].value}
        task = Task(task_id, Kind.TAKEN_BACK, kept.person_id, kept.review_id, about)
        tasks.add(db, house.id, task, now)
    _note(db, house, kept, "ask_taken_back", now, want.value)


def task_id_of(kept: Kept, want: Want) -> str:
    """The same however often it is asked for."""
    return str(uuid.uuid5(uuid.UUID(kept.conversation_id), want.value))


def _note(db: Connection, house: House, kept: Kept, act: str, now: datetime, detail: str) -> None:
    who, review = f"young_person:{kept.person_id}", f"review:{kept.review_id}"
    audit.add(db, house.id, now, actor=who, act=act, subject=review, detail=detail)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered about a task: how it ended; with whom it is arranged and for when, if
    that is known; a note."""

    outcome: str
    with_whom: str = ""
    on: date | None = None
    note: str = ""


class Fault(StrEnum):
    """Why nothing was kept; the value is the form's field that it is about."""

    OUTCOME = "outcome"
    WITH_WHOM = "with_whom"
    NOTE = "note"


def arrange(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entry: Entry,
    now: datetime,
    notice: Notice | None = None,
) -> bool | Fault:
    """It is arranged, or they said that they do not want it any more. They hear of it: on their
    page, and where they have a chat by a neutral line there. False if somebody was quicker.
    `Unknown`."""
    require(db, house, staff, asked)
    task = tasks.get(db, house.id, asked.task_id or "")
    if task.kind not in ASKED_FOR:
        raise Unknown(f"something to arrange in task {task.task_id}")
    outcome = _outcome(entry)
    if isinstance(outcome, Fault):
        return outcome
    arranged = outcome is Outcome.ARRANGED
    about = {
        **task.about,
        "with": entry.with_whom.strip() if arranged else "",
        "on": entry.on.isoformat() if arranged and entry.on else None,
        "note": entry.note.strip(),
    }
    task = replace(task, about=about)
    if not tasks.settle(db, house.id, task, outcome, staff.staff_id, now):
        return False
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="ask_arranged" if arranged else "ask_not_wanted",
        subject=f"task:{task.task_id}",
        detail=task.kind.value,
    )
    if arranged and task.person_id and task.review_id:
        key = f"arranged/{task.task_id}/{now.isoformat()}"
        telling.tell(db, house, task.person_id, task.review_id, notice, key, now)
    return True


def _outcome(entry: Entry) -> Outcome | Fault:
    if entry.outcome not in (Outcome.ARRANGED, Outcome.NOT_WANTED):
        return Fault.OUTCOME
    if len(entry.note) > MOST_LETTERS:
        return Fault.NOTE
    if entry.outcome == Outcome.NOT_WANTED:
        return Outcome.NOT_WANTED if entry.note.strip() else Fault.NOTE
    if not entry.with_whom.strip() or len(entry.with_whom) > MOST_LETTERS:
        return Fault.WITH_WHOM
    return Outcome.ARRANGED


def anything_arranged(db: Connection, house: House, kept: Kept) -> bool:
    """Whether something they ask for is arranged. Says not what: their page is not locked."""
    found = (
        tasks.standing(db, house.id, task_id_of(kept, want)) for want in wanted(kept.conversation)
    )
    return any(one is not None and one.outcome is Outcome.ARRANGED for one in found)


def standing(db: Connection, house: House, kept: Kept, reads_from: datetime) -> tuple[Say, ...]:
    """How far it is with what they ask for, for whoever may read that they did."""
    says = []
    for want in wanted(kept.conversation):
        answer = asked_for(kept.conversation, want)
        found = tasks.standing(db, house.id, task_id_of(kept, want))
        if answer is None or answer.since < reads_from or found is None:
            continue
        facts: dict[str, Param] = {"review_team_phone": house.council.review_team_phone}
        if found.outcome is Outcome.ARRANGED:
            says.append(Say(texts.ARRANGED[want], facts))
        elif found.outcome is None and found.due_on is not None:
            says.append(Say(texts.ASKED[want], {**facts, "arrange_by": found.due_on}))
    return tuple(says)


def of_review(db: Connection, house: House, review_id: str) -> Sequence[Task]:
    """What they asked for before a review, for the page of whoever runs it."""
    return tasks.of_review(db, house.id, review_id, ASKED_FOR)
