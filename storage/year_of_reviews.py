"""Reviews with all that a return or a list of a year is made of: whose, the code, whether it was
stood down, and when the child was looked after. A few children at a time, so that memory stays
flat however many there are, in a fixed number of queries each time."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from conversations.episodes import SHORT_BREAKS, Episode
from conversations.timescales import Care
from storage import data_keys
from storage.care import periods
from storage.care_tables import care_episodes
from storage.data_keys import Purpose
from storage.review_moves import What
from storage.review_tables import care_periods, clock_starts, review_moves
from storage.reviews import ReviewKind
from storage.sealing import Place, unseal
from storage.tables import participation, reviews, young_people


class Kept(NamedTuple):
    """A review. `code`: as it was confirmed, whatever it is. `was_to_be`: the day on which it was
    stood down; its due date where it had none, and None where it never was stood down."""

    review_id: str
    kind: ReviewKind
    officer_id: str
    due_on: date | None
    meeting_on: date | None
    held: bool
    code: str | None
    stood_down: bool
    was_to_be: date | None


@dataclass(frozen=True, slots=True)
class Whose:
    """`case_id` is empty and `born` None of an erased person. `born` is None too where the case
    system has no birth date, or one that can't be read. `started`: by timescale."""

    person_id: str
    case_id: str
    born: date | None
    erased: bool
    reviews: tuple[Kept, ...]
    periods: tuple[Care, ...]
    episodes: tuple[Episode, ...]
    started: dict[str, date]


@dataclass(frozen=True, slots=True)
class Batch:
    """`last`: what to ask for the next one with; None: this was the last."""

    people: tuple[Whose, ...]
    last: str | None
    looked_at: int


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the council has of anybody's care."""

    young_people: int
    episodes: bool
    periods: bool


def on_record(db: Connection, council: str) -> OnRecord:
    """Whether rules about care can be looked at at all, and how many young people there are."""
    count = select(func.count()).where(*_young_people(council))
    known = (
        select(exists().where(table.c.council == council))
        for table in (care_episodes, care_periods)
    )
    return OnRecord(db.execute(count).scalar_one(), *(bool(db.scalar(one)) for one in known))


def batch(
    db: Connection,
    council: str,
    after: str,
    most: int,
    begins: date,
    ends: date,
    *,
    history: bool = False,
) -> Batch:
    """The next young people with a review that was held, or was to be, from the first day to the
    last one, or that has no day; and these reviews. `history`: all their reviews, since the clock
    counts from those before. `after`: `Batch.last`, at first empty.
    """
    ids = select(young_people.c.person_id).where(*_young_people(council))
    ids = ids.where(young_people.c.person_id > after).order_by(young_people.c.person_id)
    looked_at = list(db.execute(ids.limit(most)).scalars())
    if not looked_at:
        return Batch((), None, 0)
    last = looked_at[-1] if len(looked_at) == most else None
    here = _Between(council, after, looked_at[-1])
    found = _reviews(db, here)
    for person_id, mine in list(found.items()):
        of_year = [one for one in mine if _is_of(one, begins, ends)]
        if not of_year:
            del found[person_id]
        elif not history:
            found[person_id] = of_year
    if not found:
        return Batch((), last, len(looked_at))
    return Batch(_people(db, here, found), last, len(looked_at))


def _young_people(council: str) -> tuple[ColumnElement[bool], ...]:
    return young_people.c.council == council, young_people.c.carer.is_(False)


@dataclass(frozen=True, slots=True)
class _Between:
    """Rows about people after the one and up to the other, which an index finds."""

    council: str
    after: str
    last: str

    def of(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        whose = table.c.person_id
        return table.c.council == self.council, whose > self.after, whose <= self.last


def _is_of(review: Kept, begins: date, ends: date) -> bool:
    day = day_of(review)
    return day is None or begins <= day <= ends


def day_of(review: Kept) -> date | None:
    """The day that says which year it belongs to: held, else arranged, stood down, or due."""
    if review.held:
        return review.meeting_on or review.due_on
    return review.meeting_on or review.was_to_be or review.due_on


def _reviews(db: Connection, here: _Between) -> dict[str, list[Kept]]:
    """By person, in the order of their days."""
    off = _stood_down(db, here)
    asked = (
        select(
            reviews.c.person_id, reviews.c.review_id, reviews.c.kind, reviews.c.officer_id,
            reviews.c.due_on, reviews.c.meeting_on, reviews.c.held, reviews.c.stood_down_at,
            participation.c.code,
        )
        .outerjoin(
            participation,
            and_(
                participation.c.council == reviews.c.council,
                participation.c.review_id == reviews.c.review_id,
            ),
        )
        .where(
            *here.of(reviews),
            reviews.c.looks_back_on.is_(None),
            reviews.c.kind.in_((ReviewKind.CIOC.value, ReviewKind.PATHWAY.value)),
            or_(reviews.c.meeting_on.is_not(None), reviews.c.due_on.is_not(None),
                reviews.c.held.is_(True), reviews.c.stood_down_at.is_not(None)),
        )
        .order_by(reviews.c.person_id, reviews.c.meeting_on, reviews.c.review_id)
    )  # fmt: skip
    found: dict[str, list[Kept]] = {}
    for (
        person_id,
        review_id,
        kind,
        officer_id,
        due_on,
        meeting_on,
        held,
        off_at,
        code,
    ) in db.execute(asked).all():
        stood_down = off_at is not None or review_id in off
        was_to_be = (off.get(review_id) or due_on) if stood_down else None
        mine = found.setdefault(person_id, [])
        mine.append(
            Kept(review_id, _KINDS[kind], officer_id, due_on, meeting_on, held, code, stood_down,
                 was_to_be)
        )  # fmt: skip
    return found


_KINDS = {kind.value: kind for kind in ReviewKind}


def _stood_down(db: Connection, here: _Between) -> dict[str, date | None]:
    """The day each was to be on when it was called off, the last time."""
    asked = (
        select(review_moves.c.review_id, review_moves.c.from_on)
        .join(
            reviews,
            and_(
                reviews.c.council == review_moves.c.council,
                reviews.c.review_id == review_moves.c.review_id,
            ),
        )
        .where(*here.of(reviews), review_moves.c.what == What.STOOD_DOWN.value)
        .order_by(review_moves.c.number)
    )
    return {row.review_id: row.from_on for row in db.execute(asked)}


def _people(db: Connection, here: _Between, found: dict[str, list[Kept]]) -> tuple[Whose, ...]:
    data_keys.prepare(db, here.council, found, Purpose.IDENTITY)
    cares = periods(db, here.council, list(found))
    episodes = _episodes(db, here)
    started = _started(db, here)
    rows = db.execute(
        select(
            young_people.c.person_id, young_people.c.case_id, young_people.c.born,
            young_people.c.erased_at,
        )
        .where(*here.of(young_people))
        .order_by(young_people.c.person_id)
    ).all()  # fmt: skip
    return tuple(
        Whose(
            row.person_id,
            *_opened(db, here.council, row),
            row.erased_at is not None,
            tuple(found[row.person_id]),
            cares.get(row.person_id, ()),
            tuple(episodes.get(row.person_id, ())),
            started.get(row.person_id, {}),
        )
        for row in rows
        if row.person_id in found
    )


def _opened(db: Connection, council: str, row: Any) -> tuple[str, date | None]:
    if row.erased_at is not None:
        return "", None
    place = Place(council, "young_people", "case_id", row.person_id, row.person_id)
    case_id = unseal(db, place, row.case_id)
    if not row.born:
        return case_id, None
    place = Place(council, "young_people", "born", row.person_id, row.person_id)
    try:
        return case_id, date.fromisoformat(unseal(db, place, row.born))
    except ValueError:
        return case_id, None


def _episodes(db: Connection, here: _Between) -> dict[str, list[Episode]]:
    columns = care_episodes.c
    rows = db.execute(
        select(columns.person_id, columns.began, columns.ended, columns.legal_status)
        .where(*here.of(care_episodes))
        .order_by(columns.began)
    )
    found: dict[str, list[Episode]] = {}
    for person_id, began, ended, legal_status in rows.all():
        episode = Episode(began, ended, legal_status in SHORT_BREAKS)
        found.setdefault(person_id, []).append(episode)
    return found


def _started(db: Connection, here: _Between) -> dict[str, dict[str, date]]:
    found: dict[str, dict[str, date]] = {}
    for row in db.execute(select(clock_starts).where(*here.of(clock_starts))):
        found.setdefault(row.person_id, {})[row.timescale] = row.began
    return found
