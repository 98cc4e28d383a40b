"""A reminder is chosen, stands while they are stopped, and ends when they go on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conversations import texts_later
from conversations.conversation import Conversation, Pause, Sent
from conversations.effects import CameBack, Effect, NoReminder, Remind, Stopped
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text
from conversations.screens import About, look
from conversations.wording import Band

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OPEN = start(FLOWS["cioc_review"], Band.TWELVE)
AT_A_STOP = step(OPEN, Command(name=Name.STOP), NOW).conversation
CHAT = About({"remind_in_chat": "tomorrow week"})


def effects(heard: Heard, conversation: Conversation = AT_A_STOP) -> tuple[Effect, ...]:
    return step(conversation, heard, NOW).effects


def test_stopping_asks_for_none_by_itself() -> None:
    assert effects(Command(name=Name.STOP), OPEN) == (Stopped(),)


@pytest.mark.parametrize("day", ["tomorrow", "three_days", "week"])
def test_one_is_set_by_who_chooses_it_and_what_is_asked_stays_asked(day: str) -> None:
    turn = step(AT_A_STOP, Chosen(option=f"@remind:{day}"), NOW)
    assert turn.effects == (Remind(day),)
    assert turn.conversation == AT_A_STOP


@pytest.mark.parametrize("option", ["@remind:", "@remind:tonight", "@remind:midnight"])
def test_nothing_else_can_be_chosen(option: str) -> None:
    assert effects(Chosen(option=option)) == ()


def test_it_can_be_chosen_at_a_stop_only_and_not_once_something_was_sent() -> None:
    assert effects(Chosen(option="@remind:week"), OPEN) == ()
    sent = replace(AT_A_STOP, sent=(Sent(1, NOW),))
    assert effects(Chosen(option="@remind:week"), sent) == ()
    assert look(sent, CHAT).reminder is None


@pytest.mark.parametrize(
    "heard",
    [
        Chosen(option="@go_on"),
        Chosen(option="@remind:none"),
        Command(name=Name.STOP),
        Command(name=Name.HELP),
        Command(name=Name.BACK),
        Text(words="I am here again"),
    ],
)
def test_whoever_goes_on_stops_or_wants_none_is_not_reminded(heard: Heard) -> None:
    assert {NoReminder(), CameBack()} & set(effects(heard))


@pytest.mark.parametrize("heard", [Command(name=Name.LEAVE), Draft(words="half of it")])
def test_leaving_quickly_lets_it_stand(heard: Heard) -> None:
    assert not {NoReminder(), CameBack()} & set(effects(heard))


def test_the_second_click_of_stop_does_not_end_what_was_chosen_between() -> None:
    click = Command(name=Name.STOP, to="hello", turn=0)
    assert effects(click) == ()


def test_a_chat_is_offered_days_and_a_browser_alone_a_calendar() -> None:
    chat = look(AT_A_STOP, CHAT).reminder
    assert chat is not None
    assert [pick.id for pick in chat.picks] == ["@remind:tomorrow", "@remind:week"]
    assert chat.says.text == texts_later.REMIND_OFFER
    calendar = look(AT_A_STOP, About({"remind_in_calendar": "three_days"})).reminder
    assert calendar is not None
    assert ([pick.id for pick in calendar.picks], calendar.calendar) == (["three_days"], True)
    assert look(AT_A_STOP, About({})).reminder is None


def test_one_that_is_set_is_said_with_its_day_and_can_be_taken_back() -> None:
    found = look(AT_A_STOP, About({"remind_on": NOW, "remind_in_chat": "week"})).reminder
    assert found is not None
    assert found.says.text == texts_later.REMIND_SET
    assert [pick.id for pick in found.picks] == ["@remind:none"]


def test_nothing_is_offered_in_the_middle_of_something_else() -> None:
    for conversation in (OPEN, replace(OPEN, pause=Pause.HELP), replace(OPEN, pause=Pause.TOLD)):
        assert look(conversation, CHAT).reminder is None
