"""The document of an answer goes to the case record like a contribution: once, under one key, to
whose readers may hear the wish; to the others a stub (`domain.md` rule 12)."""

import json
from datetime import datetime

from sqlalchemy import Connection

from bot.access.roles import TITLES, Role
from bot.documents import ask_answer as documents
from bot.documents.ask_answer import About, Wish
from bot.service import reading
from bot.service.asking_back import filing_key
from bot.service.house import House
from storage import ask_filings, asks, contributions, outbox, people
from storage.ask_filings import Filed
from storage.asks import Ask, Written
from storage.contributions import Destination, Filing
from storage.outbox import Outgoing


def put_out(db: Connection, house: House, ask: Ask, written: Written, now: datetime) -> None:
    """Make the document, and let it leave for each record that may have it, or a stub."""
    sent = contributions.get(db, house.id, ask.contribution_id, ask.version)
    destination = next(
        one
        for one in Destination
        if (document := sent.document(one))
        and ask.question_id in {answer["question_id"] for answer in document["answers"]}
    )
    whole = sent.content[destination.value]
    said = next(
        one
        for one in reading.contribution_of(sent).said
        if one.wish and one.question_id == ask.question_id
    )
    wish = Wish(
        ask.ask_id,
        ask.contribution_id,
        ask.version,
        ask.question_id,
        ask.theme,
        said.question,
        said.words,
        said.chosen,
        tuple(
            one["attachment"]["name"]
            for one in whole["answers"]
            if one["question_id"] == ask.question_id and one.get("attachment")
        ),
        ask.asked_at,
    )
    member = people.staff_member(db, house.id, written.by)
    earlier = [
        one.number
        for one in asks.answers_of(db, house.id, ask.ask_id)
        if one.given and one.number < written.number
    ]
    replies = [
        (one.answer, one.reply, one.words, one.at)
        for one in asks.replies_of(db, house.id, ask.ask_id)
    ]
    about = About(
        house.id,
        whole["case_id"],
        whole["review"],
        whole["language"],
        written.number,
        member.name,
        TITLES[Role(member.role)],
        written.at,
        earlier[-1] if earlier else None,
        replies,
    )
    document = documents.document(wish, written.answer, about, destination.value)
    if destination is Destination.RESTRICTED:
        _leave(db, house, ask, Destination.ORDINARY, documents.stub(wish, about), now)
        if not house.settings.case_record_restricted:
            _keep(db, house, ask, destination, document, Filing.AT_DESK)
            return
    _leave(db, house, ask, destination, document, now)


def _leave(
    db: Connection,
    house: House,
    ask: Ask,
    destination: Destination,
    document: documents.Document,
    now: datetime,
) -> None:
    _keep(db, house, ask, destination, document, Filing.WAITING)
    number = document["answer"]
    outbox.add(db, house.id, [outgoing(ask.ask_id, number, destination, ask.person_id)], now)


def _keep(
    db: Connection,
    house: House,
    ask: Ask,
    destination: Destination,
    document: documents.Document,
    state: Filing,
) -> None:
    ask_filings.add(
        db,
        house.id,
        ask.ask_id,
        document["answer"],
        destination,
        state,
        document,
        review_id=ask.review_id,
        person_id=ask.person_id,
    )


def outgoing(ask_id: str, number: int, destination: Destination, person_id: str) -> Outgoing:
    """The outbox row of one document: ids only. In the person's own lane, behind the contribution
    that it belongs to."""
    return Outgoing(
        destination=destination.value,
        lane=f"{person_id}/{destination.value}",
        idempotency_key=filing_key(ask_id, number, destination.value),
        payload=json.dumps({"ask_id": ask_id, "answer": number}),
        person_id=person_id,
    )


def again(db: Connection, house: House, filed: Filed, now: datetime) -> bool:
    """Let a document leave once more; False if its wish was taken back meanwhile."""
    if filed.state is Filing.TAKEN_BACK:
        return False
    which = (filed.ask_id, filed.number, filed.destination)
    ask_filings.set_state(db, house.id, *which, Filing.WAITING)
    outbox.add(db, house.id, [outgoing(*which, filed.person_id)], now)
    return True
