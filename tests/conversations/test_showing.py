"""What is said aloud or shown belongs to an answer, and goes with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations import showing_texts
from conversations.attaching import Attachment, Medium
from conversations.contribution import contribution
from conversations.conversation import Conversation, from_plain, to_plain
from conversations.effects import DropAttachment, KeepAttachment, RaiseAlert, RecordAnswer, Submit
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Attached, Chosen, Command, Heard, Name, Text
from conversations.moving import Turn
from conversations.places import ADVOCATE, ANYTHING, CHECK, OFFER, START, asked
from conversations.screens import About, look
from conversations.wording import Band

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
VOICE = Attachment("v1", Medium.VOICE, "audio/mpeg", "a" * 64, 9000, 12)
PICTURE = Attachment("p1", Medium.PICTURE, "image/png", "b" * 64, 5000)
FACTS = About({name: name for name in ("listen_by", "lines", "file_readers", "officer_name")})
QUESTION = "worry.what"


def _begun() -> Conversation:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    for _piece in range(20):
        if asked(conversation) == START:
            break
        on = "no" if asked(conversation) == ADVOCATE else "on"
        conversation = step(conversation, Chosen(option=on), NOW).conversation
    return step(conversation, Chosen(option="yes"), NOW).conversation


@pytest.fixture
def begun() -> Conversation:
    """At a question that takes words."""
    conversation = _do(_begun(), Chosen(option="@map")).conversation
    conversation = _do(conversation, Chosen(option="@topic:well")).conversation
    conversation = _do(conversation, Command(name=Name.SKIP)).conversation
    assert asked(conversation) == QUESTION
    return conversation


def _do(conversation: Conversation, *heard: Heard) -> Turn:
    turn = Turn(conversation)
    for one in heard:
        turn = step(turn.conversation, one, NOW)
    return turn


def test_a_picture_is_kept_with_the_question_and_one_may_go_on_or_say_more(
    begun: Conversation,
) -> None:
    turn = _do(begun, Attached(attachment=PICTURE))

    assert turn.effects == (RecordAnswer(QUESTION), KeepAttachment(PICTURE))
    assert [say.text for say in turn.says] == [showing_texts.KEPT_PICTURE]
    assert asked(turn.conversation) == QUESTION
    answer = turn.conversation.answers[QUESTION]
    assert (answer.words, answer.attachments) == (None, (PICTURE,))
    more = _do(turn.conversation, Text(words="It is dark"), Attached(attachment=VOICE, to=QUESTION))
    answer = more.conversation.answers[QUESTION]
    assert answer.words == "It is dark"
    assert answer.attachments == (PICTURE, VOICE)


def test_words_typed_beside_it_are_kept_with_it_and_no_words_take_none_away(
    begun: Conversation,
) -> None:
    first = _do(begun, Attached(attachment=PICTURE, words="My room"))
    second = _do(first.conversation, Attached(attachment=VOICE))

    answer = second.conversation.answers[QUESTION]
    assert (answer.words, answer.attachments) == ("My room", (PICTURE, VOICE))


def test_twice_the_same_picture_is_once(begun: Conversation) -> None:
    once = _do(begun, Attached(attachment=PICTURE)).conversation

    twice = _do(once, Attached(attachment=PICTURE))

    assert twice.conversation == once
    assert twice.effects == ()


def test_whoever_showed_something_and_types_nothing_goes_on(begun: Conversation) -> None:
    shown = _do(begun, Attached(attachment=PICTURE)).conversation

    for onward in (Text(words=""), Chosen(option="@done"), Command(name=Name.SKIP)):
        gone = _do(shown, onward).conversation
        assert asked(gone) != QUESTION
        assert gone.answers[QUESTION].attachments == (PICTURE,)


def test_it_is_taken_out_alone_or_with_its_answer_and_its_content_goes(
    begun: Conversation,
) -> None:
    shown = _do(begun, Attached(attachment=PICTURE, words="My room")).conversation

    alone = _do(shown, Chosen(option="@detach:p1"))
    assert alone.conversation.answers[QUESTION].words == "My room"
    assert DropAttachment("p1") in alone.effects
    whole = _do(shown, Chosen(option=f"@remove:{QUESTION}"))
    assert QUESTION not in whole.conversation.answers
    assert DropAttachment("p1") in whole.effects
    only = _do(begun, Attached(attachment=PICTURE), Chosen(option="@detach:p1"))
    assert QUESTION not in only.conversation.answers
    nothing = _do(shown, Chosen(option="@detach:of-somebody-else"))
    assert nothing.effects == ()


def test_what_comes_unasked_is_offered_as_anything_else_and_kept_beside_what_is_there() -> None:
    begun = _begun()
    assert asked(begun) == "feel.care"

    turn = _do(begun, Attached(attachment=VOICE))
    assert asked(turn.conversation) == OFFER
    assert turn.effects == (KeepAttachment(VOICE),)
    kept = _do(turn.conversation, Chosen(option="@keep")).conversation
    assert kept.answers[ANYTHING].attachments == (VOICE,)

    more = _do(kept, Attached(attachment=PICTURE, to="feel.care"), Chosen(option="@keep"))
    assert more.conversation.answers[ANYTHING].attachments == (VOICE, PICTURE)
    assert more.conversation.answers[ANYTHING].words is None
    words = _do(more.conversation, Text(words="hm", to="nowhere"), Chosen(option="@keep"))
    assert words.conversation.answers[ANYTHING].words == "hm"
    assert words.conversation.answers[ANYTHING].attachments == (VOICE, PICTURE)


def test_what_comes_before_anybody_agreed_waits_and_is_no_answer() -> None:
    fresh = start(FLOWS["cioc_review"], Band.TWELVE)

    turn = _do(fresh, Attached(attachment=VOICE))

    assert turn.conversation.offered[0].attachments == (VOICE,)
    assert not turn.conversation.answers
    dropped = _do(_begun(), Attached(attachment=VOICE), Chosen(option="@drop"))
    assert dropped.effects == (DropAttachment("v1"),)


def test_a_late_picture_joins_its_answer_and_nobody_is_sent_back(begun: Conversation) -> None:
    on = _do(begun, Text(words="Nothing")).conversation
    there = asked(on)

    late = _do(on, Attached(attachment=PICTURE, to=QUESTION, turn=begun.turns, words="Something"))

    assert asked(late.conversation) == there
    answer = late.conversation.answers[QUESTION]
    assert (answer.words, answer.attachments) == ("Nothing", (PICTURE,))


def test_words_beside_a_picture_are_read_like_any_others(begun: Conversation) -> None:
    heard = Attached(attachment=PICTURE, words="he hits me every night")

    turn = step(begun, heard, NOW, watched=True)

    assert any(isinstance(effect, RaiseAlert) for effect in turn.effects)
    assert turn.conversation.answers[QUESTION].attachments == (PICTURE,)


def test_who_may_read_the_oldest_part_decides_for_all_of_it(begun: Conversation) -> None:
    first = _do(begun, Text(words="Old words"), Chosen(option=f"@change:{QUESTION}")).conversation

    later = step(first, Attached(attachment=PICTURE), NOW + timedelta(days=1))

    answer = later.conversation.answers[QUESTION]
    assert (answer.at, answer.since) == (NOW + timedelta(days=1), NOW)


def test_it_is_kept_and_read_again_as_it_was(begun: Conversation) -> None:
    shown = _do(begun, Attached(attachment=PICTURE), Attached(attachment=VOICE)).conversation

    assert from_plain(to_plain(shown)) == shown


def test_the_question_says_beforehand_that_a_person_listens_and_by_when(
    begun: Conversation,
) -> None:
    screen = look(begun, FACTS)
    assert screen.aloud is not None
    assert screen.aloud.text == showing_texts.VOICE_INTRO
    assert screen.shown is not None

    for elsewhere in (_begun(), _do(begun, Chosen(option="@map")).conversation):
        assert look(elsewhere, FACTS).aloud is None


def test_it_is_sent_with_who_may_hear_it_and_a_wish_may_be_said_aloud() -> None:
    conversation = _do(_begun(), Chosen(option="@map"), Chosen(option="@topic:change")).conversation
    conversation = _do(conversation, Chosen(option="yes")).conversation
    assert asked(conversation) == "change.what"
    sent = _do(
        conversation,
        Attached(attachment=VOICE),
        Chosen(option="@check"),
        Chosen(option="send", to=CHECK),
    )

    submit = next(effect for effect in sent.effects if isinstance(effect, Submit))
    said = contribution(sent.conversation, submit.answers).said
    wish = said[-1]
    assert (wish.answer.attachments, wish.ask, wish.audience) == ((VOICE,), True, ("iro",))


def test_what_is_shown_about_the_meeting_stays_an_answer() -> None:
    conversation = replace(_begun(), place="meeting.first")
    sent = _do(
        conversation,
        Attached(attachment=PICTURE, to="meeting.first"),
        Chosen(option="@check"),
        Chosen(option="send", to=CHECK),
    )

    submit = next(effect for effect in sent.effects if isinstance(effect, Submit))
    whole = contribution(sent.conversation, submit.answers)
    assert [one.question.id for one in whole.said] == ["meeting.first"]
    assert whole.said[0].audience == ("iro",)  # not who sets up the meeting: they never hear it
