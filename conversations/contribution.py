"""What is sent: every answer with who may hear it, and which record it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conversations import arranger
from conversations.arranger import Wishes
from conversations.conversation import Answer, Channel, Conversation, Helper
from conversations.effects import Want
from conversations.flows import FLOWS
from conversations.flows.meeting import WHERE
from conversations.places import START
from conversations.questions import Flow, Question, Topic
from conversations.sharing import (
    are_sharing_words,
    audience_of,
    audience_of_answer,
    file_reader_of,
    in_ordinary_record,
    is_read_aloud,
    is_sharing_choice,
    last_choice,
    officer_of,
)
from conversations.typists import WITH_HELP, typed_by
from conversations.wanting import wanted
from conversations.wording import Text

_MEETING = "meeting"
_ADULT, _CARER = "adult", "carer"  # of a foster carer's own form, in the schema's words
NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it is filed. `ask`: it is a wish; `aloud`: it may be read out."""

    question: Question
    topic: Topic
    answer: Answer
    audience: tuple[str, ...]
    ordinary: bool
    ask: bool
    aloud: bool = True


@dataclass(frozen=True, slots=True)
class TakingPart:
    """How they want to take part: the schema's `taking_part`, field by field."""

    intention: str = NOT_SAID
    absence_reasons: tuple[str, ...] = ()
    speaks_for_me: str | None = None
    advocate_requested: bool = False
    want_there: tuple[str, ...] = ()
    not_want_there: tuple[str, ...] = ()
    when: str | None = None
    first: str | None = None
    officer_requested: bool = False
    where: str | None = None
    chair_part: bool | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """A contribution before it becomes documents. `in_file`: as much of how they want to take part
    as may stand in the ordinary record; `code_in_file`: and the code that follows from it.
    `typed_by`: what some typed and others did not was typed with help; `helpers`: all who sat
    beside them while something of it was typed."""

    flow_id: str
    flow_version: int
    band: str
    language: str
    channel: Channel
    typed_by: str
    helpers: tuple[Helper, ...]
    version: int
    started_at: datetime
    explained_at: datetime
    explanation_version: int
    agreed_at: datetime
    choices_at: datetime
    submitted_at: datetime
    said: tuple[Said, ...]
    taking_part: TakingPart
    in_file: TakingPart
    code_in_file: bool
    wishes: Wishes

    @property
    def anything_said(self) -> bool:
        """Whether any view was conveyed: words, a choice or a face; not how to take part alone."""
        return any(
            is_view(
                one.question.id,
                words=bool(one.answer.words),
                shown=bool(one.answer.attachments),
            )
            for one in self.said
        )


def is_view(question: str, *, words: bool, shown: bool) -> bool:
    """Whether an answer conveys a view: how the meeting should be alone does not. `words`: it has
    own words; `shown`: a voice note or a picture."""
    if question in _FIELDS - _CHOICES:
        return shown
    return words or shown or question not in _PICKED | _CHOICES


def is_wish(answer: Answer) -> bool:
    """Whether it wishes for anything, where a question asks for wishes: words, what was shown,
    or pictures that were picked."""
    return bool(
        answer.words
        or answer.attachments
        or [choice for choice in answer.choices if choice != "nobody"]
    )


def contribution(conversation: Conversation, answers: Iterable[Answer]) -> Contribution:
    """From a conversation that has just been sent, and the answers of its `Submit`."""
    flow = FLOWS[conversation.flow_id]
    sent = conversation.sent[-1]
    given = [a for a in answers if not is_sharing_choice(a.question) or are_sharing_words(a)]
    filed_as_meeting = {
        a.question
        for a in given
        if _fits_taking_part(a)
        and (a.question in _CHOICES or _is_heard_as_filed(flow, conversation, a.question))
    }
    said = []
    for answer in given:
        if answer.question in filed_as_meeting and (
            answer.question in _ASKED_OF_SOMEBODY
            or _is_heard_as_filed(flow, conversation, answer.question)
        ):
            continue
        topic, question = flow.by_id[answer.question]
        audience = audience_of_answer(flow, conversation, answer.question)
        if are_sharing_words(answer):
            audience = (officer_of(flow),)
        else:
            audience = arranger.heard_by(conversation, answer, audience)
        ordinary = in_ordinary_record(flow, audience)
        ask = question.becomes_ask and is_wish(answer)
        aloud = is_read_aloud(conversation, answer.question)
        said.append(Said(question, topic, answer, audience, ordinary, ask, aloud))
    told = [a.at for q, a in conversation.answers.items() if flow.by_id[q][0].explains]
    agreement = conversation.answers[START]
    choice = last_choice(conversation)
    withheld = frozenset(
        question
        for question in (*_FIELDS, "meeting.chair")
        if question in conversation.answers
        and not in_ordinary_record(flow, audience_of_answer(flow, conversation, question))
    )
    meeting_in_file = in_ordinary_record(flow, audience_of(flow, conversation, _MEETING))
    said_how = "meeting.how" in conversation.answers
    last = max(conversation.answers.values(), key=lambda answer: answer.at)
    typed = {answer.typed_by for answer in given} or {typed_by(conversation)}
    who = next(iter(typed)) if len(typed) == 1 else WITH_HELP
    helpers = dict.fromkeys(answer.helper for answer in given if answer.helper is not None)
    return Contribution(
        flow_id=flow.id,
        flow_version=conversation.flow_version,
        band=_ADULT if flow.carer else conversation.band.value,
        language=conversation.locale,
        channel=last.channel,
        typed_by=_CARER if flow.carer else who,
        helpers=tuple(helpers),
        version=sent.version,
        started_at=conversation.started_at or agreement.at,
        explained_at=max((at for at in told if at <= agreement.at), default=agreement.at),
        explanation_version=agreement.version,
        agreed_at=agreement.at,
        choices_at=choice or sent.at,
        submitted_at=sent.at,
        said=tuple(said),
        taking_part=_taking_part(conversation, filed_as_meeting),
        in_file=_taking_part(
            conversation,
            filed_as_meeting - withheld,
            withheld=withheld,
            asked_for=meeting_in_file,
        ),
        code_in_file="meeting.how" not in withheld if said_how else meeting_in_file,
        wishes=arranger.wishes(conversation, given),
    )


_FIELDS = frozenset(
    {
        "meeting.how",
        "meeting.why_not",
        "meeting.speaks",
        "meeting.who",
        "meeting.who_not",
        "meeting.day",
        "meeting.first",
        "meeting.advocate",
        "meeting.alone",
        "meeting.where",
    }
)
_PICKED = frozenset({"meeting.where", "meeting.when", "meeting.chair"})
"""Of these `taking_part` holds a summary at the most, so that they may stand among the answers."""


def _fits_taking_part(answer: Answer) -> bool:
    """Whether `taking_part` has a field for all of it. Own words where a choice was offered have
    none, nor has what was said aloud or shown: they stay an answer, so that nothing is lost."""
    if answer.question not in _FIELDS or answer.attachments:
        return False
    return not (answer.question in _CHOICES and answer.words)


def _is_heard_as_filed(flow: Flow, conversation: Conversation, question: str) -> bool:
    """Whether `taking_part`, which says nothing of who hears a part of it, is heard by those for
    whom the answer is: the officer, those who can open the file, all when it is read out."""
    audience = set(audience_of_answer(flow, conversation, question))
    more = audience - {officer_of(flow), file_reader_of(flow)}
    return not more and is_read_aloud(conversation, question)


_ASKED_OF_SOMEBODY = frozenset({"meeting.alone", "meeting.advocate"})
"""A task for a person, whoever else hears the rest."""
_CHOICES = frozenset(
    {"meeting.how", "meeting.why_not", "meeting.alone", "meeting.advocate", "meeting.where"}
)


def _taking_part(
    conversation: Conversation,
    here: set[str],
    *,
    withheld: frozenset[str] = frozenset(),
    asked_for: bool = True,
) -> TakingPart:
    """How they want to take part. `withheld`: answers that may not stand in it; `asked_for`: what
    they ask a person for may."""
    answers = {q: one for q, one in conversation.answers.items() if q not in withheld}

    def words(question: str) -> str | None:
        answer = answers.get(question) if question in here else None
        if answer is None:
            return None
        return answer.day.isoformat() if answer.day else answer.words

    def chosen(question: str) -> tuple[str, ...]:
        answer = answers.get(question)
        return answer.choices if answer else ()

    def read(label: Text) -> str:
        flow = FLOWS[conversation.flow_id]
        return label.wording(conversation.band, pathway=flow.pathway, chair=flow.chair)

    who, who_not = words("meeting.who"), words("meeting.who_not")
    wants = wanted(conversation) if asked_for else {}
    lead = chosen("meeting.chair")
    return TakingPart(
        intention=next(iter(chosen("meeting.how")), NOT_SAID),
        absence_reasons=chosen("meeting.why_not") if "meeting.why_not" in here else (),
        speaks_for_me=words("meeting.speaks"),
        advocate_requested=Want.ADVOCATE in wants and "meeting.advocate" not in withheld,
        want_there=(who,) if who else (),
        not_want_there=(who_not,) if who_not else (),
        when=words("meeting.day"),
        first=words("meeting.first"),
        officer_requested=Want.OFFICER_ALONE in wants and "meeting.alone" not in withheld,
        where="; ".join(read(one.label) for one in WHERE if one.id in chosen("meeting.where"))
        or None,
        chair_part="no" not in lead if lead else None,
    )
