"""What went wrong and waits for a person: seen without a word of what a young person said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.access import permissions
from bot.access.roles import OFFICERS
from bot.service import answer_filing, disputes, note_filing, relations, sending
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import (
    ask_filings,
    audit,
    contributions,
    note_filings,
    outbox,
    people,
    reviews,
    tasks,
)
from storage.contributions import Destination, Filing
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.reviews import Review
from storage.tasks import ASKED_FOR, Kind, Task

_DELIVERIES = (Kind.DELIVERY_FAILED, Kind.DELIVERY_UNKNOWN, Kind.DELIVERY_BROKEN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task with whom it is about. `done_by`: who dealt with it, by name; `glass_by`: who broke
    the glass that it tells of, and `glass_until`."""

    task: Task
    review: Review | None
    person: YoungPerson | None
    officer: str
    done_by: str
    by: str = ""  # who did what the task tells of
    glass_until: datetime | None = None  # until when they may read, if they broke the glass
    is_stopped: bool = False  # a document of which somebody says that the words are not theirs
    earlier: tuple["Waiting", ...] = ()  # the same happened to them before: dealt with in one

    @property
    def is_asked_for(self) -> bool:
        """A young person asked for it, so it is arranged, or they do not want it after all."""
        return self.task.kind in ASKED_FOR

    @property
    def does(self) -> str:
        """By name whose job it is; a role where nobody has a name for it."""
        return self.officer if self.task.does == "officer" else "the unit manager"

    @property
    def with_whom(self) -> str:
        return str(self.task.about.get("with", ""))

    @property
    def arranged_for(self) -> date | None:
        on = self.task.about.get("on")
        return date.fromisoformat(on) if on else None

    @property
    def is_delivery(self) -> bool:
        return self.task.kind in _DELIVERIES

    @property
    def can_send_again(self) -> bool:
        about = self.task.about
        known = self.is_note or _document(about) is not None or _answer(about) is not None
        return self.is_delivery and known

    @property
    def is_note(self) -> bool:
        """What went wrong is the filing of an officer's note."""
        return "note_id" in self.task.about


def mine(db: Connection, house: House, staff: Admitted) -> tuple[Waiting, ...]:
    """What waits and may be opened: of the reviews one runs; a unit manager's, of their team's.
    Oldest first; of a young person's new invitations the newest, with the earlier ones."""
    return _grouped(_listed(db, house, _theirs(db, house, staff)))


LATELY = timedelta(days=28)
"""How long what was settled stays in the list."""


def settled(db: Connection, house: House, staff: Admitted) -> tuple[Waiting, ...]:
    """What young people asked for and was settled lately, of those that they may open."""
    since = staff.at - LATELY
    found = tasks.settled(db, house.id, since, _only_of(staff))
    return _listed(db, house, _allowed(db, house, staff, found))


def _theirs(db: Connection, house: House, staff: Admitted) -> list[Task]:
    return _allowed(db, house, staff, tasks.waiting(db, house.id, _only_of(staff)))


def _only_of(staff: Admitted) -> str | None:
    """An officer's tasks are those of the reviews they run (`desk.task` allows no other)."""
    return staff.staff_id if staff.role in OFFICERS else None


def _allowed(db: Connection, house: House, staff: Admitted, found: Sequence[Task]) -> list[Task]:
    stands = relations.of_tasks(db, house, staff.asker, found)
    return [
        task for task in found if permissions.may("desk.task", staff.role, stands[task.task_id])
    ]


def _grouped(found: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Each in its place, and only the newest of those that tell of the same."""
    newest: dict[str, Waiting] = {}
    for waiting in found:
        key = _told_of(waiting.task)
        before = newest.pop(key, None)
        earlier = (*before.earlier, replace(before, earlier=())) if before else ()
        newest[key] = replace(waiting, earlier=earlier)
    return tuple(newest.values())


def _told_of(task: Task) -> str:
    """What is one row for whoever reads it: each new invitation ends the one before."""
    if task.kind is Kind.INVITATION_REISSUED:
        return f"{task.kind}:{task.person_id}"
    return task.task_id


def one(db: Connection, house: House, staff: Admitted, asked: Asked) -> Waiting:
    """One task, done or not, with the earlier ones that wait. `Unknown` if it is not theirs or not
    there."""
    require(db, house, staff, asked)
    task = tasks.get(db, house.id, asked.task_id or "")
    earlier = tuple(_waiting(db, house, one) for one in _before(db, house, staff, task))
    return replace(_waiting(db, house, task), earlier=earlier)


def _before(db: Connection, house: House, staff: Admitted, task: Task) -> list[Task]:
    """Those that wait, tell of the same and are older, oldest first."""
    if task.kind is not Kind.INVITATION_REISSUED:
        return []
    same = [
        one
        for one in _theirs(db, house, staff)
        if _told_of(one) == _told_of(task) and one.task_id != task.task_id
    ]
    return [one for one in same if _made(one) <= _made(task)]


def _made(task: Task) -> datetime:
    if task.made_at is None:
        raise AssertionError("A task that is kept has its time.")
    return task.made_at


def send_again(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> bool:
    """Put a document out once more, under the same idempotency key; False if somebody has dealt
    with the task before. Words of which somebody says that they are not theirs stay here.
    `Unknown` if the task is about no document."""
    found = one(db, house, staff, asked)
    if (answer := _answer(found.task.about)) is not None and found.is_delivery:
        return _send_answer_again(db, house, staff, found.task, answer, now)
    if found.is_note and found.is_delivery:
        return _note_again(db, house, staff, found.task, now)
    about = _document(found.task.about)
    if about is None or not found.is_delivery:
        raise Unknown(f"a document of task {found.task.task_id}")
    contribution_id, version, destination = about
    sent = contributions.get(db, house.id, contribution_id, version)
    if not tasks.done(db, house.id, found.task.task_id, staff.staff_id, now):
        return False
    state = Filing.STOPPED if found.is_stopped else Filing.WAITING
    if contributions.is_taken_back(db, house.id, *about):  # a newer version stands in its place
        _note(db, house, staff, found.task, "delivery_stays_stopped", now)
        return True
    contributions.set_filing(db, house.id, contribution_id, version, destination, state)
    if found.is_stopped:  # it leaves once the officer says whose words they are
        _note(db, house, staff, found.task, "delivery_stays_stopped", now)
        return True
    outbox.add(db, house.id, [sending.outgoing(sent, destination)], now)
    _note(db, house, staff, found.task, "delivery_sent_again", now)
    return True


def _note_again(db: Connection, house: House, staff: Admitted, task: Task, now: datetime) -> bool:
    about = task.about
    version = note_filings.get(db, house.id, about["note_id"], about["note_version"])
    if not tasks.done(db, house.id, task.task_id, staff.staff_id, now):
        return False
    note_filings.set_state(db, house.id, version, Filing.WAITING)
    outbox.add(db, house.id, [note_filing.outgoing(version)], now)
    _note(db, house, staff, task, "delivery_sent_again", now)
    return True


def done(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> bool:
    """Somebody dealt with it, and with the earlier ones that its page shows; of a delivery: it did
    arrive; of words that a young person says are not theirs: they are not. False if somebody had
    before."""
    found = one(db, house, staff, asked)
    if found.task.kind is Kind.NOT_ME:
        return disputes.settle(db, house, staff, asked, now, theirs=False)
    if found.is_asked_for:  # *done* says not whether it is arranged, and they would hear of nothing
        raise Unknown(f"a way to end task {found.task.task_id} so")
    if not tasks.done(db, house.id, found.task.task_id, staff.staff_id, now):
        return False
    if found.is_note:
        known = found.task.about
        filed = note_filings.get(db, house.id, known["note_id"], known["note_version"])
        note_filings.set_state(db, house.id, filed, Filing.FILED, now)
    about = _document(found.task.about) if found.is_delivery else None
    if found.is_delivery and (answer := _answer(found.task.about)) is not None:
        ask_filings.set_state(db, house.id, *answer, Filing.FILED, at=now)
    if about is not None:
        contribution_id, version, destination = about
        # What was refused did not arrive: it waits for whose words they are.
        waits = found.is_stopped and found.task.kind is not Kind.DELIVERY_UNKNOWN
        if waits and contributions.is_taken_back(db, house.id, *about):
            state, at = Filing.TAKEN_BACK, None
        else:
            state, at = (Filing.STOPPED, None) if waits else (Filing.FILED, now)
        contributions.set_filing(db, house.id, contribution_id, version, destination, state, at=at)
    _note(db, house, staff, found.task, "task_done", now)
    for before in found.earlier:
        if tasks.done(db, house.id, before.task.task_id, staff.staff_id, now):
            _note(db, house, staff, before.task, "task_done", now)
    return True


def _document(about: Any) -> tuple[str, int, Destination] | None:
    """Which document a task is about: its contribution, version and destination."""
    if "contribution_id" not in about:
        return None
    return about["contribution_id"], about["version"], Destination(about["destination"])


def _answer(about: Any) -> tuple[str, int, Destination] | None:
    """The same of the answer to a wish: its ask and number."""
    if "ask_id" not in about or "destination" not in about:
        return None
    return about["ask_id"], about["version"], Destination(about["destination"])


def _send_answer_again(
    db: Connection,
    house: House,
    staff: Admitted,
    task: Task,
    which: tuple[str, int, Destination],
    now: datetime,
) -> bool:
    filed = ask_filings.get(db, house.id, *which)
    if not tasks.done(db, house.id, task.task_id, staff.staff_id, now):
        return False
    left = answer_filing.again(db, house, filed, now)
    _note(db, house, staff, task, "delivery_sent_again" if left else "delivery_stays_stopped", now)
    return True


def _waiting(db: Connection, house: House, task: Task) -> Waiting:
    (found,) = _listed(db, house, (task,))
    stopped = task.kind in _DELIVERIES and _is_stopped(db, house, task)
    return replace(found, is_stopped=stopped)


def _listed(db: Connection, house: House, found: Sequence[Task]) -> tuple[Waiting, ...]:
    """With whom they are about and who has to do with them: three queries and the keys, however
    many there are. A list does not say whether a document is stopped; the task's own page does."""
    about = reviews.several(db, house.id, (one.review_id for one in found if one.review_id))
    whose = {one.task_id: _whose(one, about) for one in found}
    persons = people.young_people_by_id(db, house.id, filter(None, whose.values()))
    officers = {review.officer_id for review in about.values()}
    done_by = {one.done_by for one in found if one.done_by}
    members = people.staff_by_id(
        db, house.id, {*officers, *done_by, *filter(None, map(_by, found))}
    )

    def name(staff_id: str | None) -> str:
        return members[staff_id].name if staff_id else ""

    listed = []
    for task in found:
        review = about.get(task.review_id or "")
        person_id = whose[task.task_id]
        broken = task.kind is Kind.GLASS_BROKEN
        listed.append(
            Waiting(
                task,
                review,
                persons[person_id] if person_id else None,
                name(review.officer_id if review else None),
                name(task.done_by),
                name(_by(task)),
                datetime.fromisoformat(task.about["until"]) if broken else None,
            )
        )
    return tuple(listed)


def _whose(task: Task, about: Mapping[str, Review]) -> str | None:
    review = about.get(task.review_id or "")
    return task.person_id or (review.person_id if review else None)


def _by(task: Task) -> str | None:
    """Who did what the task tells of; none if it was no person at the desk."""
    by = str(task.about.get("by", ""))
    kind, _, staff_id = ("staff", "", by) if task.kind is Kind.GLASS_BROKEN else by.partition(":")
    return staff_id if kind == "staff" else None


def _is_stopped(db: Connection, house: House, task: Task) -> bool:
    about = _document(task.about)
    if about is None or task.review_id is None:
        return False
    return disputes.stops(db, house, task.review_id, about)


def _note(
    db: Connection, house: House, staff: Admitted, task: Task, act: str, now: datetime
) -> None:
    subject = f"task:{task.task_id}"
    audit.add(
        db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=task.kind.value
    )
