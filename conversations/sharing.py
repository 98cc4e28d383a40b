"""Who hears what. A sharing choice is made per topic and holds for every answer in it, but for
those of which it was chosen alone.

Until one is made, the most private choice holds: the reviewing officer alone.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from conversations import arranger
from conversations.conversation import Answer, Conversation
from conversations.questions import Flow, Question, Topic

PICK = "pick"
OFFICER = "officer"
FILE = "file"
ALOUD = "aloud"
"""Stands in `heard` beside those who may hear it, where it may be read out at the meeting."""


def officer_of(flow: Flow) -> str:
    """Who chairs the review, as an audience. An IRO chairs that of a foster carer, too."""
    if flow.chair and not flow.carer:
        return "conference_chair"
    return "pathway_review_officer" if flow.pathway else "iro"


def file_reader_of(flow: Flow) -> str:
    """Who stands, as an audience, for all who can open the ordinary case record. Of a foster carer
    that is their supervising social worker."""
    return "personal_adviser" if flow.pathway else "social_worker"


def audience_of(flow: Flow, conversation: Conversation, topic_id: str) -> tuple[str, ...]:
    """Who may hear the answers of a topic, the reviewing officer first.

    Values of `audience` in the contribution's schema. `carer`, `parents` and `meeting` are
    instructions to the officer, never accounts.
    """
    chosen = _chosen(conversation, f"{topic_id}.audience")
    told = _chosen(conversation, f"{topic_id}.tell") if PICK in chosen else ()
    known = flow.by_id.get(f"{topic_id}.tell")
    told = known[1].narrowed(told) if known else ()
    return _audience(flow, (*chosen, *told))


def audience_of_answer(flow: Flow, conversation: Conversation, question: str) -> tuple[str, ...]:
    """Who may hear one answer: as was chosen for it alone, else for its topic."""
    alone = conversation.sharing.get(question)
    if alone is None or alone.hears is None:
        return audience_of(flow, conversation, flow.by_id[question][0].id)
    tell = tell_of(flow, question)
    picked = [one for one in alone.hears if one not in (OFFICER, FILE)]
    known = tell.narrowed(picked) if tell else ()
    return _audience(flow, (*(one for one in alone.hears if one == FILE), *known))


def _audience(flow: Flow, options: Iterable[str]) -> tuple[str, ...]:
    chosen = set(options)
    audience = [officer_of(flow)]
    if FILE in chosen:
        audience.append(file_reader_of(flow))
    audience += [who for who in ("advocate", "meeting", "carer", "parents") if who in chosen]
    return tuple(audience)


def tell_of(flow: Flow, question: str) -> Question | None:
    """Where it is picked whom to tell of what was said to this question; none where nothing is
    shared."""
    found = flow.by_id.get(f"{flow.by_id[question][0].id}.tell")
    return found[1] if found else None


def is_read_aloud(conversation: Conversation, question: str) -> bool:
    """Whether it may be read out: yes, until it was said that it may not."""
    alone = conversation.sharing.get(question)
    return alone is None or alone.aloud


def heard(flow: Flow, conversation: Conversation) -> dict[str, tuple[str, ...]]:
    """Who may hear each answer now, and whether it may be read out, by question."""
    found = {}
    for question, answer in conversation.answers.items():
        if question not in flow.by_id or flow.by_id[question][0].explains:
            continue
        if not is_sharing_choice(question):
            who = audience_of_answer(flow, conversation, question)
            who = arranger.heard_by(conversation, answer, who)
            aloud = is_read_aloud(conversation, question)
            found[question] = (*who, ALOUD) if aloud else who
        elif are_sharing_words(answer):
            found[question] = (officer_of(flow),)
    return found


def _chosen(conversation: Conversation, question: str) -> tuple[str, ...]:
    answer = conversation.answers.get(question)
    return answer.choices if answer else ()


def is_sharing_choice(question: str) -> bool:
    return question.endswith((".audience", ".tell"))


def audience_question(topic_id: str) -> str:
    """Where it is asked who may hear the answers of a topic."""
    return f"{topic_id}.audience"


def to_be_picked(answer: Answer) -> str | None:
    """The question that asks whom to tell, once *Let me pick* was chosen."""
    topic_id, _, asks = answer.question.rpartition(".")
    return f"{topic_id}.tell" if asks == "audience" and PICK in answer.choices else None


def are_sharing_words(answer: Answer) -> bool:
    """Own words where it was asked who may hear. They are for the officer alone, whatever was
    chosen: nothing in them is read, so they widen no audience."""
    return is_sharing_choice(answer.question) and answer.words is not None


def lets_more_hear(
    flow: Flow,
    before: Conversation,
    after: Conversation,
    question: str,
    reads: Callable[[Answer], bool],
) -> bool:
    """Whether what was done at this question lets somebody more hear words that whoever did it
    can't read (`security.md` section 2: whoever has a phone or a code may be somebody else).

    Words that waited and become an answer are heard by whom its topic is for: somebody else may
    have chosen that meanwhile, for words of their own.
    """
    taken = before.offered[0] if len(after.offered) < len(before.offered) else None
    theirs = taken is not None and taken.question == question and not reads(taken)
    if theirs and not is_sharing_choice(question):
        hears = heard(flow, after).get(question, ())
        return bool(set(hears) - {officer_of(flow), ALOUD})
    if not is_sharing_choice(question) and after.sharing is before.sharing:
        return False
    could, can = heard(flow, before), heard(flow, after)
    return any(
        set(can[one]) - set(could[one]) and not reads(after.answers[one])
        for one in could
        if one in can
    )


def said_in_topic(topic: Topic, answers: Mapping[str, Answer]) -> list[Answer]:
    """What a sharing choice of this topic is about."""
    questions = [one.id for one in topic.questions if not is_sharing_choice(one.id)]
    return [answers[question] for question in questions if question in answers]


def in_ordinary_record(flow: Flow, audience: Iterable[str]) -> bool:
    """Whether those who can open the case record are among those who may hear it.

    `domain.md` rule 12: never more readers than the young person chose.
    """
    return file_reader_of(flow) in audience


def last_choice(conversation: Conversation) -> datetime | None:
    """When the newest sharing choice was made, if one was."""
    answers = conversation.answers.values()
    choices = [a.at for a in answers if is_sharing_choice(a.question) and a.choices]
    return max([*choices, *(one.at for one in conversation.sharing.values())], default=None)
