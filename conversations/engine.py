"""`step`: one thing heard, one turn. Pure: no clock, no storage, no framework."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from conversations import alarm, texts
from conversations.asked_back import Fixed, fixed_answer
from conversations.conversation import ALARMED, Answer, Conversation, Pause, Sent
from conversations.effects import (
    Agreed,
    Effect,
    RecordAnswer,
    RequestAdvocate,
    SaySafe,
    Stopped,
    Submit,
    Told,
)
from conversations.flows import FLOWS
from conversations.hearing import (
    LONGEST,
    Chosen,
    ChosenSeveral,
    Command,
    Draft,
    Heard,
    Name,
    Text,
    Toggled,
    keepable,
)
from conversations.places import (
    ADVOCATE,
    ANYTHING,
    CHECK,
    HELP,
    MAP,
    OFFER,
    SENT,
    START,
    START_MORE,
    agreed,
    asked,
    beneath_pause,
    said_in,
    sequence,
)
from conversations.questions import Flow, Kind, Question
from conversations.sharing import are_sharing_words, is_sharing_choice, to_be_picked
from conversations.wording import Band, Say

_TRAIL = 60  # places that *Back* remembers
AGREEMENT_WORDING = 3
"""Rises when the wording of what happens with their words changes (`start.ok` and before)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation after a step, what to say to what was heard, and what to keep.

    `says` only answers what was heard; what is asked next is `screens.look(conversation, …)`.
    """

    conversation: Conversation
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()


def start(flow: Flow, band: Band, locale: str = "en") -> Conversation:
    return Conversation(flow.id, flow.version, band, locale)


def carry_forward(conversation: Conversation) -> Conversation:
    """Raise a conversation of an older flow version to today's; nothing said is lost."""
    flow = FLOWS[conversation.flow_id]
    while conversation.flow_version < flow.version:
        version = conversation.flow_version
        conversation = replace(flow.carried[version](conversation), flow_version=version + 1)
    return conversation


def step(conversation: Conversation, heard: Heard, now: datetime, *, watched: bool = False) -> Turn:
    """What to say and what to keep. Nothing that can be heard raises.

    `watched`: the council has people who look at alerts. Without them no alert is raised, and
    nothing says that somebody is told.
    """
    before = conversation
    if conversation.started_at is None:
        conversation = replace(conversation, started_at=now)
    match heard:
        case Command():
            turn = _obey(conversation, heard, now, watched=watched)
        case Draft():
            turn = _draft(conversation, heard, now)
        case Text() | Chosen() | ChosenSeveral() | Toggled():
            turn = _take(conversation, heard, now)
        case _:
            assert_never(heard)
    if watched:
        after, alerts = alarm.read(turn.conversation, heard, asked(before), now)
        if alerts:
            turn = replace(turn, conversation=after, effects=(*turn.effects, *alerts))
    if turn.conversation == before:
        return turn
    return replace(turn, conversation=replace(turn.conversation, turns=before.turns + 1))


# Commands: obeyed in any state


def _obey(conversation: Conversation, heard: Command, now: datetime, *, watched: bool) -> Turn:
    at = asked(conversation)
    stale = heard.to is not None and heard.to != at
    match heard.name:
        case Name.HELP if stale and at == HELP:
            return Turn(conversation)  # the second of a double click
        case Name.HELP if watched:
            paused, raised = alarm.help_asked(conversation)
            return Turn(paused, effects=(raised,))
        case Name.HELP:
            return Turn(replace(conversation, pause=Pause.HELP))
        case Name.STOP | Name.LEAVE:
            return _stop(conversation)
        case Name.BACK | Name.SKIP if conversation.pause is not None and not stale:
            return Turn(replace(conversation, pause=None))
        case Name.BACK | Name.SKIP if stale:
            return Turn(conversation)  # the second of a double click
        case Name.BACK:
            return Turn(_back(conversation, at))
        case Name.SKIP:
            return _skip(conversation, at)
        case Name.SEND:
            return _send(conversation, heard, at, now)
        case _:
            assert_never(heard.name)


def _stop(conversation: Conversation) -> Turn:
    if conversation.pause is Pause.STOPPED:
        return Turn(conversation)
    return Turn(replace(conversation, pause=Pause.STOPPED), effects=(Stopped(),))


def _back(conversation: Conversation, at: str) -> Conversation:
    if at == OFFER:
        return _put_aside(conversation)
    applicable = {question.id for _, question in sequence(conversation)} | {MAP, CHECK}
    trail = list(conversation.trail)
    while trail:
        place = trail.pop()
        if place in applicable and place != at:
            return replace(conversation, place=place, trail=tuple(trail))
    return conversation


def _skip(conversation: Conversation, at: str) -> Turn:
    match at:
        case _ if at == START:
            return _stop(conversation)  # nothing is asked without a yes
        case _ if at == OFFER:
            return Turn(_put_aside(conversation))
        case _ if at == MAP:
            return Turn(_leave(conversation, at))
        case _ if at in (CHECK, SENT):
            return Turn(conversation, (Say(texts.NOTHING_TO_SKIP),))
    if at not in conversation.answers:  # an answer shown again stays; it is taken out by its button
        conversation = replace(conversation, skipped=conversation.skipped | {at})
    return Turn(_leave(conversation, at))


def _send(conversation: Conversation, heard: Command | Chosen, at: str, now: datetime) -> Turn:
    if not agreed(conversation) or at == OFFER:
        return Turn(conversation)
    if at != CHECK:
        if at == SENT:
            return Turn(conversation)
        return Turn(_leave(replace(conversation, checking=True, place=None), at))
    if heard.turn is not None and heard.turn != conversation.turns:
        return Turn(conversation)  # they have not seen what would be sent
    if conversation.sent and not conversation.unsent:
        return Turn(replace(conversation, checking=True, place=None))
    sent = Sent(len(conversation.sent) + 1, now)
    after = replace(
        conversation,
        sent=(*conversation.sent, sent),
        unsent=False,
        checking=True,
        place=None,
        trail=(CHECK,),
    )
    return Turn(after, effects=(Submit(to_send(conversation)),))


def to_send(conversation: Conversation) -> tuple[Answer, ...]:
    """All that is said, in the flow's order; retired questions after it. No explainer."""
    flow = FLOWS[conversation.flow_id]
    current = [question.id for topic, question in said_in(conversation) if not topic.explains]
    retired = [question.id for topic in flow.retired for question in topic.questions]
    answers = conversation.answers
    return tuple(answers[question] for question in (*current, *retired) if question in answers)


def anything_said(conversation: Conversation) -> bool:
    """Whether any question is answered; the explainer's and who may hear it are none."""
    flow = FLOWS[conversation.flow_id]
    return any(
        question in flow.by_id
        and not flow.by_id[question][0].explains
        and (not is_sharing_choice(question) or are_sharing_words(answer))
        for question, answer in conversation.answers.items()
    )


def _leave(conversation: Conversation, place: str) -> Conversation:
    """Go on from a place; *Back* finds it again."""
    flow = FLOWS[conversation.flow_id]
    stays = conversation.place in {topic.id for topic in flow.topics}
    trail = (*conversation.trail, place)[-_TRAIL:]
    onward = conversation.place if stays else None
    if onward is None and conversation.checking and is_sharing_choice(place):
        onward = CHECK  # where it was changed, and where one sees what it does
    elif conversation.place == place in flow.by_id and conversation.trail[-1:] != (CHECK,):
        onward = flow.by_id[place][0].id  # *Back* led here: the topic that they chose goes on
    return replace(conversation, place=onward, trail=trail)


# Words and choices


def _take(
    conversation: Conversation, heard: Text | Chosen | ChosenSeveral | Toggled, now: datetime
) -> Turn:
    if isinstance(heard, Chosen) and heard.option.startswith("@"):
        return _go(conversation, heard, now)
    if isinstance(heard, Text) and (fixed := fixed_answer(heard.words)):
        return _answered_back(conversation, heard, fixed, now)
    at = asked(conversation)
    target = heard.to or at
    if conversation.pause is not None and target == beneath_pause(conversation):
        conversation = replace(conversation, pause=None)
        at = target
    words = "" if isinstance(heard, Toggled) else heard.words
    over = len(words) - LONGEST
    if over > 0:
        return Turn(conversation, (Say(texts.TOO_LONG, {"over": over}),))
    if isinstance(heard, Chosen) and heard.option == "send" and target == CHECK:
        return _send(conversation, heard, at, now)
    known = FLOWS[conversation.flow_id].by_id.get(target)
    if known is None or known[0].explains:
        if words.strip():
            return _offer(conversation, _answer(ANYTHING, heard, now, words=words))
        if known is not None and target == at and isinstance(heard, Chosen):
            return _explained(conversation, known[1], heard, now)
        return Turn(replace(conversation, pause=None))
    question = known[1]
    answer = _answered(question, heard, words, conversation, now)
    if answer is None:
        hint = texts.NOTHING_CHOSEN if question.options else texts.NOTHING_WRITTEN
        return Turn(conversation, (Say(hint),) if target == at else ())
    kept = conversation.answers.get(question.id)
    fresh = heard.turn is None or heard.turn == conversation.turns or kept is None
    if target == at and (fresh or answer.says_the_same(kept)):
        return _record(conversation, question, answer, stay=isinstance(heard, Toggled))
    if answer.says_the_same(kept) or isinstance(heard, Toggled):
        return Turn(conversation)
    return _offer(conversation, answer)


def _answered(
    question: Question,
    heard: Text | Chosen | ChosenSeveral | Toggled,
    words: str,
    conversation: Conversation,
    now: datetime,
) -> Answer | None:
    """What was heard, as an answer to this question; None if it says nothing."""
    began = None
    match heard:
        case Text():
            options: tuple[str, ...] = ()
        case Chosen(option=option):
            options = (option,)
        case ChosenSeveral(options=ticked):
            options = ticked
        case Toggled(option=option):
            kept = conversation.answers.get(question.id)
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
    answer = _answer(question.id, heard, now, words=words)
    day = _day(words) if question.kind is Kind.DATE else None
    answer = replace(
        answer,
        version=question.version,
        choices=chosen,
        words=answer.words if words.strip() and day is None else None,
        day=day,
        locale=conversation.locale,
        began=began,
    )
    return _with_words_about_sharing(answer, conversation.answers.get(question.id))


def _with_words_about_sharing(answer: Answer, kept: Answer | None) -> Answer:
    """A choice of who may hear has no box, so it says nothing against the words that are there."""
    if kept is None or not are_sharing_words(kept) or answer.words is not None:
        return answer
    return replace(answer, words=kept.words, replaced=kept.replaced, began=kept.since)


def _answer(question: str, heard: Heard, now: datetime, *, words: str) -> Answer:
    kept, replaced = keepable(words)
    return Answer(
        question,
        at=now,
        words=kept,
        channel=heard.channel,
        typed_by=heard.typed_by,
        shown=heard.shown,
        replaced=replaced,
    )


_DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*", re.ASCII)


def _day(words: str) -> date | None:
    if not _DAY.fullmatch(words):
        return None  # `fromisoformat` takes more than a date field sends: a number is no day
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        return None  # a day said in words is kept as words


def _record(
    conversation: Conversation, question: Question, answer: Answer, *, stay: bool = False
) -> Turn:
    changed = not answer.says_the_same(conversation.answers.get(question.id))
    if changed:
        answers = {**conversation.answers, question.id: answer}
        if not answer.choices and not answer.words and not answer.day:
            del answers[question.id]  # the last tick was taken out
        conversation = replace(
            conversation,
            answers=answers,
            skipped=conversation.skipped - {question.id},
            unsent=True,
        )
    effects: tuple[Effect, ...] = (RecordAnswer(question.id),) if changed else ()
    if stay:
        return Turn(replace(conversation, place=question.id), effects=effects)
    left = _leave(conversation, question.id)
    if pick := to_be_picked(answer):
        left = replace(left, place=pick)  # even if picked before: they see what they chose
    return Turn(left, effects=effects)


def _explained(conversation: Conversation, piece: Question, heard: Chosen, now: datetime) -> Turn:
    """A piece of the explainer was read, or one of its questions answered."""
    if piece.option(heard.option) is None:
        return Turn(conversation)
    match (piece.id, heard.option):
        case (question, "not_now") if question == START:
            return _stop(conversation)
        case (question, "more") if question == START:
            trail = (*conversation.trail, START)
            return Turn(replace(conversation, place=START_MORE, trail=trail))
        case (question, "yes") if question == START:
            effects: tuple[Effect, ...] = (Agreed(AGREEMENT_WORDING),)
        case (question, "yes") if question == ADVOCATE:
            effects = (RequestAdvocate(),)
        case (question, _) if question == ADVOCATE:
            effects = ()
        case _:
            effects = (Told(piece.id),)
    earlier = conversation.answers.get(piece.id)
    if earlier is not None and earlier.choices == (heard.option,):
        return Turn(_leave(conversation, piece.id))  # read again: the first time counts
    answer = replace(
        _answer(piece.id, heard, now, words=""),
        version=piece.version,
        choices=(heard.option,),
        words=None,
        locale=conversation.locale,
    )
    answers = {**conversation.answers, piece.id: answer}
    conversation = replace(conversation, answers=answers, skipped=conversation.skipped - {piece.id})
    return Turn(_leave(conversation, piece.id), effects=effects)


# Words that came where nothing could take them


def _draft(conversation: Conversation, heard: Draft, now: datetime) -> Turn:
    """Half-written words that travelled with a command, or came by the doorbell."""
    known = FLOWS[conversation.flow_id].by_id.get(heard.to or "")
    question = ANYTHING if known is None or known[0].explains else known[1].id
    if not heard.words.strip():
        return Turn(conversation)
    answer = _answer(question, heard, now, words=heard.words)
    turn = _offer(conversation, answer)
    if turn.conversation is conversation or answer.says_the_same(
        conversation.answers.get(question)
    ):
        return Turn(conversation, turn.says)
    return replace(turn, conversation=replace(turn.conversation, pause=conversation.pause))


def _offer(conversation: Conversation, answer: Answer) -> Turn:
    """Keep them, and ask whether they are an answer. Twice the same is once."""
    if not (answer.words or answer.choices or answer.day):
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
    return Turn(replace(conversation, offered=(*conversation.offered, answer)), says)


def _answered_back(conversation: Conversation, heard: Text, fixed: Fixed, now: datetime) -> Turn:
    """They asked something: that is told, and what was asked stays asked.

    Their words are no answer, so that nobody reads them as one; they are put aside, where the check
    page shows them as not sent, and one tap makes them an answer after all.
    """
    words = _answer(ANYTHING, heard, now, words=heard.words)
    waiting = (*conversation.offered, *conversation.aside)
    if not any(words.question == one.question and words.says_the_same(one) for one in waiting):
        conversation = replace(conversation, aside=(*conversation.aside, words))
    return Turn(conversation, (Say(fixed.says),))


def _put_aside(conversation: Conversation) -> Conversation:
    first, *rest = conversation.offered
    return replace(conversation, offered=tuple(rest), aside=(*conversation.aside, first))


def _accept(conversation: Conversation, answer: Answer) -> Turn:
    """The words are an answer. To *anything else* they are added, elsewhere they replace."""
    kept = conversation.answers.get(answer.question)
    if answer.question == ANYTHING and kept is not None and kept.words:
        joined = f"{kept.words}\n\n{answer.words}"
        if len(joined) > LONGEST:
            return Turn(conversation, (Say(texts.TOO_LONG, {"over": len(joined) - LONGEST}),))
        replaced = kept.replaced + answer.replaced
        answer = replace(answer, words=joined, replaced=replaced, began=kept.since)
    if is_sharing_choice(answer.question):
        answer = _with_words_about_sharing(answer, kept)
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


# Going somewhere


def _go(conversation: Conversation, heard: Chosen, now: datetime) -> Turn:
    """A button that goes somewhere: `@map`, `@topic:home`, `@change:home.feeling` …"""
    at = asked(conversation)
    verb, _, about = heard.option.partition(":")
    flow = FLOWS[conversation.flow_id]
    if verb == "@go_on":
        return Turn(replace(conversation, pause=None))
    if verb == "@safe":
        if conversation.pause not in ALARMED or conversation.safe or about not in alarm.SAFE:
            return Turn(conversation)
        return Turn(replace(conversation, safe=about), effects=(SaySafe(about),))
    if verb == "@done":
        if at != (heard.to or at) or at not in flow.by_id:
            return Turn(conversation)
        return _skip(conversation, at)
    if not agreed(conversation):
        return Turn(conversation)
    stale = heard.turn is not None and heard.turn != conversation.turns
    match verb:
        case "@keep" | "@drop" | "@aside" if at != OFFER or stale:
            return Turn(conversation)
        case "@keep":
            first, *rest = conversation.offered
            turn = _accept(conversation, first)
            if not turn.effects:
                return turn
            return replace(turn, conversation=replace(turn.conversation, offered=tuple(rest)))
        case "@drop":
            return Turn(replace(conversation, offered=conversation.offered[1:]))
        case "@aside":
            return Turn(_put_aside(conversation))
        case _:
            return _go_to(conversation, flow, verb, about)


def _go_to(conversation: Conversation, flow: Flow, verb: str, about: str) -> Turn:
    at = asked(conversation)
    conversation = replace(conversation, pause=None)
    trail = conversation.trail if at == OFFER else (*conversation.trail, at)[-_TRAIL:]
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
            answers = {q: a for q, a in conversation.answers.items() if q != about}
            gone = conversation.answers[about]
            if are_sharing_words(gone) and gone.choices:  # the words go, the choice was no part
                answers = {**conversation.answers, about: replace(gone, words=None, replaced=0)}
                return Turn(replace(conversation, answers=answers, unsent=True))
            skipped = conversation.skipped | {about}
            return Turn(replace(conversation, answers=answers, skipped=skipped, unsent=True))
        case "@use" if conversation.aside:
            first, *rest = conversation.aside
            return Turn(
                replace(conversation, aside=tuple(rest), offered=(*conversation.offered, first))
            )
        case _:
            return Turn(conversation)  # a button of an older version


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
