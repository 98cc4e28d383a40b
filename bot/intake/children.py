"""One young person's rows of all tables, put together: what they say, and what in them can't be.

Pure. Source: `domain.md` sections 2 and 3; the SSDA903 guide for episodes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.intake.columns import (
    EPISODES,
    INVOLVEMENTS,
    LEAVERS,
    LEGAL,
    PERMANENCE,
    PERSON,
    PLACEMENTS,
    REVIEWS,
    Source,
)
from bot.intake.scratch import Batch, Read, kind_of
from bot.intake.values import FOR_ADOPTION, SHORT_BREAKS, shown
from bot.service.import_requests import Unread
from conversations.timescales import Care, birthday, period_of

_DAY = timedelta(days=1)
_FOURTH, _ADULT = 4, 18
_LATER = date.max
_THEN_AN_ORDER = frozenset({("A3", "A5"), ("A4", "A6")})
_LONGEST_SHARED = 55
"""Of an id that is made a child's own, so that an id has 64 signs at the most."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Codes as `care_episodes` has them, empty where none is on record."""

    id: str
    began: date
    ended: date | None
    legal_status: str
    placement: str
    reason_began: str
    reason_ended: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`held`: on `on`; else `on` is the day that it is arranged for. `cancelled`: it was to be on
    `on`, or due on `due`. `answered_by`: the id of the one that was held in its place. `shared`:
    other children have a review with the same id."""

    id: str
    due: date | None
    on: date | None
    held: bool
    code: str
    cancelled: bool = False
    answered_by: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Permanence:
    id: str
    decided_on: date | None
    placement_order_on: date | None
    placed_on: date | None
    reversed_on: date | None
    order_on: date | None
    order_type: str


@dataclass(frozen=True, slots=True)
class Involved:
    """`kind`: as `allocations` has it (`iro`, `social_worker`, `personal_adviser`)."""

    professional: str
    kind: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Child:
    """`leaver`: they left care, and their pathway is reviewed. `reviewed_on`: their latest pathway
    review. `has`: the tables that have rows about them."""

    case_id: str
    name: str
    born: date
    sex: str
    ethnicity: str
    leaver: bool
    pathway: bool
    reviewed_on: date | None
    episodes: tuple[Episode, ...]
    cares: tuple[Care, ...]
    reviews: tuple[ReviewRow, ...]
    permanence: tuple[Permanence, ...]
    involved: tuple[Involved, ...]


def child_of(batch: Batch, case_id: str, taken_on: date, read: Read) -> Child | None:
    """None: they can't be taken in, and `read` says why."""
    one = batch.of(PERSON, case_id)[0]
    name = f"{one['first']} {one['last']}".strip()
    born = _day(one["born"])
    if born is None:
        _refuse(
            read,
            PERSON,
            one,
            "born",
            "There is no birth date.",
            "Put it, or an estimated one, into the case system: nothing of them comes in without "
            "it, for nobody would know which words are theirs.",
        )
        return None
    if born > taken_on:
        _refuse(
            read,
            PERSON,
            one,
            "born",
            f"{shown(one['born'])} lies ahead.",
            "An unborn child is taken in after the birth.",
        )
        return None
    placements = batch.of(PLACEMENTS, case_id)
    permanence = tuple(_permanence(row) for row in batch.of(PERMANENCE, case_id))
    episodes = _episodes(batch, case_id, born, taken_on, read)
    cares = _cares(episodes, placements, permanence)
    leavers = batch.of(LEAVERS, case_id)
    open_today = any(care.ended is None for care in cares)
    return Child(
        case_id,
        name,
        born,
        one["sex"],
        one["ethnicity"],
        bool(leavers) and not open_today,
        bool(leavers),
        _latest_review(leavers, born, taken_on, read),
        tuple(episodes),
        cares,
        _reviews(batch, case_id, born, cares, taken_on, read),
        permanence,
        _involved(batch, case_id, leavers),
    )


def _latest_review(
    leavers: Sequence[dict[str, Any]], born: date, taken_on: date, read: Read
) -> date | None:
    """Of the pathway plan; LCS has a row for each status that a care leaver had."""
    found = []
    for row in leavers:
        day = _day(row["reviewed"])
        if day is not None and born <= day <= taken_on:
            found.append(day)
        elif day is not None:
            _refuse(
                read,
                LEAVERS,
                row,
                "reviewed",
                f"{day.isoformat()} can’t be the day of a review that was held.",
                "Put the day on which it was held into the case system.",
            )
    return max(found, default=None)


def _episodes(batch: Batch, case_id: str, born: date, taken_on: date, read: Read) -> list[Episode]:
    grown_up = birthday(born, _ADULT)
    legal = sorted(batch.of(LEGAL, case_id), key=lambda row: str(row["began"]))
    placed = sorted(batch.of(PLACEMENTS, case_id), key=lambda row: str(row["began"]))
    by_id = {row["id"]: row for row in placed}
    found: list[Episode] = []
    before: dict[str, Any] | None = None
    for row in sorted(batch.of(EPISODES, case_id), key=lambda row: (row["began"], row["line"])):
        began, ended = date.fromisoformat(row["began"]), _day(row["ended"])
        if began < born:
            _refuse(
                read,
                EPISODES,
                row,
                "began",
                "It begins before the child was born.",
                "Look at the birth date and at this day.",
            )
            continue
        if ended is not None and ended < began:
            _refuse(read, EPISODES, row, "ended", "It ends before it begins.", "Look at both days.")
            continue
        if (ended or taken_on) > grown_up:
            _warn(
                read,
                EPISODES,
                row,
                "ended",
                f"It goes on after {grown_up.isoformat()}, when they turned 18: care ends then.",
                "End it in the case system, or look at the birth date.",
            )
        if before is not None and (not before["ended"] or before["ended"] > row["began"]):
            _warn(
                read,
                EPISODES,
                row,
                "began",
                f"It begins before the episode in line {before['line']} ends.",
                "End that one in the case system.",
            )
        if before is None or not before["ended"] or (row["ended"] or "9") > before["ended"]:
            before = row
        placement = by_id.get(row["placement"]) or _at(placed, row["began"])
        status = _at(legal, row["began"])
        found.append(
            Episode(
                row["id"],
                began,
                ended,
                status["status"] if status else "",
                placement["type"] if placement else "",
                row["reason_began"],
                row["reason_ended"],
            )
        )
    return found


def _at(rows: Sequence[dict[str, Any]], day: str) -> dict[str, Any] | None:
    """Of rows in order the last that began by then and has not ended before."""
    found = None
    for row in rows:
        if row["began"] <= day and (not row["ended"] or row["ended"] >= day):
            found = row
    return found


def _cares(
    episodes: Sequence[Episode],
    placements: Sequence[dict[str, Any]],
    permanence: Sequence[Permanence],
) -> tuple[Care, ...]:
    """Contiguous episodes are one period: a change of status or placement starts nothing anew."""
    runs: list[list[Episode]] = []
    until = date.min
    for one in episodes:
        if runs and (until == _LATER or one.began <= until + _DAY):
            runs[-1].append(one)
        else:
            runs.append([one])
            until = date.min
        until = max(until, one.ended or _LATER)
    adoption = sorted(
        {
            date.fromisoformat(row["began"])
            for row in placements
            if row["type"] in FOR_ADOPTION and not any(_goes_on(one, row) for one in placements)
        }
        | {one.began for one in episodes if one.placement in FOR_ADOPTION and not placements}
        | {one.placed_on for one in permanence if one.placed_on}
    )
    authorised = sorted(
        {one.placement_order_on for one in permanence if one.placement_order_on}
        | {one.began for one in episodes if one.legal_status == "E1"}
    )
    found = []
    for run in runs:
        ends = [one.ended for one in run]
        ended = None if None in ends else max(end for end in ends if end)
        short = all(one.legal_status in SHORT_BREAKS for one in run)
        bare = Care(run[0].began, ended, short)
        since = next((day for day in authorised if bare.holds(day)), None)
        placed = tuple(day for day in adoption if bare.holds(day))
        found.append(Care(bare.began, ended, short, _firsts(placed), since))
    return tuple(found)


def _goes_on(before: dict[str, Any], row: dict[str, Any]) -> bool:
    """Placed by consent, and an order is made: the same family under another code. They are not
    placed anew."""
    ended = _day(before["ended"])
    return (
        (before["type"], row["type"]) in _THEN_AN_ORDER
        and ended is not None
        and timedelta() <= date.fromisoformat(row["began"]) - ended <= _DAY
    )


def _firsts(days: tuple[date, ...]) -> tuple[date, ...]:
    """A placement that two tables name a day or two apart is one."""
    found: list[date] = []
    for day in days:
        if not found or (day - found[-1]).days > 7:
            found.append(day)
    return tuple(found)


def _reviews(
    batch: Batch, case_id: str, born: date, cares: Sequence[Care], taken_on: date, read: Read
) -> tuple[ReviewRow, ...]:
    found: list[ReviewRow] = []
    days: dict[date, int] = {}
    for row in sorted(batch.of(REVIEWS, case_id), key=lambda row: (row["held"], row["line"])):
        due, on = _day(row["due"]), _day(row["held"])
        cancelled, code = bool(row["cancelled"]), row["code"]
        if due is None and on is None:
            _refuse(
                read,
                REVIEWS,
                row,
                "held",
                "It has neither a day nor a due date.",
                "Put one of them into the case system.",
            )
            continue
        if (on or due or born) < born:
            _refuse(
                read,
                REVIEWS,
                row,
                "held",
                "It was before the child was born.",
                "Look at the birth date and at this day.",
            )
            continue
        held = on is not None and on <= taken_on and not cancelled
        if held and on is not None:
            _odd(row, on, code, born, cares, days, read)
            days[on] = row["line"]
        elif code:
            _warn(
                read,
                REVIEWS,
                row,
                "code",
                f"{code}: it has not been held.",
                "Take the code out, or put in the day on which it was held.",
            )
            code = ""
        shared = bool(row["shared"])
        found.append(ReviewRow(row["id"], due, on, held, code, cancelled, shared=shared))
    return tuple(_answered(one, found, cares) if one.cancelled else one for one in found)


def _odd(
    row: dict[str, Any],
    on: date,
    code: str,
    born: date,
    cares: Sequence[Care],
    days: dict[date, int],
    read: Read,
) -> None:
    """What can't be, though the review goes in: the return and the report leave it out."""
    if code and (code == "PN0") != (on < birthday(born, _FOURTH)):
        rule = "440" if code == "PN0" else "441"
        turned = birthday(born, _FOURTH).isoformat()
        _warn(
            read,
            REVIEWS,
            row,
            "code",
            f"{code} can’t be: the child turned 4 on {turned} (rule {rule}).",
            "Put the right code into the case system.",
        )
    if on >= birthday(born, _ADULT):
        _warn(
            read,
            REVIEWS,
            row,
            "held",
            "They were 18 or older on that day: a review in care ends with care.",
            "Look at this day and at the birth date. A review of a pathway plan is none in care.",
        )
    if not code:
        _warn(
            read,
            REVIEWS,
            row,
            "code",
            "It was held and has no code (rule 167).",
            "Put the code into the case system.",
        )
    if cares and period_of(cares, on) is None:
        _warn(
            read,
            REVIEWS,
            row,
            "held",
            "The child was not looked after on that day.",
            "Look at this day and at the episodes.",
        )
    if on in days:
        _warn(
            read,
            REVIEWS,
            row,
            "held",
            f"The one in line {days[on]} was on the same day.",
            "Take one of them out: they count as one.",
        )


def _answered(one: ReviewRow, every: Sequence[ReviewRow], cares: Sequence[Care]) -> ReviewRow:
    """The next one held in the same period of care answers one that was cancelled."""
    was = one.on or one.due
    if was is None:
        return one
    care = period_of(cares, was)
    later = (
        (other.on, other.id)
        for other in every
        if other.held and other.on is not None and other.on >= was
        if care is None or care.holds(other.on)
    )
    answer = min(later, default=None)
    if answer is None:
        return one
    return replace(one, answered_by=answer[1])


def own_id(review_id: str, person_id: str) -> str:
    """Of a child's part in a review whose id stands for another child's, too."""
    return f"{review_id[:_LONGEST_SHARED]}-{person_id[:8]}"


def with_own_ids(
    reviews: Sequence[ReviewRow], person_id: str, of_others: Collection[str]
) -> tuple[ReviewRow, ...]:
    """Ids that are `of_others` are made this child's own."""
    own = {one.id: own_id(one.id, person_id) for one in reviews if one.id in of_others}
    if not own:
        return tuple(reviews)
    return tuple(
        replace(
            one,
            id=own.get(one.id, one.id),
            answered_by=one.answered_by and own.get(one.answered_by, one.answered_by),
        )
        for one in reviews
    )


def _permanence(row: dict[str, Any]) -> Permanence:
    return Permanence(
        row["id"], _day(row["decided"]), _day(row["placement_order"]), _day(row["placed"]),
        _day(row["reversed"]), _day(row["order_on"]), row["order_type"][:32],
    )  # fmt: skip


def _involved(
    batch: Batch, case_id: str, leavers: Sequence[dict[str, Any]]
) -> tuple[Involved, ...]:
    found = {}
    for row in batch.of(INVOLVEMENTS, case_id):
        kind = kind_of(row["role"])
        if kind:
            since = date.fromisoformat(row["began"])
            found[row["professional"], kind, since] = Involved(
                row["professional"], kind, since, _day(row["ended"])
            )
    return tuple(found.values())


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _refuse(
    read: Read, source: Source, row: dict[str, Any], column: str, reason: str, mend: str
) -> None:
    name = next(one.names[0] for one in source.columns if one.id == column)
    unread = Unread(read.file_of(source), row["line"], name, reason, mend)
    read.refuse_row(source, row.get("id", ""), unread)


def _warn(
    read: Read, source: Source, row: dict[str, Any], column: str, reason: str, mend: str
) -> None:
    name = next(one.names[0] for one in source.columns if one.id == column)
    read.warn(Unread(read.file_of(source), row["line"], name, reason, mend))
