"""Spelling, shorthand and signs: what a text is read as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.hearing import Name
from conversations.safeguarding.detecting import detect
from conversations.safeguarding.help_words import command
from conversations.safeguarding.language import languages
from conversations.safeguarding.spelling import within

WORDS = languages()["en"].vocabulary


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("KILL", "kill"),
        ("killllll", "kill"),
        ("k1ll", "kill"),
        ("k!ll", "kill"),
        ("k*ll", "kill"),
        ("$uicide", "suicide"),
        ("su1c1de", "suicide"),
        ("suiside", "suicide"),
        ("s u i c i d e", "suicide"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("ѕuісіdе", "suicide"),  # Cyrillic letters
        ("ｓｕｉｃｉｄｅ", "suicide"),
        ("sui\u200bcide", "suicide"),
        ("süícìde", "suicide"),
        ("pregnent", "pregnant"),
        ("pergnant", "pregnant"),
        ("skared", "scared"),
        ("tuched", "touched"),
        ("wnat", "want"),
        ("dnot", "do not"),
        ("pusht", "pushed"),
        ("brover", "brother"),
        ("smaked", "smacked"),
        ("smakd", "smacked"),  # sounds like it; `smoked` is only near
        ("shuved", "shoved"),  # as near as *shaved*, which fewer phrases speak of
        ("lck", "lock"),
        ("throwt", "throat"),
        ("im gonna", "i am going to"),
        ("don’t", "do not"),
        ("my self", "myself"),
        ("no1", "nobody"),
        ("kms", "kill myself"),
        ("mum's", "mum"),
        ("🔪", "knife"),
    ],
)
def test_words_are_read_as_they_are_meant(written: str, meant: str) -> None:
    assert " ".join(WORDS.read(written).words) == meant


@pytest.mark.parametrize(
    "word",
    ["rope", "hugs", "abuser", "skills", "curt", "grape", "pets", "form", "paul", "gold", "owl"],
)
def test_a_real_word_is_never_taken_for_a_misspelling(word: str) -> None:
    assert WORDS.read(word).words[0] == word


def test_a_sentence_ends_where_it_ends_and_not_at_three_dots() -> None:
    assert list(WORDS.read("stop. no... go!\nyes").words) == [
        "stop", ".", "no", "go", ".", "yes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "one", "other", "near"),
    [
        (1, "abuse", "abuse", True),
        (1, "abuze", "abuse", True),
        (1, "abse", "abuse", True),
        (1, "abbuse", "abuse", True),
        (1, "abues", "abuse", True),
        (1, "abuzes", "abuse", False),
        (2, "abuzes", "abuse", True),
        (2, "xyz", "abuse", False),
    ],
)
def test_a_misspelling_is_bounded(wrong: int, one: str, other: str, near: bool) -> None:
    assert within(wrong, one, other) is near


@given(st.text(max_size=300))
def test_nothing_that_can_be_written_is_an_error(text: str) -> None:
    words = WORDS.read(text)
    detect(text, "en")
    assert len(words.words) == len(words.starts) == len(words.ends)
    for index in range(len(words.words)):
        assert words.between(index, index)


@pytest.mark.parametrize("text", ["help", "HELP!!!", "help me", "helppp", "sos", "S.O.S", "heelp"])
def test_a_word_for_help_opens_help(text: str) -> None:
    assert command(text, "en") is Name.HELP


@pytest.mark.parametrize("text", ["stop", "STOP.", "stop now", "please stop"])
def test_a_word_for_stop_stops(text: str) -> None:
    assert command(text, "en") is Name.STOP


@pytest.mark.parametrize("text", ["help with maths", "I stop at the shop", "", "helper", "!!!"])
def test_an_answer_is_no_command(text: str) -> None:
    assert command(text, "en") is None
