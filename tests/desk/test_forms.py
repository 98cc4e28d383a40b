"""Forms come from our own pages, and nothing that was typed is lost."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from storage import participation
from storage.errors import StorageAway
from storage.store import Store
from storage.tables import audit, reviews, staff_sessions
from tests.desk.northborough import AMINA, KAI
from tests.desk.running import Browser, Desk, Page

TYPED = {
    "method": "silent",
    "reason": "Kai came.\n\n<i>Said</i> nothing & left “early” 🎉",
    "seen": "",
    "proposed": "views_sent",
}
ADDRESS = f"/desk/reviews/{KAI}/code"


async def _code(desk: Desk) -> str | None:
    kept = await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI))
    return kept.code if kept else None


def _offered(page: Page) -> dict[str, str]:
    """What a browser would send from the page's form."""
    areas = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page.text, re.DOTALL)
    fields = {name: unescape(value) for name, value in areas}
    main = page.text[page.text.index("<main") :]
    token = re.search(r'name="token" value="([^"]*)"', main)
    return {**fields, **({"token": token[1]} if token else {})}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.northborough.example"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_that_another_site_sent_changes_nothing(
    desk: Desk, headers: dict[str, str]
) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token

    page = await browser.post(ADDRESS, {**TYPED, "token": token}, headers=headers)

    assert page.status == 403
    assert "Nothing was changed." in page.seen
    assert await _code(desk) is None


async def test_a_form_without_the_sessions_token_changes_nothing(desk: Desk) -> None:
    browser, other = await desk.signed_in(AMINA), await desk.signed_in(AMINA)
    foreign = (await other.get("/desk/")).token

    for token in ("", "0" * 64, foreign, "é", "x" * 5000):
        page = await browser.post(ADDRESS, {**TYPED, "token": token})
        assert page.status == 403
        headless = await browser.post(ADDRESS, {**TYPED, "token": token}, headers={})
        assert headless.status == 403
    assert await _code(desk) is None


async def test_a_program_that_is_no_browser_may_post_with_the_token(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/")).token

    page = await browser.post(ADDRESS, {**TYPED, "token": token}, headers={})

    assert page.status == 200
    assert await _code(desk) == "PN4"


async def test_signed_out_in_the_middle_of_a_form_loses_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token
    await desk.store.write(lambda db: db.execute(staff_sessions.delete()))

    page = await browser.post(ADDRESS, {**TYPED, "token": token})
    assert page.status == 403
    assert "nothing you typed is lost" in page.seen
    offered = _offered(page)
    assert offered == TYPED

    await browser.get(await desk.link(AMINA))  # signs in again, in another tab
    page = await browser.post(ADDRESS, offered)
    assert "Send it again?" in page.seen
    assert await _code(desk) is None
    page = await browser.post(ADDRESS, _offered(page))
    assert page.status == 200
    kept = await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI))
    assert kept is not None
    assert (kept.code, kept.reason) == ("PN4", TYPED["reason"])


async def test_without_the_database_nothing_is_kept_and_nothing_typed_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token

    async def away(*_: object) -> None:
        raise StorageAway("away")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", away)
        page = await browser.post(ADDRESS, {**TYPED, "token": token})
    assert page.status == 503
    offered = _offered(page)
    assert {name: offered[name] for name in TYPED} == TYPED
    assert await _code(desk) is None

    page = await browser.post(ADDRESS, offered)
    assert await _code(desk) == "PN4"


async def test_bodies_that_are_no_forms_change_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    bodies = (
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"a=1&" * 500, "application/x-www-form-urlencoded"),
        (b'{"method": "spoke"}', "application/json"),
        (b"x", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"", "text/plain"),
    )
    for body, kind in bodies:
        page = await _raw(browser, body, kind)
        assert page == 403, kind
    assert await _raw(browser, b"a" * 300_000, "application/x-www-form-urlencoded") == 413
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert "code_confirmed" not in acts
    held = await desk.store.read(lambda db: db.execute(select(reviews.c.held)).scalars().all())
    assert not any(held)


async def _raw(browser: Browser, body: bytes, kind: str) -> int:
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
    url = browser.desk.base + ADDRESS
    async with browser.session.post(url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status
