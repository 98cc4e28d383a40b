"""An invented council whose year has the published figures of a real unit (Stockton-on-Tees, annual
report 2020/21), moved to 2025/26: 563 children in care, 1,469 reviews of which 106 are late, 43 %
of views sent without coming, 177 fostering households, a pathway backlog of 190 that becomes 4.

The truth is written once, as plain rows. `reference_files` writes it as the tables that a case
system gives out, `reference_tables` puts it straight into the database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.reports.reference_rows import (
    BEGINS,
    ENDS,
    EducationPlan,
    Episode,
    Household,
    Leaver,
    Permanence,
    Person,
    Review,
    Tool,
    Unit,
)

UNDER_18 = 43_650
OFFICERS = ("Amina Yusuf", "Tom Fenwick", "Ines Duarte", "Peter Lund", "Ruth Adeyemi", "Sol Berg")

_GAP, _LATE_GAP = 174, 190
"""Days from a review to the next: within 6 calendar months, and beyond them."""
_SECOND, _LATE_SECOND = 80, 100
_FIRST, _LATE_FIRST = 24, 45


@dataclass(frozen=True, slots=True)
class _Stay:
    """One child's period of care, and the days of its reviews; `late`: which of them are."""

    began: date
    held: tuple[date, ...]
    late: frozenset[date] = frozenset()
    ended: date | None = None
    cancelled: tuple[date, ...] = ()


def reference_unit() -> Unit:
    """The same at every call."""
    stays = [*_for_long(), *_for_long_thrice(), *_came(), *_left()]
    births = [*_births_of_those_in_care(), *_spread(date(2009, 1, 10), date(2018, 6, 1), 200)]
    children = [_person(f"C{number:04}", born, number) for number, born in enumerate(births)]
    short = [_person(f"S{n:04}", date(2012, 3, 4 + n), n) for n in range(12)]
    leavers = list(_leavers())
    young = [
        replace(_person(one.person_id, born, n), leaver=True)
        for n, (one, born) in enumerate(
            zip(leavers, _spread(date(2002, 1, 3), date(2006, 12, 1), 263), strict=True)
        )
    ]
    episodes: list[Episode] = []
    reviews: list[Review] = []
    born_on = {one.person_id: one.born for one in children}
    for number, (child, stay) in enumerate(zip(children, stays, strict=True)):
        episodes += _episodes(child.person_id, stay, number)
        reviews += _reviews(child.person_id, stay)
    reviews = _with_codes(reviews, born_on)
    for child in short:
        episodes += _episodes(child.person_id, _Stay(date(2024, 6, 3), ()), 0, status="V4")
        reviews += [
            Review(f"R-{child.person_id}-{n}", child.person_id, f"{child.person_id}-1", day, day,
                   code="PN1")
            for n, day in enumerate((date(2025, 5, 6), date(2025, 11, 4)))
        ]  # fmt: skip
    return Unit(
        (*children, *short, *young),
        tuple(episodes),
        tuple(reviews),
        tuple(leavers),
        tuple(_permanence()),
        tuple(_households()),
        tuple(_education(children[: len(_IN_CARE)])),
        tuple(_tools()),
    )


_IN_CARE = range(563)


def officer_of(person_id: str) -> int:
    """Which of them is the child's reviewing officer."""
    return sum(map(ord, person_id)) % len(OFFICERS)


def _spread(first: date, last: date, count: int) -> list[date]:
    step = (last - first).days / count
    return [first + timedelta(days=int(step * number)) for number in range(count)]


def _births_of_those_in_care() -> Iterator[date]:
    """95 are 16 or 17, 408 of school age (4 to 15 on 31 August 2025), 60 under 4 throughout."""
    yield from _spread(date(2008, 5, 1), date(2009, 8, 20), 95)
    yield from _spread(date(2009, 9, 5), date(2018, 12, 20), 305)
    yield from _spread(date(2022, 5, 1), date(2025, 2, 1), 60)
    yield from _spread(date(2010, 1, 6), date(2021, 8, 20), 103)


def _person(person_id: str, born: date, number: int) -> Person:
    groups = ("WBRI", "WBRI", "WBRI", "WOTH", "MWBC", "APKN", "BAFR", "OOTH", "WBRI", "NOBT")
    return Person(person_id, born, "FMM"[number % 3], groups[number % 10])


def _working(day: date) -> date:
    """That day, or the Monday after."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _working_before(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _with_past(first: date, later: Sequence[date], late_first: bool, before: int) -> _Stay:
    """`first`: the first review in the year, to which all those before lead: so many, at least 3
    with the two that come first."""
    held = [_working_before(first - timedelta(days=_LATE_GAP if late_first else _GAP))]
    for _ in range(before):
        held.append(_working_before(held[-1] - timedelta(days=_GAP)))
    held.append(_working_before(held[-1] - timedelta(days=_GAP)))
    held.append(_working_before(held[-1] - timedelta(days=_SECOND)))
    began = held[-1] - timedelta(days=_FIRST)
    late = frozenset({first} if late_first else ())
    return _Stay(began, (*reversed(held), first, *later), late)


def _for_long() -> Iterator[_Stay]:
    """350 children with two reviews in the year: of 36 the first is late, of 30 the second. Some
    reviews were stood down before one that was held in time, and before one that was not."""
    for number, day in enumerate(_spread(date(2025, 4, 14), date(2025, 9, 4), 350)):
        first = _working(day)
        late_second = 36 <= number < 66
        second = _working(first + timedelta(days=_LATE_GAP if late_second else _GAP))
        stay = _with_past(first, [second], number < 36, number % 8)
        if late_second:
            stay = replace(stay, late=stay.late | {second})
        if number < 8 or 100 <= number < 130:
            stay = replace(stay, cancelled=(_working_before(first - timedelta(days=2)),))
        yield stay


def _for_long_thrice() -> Iterator[_Stay]:
    """50 with three."""
    for number in range(50):
        first = _working(date(2025, 4, 1) + timedelta(days=number % 10))
        second = _working(first + timedelta(days=_GAP))
        yield _with_past(
            first, [second, _working(second + timedelta(days=_GAP))], late_first=False, before=1
        )


def _came() -> Iterator[_Stay]:
    """163 who came into care in the year and stay: 63 with three reviews, 60 with two, 40 with one.
    Late: the first of 12 and of 8, the second of 10."""
    for number in range(63):
        yield _entry(date(2025, 4, 7) + timedelta(days=number), 3, late_first=number < 12)
    for number in range(60):
        yield _entry(date(2025, 7, 7) + timedelta(days=2 * number), 2, late_second=number < 10)
    for number in range(40):
        yield _entry(date(2025, 12, 22) + timedelta(days=number), 1, late_first=number < 8)


def _entry(
    began: date, count: int, *, late_first: bool = False, late_second: bool = False
) -> _Stay:
    first = _working(began + timedelta(days=_LATE_FIRST if late_first else _FIRST))
    second = _working(first + timedelta(days=_LATE_SECOND if late_second else _SECOND))
    third = _working(second + timedelta(days=_GAP))
    late = {day for day, is_late in ((first, late_first), (second, late_second)) if is_late}
    return _Stay(began, (first, second, third)[:count], frozenset(late))


def _left() -> Iterator[_Stay]:
    """200 who left in the year: 130 after one review, 10 of them late, 70 after two."""
    for number, day in enumerate(_spread(date(2025, 4, 14), date(2025, 8, 29), 130)):
        stay = _with_past(_working(day), [], number < 10, number % 4)
        yield replace(stay, ended=stay.held[-1] + timedelta(days=20 + number % 30))
    for day in _spread(date(2025, 4, 14), date(2025, 8, 19), 70):
        first = _working(day)
        stay = _with_past(
            first, [_working(first + timedelta(days=_GAP))], late_first=False, before=2
        )
        yield replace(stay, ended=stay.held[-1] + timedelta(days=14))


_PLACES = (("U6", 12), ("U4", 8), ("U1", 6), ("K2", 4), ("P1", 3), ("H5", 3), ("Z1", 1))
_LIVES = tuple(place for place, count in _PLACES for _ in range(count))
_STATUSES = ("C2", "C2", "C2", "C1", "V2")
_ADOPTED = range(200, 220)
"""Of the children with two reviews: placed for adoption after the last of them."""


def _placed_on(number: int) -> date:
    return date(2026, 3, 9) + timedelta(days=number % 10)


def _episodes(person_id: str, stay: _Stay, number: int, status: str = "") -> Iterator[Episode]:
    """A period of care; every third child moved in it, 20 were placed for adoption."""
    cla_id = f"{person_id}-1"
    status = status or _STATUSES[number % 5]
    place = _LIVES[number % len(_LIVES)]
    ended, gone = stay.ended, "E4A" if stay.ended else ""
    parts: list[tuple[date, str, str, str]] = [(stay.began, status, place, "S")]
    if number % 3 == 1:
        parts = [(stay.began, status, "U6", "S"), (stay.began + timedelta(10), status, place, "P")]
    if number in _ADOPTED and not ended and status != "V4":
        parts.append((_placed_on(number), "E1", "A5", "U"))
    for part, (began, legal, where, why) in enumerate(parts):
        follows = parts[part + 1][0] if part + 1 < len(parts) else None
        yield Episode(f"E-{person_id}-{part}", person_id, cla_id, began, follows or ended, legal,
                      where, why, "X1" if follows else gone)  # fmt: skip


def _reviews(person_id: str, stay: _Stay) -> Iterator[Review]:
    cla_id = f"{person_id}-1"
    for number, day in enumerate(stay.held):
        due = day - timedelta(days=5 if day in stay.late else 0)
        yield Review(f"R-{person_id}-{number}", person_id, cla_id, due, day, day in stay.late)
    for number, day in enumerate(stay.cancelled):
        yield Review(f"X-{person_id}-{number}", person_id, cla_id, day, day, cancelled=True)


CODES = {"PN6": 632, "PN2": 30, "PN3": 24, "PN4": 36, "PN5": 60, "PN7": 72}


def _with_codes(reviews: Iterable[Review], born: dict[str, date]) -> list[Review]:
    """Under 4 on the day: PN0. Of the others in the year as many of each code as there are to be,
    the rest PN1."""
    held = list(reviews)
    to_come = [code for code, count in CODES.items() for _ in range(count)]
    old = [
        place
        for place, one in enumerate(held)
        if not one.cancelled and BEGINS <= one.on <= ENDS and not _under_4(born[one.person_id], one)
    ]
    Random(2025).shuffle(old)
    given = dict(zip(old, to_come, strict=False))
    return [
        replace(one, code="" if one.cancelled else "PN0" if _under_4(born[one.person_id], one)
                else given.get(place, "PN1"))
        for place, one in enumerate(held)
    ]  # fmt: skip


def _under_4(born: date, review: Review) -> bool:
    return review.on < born.replace(year=born.year + 4)


def _leavers() -> Iterator[Leaver]:
    """263: of 190 the last review before the year was more than 6 months ago, at its end of 4. Of 3
    there is no date at all."""
    long_ago, lately = date(2024, 9, 1), date(2024, 12, 2)
    for number in range(260):
        before = (long_ago if number < 190 else lately) - timedelta(days=number % 25)
        after = before
        if number >= 4:
            after = date(2025, 10, 6) + timedelta(days=number % 160)
        yield Leaver(f"L{number:04}", before, after)
    for number in range(260, 263):
        yield Leaver(f"L{number:04}", None, None)


def _permanence() -> Iterator[Permanence]:
    """20 were placed for adoption, 14 within 12 months of the decision; of others there were one,
    two or three decisions."""
    for number in _ADOPTED:
        decided = date(2025, 6, 2) if number < 214 else date(2025, 1, 6)
        child = f"C{number:04}"
        yield Permanence(f"P-{child}", child, f"{child}-1", decided, _placed_on(number))
    for number in range(100, 150):
        child = f"C{number:04}"
        for decision in range(1 if number < 130 else 2 if number < 142 else 3):
            day = date(2024, 3 + decision, 4)
            yield Permanence(f"P-{child}-{decision}", child, f"{child}-1", day)


def _households() -> Iterator[Household]:
    for number in range(177):
        kind = "mainstream" if number < 103 else "connected"
        reviewed = date(2025, 5, 6) + timedelta(days=number) if number % 9 else date(2024, 11, 5)
        yield Household(f"H{number:03}", kind, date(2019, 2, 4), None, reviewed)
    for number in range(177, 186):  # their approval ended in the year
        yield Household(f"H{number:03}", "mainstream", date(2018, 2, 5), date(2025, 9, 1), None)


def _education(children: Sequence[Person]) -> Iterator[EducationPlan]:
    """Of 408 of school age 357 are in place, 36 of them overdue; those of 16 or more have one."""
    of_age = [one for one in children if date(2009, 9, 1) <= one.born <= date(2021, 8, 31)]
    for number, child in enumerate(of_age):
        if number < 36:
            yield EducationPlan(child.person_id, date(2026, 2, 2), date(2025, 8, 4))
        elif number < 357:
            yield EducationPlan(child.person_id, date(2026, 6, 15), date(2025, 12, 1))
        else:
            yield EducationPlan(child.person_id, None, None)
    for child in children:
        if child.born < date(2009, 9, 1):
            yield EducationPlan(child.person_id, date(2026, 6, 15), date(2025, 12, 1))


def _tools() -> Iterator[Tool]:
    for number in range(178):
        day = BEGINS + timedelta(days=2 * number)
        yield Tool(f"Q{number:03}", "completed" if number < 128 else "draft", day)
    for number in range(178, 190):
        yield Tool(f"Q{number:03}", "completed", date(2025, 2, 3))
