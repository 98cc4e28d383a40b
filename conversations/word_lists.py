"""Under which of somebody's lists a text falls: by whole words, whatever their case. Nothing is
inferred of who wrote it, and no word is guessed at."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Its words, to be compared: `My mum’s Dog` gives my, mum, s, dog."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True, slots=True)
class WordLists:
    """`single`: names by word; `phrases`: what stands in several words, by its first one."""

    single: Mapping[str, frozenset[str]]
    phrases: Mapping[str, tuple[tuple[Words, str], ...]]

    def names_for(self, text: str) -> frozenset[str]:
        """The names of all lists of which the text has an entry, each once."""
        words = words_of(text)
        found: set[str] = set()
        for place, word in enumerate(words):
            found |= self.single.get(word, frozenset())
            for phrase, name in self.phrases.get(word, ()):
                if words[place : place + len(phrase)] == phrase:
                    found.add(name)
        return frozenset(found)


def word_lists(lists: Mapping[str, Iterable[str]]) -> WordLists:
    """Of entries by name. An entry of several words counts where they stand one after the other."""
    single: dict[str, set[str]] = {}
    phrases: dict[str, list[tuple[Words, str]]] = {}
    for name, entries in lists.items():
        for entry in entries:
            match words_of(entry):
                case ():
                    continue
                case (word,):
                    single.setdefault(word, set()).add(name)
                case phrase:
                    phrases.setdefault(phrase[0], []).append((phrase, name))
    return WordLists(
        {word: frozenset(names) for word, names in single.items()},
        {word: tuple(found) for word, found in phrases.items()},
    )
