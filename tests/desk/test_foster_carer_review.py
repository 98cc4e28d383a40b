"""What a child says of the people they live with, before those foster carers' review."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection

from bot.documents.pdf import _view
from bot.inviting import CannotInvite, invite_all
from bot.service.house import House
from bot.web.context import now
from storage import contributions, participation, people
from storage import reviews as kept_reviews
from storage.contributions import Destination
from storage.people import Staff
from storage.reviews import Review, ReviewKind
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, LENA, RUTH, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_reading import words

CARERS = "F-kai"
SAID = {"care.change": "Knock first", "home.feeling": "good", "rules.fair": "some"}
VALID = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _carers(db: Connection, house: House, in_days: int = 5) -> None:
    """The review of the people that Kai lives with."""
    day = today() + timedelta(days=in_days)
    review = Review(
        house.id, CARERS, f"person-{KAI}", ReviewKind.FOSTER_CARER, AMINA, day, day
    )  # fmt: skip
    kept_reviews.add(db, review, datetime.now(UTC))


def _said(db: Connection, house: House, in_days: int = 5, **how: str) -> None:
    _carers(db, house, in_days)
    northborough.say(db, house, CARERS, SAID, **how)


async def _post(browser: Browser, page: str, **fields: str) -> Page:
    token = (await browser.get("/desk/")).token
    return await browser.post(f"/desk/reviews/{CARERS}/{page}", {"token": token, **fields})


async def test_an_officer_reads_it_as_what_it_is_and_confirms_nothing(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    browser = await desk.signed_in(AMINA)
    assert "Foster carers’ review. Meeting on" in (await browser.get("/desk/")).seen

    page = await browser.get(f"/desk/reviews/{CARERS}")

    assert "Foster carers’ review" in page.seen
    assert words(page, "care.change") == ["Knock first"]
    assert words(page, "rules.fair") == ["Some"]
    assert "Kai was told that you should say what happens with it" in page.seen
    for of_their_own in ("wants to take part", "Code for this review", "Reading view", "PN"):
        assert of_their_own not in page.seen
    home = await browser.get("/desk/")
    assert 'data-state="ready"' in home.text
    assert "Foster carers" in (await browser.get("/desk/reviews")).seen
    said = {"method": "views_sent", "proposed": "views_sent", "seen": ""}
    assert (await _post(browser, "code", **said)).status == 404
    assert await desk.store.read(lambda db: participation.get(db, desk.house.id, CARERS)) is None
    dev = await desk.signed_in(DEV)
    assert (await dev.get(f"/desk/reviews/{CARERS}")).status == 404


async def test_it_waits_until_its_day_and_then_nothing_more_is_due(desk: Desk) -> None:
    await desk.store.write(lambda db: _carers(db, desk.house))
    browser = await desk.signed_in(AMINA)
    assert "Foster carers’ review" in (await browser.get("/desk/")).seen
    assert "Waiting for Kai" in (await browser.get(f"/desk/reviews/{CARERS}")).seen

    yesterday = today() - timedelta(days=1)
    hold = partial(kept_reviews.hold, council=desk.house.id, review_id=CARERS, held_on=yesterday)
    await desk.store.write(hold)

    assert "Foster carers’ review" not in (await browser.get("/desk/")).seen
    page = await browser.get(f"/desk/reviews/{CARERS}")
    assert "Kai sent nothing" in page.seen
    assert (
        "Ask how the review was" not in (await browser.get(f"/desk/reviews/{CARERS}/access")).seen
    )
    with pytest.raises(CannotInvite, match="not the young person's own"):
        await invite_all(desk.house, CARERS, 0, 0, after=True)


async def test_a_unit_does_not_count_it_and_a_colleague_may_stand_in(desk: Desk) -> None:
    ruth, tom = await desk.signed_in(RUTH), await desk.signed_in(TOM)
    before = (await ruth.get("/desk/unit")).seen

    await desk.store.write(lambda db: _said(db, desk.house))

    assert (await ruth.get("/desk/unit")).seen == before
    assert f"/desk/reviews/{CARERS}/cover" in (await tom.get("/desk/cover")).text


async def test_business_support_arranges_it_like_a_review(desk: Desk) -> None:
    def make(db: Connection) -> None:
        _carers(db, desk.house)
        iris = Staff(desk.house.id, "iris", "business_support", "Iris Mbeki")
        people.add_staff(db, desk.house.keys, iris, now())

    await desk.store.write(make)

    page = await (await desk.signed_in("iris")).get("/desk/")

    assert "Foster carers’ review. Meeting" in page.seen
    assert f"/desk/reviews/{CARERS}/invitation" in page.text


@pytest.mark.parametrize("audience", ["officer", "file"])
async def test_it_is_filed_as_a_foster_carers_review_without_a_code(
    desk: Desk, audience: str
) -> None:
    house = desk.house
    await desk.store.write(lambda db: _said(db, house, audience=audience))

    (sent,) = await desk.store.read(lambda db: contributions.of_review(db, house.id, CARERS))

    ordinary, restricted = map(sent.document, (Destination.ORDINARY, Destination.RESTRICTED))
    assert ordinary is not None
    for document in filter(None, (ordinary, restricted)):
        VALID.validate(document)
        assert document["review"]["kind"] == "foster_carer"
        assert document["review"]["review_id"] == CARERS
        assert document["flow"]["id"] == "foster_carer_review"
        assert document["who_typed"]["who"] == "young_person"
        assert document["proposed_participation"] is None
        assert _view(document)["about"].endswith("Asked before the review of their foster carers.")
    if audience == "officer":
        assert ordinary["answers"] == []
        assert ordinary["withheld"] == 3
        assert restricted is not None
        assert {one["audience"][0] for one in restricted["answers"]} == {"iro"}
    else:
        assert len(ordinary["answers"]) == 3


async def test_who_is_due_is_invited_to_it_too(desk: Desk) -> None:
    await desk.store.write(lambda db: _carers(db, desk.house))

    made = {one["review_id"]: one for one in await invite_all(desk.house, "", 4, 0)}

    assert made[CARERS]["kind"] == "foster_carer"
    assert LENA in made
