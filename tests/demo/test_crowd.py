"""Invented young people by the thousand: copies that hold together as what was really said does."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.demo import council, crowd
from bot.documents.contribution import content_sha256
from bot.service import invitations, reading, sending
from bot.service.house import House
from bot.web.context import now
from storage import contributions, conversations, people, reviews
from storage.store import Store
from storage.tables import contributions as contributions_table
from storage.tables import filings, outbox
from storage.tables import reviews as reviews_table
from tests.sayso import house_at

COUNT = 300


async def test_hundreds_of_finished_conversations_are_readable_and_each_its_own(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    house = house_at(tmp_path, database_url)
    await store.write(lambda db: council.make(db, house, now()))
    waiting = await store.read(_waiting)

    await crowd.finished(store, house, COUNT)

    documents = await store.read(lambda db: _documents(db, house))
    assert len(documents) == COUNT
    assert len({one["case_id"] for one in documents}) == COUNT
    assert len({one["contribution_id"] for one in documents}) == COUNT
    asks = [ask["ask_id"] for one in documents for ask in one["asks"]]
    assert len(set(asks)) == len(asks) > 0
    for document in documents:
        assert document["content_sha256"] == content_sha256(document)
    assert await store.read(_waiting) == waiting  # a later start makes no papers of them


def _waiting(db: Connection) -> tuple[int, int]:
    rows = db.execute(select(func.count()).select_from(outbox)).scalar_one()
    unfiled = select(func.count()).where(filings.c.state == "waiting")
    return rows, db.execute(unfiled).scalar_one()


def _documents(db: Connection, house: House) -> list[dict[str, Any]]:
    """What the desk reads of each, after comparing the rows with each other."""
    found = []
    for row in db.execute(
        select(reviews_table.c.review_id).where(reviews_table.c.review_id.like("LT%"))
    ).all():
        review = reviews.get(db, house.id, row.review_id)
        person = people.young_person(db, house.id, review.person_id)
        conversation_id = invitations.conversation_of(house, review.review_id)
        kept = conversations.get(db, house.id, conversation_id)
        (sent,) = contributions.of_review(db, house.id, review.review_id)
        assert person.is_at_least(16, now().date())
        assert (sent.person_id, kept.person_id) == (person.person_id, person.person_id)
        assert sent.contribution_id == sending.contribution_id(house, conversation_id)
        at_desk = reading.newest(db, house, review.review_id)
        assert at_desk is not None
        assert at_desk.contribution_id == sent.contribution_id
        document = sent.content["ordinary"]
        assert document["case_id"] == person.case_id
        assert document["review"]["review_id"] == review.review_id
        assert document["contribution_id"] == sent.contribution_id
        assert review.meeting_on is not None
        assert document["review"]["date"] == review.meeting_on.isoformat()
        filed = contributions.filings_of(db, house.id, sent.contribution_id)
        assert {one.state.value for one in filed} <= {"filed", "at_desk"}
        assert filed
        found.append(document)
    sent_in_all = select(func.count()).where(contributions_table.c.review_id.like("LT%"))
    assert db.execute(sent_in_all).scalar_one() == len(found)
    return found
