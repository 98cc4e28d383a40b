"""A text falls under a list by its whole words, and by nothing else."""

import pytest

from conversations.word_lists import word_lists

LISTS = word_lists(
    {
        "pets": ["dog", "Cat"],
        "family": ["mum", "brother", "foster carer"],
        "money": ["pocket money", "savings", "préparé"],
    }
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I want a dog", {"pets"}),
        ("A DOG and my Mum", {"pets", "family"}),
        ("dog dog dog", {"pets"}),
        ("my mum’s house", {"family"}),
        ("my mum's house", {"family"}),
        ("mummy", set()),
        ("hotdog", set()),
        ("dog_food", {"pets"}),
        ("my brother.My cat!", {"family", "pets"}),
        ("a foster  carer", {"family"}),
        ("the carer", set()),
        ("foster\ncarer", {"family"}),
        ("money", set()),
        ("more pocket-money", {"money"}),
        ("pre\u0301pare\u0301", {"money"}),
        ("", set()),
        ("🐕 שלום", set()),
    ],
)
def test_a_text_is_under_each_list_of_which_it_has_a_whole_word(text: str, names: set[str]) -> None:
    assert LISTS.names_for(text) == names


def test_an_entry_without_a_letter_finds_nothing() -> None:
    assert not word_lists({"none": ["!!!", " "]}).names_for("!!! and more")


def test_words_of_any_script_are_found() -> None:
    lists = word_lists({"family": ["мама", "أمي"]})

    assert lists.names_for("Хочу видеть: Мама!") == {"family"}
    assert lists.names_for("أريد أمي.") == {"family"}
