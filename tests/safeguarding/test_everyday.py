"""Thousands of neutral sentences of a small grammar raise hardly anything."""

from collections import Counter

import pytest

from conversations.safeguarding.detecting import detect
from tests.safeguarding.everyday import everyday, families

EACH = 250
MOST, MOST_OF_A_FAMILY = 1.5, 6.0
"""Percent that may raise something: of all, and of one family of sentences."""


@pytest.mark.parametrize("seed", [1, 2])
def test_neutral_sentences_seldom_raise_an_alarm(seed: int) -> None:
    texts = list(everyday(EACH, seed))
    assert len(texts) >= 4_000
    raised = [one for one in texts if detect(one.text, "en") is not None]
    of_family, all_of_it = Counter(one.family for one in raised), Counter(t.family for t in texts)
    assert 100 * len(raised) / len(texts) <= MOST, raised[:20]
    for family, many in all_of_it.items():
        assert 100 * of_family[family] / many <= MOST_OF_A_FAMILY, family


def test_the_same_seed_gives_the_same_sentences_and_no_slot_is_left_open() -> None:
    texts = list(everyday(20))
    assert texts == list(everyday(20))
    assert texts != list(everyday(20, seed=2))
    assert not [one for one in texts if "<" in one.text]
    assert {one.family for one in texts} == {*families(), "long"}


def test_the_measure_would_notice_a_sentence_that_harms() -> None:
    harmed = [f"{one.text}. My stepdad punched me last night" for one in everyday(5)]
    assert all(detect(text, "en") for text in harmed)
