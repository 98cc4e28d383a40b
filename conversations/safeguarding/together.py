"""What the phrases found and what all the words weigh, taken together.

Phrases know what they were told; words that count together know a text of which nobody thought.
Each alone misses what the other finds, and each is surer where the other agrees.
"""

from collections.abc import Mapping, Sequence, Set

from conversations.safeguarding.automaton import END
from conversations.safeguarding.finding import Because, Category, Finding, Grade, Reading
from conversations.safeguarding.points import Points, Weight
from conversations.safeguarding.vocabulary import Words

_TELLING = 4
"""Words and pairs that are named of those that weigh most."""
FEW = 6
"""Words. What a phrase found is never set aside where what it stands in, a sentence or its part
before or after a *but*, has no more: harmless words around it say nothing of it."""
BESIDE = 2
"""Words on each side of what a phrase found that are weighed with it."""
DOUBT = 6
"""Points that what is urgent has the benefit of there: of the two mistakes that one is worse."""
_FEW_OF_MORE = 5
_MORE_IS_SAID = frozenset({"and", "so", "then", "because"})
"""Nor is what is urgent where so few words stand between two of these: *my dad hits me and i want
to die*."""
_HARMLESS = "these words together are mostly harmless"


def weighed(
    reading: Reading,
    words: Words,
    points: Points,
    reasons: Mapping[Category, str],
    contrast: Set[str],
) -> Reading:
    """What the phrases found, kept, set aside or made graver by the words; or what the words find
    where no phrase did."""
    weight = points.weigh(words.words)
    if weight is None:
        return reading
    found, rules = reading.finding, points.rules
    harm, urgent = weight.harm, weight.urgent
    if found is not None and found.grade is Grade.URGENT:
        harm, urgent = harm + rules.urgent_phrase, urgent + rules.urgent_urgent_phrase
    elif found is not None:
        harm, urgent = harm + rules.concern_phrase, urgent + rules.urgent_concern_phrase
    elif reading.set_aside:
        harm += rules.set_aside
    if harm < rules.enough:
        if (
            found is None
            or is_kept(reading, words.words, contrast)
            or _weighs_by_itself(reading, words.words, points)
        ):
            return reading
        aside = Because(found.because.entry, found.because.reason, found.because.words, _HARMLESS)
        return Reading(None, (*reading.set_aside, aside))
    if found is not None and (
        found.grade is Grade.URGENT or found.because.lowered or urgent < rules.urgent_enough
    ):
        return reading
    # Where phrases were set aside, as past or denied, words alone are not sure enough to be urgent.
    sure = urgent >= rules.urgent_enough and not (found is None and reading.set_aside)
    grade = Grade.URGENT if sure else Grade.CONCERN
    because = _because(weight, words, points, reasons)
    return Reading(Finding(grade, weight.category, because), reading.set_aside)


def is_kept(reading: Reading, words: Sequence[str], contrast: Set[str]) -> bool:
    """Whether what a phrase found counts whatever the words weigh."""
    if reading.finding is None or reading.at is None:
        return False
    ends = {END, *contrast}
    if _stands_among(reading.at, words, ends, FEW):
        return True
    return reading.finding.grade is Grade.URGENT and _stands_among(
        reading.at, words, ends | _MORE_IS_SAID, _FEW_OF_MORE
    )


def _stands_among(at: tuple[int, int], words: Sequence[str], ends: Set[str], most: int) -> bool:
    """Whether there are no more words around it, and its own, up to the nearest of some."""
    first, last = at
    for before in range(first - 1, max(-1, last - most - 1), -1):
        if words[before] in ends:
            break
        first = before
    for after in range(last + 1, min(len(words), first + most + 1)):
        if words[after] in ends:
            break
        last = after
    return last - first < most


def _weighs_by_itself(reading: Reading, words: Sequence[str], points: Points) -> bool:
    """Whether what a phrase found, with a few words beside it, weighs enough: a disclosure in the
    middle of a long and cheerful sentence is one."""
    if reading.finding is None or reading.at is None:
        return False
    first, last = reading.at
    for _ in range(BESIDE):
        first -= first > 0 and words[first - 1] != END
        last += last + 1 < len(words) and words[last + 1] != END
    weight, rules = points.weigh(words[first : last + 1]), points.rules
    is_urgent = reading.finding.grade is Grade.URGENT
    phrase = rules.urgent_phrase + DOUBT if is_urgent else rules.concern_phrase
    return weight is not None and weight.harm + phrase >= rules.enough


def _because(
    weight: Weight, words: Words, points: Points, reasons: Mapping[Category, str]
) -> Because:
    telling = points.telling(words.words, weight, _TELLING)
    written = [words.between(first, last) for first, last in telling]
    said = " … ".join(written) or words.between(weight.first, weight.last)
    return Because(
        f"words.{weight.category.value}",
        f"{reasons[weight.category]}: {', '.join(written) or said}.",
        said,
    )
