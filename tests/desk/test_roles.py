"""What business support, duty, social workers, personal advisers, IT and auditors see, and that
it is no more."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from sqlalchemy import Connection, insert, select

from bot.access.roles import Role
from bot.service import invitations
from bot.web.context import now
from storage import allocations, people
from storage.allocations import Allocation
from storage.people import Staff
from storage.reviews import ReviewKind
from storage.tables import audit, inbox, readings
from tests.browser import COMPUTER, PHONE, running_browser, window
from tests.desk import northborough
from tests.desk.northborough import HANA, KAI, LENA, MAYA, TINY, WORDS, today
from tests.desk.running import Browser, Desk

SUPPORT, DUTY, WORKER, ADVISER, IT, AUDITOR = "iris", "rae", "joanna", "nadia", "callum", "helen"
NEW = {
    SUPPORT: (Role.BUSINESS_SUPPORT, "Iris Mbeki"),
    DUTY: (Role.DUTY_WORKER, "Rae Collins"),
    WORKER: (Role.SOCIAL_WORKER, "Joanna Reid"),
    ADVISER: (Role.PERSONAL_ADVISER, "Nadia Hussain"),
    IT: (Role.COUNCIL_IT, "Callum Price"),
    AUDITOR: (Role.AUDITOR, "Helen Sato"),
}


def people_of_every_role(db: Connection, desk: Desk) -> None:
    """The staff above; Kai, Maya and Hana allocated, Lena only until yesterday."""
    house = desk.house
    for staff_id, (role, name) in NEW.items():
        people.add_staff(db, house.keys, Staff(house.id, staff_id, role.value, name), now())
    since = today() - timedelta(days=30)
    for review, staff_id, kind, until in (
        (KAI, WORKER, "social_worker", None),
        (MAYA, WORKER, "social_worker", today()),
        (LENA, WORKER, "social_worker", today() - timedelta(days=1)),
        (TINY, WORKER, "personal_adviser", None),
        (HANA, ADVISER, "personal_adviser", None),
    ):
        one = Allocation(house.id, f"person-{review}", staff_id, kind, since, until)
        allocations.add(db, one)


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Chromium]:
    """In the event loop of the desk itself."""
    async with running_browser() as started:
        yield started


async def _signed_in(desk: Desk, staff_id: str) -> Browser:
    await desk.store.write(lambda db: people_of_every_role(db, desk))
    return await desk.signed_in(staff_id)


@pytest.mark.parametrize(
    ("staff_id", "start"),
    [
        (SUPPORT, "Reviews to arrange"),
        (DUTY, "No alert waits."),
        (WORKER, "My young people"),
        (ADVISER, "My young people"),
        (IT, "Installation"),
        (AUDITOR, "Audit"),
    ],
)
async def test_each_starts_where_their_work_is_and_sees_no_word(
    desk: Desk, staff_id: str, start: str
) -> None:
    page = await (await _signed_in(desk, staff_id)).get("/desk/")

    assert page.status == 200
    assert start in page.seen
    assert "brother" not in page.text
    assert "own words" not in page.text


async def test_a_social_worker_reads_verbatim_what_was_shared_with_them(desk: Desk) -> None:
    said = {"home.change": WORDS, "school.feeling": "mixed", "meeting.how": "come"}
    await desk.store.write(lambda db: northborough.say(db, desk.house, LENA, said, "file"))
    browser = await _signed_in(desk, WORKER)

    listed = await browser.get("/desk/young-people")
    assert "Maya Okafor, 14" in listed.seen
    assert "1 answer shared with you" in listed.seen
    page = await browser.get(f"/desk/young-people/person-{MAYA}")

    assert page.status == 200
    assert "What Maya shares with you" in page.seen
    words = re.findall(r'<blockquote[^>]*data-question="home.change"[^>]*>(.*?)<', page.text)
    assert words == ["Maya&#39;s own words"]


async def test_what_is_for_the_officer_alone_reaches_no_social_worker(desk: Desk) -> None:
    browser = await _signed_in(desk, WORKER)

    listed = await browser.get("/desk/young-people")
    assert "Kai Brennan, 13" in listed.seen
    assert "Nothing shared with you yet." in listed.seen
    page = await browser.get(f"/desk/young-people/person-{KAI}")

    assert page.status == 200
    assert "Kai has shared nothing with you yet" in page.seen
    assert "brother" not in page.text
    assert "not good" not in page.text.lower()


async def test_who_is_allocated_to_somebody_else_or_no_more_is_not_there(desk: Desk) -> None:
    browser = await _signed_in(desk, WORKER)

    listed = await browser.get("/desk/young-people")
    for review, name in ((LENA, "Lena"), (HANA, "Hana"), (TINY, "Tiny")):
        assert name not in listed.seen
        assert (await browser.get(f"/desk/young-people/person-{review}")).status == 404
    assert (await browser.get(f"/desk/young-people/person-{MAYA}")).status == 200


async def test_a_personal_adviser_reads_a_pathway_contribution_only_if_it_is_shared(
    desk: Desk,
) -> None:
    browser = await _signed_in(desk, ADVISER)
    address = f"/desk/young-people/person-{HANA}"
    assert "licence" not in (await browser.get(address)).text

    await desk.store.write(
        lambda db: northborough.add(
            db, desk.house, "P-next", "Nia Bell", 19, northborough.DEV,
            meeting=3, due=9, kind=ReviewKind.PATHWAY,
        )
    )  # fmt: skip
    said = {"plan.change": "A room of my own", "meeting.how": "phone"}
    await desk.store.write(lambda db: northborough.say(db, desk.house, "P-next", said, "file"))
    mine = Allocation(desk.house.id, "person-P-next", ADVISER, "personal_adviser", today())
    await desk.store.write(lambda db: allocations.add(db, mine))

    page = await browser.get("/desk/young-people/person-P-next")
    assert "A room of my own" in page.seen
    assert "Coming to the meeting:" in page.seen


async def test_a_changed_answer_is_read_as_it_stands_now(desk: Desk) -> None:
    await desk.store.write(
        lambda db: northborough.change(db, desk.house, MAYA, "home.change", "Changed")
    )
    browser = await _signed_in(desk, WORKER)

    page = await browser.get(f"/desk/young-people/person-{MAYA}")

    assert ">Changed</blockquote>" in page.text
    assert "own words" not in page.text[page.text.index("<blockquote") : -1].split("</section>")[0]


async def test_a_reading_of_what_is_shared_is_kept_and_audited(desk: Desk) -> None:
    browser = await _signed_in(desk, WORKER)
    await browser.get("/desk/young-people")
    await browser.get(f"/desk/young-people/person-{KAI}")  # nothing shared: nothing read

    await browser.get(f"/desk/young-people/person-{MAYA}")

    acts = await desk.store.read(
        lambda db: db.execute(
            select(audit.c.act, audit.c.detail).where(audit.c.actor == f"staff:{WORKER}")
        ).all()
    )
    assert [tuple(row) for row in acts if row.act != "signed_in"] == [
        ("shared_read", "version 1, 1 answers")
    ]
    read = await desk.store.read(lambda db: db.execute(select(readings.c.staff_id)).scalars().all())
    assert read == [WORKER]


async def test_an_erased_young_person_is_in_no_list(desk: Desk) -> None:
    await desk.store.write(lambda db: people_of_every_role(db, desk))
    await desk.store.write(
        lambda db: people.mark_erased(db, desk.house.id, f"person-{MAYA}", now())
    )

    for staff_id, address in (
        (WORKER, "/desk/young-people"), (SUPPORT, "/desk/arranging"),
        (northborough.TOM, "/desk/"), (northborough.TOM, "/desk/reviews"),
        (northborough.RUTH, "/desk/unit"), (northborough.AMINA, "/desk/cover"),
    ):  # fmt: skip
        page = await (await desk.signed_in(staff_id)).get(address)
        assert page.status == 200
        assert "Maya" not in page.text, address


async def test_business_support_sees_how_far_invitations_are_and_not_what_was_sent(
    desk: Desk,
) -> None:
    house = desk.house
    long_ago = now() - timedelta(days=house.council.invitation_days + 1)

    def write(db: Connection) -> None:
        for review, name, meeting in (
            ("R-a", "Anna Old", 5), ("R-b", "Bea New", 6), ("R-c", "Cat None", None),
            ("R-d", "Dan Later", 200),
        ):  # fmt: skip
            northborough.add(
                db, house, review, name, 12, northborough.AMINA, meeting=meeting,
                due=7 if meeting is None or meeting < 100 else 210,
            )  # fmt: skip
        invitations.invite(db, house, "R-a", long_ago)
        invitations.invite(db, house, "R-b", now())

    await desk.store.write(write)
    page = await (await _signed_in(desk, SUPPORT)).get("/desk/arranging")

    rows = re.findall(r"<tr.*?</tr>", page.text, re.DOTALL)
    states = {
        name: next((row for row in rows if name in row), "")
        for name in ("Anna", "Bea", "Cat", "Maya", "Kai", "Dan", "Hana")
    }
    assert "Ended unopened" in states["Anna"]
    assert "Not opened yet" in states["Bea"]
    assert "Not invited" in states["Cat"]
    assert "No date" in states["Cat"]
    assert "Opened" in states["Maya"]
    assert "Opened" in states["Kai"]
    assert states["Dan"] == ""  # months away
    assert states["Hana"] == ""  # the meeting is behind
    assert "<b>3</b> without an invitation" in page.text  # Anna, Cat, and Lena of old
    assert "brother" not in page.text
    leads_to = set(re.findall(r"/desk/reviews/[^\"]+", page.text))
    assert leads_to
    # To invite, and to what they want of the meeting: never to what was said.
    assert all(address.endswith(("/access", "/meeting", "/when")) for address in leads_to)


async def test_it_sees_health_and_settings_without_secrets_or_words(desk: Desk) -> None:
    row = {
        "council": desk.house.id, "source": "telegram:1", "key": "1", "received_at": now(),
        "body": b"\0words", "quarantined": "no update",
    }  # fmt: skip
    await desk.store.write(lambda db: db.execute(insert(inbox), row))
    page = await (await _signed_in(desk, IT)).get("/desk/installation")

    assert page.status == 200
    assert "SQLite 3." in page.seen
    assert "Waiting to be delivered 3" in page.seen
    assert "Messages set aside 1" in page.seen
    assert "SAYSO_DATABASE_URL" in page.seen
    for secret in ("brother", "Kai", "Brennan", "words<"):
        assert secret not in page.text


async def test_the_new_pages_have_no_finding_of_axe_and_fit_every_screen(
    desk: Desk, chromium: Chromium
) -> None:
    said = {"home.change": WORDS + "x" * 300, "school.feeling": "mixed", "meeting.how": "come"}
    await desk.store.write(
        lambda db: northborough.change(db, desk.house, MAYA, "home.change", WORDS)
    )
    await desk.store.write(lambda db: northborough.say(db, desk.house, LENA, said, "file"))
    await desk.store.write(lambda db: people_of_every_role(db, desk))
    pages = {
        SUPPORT: ("/desk/arranging",),
        DUTY: ("/desk/alerts",),
        WORKER: ("/desk/young-people", f"/desk/young-people/person-{MAYA}"),
        IT: ("/desk/installation",),
        AUDITOR: ("/desk/audit",),
        northborough.TOM: ("/desk/cover", f"/desk/reviews/{KAI}"),
    }
    found = []
    for size in (PHONE, COMPUTER):
        async with window(chromium, size) as page:
            for staff_id, addresses in pages.items():
                await page.goto(await desk.link(staff_id))
                for address in addresses:
                    await page.goto(desk.base + address)
                    results = await Axe().run(page)
                    where = f"{address} at {size['width']}"
                    found += [f"{where}: {one['id']}" for one in results.response["violations"]]
                    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if over > 0:
                        found.append(f"{where}: scrolls sideways by {over}")
    assert found == []
