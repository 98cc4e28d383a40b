"""Every young person can read what is said to them: reading age, length, long words.

`docs/participation-guide.md` says the limits to those who write texts.
"""

import re

import pytest
import textstat

from conversations.flows import FLOWS
from conversations.glossary import EVERYDAY, GLOSSARY
from conversations.questions import Flow
from conversations.wording import Band
from tests.conversations.saying import (
    BANDS,
    LONGEST_MESSAGE,
    LONGEST_SENTENCE,
    around_carers,
    around_flows,
    fill,
    for_the_helper,
    of_flow,
    of_topic,
    on_papers,
    reading_ages,
    sentences,
    wordings,
    words,
)
from tools import glossary

LONG = 3
"""Syllables from which a word is long; one of nine letters is long too."""

each_band = pytest.mark.parametrize("band", BANDS)
each_flow_and_band = pytest.mark.parametrize(
    ("flow", "band"),
    [
        pytest.param(flow, band, id=f"{flow.id}-{band.value}")
        for flow in FLOWS.values()
        for band in BANDS
        if band is not Band.FOUR or band in flow.bands
    ],
)


@each_flow_and_band
def test_the_whole_text_of_a_band_is_at_its_reading_age(flow: Flow, band: Band) -> None:
    ages = reading_ages(of_flow(flow, band))

    assert max(ages) <= BANDS[band], ages


@each_flow_and_band
def test_each_topic_is_at_its_bands_reading_age(flow: Flow, band: Band) -> None:
    for topic in flow.topics:
        ages = reading_ages(of_topic(flow, topic, band))
        assert max(ages) <= BANDS[band], (topic.id, ages)


@each_band
@pytest.mark.parametrize(("pathway", "chair"), [(False, False), (True, False), (False, True)])
def test_what_is_said_around_the_flows_is_at_the_bands_reading_age(
    band: Band, pathway: bool, chair: bool
) -> None:
    if pathway and band is Band.FOUR:
        return  # nobody so young has a pathway plan
    said = [
        fill(text.wording(band, pathway=pathway, chair=chair), band) for text in around_flows(band)
    ]
    assert len(said) > 110

    ages = reading_ages(said)

    assert max(ages) <= BANDS[band], ages


@each_band
def test_no_sentence_is_too_long(band: Band) -> None:
    """Eight words for 4–7, twelve for everyone else and for whoever helps."""
    others = () if band is Band.FOUR else (*on_papers(), *for_the_helper())
    long = [
        sentence
        for said in (*wordings(band), *others)
        for sentence in sentences(fill(said, band))
        if len(words(sentence)) > LONGEST_SENTENCE[band]
    ]
    assert long == []


def test_the_papers_can_be_read_by_the_youngest_who_come_alone() -> None:
    """Privacy and accessibility have one wording for everyone; a child of 8 may read them."""
    ages = reading_ages(fill(said) for said in on_papers())

    assert max(ages) <= BANDS[Band.EIGHT], ages


@each_flow_and_band
def test_no_message_is_too_long(flow: Flow, band: Band) -> None:
    around = [
        fill(text.wording(band, pathway=flow.pathway, chair=flow.chair), band)
        for text in around_flows(band)
    ]
    for said in (*of_flow(flow, band), *around):
        assert len(words(said)) <= LONGEST_MESSAGE[band], said


def _is_long(word: str) -> bool:
    return textstat.syllable_count(word) >= LONG or len(word) >= 9


def test_every_long_word_is_in_the_glossary() -> None:
    explained = {
        part.casefold() for entry in GLOSSARY for word in entry.words for part in word.split()
    }
    said = {
        word.casefold().removesuffix("'s")
        # an adult is not told what *approval* means
        for wording in (*wordings(carers=False), *for_the_helper())
        for word in words(re.sub(r"\{\w+\}", "", wording))
    }
    assert {word for word in said if _is_long(word)} - explained - EVERYDAY == set()


def test_the_guide_says_these_limits() -> None:
    guide = (glossary.PAGE.parent / "participation-guide.md").read_text()
    ages = " | ".join(str(age) for age in BANDS.values())
    sentences_of = " | ".join(str(most) for most in LONGEST_SENTENCE.values())
    messages = " | ".join(str(most) for most in LONGEST_MESSAGE.values())
    carers = Band.SIXTEEN  # an adult reads what they read
    assert f"each topic, at most | {ages} | {BANDS[carers]} |" in guide
    assert f"a sentence, at most | {sentences_of} | {LONGEST_SENTENCE[carers]} |" in guide
    assert f"a message, at most | {messages} | {LONGEST_MESSAGE[carers]} |" in guide


def test_the_guide_says_of_every_flow_in_which_bands_it_is_asked() -> None:
    guide = (glossary.PAGE.parent / "participation-guide.md").read_text()
    for flow in FLOWS.values():
        asked = [band for band in BANDS if band in flow.bands and not _only_shorter(flow, band)]
        (row,) = [line for line in guide.splitlines() if line.startswith(f"| `{flow.id}` |")]
        assert row.endswith(f"| {', '.join(band.value for band in asked)} |"), row


def _only_shorter(flow: Flow, band: Band) -> bool:
    """Words for 12 to 15 that nobody of 12 to 15 is asked in: a care leaver is 16 or more."""
    return flow.pathway and band is not Band.SIXTEEN


def test_what_adults_read_around_a_childs_words_is_at_a_reading_age_of_12() -> None:
    """The page for whoever helps, and what is said to foster carers around their form."""
    carers = [fill(text.wording(Band.SIXTEEN, chair=True)) for text in around_carers()]
    helpers = [fill(said) for said in for_the_helper()]

    for said in (carers, helpers):
        ages = reading_ages(said)
        assert max(ages) <= BANDS[Band.SIXTEEN], ages


def test_no_word_stands_in_the_glossary_twice() -> None:
    explained = [word.casefold() for entry in GLOSSARY for word in entry.words]
    assert len(explained) == len(set(explained))


def test_the_glossary_that_people_read_is_what_the_chat_says() -> None:
    assert glossary.PAGE.read_text() == glossary.page()


def test_a_measure_of_reading_that_fails_would_be_seen() -> None:
    hard = (
        "The independent reviewing officer scrutinises the implementation of accommodation plans."
    )
    assert max(reading_ages([hard])) > BANDS[Band.SIXTEEN]
    assert _is_long("accommodation")
