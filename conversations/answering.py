"""What was heard, as an answer to the question it was said to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from conversations.conversation import Answer, Conversation, Sharing
from conversations.effects import Agreed, Effect, RecordAnswer, Told
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Heard, Text, Toggled, keepable
from conversations.moving import Turn, leave, stop
from conversations.places import ADVOCATE, START, START_MORE
from conversations.questions import Kind, Question
from conversations.sharing import are_sharing_words, is_sharing_choice, to_be_picked

AGREEMENT_WORDING = 3
"""Rises when the wording of what happens with their words changes (`start.ok` and before)."""

_DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*", re.ASCII)


def answered(
    question: Question,
    heard: Text | Chosen | ChosenSeveral | Toggled,
    words: str,
    conversation: Conversation,
    now: datetime,
) -> Answer | None:
    """What was heard, as an answer to this question; None if it says nothing."""
    began = None
    kept = conversation.answers.get(question.id)
    match heard:
        case Text():
            options: tuple[str, ...] = ()
        case Chosen(option=option):
            options = (option,)
        case ChosenSeveral(options=ticked):
            options = ticked
        case Toggled(option=option):
            options = question.toggled(kept.choices if kept else (), option)
            words = (kept.words or "") if kept else ""
            began = kept.since if kept else None
        case _:
            assert_never(heard)
    chosen = question.narrowed(options)
    if question.kind is not Kind.CHOICES:
        chosen = chosen[:1]
    if not chosen and not words.strip() and not isinstance(heard, Toggled):
        return None
    attachments = kept.attachments if kept else ()
    if kept is not None and attachments:
        began = kept.since
    answer = as_answer(question.id, heard, now, words=words)
    day = _day(words) if question.kind is Kind.DATE else None
    answer = replace(
        answer,
        version=question.version,
        choices=chosen,
        words=answer.words if words.strip() and day is None else None,
        day=day,
        locale=conversation.locale,
        began=began,
        attachments=attachments,
    )
    return with_words_about_sharing(answer, kept)


def with_words_about_sharing(answer: Answer, kept: Answer | None) -> Answer:
    """A choice of who may hear has no box, so it says nothing against the words that are there."""
    if kept is None or not are_sharing_words(kept) or answer.words is not None:
        return answer
    return replace(answer, words=kept.words, replaced=kept.replaced, began=kept.since)


def as_answer(question: str, heard: Heard, now: datetime, *, words: str) -> Answer:
    kept, replaced = keepable(words)
    return Answer(
        question,
        at=now,
        words=kept,
        channel=heard.channel,
        typed_by=heard.typed_by,
        helper=heard.helper,
        shown=heard.shown,
        replaced=replaced,
    )


def _day(words: str) -> date | None:
    if not _DAY.fullmatch(words):
        return None  # `fromisoformat` takes more than a date field sends: a number is no day
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        return None  # a day said in words is kept as words


def record(
    conversation: Conversation, question: Question, answer: Answer, *, stay: bool = False
) -> Turn:
    changed = not answer.says_the_same(conversation.answers.get(question.id))
    if changed:
        answers = {**conversation.answers, question.id: answer}
        if answer.says_nothing:
            del answers[question.id]  # the last tick was taken out
        conversation = replace(
            conversation,
            answers=answers,
            skipped=conversation.skipped - {question.id},
            unsent=True,
        )
        if is_sharing_choice(question.id) and conversation.sharing:
            conversation = replace(conversation, sharing=_for_the_topic(conversation, question))
    effects: tuple[Effect, ...] = (RecordAnswer(question.id),) if changed else ()
    if stay:
        return Turn(replace(conversation, place=question.id), effects=effects)
    left = leave(conversation, question.id)
    if pick := to_be_picked(answer):
        left = replace(left, place=pick)  # even if picked before: they see what they chose
    return Turn(left, effects=effects)


def _for_the_topic(conversation: Conversation, question: Question) -> Mapping[str, Sharing]:
    """Who hears all of a topic was chosen: that counts for each answer in it, as it was asked."""
    by_id = FLOWS[conversation.flow_id].by_id
    topic = by_id[question.id][0]
    if question.id not in (f"{topic.id}.audience", f"{topic.id}.tell"):
        return conversation.sharing
    return {
        name: replace(one, hears=None) if by_id[name][0] is topic else one
        for name, one in conversation.sharing.items()
    }


def explained(conversation: Conversation, piece: Question, heard: Chosen, now: datetime) -> Turn:
    """A piece of the explainer was read, or one of its questions answered."""
    if piece.option(heard.option) is None:
        return Turn(conversation)
    match (piece.id, heard.option):
        case (question, "not_now") if question == START:
            return stop(conversation)
        case (question, "more") if question == START:
            trail = (*conversation.trail, START)
            return Turn(replace(conversation, place=START_MORE, trail=trail))
        case (question, "yes") if question == START:
            effects: tuple[Effect, ...] = (Agreed(AGREEMENT_WORDING),)
        case (question, _) if question == ADVOCATE:
            effects = ()  # what they ask a person for: `conversations.wanting`
        case _:
            effects = (Told(piece.id),)
    earlier = conversation.answers.get(piece.id)
    if earlier is not None and earlier.choices == (heard.option,):
        return Turn(leave(conversation, piece.id))  # read again: the first time counts
    answer = replace(
        as_answer(piece.id, heard, now, words=""),
        version=piece.version,
        choices=(heard.option,),
        words=None,
        locale=conversation.locale,
    )
    answers = {**conversation.answers, piece.id: answer}
    conversation = replace(conversation, answers=answers, skipped=conversation.skipped - {piece.id})
    return Turn(leave(conversation, piece.id), effects=effects)
