"""*Send*: what would be sent, and sending it once they have seen it."""

from dataclasses import replace
from datetime import datetime

from conversations.conversation import Answer, Conversation, Sent
from conversations.effects import Submit
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command
from conversations.moving import Turn, leave
from conversations.places import CHECK, OFFER, SENT, agreed, said_in
from conversations.sharing import are_sharing_words, is_sharing_choice
from conversations.sharing import heard as heard_by
from conversations.starting_over import one_by_one


def send(conversation: Conversation, heard: Command | Chosen, at: str, now: datetime) -> Turn:
    if not agreed(conversation) or at == OFFER:
        return Turn(conversation)
    if at != CHECK:
        if at == SENT:
            return Turn(conversation)
        return Turn(leave(replace(conversation, checking=True, place=None), at))
    if heard.turn is not None and heard.turn != conversation.turns:
        return Turn(conversation)  # they have not seen what would be sent
    if conversation.sent and not conversation.unsent:
        return Turn(replace(conversation, checking=True, place=None))
    can_hear = heard_by(FLOWS[conversation.flow_id], conversation)
    goes = {answer.question for answer in to_send(conversation)}
    who = {question: audience for question, audience in can_hear.items() if question in goes}
    version = conversation.sent[-1].version + 1 if conversation.sent else 1
    earlier = tuple(replace(one, heard={}) for one in conversation.sent)
    after = replace(
        one_by_one(conversation),
        sent=(*earlier, Sent(version, now, who)),
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
