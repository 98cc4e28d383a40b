"""The statutory clock: the law's vectors, and a second, naive one over many histories."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest

from bot.service.bank_holidays import england_and_wales
from bot.service.clock import sentence
from conversations.timescales import (
    CARE,
    CONFERENCE,
    FOSTER_CARER,
    MAY_BE_ADOPTED,
    PATHWAY,
    PATHWAY_PLAN,
    PLACED_FOR_ADOPTION,
    SHORT_BREAKS,
    Care,
    Holidays,
    HolidaysUnknown,
    Rearranged,
    Stage,
    Timed,
    ahead,
    birthday,
    due,
    due_in_care,
    explain,
    explain_held,
    months_after,
    rearranged,
    timed,
    working_days_after,
)

ENGLAND = england_and_wales()
DAY = timedelta(days=1)
TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("looked_after", "by"),
    [
        (date(2024, 12, 20), date(2025, 1, 22)),
        (date(2025, 4, 1), date(2025, 5, 1)),
        (date(2025, 4, 14), date(2025, 5, 15)),
        (date(2025, 9, 1), date(2025, 9, 29)),
        (date(2025, 12, 12), date(2026, 1, 14)),
        (date(2026, 3, 20), date(2026, 4, 21)),
    ],
)
def test_a_first_review_is_due_twenty_working_days_on(looked_after: date, by: date) -> None:
    found = due(CARE, looked_after, (), ENGLAND)

    assert (found.by, found.step.stage, found.since) == (by, Stage.FIRST, looked_after)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2025, 6, 3), 6, date(2025, 12, 3)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_calendar_months_clamped_to_their_end(
    day: date, months: int, then: date
) -> None:
    assert months_after(day, months) == then


@pytest.mark.parametrize(
    ("year", "last"),
    [
        (2020, [date(2020, 12, 25), date(2020, 12, 26), date(2020, 12, 28)]),
        (2021, [date(2021, 12, 25), date(2021, 12, 26), date(2021, 12, 27), date(2021, 12, 28)]),
        (2022, [date(2022, 12, 25), date(2022, 12, 26), date(2022, 12, 27)]),
        (2026, [date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)]),
    ],
)
def test_christmas_at_a_weekend_gives_the_weekdays_after_it(year: int, last: list[date]) -> None:
    """As gov.uk/bank-holidays has them."""
    assert sorted(day for day in ENGLAND.days if (day.year, day.month) == (year, 12)) == last


def test_days_proclaimed_once_are_bank_holidays_too() -> None:
    """The jubilee, the state funeral, the coronation, and Victory in Europe Day moved."""
    for day in (date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8), date(2020, 5, 8)):
        assert day in ENGLAND.days
    assert date(2020, 5, 4) not in ENGLAND.days
    assert working_days_after(date(2022, 9, 16), 1, ENGLAND) == date(2022, 9, 20)


def test_a_year_whose_bank_holidays_nobody_knows_is_no_guess() -> None:
    few = Holidays(frozenset({date(2026, 12, 25)}), 2026, 2026)

    assert due(CARE, date(2026, 11, 2), (), few).by == date(2026, 11, 30)
    with pytest.raises(HolidaysUnknown, match="bank holidays of 2027"):
        due(CARE, date(2026, 12, 18), (), few)


def test_the_clock_runs_from_the_day_the_last_one_was_held() -> None:
    care = Care(date(2025, 4, 1))
    held = (date(2025, 5, 1), date(2025, 8, 2), date(2026, 2, 2), date(2026, 8, 2))

    found = timed((care,), held, ENGLAND)

    assert [review.due.by for review in found if review.due] == [
        date(2025, 5, 1), date(2025, 8, 1), date(2026, 2, 2), date(2026, 8, 2),
    ]  # fmt: skip
    assert [review.late_days for review in found] == [0, 1, 0, 0]
    assert [review.due.step.stage for review in found if review.due] == [
        Stage.FIRST, Stage.SECOND, Stage.LATER, Stage.LATER,
    ]  # fmt: skip


def test_a_second_period_of_care_starts_anew() -> None:
    cares = (Care(date(2024, 1, 2), date(2024, 3, 1)), Care(date(2025, 9, 1)))
    held = (date(2024, 1, 30), date(2024, 6, 1), date(2025, 9, 29))

    first, outside, again = timed(cares, held, ENGLAND)

    assert first.due is not None
    assert outside.due is None
    assert outside.late_days == 0
    assert again.due is not None
    assert again.due.step.stage is Stage.FIRST
    assert ahead(cares, held, TODAY, ENGLAND) == due(
        CARE, date(2025, 9, 1), (date(2025, 9, 29),), ENGLAND
    )
    assert ahead(cares, held, date(2024, 6, 1), ENGLAND) is None


def test_short_breaks_have_three_months_and_then_six() -> None:
    care = Care(date(2026, 1, 31), short_breaks=True)

    assert due_in_care(care, (), TODAY, ENGLAND).by == date(2026, 4, 30)
    after = due_in_care(care, (date(2026, 4, 30),), TODAY, ENGLAND)
    assert (after.by, after.step.stage, after.timescale) == (
        date(2026, 10, 30), Stage.LATER, SHORT_BREAKS,
    )  # fmt: skip


def test_a_placement_for_adoption_starts_anew_with_four_weeks() -> None:
    """SI 2005/389 reg 36(3)."""
    care = Care(date(2025, 4, 1), placed_on=(date(2025, 9, 10),))
    held = (date(2025, 5, 1), date(2025, 7, 30), date(2025, 10, 8), date(2026, 1, 9))

    found = timed((care,), held, ENGLAND)

    assert [review.due.by for review in found if review.due] == [
        date(2025, 5, 1), date(2025, 8, 1), date(2025, 10, 8), date(2026, 1, 8),
    ]  # fmt: skip
    assert [review.late_days for review in found] == [0, 0, 0, 1]
    later = ahead((care,), held, TODAY, ENGLAND)
    assert later is not None
    assert (later.by, later.timescale) == (date(2026, 7, 9), PLACED_FOR_ADOPTION)


def test_what_was_due_before_the_placement_stays_due() -> None:
    care = Care(date(2025, 4, 1), placed_on=(date(2025, 9, 10),))

    (late,) = timed((care,), (date(2025, 9, 20),), ENGLAND)

    assert late.due is not None
    assert late.due.by == date(2025, 5, 1)
    # And the placement is not known before its day.
    assert due_in_care(care, (), date(2025, 9, 9), ENGLAND).by == date(2025, 5, 1)


def test_authorised_but_not_placed_there_are_three_months_and_then_six() -> None:
    """SI 2005/389 reg 36(1): no longer than the clock of before would leave."""
    held = (date(2025, 5, 1), date(2025, 8, 1))
    early = Care(date(2025, 4, 1), authorised_on=date(2025, 8, 20))
    late = Care(date(2025, 4, 1), authorised_on=date(2025, 12, 20))

    sooner = due_in_care(early, held, date(2025, 9, 1), ENGLAND)
    assert (sooner.by, sooner.timescale) == (date(2025, 11, 20), MAY_BE_ADOPTED)
    assert due_in_care(late, held, date(2025, 12, 21), ENGLAND).by == date(2026, 2, 1)
    then = due_in_care(early, (*held, date(2025, 11, 20)), date(2026, 1, 1), ENGLAND)
    assert (then.by, then.step.stage) == (date(2026, 5, 20), Stage.LATER)


def test_a_review_stood_down_is_answered_by_the_next_one_held() -> None:
    cares = (Care(date(2024, 1, 2), date(2024, 12, 1)), Care(date(2025, 4, 1)))
    held = timed(cares, (date(2025, 5, 1), date(2025, 8, 2)), ENGLAND)

    assert rearranged(date(2025, 4, 28), cares, held) is Rearranged.IN_TIME
    assert rearranged(date(2025, 5, 1), cares, held) is Rearranged.IN_TIME
    assert rearranged(date(2025, 7, 28), cares, held) is Rearranged.LATE
    assert rearranged(date(2025, 8, 3), cares, held) is Rearranged.NOT
    assert rearranged(date(2024, 11, 20), cares, held) is Rearranged.NOT  # left care


def test_two_on_one_date_are_one() -> None:
    assert len(timed((Care(date(2025, 4, 1)),), (date(2025, 5, 1), date(2025, 5, 1)), ENGLAND)) == 1


def test_the_other_meetings_have_clocks_of_their_own() -> None:
    assert due(PATHWAY, date(2025, 8, 31), (), ENGLAND).by == date(2026, 2, 28)
    assert due(PATHWAY_PLAN, birthday(date(2008, 2, 29), 16), (), ENGLAND).by == date(2024, 5, 29)
    assert birthday(date(2008, 2, 29), 17) == date(2025, 3, 1)
    assert due(FOSTER_CARER, date(2024, 2, 29), (), ENGLAND).by == date(2025, 2, 28)
    held = (date(2026, 1, 22), date(2026, 4, 22))
    assert due(CONFERENCE, date(2026, 1, 2), (), ENGLAND).by == date(2026, 1, 23)
    assert due(CONFERENCE, date(2026, 1, 2), held[:1], ENGLAND).by == date(2026, 4, 22)
    assert due(CONFERENCE, date(2026, 1, 2), held, ENGLAND).by == date(2026, 10, 22)


def test_the_sentence_says_the_rule_the_day_and_how_late_it_was() -> None:
    care = Care(date(2025, 2, 3))
    held = (date(2025, 3, 3), date(2025, 6, 3), date(2025, 12, 5), date(2026, 6, 6))
    first, _second, late, again = timed((care,), held, ENGLAND)

    assert sentence(explain_held(first)) == (
        "20 working days after 3 February 2025, when they became looked after: by 3 March 2025. "
        "Held on 3 March 2025: in time."
    )
    assert sentence(explain_held(late)) == (
        "6 months after the review of 3 June 2025: by 3 December 2025. "
        "Held on 5 December 2025: 2 days late."
    )
    assert sentence(explain_held(again)).endswith("Held on 6 June 2026: 1 day late.")
    assert sentence(explain(due_in_care(care, held, TODAY, ENGLAND))) == (
        "6 months after the review of 6 June 2026: by 6 December 2026."
    )
    assert sentence(explain_held(Timed(TODAY, None))).startswith("Held on 27 November 2026, when")


# A second implementation, written to be read and not to be fast: it counts on its fingers.


def _months_on(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in (day.day, day.day - 1, day.day - 2, day.day - 3):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)


def _working_days_on(day: date, count: int) -> date:
    counted = 0
    while counted < count:
        day += DAY
        if day.isoweekday() <= 5 and day not in ENGLAND.days:
            counted += 1
    return day


def _naive(cares: Sequence[Care], held: Sequence[date]) -> list[tuple[date, date | None]]:
    """Each day of a review with the day it was due, by walking through all days in order."""
    found: list[tuple[date, date | None]] = []
    for day in sorted(set(held)):
        mine = [care for care in cares if care.began <= day <= (care.ended or date.max)]
        if not mine:
            found.append((day, None))
            continue
        care = mine[-1]
        before = [
            earlier
            for earlier in sorted(set(held))
            if earlier < day and [one for one in cares if one.holds(earlier)][-1:] == [care]
        ]
        found.append((day, _naively_due(care, before, day)))
    return found


def _naively_due(care: Care, before: list[date], day: date) -> date:
    placed = max((one for one in care.placed_on if one <= day), default=None)
    if placed is not None:
        since = [one for one in before if one >= placed]
        match len(since):
            case 0:
                missed = _naively_due(care, before, placed - DAY)
                return missed if missed < placed else placed + 28 * DAY
            case 1:
                return _months_on(since[0], 3)
            case _:
                return _months_on(since[-1], 6)
    if care.short_breaks:
        usual = _months_on(before[-1], 6) if before else _months_on(care.began, 3)
    elif not before:
        usual = _working_days_on(care.began, 20)
    else:
        usual = _months_on(before[-1], 3 if len(before) == 1 else 6)
    authorised = care.authorised_on
    if authorised is None or authorised > day:
        return usual
    if any(one >= authorised for one in before):
        return _months_on(before[-1], 6)
    return min(usual, _months_on(authorised, 3))


def _history(chance: Random) -> tuple[list[Care], list[date]]:
    cares, held = [], []
    day = date(2015, 1, 1) + chance.randrange(3000) * DAY
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        ended = day + chance.randrange(1, 1500) * DAY
        within = [day + chance.randrange(1500) * DAY for _ in range(3)]
        cares.append(
            Care(
                day,
                ended if chance.random() < 0.7 else None,
                short_breaks=chance.random() < 0.15,
                placed_on=tuple(sorted(within[:2])) if chance.random() < 0.2 else (),
                authorised_on=within[2] if chance.random() < 0.2 else None,
            )
        )
        at = day
        for _ in range(chance.randrange(7)):
            at += chance.choice((0, 1, 28, 29, 80, 91, 92, 180, 183, 184, 200)) * DAY
            held.append(at + chance.randrange(3) * DAY)
        if cares[-1].ended is None:
            break
        day = ended + chance.choice((0, 1, 40, 400)) * DAY
    return cares, held


def test_two_implementations_agree_on_a_hundred_thousand_histories() -> None:
    chance = Random(5)
    for number in range(100_000):
        cares, held = _history(chance)
        found = [(one.held_on, one.due and one.due.by) for one in timed(cares, held, ENGLAND)]
        assert found == _naive(cares, held), (number, cares, held)


def test_who_asks_from_a_day_on_is_told_the_same_of_the_reviews_from_then_on() -> None:
    chance = Random(6)
    for _ in range(2_000):
        cares, held = _history(chance)
        since = date(2015, 1, 1) + chance.randrange(5000) * DAY
        whole = timed(cares, held, ENGLAND)
        found = timed(cares, held, ENGLAND, since)
        assert found == tuple(one for one in whole if one.held_on >= since), (cares, held, since)
