"""An answer is measured while it is written: by the same measure as what Sayso itself says."""

import re

import pytest
import textstat

from conversations.flows import FLOWS
from conversations.plain_words import (
    READING_AGES,
    clean,
    jargon,
    look_at,
    names_in,
    pasted,
    reading_age,
    syllables_of,
)
from conversations.questions import Flow
from conversations.wording import Band
from tests.conversations.saying import BANDS, of_flow, words

HARD = "The independent reviewing officer scrutinises the implementation of accommodation plans."
ANSWERS = (
    "You will see him every Saturday from 3 October. Your social worker sets it up. If it doesn't "
    "happen, tell me and I will ask why.",
    "The school needs a form that nobody has signed. I asked for it to be done by 9 October. I "
    "will write to you here that day.",
    "Contact with siblings will be facilitated in line with the care plan once the risk assessment "
    "has been completed by the allocated social worker and ratified by the service manager.",
    "I am sorry. I asked twice and the answer is no. The house has no room for a dog.",
)


def _theirs(text: str) -> float:
    return float(textstat.flesch_kincaid_grade(re.sub(r"\d+", "", text))) + 5


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.id)
@pytest.mark.parametrize("band", Band)
def test_our_own_texts_measure_within_half_a_year_of_textstat(flow: Flow, band: Band) -> None:
    said = [one if one[-1] in ".?!" else f"{one}." for one in of_flow(flow, band)]
    if not said:
        return
    whole = " ".join(said)
    ours = reading_age(whole)

    assert ours is not None
    assert ours == pytest.approx(_theirs(whole), abs=0.5)


@pytest.mark.parametrize("answer", [*ANSWERS, HARD])
def test_an_answer_measures_within_a_year_of_textstat(answer: str) -> None:
    assert reading_age(answer) == pytest.approx(_theirs(answer), abs=1)


def test_nineteen_words_of_twenty_have_the_syllables_of_the_dictionary() -> None:
    said = {
        word
        for flow in FLOWS.values()
        for band in Band
        for text in of_flow(flow, band)
        for word in words(text)
    }
    off = {word for word in said if syllables_of(word) != textstat.syllable_count(word)}
    assert len(said) > 300
    assert len(off) < len(said) / 20, off


def test_the_measure_is_the_bands_own() -> None:
    assert READING_AGES == BANDS
    assert look_at(HARD, Band.SIXTEEN).hard
    assert not look_at(ANSWERS[1], Band.EIGHT).hard


def test_nothing_written_has_no_reading_age() -> None:
    assert reading_age(" 12 – 34 ") is None
    assert look_at("", Band.EIGHT).nothing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your LAC review and your PEP", ["LAC review", "PEP"]),
        ("Contact with your siblings", ["Contact", "siblings"]),
        ("a change of placement, your placement's rules", ["placement"]),
        ("CLA, EHCP and an S47", ["CLA", "EHCP", "S47"]),
        ("I pep you up. You lac nothing, la la. We are in contactless touch.", []),
        ("Your looked after children's team", ["looked after children's"]),
        ("You will see your brother every week.", []),
    ],
)
def test_words_from_work_are_found_with_a_plain_one_beside(text: str, found: list[str]) -> None:
    assert [one.word for one in jargon(text)] == found
    assert all(one.say for one in jargon(text))


def test_what_a_word_processor_leaves_behind_goes_and_no_word_with_it() -> None:
    pasted_in = (
        "\ufeffYes.\u00a0You may:\r\n•\tsee him\r\n\uf0b7 ring him\r\n\r\n\r\n\r\nAmina\u200b  "
    )

    assert clean(pasted_in) == "Yes. You may:\n- see him\n- ring him\n\nAmina"
    assert clean("“Don’t worry” — he’ll ring. 🐕") == "“Don’t worry” — he’ll ring. 🐕"


def test_a_pasted_document_is_named_as_one() -> None:
    text = clean("Decisions of the review\n• a trip\n• a dog\nKind regards\nAmina")

    found = pasted(text)

    assert found.headings == ("Decisions of the review", "Kind regards")
    assert found.bullets == 2
    assert found.letter
    assert not pasted("Yes, from October.\nI will ring you.").any
    assert not pasted("You can go").any


def test_the_name_of_another_young_person_is_found_in_any_form() -> None:
    others = ("Maya Okafor", "Will Park", "Li Xu", "Amina Bello")

    assert names_in("Maya’s trip, with Maya", others) == ("Maya’s", "Maya")
    assert names_in("I will park the car", others) == ()
    assert names_in("Ask Okafor.", others) == ("Okafor",)
    assert names_in("Amina rings you.", others, own=("Kai Brennan", "Amina Yusuf")) == ()


def test_a_long_sentence_is_shown() -> None:
    text = "Yes. " + "and then we go on " * 6 + "."
    assert look_at(text, Band.SIXTEEN).long == (text.removeprefix("Yes. ").strip(),)
