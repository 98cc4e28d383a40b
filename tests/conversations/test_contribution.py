"""What is sent, and who may read it: each answer in exactly one document (`domain.md` rule 12)."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.documents import contribution as documents
from conversations.asked_back import fixed_answer
from conversations.contribution import contribution
from conversations.conversation import Conversation
from conversations.effects import Submit
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text, keepable
from conversations.places import CHECK, asked
from conversations.questions import Kind
from conversations.sharing import file_reader_of, is_sharing_choice
from conversations.wording import Band
from tests.conftest import FULL

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SCHEMA = json.loads(Path("docs/schemas/contribution.schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

words = st.text(max_size=60).filter(
    lambda one: bool(one.strip()) and fixed_answer(one) is None  # asked of Sayso, it is no answer
)
DIE = st.integers(0, 3)


@st.composite
def sent(draw: st.DrawFn) -> tuple[Conversation, Submit, list[str]]:
    """A conversation with any answers and sharing choices, sent; and the words it was given."""
    flow = FLOWS[draw(st.sampled_from(sorted(FLOWS)))]
    conversation = start(flow, draw(st.sampled_from([Band.EIGHT, Band.TWELVE, Band.SIXTEEN])))
    said: list[str] = []
    moment = NOW
    while asked(conversation) != CHECK:
        moment += timedelta(seconds=20)
        coin = draw(st.booleans())
        topic, question = flow.by_id[asked(conversation)]
        heard: Heard
        if topic.explains:
            heard = Chosen(option="yes" if question.id == "start.ok" else question.options[0].id)
        elif draw(DIE) == 0:
            heard = Command(name=Name.SKIP)
        elif question.kind is Kind.CHOICES:
            ids = [option.id for option in question.options]
            picked = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True))
            heard = ChosenSeveral(options=tuple(picked))
        elif question.options and coin:
            heard = Chosen(option=draw(st.sampled_from(question.options)).id)
        elif is_sharing_choice(question.id) and draw(st.booleans()):
            heard = Command(name=Name.SKIP)
        else:
            text = draw(words)
            said.append(text)
            heard = Text(words=text)
        conversation = step(conversation, heard, moment).conversation
    turn = step(conversation, Command(name=Name.SEND), moment)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)
    return turn.conversation, submit, said


def about(conversation: Conversation) -> documents.About:
    flow = FLOWS[conversation.flow_id]
    return documents.About(
        contribution_id="0d7e3c1e-6f54-4b0c-9a53-1f6a3a5d9c11",
        council="northborough",
        case_id="NB10001",
        review_id="R10001-2",
        review_kind="pathway" if flow.pathway else "cioc",
        meeting_on="2026-12-01",
        due_on=None,
        lawful_basis="public_task",
        file_reader=file_reader_of(flow),
        proposal=None,
        because="",
        topics={},
    )


@settings(
    max_examples=1000 if FULL else 120, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(sent())
def test_every_answer_stands_in_one_document_for_those_who_may_read_it(
    case: tuple[Conversation, Submit, list[str]],
) -> None:
    conversation, submit, said = case
    what = contribution(conversation, submit.answers)
    ordinary = documents.ordinary(what, about(conversation))
    restricted = documents.restricted(what, about(conversation))
    both: list[dict[str, Any]] = [ordinary, *([restricted] if restricted else [])]

    for document in both:
        assert [error.message for error in VALID.iter_errors(document)] == []
        bare = {name: value for name, value in document.items() if name != "content_sha256"}
        assert document["content_sha256"] == hashlib.sha256(rfc8785.dumps(bare)).hexdigest()
    answers = [answer for document in both for answer in document["answers"]]
    assert len({answer["question_id"] for answer in answers}) == len(answers)
    assert ordinary["withheld"] == len(answers) - len(ordinary["answers"])
    reader = file_reader_of(FLOWS[conversation.flow_id])
    assert all(reader in answer["audience"] for answer in ordinary["answers"])
    if restricted:
        assert all(reader not in answer["audience"] for answer in restricted["answers"])
        asked_here = {answer["question_id"] for answer in restricted["answers"]}
        assert {ask["question_id"] for ask in restricted["asks"]} <= asked_here
    everything = json.dumps(both)
    for text in said:
        assert json.dumps(keepable(text)[0])[1:-1] in everything


def test_what_is_just_for_the_officer_is_nowhere_in_the_ordinary_document() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    secret = "my uncle's dog"
    while asked(conversation) != CHECK:
        topic, question = FLOWS["cioc_review"].by_id[asked(conversation)]
        heard: Heard
        if topic.explains:
            heard = Chosen(option="yes" if question.id == "start.ok" else question.options[-1].id)
        elif question.id.endswith(".audience"):
            heard = Chosen(option="officer")
        elif question.options:
            heard = Chosen(option=question.options[0].id)
        else:
            heard = Text(words=secret)
        conversation = step(conversation, heard, NOW).conversation
        if question.id == "start.ok":
            conversation = step(conversation, Chosen(option="yes"), NOW).conversation
    turn = step(conversation, Command(name=Name.SEND), NOW)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)

    what = contribution(turn.conversation, submit.answers)
    ordinary = documents.ordinary(what, about(conversation))

    assert ordinary["answers"] == []
    assert ordinary["withheld"] > 10
    assert ordinary["taking_part"]["intention"] == "not_said"
    assert secret not in json.dumps(ordinary)


def test_where_a_care_leaver_would_like_to_meet_is_filed_as_they_read_it() -> None:
    conversation = start(FLOWS["pathway_review"], Band.SIXTEEN)
    picks: dict[str, Heard] = {
        "start.ok": Chosen(option="yes"),
        "meeting.how": Chosen(option="come"),
        "meeting.where": ChosenSeveral(options=("school", "office")),
    }
    while asked(conversation) != CHECK:
        heard = picks.get(asked(conversation), Command(name=Name.SKIP))
        conversation = step(conversation, heard, NOW).conversation
    turn = step(conversation, Command(name=Name.SEND), NOW)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)

    part = contribution(turn.conversation, submit.answers).taking_part

    assert part.where == "At college or work; At an office"


def test_a_correction_supersedes_both_documents_and_keeps_its_wishes_ids() -> None:
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != CHECK:
        question = FLOWS["cioc_review"].by_id[asked(conversation)][1]
        heard: Heard = Command(name=Name.SKIP)
        if question.id == "start.ok":
            heard = Chosen(option="yes")
        elif question.id == "home.change":
            heard = Text(words="My own room")
        conversation = step(conversation, heard, NOW).conversation
    first = step(conversation, Command(name=Name.SEND), NOW)
    changed = step(first.conversation, Chosen(option="@change:home.change"), NOW).conversation
    changed = step(changed, Text(words="My own room and a dog"), NOW).conversation
    second = step(changed, Command(name=Name.SEND), NOW)

    (one,), (two,) = first.effects, second.effects
    assert isinstance(one, Submit)
    assert isinstance(two, Submit)
    before = documents.restricted(contribution(first.conversation, one.answers), about(changed))
    after = documents.restricted(contribution(second.conversation, two.answers), about(changed))
    assert before is not None
    assert after is not None
    assert (after["version"], after["supersedes"], after["kind"]) == (2, 1, "correction")
    assert after["asks"] == before["asks"]
    assert after["answers"][0]["words"] == "My own room and a dog"


def test_what_can_be_answered_with_yes_is_no_wish() -> None:
    """*Yes, it does* asks for nothing, and nobody could answer it."""
    wishes = [
        question.text.plain
        for flow in FLOWS.values()
        for topic in flow.topics
        for question in topic.questions
        if question.becomes_ask
    ]
    closed = ("Do ", "Does ", "Did ", "Is ", "Are ", "Have ", "Has ", "Can ")
    assert [text for text in wishes if text.startswith(closed)] == []
    assert "What would you like to change?" in wishes
