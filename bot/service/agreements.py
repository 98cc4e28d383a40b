"""What a young person agreed to and chose, gathered for the record of it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.documents.agreement import Agreement, Choice, Event, Record, Told, in_order, record
from bot.documents.taking_back import holds
from bot.service import sending
from bot.service.house import House
from bot.service.wording import Reader
from conversations import arranger
from conversations.answering import AGREEMENT_WORDING
from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.places import START
from conversations.questions import Flow
from conversations.sharing import (
    audience_of_answer,
    audience_question,
    is_read_aloud,
    is_sharing_choice,
)
from storage import contributions, withdrawals
from storage.contributions import Destination, Sent
from storage.conversations import Kept


def of_conversation(db: Connection, house: House, kept: Kept, *, only_sent: bool = False) -> Record:
    """The record of one conversation. `only_sent`: nothing of what was never sent. Reads only."""
    conversation = kept.conversation
    flow = FLOWS[conversation.flow_id]
    contribution_id = sending.contribution_id(house, kept.conversation_id)
    versions = contributions.of_contribution(db, house.id, contribution_id)
    fewer = {
        one.version: one.fewer for one in withdrawals.of_contribution(db, house.id, contribution_id)
    }
    sent_in = _sent_in(flow, versions)
    agreed = conversation.answers.get(START)
    choices = _choices(flow, conversation, sent_in)
    if only_sent:
        choices = [one for one in choices if one.sent_in is not None]
    asked = {one.question for one in choices}
    events = [
        *_explained(flow, conversation),
        *(
            Event(choice.chosen_at, "sharing_chosen", question=choice.question)
            for choice in choices
            if choice.chosen_at is not None
        ),
        *(
            Event(
                one.sent_at,
                _what(one, fewer=fewer.get(one.version, False)),
                version=one.version,
            )
            for one in versions
        ),
        *(
            Event(at, "taken_back", question=question)
            for question, at in conversation.taken_back.items()
            if question in asked
        ),
    ]
    return record(
        Agreement(
            record_id=contribution_id,
            person_id=kept.person_id,
            council=house.id,
            council_name=house.council.name,
            council_phone=house.council.review_team_phone,
            lawful_basis=house.council.lawful_basis,
            language=conversation.locale,
            flow=flow.id,
            kept_days=house.council.keeping.words_days,
            agreed_at=agreed.at if agreed and agreed.choices == ("yes",) else None,
            wording_version=AGREEMENT_WORDING,
            told=_told(flow, conversation),
            choices=tuple(choices),
            events=in_order(events),
            channels=tuple(sorted({one.channel.value for one in conversation.answers.values()})),
        )
    )


def _what(sent: Sent, *, fewer: bool) -> str:
    if sent.kind != "withdrawal":
        return "sent"
    return "fewer_people" if fewer else "taken_back"


def _explained(flow: Flow, conversation: Conversation) -> list[Event]:
    events = []
    for question, answer in conversation.answers.items():
        if question not in flow.by_id or not flow.by_id[question][0].explains:
            continue
        if question == START and answer.choices == ("yes",):
            events.append(Event(answer.at, "agreed_to_start"))
        else:
            events.append(Event(answer.at, "explained", question=question))
    return events


def _told(flow: Flow, conversation: Conversation) -> tuple[Told, ...]:
    reader = Reader(conversation.band, conversation.locale, flow.pathway, flow.chair)
    told = []
    for question, answer in conversation.answers.items():
        if question not in flow.by_id or not flow.by_id[question][0].explains:
            continue
        piece = flow.by_id[question][1]
        says = [reader.text(text) for text in (piece.text, *piece.lead)]
        told.append(Told(question, answer.at, "\n".join(one for one in says if one)))
    return tuple(sorted(told, key=lambda one: one.at))


def _choices(flow: Flow, conversation: Conversation, sent_in: Mapping[str, int]) -> list[Choice]:
    """Of every answer, and of what was taken back since."""
    found: list[Choice] = []
    for question in (*conversation.answers, *conversation.taken_back):
        known = flow.by_id.get(question)
        if known is None or known[0].explains or is_sharing_choice(question):
            continue
        back = None
        if question not in conversation.answers:
            back = conversation.taken_back[question]
        elif any(one.question == question for one in found):
            continue  # said again since
        who = audience_of_answer(flow, conversation, question)
        if back is None:
            who = arranger.heard_by(conversation, conversation.answers[question], who)
        found.append(
            Choice(
                question,
                () if back else who,
                is_read_aloud(conversation, question),
                _chosen_at(conversation, question, known[0].id),
                sent_in.get(question),
                back,
            )
        )
    return found


def _chosen_at(conversation: Conversation, question: str, topic: str) -> datetime | None:
    alone = conversation.sharing.get(question)
    for_topic = conversation.answers.get(audience_question(topic))
    times = [one.at for one in (alone, for_topic) if one is not None]
    return max(times, default=None)


def _sent_in(flow: Flow, versions: list[Sent]) -> dict[str, int]:
    """The newest version in which each answer stands."""
    return {
        question: sent.version
        for sent in versions
        for destination in Destination
        if (document := sent.document(destination))
        for question in flow.by_id
        if holds(document, {question})
    }
