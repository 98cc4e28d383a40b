"""Who is told of an alert, in which order and when."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.service import rota
from bot.service.council import Contact, Duty
from storage.alert_calls import Step
from storage.alerts import Team

THURSDAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 22, tzinfo=UTC)
FRIDAY_AT_NINE = datetime(2026, 11, 27, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

TEAM = Contact(sms=("07700 900111",), email=("duty@northborough.example",))
ADULTS = Contact(sms=("07700 900114",))
EDT = Contact(sms=("07700 900112",))
MANAGER = Contact(email=("manager@northborough.example",))
ALL = Duty(team=TEAM, team_adults=ADULTS, out_of_hours=EDT, manager=MANAGER)


def told(hours: Duty, at: datetime, count: int, team: Team = Team.CHILDREN) -> list[str]:
    """The first so many who are told if nobody takes it on, each with the time."""
    late = at + QUARTER
    step, when = rota.first(hours, team, late, at)
    found = []
    for _ in range(count):
        found.append(f"{step.value} {when:%a %H:%M}")
        following = rota.following(hours, team, step, when)
        if following is None:
            break
        step, when = following
    return found


def test_in_duty_hours_the_team_is_first_and_the_next_follow_each_a_quarter_of_an_hour_on() -> None:
    assert told(ALL, THURSDAY, 5) == [
        "team Thu 12:00", "out_of_hours Thu 12:15", "manager Thu 12:30", "team Thu 12:45",
        "out_of_hours Thu 13:00",
    ]  # fmt: skip


def test_at_night_the_emergency_team_is_first_and_the_duty_team_is_told_when_it_opens() -> None:
    assert told(ALL, NIGHT, 4) == [
        "out_of_hours Thu 22:00", "manager Thu 22:15", "team Fri 09:00", "out_of_hours Fri 09:15",
    ]  # fmt: skip


def test_when_the_team_closes_meanwhile_the_others_are_told_all_the_same() -> None:
    assert told(ALL, THURSDAY.replace(hour=16, minute=50), 4) == [
        "team Thu 16:50", "out_of_hours Thu 17:05", "manager Thu 17:20", "team Fri 09:00",
    ]  # fmt: skip


def test_without_an_emergency_contact_the_closed_team_is_told_and_then_the_manager() -> None:
    hours = ALL.model_copy(update={"out_of_hours": Contact()})
    assert told(hours, NIGHT, 3) == ["team Thu 22:00", "manager Thu 22:15", "team Fri 09:00"]


def test_one_contact_alone_is_told_again_in_the_team_s_hours_until_somebody_takes_it_on() -> None:
    assert told(Duty(team=TEAM), THURSDAY, 3) == [
        "team Thu 12:00", "team Thu 12:15", "team Thu 12:30",
    ]  # fmt: skip
    assert told(Duty(team=TEAM), NIGHT, 2) == ["team Thu 22:00", "team Fri 09:00"]


def test_where_the_team_only_looks_at_the_desk_the_others_are_told_after_its_time() -> None:
    hours = Duty(out_of_hours=EDT)
    assert told(hours, THURSDAY, 3) == [
        "team Thu 12:00", "out_of_hours Thu 12:15", "team Thu 12:30",
    ]  # fmt: skip
    assert told(hours, NIGHT, 2) == ["out_of_hours Thu 22:00", "team Fri 09:00"]


def test_without_any_way_everybody_looks_at_the_desk_and_nothing_follows() -> None:
    assert told(Duty(), THURSDAY, 3) == ["team Thu 12:00"]


def test_a_concern_comes_to_the_team_in_its_hours_once_it_is_late_and_to_nobody_at_night() -> None:
    late = THURSDAY.replace(hour=17)

    step, at = rota.first(ALL, Team.OFFICER, late, THURSDAY)
    second = rota.following(ALL, Team.OFFICER, step, at)
    again = rota.following(ALL, Team.OFFICER, Step.MANAGER, FRIDAY_AT_NINE + QUARTER)

    assert (step, at) == (Step.TEAM, FRIDAY_AT_NINE)
    assert second == (Step.MANAGER, FRIDAY_AT_NINE + QUARTER)
    assert again == (Step.TEAM, datetime(2026, 11, 30, 9, tzinfo=UTC))  # a Monday


@pytest.mark.parametrize(("team", "first"), [(Team.CHILDREN, TEAM), (Team.ADULTS, ADULTS)])
def test_from_eighteen_the_team_for_adults_is_told(team: Team, first: Contact) -> None:
    assert rota.contact(ALL, Step.TEAM, team) == first
    assert rota.contact(ALL, Step.OUT_OF_HOURS, team) == EDT


def test_without_a_contact_of_its_own_the_team_for_adults_is_told_by_the_team_s() -> None:
    assert rota.contact(Duty(team=TEAM), Step.TEAM, Team.ADULTS) == TEAM


def test_a_step_that_the_council_has_taken_out_since_is_followed_by_the_next_that_is_there() -> (
    None
):
    hours = Duty(manager=MANAGER)
    assert rota.following(hours, Team.CHILDREN, Step.OUT_OF_HOURS, THURSDAY) == (
        Step.MANAGER, THURSDAY + QUARTER,
    )  # fmt: skip
