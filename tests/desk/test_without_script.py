"""The whole desk without JavaScript: every page of every role opens, every form does its work."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page
from sqlalchemy import Connection

from bot.web.context import now
from storage import participation, tasks
from storage.tasks import Kind, Task
from tests.browser import PHONE, running_browser, window
from tests.desk.northborough import AMINA, KAI, MAYA, RUTH, TOM, today
from tests.desk.running import Desk
from tests.desk.test_roles import DUTY, IT, SUPPORT, WORKER, people_of_every_role
from tests.promises import Promise


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Chromium]:
    async with running_browser() as started:
        yield started


async def _go(page: Page, desk: Desk, staff_id: str, address: str) -> None:
    await page.goto(await desk.link(staff_id))
    await page.goto(desk.base + address)


async def test_every_page_and_form_of_the_desk_works_without_script(
    desk: Desk, chromium: Chromium, promise: Promise
) -> None:
    def write(db: Connection) -> None:
        people_of_every_role(db, desk)
        for task_id, kind in (("t0", Kind.NEW_PIN), ("t1", Kind.ADVOCATE)):
            tasks.add(db, desk.house.id, Task(task_id, kind, f"person-{KAI}", KAI), now())

    await desk.store.write(write)
    opened = 0
    async with window(chromium, PHONE, script=False) as page:
        for staff_id, address in (
            (AMINA, "/desk/"), (AMINA, "/desk/reviews"), (AMINA, f"/desk/reviews/{KAI}"),
            (AMINA, f"/desk/reviews/{KAI}/reading"), (AMINA, f"/desk/reviews/{KAI}/versions/1"),
            (AMINA, "/desk/tasks"), (AMINA, "/desk/cover"), (RUTH, "/desk/unit"),
            (SUPPORT, "/desk/arranging"), (DUTY, "/desk/alerts"), (IT, "/desk/installation"),
            (WORKER, "/desk/young-people"), (WORKER, f"/desk/young-people/person-{MAYA}"),
        ):  # fmt: skip
            await _go(page, desk, staff_id, address)
            assert await page.locator("h1").is_visible(), address
            # Folded away without script to fold it out again, a menu would be lost.
            assert await page.locator("nav a").first.is_visible(), address
            opened += 1

        await _go(page, desk, TOM, f"/desk/reviews/{KAI}")
        await page.get_by_label("Why you need to open it").fill("Amina is off sick")
        await page.get_by_role("button", name="Open it").click()
        assert await page.get_by_text("I want to see my brother").is_visible()

        await _go(page, desk, AMINA, "/desk/tasks/t0")
        await page.get_by_role("button", name="It is done").click()
        assert await page.get_by_text("Amina Yusuf dealt with it").is_visible()

        await _go(page, desk, AMINA, "/desk/tasks/t1")
        await page.get_by_label("It is arranged").check()
        await page.get_by_label("With whom").fill("Dee, Northborough Voices")
        await page.get_by_role("button", name="Keep this").click()
        assert await page.get_by_text("Amina Yusuf said so").is_visible()

        await _go(page, desk, AMINA, f"/desk/reviews/{KAI}")
        await page.get_by_text("It was held on another day").click()
        for part, value in (("Day", today().day), ("Month", today().month), ("Year", today().year)):
            box = page.locator(f"#held_on-{part.lower()}")
            await box.fill(str(value))
        await page.get_by_role("button", name="Keep this day").click()
        assert await page.get_by_text("The day of the review is kept.").is_visible()
        await page.get_by_role("button", name="Confirm PN6").click()
        assert await page.get_by_text("How they took part is confirmed.").is_visible()

        await page.get_by_role("button", name="Sign out").click()
        assert page.url.endswith("/desk/sign-in")
    assert await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI)) is not None
    promise("P25", desk_pages=opened, desk_forms=5, broken=0)
