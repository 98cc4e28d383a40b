"""How conversations of an older version become those of the next; a step per version, for ever."""

from collections.abc import Mapping
from dataclasses import replace

from conversations.conversation import Answer, Conversation

Pages = Mapping[str, tuple[str, ...]]
"""What one page told in version 1, and the pages of version 2 that tell a part of it."""

CIOC: Pages = {
    "words": ("words.safe", "words.talk"),
    "review": ("review.iro",),
    "rights": ("rights.help", "rights.later"),
}
PATHWAY: Pages = {
    "words": ("words.safe", "words.talk"),
    "review": ("review.officer",),
    "rights": ("rights.later",),
}
_ALONE = ("nobody", "do_not_want_to_say")


def from_version_1(conversation: Conversation, pages: Pages) -> Conversation:
    """The explainer has more and shorter pages, and some options stand alone.

    Who has read a page has read all that is on its parts now, at the same time. Nobody who agreed
    to start is told again. Ticks that contradict each other become the narrower one; where that was
    sent already, it is to be sent again.
    """
    answers: dict[str, Answer] = {}
    skipped = set(conversation.skipped)
    for question, answer in conversation.answers.items():
        answers[question] = _narrowed(answer)
        for part in pages.get(question, ()):
            answers[part] = replace(answer, question=part)
    agreed = "start.ok" in answers and answers["start.ok"].choices == ("yes",)
    for page, parts in pages.items():
        if page in skipped or (agreed and page not in answers):
            skipped.update(parts)
    narrowed = any(answers[q].choices != a.choices for q, a in conversation.answers.items())
    return replace(
        conversation,
        answers=answers,
        skipped=frozenset(skipped),
        unsent=conversation.unsent or narrowed,
    )


def from_version_2(conversation: Conversation) -> Conversation:
    """What is written may be read for danger, and a person told: everybody hears of it anew."""
    told_anew = {"words.safe", "words.talk"}
    answers = {q: answer for q, answer in conversation.answers.items() if q not in told_anew}
    return replace(conversation, answers=answers, skipped=conversation.skipped - told_anew)


def unchanged(conversation: Conversation) -> Conversation:
    """Questions were added, and nothing that was said means anything else: whoever has sent is
    asked nothing anew, and everybody else comes to the new questions in their turn."""
    return conversation


def _narrowed(answer: Answer) -> Answer:
    alone = next((option for option in _ALONE if option in answer.choices), None)
    return answer if alone is None else replace(answer, choices=(alone,))
