"""The person who sets up the meeting, and what they see of what a young person wants of it.

What is picked (how, where, when, which parts they lead) they see once it is sent, and the questions
say so. Own words about the meeting only if the young person lets them; until then they do not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from conversations.conversation import Answer, Conversation

MAY_READ = "meeting.arranger.tell"
"""Where it is asked whether they may read own words about the meeting."""
PICKS = ("meeting.how", "meeting.where", "meeting.when", "meeting.day", "meeting.chair")
"""Questions of which they see what was picked."""
WORDS = ("meeting.speaks", "meeting.who", "meeting.who_not", "meeting.first")
"""Questions that are answered in own words."""
_AFTER = frozenset({"meeting", "carer", "parents"})
"""Who stands behind them in an audience, as in the schema."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What they see: `picks` by question, the `day` that was picked, and `words` by question."""

    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    day: date | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        return bool(self.picks or self.day or self.words)


def may_read(conversation: Conversation) -> bool:
    """Whether they may read own words about the meeting. Nothing said is no."""
    answer = conversation.answers.get(MAY_READ)
    return answer is not None and answer.choices == ("yes",)


def heard_by(
    conversation: Conversation, answer: Answer, audience: tuple[str, ...]
) -> tuple[str, ...]:
    """The audience of an answer, with them among it if they see all of the answer."""
    if answer.question not in (*PICKS, *WORDS) or answer.attachments:
        return audience  # what was said aloud or shown never reaches them
    if answer.words is not None and not may_read(conversation):
        return audience
    first = [who for who in audience if who not in _AFTER]
    return (*first, "arranger", *(who for who in audience if who in _AFTER))


def wishes(conversation: Conversation, answers: Iterable[Answer]) -> Wishes:
    """What they see of these answers, which are being sent. Nothing else ever reaches them."""
    with_words = may_read(conversation)
    picks: dict[str, tuple[str, ...]] = {}
    words: dict[str, str] = {}
    day = None
    for answer in answers:
        if answer.question in PICKS:
            if answer.choices:
                picks[answer.question] = answer.choices
            day = answer.day or day
        if with_words and answer.words and answer.question in (*PICKS, *WORDS):
            words[answer.question] = answer.words
    return Wishes(picks, day, words)
