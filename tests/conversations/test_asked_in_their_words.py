"""What is asked of Sayso as young people write it, and what is no question to Sayso.

`asked.tsv` and `answers.tsv` are for practitioners to add to. A phrase of the first that is not
answered is kept as an answer, which is no harm; one of the second that is would swallow words, so
none may be.
"""

from collections import Counter
from pathlib import Path

import pytest

from conversations.asked_back import fixed_answer

HERE = Path(__file__).parent
ASKED = [line.split("\t") for line in (HERE / "asked.tsv").read_text().splitlines()]
ANSWERS = (HERE / "answers.tsv").read_text().splitlines()


@pytest.mark.parametrize(("name", "words"), ASKED, ids=[words for _name, words in ASKED])
def test_it_is_answered(name: str, words: str) -> None:
    found = fixed_answer(words)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("words", ANSWERS)
def test_it_is_kept_as_what_they_say(words: str) -> None:
    assert fixed_answer(words) is None


def test_there_are_many_ways_to_ask_what_matters_most() -> None:
    ways = Counter(name for name, _words in ASKED)
    for name in ("real", "reads", "swear", "word_iro"):
        assert ways[name] >= 30
    assert len(ANSWERS) >= 80
