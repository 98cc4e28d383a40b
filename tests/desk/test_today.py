"""Today: what waits for whom, one tap each."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, update

from bot.access.roles import Role
from bot.desk.today import SECTIONS, has_today
from bot.service import rearranging
from bot.service.admission import Admitted
from bot.service.house import House
from storage import tasks
from storage.reviews import ReviewKind
from storage.tables import contributions, staff
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, IRIS, KAI, LENA, MAYA, NOOR, RUTH, TOM
from tests.desk.running import Desk


def test_each_kind_of_line_is_declared_once_and_what_shows_it_is_known() -> None:
    ids = [section.id for section in SECTIONS]
    assert len(ids) == len(set(ids))
    shows = {section.shows for section in SECTIONS}
    assert shows == {
        "lines", "notices", "alerts", "reviews", "tasks", "week", "wishes", "notes", "leavers",
    }  # fmt: skip
    starts = {
        role for role in Role if has_today(Admitted("s", role, "S", "", at=datetime.now(UTC)))
    }
    assert starts == {
        Role.IRO, Role.PATHWAY_REVIEW_OFFICER, Role.UNIT_MANAGER, Role.BUSINESS_SUPPORT,
    }  # fmt: skip


async def test_an_officer_sees_who_was_heard_this_week_and_invites_in_one_tap(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get("/desk/")

    assert "Meetings in the next seven days: 2" in page.seen
    assert f'<a class="govuk-link" href="/desk/reviews/{LENA}/access">Invite' in page.text
    assert "Kai Brennan Views in" in page.seen
    assert "Not heard yet, in the next four weeks: 1" in page.seen


async def test_a_pathway_officer_has_the_backlog_by_that_name(desk: Desk) -> None:
    def late(house: House, db: Connection) -> None:
        northborough.add(
            db, house, "P-late", "Lee Okoro", 19, DEV, meeting=None, due=-40,
            kind=ReviewKind.PATHWAY,
        )  # fmt: skip

    await desk.store.write(partial(late, desk.house))

    page = await (await desk.signed_in(DEV)).get("/desk/")

    assert "Backlog, past their date: 1" in page.seen
    assert "Overdue, 40 days" in page.seen


async def test_a_manager_sees_whom_nobody_heard_and_what_is_past_its_date(desk: Desk) -> None:
    def late(house: House, db: Connection) -> None:
        northborough.add(db, house, "R-late", "Lee Okoro", 9, AMINA, meeting=None, due=-1)

    await desk.store.write(partial(late, desk.house))

    page = await (await desk.signed_in(RUTH)).get("/desk/")

    assert "Meeting within two weeks, nothing sent: 1" in page.seen
    assert "Past their date: 1" in page.seen
    assert "1 day over" in page.seen
    assert f"/desk/reviews/{LENA}/access" in page.text
    assert northborough.WORDS[:20] not in page.seen


async def test_business_support_sees_what_to_do_next_and_no_word(desk: Desk) -> None:
    await desk.store.write(lambda db: northborough.noor(db, desk.house, arranger="yes"))

    page = await (await desk.signed_in(IRIS)).get("/desk/")

    assert "Invite: 1" in page.seen
    assert f"/desk/reviews/{LENA}/invitation" in page.text  # where a letter or a message is sent
    assert f"/desk/reviews/{LENA}/access" not in page.text
    assert "What young people want of their meeting: " in page.seen
    assert f"/desk/reviews/{NOOR}/meeting" in page.text
    assert "Canary" not in page.text
    assert northborough.TO_THE_ARRANGER not in page.text


async def test_wishes_leavers_and_what_did_not_arrive_are_lines_among_the_others(
    desk: Desk,
) -> None:
    def leaves(db: Connection) -> None:
        db.execute(update(staff).where(staff.c.staff_id == TOM).values(active=False))
        northborough.noor(db, desk.house)  # with Iris
        about = {"way": "sms", "why": "no such number"}
        task = Task("t", Kind.INVITATION_BOUNCED, f"person-{LENA}", LENA, about)
        tasks.add(db, desk.house.id, task, datetime.now(UTC))

    tom = await (await desk.signed_in(TOM)).get("/desk/")
    await desk.store.write(leaves)

    ruth, iris = [await (await desk.signed_in(who)).get("/desk/") for who in (RUTH, IRIS)]

    assert "Wishes to answer: 1" in tom.seen
    assert f"/desk/reviews/{MAYA}/asks" in tom.text
    assert "Has left, with open work: 1" in ruth.seen
    assert f"/desk/hand-over?from={TOM}" in ruth.text
    assert "Wishes to answer" not in ruth.seen
    assert "Invitations that did not arrive: 1" in iris.seen
    assert f"/desk/reviews/{LENA}/invitation" in iris.text


async def test_who_has_one_page_alone_starts_there(desk: Desk) -> None:
    page = await (await desk.signed_in(GRACE)).get("/desk/")

    assert page.url.endswith("/desk/audit")
    assert ">Today<" not in page.text


async def test_what_came_since_a_page_was_made_is_a_number(desk: Desk) -> None:
    amina = await desk.signed_in(AMINA)
    hour_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    assert (await amina.get(f"/desk/news?since={hour_ago}")).text == "0"

    def sent_now(db: Connection) -> None:
        db.execute(
            update(contributions)
            .where(contributions.c.review_id == KAI)
            .values(sent_at=datetime.now(UTC))
        )

    await desk.store.write(sent_now)

    assert (await amina.get(f"/desk/news?since={hour_ago}")).text == "1"
    assert (await (await desk.signed_in(DEV)).get(f"/desk/news?since={hour_ago}")).text == "0"
    for odd in ("", "x", "-1", "9" * 40, "²"):
        assert (await amina.get(f"/desk/news?since={odd}")).text == "0"


async def test_news_come_as_events_and_end_when_somebody_is_signed_out(desk: Desk) -> None:
    amina = await desk.signed_in(AMINA)
    address = f"{desk.base}/desk/news?since={int(datetime.now(UTC).timestamp()) - 40_000}"
    async with amina.session.get(address, headers={"Accept": "text/event-stream"}) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b"retry: 10000\n"
        assert await stream.content.readline() == b"\n"
        assert await stream.content.readline() == b"data: 1\n"


async def test_the_units_page_counts_all_and_not_only_the_first_that_it_names(desk: Desk) -> None:
    def many(db: Connection) -> None:
        for number in range(30):
            northborough.add(
                db, desk.house, f"M-{number}", f"Lee Okoro{number}", 9, AMINA, meeting=3, due=-1
            )
        rearranging.stand_down(db, desk.house, "M-0", "sayso", datetime.now(UTC))

    await desk.store.write(many)

    page = await (await desk.signed_in(RUTH)).get("/desk/unit")

    assert "30 reviews overdue" in page.seen
    assert "These are the first 25." in page.seen
    assert '/desk/reviews?state=overdue"' in page.text
    row = page.text.partition('data-kind="cioc"')[2].partition("</tr>")[0]
    assert re.findall(r'data-label="Stood down">(\d+)<', row) == ["1"]
    assert "Not said: 1" in page.seen
