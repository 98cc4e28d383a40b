"""How an ask goes on, and what its young person reads of it."""

from datetime import date, timedelta
from itertools import product

import pytest

from conversations import asks, asks_texts
from conversations.asks import ANSWERS, Answer, Lack, Reply, State, lacks, may_follow, may_reply

TODAY = date(2026, 11, 27)
SOON = TODAY + timedelta(days=7)
ASKED = TODAY - timedelta(days=9)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_word(state: State) -> None:
    assert asks.sign(state).plain


def test_nobody_answers_what_was_taken_back_and_nothing_answers_by_itself() -> None:
    assert not any(may_follow(State.TAKEN_BACK, after) for after in State)
    for before, after in product(State, (State.HEARD, State.TAKEN_BACK)):
        assert not may_follow(before, after)


def test_what_was_refused_is_not_done_at_once() -> None:
    assert not may_follow(State.NOT_AGREED, State.DONE)
    assert may_follow(State.NOT_AGREED, State.AGREED)
    assert may_follow(State.DONE, State.LOOKING)


@pytest.mark.parametrize(
    ("answer", "lacking"),
    [
        (Answer(State.AGREED, "Yes, every week."), ()),
        (Answer(State.AGREED, " "), (Lack.WORDS,)),
        (Answer(State.AGREED, "x" * 2001), (Lack.WORDS,)),
        (Answer(State.NOT_AGREED, "No dog."), (Lack.REASON,)),
        (Answer(State.PART, "A trip.", reason="No money."), ()),
        (Answer(State.LOOKING, "I ask."), (Lack.BY,)),
        (Answer(State.LOOKING, "I ask.", by=SOON), ()),
        (Answer(State.AGREED, "Yes.", by=TODAY - timedelta(days=1)), (Lack.BY,)),
        (Answer(State.DONE, "Done.", by=TODAY - timedelta(days=1)), ()),
        (Answer(State.AGREED, "Yes.", who="x" * 201), (Lack.WHO,)),
        (Answer(State.HEARD, "Heard."), (Lack.STATE,)),
        (Answer(State.AGREED, "Yes.", told_on=ASKED), ()),
        (Answer(State.AGREED, "Yes.", told_on=TODAY), ()),
        (Answer(State.AGREED, "Yes.", told_on=SOON), (Lack.TOLD,)),
        (Answer(State.AGREED, "Yes.", told_on=ASKED - timedelta(days=1)), (Lack.TOLD,)),
        (Answer(State.AGREED, "Yes.", by=ASKED, told_on=ASKED), ()),
        (Answer(State.AGREED, "Yes.", by=ASKED, told_on=TODAY), (Lack.BY,)),
    ],
)
def test_an_answer_says_what_it_lacks(answer: Answer, lacking: tuple[Lack, ...]) -> None:
    assert lacks(State.HEARD, answer, TODAY, ASKED) == lacking


def test_the_reason_who_does_it_and_the_day_stand_under_the_words() -> None:
    part = Answer(State.PART, "A trip.", "No money for two.", "Your social worker", SOON)
    assert [say.text for say in asks.says(part)] == [asks_texts.REASON, asks_texts.WHO_BY]
    assert [say.text for say in asks.says(Answer(State.AGREED, "Yes.", who="Jo"))] == [
        asks_texts.WHO
    ]
    assert [say.text for say in asks.says(Answer(State.AGREED, "Yes.", by=SOON))] == [asks_texts.BY]
    assert [say.text for say in asks.says(Answer(State.LOOKING, "I ask.", by=SOON))] == [
        asks_texts.HEAR_BY
    ]
    # A reason of another outcome, left in the form, is not shown.
    assert asks.says(Answer(State.DONE, "Done.", "old reason", "Jo", SOON)) == ()


def test_whether_it_came_about_is_asked_only_of_what_was_agreed() -> None:
    for state, reply in product(ANSWERS, asks.CAME_ABOUT):
        assert may_reply(state, reply) == (state in (State.AGREED, State.PART, State.DONE))
    for state in ANSWERS:
        assert may_reply(state, Reply.NOT_AGREE)
    assert not may_reply(State.HEARD, Reply.NOT_MEANT)
    assert not may_reply(State.TAKEN_BACK, Reply.NOT_MEANT)


def test_every_reply_has_its_button() -> None:
    assert set(asks.REPLIES) == set(Reply)
