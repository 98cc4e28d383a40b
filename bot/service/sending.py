"""Sending: what a young person said becomes a contribution, on its way to the case record."""

import json
import uuid
from datetime import datetime

from sqlalchemy import Connection

from bot.documents import contribution as documents
from bot.service import asking_back, briefing, listening
from bot.service.house import House
from bot.service.wording import Reader
from conversations.contribution import Contribution, contribution
from conversations.effects import Submit
from conversations.flows import FLOWS
from conversations.participation import Briefed, Known, Proposal, propose
from conversations.sharing import file_reader_of
from conversations.wording import Band
from storage import alerts, audit, contributions, disputes, meeting_wishes, outbox, people, reviews
from storage.contributions import Destination, Filing, Sent
from storage.conversations import Kept
from storage.outbox import Outgoing
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind


def contribution_id(house: House, conversation_id: str) -> str:
    """The same for every version of what one conversation sends."""
    return str(uuid.uuid5(uuid.UUID(conversation_id), "contribution"))


def send(db: Connection, house: House, kept: Kept, submit: Submit, now: datetime) -> None:
    """Keep what was sent, and put its documents out; all in the message's own transaction."""
    conversation = kept.conversation
    flow = FLOWS[conversation.flow_id]
    what = contribution(conversation, submit.answers)
    review = reviews.get(db, house.id, kept.review_id)
    person = people.young_person(db, house.id, kept.person_id)
    reader = Reader(conversation.band, conversation.locale, flow.pathway, flow.chair)
    proposal = _propose(house, what, review, person, briefing.briefed(db, house, review))
    about = documents.About(
        contribution_id=contribution_id(house, kept.conversation_id),
        council=house.id,
        case_id=person.case_id,
        review_id=review.known_as,
        review_kind=review.kind.value,
        meeting_on=review.meeting_on.isoformat() if review.meeting_on else None,
        due_on=review.due_on.isoformat() if review.due_on else None,
        lawful_basis=house.council.lawful_basis,
        file_reader=file_reader_of(flow),
        proposal=proposal,
        because=Reader(Band.SIXTEEN).read(proposal.because) if proposal else "",
        alerts=()
        if conversation.helped  # a copy may reach whoever sits beside them
        else tuple(alerts.ids_of(db, house.id, kept.conversation_id)),
        topics={topic.id: reader.text(topic.title) for topic in (*flow.topics, *flow.retired)},
    )
    both = {
        Destination.ORDINARY: documents.ordinary(what, about),
        Destination.RESTRICTED: documents.restricted(what, about),
    }
    sent = Sent(
        house.id,
        about.contribution_id,
        what.version,
        review.review_id,
        person.person_id,
        kept.conversation_id,
        "views" if what.version == 1 else "correction",
        what.channel.value,
        what.submitted_at,
        {destination.value: document for destination, document in both.items()},
    )
    contributions.add(db, sent)
    if not person.carer:  # what an adult asks for is no wish of a child's
        asking_back.sent(db, house, sent, what.said, now)
    _for_the_arranger(db, house, kept, what)
    for destination, document in both.items():
        if document is not None:
            put_out(db, house, sent, destination, now)
    shown = [one for answer in submit.answers for one in answer.attachments]
    listening.ask(db, house, kept, shown, now)
    audit.add(
        db,
        house.id,
        now,
        actor=f"young_person:{person.person_id}",
        act="contribution_sent",
        subject=f"contribution:{sent.contribution_id}",
        detail=f"version {sent.version}, {len(what.said)} answers",
    )


def _for_the_arranger(db: Connection, house: House, kept: Kept, what: Contribution) -> None:
    """What the person who sets up the meeting sees, in place of what they saw before."""
    if not what.wishes.any:
        meeting_wishes.remove(db, house.id, kept.review_id)
        return
    wishes = meeting_wishes.Sent(
        kept.review_id, kept.person_id, kept.conversation_id, what.submitted_at, what.wishes
    )
    meeting_wishes.put(db, house.id, wishes)


def _propose(
    house: House,
    what: Contribution,
    review: Review,
    person: YoungPerson,
    briefed: Briefed | None,
) -> Proposal | None:
    if not review.counted or person.carer:
        return None
    return propose(
        Known(
            born=person.birth_date,
            held_on=review.meeting_on,
            intention=what.taking_part.intention,
            views_sent=what.anything_said,
            helper_typed=what.typed_by != "young_person",
            briefed=briefed,
            care_leaver=review.kind is ReviewKind.PATHWAY,
            video_counts=house.council.video_counts_as_attending,
            phone_counts=house.council.phone_counts_as_attending,
        )
    )


def put_out(
    db: Connection, house: House, sent: Sent, destination: Destination, now: datetime
) -> None:
    """A document on its way to its record, if it has one and may leave."""
    if destination is Destination.RESTRICTED and not house.settings.case_record_restricted:
        contributions.add_filing(db, sent, destination, Filing.AT_DESK)
        return
    if disputes.of_conversation(db, house.id, sent.conversation_id) is not None:
        contributions.add_filing(db, sent, destination, Filing.STOPPED)
        return
    contributions.add_filing(db, sent, destination, Filing.WAITING)
    outbox.add(db, house.id, [outgoing(sent, destination)], now)


def outgoing(sent: Sent, destination: Destination) -> Outgoing:
    """The outbox row of one document: ids only, the words stay where they are."""
    return Outgoing(
        destination=destination.value,
        lane=f"{sent.person_id}/{destination.value}",
        idempotency_key=filing_key(sent.contribution_id, sent.version, destination),
        payload=json.dumps({"contribution_id": sent.contribution_id, "version": sent.version}),
        person_id=sent.person_id,
    )


def filing_key(contribution_id: str, version: int, destination: Destination) -> str:
    """The same however often this document is tried."""
    return f"{contribution_id}/v{version}/{destination.value}"
