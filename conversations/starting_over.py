"""*Start over*: asked first, and nothing is lost by it.

What was said so far is put away whole, with who may hear it, and comes back whole: single answers
out of it could come under a choice of who hears them that was made for others. What was sent stays
where it is.
"""

from collections.abc import Mapping
from dataclasses import replace

from conversations import texts_later
from conversations.conversation import Answer, Conversation, Sharing
from conversations.flows import FLOWS
from conversations.moving import Turn, been_at
from conversations.places import CHECK, MAP, OVER, asked
from conversations.sharing import OFFICER, are_sharing_words, is_sharing_choice
from conversations.wording import Say

WORDS = frozenset({"startover", "startalloveragain", "startagain", "beginagain", "startallover"})
"""All of a message, its letters alone."""


def ask(conversation: Conversation) -> Turn:
    """Whether they mean it. What was sent can't be put away, so there only the topics are shown."""
    trail = been_at(conversation, asked(conversation))
    awake = replace(conversation, pause=None)
    if conversation.sent:
        shown = replace(awake, place=MAP, trail=trail)
        return Turn(shown, (Say(texts_later.OVER_SENT),))
    if not _said(conversation):
        return Turn(conversation)
    return Turn(replace(awake, place=OVER, trail=trail))


def start_over(conversation: Conversation) -> Turn:
    """They do: what was said is put away, and the first question is asked again."""
    if asked(conversation) != OVER:
        return Turn(conversation)  # the second of a double click
    said = _said(conversation)
    if not said:
        return Turn(conversation)
    again = replace(
        conversation,
        answers=_explained(conversation),
        skipped=frozenset(one for one in conversation.skipped if _explains(conversation, one)),
        place=None,
        checking=False,
        trail=(),
        offered=(),
        aside=(*one_by_one(conversation).aside, *conversation.offered),
        before=said,
        unsent=False,
        concerned=frozenset(),
        sharing=_lets_fewer_hear(conversation.sharing),
        sharing_before=conversation.sharing,
    )
    return Turn(again)


def use_before(conversation: Conversation) -> Turn:
    """What was said before stands again, and what was said since is put away in its place."""
    if not conversation.before or conversation.sent or asked(conversation) != CHECK:
        return Turn(conversation)
    answers = _explained(conversation) | {one.question: one for one in conversation.before}
    return Turn(
        replace(
            conversation,
            answers=answers,
            before=_said(conversation),
            sharing=conversation.sharing_before,
            sharing_before=conversation.sharing,
            unsent=True,
        )
    )


def one_by_one(conversation: Conversation) -> Conversation:
    """What was put away can't come back whole any more: its words are among those that are not
    sent, to be used one by one. Who may hear it is chosen anew then."""
    words = (
        answer
        for answer in conversation.before
        if not is_sharing_choice(answer.question) or are_sharing_words(answer)
    )
    return replace(conversation, aside=(*conversation.aside, *words), before=(), sharing_before={})


def _lets_fewer_hear(sharing: Mapping[str, Sharing]) -> dict[str, Sharing]:
    """What was chosen for one answer holds for what is said to it anew only where nobody hears more
    by it: for the officer alone, or not to be read out."""
    alone = {
        question: one if one.hears == (OFFICER,) else replace(one, hears=None)
        for question, one in sharing.items()
    }
    return {question: one for question, one in alone.items() if one.hears or not one.aloud}


def _said(conversation: Conversation) -> tuple[Answer, ...]:
    return tuple(
        answer
        for question, answer in conversation.answers.items()
        if not _explains(conversation, question)
    )


def _explained(conversation: Conversation) -> dict[str, Answer]:
    """What they were told, and that they agreed to start: that is not said anew."""
    return {
        question: answer
        for question, answer in conversation.answers.items()
        if _explains(conversation, question)
    }


def _explains(conversation: Conversation, question: str) -> bool:
    found = FLOWS[conversation.flow_id].by_id.get(question)
    return found is not None and found[0].explains
