"""The forecast of a unit manager's team: read once, counted by `bot.service.forecast`; the hours of
its officers; and a plan on paper of who goes to whom, which is carried out by handing over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.access.roles import OFFICERS, Role
from bot.service import due, forecast
from bot.service.admission import Admitted, Asked, require
from bot.service.bank_holidays import england_and_wales
from bot.service.days import local_day
from bot.service.due import Known
from bot.service.forecast import Ahead, Load, Risk, Weeks
from bot.service.handing_over import may_take_from
from bot.service.house import House
from bot.service.problems import Problem
from conversations import timescales
from storage import audit, caseload, caseload_plans, hand_overs, people, staff_hours
from storage.caseload_plans import Moved
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind

MOST_NAMED = 25
"""How many of a list are named; how many there are is said."""
_LEAVING_CARE_ENDS = 25
_AN_HOUR = 60
_MOST_HOURS = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """The first of those at one risk, and how many there are."""

    named: tuple[Ahead, ...]
    all: int


@dataclass(frozen=True, slots=True)
class Page:
    """What a manager sees. `officers`: of the team, by name; `now` and `planned`: their loads, and
    those by the plan; `people`: whoever is named; `hours_seen`: which hours the page shows."""

    officers: tuple[Staff, ...]
    weeks: Weeks
    risks: Mapping[Risk, Listed]
    now: Mapping[str, Load]
    planned: Mapping[str, Load]
    people: Mapping[str, YoungPerson]
    hours_seen: str
    in_plan: int


@dataclass(frozen=True, slots=True)
class Group:
    """Those in the plan who go from one officer to another. `waits`: they are handed over for
    certain already."""

    from_id: str
    to_id: str
    person_ids: tuple[str, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan's page. `theirs`: what is ahead of the officer who was chosen, by young person,
    without those who go already."""

    officers: tuple[Staff, ...]
    now: Mapping[str, Load]
    planned: Mapping[str, Load]
    groups: tuple[Group, ...]
    chosen: Staff | None
    theirs: Mapping[str, tuple[Ahead, ...]]
    may_take: tuple[Staff, ...]
    people: Mapping[str, YoungPerson]


@dataclass(frozen=True, slots=True)
class _Team:
    """All that both pages are counted from."""

    officers: tuple[Staff, ...]
    ahead: tuple[Ahead, ...]
    minutes: Mapping[str, int]
    groups: tuple[Group, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.staff_id for one in self.officers)

    def loads(self, ahead: Sequence[Ahead], today: date) -> dict[str, Load]:
        found = forecast.loads(ahead, self.ids, self.minutes, today)
        return {officer: load for officer, load in found.items() if officer in set(self.ids)}

    def after(self) -> tuple[Ahead, ...]:
        moves = {
            (group.from_id, person_id): group.to_id
            for group in self.groups
            for person_id in group.person_ids
        }
        return forecast.moved(self.ahead, moves)


def look(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Page:
    """The forecast. Reads only, and no word of anybody."""
    require(db, house, staff, asked)
    today = local_day(now)
    team = _team(db, house, staff, now)
    before = timedelta(days=house.council.invitation_days)
    risks = {
        risk: Listed(several[:MOST_NAMED], len(several))
        for risk, several in forecast.at_risk(team.ahead, today, before).items()
    }
    named = people.young_people_by_id(
        db, house.id, {one.person_id for listed in risks.values() for one in listed.named}
    )
    return Page(
        team.officers,
        forecast.by_week(team.ahead, today),
        risks,
        team.loads(team.ahead, today),
        team.loads(team.after(), today),
        named,
        _hours_seen(team),
        sum(len(group.person_ids) for group in team.groups),
    )


def plan(
    db: Connection, house: House, staff: Admitted, asked: Asked, from_id: str, now: datetime
) -> Plan:
    """The plan as it is kept, and whoever may be put into it of one officer. Reads only."""
    require(db, house, staff, asked)
    today = local_day(now)
    team = _team(db, house, staff, now)
    chosen = next((one for one in team.officers if one.staff_id == from_id), None)
    goes = {(group.from_id, person_id) for group in team.groups for person_id in group.person_ids}
    theirs: dict[str, tuple[Ahead, ...]] = {}
    for one in team.ahead:
        if chosen and one.officer_id == from_id and (from_id, one.person_id) not in goes:
            theirs[one.person_id] = (*theirs.get(one.person_id, ()), one)
    ids = {*theirs, *(person_id for _from, person_id in goes)}
    named = people.young_people_by_id(db, house.id, ids)
    in_order = sorted((one for one in theirs if one in named), key=lambda one: named[one].name)
    return Plan(
        team.officers,
        team.loads(team.ahead, today),
        team.loads(team.after(), today),
        team.groups,
        chosen,
        {one: theirs[one] for one in in_order},
        tuple(one for one in team.officers if chosen and may_take_from(one, chosen)),
        named,
    )


def put(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    from_id: str,
    to_id: str,
    person_ids: Sequence[str],
    now: datetime,
) -> tuple[Problem, ...]:
    """Put these into the plan: nothing happens by it. Problems: nothing was kept."""
    require(db, house, staff, asked)
    found = plan(db, house, staff, asked, from_id, now)
    if problems := _wrong(found, to_id, person_ids):
        return problems
    for person_id in sorted(person_ids):
        people.lock(db, house.id, person_id)  # of two managers at once the second sees the first's
    found = plan(db, house, staff, asked, from_id, now)
    if problems := _wrong(found, to_id, person_ids):
        return problems
    several = [Moved(one, from_id, to_id, now, staff.staff_id) for one in sorted(set(person_ids))]
    caseload_plans.drop(db, house.id, from_id, person_ids)  # of whom nothing is ahead any more
    caseload_plans.add(db, house.id, several)
    detail = f"{len(several)} young people, to {to_id}"
    _note(db, house, staff, "caseload_planned", from_id, detail, now)
    return ()


def _wrong(found: Plan, to_id: str, person_ids: Sequence[str]) -> tuple[Problem, ...]:
    if found.chosen is None:
        return (Problem("from", "Choose whose young people they are."),)
    problems = []
    gone = {
        person_id: group
        for group in found.groups
        for person_id in group.person_ids
        if group.from_id == found.chosen.staff_id
    }
    if already := [one for one in person_ids if one in gone]:
        names = ", ".join(found.people[one].name for one in already if one in found.people)
        problems.append(Problem("children", f"In the plan already: {names}."))
    elif not person_ids or not set(person_ids) <= set(found.theirs):
        problems.append(Problem("children", "Choose at least one young person of theirs."))
    if to_id not in {one.staff_id for one in found.may_take}:
        problems.append(Problem("to", "Choose who would take them on."))
    return tuple(problems)


def drop(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    from_id: str,
    person_ids: Sequence[str],
    now: datetime,
) -> int:
    """Take these out of the plan; how many were in it."""
    require(db, house, staff, asked)
    if from_id not in people.members_of(db, house.id, staff.team):
        return 0
    gone = caseload_plans.drop(db, house.id, from_id, person_ids)
    if gone:
        _note(db, house, staff, "caseload_dropped", from_id, f"{gone} young people", now)
    return gone


def on_paper(
    db: Connection, house: House, staff: Admitted, from_id: str, to_id: str
) -> tuple[str, ...]:
    """Who stands in the plan to go from one officer of their team to another: to hand them over."""
    if from_id not in people.members_of(db, house.id, staff.team):
        return ()
    planned = caseload_plans.of_officers(db, house.id, [from_id])
    return tuple(one.person_id for one in planned if one.to_id == to_id)


def set_hours(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entered: Mapping[str, str],
    seen: str,
    now: datetime,
) -> tuple[Problem, ...]:
    """Keep how long officers work in a week, in hours as entered; empty: not known. `seen`:
    `Page.hours_seen` of the page they had. Problems: nothing was kept."""
    require(db, house, staff, asked)
    team = _team(db, house, staff, now)
    problems, minutes = [], dict[str, int | None]()
    for one in team.officers:
        text = entered.get(one.staff_id, "").strip()
        many = _minutes(text)
        if text and many is None:
            problems.append(
                Problem(
                    f"hours-{one.staff_id}",
                    f"Enter the hours of {one.name} as a number up to {_MOST_HOURS}, such as 18.5.",
                )
            )
        minutes[one.staff_id] = many
    if problems:
        return tuple(problems)
    changed = {
        officer: many for officer, many in minutes.items() if many != team.minutes.get(officer)
    }
    if not changed:
        return ()
    if seen != _hours_seen(team):
        text = "Somebody else changed the hours meanwhile. Look at theirs, and send yours again."
        return (Problem(f"hours-{team.officers[0].staff_id}", text),)
    staff_hours.put(db, house.id, changed, staff.staff_id, now)
    for officer, many in changed.items():
        detail = "not known" if many is None else f"{many} minutes"
        _note(db, house, staff, "staff_hours_set", officer, detail, now)
    return ()


def _minutes(text: str) -> int | None:
    """`18.5` and `18,5` are 1110; None: it is no number of hours."""
    plain = text.replace(",", ".")
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal() or len(plain) > 5:
        return None
    minutes = round(float(plain) * _AN_HOUR)
    return minutes if 0 < minutes <= _MOST_HOURS * _AN_HOUR else None


def _hours_seen(team: _Team) -> str:
    return ",".join(str(team.minutes.get(one, "")) for one in team.ids)


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    act: str,
    officer_id: str,
    detail: str,
    now: datetime,
) -> None:
    subject = f"staff:{officer_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)


def _team(db: Connection, house: House, staff: Admitted, now: datetime) -> _Team:
    """The same few queries, however many officers and reviews."""
    today = local_day(now)
    every = people.all_staff(db, house.id)
    members = [one for one in every if one.team == staff.team and Role(one.role) in OFFICERS]
    ahead = _ahead(db, house, staff.team, today)
    holds = {one.officer_id for one in ahead}
    officers = sorted(
        (one for one in members if one.active or one.staff_id in holds), key=lambda one: one.name
    )
    ids = [one.staff_id for one in officers]
    minutes = staff_hours.of_council(db, house.id)
    theirs = {(one.officer_id, one.person_id) for one in ahead}
    return _Team(tuple(officers), ahead, minutes, _groups(db, house, ids, theirs, now))


def _groups(
    db: Connection,
    house: House,
    ids: Sequence[str],
    theirs: set[tuple[str, str]],
    now: datetime,
) -> tuple[Group, ...]:
    """Hand-overs that wait first, then the plan on paper; without those who have gone since."""
    waits = [one for one in hand_overs.made_from(db, house.id, ids, now) if one.waits]
    certain = {
        (one.from_id, person_id): one.to_id
        for one in waits
        for person_id, done in one.children.items()
        if done is None and (one.from_id, person_id) in theirs
    }
    paper = {
        (one.from_id, one.person_id): one.to_id
        for one in caseload_plans.of_officers(db, house.id, ids)
        if (one.from_id, one.person_id) in theirs and (one.from_id, one.person_id) not in certain
    }
    return (*_grouped(certain, waits=True), *_grouped(paper, waits=False))


def _grouped(moves: Mapping[tuple[str, str], str], *, waits: bool) -> Iterable[Group]:
    found: dict[tuple[str, str], list[str]] = {}
    for (from_id, person_id), to_id in moves.items():
        found.setdefault((from_id, to_id), []).append(person_id)
    return [
        Group(from_id, to_id, tuple(person_ids), waits)
        for (from_id, to_id), person_ids in sorted(found.items())
    ]


def _ahead(db: Connection, house: House, team: str, today: date) -> tuple[Ahead, ...]:
    """What is to be held, by the clock, or by the case system's day where the clock knows nothing;
    and what is due next of whom nobody has put a next review down."""
    standing = [
        one
        for one in caseload.of_team(db, house.id, team, today)
        if not one.review.held
        and one.review.looks_back_on is None
        # Of a foster carers' review the household's own stands for all children who are asked.
        and (one.carer or one.review.kind is not ReviewKind.FOSTER_CARER)
    ]
    last = caseload.without_next(db, house.id, team)
    known = due.known_of(db, house, [*(one.review for one in standing), *last])
    days = _due_days(known, [one.review for one in standing], today)
    found = [
        Ahead(
            one.review.person_id,
            one.review.kind,
            one.review.officer_id,
            days[one.review.review_id],
            one.review.meeting_on,
            one.invited_at is not None,
            one.review.review_id,
        )
        for one in standing
    ]
    leavers = {one.person_id for one in last if one.kind is ReviewKind.PATHWAY}
    born = people.births_of(db, house.id, leavers)
    for review in last:
        if review.meeting_on is None:
            continue
        if review.kind is ReviewKind.CIOC:  # a new period of care starts anew
            cares = known.periods.get(review.person_id, ())
            held = [*known.before(review, review.meeting_on), review.meeting_on]
            by = timescales.ahead(cares, held, today, england_and_wales())
        elif _is_over(born.get(review.person_id), today):
            continue
        else:
            by = due.next_due(known, review, review.meeting_on)
        if by is not None:
            found.append(Ahead(review.person_id, review.kind, review.officer_id, by.by))
    return tuple(found)


def _due_days(known: Known, ahead: Iterable[Review], today: date) -> dict[str, date | None]:
    """By when each is due. Of several of one kind that a young person has ahead of them, the clock
    says it of the first, and of the second as if the first were held on its day."""
    theirs: dict[tuple[str, ReviewKind], list[Review]] = {}
    for review in ahead:
        theirs.setdefault((review.person_id, review.kind), []).append(review)
    found = {}
    for several in theirs.values():
        several.sort(key=lambda one: (one.meeting_on or one.due_on or date.max, one.review_id))
        first, *more = several
        by = due.due_of(known, first, today)
        found[first.review_id] = day = by.by if by is not None else first.due_on
        held_on = first.meeting_on or day
        for place, review in enumerate(more):
            by = due.next_due(known, first, held_on) if place == 0 and held_on else None
            found[review.review_id] = by.by if by is not None else review.due_on
    return found


def _is_over(born: date | None, today: date) -> bool:
    return born is not None and today.year - born.year > _LEAVING_CARE_ENDS
