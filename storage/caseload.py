"""The reviews that an officer, or a whole unit, has in hand, with what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, select

from storage.people import YoungPerson, young_people_by_id
from storage.reviews import Review, from_row
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


@dataclass(frozen=True, slots=True)
class Case:
    """One review. `invited_at`: the newest invitation was made; `opened`: one was used."""

    review: Review
    person: YoungPerson
    sent: LastSent | None
    method: str | None
    code: str | None
    confirmed_at: datetime | None
    invited_at: datetime | None
    opened: bool


def of_officer(db: Connection, council: str, officer_id: str) -> list[Case]:
    """All reviews that this member of staff runs, the next meeting first."""
    return _cases(db, council, reviews.c.officer_id == officer_id)


def of_team(db: Connection, council: str, team: str) -> list[Case]:
    """All reviews that this team's officers run, the next meeting first."""
    members = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    return _cases(db, council, reviews.c.officer_id.in_(members))


def _cases(db: Connection, council: str, *which: ColumnElement[bool]) -> list[Case]:
    """Of young people who are not erased: of those there is nothing to show."""
    erased = select(young_people.c.person_id).where(
        young_people.c.council == council, young_people.c.erased_at.is_not(None)
    )
    where = [reviews.c.council == council, reviews.c.person_id.not_in(erased), *which]
    found = [
        from_row(row)
        for row in db.execute(
            select(reviews)
            .where(*where)
            .order_by(reviews.c.meeting_on, reviews.c.due_on, reviews.c.review_id)
        )
    ]
    people = young_people_by_id(db, council, (review.person_id for review in found))
    sent = _last_sent(db, where)
    confirmed = {
        row.review_id: row
        for row in db.execute(
            select(
                participation.c.review_id,
                participation.c.method,
                participation.c.code,
                participation.c.confirmed_at,
            )
            .join(reviews, _same_review(participation))
            .where(*where)
        )
    }
    invited, opened = _invitations(db, where)
    cases = []
    for review in found:
        done = confirmed.get(review.review_id)
        cases.append(
            Case(
                review,
                people[review.person_id],
                sent.get(review.review_id),
                done.method if done else None,
                done.code if done else None,
                done.confirmed_at if done else None,
                invited.get(review.review_id),
                review.review_id in opened,
            )
        )
    return cases


def _same_review(table: Table) -> ColumnElement[bool]:
    return (table.c.council == reviews.c.council) & (table.c.review_id == reviews.c.review_id)


def _last_sent(db: Connection, where: Iterable[ColumnElement[bool]]) -> dict[str, LastSent]:
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
        .where(*where)
        .order_by(contributions.c.version)
    )
    return {
        row.review_id: LastSent(
            row.contribution_id, row.version, row.kind, row.sent_at, row.read_at
        )
        for row in rows
    }


def _invitations(
    db: Connection, where: Iterable[ColumnElement[bool]]
) -> tuple[dict[str, datetime], frozenset[str]]:
    rows = db.execute(
        select(invitations.c.review_id, invitations.c.issued_at, invitations.c.used_at)
        .join(reviews, _same_review(invitations))
        .where(*where)
        .order_by(invitations.c.issued_at)
    ).all()
    invited = {row.review_id: row.issued_at for row in rows}
    return invited, frozenset(row.review_id for row in rows if row.used_at is not None)
