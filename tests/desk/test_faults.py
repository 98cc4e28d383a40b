"""When the desk fails it says so in its own page, and loses nothing that was typed."""

import re

import pytest
from sqlalchemy import update

from storage.tables import contributions, staff
from tests.desk.northborough import AMINA, KAI
from tests.desk.running import Desk

REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


async def test_at_the_desk_it_is_the_desk_s_own_page_and_what_was_typed_waits_there(
    desk: Desk,
) -> None:
    amina = await desk.signed_in(AMINA)
    there = await amina.get(f"/desk/reviews/{KAI}")
    await desk.store.write(lambda db: db.execute(update(contributions).values(content=b"\xff")))

    page = await amina.get(f"/desk/reviews/{KAI}")
    assert page.status == 500
    assert "Something went wrong here" in page.seen
    assert REFERENCE.search(page.seen)
    assert "Sign out" in page.seen  # the menu is still there
    assert page.headers["Cache-Control"] == "no-store"
    typed = {"token": there.token, "method": "spoke", "reason": "what I typed"}
    posted = await amina.post(f"/desk/reviews/{KAI}/code", typed)
    assert posted.status == 500
    assert "what I typed" in posted.seen
    assert "SealBroken" not in posted.text


async def test_the_secret_in_an_address_is_not_logged_when_that_page_fails(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    link = await desk.link(AMINA)
    await desk.store.write(lambda db: db.execute(update(staff).values(name=b"\xff")))
    browser = await desk.browser()
    page = await browser.get(link)
    if page.status == 200:
        page = await browser.post(link, {})
    said = capfd.readouterr()
    assert page.status == 500
    assert link.rpartition("/")[2] not in said.out + said.err
