"""When the duty team looks, on the clock of England and Wales."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from pydantic import ValidationError

from bot.service import duty
from bot.service.council import Council, Duty, Weekday, read_council
from bot.service.wording import LONDON

OFFICE = Duty()


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(2026, 11, 26, 8, 59), False),  # a Thursday
        (at(2026, 11, 26, 9), True),
        (at(2026, 11, 26, 16, 59), True),
        (at(2026, 11, 26, 17), False),
        (at(2026, 11, 28, 12), False),  # a Saturday
        (at(2026, 12, 25, 12), False),  # Christmas Day, a Friday
        (at(2026, 12, 28, 12), False),  # Monday in place of Boxing Day
        (at(2027, 3, 26, 12), False),  # Good Friday
        (at(2026, 7, 1, 9), True),  # 8 o'clock in UTC
    ],
)
def test_the_team_looks_in_its_hours_and_on_no_bank_holiday(
    moment: datetime, is_open: bool
) -> None:
    assert duty.is_open(OFFICE, moment) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(2026, 11, 26, 8), at(2026, 11, 26, 9)),
        (at(2026, 11, 27, 18), at(2026, 11, 30, 9)),
        (at(2026, 12, 24, 17), at(2026, 12, 29, 9)),
        (at(2026, 10, 24, 12), at(2026, 10, 26, 9)),  # clocks go back in between
        (at(2026, 11, 26, 12), at(2026, 11, 26, 12)),
    ],
)
def test_when_it_opens_next(moment: datetime, opens: datetime) -> None:
    assert duty.next_open(OFFICE, moment) == opens


def test_a_team_that_works_on_sundays_and_holidays_is_open_then() -> None:
    every_day = Duty(days=tuple(Weekday), bank_holidays=True, opens=time(0, 1), closes=time(23, 59))

    assert duty.is_open(every_day, at(2026, 12, 25, 23, 30))
    assert not duty.is_open(every_day, at(2026, 12, 25, 0, 0))


def test_fifteen_minutes_run_from_when_somebody_looks() -> None:
    noon, night = at(2026, 11, 26, 12), at(2026, 11, 26, 22)

    assert duty.acknowledge_by(OFFICE, noon) == noon + timedelta(minutes=15)
    assert duty.acknowledge_by(OFFICE, night) == at(2026, 11, 27, 9, 15)


def test_working_days_leave_out_bank_holidays() -> None:
    assert duty.working_day(date(2026, 12, 24), 1) == date(2026, 12, 29)


def test_duty_hours_need_numbers_to_ring_and_a_day_that_is_no_night() -> None:
    plain = read_council(None).model_dump()
    for name in ("duty_phone", "duty_phone_adults"):
        with pytest.raises(ValidationError, match="duty_phone"):
            Council.model_validate({**plain, name: ""})
    with pytest.raises(ValidationError, match="earlier"):
        Duty(opens=time(17), closes=time(9))
