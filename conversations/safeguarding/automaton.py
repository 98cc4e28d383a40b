"""Phrases looked for all at once, in the same time for every word whatever the text.

Each place of each phrase is one bit of an integer. A word moves all bits on by one place and clears
those where it does not fit, so nothing is ever tried twice and no text can make it run away. Places
that may be missing are passed over by the carry of one subtraction (Navarro and Raffinot, *Flexible
Pattern Matching in Strings*, 2002, section 4.2.2).

Phrases are dealt out to several automata. One is run on a sentence only where the sentence has
words for every place of some phrase of it; most sentences that harm nobody are done with that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conversations.safeguarding.phrases import Element, Phrase

END = "."
"""Stands for the end of a sentence: no phrase goes on beyond it."""
_WIDTH = 2_000
"""Bits of one automaton, about: wider ones take longer for a word, more of them for a sentence, and
more memory. With 5,000 phrases 1,000 characters took 0.8 ms and all of it 19 MB with 2,000 bits, as
long and 1.3 MB more with 3,500."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """`fits`: for each word the bits of the places that name it; `anywhere`: those where any word
    may stand, kept apart because a number is as long as its highest bit. `first`, `last`: places
    where phrases begin and end. `optional`: places that may be missing; `before`, `final`: the bit
    in front of each run of them, and its last. `ends`: which phrase it is that ends at a bit.
    `every`: all bits.
    """

    every: int
    fits: Mapping[str, int]
    anywhere: int
    first: int
    last: int
    optional: int
    before: int
    final: int
    ends: Mapping[int, int]

    def has_words_for_one(self, words: frozenset[str]) -> bool:
        """Whether some phrase has one of these words for each of its places that must be filled."""
        there = self.optional
        for word in self.fits.keys() & words:
            there |= self.fits[word]
        missing = self.every & ~there
        # Whatever is missing in a phrase carries through to its last bit.
        lacking = ((missing & ~self.last) + (self.last - self.first)) | missing
        return lacking & self.last != self.last

    def scan(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Each phrase (its number) that ends at a word (its index), in the order of the text."""
        fits, anywhere, first, last = self.fits.get, self.anywhere, self.first, self.last
        optional, before, final, ends = self.optional, self.before, self.final, self.ends
        state = 0
        for at, word in enumerate(words):
            state = ((state << 1) | first) & (fits(word, 0) | anywhere)
            if not state:
                continue
            passed = state | final
            state |= optional & (~(passed - before) ^ passed)
            ended = state & last
            while ended:
                lowest = ended & -ended
                yield ends[lowest.bit_length()], at
                ended ^= lowest


@dataclass(frozen=True, slots=True)
class Search:
    """`automata`, each with the number of its first phrase."""

    automata: tuple[tuple[int, Automaton], ...]

    def scan(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Each phrase (its number) that ends at a word (its index), sentence by sentence."""
        begin = 0
        while begin < len(words):
            try:
                end = words.index(END, begin)
            except ValueError:
                end = len(words)
            sentence = words[begin:end]
            there = frozenset(sentence)
            for number, automaton in self.automata:
                if automaton.has_words_for_one(there):
                    for phrase, at in automaton.scan(sentence):
                        yield number + phrase, begin + at
            begin = end + 1


def build(phrases: Sequence[Phrase]) -> Search:
    """The numbers are those of this order. Phrases that share words should stand together."""
    automata: list[tuple[int, Automaton]] = []
    begin, width = 0, 0
    for number, phrase in enumerate(phrases, 1):
        width += sum(element.most for element in phrase)
        if width >= _WIDTH or number == len(phrases):
            automata.append((begin, _automaton(phrases[begin:number])))
            begin, width = number, 0
    return Search(tuple(automata))


def _automaton(phrases: Sequence[Phrase]) -> Automaton:
    places: dict[str, list[int]] = {}
    anywhere, optional, first, last, before, final = [], [], [], [], [], []
    ends: dict[int, int] = {}
    bit = 0
    for number, phrase in enumerate(phrases):
        first.append(bit)
        for index, element in enumerate(phrase):
            if element.optional:
                if not phrase[index - 1].optional:
                    before.append(bit - 1)
                if not phrase[index + 1].optional:
                    final.append(bit + element.most - 1)
            for _copy in range(element.most):
                if element.gap:
                    anywhere.append(bit)
                for word in element.words:
                    places.setdefault(word, []).append(bit)
                if element.optional:
                    optional.append(bit)
                bit += 1
        last.append(bit - 1)
        ends[bit] = number
    same: dict[int, int] = {}  # the words of a list fit the same places: one number for all of them
    fits = {word: same.setdefault(one := _bits(at), one) for word, at in places.items()}
    return Automaton(
        (1 << bit) - 1,
        fits,
        _bits(anywhere),
        _bits(first),
        _bits(last),
        _bits(optional),
        _bits(before),
        _bits(final),
        ends,
    )


def _bits(places: Sequence[int]) -> int:
    total = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        total[place // 8] |= 1 << place % 8
    return int.from_bytes(total, "little")


def placed(phrase: Phrase, words: Sequence[str], end: int) -> tuple[int, ...]:
    """The indexes of the words that a phrase is made of, where it ends at `end`; the nearest ones.

    Words that a gap passes over are not among them. Looks back no further than the phrase is long.
    """
    found = _backwards(phrase, len(phrase) - 1, words, end)
    if found is None:
        raise AssertionError("the automaton said that it ends here")
    return found


def _backwards(phrase: Phrase, index: int, words: Sequence[str], at: int) -> tuple[int, ...] | None:
    """Whether the elements up to `index` fit the words up to `at`, the last at `at` itself."""
    if index < 0:
        return ()
    element: Element = phrase[index]
    if element.gap:
        for passed in range(element.most + 1):
            if passed and (at - passed + 1 < 0 or words[at - passed + 1] == END):
                return None
            if (found := _backwards(phrase, index - 1, words, at - passed)) is not None:
                return found
        return None
    if at >= 0 and words[at] in element.words:
        found = _backwards(phrase, index - 1, words, at - 1)
        if found is not None:
            return (*found, at)
    return _backwards(phrase, index - 1, words, at) if element.optional else None
