"""Copies of finished conversations, by the thousand: what they hold differs in ids and names only.

Each copy is sealed for its own person and place, under data keys of its own, and stands as filed:
nothing of it is in the outbox.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import rfc8785
from sqlalchemy import Connection, delete, insert, select, update

from bot.demo.people import FAMILY, GIVEN
from bot.service import invitations, sending
from bot.service.house import House
from storage import contributions, data_keys, people, reviews
from storage.contributions import Filing
from storage.data_keys import Purpose
from storage.sealing import Place, seal, unseal
from storage.tables import contributions as contributions_table
from storage.tables import conversations as conversations_table
from storage.tables import filings as filings_table
from storage.tables import invitations as invitations_table
from storage.tables import outbox, young_people
from storage.tables import reviews as reviews_table


@dataclass(frozen=True, slots=True)
class Model:
    """A conversation that was played: its rows, and what was sealed in them as text."""

    case_id: str
    contribution_id: str
    born: str
    person: dict[str, Any]
    review: dict[str, Any]
    invitation: dict[str, Any]
    conversation: dict[str, Any]
    contribution: dict[str, Any]
    filings: tuple[dict[str, Any], ...]
    state: str
    content: str
    canonical: tuple[tuple[str, str], ...]  # each document's hash, and what it is the hash of
    asks: tuple[tuple[str, str], ...]  # each ask's id and question


def model_of(db: Connection, house: House, review_id: str, now: datetime) -> Model:
    """What was played before this review, which counts as filed from now on."""
    review = reviews.get(db, house.id, review_id)
    person = people.young_person(db, house.id, review.person_id)
    conversation_id = invitations.conversation_of(house, review_id)
    contribution_id = sending.contribution_id(house, conversation_id)
    db.execute(delete(outbox).where(outbox.c.person_id == review.person_id))
    db.execute(
        update(filings_table)
        .where(
            filings_table.c.contribution_id == contribution_id,
            filings_table.c.state == Filing.WAITING.value,
        )
        .values(state=Filing.FILED.value, filed_at=now)
    )
    (sent,) = contributions.of_review(db, house.id, review_id)
    documents = [document for document in sent.content.values() if document is not None]
    conversation = _row(db, conversations_table, "conversation_id", conversation_id)
    place = Place(house.id, "conversations", "state", conversation_id, review.person_id)
    asks = {ask["ask_id"]: ask["question_id"] for one in documents for ask in one["asks"]}
    return Model(
        person.case_id,
        contribution_id,
        person.birth_date.isoformat(),
        _row(db, young_people, "person_id", review.person_id),
        _row(db, reviews_table, "review_id", review_id),
        _row(db, invitations_table, "review_id", review_id),
        conversation,
        _row(db, contributions_table, "contribution_id", contribution_id),
        tuple(_rows(db, filings_table, "contribution_id", contribution_id)),
        unseal(db, place, conversation["state"]),
        orjson.dumps(sent.content).decode(),
        tuple((one["content_sha256"], _canonical(one)) for one in documents),
        tuple(asks.items()),
    )


def _canonical(document: dict[str, Any]) -> str:
    bare = {name: value for name, value in document.items() if name != "content_sha256"}
    return rfc8785.dumps(bare).decode()


def _rows(db: Connection, table: Any, column: str, value: str) -> list[dict[str, Any]]:
    found = db.execute(select(table).where(table.c[column] == value))
    return [dict(row._mapping) for row in found]


def _row(db: Connection, table: Any, column: str, value: str) -> dict[str, Any]:
    return _rows(db, table, column, value)[0]


Rows = dict[Any, list[dict[str, Any]]]
"""What is to be inserted, by table."""


def no_rows() -> Rows:
    """In the order in which the tables lean on one another."""
    return {
        young_people: [], reviews_table: [], invitations_table: [], conversations_table: [],
        contributions_table: [], filings_table: [],
    }  # fmt: skip


def copy(db: Connection, house: House, models: list[Model], first: int, count: int) -> None:
    """`count` copies, numbered from `first` on, in turn of each model."""
    persons = [str(uuid.uuid4()) for _ in range(count)]
    for purpose in (Purpose.IDENTITY, Purpose.WORDS):
        data_keys.make_for_new(db, house.id, persons, purpose)
    rows = no_rows()
    for number, person_id in enumerate(persons, first):
        _copy(db, house, models[number % len(models)], number, person_id, rows)
    for table, several in rows.items():
        db.execute(insert(table), several)


def _copy(
    db: Connection,
    house: House,
    model: Model,
    number: int,
    person_id: str,
    rows: Rows,
) -> None:
    case_id = f"LT{number:07}"
    name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}"
    rows[young_people].append(person_of(db, house, model, person_id, case_id, name))
    review_id = f"{case_id}-1"
    rows[reviews_table].append(model.review | {"person_id": person_id, "review_id": review_id})
    said_before(db, house, model, person_id, case_id, review_id, rows)


def person_of(
    db: Connection, house: House, model: Model, person_id: str, case_id: str, name: str
) -> dict[str, Any]:
    """Somebody as old as the model, under another name."""

    def identity(column: str, value: str) -> bytes:
        return seal(db, Place(house.id, "young_people", column, person_id, person_id), value)

    return model.person | {
        "person_id": person_id,
        "case_id": identity("case_id", case_id),
        "case_id_index": house.keys.blind(house.id, "case_id", case_id),
        "name": identity("name", name),
        "born": identity("born", model.born),
    }


def said_before(
    db: Connection,
    house: House,
    model: Model,
    person_id: str,
    case_id: str,
    review_id: str,
    rows: Rows,
) -> str:
    """What the model said, for this review of this person; the contribution's id."""
    conversation_id = invitations.conversation_of(house, review_id)
    contribution_id = sending.contribution_id(house, conversation_id)

    def sealed(table: str, column: str, row: str, value: str) -> bytes:
        return seal(db, Place(house.id, table, column, row, person_id), value)

    changed = [(model.case_id, case_id), (model.contribution_id, contribution_id)]
    of = uuid.UUID(contribution_id)
    changed += [(ask, str(uuid.uuid5(of, question))) for ask, question in model.asks]
    changed += [
        (before, hashlib.sha256(_with(changed, canonical).encode()).hexdigest())
        for before, canonical in model.canonical
    ]
    whose = {"person_id": person_id, "review_id": review_id}
    rows[invitations_table].append(
        model.invitation
        | {
            "invitation_id": str(uuid.uuid4()),
            "review_id": review_id,
            "link_hash": secrets.token_bytes(32),  # used up: nobody holds what it is the hash of
            "code_hash": secrets.token_bytes(32),
            "telegram_hash": None,
        }
    )
    state = sealed("conversations", "state", conversation_id, _with(changed, model.state))
    rows[conversations_table].append(
        model.conversation | whose | {"conversation_id": conversation_id, "state": state}
    )
    sent = whose | {"contribution_id": contribution_id, "conversation_id": conversation_id}
    row = f"{contribution_id}/{model.contribution['version']}"
    content = sealed("contributions", "content", row, _with(changed, model.content))
    rows[contributions_table].append(model.contribution | sent | {"content": content})
    for filing in model.filings:
        named = {"contribution_id": contribution_id, "person_id": person_id}
        rows[filings_table].append(filing | named)
    return contribution_id


def _with(changed: list[tuple[str, str]], text: str) -> str:
    for before, after in changed:
        text = text.replace(before, after)
    return text
