"""Buttons that go somewhere: `@map`, `@topic:home`, `@change:home.feeling` …"""

from dataclasses import replace
from datetime import datetime

from conversations import alarm, reminding, starting_over
from conversations.age_words import longer, read_as, shorter
from conversations.conversation import ALARMED, Conversation
from conversations.each_answer import VERBS, go_about
from conversations.effects import SaySafe
from conversations.flows import FLOWS
from conversations.hearing import Chosen
from conversations.helping import ask_who
from conversations.moving import Turn, been_at, put_aside, skip
from conversations.offering import accept
from conversations.places import (
    BACK,
    CHECK,
    MAP,
    NEWS,
    OFFER,
    about_answer,
    agreed,
    asked,
    sequence,
)
from conversations.questions import Flow
from conversations.showing import detach
from conversations.taking_back import take_back


def go(conversation: Conversation, heard: Chosen, now: datetime) -> Turn:
    """A button that goes somewhere: `@map`, `@topic:home`, `@change:home.feeling` …"""
    at = asked(conversation)
    verb, _, about = heard.option.partition(":")
    flow = FLOWS[conversation.flow_id]
    if verb == "@go_on":
        return Turn(replace(conversation, pause=None))
    if verb == "@remind":
        return reminding.choose(conversation, about)
    if verb == "@seen":
        seen = at == NEWS and (heard.turn is None or heard.turn == conversation.turns)
        return (
            Turn(replace(conversation, news=conversation.news[1:])) if seen else Turn(conversation)
        )
    if verb == "@who":
        return ask_who(conversation)
    if verb == "@shorter":
        return read_as(conversation, shorter(conversation))
    if verb == "@longer":
        return read_as(conversation, longer(conversation))
    if verb == "@safe":
        if conversation.pause not in ALARMED or conversation.safe or about not in alarm.SAFE:
            return Turn(conversation)
        return Turn(replace(conversation, safe=about), effects=(SaySafe(about),))
    if verb == "@done":
        if at != (heard.to or at) or not (at in flow.by_id or about_answer(at)):
            return Turn(conversation)
        return skip(conversation, at)
    if not agreed(conversation):
        return Turn(conversation)
    if verb in VERBS:
        return go_about(conversation, heard, now)
    stale = heard.turn is not None and heard.turn != conversation.turns
    match verb:
        case "@keep" | "@drop" | "@aside" if at != OFFER or stale:
            return Turn(conversation)
        case "@keep":
            first, *rest = conversation.offered
            turn = accept(conversation, first)
            if not turn.effects:
                return turn
            return replace(turn, conversation=replace(turn.conversation, offered=tuple(rest)))
        case "@drop":
            return Turn(replace(conversation, offered=conversation.offered[1:]))
        case "@aside":
            return Turn(put_aside(conversation))
        case "@start_over":
            return starting_over.ask(conversation)
        case "@over":
            return starting_over.start_over(conversation)
        case "@before":
            return starting_over.use_before(conversation)
        case _:
            return _go_to(conversation, flow, verb, about, now)


def _go_to(conversation: Conversation, flow: Flow, verb: str, about: str, now: datetime) -> Turn:
    at = asked(conversation)
    conversation = replace(conversation, pause=None)
    trail = conversation.trail if at == OFFER else been_at(conversation, at)
    match verb:
        case "@map":
            return Turn(replace(conversation, place=MAP, trail=trail))
        case "@check":
            return Turn(replace(conversation, place=CHECK, checking=True, trail=trail))
        case "@one":
            return Turn(_open_topic(conversation, flow, "anything", trail, checking=True))
        case "@topic":
            return Turn(_open_topic(conversation, flow, about, trail))
        case "@change" if any(question.id == about for _, question in sequence(conversation)):
            return Turn(replace(conversation, place=about, trail=trail))
        case "@remove" if about in conversation.answers and not flow.by_id[about][0].explains:
            return _remove(conversation, about, now)
        case "@detach":
            return Turn(detach(conversation, about))
        case "@use" if conversation.aside:
            first, *rest = conversation.aside
            return Turn(
                replace(conversation, aside=tuple(rest), offered=(*conversation.offered, first))
            )
        case _:
            return Turn(conversation)  # a button of an older version


def _remove(conversation: Conversation, question: str, now: datetime) -> Turn:
    """Take an answer out. What was sent is taken back, which is asked first."""
    if conversation.sent and question in (conversation.sent[-1].heard or conversation.answers):
        place, trail = f"{BACK}:{question}", been_at(conversation, asked(conversation))
        return Turn(replace(conversation, place=place, trail=trail))
    taken = take_back(conversation, question, now).conversation
    return Turn(
        replace(
            conversation,
            answers=taken.answers,
            skipped=conversation.skipped | ({question} - taken.answers.keys()),
            sharing=taken.sharing,
            unsent=True,
        )
    )


def _open_topic(
    conversation: Conversation,
    flow: Flow,
    topic_id: str,
    trail: tuple[str, ...],
    *,
    checking: bool | None = None,
) -> Conversation:
    """Be at a topic: what was skipped is asked again; if all is said, its first question."""
    topic = next((t for t in flow.topics if t.id == topic_id and not t.explains), None)
    if topic is None:
        return conversation
    ids = [question.id for t, question in sequence(conversation) if t.id == topic_id]
    if not ids:
        return conversation
    open_again = replace(conversation, skipped=conversation.skipped - set(ids), trail=trail)
    said = all(question in conversation.answers for question in ids)
    return replace(
        open_again,
        place=ids[0] if said else topic_id,
        checking=conversation.checking if checking is None else checking,
    )
