"""Who hears what. A sharing choice is made per topic and holds for every answer in it.

Until one is made, the most private choice holds: the reviewing officer alone.
"""

from collections.abc import Callable, Iterable, Mapping

from conversations import arranger
from conversations.conversation import Answer, Conversation
from conversations.questions import Flow, Topic

PICK = "pick"


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
    audience = [officer_of(flow)]
    if "file" in chosen or "file" in told:
        audience.append(file_reader_of(flow))
    audience += [who for who in ("advocate", "meeting", "carer", "parents") if who in told]
    return tuple(audience)


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
    """Whether an answer to this question lets somebody more hear words that whoever gave it can't
    read (`security.md` section 2: whoever has a phone or a code may be somebody else)."""
    if not is_sharing_choice(question):
        return False
    topic = flow.by_id[question][0]
    more = set(audience_of(flow, after, topic.id)) - set(audience_of(flow, before, topic.id))
    if not more and not arranger.may_read(after) > arranger.may_read(before):
        return False
    return not all(map(reads, said_in_topic(topic, after.answers)))


def said_in_topic(topic: Topic, answers: Mapping[str, Answer]) -> list[Answer]:
    """What a sharing choice of this topic is about."""
    questions = [one.id for one in topic.questions if not is_sharing_choice(one.id)]
    return [answers[question] for question in questions if question in answers]


def in_ordinary_record(flow: Flow, audience: Iterable[str]) -> bool:
    """Whether those who can open the case record are among those who may hear it.

    `domain.md` rule 12: never more readers than the young person chose.
    """
    return file_reader_of(flow) in audience


def last_choice(answers: Iterable[Answer]) -> Answer | None:
    """The newest sharing choice, if one was made."""
    choices = [a for a in answers if is_sharing_choice(a.question) and a.choices]
    return max(choices, key=lambda answer: answer.at, default=None)
