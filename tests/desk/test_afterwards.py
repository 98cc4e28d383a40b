"""*My experience*: asked once a review was held, read like what was said before, and no meeting."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection, select

from bot.documents.pdf import _view
from bot.inviting import CannotInvite, invite_all
from bot.service import afterwards, invitations, keeping
from bot.service.house import House
from bot.service.invitations import LetIn
from bot.web.context import now
from storage import contributions, conversations, erasing, erasures, participation
from storage import keeping as stored
from storage import reviews as kept_reviews
from storage.contributions import Destination
from storage.erasures import What
from storage.errors import Unknown
from storage.tables import audit, reviews
from storage.tables import contributions as contributions_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, HANA, KAI, LENA, RUTH, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_reading import words

AFTER = f"{KAI}~after"
SAID = {"listened.was": "a_bit", "asked.waiting": "A lock on my door", "agreed.feeling": "mixed"}
VALID = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _hold(db: Connection, house: House, review_id: str = KAI) -> str:
    """It was held, and they are asked how it was; the id of that."""
    kept_reviews.hold(db, house.id, review_id, today())
    return afterwards.ask(db, house, review_id, "sayso", now())


def _said(db: Connection, house: House, review_id: str = KAI, **how: str) -> None:
    northborough.say(db, house, _hold(db, house, review_id), SAID, **how)


async def _post(browser: Browser, review_id: str, page: str, **fields: str) -> Page:
    token = (await browser.get("/desk/")).token
    return await browser.post(f"/desk/reviews/{review_id}/{page}", {"token": token, **fields})


async def test_an_officer_asks_how_a_held_review_was_and_hands_out_the_invitation(
    desk: Desk,
) -> None:
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{KAI}/access")
    assert "Ask how the review was" not in page.seen  # nobody has said that it was held
    await desk.store.write(lambda db: kept_reviews.hold(db, desk.house.id, KAI, today()))
    page = await browser.get(f"/desk/reviews/{KAI}/access")
    assert "Ask how the review was" in page.seen

    page = await _post(browser, KAI, "access", after="yes")

    assert page.url.endswith("/desk/reviews/R-kai~after/access")
    assert "How Kai gets in after the review" in page.seen
    assert "There was none yet." in page.seen
    made = await _post(browser, AFTER, "access")
    assert "Give it to Kai and to nobody else" in made.seen
    again = await browser.get(f"/desk/reviews/{KAI}/access")
    assert "Kai is asked how the review was" in again.seen
    await _post(browser, KAI, "access", after="yes")  # a second tap
    rows = await desk.store.read(
        lambda db: db.execute(select(reviews).where(reviews.c.looks_back_on == KAI)).all()
    )
    assert [row.review_id for row in rows] == [AFTER]
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act, audit.c.actor)).all())
    assert [row.actor for row in acts if row.act == "asked_afterwards"] == [f"staff:{AMINA}"]


async def test_nobody_asks_after_a_review_that_was_not_held_or_is_not_theirs(desk: Desk) -> None:
    amina, grace = await desk.signed_in(AMINA), await desk.signed_in(GRACE)

    assert (await _post(amina, LENA, "access", after="yes")).status == 404
    assert (await _post(amina, "R-nobody", "access", after="yes")).status == 404
    await desk.store.write(lambda db: kept_reviews.hold(db, desk.house.id, KAI, today()))
    assert (await _post(grace, KAI, "access", after="yes")).status == 404

    count = select(reviews.c.review_id).where(reviews.c.looks_back_on.is_not(None))
    assert await desk.store.read(lambda db: db.execute(count).all()) == []


async def test_what_is_said_afterwards_is_read_apart_from_what_was_said_before(
    desk: Desk,
) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    browser = await desk.signed_in(AMINA)
    home = await browser.get("/desk/")
    assert "After the review. Meeting held today" in home.seen

    page = await browser.get(f"/desk/reviews/{AFTER}")

    assert "After the review held today" in page.seen
    assert words(page, "listened.was") == ["A bit"]
    assert words(page, "asked.waiting") == ["A lock on my door"]
    assert words(page, "home.change") == []
    assert "Kai was told that you should say what happens with it" in page.seen
    for of_a_meeting in ("wants to take part", "Code for this review", "Reading view", "PN"):
        assert of_a_meeting not in page.seen
    before = await browser.get(f"/desk/reviews/{KAI}")
    assert words(before, "home.change") == [northborough.WORDS]
    assert words(before, "listened.was") == []
    assert "How Kai says the review was" in before.seen
    assert "The review itself" in page.seen
    home = await browser.get("/desk/")
    assert "After the review" not in home.seen  # it is read, and nothing more is due
    assert "After it" in (await browser.get("/desk/reviews")).seen


async def test_it_waits_without_being_called_late_or_not_heard(desk: Desk) -> None:
    await desk.store.write(lambda db: _hold(db, desk.house))
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{AFTER}")

    assert "Waiting for Kai" in page.seen
    assert "sent nothing" not in page.seen
    home = await browser.get("/desk/")
    assert "After the review" not in home.seen


async def test_a_unit_counts_reviews_and_not_what_is_asked_after_them(desk: Desk) -> None:
    ruth = await desk.signed_in(RUTH)
    await desk.store.write(lambda db: kept_reviews.hold(db, desk.house.id, KAI, today()))
    before = (await ruth.get("/desk/unit")).seen

    await desk.store.write(lambda db: _said(db, desk.house))

    assert (await ruth.get("/desk/unit")).seen == before


async def test_a_colleague_can_stand_in_for_what_is_not_read(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    tom = await desk.signed_in(TOM)

    assert f"/desk/reviews/{AFTER}/cover" in (await tom.get("/desk/cover")).text
    assert (await tom.get(f"/desk/reviews/{AFTER}")).status == 404  # until he says why

    await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{AFTER}")
    assert f"/desk/reviews/{AFTER}/cover" not in (await tom.get("/desk/cover")).text


async def test_nobody_confirms_how_they_took_part_in_it(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))
    browser = await desk.signed_in(AMINA)

    said = {"method": "views_sent", "proposed": "views_sent", "seen": ""}
    page = await _post(browser, AFTER, "code", **said)
    held = await _post(browser, AFTER, "held", **{"held_on-day": "1", "held_on-month": "1",
                                                  "held_on-year": "2026"})  # fmt: skip

    assert (page.status, held.status) == (404, 404)
    kept = await desk.store.read(lambda db: participation.get(db, desk.house.id, AFTER))
    assert kept is None
    proposed = await browser.get(f"/desk/reviews/{KAI}")
    assert "Confirm PN6" in proposed.text  # by what was sent before it alone


@pytest.mark.parametrize("review_id", [KAI, HANA])
async def test_it_is_filed_with_the_review_that_it_is_about_and_no_code(
    desk: Desk, review_id: str
) -> None:
    house, of_review = desk.house, contributions.of_review
    await desk.store.write(partial(_said, house=house, review_id=review_id, audience="file"))

    (sent,) = await desk.store.read(lambda db: of_review(db, house.id, f"{review_id}~after"))

    document = sent.document(Destination.ORDINARY)
    assert document is not None
    VALID.validate(document)
    assert document["review"]["review_id"] == review_id
    assert document["review"]["kind"] == ("cioc" if review_id == KAI else "pathway")
    assert document["review"]["date"] == today().isoformat()
    flow = "my_experience" if review_id == KAI else "my_experience_pathway"
    assert document["flow"]["id"] == flow
    assert document["proposed_participation"] is None
    assert document["taking_part"]["intention"] == "not_said"
    assert [ask["question_id"] for ask in document["asks"]] == ["asked.waiting"]
    reads = "social_worker" if review_id == KAI else "personal_adviser"
    assert all(reads in answer["audience"] for answer in document["answers"])
    before = await desk.store.read(lambda db: of_review(db, house.id, review_id))
    assert sent.contribution_id not in {one.contribution_id for one in before}
    assert _view(document)["about"].endswith("Asked after the review.")
    assert _view(document)["part"] == []


async def test_what_was_said_before_ends_without_what_was_said_afterwards(desk: Desk) -> None:
    """Each has a time of its own: a draft afterwards must not take with it what was sent before."""
    house = desk.house

    def make(db: Connection) -> None:
        after = _hold(db, house)
        invited = invitations.invite(db, house, after, now())
        invitations.let_in_by_code(db, house, invited.code, "", now())

    await desk.store.write(make)
    person = await desk.store.read(lambda db: stored.of_people(db, house.id, [f"person-{KAI}"]))
    ends = {one.review_id: keeping.end_of(one, house.council.keeping) for one in person}
    assert (ends[KAI][0], ends[AFTER][0]) == (What.WORDS, What.DRAFT)
    later = ends[AFTER][1] + timedelta(minutes=1)
    assert later < ends[KAI][1]

    ending = keeping.Ending(desk.store, house)
    while await ending.step(later):
        pass

    gone = await desk.store.read(lambda db: erasures.of_person(db, house.id, f"person-{KAI}"))
    assert [(one.what, one.review_id) for one in gone] == [(What.DRAFT, AFTER)]
    left = await desk.store.read(lambda db: contributions.of_review(db, house.id, KAI))
    assert len(left) == 1


async def test_erasing_a_person_takes_it_too(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house))

    await desk.store.write(lambda db: erasing.person(db, desk.house.id, f"person-{KAI}", now()))

    theirs = select(contributions_table).where(contributions_table.c.person_id == f"person-{KAI}")
    assert await desk.store.read(lambda db: db.execute(theirs).all()) == []


async def test_a_day_that_is_corrected_is_corrected_for_both(desk: Desk) -> None:
    await desk.store.write(lambda db: _hold(db, desk.house))
    yesterday = today() - timedelta(days=1)

    await desk.store.write(lambda db: kept_reviews.hold(db, desk.house.id, KAI, yesterday))

    after = await desk.store.read(lambda db: kept_reviews.get(db, desk.house.id, AFTER))
    assert (after.meeting_on, after.held, after.known_as) == (yesterday, True, KAI)


async def test_asked_twice_is_asked_once_and_what_looks_back_looks_back_on_nothing_more(
    desk: Desk,
) -> None:
    def twice(db: Connection) -> tuple[str, str, str]:
        first = _hold(db, desk.house)
        again = afterwards.ask(db, desk.house, KAI, "sayso", now())
        return first, again, afterwards.ask(db, desk.house, first, "sayso", now())

    assert await desk.store.write(twice) == (AFTER, AFTER, AFTER)
    with pytest.raises(afterwards.NotHeld):
        await desk.store.write(lambda db: afterwards.ask(db, desk.house, LENA, "sayso", now()))
    with pytest.raises(Unknown):
        await desk.store.write(lambda db: afterwards.ask(db, desk.house, "R-no", "sayso", now()))


async def test_a_pathway_review_officer_reads_a_care_leavers(desk: Desk) -> None:
    await desk.store.write(lambda db: _said(db, desk.house, HANA))

    page = await (await desk.signed_in(DEV)).get(f"/desk/reviews/{HANA}~after")

    assert "After the pathway review held today" in page.seen
    assert words(page, "asked.waiting") == ["A lock on my door"]


async def test_the_command_line_invites_after_a_review_that_was_held(desk: Desk) -> None:
    with pytest.raises(CannotInvite, match="Nobody has said that R-lena was held"):
        await invite_all(desk.house, LENA, 0, 0, after=True)
    with pytest.raises(CannotInvite, match="has no review 'R-no'"):
        await invite_all(desk.house, "R-no", 0, 0, after=True)
    await desk.store.write(lambda db: kept_reviews.hold(db, desk.house.id, KAI, today()))

    (made,) = await invite_all(desk.house, KAI, 0, 0, after=True)

    assert (made["review_id"], made["kind"], made["band"]) == (AFTER, "cioc", "12-15")
    let_in = await desk.store.write(
        lambda db: invitations.let_in_by_code(db, desk.house, made["code"], "", now())
    )
    assert isinstance(let_in, LetIn)
    kept = await desk.store.read(
        lambda db: conversations.get(db, desk.house.id, let_in.conversation_id)
    )
    assert kept.conversation.flow_id == "my_experience"
    assert kept.open_until > now() + timedelta(days=1)  # the meeting's day is over
    everybody = {one["review_id"] for one in await invite_all(desk.house, "", 52, 0)}
    assert AFTER not in everybody
