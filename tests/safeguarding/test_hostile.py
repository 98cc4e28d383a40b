"""No text makes detection run away: its work grows as the text does. Counted, not timed."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from conversations.hearing import LONGEST
from conversations.safeguarding.detecting import detect
from conversations.safeguarding.language import languages

HOSTILE = {
    "one letter": "a",
    "one long word": "suicid",
    "punctuation in a word": "a!",
    "stars": "k*",
    "single letters": "s u ",
    "disclosures": "kill me hit me ",
    "negated": "i never want to die ",
    "past": "he used to hit me ",
    "everyday": "homework is killing me ",
    "near misspellings": "suicdal abuesd pregnent ",
    "gaps": "he she they me my ",
    "dots": "... . ",
    "marks": "'",
    "emoji": "🔪",
    "combining": "e\u0301\u200b",
}


def _work(text: str) -> int:
    """Lines of our code that run."""
    lines = 0

    def count(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any] | None:
        nonlocal lines
        if "safeguarding" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        return count

    sys.settrace(count)
    try:
        detect(text, "en")
    finally:
        sys.settrace(None)
    return lines


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_is_at_most_twice_the_work(unit: str) -> None:
    short, long = (_work((unit * LONGEST)[:length]) for length in (2_000, 4_000))
    assert long <= 2.1 * short + 200


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_work_for_a_character_is_bounded_whatever_the_text(unit: str) -> None:
    text = (unit * LONGEST)[:4_000]
    assert _work(text) <= 250 * len(text)


def test_a_step_of_the_search_takes_the_same_for_every_word() -> None:
    """Its integers are as wide as an automaton's phrases together: no text makes them wider."""
    spoken = languages()["en"]
    for _number, automaton in (*spoken.disclosing.automata, *spoken.remarking.automata):
        width = automaton.every.bit_length()
        assert all(bits.bit_length() <= width for bits in automaton.fits.values())
