"""Signing in, being signed in, and being signed out."""

from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp.test_utils import unused_port
from sqlalchemy import select, update

from bot.access.sessions import IDLE, LONGEST
from bot.web.context import now
from storage.tables import staff, staff_sessions
from tests.desk import northborough
from tests.desk.northborough import AMINA
from tests.desk.running import Desk, serve


async def test_a_demo_link_signs_in_with_one_click_and_works_again(desk: Desk) -> None:
    link = await desk.link(AMINA)

    for _ in range(2):
        browser = await desk.browser()
        page = await browser.get(link)
        assert page.url.endswith("/desk/")
        assert "Amina Yusuf" in page.text


async def test_nobody_sees_a_page_without_signing_in(desk: Desk) -> None:
    browser = await desk.browser()

    for address in ("/desk/", "/desk/reviews", "/desk/reviews/R-kai", "/desk/nothing"):
        page = await browser.get(address)
        assert page.url.endswith("/desk/sign-in")


async def test_a_wrong_link_says_one_kind_sentence(desk: Desk) -> None:
    browser = await desk.browser()

    page = await browser.get("/desk/sign-in/wrong")

    assert page.status == 404
    assert "It may be mistyped, used or too old. You can ask for a new one." in page.seen


async def test_a_demo_link_is_good_on_this_machine_only(desk: Desk) -> None:
    link = await desk.link(AMINA)
    foreign = (
        {"Host": "sayso.example"},
        {"Host": "[::bad"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
    )

    for headers in foreign:
        async with aiohttp.ClientSession() as session, session.get(link, headers=headers) as page:
            assert page.status in (400, 404, 421), headers
            assert "sayso-desk" not in page.headers.get("Set-Cookie", "")


async def test_a_real_councils_link_asks_for_a_tap_and_works_once(tmp_path: Path) -> None:
    port = unused_port()
    url = f"sqlite+aiosqlite:///{tmp_path / 'real.db'}"
    house = northborough.house_on(url, port=port, demo=False)
    async for desk in serve(house, port):
        link = await desk.link(AMINA)
        scanner = await desk.browser()
        assert "sayso-desk" not in (await scanner.get(link)).headers["Set-Cookie"]

        first, second = await desk.browser(), await desk.browser()
        tokens = [(await browser.get(link)).token for browser in (first, second)]
        page = await first.post(link, {"token": tokens[0]})
        assert page.url.endswith("/desk/join")
        again = await second.post(link, {"token": tokens[1]})
        assert again.status == 404


async def test_a_real_councils_link_is_too_old_after_half_an_hour(tmp_path: Path) -> None:
    port = unused_port()
    url = f"sqlite+aiosqlite:///{tmp_path / 'real.db'}"
    house = northborough.house_on(url, port=port, demo=False)
    async for desk in serve(house, port):
        link = await desk.link(AMINA, at=now() - timedelta(minutes=31))
        browser = await desk.browser()
        token = (await browser.get(link)).token

        page = await browser.post(link, {"token": token})

        assert page.status == 404


async def test_the_cookie_is_out_of_reach_for_scripts_and_only_its_hash_is_kept(
    desk: Desk,
) -> None:
    browser = await desk.browser()
    async with browser.session.get(await desk.link(AMINA), allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]

    hashes = await desk.store.read(
        lambda db: db.execute(select(staff_sessions.c.session_hash)).scalars().all()
    )

    assert hashes
    assert all(secret.encode() not in kept for kept in hashes)


async def test_half_an_hour_idle_ten_hours_or_leaving_the_council_ends_a_session(
    desk: Desk,
) -> None:
    too_late = (
        update(staff_sessions).values(seen_at=now() - IDLE - timedelta(seconds=1)),
        update(staff_sessions).values(started_at=now() - LONGEST - timedelta(seconds=1)),
        update(staff).values(active=False),
    )
    for change in too_late:
        browser = await desk.signed_in(AMINA)
        await desk.store.write(lambda db, change=change: db.execute(change))  # type: ignore[misc]

        page = await browser.get("/desk/")

        assert page.url.endswith("/desk/sign-in")


async def test_using_the_desk_begins_the_half_hour_again(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    before = now() - timedelta(minutes=20)
    await desk.store.write(lambda db: db.execute(update(staff_sessions).values(seen_at=before)))

    await browser.get("/desk/")

    seen = await desk.store.read(lambda db: db.execute(select(staff_sessions.c.seen_at)).scalar())
    assert seen is not None
    assert seen > before + timedelta(minutes=19)


async def test_after_signing_out_the_same_cookie_opens_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/")).token
    cookies = {c.key: c.value for c in browser.session.cookie_jar}

    page = await browser.post("/desk/sign-out", {"token": token})
    assert page.url.endswith("/desk/sign-in")

    async with aiohttp.ClientSession(cookies=cookies) as thief:
        url = desk.base + "/desk/"
        async with thief.get(url, headers={"Cookie": _header(cookies)}) as answer:
            assert str(answer.url).endswith("/desk/sign-in")


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
