"""Words that count together: their file, what they find, and what they set aside."""

import pytest

from conversations.safeguarding.automaton import END
from conversations.safeguarding.detecting import by_phrases, detect, read
from conversations.safeguarding.finding import Category, Grade
from conversations.safeguarding.language import language, languages
from conversations.safeguarding.language import written as entries_of
from conversations.safeguarding.points import (
    MOST_POINTS,
    PIECE,
    PointsWrong,
    Rules,
    Weight,
    keys,
    row,
    written,
)
from conversations.safeguarding.points import read as read_points
from tools.points import BY_HAND, FILE

RULES = [f"={name}\t1" for name in Rules.__dataclass_fields__]


def _rows() -> list[str]:
    lines = FILE.read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith(("#", "=", "words\t"))]


def test_every_row_is_read_as_it_is_written_and_stands_once() -> None:
    rows = _rows()
    assert len(rows) > 10_000
    words = [line.split("\t")[0] for line in rows]
    assert words == sorted(set(words))
    for line in rows:
        assert written(line.split("\t")[0], row(line.split("\t"))) == line


def test_the_files_can_be_read_and_the_hand_has_the_last_word() -> None:
    assert languages()["en"].points is not None
    counted = "hits me\t1\t2\tphysical 4"
    by_hand = "hits me\t-3\t0\t\tSaid of a song that everybody sings this year."
    for hand, harm in (("", 4), (by_hand, -3)):
        weight = read_points([*RULES, counted], hand).weigh(["hits", "me"])
        assert weight is not None
        points = read_points([*RULES, counted], hand)
        assert points.telling(["hits", "me"], weight, 4) == ([(0, 1)] if harm > 0 else [])
    for line in BY_HAND.read_text("utf-8").splitlines():
        assert line.startswith("#") or len(line.split("\t")) == 5, line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("hits me\t1\t2\tbiting 4", "no category biting"),
        ("hits me\tmany\t2\t", "hits me .* can't be read"),
        ("hits me\t1", "hits me .* can't be read"),
        (f"hits me\t{MOST_POINTS + 1}\t2\t", "more than"),
    ],
)
def test_a_mistake_is_told_with_its_row(line: str, told: str) -> None:
    with pytest.raises(PointsWrong, match=told):
        read_points([*RULES, line])


def test_a_rule_that_is_missing_and_a_row_by_hand_without_reason_are_told() -> None:
    with pytest.raises(PointsWrong, match=r"enough"):
        read_points(RULES[1:])
    with pytest.raises(PointsWrong, match=r"and a reason"):
        read_points(RULES, "hits me\t1\t2\t\t")


def test_a_word_and_a_pair_of_one_sentence_have_points_and_count_once() -> None:
    assert keys(["he", "hits", END, "me", "he"]) == {"he", "hits", "me", "he hits", "me he"}
    points = read_points([*RULES, "hits\t4\t0\t", "he hits\t2\t0\tphysical 6"])
    once = points.weigh(["he", "hits"])
    twice = points.weigh(["he", "hits", END, "he", "hits"])
    assert once is not None
    assert twice is not None
    assert once.category is twice.category is Category.PHYSICAL
    assert twice.harm < once.harm  # the same points among more words
    assert points.weigh([END]) is None


def test_of_a_long_text_the_piece_counts_that_weighs_most() -> None:
    points = read_points([*RULES, "hits\t9\t0\t", "sunny\t-9\t0\t"])
    long = [word for _ in range(40) for word in ("it", "is", "sunny", "today", END)]
    words = [*long, "he", "hits", "me", END, *long]
    weight = points.weigh(words)
    assert isinstance(weight, Weight)
    assert weight.words <= PIECE
    assert weight.first <= len(long) + 1 <= weight.last
    unpunctuated = points.weigh(["sunny"] * 300 + ["hits"] + ["sunny"] * 300)
    assert unpunctuated is not None
    assert unpunctuated.words <= PIECE


def test_words_find_what_no_phrase_says_and_name_what_they_found_it_on() -> None:
    text = "he dragged me by my hood along the landing and now my neck has marks"
    spoken = language("en")
    assert by_phrases(spoken.vocabulary.read(text), spoken).finding is None
    finding = detect(text, "en")
    assert finding is not None
    assert finding.because.entry == f"words.{finding.category.value}"
    told = finding.because.reason.partition(": ")[2].rstrip(".").split(", ")
    assert told
    assert all(one in text for one in told)
    assert finding == detect(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to die but my dad hits me",
        "my dad hits me and i want to die",
        "no and i want to kill myself",
        "that my boyfriend beats me up",
        "School is ok. I like maths and my friends and football. I wanna die",
        "I like my room and my carers. My stepdad punched me last night. We had pizza and a film",
    ],
)
def test_harmless_words_around_a_plain_phrase_do_not_hide_it(text: str) -> None:
    finding = detect(text, "en")
    assert finding is not None
    assert finding.grade is Grade.URGENT


def test_what_is_set_aside_says_why() -> None:
    """Every text that phrases find something in and words nothing says so."""
    lowered = {because.lowered for because in read("I don't want to die", "en").set_aside}
    assert lowered == {"negated"}


@pytest.mark.parametrize("text", ["", "   ", "...", "ok", "no", "👍", "a" * 500, "\ud800"])
def test_a_text_with_nothing_in_it_raises_nothing(text: str) -> None:
    assert detect(text, "en") is None


_AROUND = (
    ("school is good and i like my teacher and", "and then we had pizza for tea"),
    ("my room is big and i have a cat called milo and", "and can i stay at my nans for christmas"),
)


@pytest.mark.parametrize("around", _AROUND)
@pytest.mark.parametrize(
    "said",
    [
        "i want to die",
        "i want to kill myself",
        "my dad hits me with a belt",
        "he touches me at night",
        "i took loads of tablets yesterday",
        "they make me sell drugs",
        "i get called fat and ugly every day at school",
        "there is never any food at home",
    ],
)
def test_a_cheerful_sentence_around_it_hides_no_disclosure(
    said: str, around: tuple[str, str]
) -> None:
    before, after = around

    assert detect(f"{before} {said} {after}", "en") is not None


def test_hardly_any_example_of_what_is_urgent_is_lost_in_a_cheerful_sentence() -> None:
    said = [
        (f"{before} {example} {after}", example)
        for one in entries_of("en")
        if one.entry.grade is Grade.URGENT
        for example in one.examples
        if example.replace(" ", "").isalnum()
        for before, after in _AROUND
    ]
    lost = sorted({example for text, example in said if detect(text, "en") is None})

    assert len(said) > 1_000
    assert len(lost) <= 15, lost
