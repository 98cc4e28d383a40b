"""How much the detector finds of the labelled sets, and how often it is wrong.

`tuned.tsv` is what its phrases were made on. `development.tsv` and `development_unread.tsv` were
written as one before their writer had read a phrase of the language's file. The first was then read
to mend what was missed; the second, a third drawn by chance, was not. `held_out.tsv` was written by
somebody else who had not seen the phrases. Those two are never tuned on: look at their figures,
not at their phrases. `voices.tsv` was written later, in the voices of seven young people, in four
batches by who then mended what each missed. `others.tsv` was written by four who had not seen the
phrases, and read since to mend what was missed. `blind.tsv` was written as they wrote, by one more;
it is never read, and `blind_two.tsv`, by another writer still, neither. `taught/` has a file of
each of several writers who had not seen the phrases: no phrase was changed for them, but the points
of words are made from them and from all the sets that were read. None of them holds a phrase of
another.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conversations.safeguarding.detecting import detect
from conversations.safeguarding.finding import Category, Grade

HERE = Path(__file__).parent
SETS = {
    "tuned": HERE / "tuned.tsv",
    "development": HERE / "development.tsv",
    "unread": HERE / "development_unread.tsv",
    "voices": HERE / "voices.tsv",
    "others": HERE / "others.tsv",
    "held out": HERE / "held_out.tsv",
    "blind": HERE / "blind.tsv",
    "blind two": HERE / "blind_two.tsv",
}
TAUGHT = tuple(sorted((HERE / "taught").glob("*.tsv")))
"""A file of each writer."""

URGENT, CONCERN, FALSE_ALARMS = 98, 92, 4
"""Percent that are asked for: at least of each grade, at most of false alarms."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A phrase and what a reader says of it: `grade` None is nothing to tell anybody."""

    text: str
    grade: Grade | None
    category: Category | None
    kind: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.right / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.right} of {self.of} ({self.percent:.1f} %)" if self.of else "–"


def labelled(path: Path) -> tuple[Labelled, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Labelled(
                row["text"],
                None if row["grade"] == "none" else Grade(row["grade"]),
                None if row["category"] == "-" else Category(row["category"]),
                row["kind"],
            )
            for row in rows
        )


def found(phrase: Labelled) -> bool:
    """Urgent has to be found urgent; a concern at either grade; a false alarm is any finding."""
    finding = detect(phrase.text, "en")
    if phrase.grade is Grade.URGENT:
        return finding is not None and finding.grade is Grade.URGENT
    return finding is not None


def share(phrases: Iterable[Labelled]) -> Share:
    results = [found(phrase) for phrase in phrases]
    return Share(sum(results), len(results))


def graded(phrases: Sequence[Labelled], grade: Grade | None) -> list[Labelled]:
    return [phrase for phrase in phrases if phrase.grade is grade]


def verdict(phrases: Sequence[Labelled]) -> str:
    """What was asked for, and whether it is reached."""
    urgent, concern, harmless = (
        share(graded(phrases, grade)).percent for grade in (Grade.URGENT, Grade.CONCERN, None)
    )
    asked = (
        (f"{URGENT} % of what is urgent", urgent >= URGENT, urgent),
        (f"{CONCERN} % of concerns", concern >= CONCERN, concern),
        (f"at most {FALSE_ALARMS} % false alarms", harmless <= FALSE_ALARMS, harmless),
    )
    told = (
        f"{what}: {'reached' if reached else '**not reached**'} ({percent:.1f} %)"
        for what, reached, percent in asked
    )
    return f"Asked for: {'; '.join(told)}."


def table(phrases: Sequence[Labelled]) -> str:
    """Recall for each category and false alarms for each kind of phrase, in Markdown."""
    urgent, concern, harmless = (
        graded(phrases, grade) for grade in (Grade.URGENT, Grade.CONCERN, None)
    )
    lines = ["| Category | Urgent found | Concern found |", "|---|---|---|"]
    for category in Category:
        of = [[one for one in grade if one.category is category] for grade in (urgent, concern)]
        lines.append(f"| {category.value} | {share(of[0])} | {share(of[1])} |")
    lines.append(f"| **all** | **{share(urgent)}** | **{share(concern)}** |")
    lines += ["", "| Kind | Urgent found | Concern found | False alarms |", "|---|---|---|---|"]
    for kind in sorted({one.kind for one in phrases}):
        shares = (
            share(one for one in grade if one.kind == kind) for grade in (urgent, concern, harmless)
        )
        lines.append(f"| {kind} | {' | '.join(map(str, shares))} |")
    lines.append(f"| **all** | | | **{share(harmless)}** |")
    return "\n".join(lines)
