"""The reviews of a year, each with what the clock says of it: for who checks the figures, one by
one. Those that were held in the year, and those that were to be, or fell due, and were not held."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.service import due
from bot.service.clock import sentence
from bot.service.house import House
from conversations import timescales
from conversations.timescales import Care, Rearranged, Stage, Timed
from storage import year_of_reviews
from storage.care import Held
from storage.reviews import Review, ReviewKind
from storage.store import Store
from storage.year_of_reviews import Batch, Kept, Whose, day_of

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """`review_id`, `child_id`: as the case system has them, None of an erased person's id. `stage`:
    None where no clock is about it. `late_days`: of one that was held. `became`: of one that was
    stood down. `because`: the sentence that explains it."""

    review_id: str
    child_id: str | None
    kind: str
    stage: Stage | None
    due: date | None
    held: date | None
    late_days: int
    stood_down: bool
    became: Rearranged | None
    code: str | None
    because: str


async def told(
    store: Store,
    house: House,
    begins: date,
    ends: date,
    kind: ReviewKind,
    *,
    done: Callable[[int, int], object] = lambda _more, _of: None,
) -> AsyncIterator[Told]:
    """Those of this kind, child by child."""
    everybody = await store.read(lambda db: year_of_reviews.on_record(db, house.id))
    after: str | None = ""
    while after is not None:
        batch = await store.read(_batch(house.id, after, begins, ends))
        for whose in batch.people:
            for one in _of_person(house, whose, begins, ends, kind):
                yield one
        done(batch.looked_at, everybody.young_people)
        after = batch.last


def _batch(council: str, after: str, begins: date, ends: date) -> Callable[[Connection], Batch]:
    return lambda db: year_of_reviews.batch(db, council, after, AT_ONCE, begins, ends, history=True)


def _of_person(
    house: House, whose: Whose, begins: date, ends: date, kind: ReviewKind
) -> Iterator[Told]:
    known = _known(whose)
    clock = _clock(whose, known, kind)
    for kept in whose.reviews:
        day = day_of(kept)
        if kept.kind is kind and day is not None and begins <= day <= ends:
            yield _told(house, whose, kept, day, known, clock)


def _known(whose: Whose) -> due.Known:
    held: Held = {}
    for one in whose.reviews:
        if one.held and one.meeting_on is not None:
            mine = held.setdefault((whose.person_id, one.kind.value), [])
            mine.append((one.meeting_on, one.review_id))
    started = {(whose.person_id, timescale): began for timescale, began in whose.started.items()}
    return due.Known({whose.person_id: whose.periods}, started, held)


def _clock(whose: Whose, known: due.Known, kind: ReviewKind) -> list[Timed]:
    """Each that was held, in order: what may answer one that was stood down."""
    days = known.held.get((whose.person_id, kind.value), [])
    return [
        Timed(day, due.due_of(known, _as_held(whose, kind, review_id, day), day))
        for day, review_id in sorted(days)
    ]


def _as_held(whose: Whose, kind: ReviewKind, review_id: str, day: date) -> Review:
    return Review("", review_id, whose.person_id, kind, "", None, day, held=True)


def _told(
    house: House, whose: Whose, kept: Kept, day: date, known: due.Known, clock: list[Timed]
) -> Told:
    held_on = kept.meeting_on if kept.held else None
    by = due.due_of(known, _as_held(whose, kept.kind, kept.review_id, day), day)
    timed = Timed(day, by)
    if held_on is not None:
        because = sentence(timescales.explain_held(timed))
        late = timed.late_days if by else _late_by(kept)
    else:
        because = sentence(timescales.explain(by)) if by else ""
        late = 0
    became = None
    if kept.stood_down:
        became = _became(whose, kept, day, timed, clock)
    return Told(
        kept.review_id,
        None if whose.erased else whose.case_id,
        kept.kind.value,
        by.step.stage if by else None,
        by.by if by else kept.due_on,
        held_on,
        late,
        kept.stood_down,
        became,
        kept.code,
        because,
    )


def _late_by(kept: Kept) -> int:
    """Where no clock is about it: by the day that the case system says."""
    if kept.due_on is None or kept.meeting_on is None:
        return 0
    return max(0, (kept.meeting_on - kept.due_on).days)


def _became(whose: Whose, kept: Kept, day: date, timed: Timed, clock: list[Timed]) -> Rearranged:
    """One that was held after all answers itself."""
    if kept.held:
        return Rearranged.LATE if timed.late_days else Rearranged.IN_TIME
    cares: tuple[Care, ...] = whose.periods
    if cares and kept.kind is ReviewKind.CIOC:
        return timescales.rearranged(day, cares, clock)
    answer = next((one for one in clock if one.held_on >= day), None)
    if answer is None:
        return Rearranged.NOT
    return Rearranged.LATE if answer.late_days else Rearranged.IN_TIME
