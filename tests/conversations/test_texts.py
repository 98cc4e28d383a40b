"""How Sayso speaks: reading age, length and what it never says (`docs/voice`, sections 1, 2, 5)."""

import re
from collections.abc import Iterator

import pytest
import textstat

from conversations import texts
from conversations.flows import FLOWS
from conversations.questions import Flow, Question
from conversations.screens import FACTS
from conversations.wording import Band, Text

BANDS = {Band.EIGHT: 9, Band.TWELVE: 11, Band.SIXTEEN: 12}
"""The reading age in years that a band's whole text may have at the most."""

WORDS = {Band.EIGHT: (15, 45), Band.TWELVE: (18, 60), Band.SIXTEEN: (20, 65)}
"""The longest sentence and the longest message, in words."""

NEVER = re.compile(
    r"\b(secret|confidential|promise|anonymous|don't worry|well done|great|brave|i feel|"
    r"i understand|hurry|on their way|never|placement|contact with|siblings|lac|care plan|pep|"
    r"respite|permanence|local authority|safeguarding|consent|case record)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[\w'’-]+")


def fill(wording: str) -> str:
    """The wording with something plain for each `{x}`."""
    samples = {"lines": texts.LINES.plain, "file_readers": "Your social worker and their team"}
    return re.sub(r"\{(\w+)\}", lambda found: samples.get(found[1], "Friday"), wording)


def of_question(question: Question) -> Iterator[Text]:
    yield from question.lead
    yield question.text


def of_flow(flow: Flow, band: Band) -> list[str]:
    """Everything a flow says to a band but choices, a message each."""
    return [
        fill(text.wording(band, pathway=flow.pathway))
        for _topic, question in flow.questions(band)
        for text in of_question(question)
    ]


def all_texts() -> list[Text]:
    """Every text that a young person may read."""
    shared = [value for value in vars(texts).values() if isinstance(value, Text)]
    flows = [
        text
        for flow in FLOWS.values()
        for _topic, question in flow.by_id.values()
        for text in (*of_question(question), *(option.label for option in question.options))
    ]
    return [*shared, *flows]


def wordings() -> set[str]:
    found = set()
    for text in all_texts():
        for band in BANDS:
            for pathway in (False, True):
                found.add(text.wording(band, pathway=pathway))
    return found


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
@pytest.mark.parametrize("band", BANDS)
def test_the_whole_text_of_a_band_is_at_its_reading_age(flow: Flow, band: Band) -> None:
    whole = " ".join(said if said[-1] in ".?!" else f"{said}." for said in of_flow(flow, band))

    ages = [textstat.flesch_kincaid_grade(whole) + 5, textstat.spache_readability(whole) + 5]

    assert max(ages) <= BANDS[band], ages


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
@pytest.mark.parametrize("band", BANDS)
def test_each_topic_is_at_its_bands_reading_age(flow: Flow, band: Band) -> None:
    for topic in flow.topics:
        said = [
            fill(text.wording(band, pathway=flow.pathway))
            for question in topic.questions
            if not question.id.endswith((".audience", ".tell"))
            for text in of_question(question)
        ]
        whole = " ".join(one if one[-1] in ".?!" else f"{one}." for one in said)
        assert textstat.flesch_kincaid_grade(whole) + 5 <= BANDS[band], (topic.id, whole)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
@pytest.mark.parametrize("band", BANDS)
def test_no_sentence_and_no_message_is_too_long(flow: Flow, band: Band) -> None:
    longest_sentence, longest_message = WORDS[band]
    for said in of_flow(flow, band):
        assert len(_WORD.findall(said)) <= longest_message, said
        for sentence in _SENTENCE.split(said):
            assert len(_WORD.findall(sentence)) <= longest_sentence, sentence


_ABOUT_ACCESS = ("PIN_", "ANSWERS_", "NOTME_", "CODE_WAIT")


@pytest.mark.parametrize("band", BANDS)
def test_what_is_said_of_codes_pins_and_who_wrote_is_short_and_at_the_bands_reading_age(
    band: Band,
) -> None:
    longest_sentence, longest_message = WORDS[band]
    said = [
        fill(value.wording(band, pathway=pathway))
        for name, value in vars(texts).items()
        if isinstance(value, Text) and name.startswith(_ABOUT_ACCESS)
        for pathway in (False, True)
    ]
    assert len(said) > 50
    for one in said:
        assert len(_WORD.findall(one)) <= longest_message, one
        for sentence in _SENTENCE.split(one):
            assert len(_WORD.findall(sentence)) <= longest_sentence, sentence
    whole = " ".join(one if one[-1] in ".?!" else f"{one}." for one in said)
    ages = [textstat.flesch_kincaid_grade(whole) + 5, textstat.spache_readability(whole) + 5]
    assert max(ages) <= BANDS[band], ages


def test_a_message_asks_one_thing() -> None:
    assert [said for said in wordings() if said.count("?") > 1] == []


def test_what_sayso_never_says_it_does_not_say() -> None:
    assert [said for said in wordings() if NEVER.search(said)] == []


def test_to_a_care_leaver_it_speaks_of_their_review_officer() -> None:
    flow = FLOWS["pathway_review"]
    assert [said for said in of_flow(flow, Band.SIXTEEN) if re.search(r"\bIRO\b", said)] == []


def test_every_fact_that_a_text_asks_for_is_known() -> None:
    for said in wordings():
        unknown = set(re.findall(r"\{(\w+)\}", said)) - FACTS
        assert not unknown, (said, unknown)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
@pytest.mark.parametrize("band", BANDS)
def test_each_flow_asks_at_least_six_topics(flow: Flow, band: Band) -> None:
    topics = {topic.id for topic, _question in flow.questions(band) if not topic.explains}
    assert len(topics) >= 6


def test_the_explainer_tells_everything_a_young_person_must_be_told() -> None:
    """`docs/domain`, section 4, item by item."""
    said = " ".join(of_flow(FLOWS["cioc_review"], Band.TWELVE))
    for told in (
        "A review is your meeting",
        "at least every 6 months",
        "They are not your social worker's boss",
        "You can reach them on",
        "talk with you alone first",
        "You may say no",
        "You can come, come for part, or send what you think",
        "your IRO must say why",
        "An advocate is on your side",
        "You can complain",
        "advice from a lawyer",
        "Cafcass",
        "a review sooner",
        "you get a record of it",
        "You can ask to see it later",
    ):
        assert told in said


@pytest.mark.parametrize("band", BANDS)
def test_a_page_of_the_explainer_is_no_longer_than_a_message(band: Band) -> None:
    """What stands on one page is read at once, so that the limit is the page's."""
    for flow in FLOWS.values():
        if flow.pathway and band is not Band.SIXTEEN:
            continue  # nobody has a pathway plan before they are 16
        for topic, question in flow.questions(band):
            if topic.explains:
                whole = [
                    fill(text.wording(band, pathway=flow.pathway)) for text in of_question(question)
                ]
                assert len(_WORD.findall(" ".join(whole))) <= WORDS[band][1], whole


@pytest.mark.parametrize("band", BANDS)
def test_every_band_is_told_what_the_file_shows_of_what_is_not_in_it(band: Band) -> None:
    """The ordinary document says how many answers are withheld, so the texts say it too."""
    for flow in FLOWS.values():
        pages = [q for _t, q in flow.questions(band) if q.id.endswith(".audience")]
        said = [text for question in pages for text in question.lead]
        for text in (*said, texts.CHECK_FILE):
            wording = text.wording(band, pathway=flow.pathway)
            assert "shows how many answers are left out" in wording


def test_whoever_may_ask_for_an_advocate_is_told_who_hears_of_it_and_that_it_is_now() -> None:
    for flow in FLOWS.values():
        (question,) = [q for _t, q in flow.by_id.values() if q.id == "rights.advocate"]
        officer = "your review officer" if flow.pathway else "your IRO"
        for band in BANDS:
            said = " ".join(t.wording(band, pathway=flow.pathway) for t in question.lead)
            if not flow.pathway or band is not Band.EIGHT:  # nobody so young has a pathway plan
                assert f"I tell {officer} and their manager now" in said
            assert "even if you don't start or send" in said
