"""What holds whatever is heard, in whatever order (hypothesis)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conversations.conversation import Conversation, from_plain, to_plain
from conversations.effects import RecordAnswer, Submit
from conversations.engine import carry_forward, start, step
from conversations.flows import FLOWS
from conversations.hearing import (
    LONGEST,
    Chosen,
    ChosenSeveral,
    Command,
    Draft,
    Heard,
    Name,
    Text,
    Toggled,
    keepable,
)
from conversations.moving import Turn
from conversations.places import CHECK, HELP, OFFER, SENT, START, STOPPED, asked, sequence
from conversations.questions import Flow, Topic
from conversations.screens import About, check_lines, look
from conversations.texts_later import NEWS
from conversations.wording import Band
from tests.conftest import FULL

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BANDS = tuple(Band)
EXAMPLES = 2_000 if FULL else 150
often = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

_QUESTIONS = sorted({q for flow in FLOWS.values() for q in flow.by_id})
_OPTIONS = sorted(
    {o.id for flow in FLOWS.values() for _, q in flow.by_id.values() for o in q.options}
)
_PLACES = ["@map", "@check", "@sent", "@stopped", "@help", "@offer", "@news", "@over"]
_GOES = [
    "@map", "@check", "@one", "@go_on", "@done", "@keep", "@drop", "@aside", "@use", "@nonsense",
    "@topic:home", "@topic:family", "@topic:nothing", "@topic:explainer", "@change:home.feeling",
    "@change:home.audience", "@change:home.tell", "@change:meeting.audience",
    "@remove:home.audience", "@change:start.ok", "@remove:home.change", "@remove:start.ok",
    "@change:", "@topic:", "@start_over", "@over", "@over", "@before", "@seen", "@remind:tomorrow",
    "@remind:none", "@remind:",
    "@change:", "@topic:", "@who", "@shorter", "@longer", "@change:helper.who",
    "@change:helper.name",
]  # fmt: skip

words = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", " ", "\n", "yes", "Skip", "\0", "\ud800", "א\u0301🐕", "<script>", "x" * (LONGEST + 1),
         "2026-12-01", "help", "/start", "Are you real?", "what's an IRO?"]
    ),
)  # fmt: skip
options = st.one_of(st.sampled_from(_OPTIONS), st.sampled_from(_GOES), st.text(max_size=5))
where = st.one_of(st.none(), st.sampled_from([*_QUESTIONS, *_PLACES]), st.text(max_size=5))
turns = st.one_of(st.none(), st.integers(0, 30))
heard: st.SearchStrategy[Heard] = st.one_of(
    st.builds(Command, name=st.sampled_from(Name), to=where, turn=turns),
    st.builds(Text, words=words, to=where, turn=turns),
    st.builds(Text, words=words),
    st.builds(Chosen, option=options, words=words, to=where, turn=turns),
    st.builds(Chosen, option=options),
    st.builds(ChosenSeveral, options=st.lists(options, max_size=3).map(tuple), to=where),
    st.builds(Toggled, option=options, to=where),
    st.builds(Draft, words=words, to=where),
)
flows = st.sampled_from(sorted(FLOWS))
bands = st.sampled_from(BANDS)
news = st.sampled_from(sorted(NEWS))


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Anything a conversation can have become: straight on for a while, then anything at all."""
    flow = FLOWS[draw(flows)]
    conversation = start(flow, draw(bands.filter(lambda band: band in flow.bands)))
    for _step in range(draw(st.integers(0, 45))):
        conversation = step(conversation, onward(conversation), NOW).conversation
    for one in draw(st.lists(heard, max_size=8)):
        conversation = step(conversation, one, NOW).conversation
    return replace(conversation, news=tuple(draw(st.lists(news, max_size=2))))


def onward(conversation: Conversation) -> Heard:
    """The plainest answer to what is asked."""
    at = asked(conversation)
    found = FLOWS[conversation.flow_id].by_id.get(at)
    if found is None:
        return Command(name=Name.SEND) if at == CHECK else Chosen(option="@go_on")
    question = found[1]
    return Chosen(option=question.options[0].id) if question.options else Text(words=f"to {at}")


def everything_said(conversation: Conversation) -> str:
    kept = [
        *conversation.answers.values(), *conversation.offered, *conversation.aside,
        *conversation.before,
    ]  # fmt: skip
    return "\0".join(a.words or (a.day.isoformat() if a.day else "") for a in kept)


@often
@given(conversations(), st.lists(heard, max_size=6))
def test_nothing_that_is_heard_raises_and_there_is_always_a_screen(
    conversation: Conversation, several: list[Heard]
) -> None:
    for one in several:
        conversation = step(conversation, one, NOW).conversation

        screen = look(conversation, About({}))

        assert screen.asked == asked(conversation)
        assert screen.picks or screen.words


@often
@given(conversations(), heard)
def test_keeping_it_and_reading_it_again_changes_nothing(
    conversation: Conversation, one: Heard
) -> None:
    after = step(conversation, one, NOW).conversation

    again = from_plain(json.loads(json.dumps(to_plain(after))))

    assert again == after
    assert list(again.answers) == list(after.answers)


@often
@given(conversations())
def test_nobody_is_stuck_skipping_and_saying_yes_leads_to_the_end(
    conversation: Conversation,
) -> None:
    for _step in range(200):
        at = asked(conversation)
        if at == SENT:
            return
        if at == START:
            one: Heard = Chosen(option="yes")
        elif at == CHECK:
            one = Command(name=Name.SEND)
        else:
            one = Command(name=Name.SKIP)
        after = step(conversation, one, NOW).conversation
        assert after != conversation, f"skip did nothing at {at}"
        conversation = after
    raise AssertionError(f"still at {asked(conversation)}")


@often
@given(conversations(), words.filter(lambda one: bool(one.strip()) and len(one) <= LONGEST))
def test_words_that_are_taken_never_vanish(conversation: Conversation, said: str) -> None:
    turn = step(conversation, Text(words=said), NOW)

    if any(say.params.get("over") for say in turn.says):
        return
    assert keepable(said)[0] in everything_said(turn.conversation)


@often
@given(conversations(), heard)
def test_what_was_said_before_stays_until_it_is_changed_or_taken_out(
    conversation: Conversation, one: Heard
) -> None:
    after = step(conversation, one, NOW).conversation

    gone = set(conversation.answers) - set(after.answers)
    if gone:
        verb = one.option if isinstance(one, Chosen | Toggled) else ""
        put_away = {answer.question for answer in after.before}
        if verb in ("@over", "@before") and gone <= put_away:
            return
        assert isinstance(one, Toggled) or verb.startswith("@remove:")


@often
@given(conversations())
def test_back_asks_again_what_was_just_answered_with_its_answer(
    conversation: Conversation,
) -> None:
    at = asked(conversation)
    found = FLOWS[conversation.flow_id].by_id.get(at)
    if found is None or conversation.turns == 0:
        return
    answered = step(conversation, onward(conversation), NOW).conversation
    if asked(answered) in (at, OFFER) or answered.pause is not None:
        return  # at an offer *Back* puts the offered words off

    back = step(answered, Command(name=Name.BACK), NOW).conversation

    assert asked(back) == at or at not in {q.id for _, q in sequence(answered)}
    assert back.answers == answered.answers


@often
@given(conversations())
def test_a_second_click_does_nothing_more(conversation: Conversation) -> None:
    at = asked(conversation)
    for name in (Name.SKIP, Name.BACK, Name.STOP, Name.HELP):
        click = Command(name=name, to=at, turn=conversation.turns)
        once = step(conversation, click, NOW)
        twice = step(once.conversation, click, NOW)
        if asked(once.conversation) != at:
            assert replace(twice.conversation, turns=0) == replace(once.conversation, turns=0)
            assert twice.effects == ()


@often
@given(conversations())
def test_the_same_answer_again_from_an_old_page_changes_nothing(
    conversation: Conversation,
) -> None:
    at = asked(conversation)
    if at not in FLOWS[conversation.flow_id].by_id:
        return
    page = replace(onward(conversation), to=at, turn=conversation.turns)
    after = step(conversation, page, NOW).conversation
    if asked(after) == at:
        return

    again = step(after, page, NOW)

    assert again.conversation == after
    assert again.effects == ()


@often
@given(conversations(), st.sampled_from([Name.HELP, Name.STOP]))
def test_help_and_stop_work_from_everywhere_and_lead_back(
    conversation: Conversation, name: Name
) -> None:
    conversation = replace(conversation, pause=None)
    there = step(conversation, Command(name=name, to="@stale", turn=0), NOW).conversation
    assert asked(there) == (HELP if name is Name.HELP else STOPPED)

    back = step(there, Chosen(option="@go_on"), NOW).conversation

    assert asked(back) == asked(conversation)


def test_a_young_person_who_skips_every_question_can_still_send() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != START:
        conversation = step(conversation, Command(name=Name.SKIP), NOW).conversation
    conversation = step(conversation, Chosen(option="yes"), NOW).conversation
    for _question in FLOWS["cioc_review"].questions(Band.TWELVE):
        conversation = step(conversation, Command(name=Name.SKIP), NOW).conversation

    turn = step(conversation, Chosen(option="send"), NOW)

    assert turn.effects == (Submit(answers=()),)


# A flow's version rises in the middle of a conversation


def _renamed(conversation: Conversation) -> Conversation:
    """home.change is called home.wish from the next version on."""

    def name(question: str) -> str:
        return "home.wish" if question == "home.change" else question

    return replace(
        conversation,
        answers={
            name(q): replace(answer, question=name(q)) for q, answer in conversation.answers.items()
        },
        skipped=frozenset(map(name, conversation.skipped)),
        place=conversation.place and name(conversation.place),
        trail=tuple(map(name, conversation.trail)),
        offered=tuple(replace(a, question=name(a.question)) for a in conversation.offered),
        aside=tuple(replace(a, question=name(a.question)) for a in conversation.aside),
    )


def _next_version(flow: Flow) -> Flow:
    """One question renamed, one topic retired, the others turned round."""
    topics = []
    for topic in flow.topics:
        questions = tuple(
            replace(
                question,
                id="home.wish" if question.id == "home.change" else question.id,
                after_any=tuple(
                    "home.wish" if q == "home.change" else q for q in question.after_any
                ),
            )
            for question in topic.questions
        )
        topics.append(replace(topic, questions=questions))
    retired = [topic for topic in topics if topic.id == "family"]
    explainer, *rest = [topic for topic in topics if topic.id != "family"]
    turned: tuple[Topic, ...] = (explainer, *reversed(rest))
    return Flow(
        flow.id,
        flow.version + 1,
        flow.title,
        flow.pathway,
        turned,
        retired=tuple(retired),
        carried={**flow.carried, flow.version: _renamed},
    )


@contextmanager
def tomorrows_flow() -> Iterator[None]:
    today = FLOWS["cioc_review"]
    FLOWS["cioc_review"] = _next_version(today)
    try:
        yield
    finally:
        FLOWS["cioc_review"] = today


@often
@given(conversations())
@example(start(FLOWS["cioc_review"], Band.TWELVE))
def test_a_flow_may_change_in_the_middle_and_nothing_said_is_lost(
    conversation: Conversation,
) -> None:
    if conversation.flow_id != "cioc_review":
        return
    with tomorrows_flow():
        carried = carry_forward(conversation)

        assert everything_said(carried) == everything_said(conversation)
        assert len(carried.answers) == len(conversation.answers)
        look(carried, About({}))
        turn: Turn = step(carried, Text(words="still here"), NOW)
        assert "still here" in everything_said(turn.conversation)
        shown = {line.question.id for line in check_lines(carried)}
        said = {
            q
            for q, answer in carried.answers.items()
            if not FLOWS["cioc_review"].by_id[q][0].explains
            and (not q.endswith((".audience", ".tell")) or answer.words)
        }
        assert said - shown <= inapplicable(carried)


def inapplicable(conversation: Conversation) -> set[str]:
    """Answers to questions that are not asked any more since another answer changed."""
    return set(conversation.answers) - {q.id for _, q in sequence(conversation)}


def test_changing_an_answer_records_it_once() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != "home.change":
        conversation = step(conversation, onward(conversation), NOW).conversation

    turn = step(conversation, Text(words="My own room"), NOW)

    assert turn.effects == (RecordAnswer("home.change"),)
    assert turn.conversation.answers["home.change"].words == "My own room"


def test_who_goes_back_in_a_topic_that_they_chose_stays_in_it() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != "feel.care":
        conversation = step(conversation, onward(conversation), NOW).conversation
    for one in (
        Chosen(option="@topic:meeting"),
        Chosen(option="send_views"),
        Command(name=Name.BACK),
        Chosen(option="video"),
    ):
        conversation = step(conversation, one, NOW).conversation

    assert asked(conversation) == "meeting.who"


def test_who_changes_an_answer_on_the_check_page_comes_back_to_it() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != "feel.more":
        conversation = step(conversation, onward(conversation), NOW).conversation
    for one in (Chosen(option="@check"), Chosen(option="@change:feel.care"), Chosen(option="ok")):
        conversation = step(conversation, one, NOW).conversation

    assert asked(conversation) == CHECK
