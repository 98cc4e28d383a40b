"""Who may hear what: the narrower choice wins, it can be changed, and no word is lost there."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents import contribution as documents
from conversations.contribution import contribution
from conversations.conversation import Answer, Conversation
from conversations.effects import Submit
from conversations.engine import carry_forward, start, step
from conversations.flows import FLOWS
from conversations.hearing import (
    Chosen,
    ChosenSeveral,
    Command,
    Draft,
    Heard,
    Name,
    Text,
    Toggled,
)
from conversations.places import CHECK, FEWER, OFFER, SENT, asked
from conversations.questions import Flow, FlowBroken, Kind, Option, Question, Topic
from conversations.screens import About, check_lines, look
from conversations.sending import anything_said
from conversations.sharing import audience_of
from conversations.wording import Band
from conversations.wording import Text as Wording
from tests.conversations.test_contribution import about

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FLOW = FLOWS["cioc_review"]
TELL = FLOW.by_id["home.tell"][1]
WHY_NOT = FLOW.by_id["meeting.why_not"][1]
WORDS = "but don't tell my uncle 🐕"


def hears(conversation: Conversation, *several: Heard) -> Conversation:
    for number, one in enumerate(several):
        conversation = step(conversation, one, NOW + timedelta(minutes=number)).conversation
    return conversation


def at(place: str, flow: Flow = FLOW) -> Conversation:
    """A young person who says *home.change* and skips the rest, until this is asked."""
    conversation = start(flow, Band.TWELVE)
    while asked(conversation) != place:
        one: Heard = Command(name=Name.SKIP)
        match asked(conversation):
            case "start.ok":
                one = Chosen(option="yes")
            case "home.change":
                one = Text(words="My own room")
            case "home.audience":
                one = Chosen(option="pick")
            case _:
                pass
        conversation = step(conversation, one, NOW).conversation
    return conversation


def audience(conversation: Conversation, topic: str = "home") -> tuple[str, ...]:
    return audience_of(FLOW, conversation, topic)


def filed(conversation: Conversation) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Both documents of what is sent now."""
    turn = step(replace(conversation, place=CHECK), Command(name=Name.SEND), NOW)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)
    what = contribution(turn.conversation, submit.answers)
    return documents.ordinary(what, about(conversation)), documents.restricted(
        what, about(conversation)
    )


# Ticks that contradict each other


@given(st.sets(st.sampled_from([option.id for option in TELL.options])))
def test_who_ticks_nobody_else_is_heard_by_nobody_else_whatever_is_ticked_with_it(
    others: set[str],
) -> None:
    conversation = hears(at("home.tell"), ChosenSeveral(options=(*others, "nobody")))

    assert conversation.answers["home.tell"].choices == ("nobody",)
    assert audience(conversation) == ("iro",)


def test_who_says_nothing_of_why_says_nothing_else_of_it() -> None:
    conversation = hears(
        at("meeting.how"),
        Chosen(option="send_views"),
        ChosenSeveral(options=("boring", "do_not_want_to_say", "travel"), words="It is far"),
    )

    answer = conversation.answers["meeting.why_not"]
    assert (answer.choices, answer.words) == (("do_not_want_to_say",), "It is far")


@given(st.lists(st.sampled_from([option.id for option in TELL.options]), max_size=8))
def test_where_each_tick_is_a_message_the_last_one_counts(taps: list[str]) -> None:
    conversation = at("home.tell")
    for tap in taps:
        before = conversation.answers.get("home.tell")
        was_ticked = before is not None and tap in before.choices
        conversation = hears(conversation, Toggled(option=tap))
        answer = conversation.answers.get("home.tell")
        ticked = answer.choices if answer else ()
        assert (tap in ticked) is not was_ticked
        assert ticked == ("nobody",) or "nobody" not in ticked
        if tap != "nobody" and not was_ticked and before and "nobody" not in before.choices:
            assert set(before.choices) < set(ticked)


def test_ticks_that_an_older_version_kept_together_are_heard_narrowly_at_once() -> None:
    conversation = hears(at("home.tell"), ChosenSeveral(options=("meeting",)))
    both = replace(conversation.answers["home.tell"], choices=("meeting", "file", "nobody"))
    older = replace(conversation, answers={**conversation.answers, "home.tell": both})

    assert audience(older) == ("iro",)


def test_an_option_that_stands_alone_is_refused_where_only_one_is_chosen() -> None:
    option = Option("one", Wording("One"), alone=True)
    question = Question("a.b", Wording("Which?"), Kind.CHOICE, (option,))

    with pytest.raises(FlowBroken, match="stands alone"):
        Flow("x", 1, Wording("X"), False, (Topic("a", Wording("A"), "1F4D6", (question,)),))


# Changing it


@pytest.mark.parametrize("sent", [False, True])
def test_who_hears_it_can_be_changed_from_the_check_page_and_one_is_back_there(
    sent: bool,
) -> None:
    conversation = hears(at("home.audience"), Chosen(option="file"), Chosen(option="@check"))
    assert audience(conversation) == ("iro", "social_worker")
    if sent:
        conversation = hears(conversation, Command(name=Name.SEND))
        assert asked(conversation) == SENT
        conversation = hears(conversation, Chosen(option="@check"))
    (button,) = look(conversation, About({})).sharing
    assert button.id == "@change:home.audience"

    there = hears(conversation, Chosen(option=button.id))
    back = hears(there, Command(name=Name.BACK))
    same = hears(there, Chosen(option="file"))
    changed = hears(there, Chosen(option="officer"))

    assert asked(there) == "home.audience"
    assert [pick.id for pick in look(there, About({})).picks if pick.chosen] == ["file"]
    assert asked(back) == asked(same) == CHECK
    assert asked(changed) == (FEWER if sent else CHECK)
    assert back.answers == same.answers == conversation.answers
    assert same.unsent is not sent
    assert changed.unsent is not sent  # fewer people: that is sent at once
    assert len(changed.sent) == (2 if sent else 0)
    assert audience(changed) == ("iro",)


def test_a_change_after_sending_makes_a_new_version_that_is_filed_as_it_says_now() -> None:
    conversation = hears(at("home.audience"), Chosen(option="officer"), Chosen(option="@check"))
    before, _kept = filed(conversation)
    sent = hears(conversation, Command(name=Name.SEND))

    changed = hears(sent, Chosen(option="@change:home.audience"), Chosen(option="file"))
    ordinary, restricted = filed(changed)

    assert (before["answers"], before["withheld"]) == ([], 1)
    assert [one["words"] for one in ordinary["answers"]] == ["My own room"]
    assert restricted is not None
    assert (restricted["version"], restricted["answers"], restricted["withheld"]) == (2, [], 1)
    assert ordinary["supersedes"] == restricted["supersedes"] == 1


def test_let_me_pick_asks_whom_again_and_shows_what_was_picked_before() -> None:
    conversation = hears(
        at("home.tell"), ChosenSeveral(options=("parents",)), Chosen(option="@check"),
        Chosen(option="@change:home.audience"), Chosen(option="officer"),
    )  # fmt: skip
    assert audience(conversation) == ("iro",)

    picking = hears(conversation, Chosen(option="@change:home.audience"), Chosen(option="pick"))
    kept = hears(picking, ChosenSeveral(options=("nobody",)))

    assert asked(picking) == "home.tell"
    chosen = [pick.id for pick in look(picking, About({})).picks if pick.chosen]
    assert chosen == ["parents"]
    assert asked(kept) == CHECK
    assert audience(kept) == ("iro",)


def test_back_reaches_who_may_hear_it() -> None:
    after = hears(at("home.tell"), ChosenSeveral(options=("parents",)))

    tell = hears(after, Command(name=Name.BACK))
    who = hears(tell, Command(name=Name.BACK))

    assert (asked(tell), asked(who)) == ("home.tell", "home.audience")
    assert asked(hears(who, Chosen(option="officer"))) == asked(after)


# Words typed there


@pytest.mark.parametrize("choice", ["officer", "file", "pick"])
def test_words_typed_where_it_is_asked_who_may_hear_are_kept_for_the_officer_alone(
    choice: str,
) -> None:
    conversation = hears(at("home.audience"), Text(words=WORDS))
    assert audience(conversation) == ("iro",)

    conversation = hears(
        conversation, Chosen(option="@check"), Chosen(option="@change:home.audience"),
        Chosen(option=choice),
    )  # fmt: skip
    if choice == "pick":
        conversation = hears(conversation, ChosenSeveral(options=("file",)))

    line = next(one for one in check_lines(conversation) if one.question.id == "home.audience")
    assert (line.answer.words, line.answer.choices, line.audience) == (WORDS, (), ("iro",))
    ordinary, restricted = filed(conversation)
    assert restricted is not None
    assert WORDS[:8] not in json.dumps(ordinary)
    (words,) = [a for a in restricted["answers"] if a["question_id"] == "home.audience"]
    assert (words["words"], words["audience"]) == (WORDS, ["iro"])
    in_file = [one["question_id"] for one in ordinary["answers"]]
    assert in_file == ([] if choice == "officer" else ["home.change"])


def test_words_about_whom_to_tell_stay_when_nobody_is_to_be_told_after_all() -> None:
    conversation = hears(
        at("home.tell"), Text(words=WORDS), Chosen(option="@check"),
        Chosen(option="@change:home.audience"), Chosen(option="officer"),
    )  # fmt: skip

    assert [line.answer.words for line in check_lines(conversation)] == ["My own room", WORDS]
    _ordinary, restricted = filed(conversation)
    assert restricted is not None
    assert WORDS in [one["words"] for one in restricted["answers"]]


def test_taking_the_words_out_leaves_the_choice() -> None:
    conversation = hears(at("home.audience"), Chosen(option="file", words=WORDS))
    assert audience(conversation) == ("iro", "social_worker")

    conversation = hears(conversation, Chosen(option="@remove:home.audience"))

    assert conversation.answers["home.audience"].words is None
    assert audience(conversation) == ("iro", "social_worker")


def test_half_written_words_there_are_offered_and_keep_the_choice() -> None:
    conversation = hears(
        at("home.audience"), Chosen(option="file"), Draft(words=WORDS, to="home.audience")
    )
    assert asked(conversation) == OFFER

    conversation = hears(conversation, Chosen(option="@keep"))

    answer = conversation.answers["home.audience"]
    assert (answer.choices, answer.words) == (("file",), WORDS)


def test_words_about_who_may_hear_are_something_said() -> None:
    conversation = hears(at("home.audience"), Text(words=WORDS))
    alone = {q: a for q, a in conversation.answers.items() if q != "home.change"}

    assert anything_said(replace(conversation, answers=alone))


# From version 1 of the flows to version 2


def first_version(*answers: Answer, **more: Any) -> Conversation:
    conversation = start(FLOW, Band.TWELVE)
    told = {a.question: a for a in answers}
    return replace(conversation, flow_version=1, answers=told, **more)


def second_version(conversation: Conversation) -> Conversation:
    """As it was carried to version 2, before there was a third."""
    carry = FLOWS[conversation.flow_id].carried[1]
    return replace(carry(conversation), flow_version=2)


def told(piece: str) -> Answer:
    return Answer(piece, NOW, choices=("on",))


def test_who_has_read_a_page_is_not_told_its_parts_again() -> None:
    older = first_version(told("hello"), told("words"), told("review"), skipped=frozenset())

    conversation = second_version(older)

    assert asked(conversation) == "rights"
    assert conversation.answers["words.talk"] == replace(told("words"), question="words.talk")


def test_who_has_agreed_to_start_goes_on_where_they_were() -> None:
    older = first_version(
        told("hello"),
        Answer("start.ok", NOW, choices=("yes",)),
        skipped=frozenset({"words", "rights", "rights.advocate", "feel.care", "feel.more"}),
    )

    assert asked(second_version(older)) == "review"
    again = replace(older, answers={**older.answers, "review": told("review")})
    assert asked(second_version(again)) == "home.feeling"


OLDER = [FLOWS["cioc_review"], FLOWS["pathway_review"]]


@pytest.mark.parametrize("flow", OLDER, ids=[flow.id for flow in OLDER])
def test_every_place_of_version_1_is_a_place_of_version_2(flow: Flow) -> None:
    conversation = replace(start(flow, Band.SIXTEEN), flow_version=1)
    for place in ("hello", "words", "review", "rights", "rights.advocate", "start.ok"):
        assert asked(second_version(conversation)) == place
        option = "yes" if place == "start.ok" else "on"
        answers = {**conversation.answers, place: Answer(place, NOW, choices=(option,))}
        conversation = replace(conversation, answers=answers)
    carried = second_version(conversation)
    first = next(q.id for topic, q in flow.questions(Band.SIXTEEN) if not topic.explains)
    assert asked(carried) == first
    pieces = [
        q for topic, q in flow.questions(Band.SIXTEEN) if topic.id == "explainer" and not q.aside
    ]
    assert set(carried.answers) == {question.id for question in pieces}
    turn = step(replace(carried, place=CHECK), Command(name=Name.SEND), NOW)
    assert turn.effects == (Submit(answers=()),)
    assert contribution(turn.conversation, ()).explained_at == NOW


def test_contradicting_ticks_become_the_narrower_one_and_are_to_be_sent_again() -> None:
    sent = hears(
        at("home.tell"), ChosenSeveral(options=("meeting",)), Chosen(option="@check"),
        Command(name=Name.SEND),
    )  # fmt: skip
    both = replace(sent.answers["home.tell"], choices=("meeting", "nobody"))
    older = replace(sent, flow_version=1, answers={**sent.answers, "home.tell": both})

    conversation = carry_forward(older)

    assert conversation.answers["home.tell"].choices == ("nobody",)
    assert (asked(conversation), conversation.unsent) == (CHECK, True)
    assert carry_forward(replace(sent, flow_version=1)).unsent is False
