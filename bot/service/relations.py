"""How a member of staff stands to a young person, a review or a task. Reads only.

Whoever is not in this council is not found in it: every look-up names the council, so that what is
another council's and what is not there are one and the same from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.access.permissions import Relation
from bot.access.roles import ANSWERERS, OFFICERS, WORKERS, Role
from bot.service.house import House
from bot.service.meeting_kinds import KINDS
from storage import alerts, allocations, notes, people, reviews, tasks
from storage.alerts import Team
from storage.allocations import Allocation
from storage.errors import Unknown
from storage.reviews import Review
from storage.tasks import Kind, Task

OVER_AFTER = timedelta(days=365)
"""How long after its day a review counts as long over."""

RUNS = {kind: one.runs for kind, one in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and on which day. `team`: empty in a council that names none."""

    staff_id: str
    role: Role
    team: str
    today: date


def to_review(db: Connection, house: House, asker: Asker, review_id: str) -> Relation:
    """To the review with this id."""
    try:
        review = reviews.get(db, house.id, review_id)
    except Unknown:
        return Relation.OTHER_COUNCIL
    return _to(db, house, asker, review)


def to_reviews(
    db: Connection, house: House, asker: Asker, found: Sequence[Review]
) -> dict[str, Relation]:
    """To each of these, by id: three queries, however many there are."""
    team = people.members_of(db, house.id, asker.team)
    involved = allocations.of_people(db, house.id, (one.person_id for one in found))
    erased = people.erased_of(db, house.id, (one.person_id for one in found))
    relations = {}
    for review in found:
        relation = Relation.OTHER_TEAM
        if review.officer_id == asker.staff_id:
            relation = Relation.OWN
        elif _could_run(asker, review) and review.officer_id in team:
            relation = Relation.TEAM
        # What is another team's stays so: what is over opens behind glass, for the own team alone.
        mine = relation is not Relation.OTHER_TEAM
        if mine and is_closed(review, involved.get(review.person_id, ()), asker.today):
            relation = Relation.CLOSED
        relations[review.review_id] = Relation.ERASED if review.person_id in erased else relation
    return relations


def _to(db: Connection, house: House, asker: Asker, review: Review) -> Relation:
    return to_reviews(db, house, asker, (review,))[review.review_id]


def _could_run(asker: Asker, review: Review) -> bool:
    """An officer stands in for the officers of their own kind only: that is whom the young person
    chose. Other roles are of a team or not."""
    return asker.role not in OFFICERS or asker.role is RUNS[review.kind]


def is_closed(review: Review, involved: Iterable[Allocation], today: date) -> bool:
    """Whether a review is long over, or over while nobody is involved with the young person any
    more. A council that tells us of no involvement closes nobody by it."""
    day = review.meeting_on or review.due_on
    if day is None or day >= today:
        return False
    if day < today - OVER_AFTER:
        return True
    ends = [one.until for one in involved]
    return bool(ends) and all(until is not None and until < today for until in ends)


def to_person(db: Connection, house: House, asker: Asker, person_id: str) -> Relation:
    """To the young person with this id, by who is allocated to them. An allocation is somebody's
    own in the role that it was made for."""
    if not people.exists(db, house.id, person_id) or people.is_carer(db, house.id, person_id):
        return Relation.OTHER_COUNCIL  # a foster carer is nobody's young person
    if people.is_erased(db, house.id, person_id):
        return Relation.ERASED
    involved = allocations.of_person(db, house.id, person_id)
    mine = [
        one for one in involved if one.staff_id == asker.staff_id and one.kind == asker.role.value
    ]
    if any(one.is_open(asker.today) for one in mine):
        return Relation.OWN
    if any(one.is_over(asker.today) for one in mine):
        return Relation.CLOSED
    working = (one.staff_id for one in involved if one.is_open(asker.today))
    if any(_team(db, house, staff_id) == asker.team for staff_id in working):
        return Relation.TEAM
    return Relation.OTHER_TEAM


def to_task(db: Connection, house: House, asker: Asker, task_id: str) -> Relation:
    """To the task with this id."""
    try:
        task = tasks.get(db, house.id, task_id)
    except Unknown:
        return Relation.OTHER_COUNCIL
    return of_task(db, house, asker, task)


def to_alert(db: Connection, house: House, asker: Asker, alert_id: str) -> Relation:
    """To the alert with this id: as to the review that it is about. What is for a duty team is
    nobody else's, whoever runs the review."""
    try:
        alert = alerts.get(db, house.id, alert_id)
    except Unknown:
        return Relation.OTHER_COUNCIL
    relation = to_review(db, house, asker, alert.review_id)
    mine = alert.team is Team.OFFICER or asker.role is Role.DUTY_WORKER
    return relation if mine or relation is Relation.ERASED else Relation.OTHER_TEAM


def to_note(db: Connection, house: House, asker: Asker, note_id: str) -> Relation:
    """To the note with this id: as to the review that it hangs on, for who reviews; their own of
    whom it is put to. It is over once it has ended and the review is."""
    try:
        note = notes.get(db, house.id, note_id)
    except Unknown:
        return Relation.OTHER_COUNCIL
    review = reviews.get(db, house.id, note.review_id)
    relation = _to(db, house, asker, review)
    if relation is Relation.ERASED:
        return relation
    if asker.role in ANSWERERS:
        if note.put_to != asker.staff_id:
            return Relation.OTHER_TEAM
        if asker.role in WORKERS:  # whoever works with them now
            theirs = to_person(db, house, asker, note.person_id)
            return theirs if theirs is Relation.OWN else Relation.CLOSED
        return Relation.CLOSED if relation is Relation.CLOSED else Relation.OWN
    if relation is Relation.CLOSED and note.ended_at is None:
        return Relation.OWN if review.officer_id == asker.staff_id else Relation.TEAM
    return relation


def of_task(db: Connection, house: House, asker: Asker, task: Task) -> Relation:
    """To this task: as to the review that it is about. One about no review is the unit's."""
    return of_tasks(db, house, asker, (task,))[task.task_id]


def of_tasks(
    db: Connection, house: House, asker: Asker, found: Sequence[Task]
) -> dict[str, Relation]:
    """The same to several, by id: five queries, however many there are."""
    about = reviews.several(db, house.id, (one.review_id for one in found if one.review_id))
    stands = to_reviews(db, house, asker, list(about.values()))
    unit_s = {one.person_id for one in found if one.review_id is None and one.person_id}
    erased = people.erased_of(db, house.id, unit_s) if unit_s else frozenset()
    relations = {}
    for task in found:
        if task.review_id is None:
            gone = task.person_id in erased
            relations[task.task_id] = Relation.ERASED if gone else Relation.TEAM
            continue
        relation = stands[task.review_id]
        if task.kind is Kind.GLASS_BROKEN and relation is not Relation.ERASED:
            relation = _to_notice(asker, about[task.review_id], task, relation)
        relations[task.task_id] = relation
    return relations


def _to_notice(asker: Asker, review: Review, task: Task, relation: Relation) -> Relation:
    """A notice is for the officer; for their manager only where the officer broke the glass. Who
    broke it never settles what tells of it."""
    broken_by = task.about["by"]
    if asker.staff_id == broken_by:
        return Relation.OTHER_TEAM
    if asker.staff_id == review.officer_id:
        return Relation.OWN
    return relation if review.officer_id == broken_by else Relation.OTHER_TEAM


def _team(db: Connection, house: House, staff_id: str) -> str:
    return people.staff_member(db, house.id, staff_id).team
