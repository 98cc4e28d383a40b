"""Taking back what was said, and letting fewer people hear it: what was sent changes at once.

What lets more people hear waits for *Send*. `domain.md` rule 13 says what each can promise.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from conversations.conversation import Answer, Conversation, Sent
from conversations.effects import Effect, Withdraw
from conversations.flows import FLOWS
from conversations.hearing import Heard, Toggled
from conversations.moving import Turn
from conversations.places import CHECK, FEWER, GONE, GONE_UNSENT, TELLS, about_answer, asked
from conversations.sharing import are_sharing_words, heard, is_sharing_choice


def take_back(conversation: Conversation, question: str | None, now: datetime) -> Turn:
    """One answer, or all that was said; also words that wait and are no answer yet, and what was
    put away when they started over."""
    flow = FLOWS[conversation.flow_id]
    gone = {
        one
        for one in conversation.answers
        if one in flow.by_id
        and not flow.by_id[one][0].explains
        and (one == question or (question is None and _is_said(conversation.answers[one])))
    }
    answers = {
        name: kept
        for name, answer in conversation.answers.items()
        if (kept := _without_words(answer) if name in gone else answer) is not None
    }
    after = replace(
        conversation,
        answers=answers,
        skipped=conversation.skipped | gone,
        sharing={name: one for name, one in conversation.sharing.items() if name not in gone},
        taken_back={**conversation.taken_back, **dict.fromkeys(gone, now)},
        offered=() if question is None else conversation.offered,
        aside=() if question is None else conversation.aside,
        before=() if question is None else conversation.before,
        sharing_before={} if question is None else conversation.sharing_before,
        checking=True,
        trail=(CHECK,),
    )
    sent = _sent(conversation, flow_heard=heard(flow, conversation))
    back = frozenset(gone & sent.keys())
    if not back:
        return Turn(replace(after, place=GONE_UNSENT))
    stays = {name: who for name, who in sent.items() if name not in back}
    unsent = conversation.unsent and bool(stays or heard(flow, after))
    after, effect = _next_version(replace(after, place=GONE, unsent=unsent), stays, now, back)
    return Turn(after, effects=(effect,))


def narrowed_at_once(before: Conversation, turn: Turn, said: Heard, now: datetime) -> Turn:
    """With what a choice takes away of those who may hear what was sent, counting from now.

    Who picks whom to tell is not done with the first tick: it waits until they go on.
    """
    after = turn.conversation
    if not before.sent or not after.sent or before.sent != after.sent:
        return turn
    place = about_answer(asked(after))
    if isinstance(said, Toggled) or asked(after).endswith(".tell") or (place and place[0] == TELLS):
        return turn
    flow = FLOWS[after.flow_id]
    can = heard(flow, after)
    sent = _sent(before, flow_heard=heard(flow, before))
    fewer = {
        name: tuple(one for one in who if one in can[name])
        for name, who in sent.items()
        if name in can and set(who) - set(can[name])
    }
    if not fewer:
        return turn
    sent = {**sent, **fewer}
    only_this = (
        not before.unsent
        and sent.keys() == can.keys()
        and all(set(sent[name]) == set(can[name]) for name in sent)
    )
    after, effect = _next_version(
        replace(after, place=FEWER, unsent=after.unsent and not only_this),
        sent,
        now,
        narrowed=fewer,
    )
    return replace(turn, conversation=after, effects=(*turn.effects, effect))


def _sent(
    conversation: Conversation, *, flow_heard: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Who could hear what was sent last. What was sent before that was kept is taken to be what
    stands now; whoever writes it down compares it with what was filed."""
    if not conversation.sent:
        return {}
    return conversation.sent[-1].heard or flow_heard


def _next_version(
    conversation: Conversation,
    stays: Mapping[str, tuple[str, ...]],
    now: datetime,
    taken_back: frozenset[str] = frozenset(),
    narrowed: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Conversation, Effect]:
    version = conversation.sent[-1].version + 1
    earlier = tuple(replace(one, heard={}) for one in conversation.sent)
    after = replace(conversation, sent=(*earlier, Sent(version, now, dict(stays))))
    return after, Withdraw(version, taken_back, narrowed or {})


def _is_said(answer: Answer) -> bool:
    return not is_sharing_choice(answer.question) or are_sharing_words(answer)


def _without_words(answer: Answer) -> Answer | None:
    """Nothing is left of it; but words where it was asked who may hear were no part of the choice,
    which stays."""
    if not is_sharing_choice(answer.question) or not answer.choices:
        return None
    return replace(answer, words=None, replaced=0)
