"""Who types, said and corrected; and that whoever sits beside a child sees nothing of an alert."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given

from conversations import texts
from conversations.contribution import contribution
from conversations.conversation import Conversation, Helper, Pause, from_plain, to_plain
from conversations.effects import Cause, RaiseAlert, RecordAnswer, SaidWhoTypes, Submit
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text
from conversations.moving import Turn
from conversations.places import CHECK, MAP, OFFER, asked
from conversations.screens import About, look
from conversations.sending import to_send
from conversations.typists import reads, reads_back
from conversations.wording import Band
from tests.conversations.test_alarm import CONCERN, DUTY, URGENT
from tests.conversations.test_engine_properties import NOW, conversations, heard, often

SAM = Helper("carer", "Sam")


def say(conversation: Conversation, *several: Heard) -> Conversation:
    for one in several:
        conversation = step(conversation, one, NOW, watched=True).conversation
    return conversation


def skipped_to(conversation: Conversation, place: str) -> Conversation:
    while asked(conversation) != place:
        conversation = say(conversation, Command(name=Name.SKIP))
    return conversation


def begun(*who: Heard, band: Band = Band.FOUR) -> Conversation:
    """At the first question, once it was said who types."""
    conversation = say(start(FLOWS["cioc_review"], band), *who)
    return say(skipped_to(conversation, "start.ok"), Chosen(option="yes"))


def with_sam() -> Conversation:
    return begun(Chosen(option="carer"), Text(words=" Sam "), Chosen(option="on"))


def test_the_youngest_say_first_who_types_and_who_helps_reads_a_page_of_their_own() -> None:
    conversation = start(FLOWS["cioc_review"], Band.FOUR)

    seen = [asked(conversation)]
    for one in (Chosen(option="teacher"), Text(words="Jo"), Chosen(option="on")):
        conversation = say(conversation, one)
        seen.append(asked(conversation))

    assert seen == ["helper.who", "helper.name", "helper.page", "hello"]


def test_a_child_who_does_it_alone_is_asked_no_name() -> None:
    conversation = say(start(FLOWS["cioc_review"], Band.FOUR), Chosen(option="myself"))

    assert asked(conversation) == "hello"
    said = say(begun(Chosen(option="myself")), Chosen(option="good"))
    assert said.answers["feel.care"].typed_by == "young_person"


def test_nobody_has_to_say_who_types_and_then_it_is_not_taken_for_the_childs_own_typing() -> None:
    said = say(begun(), Chosen(option="good"))

    assert (said.answers["feel.care"].typed_by, said.answers["feel.care"].helper) == (
        "with_help",
        None,
    )


def test_each_answer_says_who_typed_it_and_taking_over_counts_from_there_on() -> None:
    conversation = say(
        with_sam(),
        Chosen(option="good"),
        Chosen(option="@who"),
        Chosen(option="myself"),
        Text(words="I like it"),
        Chosen(option="@who"),
        Chosen(option="teacher"),
        Command(name=Name.SKIP),
        Chosen(option="on"),
        Chosen(option="ok"),
    )

    kept = conversation.answers
    assert (kept["feel.care"].typed_by, kept["feel.care"].helper) == ("helper", SAM)
    assert (kept["feel.more"].typed_by, kept["feel.more"].helper) == ("young_person", None)
    assert (kept["home.feeling"].typed_by, kept["home.feeling"].helper) == (
        "helper",
        Helper("teacher", None),
    )


def test_saying_who_types_comes_back_to_where_one_was_and_is_on_record() -> None:
    for place, there in (("@map", MAP), ("@check", CHECK), ("@topic:school", "school.feeling")):
        conversation = say(with_sam(), Chosen(option=place))
        turn = step(say(conversation, Chosen(option="@who")), Chosen(option="myself"), NOW)

        assert asked(turn.conversation) == there
        assert turn.effects == (SaidWhoTypes("young_person", None),)


def test_a_wrong_name_is_corrected_from_then_on() -> None:
    conversation = say(with_sam(), Chosen(option="good"), Chosen(option="@who"))
    conversation = say(conversation, Chosen(option="carer"), Command(name=Name.BACK))
    assert asked(conversation) == "helper.who"

    conversation = say(
        conversation, Chosen(option="other"), Text(words="Alex"), Chosen(option="on")
    )

    assert asked(conversation) == "feel.more"
    assert say(conversation, Text(words="x")).answers["feel.more"].helper == Helper("other", "Alex")


@pytest.mark.parametrize("words", ["x" * 81, "My dad says I must not\n" * 9])
def test_what_is_no_name_is_kept_as_something_that_was_said(words: str) -> None:
    conversation = say(start(FLOWS["cioc_review"], Band.FOUR), Chosen(option="carer"))

    turn = step(conversation, Text(words=words), NOW)

    assert asked(turn.conversation) == "helper.name"
    assert turn.conversation.offered[0].words == words
    assert [say.text for say in turn.says] == [texts.KEPT_FOR_LATER]


def test_an_empty_name_is_said_to_be_empty() -> None:
    conversation = say(start(FLOWS["cioc_review"], Band.FOUR), Chosen(option="carer"))

    assert [s.text for s in step(conversation, Text(words=" "), NOW).says] == [
        texts.NOTHING_WRITTEN
    ]


def test_an_older_one_says_that_somebody_helps_and_who_holds_the_keys() -> None:
    conversation = begun(band=Band.TWELVE)
    assert not conversation.helped
    conversation = say(conversation, Chosen(option="@who"), Chosen(option="other"))
    assert asked(conversation) == "helper.how"
    for how, by in (("i_type", "with_help"), ("they_type", "helper")):
        there = say(conversation, Chosen(option=how), Text(words="Jo"), Chosen(option="on"))
        assert asked(there) == "feel.care"
        assert say(there, Chosen(option="good")).answers["feel.care"].typed_by == by


# What whoever helps may see of what was said


def test_a_helper_sees_what_they_typed_and_nothing_else_and_reads_nothing_back() -> None:
    conversation = say(with_sam(), Chosen(option="good"))
    sams = conversation.answers["feel.care"]
    conversation = say(conversation, Chosen(option="@who"), Chosen(option="myself"))
    conversation = say(conversation, Text(words="mine"))
    childs = conversation.answers["feel.more"]

    assert reads(conversation, sams)
    assert reads(conversation, childs)
    again = say(conversation, Chosen(option="@who"), Chosen(option="carer"), Text(words="Sam"))
    assert reads(again, sams)
    assert not reads(again, childs)
    other = say(conversation, Chosen(option="@who"), Chosen(option="carer"), Text(words="Al"))
    assert not reads(other, sams)
    for one in (conversation, again, other):
        assert not reads_back(one)  # too young to be alone, whatever is said


def test_an_older_one_reads_back_when_nobody_helps_any_more() -> None:
    conversation = begun(band=Band.TWELVE)
    assert reads_back(conversation)
    helped = say(conversation, Chosen(option="@who"), Chosen(option="other"))
    assert not reads_back(helped)
    assert reads_back(say(helped, Command(name=Name.BACK), Chosen(option="myself")))


# Nothing says that an alert exists


def alerts(turn: Turn) -> list[RaiseAlert]:
    return [effect for effect in turn.effects if isinstance(effect, RaiseAlert)]


def older_with_help() -> Conversation:
    return say(
        begun(band=Band.TWELVE),
        Chosen(option="good"),
        Chosen(option="@who"),
        Chosen(option="other"),
        Chosen(option="they_type"),
        Text(words="Jo"),
        Chosen(option="on"),
    )


BESIDE: dict[str, Callable[[], Conversation]] = {
    "helper": lambda: say(with_sam(), Chosen(option="good")),
    "claims to be the child": lambda: say(begun(Chosen(option="myself")), Chosen(option="good")),
    "said nothing": lambda: say(begun(), Chosen(option="good")),
    "older": older_with_help,
    "older, alone again": lambda: say(
        older_with_help(), Chosen(option="@who"), Chosen(option="myself")
    ),
}


@pytest.mark.parametrize("who", BESIDE)
@pytest.mark.parametrize(("words", "cause"), [(URGENT, Cause.URGENT), (CONCERN, Cause.CONCERN)])
@pytest.mark.parametrize("kind", ["words", "draft", "choice"])
def test_with_somebody_beside_danger_changes_nothing_but_that_an_alert_is_raised(
    who: str, words: str, cause: Cause, kind: str
) -> None:
    conversation = BESIDE[who]()
    said: Heard = Text(words=words)
    if kind == "draft":
        said = Draft(words=words, to="feel.more")
    elif kind == "choice":
        said = Chosen(option="ok", words=words, to="home.feeling")

    watched = step(conversation, said, NOW, watched=True)
    unwatched = step(conversation, said, NOW)

    assert watched.conversation == unwatched.conversation
    assert watched.says == unwatched.says
    (raised,) = alerts(watched)
    assert (raised.cause, raised.words, raised.helped) == (cause, words, True)
    assert to_plain(watched.conversation) == to_plain(unwatched.conversation)


@pytest.mark.parametrize("who", BESIDE)
def test_help_shows_the_lines_alone_whether_an_alert_was_raised_or_not(who: str) -> None:
    conversation = BESIDE[who]()
    press = Command(name=Name.HELP)

    watched = step(conversation, press, NOW, watched=True)
    unwatched = step(conversation, press, NOW)

    assert watched.conversation == unwatched.conversation
    assert watched.conversation.pause is Pause.HELP
    (raised,) = alerts(watched)
    assert (raised.cause, raised.helped) == (Cause.HELP, True)
    screen = look(watched.conversation, About(DUTY))
    assert [one.text for one in screen.says] == [texts.HELP_LINES]
    assert [one.text for one in screen.after] == [texts.HELP_NEXT]
    assert [pick.id for pick in screen.picks] == ["@go_on"]
    assert step(watched.conversation, Chosen(option="@safe:no"), NOW).effects == ()


def test_a_helper_who_comes_after_the_help_page_sees_nothing_of_it() -> None:
    conversation = say(begun(band=Band.TWELVE), Chosen(option="good"), Text(words=CONCERN))
    assert conversation.concerned
    conversation = say(conversation, Command(name=Name.BACK), Text(words=URGENT))
    assert conversation.pause is Pause.URGENT

    helped = say(
        conversation,
        Chosen(option="@who"),
        Chosen(option="carer"),
        Chosen(option="they_type"),
        Text(words="Sam"),
        Chosen(option="on"),
    )

    assert helped.pause is None
    for _step in range(30):
        told = {one.text for one in (*look(helped, About(DUTY)).says,)}
        assert not told & {texts.HELP_URGENT, texts.HELP_TAPPED, texts.CONCERN_LINES}
        helped = say(helped, Command(name=Name.BACK))
    left_open = replace(helped, pause=Pause.URGENT)
    assert [one.text for one in look(left_open, About(DUTY)).says] == [texts.HELP_LINES]


@often
@given(conversations(), heard)
def test_with_somebody_beside_nothing_that_can_be_heard_shows_an_alert(
    conversation: Conversation, one: Heard
) -> None:
    conversation = replace(conversation, joined=True)

    watched = step(conversation, one, NOW, watched=True)
    unwatched = step(conversation, one, NOW)

    assert watched.conversation == unwatched.conversation
    assert watched.says == unwatched.says
    assert look(watched.conversation, About(DUTY)) == look(unwatched.conversation, About(DUTY))
    assert from_plain(json.loads(json.dumps(to_plain(watched.conversation)))) == (
        watched.conversation
    )


# What is sent


def sent(conversation: Conversation) -> Submit:
    turn = step(say(conversation, Chosen(option="@check")), Command(name=Name.SEND), NOW)
    (submit,) = [effect for effect in turn.effects if isinstance(effect, Submit)]
    return submit


def test_what_is_sent_says_who_typed_and_what_both_typed_was_typed_with_help() -> None:
    conversation = say(with_sam(), Chosen(option="good"))
    turn = step(say(conversation, Chosen(option="@check")), Command(name=Name.SEND), NOW)
    what = contribution(turn.conversation, to_send(conversation))
    assert (what.typed_by, what.helpers) == ("helper", (SAM,))

    both = say(conversation, Chosen(option="@who"), Chosen(option="myself"), Text(words="mine"))
    turn = step(say(both, Chosen(option="@check")), Command(name=Name.SEND), NOW)
    what = contribution(turn.conversation, to_send(both))
    assert (what.typed_by, what.helpers) == ("with_help", (SAM,))


def test_a_helpers_name_is_no_answer() -> None:
    said = sent(say(with_sam(), Chosen(option="good")))
    assert [answer.question for answer in said.answers] == ["feel.care"]


def test_a_wish_by_pictures_is_a_wish_and_no_one_is_none() -> None:
    conversation = say(with_sam(), Chosen(option="@topic:family"))
    for option, wishes in (("brother", True), ("nobody", False)):
        said = say(conversation, Chosen(option=option))
        turn = step(say(said, Chosen(option="@check")), Command(name=Name.SEND), NOW)
        (one,) = contribution(turn.conversation, to_send(said)).said
        assert (one.ask, one.audience, one.ordinary) == (wishes, ("iro",), False)


def test_words_for_the_topic_come_after_the_tap_and_are_never_needed() -> None:
    conversation = say(with_sam(), Chosen(option="@topic:well"), Command(name=Name.SKIP))
    assert asked(conversation) == "worry.some"
    assert asked(say(conversation, Chosen(option="no"))) != "worry.say"
    more = say(conversation, Chosen(option="yes"))
    assert asked(more) == "worry.say"
    turn = step(more, Command(name=Name.SKIP), NOW)
    assert "worry.say" not in turn.conversation.answers
    assert not [e for e in turn.effects if isinstance(e, RecordAnswer)]
    assert asked(turn.conversation) != OFFER


def test_in_words_for_the_youngest_nobody_lets_more_people_hear_one_answer() -> None:
    check = say(with_sam(), Chosen(option="good"), Chosen(option="@check"))

    for verb in ("@hears", "@file", "@pick"):
        assert say(check, Chosen(option=f"{verb}:feel.care")) == check
    turn = step(check, Command(name=Name.SEND), NOW)
    (one,) = contribution(turn.conversation, to_send(check)).said
    assert one.audience == ("iro",)
