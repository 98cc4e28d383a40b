"""A language's file, `<language>.toml` beside this module: read once, checked, made ready.

It is package data, read when it is first asked for: making it ready takes most of a second,
which who needs no detector need not wait for. `docs/safeguarding.md` says what stands in it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Lock
from typing import Any

from conversations.safeguarding import points, spelling, vocabulary
from conversations.safeguarding.automaton import Search, build
from conversations.safeguarding.finding import Category, Grade
from conversations.safeguarding.phrases import Element, Phrase, PhraseWrong, orders, parse
from conversations.safeguarding.points import Points
from conversations.safeguarding.vocabulary import Vocabulary

_ENTRY = re.compile(r"^\[\[", re.MULTILINE)


class LanguageUnknown(LookupError):
    """There is no file for a language; the text lists those there are."""

    def __init__(self, language: str, there: Sequence[str]) -> None:
        super().__init__(
            f"There are no safeguarding phrases in {language!r}. Languages: {', '.join(there)}."
        )


class FileWrong(ValueError):
    """A language's file does not hold together; the text names the entry and what to mend."""


class Kind(StrEnum):
    """What a phrase says. The value is the name of its tables in the file."""

    ENTRY = "entry"
    EVERYDAY = "everyday"
    STORIES = "stories"
    QUOTED = "quoted"
    PAST = "past"
    AGAIN = "again"
    OVER = "over"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a young person may mean, with the phrases that say it.

    `category` and `grade` stand for `Kind.ENTRY` alone. `stories`: told of films and games too, so
    that it counts for nothing there. `fades`: urgent now, a concern if it is long ago.
    `outright`: an everyday use so plain that it sets aside whatever is said with its words.
    """

    id: str
    kind: Kind
    reason: str
    category: Category | None = None
    grade: Grade | None = None
    stories: bool = False
    fades: bool = True
    outright: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it stands in the file. What was found needs no more of it than `entry`, so the
    rest is let go when it was read."""

    entry: Entry
    says: tuple[str, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """`owners[n]` is the entry of `phrases[n]`. Disclosures come first: `disclosing` has the first
    of them, `remarking` the others, with numbers that begin at `remarks_from`."""

    code: str
    entries: tuple[Entry, ...]
    phrases: tuple[Phrase, ...]
    owners: tuple[Entry, ...]
    disclosing: Search
    remarking: Search
    remarks_from: int
    vocabulary: Vocabulary
    negators: frozenset[str]
    denying: frozenset[str]
    light: frozenset[str]
    contrast: frozenset[str]
    either: frozenset[str]
    doers: frozenset[str]
    helping: frozenset[str]
    unsure: frozenset[str]
    points: Points | None
    together: Mapping[Category, str]
    help_words: Mapping[str, frozenset[tuple[str, ...]]]


def read(code: str, text: str, counted: Points | None = None) -> Language:
    """Make a file's text ready. Raises `FileWrong`."""
    head, *tables = _ENTRY.split(text)
    try:
        plain = tomllib.loads(head)
        return _made(code, plain, _entries(tables), counted)
    except tomllib.TOMLDecodeError:
        try:
            tomllib.loads(text)  # to tell the line of the whole file
        except tomllib.TOMLDecodeError as whole:
            error = whole
        raise FileWrong(f"{code}.toml can't be read: {error}") from None
    except (KeyError, PhraseWrong) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise FileWrong(f"{code}.toml: {missing}") from None


def written(code: str) -> tuple[Written, ...]:
    """Every entry of a language's file as it stands there, for tests and for whoever changes it."""
    _head, *tables = _ENTRY.split(_file(f"{code}.toml").read_text("utf-8"))
    return tuple(_entries(tables))


def _made(
    code: str, plain: Mapping[str, Any], all_of_it: Iterator[Written], counted: Points | None
) -> Language:
    known = _shorthand(plain)
    lists = _lists(plain["lists"], known)

    once: dict[str, tuple[str, ...]] = {}  # a word that stands in many phrases is kept once

    def spelled(word: str) -> tuple[str, ...]:
        found = known.get(word)
        return once.setdefault(word, (word,)) if found is None else found

    phrases, owners = [], []
    kept: dict[Element, Element] = {}  # phrases share what they have in common: less memory
    entries: dict[str, Entry] = {}
    for one in all_of_it:
        if entries.setdefault(one.entry.id, one.entry) is not one.entry:
            raise FileWrong(f"{code}.toml: an id that stands twice: {one.entry.id}")
        for said in one.says:
            try:
                parsed = [parse(order, lists, spelled) for order in orders(said)]
            except PhraseWrong as error:
                raise FileWrong(f"{code}.toml, {one.entry.id}: {error}") from None
            for phrase in parsed:
                phrases.append(tuple(kept.setdefault(element, element) for element in phrase))
                owners.append(one.entry)
    remarks_from = sum(owner.kind is Kind.ENTRY for owner in owners)
    disclosing, remarking = build(phrases[:remarks_from]), build(phrases[remarks_from:])
    keys, others = (
        {word for phrase in some for element in phrase for word in element.words}
        for some in (phrases[:remarks_from], phrases[remarks_from:])
    )
    named = keys | others
    weights = Counter(word for element in kept for word in element.words)
    real = frozenset(plain["spelling"]["real"].split()) | lists.get("names", frozenset())
    named |= {word for said in plain["help"].values() for one in said for word in one.split()}
    everywhere = {
        word
        for word in (*plain["shorthand"], *plain["left_out"]["words"].split())
        if len(word) < spelling.SHORTEST
    }
    known |= {word: (word,) for word in named if word not in known}
    made = vocabulary.made(
        known,
        _joined(plain["joined"]),
        spelling.prepared(
            {word: weights[word] for word in (keys | everywhere) - real},
            real | named,
            _heard(plain["spelling"]["sounds"]),
        ),
        [sign for signs in plain["pictures"].values() for sign in signs.split()],
    )
    return Language(
        code,
        tuple(entries.values()),
        tuple(phrases),
        tuple(owners),
        disclosing,
        remarking,
        remarks_from,
        made,
        frozenset(plain["negation"]["words"].split()),
        frozenset(f"{plain['negation']['words']} {plain['negation']['begins']}".split()),
        frozenset(plain["negation"]["light"].split()),
        frozenset(plain["negation"].get("contrast", "").split()),
        frozenset(plain["negation"].get("either", "").split()),
        _lists({**plain["lists"], "doers": plain["negation"].get("doers", "")}, known)["doers"],
        frozenset(plain["negation"].get("helping", "").split()),
        frozenset(plain["negation"].get("unsure", "").split()),
        counted,
        {Category(name): reason for name, reason in plain.get("together", {}).items()},
        {
            name: frozenset(tuple(made.read(one).words) for one in said)
            for name, said in plain["help"].items()
        },
    )


def _entries(tables: list[str]) -> Iterator[Written]:
    """Disclosures first. Each table is read by itself: the whole file read at once takes 7 MB."""
    tables.reverse()
    tables.sort(key=lambda table: table.startswith(f"{Kind.ENTRY.value}]]"))
    while tables:  # each is let go when it was read
        table = tables.pop()
        [(kind, [one])] = tomllib.loads(f"[[{table}").items()
        name = one.get("id", "an entry without id")
        try:
            yield Written(
                Entry(
                    id=one["id"],
                    kind=Kind(kind),
                    reason=one["reason"],
                    category=Category(one["category"]) if kind == Kind.ENTRY else None,
                    grade=Grade(one["grade"]) if kind == Kind.ENTRY else None,
                    stories=one.get("stories", False),
                    fades=one.get("fades", True),
                    outright=one.get("outright", False),
                ),
                tuple(one["says"]),
                tuple(one["examples"]),
                tuple(one.get("not", ())),
            )
        except (KeyError, ValueError) as error:
            raise FileWrong(f"{kind} {name}: {error}") from None


def _shorthand(plain: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """How words may be written, and what they are read as."""
    known: dict[str, tuple[str, ...]] = {}
    for word, forms in plain["spelling"]["variants"].items():
        known |= dict.fromkeys(forms.split(), (word,))
    left_out = frozenset(plain["left_out"]["words"].split())
    known |= {
        form: tuple(word for word in words.split() if word not in left_out)
        for form, words in plain["shorthand"].items()
    }
    for word, signs in plain["pictures"].items():
        known |= dict.fromkeys(signs.split(), (word,))
    known |= dict.fromkeys(left_out, ())
    return known


def _lists(
    plain: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> Mapping[str, frozenset[str]]:
    """Named lists; one may hold those that stand above it."""
    lists: dict[str, frozenset[str]] = {}
    for name, written in plain.items():
        words: set[str] = set()
        for word in written.split():
            if word.startswith("<"):
                words |= lists[word.strip("<>")]
            elif len(known.get(word, (word,))) == 1:
                words |= {*known.get(word, (word,))}
            else:
                raise PhraseWrong(f"<{name}>", f"“{word}” is read as several words or none.")
        lists[name] = frozenset(words)
    return lists


def _heard(plain: Sequence[Sequence[str]]) -> spelling.Heard:
    return tuple((re.compile(letters), instead) for letters, instead in plain)


def _joined(plain: Mapping[str, str]) -> dict[str, dict[str, str]]:
    joined: dict[str, dict[str, str]] = {}
    for written, word in plain.items():
        first, last = written.split()
        joined.setdefault(last, {})[first] = word
    return joined


def _file(name: str) -> Traversable:
    return files(__package__) / name


_MAKING_READY = Lock()


def languages() -> Mapping[str, Language]:
    """Every language there is, by its code, made ready. Whoever comes while that is done waits: to
    do it twice at once takes more than twice as long."""
    with _MAKING_READY:
        return _languages()


@cache
def _languages() -> Mapping[str, Language]:
    return {
        code: read(code, file.read_text("utf-8"), _points(code))
        for file in files(__package__).iterdir()
        for code, _dot, ending in [file.name.partition(".")]
        if ending == "toml"
    }


def _points(code: str) -> Points | None:
    """Those of the words of a language. It may have none: then its phrases speak alone."""
    made, by_hand = _file(f"{code}_words.tsv"), _file(f"{code}_words_by_hand.tsv")
    if not made.is_file():
        return None
    with made.open(encoding="utf-8") as rows:
        return points.read(rows, by_hand.read_text("utf-8") if by_hand.is_file() else "")


def language(code: str) -> Language:
    """Raises `LanguageUnknown`. `en-GB` is read as `en`."""
    there = languages()
    found = there.get(code) or there.get(code.replace("_", "-").partition("-")[0])
    if found is None:
        raise LanguageUnknown(code, sorted(there))
    return found
