"""A foster carer's own form at the desk: who chairs reads it, and nobody takes it for a child's."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection

from bot.documents.pdf import _view
from bot.inviting import CannotInvite, invite_all
from bot.service import carers
from bot.service.carers import Household
from bot.service.house import House
from bot.web.context import now
from conversations.hearing import Command, Name, Text
from storage import allocations, contributions, participation, people
from storage import reviews as kept_reviews
from storage.allocations import Allocation
from storage.contributions import Destination
from storage.people import Staff
from storage.reviews import ReviewKind
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, KAI, RUTH, TOM, today
from tests.desk.running import Browser, Desk
from tests.desk.test_alerts import said, signed_in
from tests.desk.test_reading import words
from tests.desk.test_roles import DUTY, WORKER, people_of_every_role

FORM = "F-lund"
SAID = {"year.hard": "Three changes of worker", "support.breaks": "no", "approval.change": "ages"}
VALID = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _household(db: Connection, house: House, in_days: int = 5) -> None:
    day = today() + timedelta(days=in_days)
    household = Household("Jo and Pat Lund", "NF-77", FORM, "Amina Yusuf", day, day)
    carers.add(db, house, household, "sayso", datetime.now(UTC))


def _sent(db: Connection, house: House, audience: str = "officer") -> None:
    _household(db, house)
    northborough.say(db, house, FORM, SAID, audience=audience)


async def _post(browser: Browser, page: str, **fields: str) -> int:
    token = (await browser.get("/desk/")).token
    found = await browser.post(f"/desk/reviews/{FORM}/{page}", {"token": token, **fields})
    return found.status


async def test_who_chairs_reads_an_adults_form_and_confirms_nothing(desk: Desk) -> None:
    await desk.store.write(lambda db: _sent(db, desk.house))
    browser = await desk.signed_in(AMINA)
    assert "Foster carers’ own forms: 1" in (await browser.get("/desk/")).seen

    page = await browser.get(f"/desk/reviews/{FORM}")

    assert "The form of Jo and Pat Lund" in page.seen
    assert "Jo and Pat Lund, foster carer. Foster carers’ own form. Review on" in page.seen
    assert "It is filed to the household’s record and is no child’s contribution" in page.seen
    assert words(page, "year.hard") == ["Three changes of worker"]
    assert words(page, "approval.change") == ["Other ages"]
    for of_a_child in (
        "wants to take part", "Code for this review", "Reading view", "PN", "young person",
        "A wish", "None",
    ):  # fmt: skip
        assert of_a_child not in page.seen
    said = {"method": "views_sent", "proposed": "views_sent", "seen": ""}
    assert await _post(browser, "code", **said) == 404
    assert await desk.store.read(lambda db: participation.get(db, desk.house.id, FORM)) is None
    assert "Brief an advocate" not in page.seen
    assert (await browser.get(f"/desk/reviews/{FORM}/advocate")).status == 404
    home = (await browser.get("/desk/")).text
    assert f'/desk/reviews/{FORM}"' in home


async def test_it_stands_in_lists_of_its_own(desk: Desk) -> None:
    browser, ruth = await desk.signed_in(AMINA), await desk.signed_in(RUTH)
    before, unit = (await browser.get("/desk/")).seen, (await ruth.get("/desk/unit")).seen

    await desk.store.write(lambda db: _sent(db, desk.house))

    after = await browser.get("/desk/")
    for heading in ("Read: ", "Not heard yet, in the next four weeks: "):
        assert (heading in before) is (heading in after.seen)
        if heading in before:
            count = before.partition(heading)[2][:2]
            assert after.seen.partition(heading)[2][:2] == count
    assert (await ruth.get("/desk/unit")).seen == unit
    (mine,) = re.findall(
        r"<tr(?:(?!</tr>).)*Jo and Pat Lund.*?</tr>",
        (await browser.get("/desk/reviews")).text,
        re.DOTALL,
    )
    assert "Their own form" in mine
    assert "In care" not in mine


@pytest.mark.parametrize(("who", "status"), [(DEV, 404), (GRACE, 404), (TOM, 404)])
async def test_nobody_else_opens_it(desk: Desk, who: str, status: int) -> None:
    """A colleague of the same kind stands in by breaking the glass, as for any review."""
    await desk.store.write(lambda db: _sent(db, desk.house))
    browser = await desk.signed_in(who)

    page = await browser.get(f"/desk/reviews/{FORM}")

    assert page.status == status
    assert "Three changes" not in page.text


async def test_who_works_with_young_people_has_no_page_of_a_carer(desk: Desk) -> None:
    """Even where somebody allocated the household to them, and it is for the file."""
    await desk.store.write(lambda db: people_of_every_role(db, desk))

    def make(db: Connection) -> str:
        _sent(db, desk.house, audience="file")
        person_id = kept_reviews.get(db, desk.house.id, FORM).person_id
        since = today() - timedelta(days=9)
        mine = Allocation(desk.house.id, person_id, WORKER, "social_worker", since)
        allocations.add(db, mine)
        return person_id

    person_id = await desk.store.write(make)
    browser = await desk.signed_in(WORKER)

    listed = await browser.get("/desk/young-people")

    assert listed.status == 200
    assert "Lund" not in listed.text
    assert (await browser.get(f"/desk/young-people/{person_id}")).status == 404


@pytest.mark.parametrize("audience", ["officer", "file"])
async def test_it_is_filed_to_the_household_as_an_adults_form(desk: Desk, audience: str) -> None:
    house = desk.house
    await desk.store.write(lambda db: _sent(db, house, audience=audience))

    (sent,) = await desk.store.read(lambda db: contributions.of_review(db, house.id, FORM))

    ordinary, restricted = map(sent.document, (Destination.ORDINARY, Destination.RESTRICTED))
    assert ordinary is not None
    for document in filter(None, (ordinary, restricted)):
        VALID.validate(document)
        assert (document["case_id"], document["review"]["kind"]) == ("NF-77", "foster_carer")
        assert document["flow"] == {"id": "foster_carer_form", "version": 1, "band": "adult"}
        assert document["who_typed"]["who"] == "carer"
        assert document["proposed_participation"] is None
        assert document["taking_part"]["intention"] == "not_said"
        view = _view(document)
        assert view["title"].startswith("What the foster carer says of their fostering")
        assert view["about"].endswith("Asked before the review of their own fostering.")
        assert "young person" not in json.dumps(view)
    if audience == "officer":
        assert (ordinary["answers"], ordinary["withheld"]) == ([], 3)
        assert restricted is not None
        assert {tuple(one["audience"]) for one in restricted["answers"]} == {("iro",)}
    else:
        assert restricted is None
        assert {tuple(one["audience"]) for one in ordinary["answers"]} == {("iro", "social_worker")}


async def test_an_alert_says_that_a_carer_writes_who_sees_nothing_of_it(desk: Desk) -> None:
    def begin(db: Connection) -> None:
        _household(db, desk.house)
        northborough.say(db, desk.house, FORM, {})

    await desk.store.write(begin)
    alert = await said(desk, FORM, Text(words="I hit the little one with a belt", to="year.hard"))
    pressed = await said(desk, FORM, Command(name=Name.HELP))
    browser = await signed_in(desk, DUTY)

    for one in (alert, pressed):
        page = await browser.get(f"/desk/alerts/{one.alert_id}")
        assert page.status == 200
        assert "A foster carer, in the form about their own fostering" in page.seen
        assert "Nothing of this alert is shown to Jo and Pat Lund" in page.seen
        assert "was told that" not in page.seen
        assert "Born" not in page.seen
        assert "NF-77" in page.seen
    assert "Jo and Pat Lund" in (await browser.get("/desk/alerts")).seen


async def test_business_support_invites_them_and_nobody_asks_them_how_a_review_was(
    desk: Desk,
) -> None:
    def make(db: Connection) -> None:
        _household(db, desk.house)
        iris = Staff(desk.house.id, "iris", "business_support", "Iris Mbeki")
        people.add_staff(db, desk.house.keys, iris, now())

    await desk.store.write(make)
    browser = await desk.signed_in("iris")

    page = await browser.get("/desk/")
    assert "Jo and Pat Lund, foster carer" in page.seen
    assert "Their own form" in page.seen
    access = await browser.get(f"/desk/reviews/{FORM}/access")
    assert "How Jo and Pat Lund" in access.seen
    assert "Ask how the review was" not in access.seen
    made = {one["review_id"]: one for one in await invite_all(desk.house, "", 4, 0)}
    assert (made[FORM]["kind"], made[FORM]["band"]) == (ReviewKind.FOSTER_CARER.value, "adult")
    with pytest.raises(CannotInvite, match="not the young person's own"):
        await invite_all(desk.house, FORM, 0, 0, after=True)


@pytest.mark.parametrize("page", ["copy", "erase"])
async def test_copy_and_erasure_pages_are_the_households_own(desk: Desk, page: str) -> None:
    await desk.store.write(lambda db: _sent(db, desk.house))
    browser = await desk.signed_in(AMINA if page == "copy" else RUTH)

    found = await browser.get(f"/desk/reviews/{FORM}/{page}")

    assert found.status == 200
    assert "Jo and Pat Lund, foster carer" in found.seen
    assert "Kai" not in found.seen
    assert KAI not in found.text
