"""What follows where somebody may not be safe: told, kept, and never again and again."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from conversations import texts
from conversations.alarm import REPEAT
from conversations.conversation import Conversation, Pause, from_plain, to_plain
from conversations.effects import Cause, RaiseAlert, RecordAnswer, SaySafe
from conversations.engine import carry_forward, start, step
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Chosen, ChosenSeveral, Command, Draft, Heard, Name, Text
from conversations.places import HELP, OFFER, asked
from conversations.screens import About, look
from conversations.wording import Band, Param, Say
from tests.conversations.test_engine_properties import (
    NOW,
    conversations,
    everything_said,
    heard,
    often,
    onward,
)

URGENT = "my dad hits me with a belt"
CONCERN = "there is never any food in the house"
HARMLESS = "this homework is killing me"
DUTY: dict[str, Param] = {
    "duty_team": texts.DUTY_TEAM,
    "duty_phone": "1",
    "opens": "9",
    "closes": "5",
    "lines": "L",
}


def at_home_change() -> Conversation:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != "home.change":
        conversation = step(conversation, onward(conversation), NOW).conversation
    return conversation


def says(conversation: Conversation, facts: dict[str, Param]) -> list[object]:
    return [say.text for say in look(conversation, About(facts)).says]


def test_help_raises_an_alert_and_the_screen_says_who_is_told() -> None:
    turn = step(at_home_change(), Command(name=Name.HELP), NOW, watched=True)

    assert turn.effects == (RaiseAlert(Cause.HELP),)
    assert says(turn.conversation, DUTY) == [texts.HELP_LINES, texts.HELP_TAPPED, texts.HELP_OPEN]


def test_where_nobody_looks_nobody_is_said_to_be_told_and_nothing_is_read() -> None:
    conversation = at_home_change()

    for one in (Command(name=Name.HELP), Text(words=URGENT), Draft(words=URGENT)):
        turn = step(conversation, one, NOW)

        assert not [e for e in turn.effects if isinstance(e, RaiseAlert)]
        assert turn.conversation.pause is not Pause.URGENT
        if turn.conversation.pause is Pause.HELP:
            assert says(turn.conversation, DUTY) == [texts.HELP_LINES, texts.HELP_NOT_TOLD]


def test_a_council_that_stops_looking_leaves_no_screen_that_says_somebody_is_told() -> None:
    told = step(at_home_change(), Command(name=Name.HELP), NOW, watched=True).conversation

    assert says(told, {"lines": "L"}) == [texts.HELP_LINES]


def test_urgent_words_stay_the_answer_and_pause_the_questions() -> None:
    turn = step(at_home_change(), Text(words=URGENT), NOW, watched=True)

    recorded, raised = turn.effects
    assert recorded == RecordAnswer("home.change")
    assert isinstance(raised, RaiseAlert)
    assert (raised.cause, raised.category, raised.words, raised.question) == (
        Cause.URGENT, "physical", URGENT, "home.change",
    )  # fmt: skip
    assert turn.conversation.answers["home.change"].words == URGENT
    assert asked(turn.conversation) == HELP
    assert texts.HELP_URGENT in says(turn.conversation, DUTY)
    on = step(turn.conversation, Chosen(option="@go_on"), NOW, watched=True).conversation
    assert asked(on) != HELP
    assert on.answers == turn.conversation.answers


def test_a_concern_changes_nothing_but_that_the_lines_stand_once_at_the_end_of_the_topic() -> None:
    conversation = at_home_change()
    plain = step(conversation, Text(words="a bigger room"), NOW, watched=True).conversation
    turn = step(conversation, Text(words=CONCERN), NOW, watched=True)

    assert [type(e) for e in turn.effects] == [RecordAnswer, RaiseAlert]
    assert turn.effects[1].cause is Cause.CONCERN  # type: ignore[union-attr]
    assert asked(turn.conversation) == asked(plain) == "home.audience"
    assert says(turn.conversation, DUTY)[0] == texts.CONCERN_LINES
    assert texts.CONCERN_LINES not in says(plain, DUTY)
    on = step(turn.conversation, Chosen(option="officer"), NOW, watched=True).conversation
    assert texts.CONCERN_LINES not in says(on, DUTY)
    back = step(on, Chosen(option="@change:home.audience"), NOW, watched=True).conversation
    assert asked(back) == "home.audience"
    assert texts.CONCERN_LINES not in says(back, DUTY)


@pytest.mark.parametrize(
    "one",
    [
        Text(words=URGENT),
        Draft(words=URGENT),
        Chosen(option="good", words=URGENT, to="home.feeling"),
        ChosenSeveral(options=("boring",), words=URGENT, to="meeting.why_not"),
        Text(words=f"{URGENT} {'x' * LONGEST}"),
        Text(words=URGENT, to="start.ok"),
    ],
    ids=["answer", "draft", "choice", "several", "too-long", "explainer"],
)
def test_every_word_is_read_wherever_it_is_written(one: Heard) -> None:
    turn = step(at_home_change(), one, NOW, watched=True)

    assert [e.cause for e in turn.effects if isinstance(e, RaiseAlert)] == [Cause.URGENT]
    assert asked(turn.conversation) == HELP


def test_a_correction_is_read_like_the_first_answer() -> None:
    answered = step(at_home_change(), Text(words="a bigger room"), NOW, watched=True).conversation
    again = step(answered, Chosen(option="@change:home.change"), NOW, watched=True).conversation

    turn = step(again, Text(words=URGENT), NOW, watched=True)

    assert turn.conversation.answers["home.change"].words == URGENT
    assert turn.conversation.pause is Pause.URGENT


def test_the_same_alarm_soon_again_raises_the_alert_and_not_the_screen() -> None:
    first = step(at_home_change(), Text(words=URGENT), NOW, watched=True).conversation
    on = step(first, Chosen(option="@go_on"), NOW, watched=True).conversation

    soon = step(on, Text(words=URGENT), NOW + REPEAT - timedelta(seconds=1), watched=True)
    assert [e.cause for e in soon.effects if isinstance(e, RaiseAlert)] == [Cause.URGENT]
    assert soon.conversation.pause is None

    other = step(on, Text(words="i want to kill myself"), NOW, watched=True)
    assert other.conversation.pause is Pause.URGENT

    later = step(on, Text(words=URGENT), NOW + REPEAT, watched=True)
    assert later.conversation.pause is Pause.URGENT


def test_whether_they_are_safe_is_asked_once_and_the_answer_joins_the_alert() -> None:
    told = step(at_home_change(), Command(name=Name.HELP), NOW, watched=True).conversation
    screen = look(told, About(DUTY))
    assert [pick.id for pick in screen.picks] == ["@safe:yes", "@safe:no", "@safe:not_sure",
                                                  "@go_on"]  # fmt: skip
    assert texts.HELP_SAFE_NOW in [say.text for say in screen.after]

    turn = step(told, Chosen(option="@safe:no"), NOW, watched=True)
    assert turn.effects == (SaySafe("no"),)
    after = look(turn.conversation, About(DUTY))
    assert [pick.id for pick in after.picks] == ["@go_on"]
    assert texts.HELP_SAFE_KEPT in [say.text for say in after.after]

    for wrong in ("@safe:yes", "@safe:", "@safe:maybe"):
        assert step(turn.conversation, Chosen(option=wrong), NOW, watched=True).effects == ()
    plain = step(at_home_change(), Command(name=Name.HELP), NOW).conversation
    assert step(plain, Chosen(option="@safe:no"), NOW).effects == ()


def test_a_double_click_on_help_is_one_alert() -> None:
    conversation = at_home_change()
    click = Command(name=Name.HELP, to="home.change", turn=conversation.turns)

    once = step(conversation, click, NOW, watched=True)
    twice = step(once.conversation, click, NOW, watched=True)

    assert (len(once.effects), twice.effects) == (1, ())
    assert twice.conversation == once.conversation


def test_a_conversation_of_an_older_version_is_told_anew_who_hears_of_danger() -> None:
    flow = FLOWS["cioc_review"]
    older = replace(at_home_change(), flow_version=2)
    assert {"words.safe", "words.talk"} <= set(older.answers)

    carried = carry_forward(older)

    assert carried.flow_version == flow.version
    assert asked(carried) == "words.safe"
    assert set(older.answers) - set(carried.answers) == {"words.safe", "words.talk"}


@pytest.mark.parametrize("words", [HARMLESS, "I could murder a pizza", "nothing", "🐕"])
def test_what_is_harmless_goes_on_as_if_nobody_read_it(words: str) -> None:
    conversation = at_home_change()

    assert step(conversation, Text(words=words), NOW, watched=True) == step(
        conversation, Text(words=words, to="home.change"), NOW
    )


@often
@given(conversations(), heard)
def test_reading_for_danger_takes_nothing_away_and_is_kept_with_the_conversation(
    conversation: Conversation, one: Heard
) -> None:
    plain = step(conversation, one, NOW)
    read = step(conversation, one, NOW, watched=True)

    assert everything_said(read.conversation) == everything_said(plain.conversation)
    assert [e for e in read.effects if not isinstance(e, RaiseAlert)] == [
        e for e in plain.effects if not isinstance(e, RaiseAlert)
    ]
    assert from_plain(json.loads(json.dumps(to_plain(read.conversation)))) == read.conversation
    screen = look(read.conversation, About({}))
    assert screen.picks or screen.words


def test_words_typed_on_the_help_screen_are_read_and_offered() -> None:
    told = step(at_home_change(), Command(name=Name.HELP), NOW, watched=True).conversation

    turn = step(told, Text(words="I had a dog once"), NOW, watched=True)

    assert asked(turn.conversation) == OFFER
    assert all(isinstance(say, Say) for say in turn.says)
