"""The letter that invites: everyone can read it, and it says what has to be said."""

import re

import pytest

from conversations import letter_texts
from conversations.wording import Band, Text
from tests.conversations.saying import (
    BANDS,
    LONGEST_SENTENCE,
    fill,
    reading_ages,
    sentences,
    words,
)
from tests.conversations.test_texts import NEVER

TEXTS = {name: text for name, text in vars(letter_texts).items() if isinstance(text, Text)}
_HELPER = {"HELPER_TITLE", "HELPER_SAYS"}
_ITEMS = re.compile("(CHOOSE|HAPPENS|SCAN|TYPE|SIGN)")
"""Pieces of a sentence, or of a list."""
_CARERS = {name for name in TEXTS if name.endswith("CARERS")}
FACTS = {
    "given_name", "officer_name", "open_until", "review_team_phone", "child_phone", "day",
}  # fmt: skip


def said(band: Band, *, pathway: bool = False, chair: bool = False) -> dict[str, str]:
    """The letter's sentences in the words of a band, by name."""
    return {
        name: fill(text.wording(band, pathway=pathway, chair=chair), band)
        for name, text in TEXTS.items()
        if name not in _HELPER | _CARERS and text.wording(band, pathway=pathway, chair=chair)
    }


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize(("pathway", "chair"), [(False, False), (True, False), (False, True)])
def test_a_letter_is_at_its_bands_reading_age(band: Band, pathway: bool, chair: bool) -> None:
    if pathway and band is not Band.SIXTEEN:
        return  # nobody younger has a pathway plan
    whole = [text for name, text in said(band, pathway=pathway, chair=chair).items()
             if not re.match("CHOOSE|SCAN|TYPE|SIGN", name)]  # fmt: skip

    ages = reading_ages(whole)

    assert max(ages) <= BANDS[band], ages


@pytest.mark.parametrize("band", BANDS)
def test_no_sentence_of_a_letter_is_too_long(band: Band) -> None:
    for chair in (False, True):
        for text in said(band, pathway=band is Band.SIXTEEN and not chair, chair=chair).values():
            long = [one for one in sentences(text) if len(words(one)) > LONGEST_SENTENCE[band]]
            assert long == []


def test_what_the_helper_and_foster_carers_read_is_short_too() -> None:
    for name in _HELPER | _CARERS:
        for one in sentences(fill(TEXTS[name].plain)):
            assert len(words(one)) <= LONGEST_SENTENCE[Band.SIXTEEN], one
    assert max(reading_ages(fill(TEXTS[name].plain) for name in _CARERS)) <= 12


def test_a_letter_never_says_what_sayso_never_says_and_asks_one_thing_at_a_time() -> None:
    every = {
        wording
        for text in TEXTS.values()
        for wording in (text.plain, text.at4, text.at8, text.at16, text.pathway, text.chair)
        if wording
    }
    assert [one for one in every if NEVER.search(one) or one.count("?") > 1] == []
    assert {found for one in every for found in re.findall(r"\{(\w+)\}", one)} <= FACTS


def test_it_says_what_a_review_is_and_what_an_iro_does() -> None:
    whole = " ".join(said(Band.TWELVE).values())
    for told in (
        "A review is your meeting",
        "independent reviewing officer",
        "sticks to your plan",
        "not your social worker's boss",
        "come, come for part, or send what you think",
        "ask for an advocate",
        "not safe, a person is told",
        "Nobody watches it all the time",
    ):
        assert told in whole


def test_to_a_care_leaver_and_before_a_conference_it_names_no_iro() -> None:
    for pathway, chair in ((True, False), (False, True)):
        theirs = said(Band.SIXTEEN, pathway=pathway, chair=chair)
        left = {name: text for name, text in theirs.items() if not name.endswith(("HOME", "AFTER"))}
        assert [name for name, text in left.items() if re.search(r"\bIRO\b", text)] == []
