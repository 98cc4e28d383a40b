"""Words that came where nothing could take them: kept, and offered as an answer."""

from dataclasses import replace
from datetime import datetime

from conversations import texts
from conversations.answering import as_answer, with_words_about_sharing
from conversations.asked_back import Fixed
from conversations.attaching import joined
from conversations.conversation import Answer, Conversation
from conversations.effects import RecordAnswer
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Draft, Text
from conversations.moving import Turn
from conversations.places import ANYTHING, agreed
from conversations.sharing import is_sharing_choice
from conversations.wording import Say


def draft(conversation: Conversation, heard: Draft, now: datetime) -> Turn:
    """Half-written words that travelled with a command, or came by the doorbell."""
    known = FLOWS[conversation.flow_id].by_id.get(heard.to or "")
    question = ANYTHING if known is None or known[0].explains else known[1].id
    if not heard.words.strip():
        return Turn(conversation)
    answer = as_answer(question, heard, now, words=heard.words)
    turn = offer(conversation, answer)
    if turn.conversation is conversation or answer.says_the_same(
        conversation.answers.get(question)
    ):
        return Turn(conversation, turn.says)
    return replace(turn, conversation=replace(turn.conversation, pause=conversation.pause))


def offer(conversation: Conversation, answer: Answer) -> Turn:
    """Keep them, and ask whether they are an answer. Twice the same is once."""
    if answer.says_nothing:
        return Turn(conversation)
    if len(answer.words or "") > LONGEST:
        return Turn(
            conversation, (Say(texts.TOO_LONG, {"over": len(answer.words or "") - LONGEST}),)
        )
    conversation = replace(conversation, pause=None)
    waiting = (*conversation.offered, *conversation.aside)
    if any(answer.question == o.question and answer.says_the_same(o) for o in waiting):
        return Turn(conversation)
    says = () if agreed(conversation) else (Say(texts.KEPT_FOR_LATER),)
    offered = tuple(one for one in conversation.offered if not _instead_of(answer, one))
    return Turn(replace(conversation, offered=(*offered, answer)), says)


def _instead_of(answer: Answer, earlier: Answer) -> bool:
    """Whether both are a mere pick for one question: a chat can't show which of two is asked about,
    so the later counts. Words stay, each for itself."""
    return answer.question == earlier.question and all(
        one.choices and not one.words and not one.attachments for one in (answer, earlier)
    )


def answered_back(conversation: Conversation, heard: Text, fixed: Fixed, now: datetime) -> Turn:
    """They asked something: that is told, and what was asked stays asked.

    Their words are no answer, so that nobody reads them as one; they are put aside, where the check
    page shows them as not sent, and one tap makes them an answer after all.
    """
    words = as_answer(ANYTHING, heard, now, words=heard.words)
    waiting = (*conversation.offered, *conversation.aside)
    if not any(words.question == one.question and words.says_the_same(one) for one in waiting):
        conversation = replace(conversation, aside=(*conversation.aside, words))
    return Turn(conversation, (Say(fixed.says),))


def accept(conversation: Conversation, answer: Answer) -> Turn:
    """The words are an answer. To *anything else* they are added, elsewhere they replace; what was
    said aloud or shown is added everywhere."""
    kept = conversation.answers.get(answer.question)
    if answer.question == ANYTHING and kept is not None and kept.words:
        words = "\n\n".join(filter(None, (kept.words, answer.words)))
        if len(words) > LONGEST:
            return Turn(conversation, (Say(texts.TOO_LONG, {"over": len(words) - LONGEST}),))
        replaced = kept.replaced + answer.replaced
        answer = replace(answer, words=words, replaced=replaced, began=kept.since)
    if kept is not None and (kept.attachments or answer.attachments):
        both = joined(kept.attachments, answer.attachments)
        answer = replace(answer, attachments=both, began=kept.since)
    if is_sharing_choice(answer.question):
        answer = with_words_about_sharing(answer, kept)
        if kept is not None and not answer.choices:
            answer = replace(answer, choices=kept.choices)
    answers = {**conversation.answers, answer.question: answer}
    conversation = replace(
        conversation,
        answers=answers,
        skipped=conversation.skipped - {answer.question},
        unsent=True,
    )
    return Turn(conversation, effects=(RecordAnswer(answer.question),))
