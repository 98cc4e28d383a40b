"""What a child thinks before a child protection conference: read by the chair, and never coded."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection

from bot.documents.pdf import _view
from bot.inviting import CannotInvite, invite_all
from bot.service.house import House
from bot.web.context import now
from storage import contributions, participation
from storage import reviews as kept_reviews
from storage.contributions import Destination
from storage.reviews import Review, ReviewKind
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, RUTH, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_reading import words

MEETING = "C-kai"
SAID = {
    "home.change": "I want it to be quiet",
    "worry.what": "Nothing much",
    "meeting.how": "send_views",
    "meeting.why_not": "a_person_there",
    "meeting.first": "My school",
    "meeting.tell": "meeting",
}
VALID = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _conference(db: Connection, house: House) -> None:
    day = today() + timedelta(days=5)
    kai = f"person-{KAI}"
    kept_reviews.add(
        db, Review(house.id, MEETING, kai, ReviewKind.CONFERENCE, AMINA, day, day), now()
    )


def _said(db: Connection, house: House, audience: str = "officer") -> None:
    _conference(db, house)
    northborough.say(db, house, MEETING, SAID, audience)


async def _post(browser: Browser, page: str, **fields: str) -> Page:
    token = (await browser.get("/desk/")).token
    return await browser.post(f"/desk/reviews/{MEETING}/{page}", {"token": token, **fields})


async def test_the_chair_reads_it_with_how_the_child_wants_to_take_part_and_no_code(
    desk: Desk,
) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    browser = await desk.signed_in(AMINA)
    assert "Child protection conference. Meeting on" in (await browser.get("/desk/")).seen

    page = await browser.get(f"/desk/reviews/{MEETING}")

    assert "Child protection conference" in page.seen
    assert words(page, "home.change") == ["I want it to be quiet"]
    assert words(page, "meeting.first") == ["My school"]
    assert "Only you; not in the file" in page.seen
    assert "How Kai wants to take part" in page.seen
    assert "Send what I think" in page.seen
    assert "Someone who'll be there" in page.seen
    assert "Code for this review" not in page.seen
    assert "PN" not in page.seen
    assert 'data-state="ready"' in (await browser.get("/desk/")).text
    assert "Conference" in (await browser.get("/desk/reviews")).seen
    said = {"method": "views_sent", "proposed": "views_sent", "seen": ""}
    assert (await _post(browser, "code", **said)).status == 404
    assert await desk.store.read(lambda db: participation.get(db, desk.house.id, MEETING)) is None
    assert (await (await desk.signed_in(DEV)).get(f"/desk/reviews/{MEETING}")).status == 404
    with pytest.raises(CannotInvite):
        await invite_all(desk.house, MEETING, 0, 0, after=True)


async def test_who_is_let_hear_it_at_the_meeting_stands_in_the_reading_view(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house, "pick"))
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{MEETING}")

    assert "Reading view for the meeting" in page.seen
    aloud = await browser.get(f"/desk/reviews/{MEETING}/reading")
    assert words(aloud, "home.change") == []  # for the chair alone


async def test_a_unit_does_not_count_it_and_another_chair_may_stand_in(desk: Desk) -> None:
    ruth, tom = await desk.signed_in(RUTH), await desk.signed_in(TOM)
    before = (await ruth.get("/desk/unit")).seen

    await desk.store.write(lambda db: _said(db, desk.house))

    assert (await ruth.get("/desk/unit")).seen == before
    assert f"/desk/reviews/{MEETING}/cover" in (await tom.get("/desk/cover")).text


@pytest.mark.parametrize("audience", ["officer", "file"])
async def test_it_is_filed_as_a_conference_for_the_chair_without_a_code(
    desk: Desk, audience: str
) -> None:
    house = desk.house
    await desk.store.write(lambda db: _said(db, house, audience))

    (sent,) = await desk.store.read(lambda db: contributions.of_review(db, house.id, MEETING))

    ordinary, restricted = map(sent.document, (Destination.ORDINARY, Destination.RESTRICTED))
    assert ordinary is not None
    for document in filter(None, (ordinary, restricted)):
        VALID.validate(document)
        assert document["review"]["kind"] == document["flow"]["id"] == "conference"
        assert document["proposed_participation"] is None
        for answer in document["answers"]:
            assert answer["audience"][0] == "conference_chair"
        about = _view(document)
        assert about["about"].endswith("Asked before a child protection conference.")
        assert about["code"] is None
    if audience == "officer":
        assert (ordinary["answers"], ordinary["withheld"]) == ([], 2)
        assert ordinary["taking_part"]["intention"] == "not_said"
        assert restricted is not None
        assert restricted["taking_part"]["absence_reasons"] == ["a_person_there"]
    else:
        assert restricted is None
        assert ordinary["taking_part"]["first"] == "My school"
        assert "Chair of the conference" in _view(ordinary)["answers"][0]["hears"]
