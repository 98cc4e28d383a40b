"""What a young person thinks before the meeting about a move that came sooner than was planned:
read by the officer who runs it, filed as what it is, and never coded."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
from sqlalchemy import Connection

from bot.documents.pdf import _view
from bot.service.house import House
from bot.service.meeting_kinds import KINDS
from bot.service.own_words import _title
from bot.web.context import now
from conversations.flows import FLOWS
from conversations.wording import Band
from storage import contributions
from storage import reviews as kept_reviews
from storage.contributions import Destination
from storage.reviews import Review, ReviewKind
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, today
from tests.desk.running import Desk
from tests.desk.test_reading import words

MEETING = "D-kai"
SAID = {
    "happened.wanted": "no",
    "happened.what": "Nobody asked me first",
    "before.see": "Ben and the dog",
    "next.matters": "Near my school",
    "meeting.how": "come_for_part",
}
VALID = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _said(db: Connection, house: House) -> None:
    day = today() + timedelta(days=5)
    review = Review(
        house.id, MEETING, f"person-{KAI}", ReviewKind.DISRUPTION, AMINA, day, day
    )  # fmt: skip
    kept_reviews.add(db, review, now())
    northborough.say(db, house, MEETING, SAID, "file")


def test_every_kind_of_meeting_asks_by_a_conversation_of_its_own() -> None:
    flows = [one.flow for one in KINDS.values()]

    assert len(set(flows)) == len(flows) == len(ReviewKind)
    assert set(flows) <= set(FLOWS)


def test_what_is_asked_after_a_move_is_short_and_speaks_of_no_review_of_theirs() -> None:
    flow = FLOWS["disruption"]
    theirs = [topic for topic in flow.topics if not topic.explains]

    assert 5 <= len(theirs) <= 8
    for topic in theirs:
        for question in topic.questions:
            said = [question.text, *question.lead, *(one.label for one in question.options)]
            for text in said:
                assert "my review" not in text.wording(Band.TWELVE).lower()


async def test_the_officer_reads_it_with_wishes_to_answer_and_no_code(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{MEETING}")

    assert "Disruption meeting" in page.seen
    assert words(page, "happened.what") == ["Nobody asked me first"]
    assert f'action="/desk/reviews/{MEETING}/code"' not in page.text
    asks = (await browser.get("/desk/asks")).seen
    assert asks.count("Kai Brennan") >= 2


async def test_it_is_filed_as_a_disruption_meeting_without_a_code(desk: Desk) -> None:
    house = desk.house
    await desk.store.write(lambda db: _said(db, house))

    (sent,) = await desk.store.read(lambda db: contributions.of_review(db, house.id, MEETING))

    document = sent.document(Destination.ORDINARY)
    assert document is not None
    VALID.validate(document)
    assert document["review"]["kind"] == document["flow"]["id"] == "disruption"
    assert document["proposed_participation"] is None
    assert len(document["asks"]) == 2
    about = _view(document)
    assert about["about"].endswith("Asked before a meeting about a move.")
    assert about["code"] is None


async def test_their_own_page_says_that_it_was_about_the_move(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))

    review = await desk.store.read(lambda db: kept_reviews.get(db, desk.house.id, MEETING))

    assert _title(review).plain == "Before the meeting about my move, {day}"
