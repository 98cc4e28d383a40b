"""Who hears each answer, chosen for it alone; taking back; and that neither loses a word or adds a
reader."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents import contribution as documents
from bot.documents.taking_back import next_version
from conversations.contribution import contribution
from conversations.conversation import Conversation, from_plain, to_plain
from conversations.effects import SayNotMe, Submit, Withdraw
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text, Toggled
from conversations.places import CHECK, FEWER, GONE, GONE_UNSENT, NOT_ME_SAID, asked
from conversations.screens import About, check_lines, look
from conversations.sharing import ALOUD, audience_of_answer, heard, lets_more_hear
from conversations.wording import Band
from tests.conversations.test_contribution import VALID, about

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PICKS = ("carer", "parents", "meeting", "advocate", "file")
QUESTIONS = ("home.feeling", "home.change")


def says(conversation: Conversation, *several: Heard) -> Conversation:
    for number, one in enumerate(several):
        conversation = step(conversation, one, NOW + timedelta(seconds=number)).conversation
    return conversation


def at_the_check(flow_id: str = "cioc_review", topic: str = "home") -> Conversation:
    """A topic answered, and nothing shared with anybody else."""
    conversation = start(FLOWS[flow_id], Band.TWELVE)
    while asked(conversation) != CHECK:
        at = asked(conversation)
        known = FLOWS[flow_id].by_id[at]
        one: Heard = Command(name=Name.SKIP)
        if at == "start.ok":
            one = Chosen(option="yes")
        elif known[0].id == topic and not at.endswith((".audience", ".tell")):
            options = known[1].options
            one = Chosen(option=options[0].id) if options else Text(words=f"About {at}")
        conversation = says(conversation, one)
    return says(conversation, Chosen(option="@check"))


def sends(conversation: Conversation) -> tuple[Conversation, dict[str, documents.Document | None]]:
    turn = step(conversation, Command(name=Name.SEND), NOW)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)
    what = contribution(turn.conversation, submit.answers)
    around = about(turn.conversation)
    both = {
        "ordinary": documents.ordinary(what, around),
        "restricted": documents.restricted(what, around),
    }
    return turn.conversation, both


def where(both: dict[str, documents.Document | None]) -> dict[str, tuple[str, list[str]]]:
    """In which document each answer stands, and who may hear it there."""
    return {
        answer["question_id"]: (destination, answer["audience"])
        for destination, document in both.items()
        if document
        for answer in document["answers"]
    }


@pytest.mark.parametrize("picked", [*((one,) for one in PICKS), PICKS, ("nobody", "file"), ()])
def test_each_audience_stands_where_it_may_and_the_other_answer_stays_private(
    picked: tuple[str, ...],
) -> None:
    """`domain.md` rule 12, with two audiences in one topic."""
    conversation = says(
        at_the_check(),
        Chosen(option="@hears:home.change"),
        Chosen(option="@pick"),
        ChosenSeveral(options=picked, to="@tells:home.change"),
    )
    assert asked(conversation) == CHECK

    _sent, both = sends(conversation)

    in_file = "file" in picked and "nobody" not in picked
    told = () if "nobody" in picked else picked
    there = where(both)
    assert there["home.feeling"] == ("restricted", ["iro"])
    assert there["home.change"][0] == ("ordinary" if in_file else "restricted")
    names = {"file": "social_worker"}
    assert set(there["home.change"][1]) == {"iro", *(names.get(one, one) for one in told)}
    for document in both.values():
        if document:
            VALID.validate(document)
    ordinary = both["ordinary"]
    assert ordinary is not None
    assert ordinary["withheld"] == (1 if in_file else 2)


@given(
    st.dictionaries(st.sampled_from(QUESTIONS), st.sets(st.sampled_from(PICKS)), max_size=2),
    st.sampled_from(["officer", "file"]),
)
@settings(deadline=None)
def test_nobody_is_told_an_answer_who_was_not_chosen_for_it(
    alone: dict[str, set[str]], topic: str
) -> None:
    conversation = says(
        at_the_check(), Chosen(option="@change:home.audience"), Chosen(option=topic)
    )
    for question, picked in alone.items():
        conversation = says(
            conversation, Chosen(option=f"@hears:{question}"), Chosen(option="@pick"),
            ChosenSeveral(options=tuple(picked)),
        )  # fmt: skip
    _sent, both = sends(conversation)
    for question, (destination, audience) in where(both).items():
        chosen = alone.get(question, {"file"} if topic == "file" else set())
        names = {"social_worker" if one == "file" else one for one in chosen}
        assert set(audience) == {"iro", *names}
        assert (destination == "ordinary") is ("social_worker" in audience)


def test_what_is_chosen_for_the_topic_afterwards_counts_for_every_answer_in_it() -> None:
    conversation = says(at_the_check(), Chosen(option="@file:home.change"))
    assert audience_of_answer(FLOWS["cioc_review"], conversation, "home.change") == (
        "iro", "social_worker",
    )  # fmt: skip

    conversation = says(
        conversation, Chosen(option="@change:home.audience"), Chosen(option="officer")
    )

    assert {line.audience for line in check_lines(conversation)} == {("iro",)}


def test_ticks_that_are_messages_of_their_own_count_when_they_go_on() -> None:
    conversation, _both = sends(says(at_the_check(), Chosen(option="@file:home.change")))
    conversation = says(
        conversation, Chosen(option="@check"), Chosen(option="@hears:home.change"),
        Chosen(option="@pick"), Toggled(option="advocate", to="@tells:home.change"),
        Toggled(option="file", to="@tells:home.change"),
    )  # fmt: skip
    assert len(conversation.sent) == 1  # nothing is narrowed between two ticks
    assert asked(conversation) == "@tells:home.change"

    turn = step(conversation, Chosen(option="@done", to="@tells:home.change"), NOW)

    (withdraw,) = turn.effects
    assert isinstance(withdraw, Withdraw)
    assert withdraw.narrowed == {"home.change": ("iro", ALOUD)}
    assert asked(turn.conversation) == FEWER
    assert turn.conversation.unsent  # the advocate hears it after *Send*


def test_it_is_kept_and_comes_back_as_it_was() -> None:
    conversation, _both = sends(says(at_the_check(), Chosen(option="@file:home.change")))
    conversation = says(
        conversation, Chosen(option="@check"), Chosen(option="@hears:home.feeling"),
        Chosen(option="@aloud:no"), Chosen(option="@check"), Chosen(option="@back:home.change"),
        Chosen(option="@yes"),
    )  # fmt: skip

    again = from_plain(json.loads(json.dumps(to_plain(conversation))))

    assert again == conversation
    assert asked(again) == GONE
    assert set(again.taken_back) == {"home.change"}
    assert again.sent[-1].heard.keys() == {"home.feeling"}


def test_what_was_not_sent_is_only_taken_out_and_a_second_tap_changes_nothing() -> None:
    conversation = says(at_the_check(), Chosen(option="@back:home.change"))
    assert "home.change" in conversation.answers  # it is asked first

    turn = step(conversation, Chosen(option="@yes", turn=conversation.turns), NOW)
    again = step(turn.conversation, Chosen(option="@yes", turn=conversation.turns), NOW)

    assert turn.effects == again.effects == ()
    assert asked(turn.conversation) == GONE_UNSENT
    assert again.conversation == turn.conversation


def test_no_leave_it_leaves_it() -> None:
    conversation, _both = sends(at_the_check())
    asks = says(conversation, Chosen(option="@check"), Chosen(option="@back"))
    for way in (Chosen(option="@no"), Command(name=Name.BACK), Command(name=Name.SKIP)):
        after = says(asks, way)
        assert after.answers == conversation.answers
        assert len(after.sent) == 1


def test_that_wasnt_me_is_asked_first_and_said_once() -> None:
    conversation = says(at_the_check(), Chosen(option="@not_me"))
    turn = step(conversation, Chosen(option="@yes"), NOW)
    again = step(turn.conversation, Chosen(option="@yes"), NOW)
    assert turn.effects == (SayNotMe(),)
    assert asked(turn.conversation) == NOT_ME_SAID
    assert again.effects == ()


def test_who_can_not_read_it_lets_fewer_people_hear_it_and_nobody_more() -> None:
    flow = FLOWS["cioc_review"]
    before = at_the_check()
    shared = says(before, Chosen(option="@file:home.change"))
    assert lets_more_hear(flow, before, shared, "home.change", lambda _one: False)
    assert not lets_more_hear(flow, before, shared, "home.change", lambda _one: True)
    assert not lets_more_hear(flow, shared, before, "home.change", lambda _one: False)
    quiet = says(before, Chosen(option="@hears:home.change"), Chosen(option="@aloud:no"))
    assert lets_more_hear(flow, quiet, before, "home.change", lambda _one: False)


MEETING = {
    "meeting.how", "meeting.why_not", "meeting.speaks", "meeting.who", "meeting.who_not",
    "meeting.day", "meeting.first",
}  # fmt: skip
"""What is filed as `taking_part`, in whole or besides."""


@given(st.data())
@settings(deadline=None)
def test_the_next_version_never_has_a_word_or_a_reader_more(data: st.DataObject) -> None:
    conversation = at_the_check("cioc_review", data.draw(st.sampled_from(["home", "meeting"])))
    questions = [line.question.id for line in check_lines(conversation)]
    for question in questions:
        if data.draw(st.booleans()):
            conversation = says(conversation, Chosen(option=f"@file:{question}"))
    sent, both = sends(conversation)
    flow = FLOWS["cioc_review"]
    back = data.draw(st.sets(st.sampled_from(questions)))
    can = heard(flow, sent)
    narrowed = {
        question: ("iro",)
        for question in questions
        if question not in back and data.draw(st.booleans())
    }

    after = next_version(both, flow, 2, NOW, back, narrowed)

    for document in after.values():
        if document:
            VALID.validate(document)
            assert document["content_sha256"] == documents.content_sha256(document)
    before_there, there = where(both), where(after)
    moved = there.keys() - before_there.keys()  # only an answer says that it is not read out
    assert there.keys() - moved == before_there.keys() - back
    assert moved == {one for one in narrowed if one in MEETING and one not in before_there}
    for question, (destination, audience) in there.items():
        could = before_there[question][1] if question in before_there else can[question]
        assert set(audience) <= set(could)
        assert set(audience) <= set(narrowed.get(question, can[question]))
        assert (destination == "ordinary") is ("social_worker" in audience)
    ordinary = after["ordinary"]
    assert ordinary is not None
    if "meeting.first" in {*back, *narrowed}:
        assert ordinary["taking_part"]["first"] is None


@pytest.mark.parametrize("flow_id", sorted(FLOWS))
def test_every_page_about_one_answer_has_a_way_on_in_every_flow(flow_id: str) -> None:
    flow = FLOWS[flow_id]
    topic = next(one.id for one in flow.topics if not one.explains)
    conversation, _both = sends(at_the_check(flow_id, topic))
    facts = dict.fromkeys(("became", "in_file", "file_readers", "lines"), "…")
    for line in check_lines(conversation):
        for option in (f"@hears:{line.question.id}", f"@back:{line.question.id}", "@each"):
            there = says(conversation, Chosen(option="@check"), Chosen(option=option))
            screen = look(there, About(facts))
            assert screen.picks or screen.ways, option
            assert asked(says(there, Command(name=Name.SKIP))) == CHECK


def test_an_old_button_leads_on_when_all_was_taken_out_since() -> None:
    """A chat keeps its buttons; there is no answer any more that it could be about."""
    over = says(at_the_check(), Chosen(option="@start_over"), Chosen(option="@over"))
    there = says(over, Chosen(option="@each"))

    screen = look(there, About({}))

    assert screen.picks
    assert asked(says(there, Chosen(option=screen.picks[0].id))) == CHECK
