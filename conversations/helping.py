"""Who types: the young person, or somebody beside them. It is kept with every answer.

A helper's session can write, not read: what others typed is not shown to it. And nothing that it
shows ever says that an alert exists (`alarm.py`, `screens.py`): whoever helps may be the danger.
"""

from dataclasses import replace
from datetime import datetime

from conversations.answering import as_answer
from conversations.conversation import Conversation
from conversations.effects import Effect, SaidWhoTypes, Told
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Heard, Text
from conversations.moving import Turn, been_at
from conversations.places import CHECK, MAP, OFFER, asked, sequence
from conversations.questions import Question
from conversations.typists import HOW, NAME, TOPIC, WHO, helper_of, typed_by

LONGEST_NAME = 80
"""Characters; whoever writes more says something."""


def ask_who(conversation: Conversation) -> Turn:
    """*Who types now?*, from anywhere."""
    at = asked(conversation)
    if WHO not in FLOWS[conversation.flow_id].by_id:
        return Turn(conversation)  # an adult's own form
    conversation = replace(conversation, pause=None)
    if at == WHO or WHO not in FLOWS[conversation.flow_id].by_id:
        return Turn(conversation)
    trail = conversation.trail if at == OFFER else been_at(conversation, at)
    return Turn(replace(conversation, place=WHO, trail=trail))


def is_about_who_types(question_id: str) -> bool:
    return question_id.partition(".")[0] == TOPIC


def says_who(question: Question, heard: Heard) -> bool:
    """Whether this answers one of the questions about who types. Other words that come there are
    something that was said: they are kept as such."""
    match heard:
        case Chosen(option=option, words=words):
            known = question.option(option) is not None
            return is_about_who_types(question.id) and known and not words.strip()
        case Text(words=words):
            return question.id == NAME and 0 < len(words.strip()) <= LONGEST_NAME
        case _:
            return False


def is_said_again(conversation: Conversation, question: Question, heard: Heard) -> bool:
    """Whether it is the name that is kept, as by a double click, and no words for anybody."""
    kept = conversation.answers.get(question.id)
    return (
        question.id == NAME
        and isinstance(heard, Text)
        and kept is not None
        and kept.words == heard.words.strip()
    )


def said_who(conversation: Conversation, question: Question, heard: Heard, now: datetime) -> Turn:
    """An answer to one of the questions about who types (`says_who`)."""
    options = (heard.option,) if isinstance(heard, Chosen) else ()
    words = heard.words.strip() if isinstance(heard, Text) else ""
    answer = replace(
        as_answer(question.id, heard, now, words=words),
        version=question.version,
        choices=options,
        words=words or None,
        locale=conversation.locale,
    )
    if answer.says_the_same(conversation.answers.get(question.id)):
        return Turn(_onward(conversation, question.id))
    answers = {**conversation.answers, question.id: answer}
    skipped = conversation.skipped - {question.id}
    if question.id == WHO:  # somebody else: what was said of the last one is not theirs
        answers = {q: a for q, a in answers.items() if not is_about_who_types(q) or q == WHO}
        skipped = frozenset(q for q in skipped if not is_about_who_types(q))
    after = replace(conversation, answers=answers, skipped=skipped)
    helper = helper_of(after)
    after = replace(after, joined=after.joined or helper is not None)
    effects: tuple[Effect, ...] = ()
    if question.id in (WHO, HOW):
        effects = (SaidWhoTypes(typed_by(after), helper.role if helper else None),)
    elif question.options:
        effects = (Told(question.id),)  # what a helper has to know
    return Turn(_onward(after, question.id), effects=effects)


def skipped_who(conversation: Conversation, question_id: str) -> Turn:
    """Nothing is required, this neither."""
    if question_id not in conversation.answers:
        conversation = replace(conversation, skipped=conversation.skipped | {question_id})
    return Turn(_onward(conversation, question_id))


def _onward(conversation: Conversation, question_id: str) -> Conversation:
    """The next of these questions; after the last, where they were before."""
    theirs = [q for topic, q in sequence(conversation) if topic.id == TOPIC]
    open_now = [
        q.id
        for q in theirs
        if q.id not in conversation.answers
        and q.id not in conversation.skipped
        and conversation.band not in q.aside
    ]
    trail = been_at(conversation, question_id)
    if open_now:
        return replace(conversation, place=open_now[0], trail=trail)
    return replace(conversation, place=_before(conversation), trail=trail)


def _before(conversation: Conversation) -> str | None:
    """Where they were when they said it; None at the very start."""
    for place in reversed(conversation.trail):
        if not is_about_who_types(place):
            known = {q.id for _topic, q in sequence(conversation)}
            return place if place in known or place in (MAP, CHECK) else None
    return None
