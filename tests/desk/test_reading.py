"""What an officer reads: the words first, verbatim, and only those of their own children."""

import re
from html import unescape

from sqlalchemy import Connection, select, update
from yarl import URL

from bot.web.context import now
from storage import contributions, people
from storage.contributions import Destination, Filing
from storage.people import Staff
from storage.tables import audit, readings, staff
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, MAYA, RUTH, TOM, WORDS
from tests.desk.running import Desk, Page


def words(page: Page, question: str) -> list[str]:
    """What stands in the strips of a question, as a browser reads it."""
    found = re.findall(
        rf'<blockquote [^>]*data-question="{re.escape(question)}"[^>]*>(.*?)</blockquote>',
        page.text,
        re.DOTALL,
    )
    return [unescape(text) for text in found]


async def test_an_officer_reads_every_word_as_it_was_written(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{KAI}")

    assert words(page, "home.change") == [WORDS]
    assert words(page, "home.feeling") == ["Not good"]
    assert words(page, "meeting.first") == ["My brother"]
    assert "<script>alert" not in page.text
    assert page.text.index("data-question") < page.text.index("How this reached you")


async def test_beside_each_answer_stands_who_may_hear_it(desk: Desk) -> None:
    kai = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}")
    maya = await (await desk.signed_in(TOM)).get(f"/desk/reviews/{MAYA}")

    assert "Only you; not in the file" in kai.seen
    assert "You and the social worker; in the file" in maya.seen


async def test_a_wish_is_marked_and_how_they_want_to_take_part_stands_beside(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}")

    assert page.text.count(">A wish<") == 1
    assert "Send what I think" in page.seen
    assert "typed it in the web chat" in page.seen
    assert "were explained" in page.seen


async def test_opening_is_reading_and_the_audit_says_so(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    before = await browser.get("/desk/")
    assert 'data-state="read"' in before.text

    await browser.get(f"/desk/reviews/{KAI}")
    await browser.get(f"/desk/reviews/{KAI}")

    read = await desk.store.read(lambda db: db.execute(select(readings)).all())
    noted = await desk.store.read(
        lambda db: db.execute(select(audit).where(audit.c.act == "review_read")).all()
    )
    assert [row.staff_id for row in read] == [AMINA]
    assert [row.actor for row in noted] == ["staff:amina"] * 2
    assert all("brother" not in row.detail for row in noted)
    after = await browser.get("/desk/")
    assert 'data-state="read"' not in after.text


async def test_nobody_opens_another_teams_review_and_cannot_tell_that_it_exists(
    desk: Desk,
) -> None:
    each_alone = update(staff).values(team=staff.c.staff_id)
    await desk.store.write(lambda db: db.execute(each_alone))
    nowhere = await (await desk.signed_in(TOM)).get("/desk/reviews/R-nobody")
    assert nowhere.status == 404

    for staff_id, review in ((TOM, KAI), (DEV, KAI), (RUTH, KAI), (AMINA, HANA), (AMINA, MAYA)):
        browser = await desk.signed_in(staff_id)
        for page in ("", "/reading", "/versions/1"):
            found = await browser.get(f"/desk/reviews/{review}{page}")
            assert found.status == 404
            assert _same(found) == _same(nowhere)


def _same(page: Page) -> str:
    return page.text[page.text.index("<main") : page.text.index("</main>")]


async def test_a_draft_is_shown_to_nobody(desk: Desk) -> None:
    await desk.store.write(lambda db: northborough.begin(db, desk.house, LENA, "not sent yet"))
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{LENA}")

    assert "Waiting for Lena" in page.seen
    assert "not sent yet" not in page.text


async def test_an_earlier_version_can_be_read_and_says_that_it_is_one(desk: Desk) -> None:
    await _second_version(desk, "Now I want to see him every day")
    browser = await desk.signed_in(AMINA)

    newest = await browser.get(f"/desk/reviews/{KAI}")
    earlier = await browser.get(f"/desk/reviews/{KAI}/versions/1")

    assert words(newest, "home.change") == ["Now I want to see him every day"]
    assert words(earlier, "home.change") == [WORDS]
    assert "This is an earlier version" in earlier.seen
    for number in ("0", "3", "99999999999", "x", "-1", "１"):
        assert (await browser.get(f"/desk/reviews/{KAI}/versions/{number}")).status == 404


async def _second_version(desk: Desk, said: str) -> None:
    await desk.store.write(lambda db: northborough.change(db, desk.house, KAI, "home.change", said))


async def test_a_changed_contribution_is_new_again(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    await browser.get(f"/desk/reviews/{KAI}")

    await _second_version(desk, "Something else")

    page = await browser.get("/desk/")
    assert 'data-state="read"' in page.text


async def test_it_says_where_each_version_was_filed(desk: Desk) -> None:
    def write(db: Connection) -> None:
        sent = contributions.of_review(db, desk.house.id, MAYA)[0]
        contributions.set_filing(
            db, desk.house.id, sent.contribution_id, 1, Destination.ORDINARY, Filing.FILED,
            at=now(), reference="NB-R-maya/abc-v1.json",
        )  # fmt: skip

    await desk.store.write(write)
    maya = await (await desk.signed_in(TOM)).get(f"/desk/reviews/{MAYA}")
    kai = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}")

    assert "Case record NB-R-maya/abc-v1.json Filed" in maya.seen
    assert "Restricted record Kept here only" in kai.seen


async def test_the_reading_view_shows_only_what_everyone_may_hear(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}/reading")

    assert words(page, "home.change") == []
    assert "brother" not in page.text
    assert "only" not in page.seen.lower()


async def test_today_says_first_what_was_sent_then_what_waits(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get("/desk/")

    states = re.findall(r'data-state="(\w+)"', page.text)
    assert states == ["read", "confirm", "waiting"]
    assert "Kai Brennan, 13" in page.seen
    assert "Meeting today" in page.seen
    assert "Maya" not in page.seen


async def test_a_pathway_review_officer_sees_care_leavers_and_no_codes(desk: Desk) -> None:
    browser = await desk.signed_in(DEV)

    page = await browser.get(f"/desk/reviews/{HANA}")

    assert words(page, "plan.change") == ["A provisional licence"]
    assert "PN" not in page.seen
    assert "Attended and spoke for self" in page.seen
    assert "code" not in page.seen.lower()


async def test_a_unit_manager_sees_what_waits_and_never_a_word(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)

    pages = [await browser.get(f"/desk/{here}") for here in ("", "unit", "reviews")]

    assert [page.status for page in pages] == [200, 200, 200]
    assert "Lena Novak" in pages[1].seen
    for page in pages:
        for said in ("brother", "own words", "licence"):
            assert said not in page.text


async def test_what_is_due_and_not_said_to_be_held_is_overdue_and_counted_once(desk: Desk) -> None:
    house = desk.house

    def write(db: Connection) -> None:
        northborough.add(db, house, "R-day-over", "Day Over", 12, TOM, meeting=-9, due=-2)
        northborough.add(db, house, "R-undated", "No Date", 12, TOM, meeting=None, due=-1)
        northborough.add(db, house, "R-arranged", "Late Day", 12, TOM, meeting=5, due=-3)
        northborough.add(db, house, "R-held", "Held Late", 12, TOM, meeting=-1, due=-9, held=True)
        northborough.add(db, house, "R-in-time", "Last Day", 12, TOM, meeting=-4, due=0)

    await desk.store.write(write)

    unit = (await (await desk.signed_in(RUTH)).get("/desk/unit")).text
    overdue = unit[unit.index("Reviews past their due date") : unit.index("Reviews in hand")]
    listed = {
        name for name in ("Day Over", "No Date", "Late Day", "Held", "Last") if name in overdue
    }
    assert listed == {"Day Over", "No Date", "Late Day"}
    figures = [int(one) for one in re.findall(r'<li class="govuk-body"><b>(\d+)</b>', unit)]
    row = unit[unit.index(">The unit<") :]
    in_table = dict(re.findall(r'data-label="([^"]+)">(\d+)<', row))
    assert figures[1] == int(in_table["Overdue"]) == 3
    assert figures[2] == int(in_table["To confirm"]) == 5  # Kai, Hana, Tiny, Held Late, Last Day
    assert int(in_table["All"]) == 10 == sum(int(n) for n in in_table.values()) // 2
    toms = (await (await desk.signed_in(TOM)).get("/desk/")).seen
    assert "Overdue: 3" in toms
    assert "Say whether it was held." in toms


async def test_an_officer_without_reviews_reads_what_to_do(desk: Desk) -> None:
    new = Staff(desk.house.id, "new", "iro", "Nia New")
    await desk.store.write(lambda db: people.add_staff(db, desk.house.keys, new, now()))
    browser = await desk.signed_in("new")

    assert "Nothing waits for you today." in (await browser.get("/desk/")).seen
    assert "No reviews are yours yet." in (await browser.get("/desk/reviews")).seen


async def test_a_review_id_may_hold_any_sign(desk: Desk) -> None:
    odd = "R/1 ?#%é"
    await desk.store.write(
        lambda db: northborough.add(db, desk.house, odd, "Odd One", 12, AMINA, meeting=3, due=4)
    )
    browser = await desk.signed_in(AMINA)
    address = re.search(r'href="(/desk/reviews/R%2F1[^"]*)"', (await browser.get("/desk/")).text)
    assert address

    url = URL(desk.base + address[1], encoded=True)
    async with browser.session.get(url) as answer:
        assert answer.status == 200
        assert "Waiting for Odd" in await answer.text()


async def test_ids_that_no_database_takes_are_not_found(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    for odd in ("%00", "%0a", "%ff", "%ed%a0%80", "'%20OR%201=1", "%F0%9F%98%80" * 40, ".."):
        url = URL(f"{desk.base}/desk/reviews/{odd}", encoded=True)
        async with browser.session.get(url, allow_redirects=False) as answer:
            assert answer.status == 404, odd


async def test_that_they_were_told_of_a_wish_is_said_only_where_they_were(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    told = "was told that you should say what happens with it."
    page = await browser.get(f"/desk/reviews/{KAI}")
    assert page.seen.count(told) == 1

    await desk.store.write(lambda db: northborough.sent_by_flow_version_1(db, desk.house, KAI))
    page = await browser.get(f"/desk/reviews/{KAI}")

    assert page.text.count(">A wish<") == 1
    assert told not in page.seen
    assert "Say what happens with it." in page.seen
