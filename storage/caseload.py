"""The reviews that an officer, or a whole unit, has in hand, with what is known of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from storage.people import YoungPerson, young_people_by_id
from storage.reviews import COUNTED, Review, from_row
from storage.tables import (
    contributions,
    invitations,
    participation,
    readings,
    reviews,
    staff,
    young_people,
)


@dataclass(frozen=True, slots=True)
class LastSent:
    """The newest version of what was sent, without its words. `read_at`: by the officer who runs
    the review."""

    contribution_id: str
    version: int
    kind: str
    sent_at: datetime
    read_at: datetime | None


LATELY = timedelta(days=91)
"""How long a review that is settled still counts as in hand."""

UNREAD_FOR = timedelta(days=365)
"""How long what was sent and not read keeps a review in hand."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One review, and nobody's name: of many reviews most are only counted. `invited_at`: the
    newest invitation was made; `opened`: one was used; `carer`: it is about a foster carer."""

    review: Review
    carer: bool
    sent: LastSent | None
    method: str | None
    code: str | None
    confirmed_at: datetime | None
    invited_at: datetime | None
    opened: bool


@dataclass(frozen=True, slots=True)
class Case(Standing):
    """The same with whom it is about."""

    person: YoungPerson


def of_officer(db: Connection, council: str, officer_id: str, today: date) -> list[Standing]:
    """The reviews that this member of staff runs and that are in hand, the next meeting first."""
    return _in_their_hand(db, council, runs(officer_id), today)


def of_person(db: Connection, council: str, officer_id: str, person_id: str) -> list[Standing]:
    """One young person's that this member of staff runs, all of them; none that only looks back."""
    theirs = (reviews.c.person_id == person_id) & reviews.c.looks_back_on.is_(None)
    where = _there(council, runs(officer_id), theirs)
    return _standing(db, council, _rows().where(*where).order_by(reviews.c.review_id))


def of_officers(
    db: Connection, council: str, officer_ids: Collection[str], today: date
) -> dict[str, list[Standing]]:
    """The same of several at once, by officer; without those who have nothing in hand."""
    found: dict[str, list[Standing]] = {}
    for one in _in_their_hand(db, council, reviews.c.officer_id.in_(list(officer_ids)), today):
        found.setdefault(one.review.officer_id, []).append(one)
    return found


def people_by_officer(
    db: Connection, council: str, officer_ids: Collection[str]
) -> dict[str, list[str]]:
    """The ids of all of whom these officers run a review, however long it is over; of people who
    are erased there is nothing left to run."""
    asked = select(reviews.c.officer_id, reviews.c.person_id).select_from(_reviews()).distinct()
    rows = db.execute(
        asked.where(*_there(council, reviews.c.officer_id.in_(list(officer_ids)))).order_by(
            reviews.c.person_id
        )
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.officer_id, []).append(row.person_id)
    return found


def of_team(db: Connection, council: str, team: str, today: date) -> list[Standing]:
    """Those that this team's officers run, the next meeting first."""
    return _in_their_hand(db, council, run_in(council, team), today)


def without_next(db: Connection, council: str, team: str) -> list[Review]:
    """The last review that was held of each of whom no next one of its kind is on record, of those
    that a unit answers for and that this team's officers run."""
    later, ahead = reviews.alias(), reviews.alias()
    same = [
        (other.c.council == reviews.c.council)
        & (other.c.person_id == reviews.c.person_id)
        & (other.c.kind == reviews.c.kind)
        & other.c.looks_back_on.is_(None)
        for other in (later, ahead)
    ]
    rows = db.execute(
        select(reviews)
        .select_from(_reviews())
        .where(
            *_there(council, run_in(council, team)),
            reviews.c.kind.in_([one.value for one in COUNTED]),
            reviews.c.held.is_(True),
            reviews.c.looks_back_on.is_(None),
            ~exists()
            .where(
                later.c.council == council,
                same[0],
                later.c.held.is_(True),
                tuple_(later.c.meeting_on, later.c.review_id)
                > tuple_(reviews.c.meeting_on, reviews.c.review_id),
            )
            .correlate(reviews),
            ~exists()
            .where(ahead.c.council == council, same[1], ahead.c.held.is_(False))
            .correlate(reviews),
        )
        .order_by(reviews.c.review_id)
    )
    return [from_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Past:
    """One page of what is in nobody's hand any more, the latest first; `all`: how many there are.
    Of those there are thousands, so the database counts them and gives a page."""

    found: list[Standing]
    all: int


def past(
    db: Connection,
    council: str,
    whose: ColumnElement[bool],
    today: date,
    more: Sequence[ColumnElement[bool]] = (),
    *,
    first: int = 0,
    most: int,
) -> Past:
    """`whose`: of an officer or a team; `more`: what else is asked for."""
    where = _there(council, whose, ~_in_hand(council, today), *more)
    count = db.execute(select(func.count()).select_from(_reviews()).where(*where)).scalar_one()
    latest = (
        func.coalesce(reviews.c.meeting_on, reviews.c.due_on).desc(), reviews.c.review_id,
    )  # fmt: skip
    asked = _rows().where(*where).order_by(*latest).limit(most).offset(first)
    return Past(_standing(db, council, asked), count)


def runs(officer_id: str) -> ColumnElement[bool]:
    """Reviews of this officer."""
    return reviews.c.officer_id == officer_id


def run_in(council: str, team: str) -> ColumnElement[bool]:
    """Reviews of this team's officers."""
    members = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    return reviews.c.officer_id.in_(members)


def named(db: Connection, council: str, found: Sequence[Standing]) -> list[Case]:
    """With the names of whom they are about, opened in one go; without whom nobody knows (any
    more)."""
    people = young_people_by_id(db, council, (one.review.person_id for one in found))
    return [
        Case(
            one.review,
            one.carer,
            one.sent,
            one.method,
            one.code,
            one.confirmed_at,
            one.invited_at,
            one.opened,
            people[one.review.person_id],
        )
        for one in found
        if one.review.person_id in people
    ]


def _in_hand(council: str, today: date) -> ColumnElement[bool]:
    """All but what is settled and past. In five years an officer runs a thousand reviews, and of a
    hundred there is something to do: the database leaves the others out.

    In hand is what has no day, whose day is ahead or not long ago, what counts and was never
    confirmed (however long ago: an overdue review does not vanish), and what was sent and not read
    within a year: after that the review is closed, and its officer too says why first. The cheap
    questions stand first.
    """
    day = func.coalesce(reviews.c.meeting_on, reviews.c.due_on, date.max)
    # The council stands in each by name: PostgreSQL hashes what a sub-query finds, and would else
    # hash that of all councils. Which review is meant is said of each, too: an `exists` within
    # another sees only that one by itself, and would look through everybody's reviews anew.
    confirmed = exists().where(
        participation.c.council == council, participation.c.review_id == reviews.c.review_id
    )
    counted = and_(
        reviews.c.looks_back_on.is_(None),
        reviews.c.kind.in_([one.value for one in COUNTED]),
    )
    read = (
        exists()
        .where(
            readings.c.council == council,
            readings.c.contribution_id == contributions.c.contribution_id,
            readings.c.version >= contributions.c.version,  # of an earlier one nobody asks
            readings.c.staff_id == reviews.c.officer_id,
        )
        .correlate(contributions, reviews)
    )
    unread = (
        exists()
        .where(
            contributions.c.council == council,
            contributions.c.review_id == reviews.c.review_id,
            ~read,
        )
        .correlate(reviews)
    )
    year = day >= today - UNREAD_FOR
    # What the case system says was called off and held another day waits for nobody.
    open_ = reviews.c.answered_by.is_(None)
    return or_(
        and_(day >= today - LATELY, open_), and_(year, unread), and_(counted, ~confirmed, open_)
    )


def _in_their_hand(
    db: Connection, council: str, whose: ColumnElement[bool], today: date
) -> list[Standing]:
    where = _there(council, whose, _in_hand(council, today))
    soonest = reviews.c.meeting_on, reviews.c.due_on, reviews.c.review_id
    return _standing(db, council, _rows().where(*where).order_by(*soonest))


def _there(council: str, *which: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Of young people who are not erased: of those there is nothing to show."""
    return reviews.c.council == council, young_people.c.erased_at.is_(None), *which


def _reviews() -> FromClause:
    theirs = (young_people.c.council == reviews.c.council) & (
        young_people.c.person_id == reviews.c.person_id
    )
    return reviews.join(young_people, theirs)


def _rows() -> Select[Any]:
    return select(reviews, young_people.c.carer).select_from(_reviews())


def _standing(db: Connection, council: str, asked: Select[Any]) -> list[Standing]:
    """Four queries, however many reviews."""
    rows = db.execute(asked).all()
    ids = [row.review_id for row in rows]
    sent = _last_sent(db, council, ids)
    confirmed = _confirmed(db, council, ids)
    invited, opened = _invitations(db, council, ids)
    standing = []
    for row in rows:
        done = confirmed.get(row.review_id)
        standing.append(
            Standing(
                from_row(row),
                row.carer,
                sent.get(row.review_id),
                done.method if done else None,
                done.code if done else None,
                done.confirmed_at if done else None,
                invited.get(row.review_id),
                row.review_id in opened,
            )
        )
    return standing


def _same_review(table: Table) -> ColumnElement[bool]:
    return (table.c.council == reviews.c.council) & (table.c.review_id == reviews.c.review_id)


def _confirmed(db: Connection, council: str, ids: Sequence[str]) -> dict[str, Any]:
    rows = db.execute(
        select(
            participation.c.review_id,
            participation.c.method,
            participation.c.code,
            participation.c.confirmed_at,
        ).where(participation.c.council == council, participation.c.review_id.in_(ids))
    )
    return {row.review_id: row for row in rows}


def _last_sent(db: Connection, council: str, ids: Sequence[str]) -> dict[str, LastSent]:
    rows = db.execute(
        select(
            contributions.c.review_id,
            contributions.c.contribution_id,
            contributions.c.version,
            contributions.c.kind,
            contributions.c.sent_at,
            readings.c.read_at,
        )
        .join(reviews, _same_review(contributions))
        .outerjoin(
            readings,
            (readings.c.council == contributions.c.council)
            & (readings.c.contribution_id == contributions.c.contribution_id)
            & (readings.c.version == contributions.c.version)
            & (readings.c.staff_id == reviews.c.officer_id),
        )
        .where(contributions.c.council == council, contributions.c.review_id.in_(ids))
        .order_by(contributions.c.version)
    )
    return {
        row.review_id: LastSent(
            row.contribution_id, row.version, row.kind, row.sent_at, row.read_at
        )
        for row in rows
    }


def _invitations(
    db: Connection, council: str, ids: Sequence[str]
) -> tuple[dict[str, datetime], frozenset[str]]:
    rows = db.execute(
        select(invitations.c.review_id, invitations.c.issued_at, invitations.c.used_at)
        .where(invitations.c.council == council, invitations.c.review_id.in_(ids))
        .order_by(invitations.c.issued_at)
    ).all()
    invited = {row.review_id: row.issued_at for row in rows}
    return invited, frozenset(row.review_id for row in rows if row.used_at is not None)
