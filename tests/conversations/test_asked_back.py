"""A young person asks Sayso something: it answers from fixed texts, and asks again."""

import re
from datetime import UTC, datetime

import pytest

from conversations import texts
from conversations.asked_back import FIXED, LONGEST_ASKED, every_answer, fixed_answer
from conversations.conversation import Conversation
from conversations.effects import Submit
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.glossary import GLOSSARY
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import CHECK, HELP, OFFER, START, STOPPED, asked
from conversations.screens import About, look
from conversations.wording import Band
from conversations.wording import Text as Wording

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def at(place: str, flow: str = "cioc_review") -> Conversation:
    """A conversation in which nothing was said yet, at this question."""
    conversation = start(FLOWS[flow], Band.TWELVE)
    for _step in range(60):
        now = asked(conversation)
        if now == place:
            return conversation
        heard: Heard = Chosen(option="yes") if now == START else Command(name=Name.SKIP)
        conversation = step(conversation, heard, NOW).conversation
    raise AssertionError(f"{place} is never asked.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("are you real?", texts.FAQ_REAL),
        ("r u real??", texts.FAQ_REAL),
        ("hey ARE YOU A ROBOT lol", texts.FAQ_REAL),
        ("who reads this?", texts.FAQ_READS),
        ("Whos gonna see this", texts.FAQ_READS),
        ("is this secret", texts.FAQ_READS),
        ("can I swear", texts.FAQ_SWEAR),
        ("What's an IRO?", texts.IRO_WHO),
        ("wots an iro", texts.IRO_WHO),
        ("who is my IRO?", texts.IRO_WHO),
        ("what does advocate mean", texts.ADVOCATE_WHO),
        ("will my foster mum see this?", texts.FAQ_CARER),
        ("will I get in trouble", texts.FAQ_TROUBLE),
        ("do I have to?", texts.FAQ_MUST),
        ("can i skip this", texts.FAQ_SKIP),
        ("how long is this", texts.FAQ_LONG),
        ("I don’t get it", texts.FAQ_DONT_KNOW),
        ("can I change it later?", texts.FAQ_CHANGE),
        ("why are you asking me this", texts.FAQ_WHY),
    ],
)
def test_what_is_asked_is_answered_and_the_question_stays(words: str, says: Wording) -> None:
    before = at("home.change")

    turn = step(before, Text(words=words), NOW)

    assert [say.text for say in turn.says] == [says]
    assert asked(turn.conversation) == "home.change"
    assert turn.conversation.answers == before.answers
    assert turn.effects == ()


@pytest.mark.parametrize(
    "words",
    [
        "I don't know who reads this at school",
        "my IRO",
        "real",
        "I want to swear at them",
        "what is an IRO and why did mine not come last time",
        "will my mum come",
        "is this my home now",
        "who will look after me",
        "what is wrong with me",
        "do I have to live here",
        "do I have to see my dad",
        "why do I have to move",
        "can I go home",
        "can I see my sister",
        "no",
        "🐕",
        "?",
        "",
    ],
)
def test_what_only_sounds_like_it_is_an_answer_like_any_other(words: str) -> None:
    assert fixed_answer(words) is None


def test_a_question_about_their_life_is_kept_as_what_they_say() -> None:
    turn = step(at("home.change"), Text(words="can I go home?"), NOW)

    assert turn.says == ()
    assert turn.conversation.answers["home.change"].words == "can I go home?"


def test_the_words_are_put_aside_shown_as_not_sent_and_can_be_used() -> None:
    conversation = step(at("home.change"), Text(words="can I swear?"), NOW).conversation
    conversation = step(conversation, Text(words="My own room"), NOW).conversation
    conversation = step(conversation, Chosen(option="@check"), NOW).conversation

    screen = look(conversation, About({}))
    assert [one.words for one in screen.aside] == ["can I swear?"]
    assert [line.answer.words for line in screen.lines] == ["My own room"]

    sent = step(conversation, Command(name=Name.SEND), NOW)
    (submit,) = sent.effects
    assert isinstance(submit, Submit)
    assert [answer.words for answer in submit.answers] == ["My own room"]

    conversation = step(conversation, Chosen(option="@use"), NOW).conversation
    assert asked(conversation) == OFFER
    conversation = step(conversation, Chosen(option="@keep"), NOW).conversation
    assert conversation.answers["anything.words"].words == "can I swear?"


def test_asking_twice_is_answered_twice_and_put_aside_once() -> None:
    first = step(at("home.change"), Text(words="can I swear?"), NOW)
    second = step(first.conversation, Text(words="can I swear?"), NOW)

    assert second.says == first.says
    assert second.conversation == first.conversation


@pytest.mark.parametrize("place", ["hello", START, "home.feeling", "home.change", CHECK])
def test_it_may_be_asked_anywhere(place: str) -> None:
    turn = step(at(place), Text(words="are you real?"), NOW)

    assert [say.text for say in turn.says] == [texts.FAQ_REAL]
    assert asked(turn.conversation) == place


@pytest.mark.parametrize(("name", "place"), [(Name.HELP, HELP), (Name.STOP, STOPPED)])
def test_a_pause_stays_a_pause(name: Name, place: str) -> None:
    paused = step(at("home.change"), Command(name=name), NOW).conversation

    turn = step(paused, Text(words="are you real?"), NOW)

    assert [say.text for say in turn.says] == [texts.FAQ_REAL]
    assert asked(turn.conversation) == place


def test_who_asks_before_starting_and_stops_is_told_when_that_is_erased() -> None:
    conversation = step(at(START), Text(words="are you real?"), NOW).conversation
    conversation = step(conversation, Chosen(option="not_now"), NOW).conversation

    assert texts.STOPPED_UNSENT in [say.text for say in look(conversation, About({})).says]


def test_a_button_with_such_words_beside_it_is_an_answer() -> None:
    turn = step(at("home.feeling"), Chosen(option="ok", words="can I swear?"), NOW)

    assert turn.says == ()
    assert turn.conversation.answers["home.feeling"].words == "can I swear?"


def spelt_out(pattern: str) -> list[str]:
    """Every phrase of a pattern: `(a|b|) c` is `a c`, `b c` and `c`."""
    inner = re.search(r"\(([^()]*)\)", pattern)
    if inner is None:
        return [pattern]
    before, after = pattern[: inner.start()], pattern[inner.end() :]
    return [one for part in inner[1].split("|") for one in spelt_out(f"{before}{part}{after}")]


def test_every_phrase_and_word_has_its_own_answer() -> None:
    for fixed in FIXED:
        for phrase in (one for pattern in fixed.phrases for one in spelt_out(pattern)):
            assert len(phrase) <= LONGEST_ASKED
            found = fixed_answer(f"{phrase.upper()}?!")
            assert found is not None
            assert found.name == fixed.name, phrase
    for entry in GLOSSARY:
        for word in entry.words:
            found = fixed_answer(f"what does {word} mean?")
            assert found is not None
            assert found.says == entry.means, word


def test_no_fixed_answer_needs_a_fact_that_a_channel_would_have_to_look_up() -> None:
    for says in every_answer().values():
        for band in (Band.EIGHT, Band.TWELVE, Band.SIXTEEN):
            assert "{" not in says.wording(band, pathway=True) + says.wording(band)
