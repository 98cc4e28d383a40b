"""*Start over* asks first, and nothing is lost by it: not what was said, not who may hear it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.service.understood import understand
from conversations import texts_later
from conversations.conversation import Conversation
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Name, Text
from conversations.places import CHECK, MAP, OVER, SENT, asked
from conversations.screens import About, look
from conversations.sending import to_send
from conversations.sharing import audience_of
from conversations.wording import Band
from tests.conversations.test_engine_properties import onward

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BEFORE, AFTER = "My room is cold", "My room is warm now"
FLOW = FLOWS["cioc_review"]


def goes(conversation: Conversation, option: str) -> Conversation:
    return step(conversation, Chosen(option=option), NOW).conversation


def says(conversation: Conversation, words: str, to: str) -> Conversation:
    return step(conversation, Text(words=words, to=to), NOW).conversation


def at_home(words: str = BEFORE, hears: str = "officer") -> Conversation:
    """They have said something about where they live, and who may hear it."""
    conversation = start(FLOW, Band.TWELVE)
    while asked(conversation) != "feel.care":
        conversation = step(conversation, onward(conversation), NOW).conversation
    return said_at_home(conversation, words, hears)


def said_at_home(conversation: Conversation, words: str, hears: str) -> Conversation:
    conversation = goes(goes(conversation, "@topic:home"), "ok")
    conversation = says(conversation, words, "home.change")
    return step(conversation, Chosen(option=hears, to="home.audience"), NOW).conversation


def words_at_home(conversation: Conversation) -> str | None:
    answer = conversation.answers.get("home.change")
    return answer.words if answer else None


def over(conversation: Conversation) -> Conversation:
    return goes(goes(goes(conversation, "@map"), "@start_over"), "@over")


def test_it_is_asked_first_and_no_leads_back_to_the_topics() -> None:
    conversation = goes(goes(at_home(), "@map"), "@start_over")
    screen = look(conversation, About({}))
    assert asked(conversation) == OVER
    assert screen.ask.text == texts_later.OVER_ASK
    assert words_at_home(conversation) == BEFORE

    back = goes(conversation, "@map")
    assert (asked(back), words_at_home(back)) == (MAP, BEFORE)
    assert words_at_home(step(conversation, Command(name=Name.BACK), NOW).conversation) == BEFORE
    assert words_at_home(step(conversation, Command(name=Name.SKIP), NOW).conversation) == BEFORE


def test_on_the_check_page_what_undoes_comes_last() -> None:
    ways = [way.id for way in look(goes(at_home(), "@check"), About({})).ways]

    assert ways[-2:] == ["@start_over", "@back"]
    assert ways[0] == "@map"


def test_the_first_question_is_asked_again_and_they_need_not_be_told_everything_again() -> None:
    again = over(at_home())
    assert asked(again) == "feel.care"
    assert words_at_home(again) is None
    assert again.answers["start.ok"].choices == ("yes",)
    assert not again.unsent


def test_what_was_said_before_comes_back_whole_with_who_may_hear_it() -> None:
    old = at_home(hears="officer")
    wide = {"file", "all"} & {option.id for option in FLOW.by_id["home.audience"][1].options} or {
        option.id for option in FLOW.by_id["home.audience"][1].options
    } - {"officer", "pick"}
    new = said_at_home(over(old), AFTER, sorted(wide)[0])
    check = goes(new, "@check")
    assert texts_later.BEFORE_SAYS in [say.text for say in look(check, About({})).says]

    back = goes(check, "@before")
    assert words_at_home(back) == BEFORE
    assert audience_of(FLOW, back, "home") == audience_of(FLOW, old, "home")
    assert words_at_home(goes(back, "@before")) == AFTER  # and there again


def test_started_over_twice_the_first_words_are_still_there_to_be_used_one_by_one() -> None:
    twice = over(said_at_home(over(at_home()), AFTER, "officer"))
    assert [one.words for one in twice.aside] == [None, BEFORE]
    assert [one.words for one in twice.before if one.words] == [AFTER]


def test_what_was_sent_stays_sent_and_is_not_put_away() -> None:
    sent = step(goes(at_home(), "@check"), Chosen(option="send", to=CHECK), NOW)
    assert asked(sent.conversation) == SENT
    told = step(sent.conversation, Chosen(option="@start_over"), NOW)
    assert [say.text for say in told.says] == [texts_later.OVER_SENT]
    assert asked(told.conversation) == MAP
    assert to_send(told.conversation) == to_send(sent.conversation)
    for option in ("@over", "@before"):
        assert to_send(goes(told.conversation, option)) == to_send(sent.conversation)


def test_what_was_put_away_stays_beside_what_is_sent_to_be_used_later() -> None:
    new = said_at_home(over(at_home()), AFTER, "officer")
    sent = step(goes(new, "@check"), Chosen(option="send", to=CHECK), NOW)
    ((submit),) = sent.effects
    assert AFTER in repr(submit)
    assert BEFORE not in repr(submit)
    assert sent.conversation.before == ()
    assert BEFORE in [one.words for one in sent.conversation.aside]


@pytest.mark.parametrize("words", ["start over", "Start over!", "start again", "START  OVER"])
def test_it_can_be_typed_anywhere(words: str) -> None:
    conversation = at_home()
    heard = understand(Text(words=words), conversation)
    assert heard == Chosen(option="@start_over")
    assert asked(step(conversation, heard, NOW).conversation) == OVER


@pytest.mark.parametrize(
    "words", ["I want to start over with my mum", "can we start over at the new school", "start"]
)
def test_whoever_only_speaks_of_it_is_not_asked(words: str) -> None:
    assert isinstance(understand(Text(words=words), at_home()), Text)


def test_with_nothing_said_there_is_nothing_to_start_over() -> None:
    conversation = start(FLOW, Band.TWELVE)
    while asked(conversation) != "feel.care":
        conversation = step(conversation, onward(conversation), NOW).conversation
    assert goes(conversation, "@start_over") == conversation
    ways = [pick.id for pick in look(goes(conversation, "@map"), About({})).ways]
    assert "@start_over" not in ways


def test_a_second_click_does_not_put_the_new_answers_away() -> None:
    again = over(at_home())
    new = said_at_home(again, AFTER, "officer")
    assert goes(new, "@over") == new
    assert replace(goes(again, "@over"), turns=0) == replace(again, turns=0)
