"""Every entry of a language's file does what its own examples say, and mistakes are told."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conversations.safeguarding import language
from conversations.safeguarding.detecting import read
from conversations.safeguarding.finding import Category, Grade
from conversations.safeguarding.language import (
    Entry,
    FileWrong,
    Kind,
    Language,
    Written,
    languages,
    written,
)
from conversations.safeguarding.language import read as read_file

ENTRIES = [(code, one) for code in languages() for one in written(code)]


def _id(one: object) -> str:
    return one.entry.id if isinstance(one, Written) else str(one)


SMALL = """
[help]
help = ["help"]
[left_out]
words = "the really"
[joined]
[shorthand]
im = "i am"
[pictures]
[spelling]
sounds = []
real = ""
[spelling.variants]
[negation]
words = "not"
begins = "no"
light = ""
[lists]
animal = "cat dog"
[[entry]]
id = "a.bite"
category = "physical"
grade = "urgent"
reason = "Bitten."
says = ["<animal> .. bites me"]
examples = ["the cat really bites me"]
"""


@pytest.mark.parametrize(("code", "one"), ENTRIES, ids=_id)
def test_an_entry_is_found_in_its_examples(code: str, one: Written) -> None:
    entry = one.entry
    assert entry.reason
    assert one.examples
    for example in one.examples:
        finding = read(example, code).finding
        assert entry in _entries_in(languages()[code], example), example
        if entry.kind is Kind.ENTRY:
            assert finding is not None, example
            assert entry.grade is not None
            assert finding.grade in (entry.grade, Grade.URGENT), example
    for example in one.counterexamples:
        assert read(example, code).finding is None, example


def _entries_in(spoken: Language, text: str) -> list[Entry]:
    words = spoken.vocabulary.read(text).words
    disclosures = [number for number, _end in spoken.disclosing.scan(words)]
    remarks = [spoken.remarks_from + number for number, _end in spoken.remarking.scan(words)]
    return [spoken.owners[number] for number in (*disclosures, *remarks)]


@pytest.mark.parametrize(("code", "one"), ENTRIES, ids=_id)
def test_an_entry_is_short_enough_to_be_read(code: str, one: Written) -> None:
    if one.entry.kind in (Kind.ENTRY, Kind.EVERYDAY):
        assert len(one.says) <= 12, f"{code}.toml, {one.entry.id}: make two entries of it"


def test_english_has_entries_of_every_category_and_both_grades() -> None:
    entries = [one for one in languages()["en"].entries if one.kind is Kind.ENTRY]
    assert {one.category for one in entries} == set(Category)
    assert {one.grade for one in entries} == set(Grade)


def test_a_message_that_comes_while_words_are_made_ready_waits_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Made ready twice at once, a server that was just started stood still for seconds."""
    made: list[str] = []

    def slowly(code: str, text: str, points: object = None) -> Language:
        made.append(code)
        time.sleep(0.05)
        return read_file(code, SMALL)

    monkeypatch.setattr(language, "read", slowly)
    language._languages.cache_clear()
    try:
        with ThreadPoolExecutor(4) as threads:
            found = [one.result() for one in [threads.submit(languages) for _ in range(4)]]
    finally:
        language._languages.cache_clear()

    assert made == list(found[0])
    assert all(one is found[0] for one in found)


def test_a_small_file_is_enough_for_a_language() -> None:
    spoken = read_file("xx", SMALL)
    assert [number for number, _end in spoken.disclosing.scan(["dog", "often", "bites", "me"])] == [
        0
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("<animal> .. bites me", "<animals> bites me", "a.bite.*no list <animals>"),
        ("<animal> .. bites me", ".. bites me", "a.bite.*begin and end"),
        ("<animal> .. bites me", "bites me ..", "a.bite.*begin and end"),
        ("<animal> .. bites me", "a .. .. b", "a.bite.*two gaps"),
        ("<animal> .. bites me", "a .. b .. c .. d .. e .. f", "a.bite.*at most"),
        ("<animal> .. bites me", "im|you bite", "a.bite.*read as 2 words"),
        ('category = "physical"', 'category = "biting"', "entry a.bite: 'biting'"),
        ('grade = "urgent"', 'grade = "grave"', "entry a.bite: 'grave'"),
        ('reason = "Bitten."', "", "entry a.bite: 'reason'"),
        ("[negation]", "[nagation]", "'negation' is missing"),
        ("[help]", "[help", "xx.toml can't be read"),
    ],
)
def test_a_mistake_is_told_with_the_entry_and_how_to_mend_it(
    right: str, wrong: str, told: str
) -> None:
    with pytest.raises(FileWrong, match=told):
        read_file("xx", SMALL.replace(right, wrong))


def test_both_orders_of_a_phrase_are_looked_for() -> None:
    both = SMALL.replace("<animal> .. bites me", "<animal> & bites me")
    spoken = read_file("xx", both)
    for said in ("the dog was mean and bites me", "it bites me that horrible dog"):
        assert list(spoken.disclosing.scan(spoken.vocabulary.read(said).words)), said
    with pytest.raises(FileWrong, match=r"a\.bite.*at most 3 parts"):
        read_file("xx", SMALL.replace("<animal> .. bites me", "a & b & c & d"))


def test_an_id_stands_once() -> None:
    again = SMALL[SMALL.index("[[entry]]") :]
    with pytest.raises(FileWrong, match=r"twice.*a\.bite"):
        read_file("xx", SMALL + again)
