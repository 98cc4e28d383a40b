"""What was said aloud or shown, as part of an answer. It adds to it and replaces nothing."""

from dataclasses import replace
from datetime import datetime

from conversations import showing_texts, texts
from conversations.answering import as_answer, record
from conversations.attaching import Attachment, Medium, joined
from conversations.conversation import Answer, Conversation
from conversations.effects import DropAttachment, Effect, KeepAttachment
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Attached
from conversations.moving import Turn
from conversations.offering import offer
from conversations.places import ANYTHING, agreed, asked, beneath_pause
from conversations.questions import Kind
from conversations.wording import Say

_KEPT = {
    Medium.VOICE: showing_texts.KEPT_VOICE,
    Medium.PICTURE: showing_texts.KEPT_PICTURE,
}


def attach(conversation: Conversation, heard: Attached, now: datetime) -> Turn:
    """To any question that takes words; what comes unasked is offered as *anything else*. Where
    the words beside it were read before it came, help or a stop that they brought stays."""
    turn = _attach(conversation, heard, now)
    if heard.read and conversation.pause is not None:
        return replace(turn, conversation=replace(turn.conversation, pause=conversation.pause))
    return turn


def _attach(conversation: Conversation, heard: Attached, now: datetime) -> Turn:
    over = len(heard.words) - LONGEST
    if over > 0:
        return Turn(conversation, (Say(texts.TOO_LONG, {"over": over}),))
    at = asked(conversation)
    target = heard.to or at
    if conversation.pause is not None and target == beneath_pause(conversation):
        conversation = replace(conversation, pause=None)
        at = target
    known = FLOWS[conversation.flow_id].by_id.get(target)
    takes = known is not None and not known[0].explains and known[1].kind is Kind.WORDS
    if known is None or not takes or not agreed(conversation):
        answer = as_answer(ANYTHING, heard, now, words=heard.words)
        words = answer.words if heard.words.strip() else None
        return offer(
            conversation,
            replace(
                answer,
                words=words,
                locale=conversation.locale,
                attachments=(heard.attachment,),
            ),
        )
    question = known[1]
    kept = conversation.answers.get(question.id)
    answer = _with(heard, question.id, kept, conversation, now)
    if target != at and kept is None and _is_over(conversation, question.id):
        return offer(conversation, answer)
    turn = record(conversation, question, answer, stay=True)
    if target != at:  # they have gone on meanwhile: nothing is shown to them again
        turn = replace(turn, conversation=replace(turn.conversation, place=conversation.place))
    if not turn.effects:
        return turn
    return replace(turn, says=(Say(_KEPT[heard.attachment.medium]),))


def _is_over(conversation: Conversation, question: str) -> bool:
    """Whether they took the answer back, or started over, since it was asked: what arrives late, as
    a voice note that had to be fetched, is no answer again without their saying so."""
    return question in conversation.taken_back or bool(conversation.before)


def _with(
    heard: Attached, question: str, kept: Answer | None, conversation: Conversation, now: datetime
) -> Answer:
    """The answer that stands, with this one more. Words beside it replace what was typed before
    only on the page that showed it."""
    answer = as_answer(question, heard, now, words=heard.words)
    words, replaced = answer.words, answer.replaced
    if kept is not None:
        stale = heard.turn is not None and heard.turn != conversation.turns
        if not heard.words.strip() or (stale and kept.words):
            words, replaced = kept.words, kept.replaced
    version = FLOWS[conversation.flow_id].by_id[question][1].version
    return replace(
        answer,
        version=version,
        choices=kept.choices if kept else (),
        words=words if words and words.strip() else None,
        replaced=replaced,
        locale=conversation.locale,
        began=kept.since if kept else None,
        attachments=joined(kept.attachments if kept else (), (heard.attachment,)),
    )


def detach(conversation: Conversation, attachment_id: str) -> Conversation:
    """Take one out. An answer that was nothing else is no answer any more."""
    for question, answer in conversation.answers.items():
        left = tuple(one for one in answer.attachments if one.id != attachment_id)
        if left == answer.attachments:
            continue
        rest = replace(answer, attachments=left)
        answers = {**conversation.answers, question: rest}
        skipped = conversation.skipped
        if rest.says_nothing:
            del answers[question]
            skipped |= {question}
        return replace(conversation, answers=answers, skipped=skipped, unsent=True)
    return conversation


def attached(conversation: Conversation) -> dict[str, Attachment]:
    """All that belong to a conversation, whether they are part of an answer yet or not, or put away
    when they started over: it comes back whole."""
    every = (
        *conversation.answers.values(),
        *conversation.offered,
        *conversation.aside,
        *conversation.before,
    )
    return {one.id: one for answer in every for one in answer.attachments}


def kept_and_dropped(before: Conversation, after: Conversation) -> tuple[Effect, ...]:
    """What a step means for their contents, by whichever way it came about."""
    was, now = attached(before), attached(after)
    if was.keys() == now.keys():
        return ()
    kept = (KeepAttachment(one) for name, one in now.items() if name not in was)
    return (*kept, *(DropAttachment(name) for name in was if name not in now))
