"""One's own account: P17 for staff, and how one signs in. And what `sayso staff` does with it."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import Connection, select, update

from bot import staffing
from bot.access.sessions import IDLE, LONGEST
from bot.service.accounts import FRESH
from bot.staffing import EmailTaken, StaffUnknown, UnknownRole
from storage.tables import staff_recovery_codes, staff_sessions
from tests.access.council import (
    EMAIL,
    PASSWORD,
    Joined,
    acts,
    code_now,
    forget_used_codes,
    give_code,
    give_password,
    join,
    real_council,
    seed_on,
    use_link,
)
from tests.desk.northborough import AMINA, TOM
from tests.desk.running import Browser, Desk
from tests.promises import Promise


async def _second(desk: Desk, joined: Joined) -> Browser:
    """The same person in another browser."""
    browser = await desk.browser()
    await give_password(browser)
    await forget_used_codes(desk)
    page = await give_code(browser, code_now(joined.seed))
    assert page.url.endswith("/desk/")
    return browser


async def _in(browser: Browser) -> bool:
    return (await browser.get("/desk/account")).url.endswith("/desk/account")


def _newest(db: Connection) -> bytes:
    """The hash of the session that was begun last."""
    found: bytes = db.execute(
        select(staff_sessions.c.session_hash)
        .where(staff_sessions.c.stage == "full")
        .order_by(staff_sessions.c.started_at.desc())
        .limit(1)
    ).scalar_one()
    return found


async def test_sessions_end_when_they_should(database_url: str, promise: Promise) -> None:
    """P17: 30 minutes idle, 10 hours in any case, at once when revoked; only hashes are kept."""
    async with real_council(database_url) as desk:
        joined = await join(desk, AMINA)
        now = datetime.now(UTC)
        second = timedelta(seconds=5)
        for column, limit in (("seen_at", IDLE), ("started_at", LONGEST)):
            other = await _second(desk, joined)
            newest = await desk.store.read(_newest)
            change = update(staff_sessions).where(staff_sessions.c.session_hash == newest)
            nearly = change.values({"seen_at": now, column: now - limit + 60 * second})
            await desk.store.write(lambda db, s=nearly: db.execute(s))  # type: ignore[misc]
            assert await _in(other)
            over = change.values({column: now - limit - second})
            await desk.store.write(lambda db, s=over: db.execute(s))  # type: ignore[misc]
            assert not await _in(other)

        other = await _second(desk, joined)
        cookie = {c.key: c.value for c in other.session.cookie_jar}["sayso-desk"]
        page = await joined.browser.get("/desk/account")
        token = {"token": page.token}
        await joined.browser.post("/desk/account/sign-out-everywhere", token)
        assert not await _in(other)
        hashes = await desk.store.read(
            lambda db: db.execute(select(staff_sessions.c.session_hash)).scalars().all()
        )
        assert all(len(one) == 32 and cookie.encode() not in one for one in hashes)
        promise("P17", staff_idle_minutes=30, staff_hours=10, requests_after_revoking=0)


async def test_signing_out_everywhere_ends_every_session_of_mine_and_nobody_elses(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined, tom = await join(desk, AMINA), await join(desk, TOM)
        others = [await _second(desk, joined) for _ in range(2)]
        page = await joined.browser.get("/desk/account")
        assert page.text.count("/end") == 2

        page = await joined.browser.post("/desk/account/sign-out-everywhere", {"token": page.token})

        assert page.url.endswith("/desk/sign-in")
        assert not any([await _in(one) for one in (joined.browser, *others)])
        assert await _in(tom.browser)
        assert "signed_out_everywhere" in await acts(desk)


async def test_one_session_can_be_ended_and_a_colleagues_can_not(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined, tom = await join(desk, AMINA), await join(desk, TOM)
        other = await _second(desk, joined)
        page = await joined.browser.get("/desk/account")
        address = page.text.split('action="/desk/account/sessions/')[1].split('"')[0]
        theirs = (await tom.browser.get("/desk/account")).token

        await tom.browser.post(f"/desk/account/sessions/{address}", {"token": theirs})
        assert await _in(other)
        await joined.browser.post(f"/desk/account/sessions/{address}", {"token": page.token})
        assert not await _in(other)
        assert await _in(joined.browser)
        assert (await acts(desk)).count("session_ended") == 1


async def test_a_changed_password_signs_out_everywhere_else_under_a_new_id(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        other = await _second(desk, joined)
        before = {c.key: c.value for c in joined.browser.session.cookie_jar}["sayso-desk"]
        token = (await joined.browser.get("/desk/account")).token

        page = await joined.browser.post(
            "/desk/account/password", {"token": token, "password": "short"}
        )
        assert page.status == 422
        assert "Use 12 characters or more." in page.seen
        new = "lantern gravel piano 3"
        page = await joined.browser.post(
            "/desk/account/password", {"token": token, "password": new}
        )

        assert "Your password is changed." in page.seen
        assert not await _in(other)
        after = {c.key: c.value for c in joined.browser.session.cookie_jar}["sayso-desk"]
        assert after != before
        async with (
            aiohttp.ClientSession() as thief,
            thief.get(
                desk.base + "/desk/account", headers={"Cookie": f"sayso-desk={before}"}
            ) as answer,
        ):
            assert str(answer.url).endswith("/desk/sign-in")
        assert (await give_password(await desk.browser())).status == 422
        page = await give_password(await desk.browser(), password=new)
        assert page.url.endswith("/desk/second-factor")


async def test_another_app_takes_the_place_of_the_first(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        page = await joined.browser.get("/desk/account/app")
        seed = seed_on(page)
        assert seed != joined.seed
        async with joined.browser.session.get(desk.base + "/desk/account/app.svg") as answer:
            assert answer.content_type == "image/svg+xml"
            picture = await answer.text()
        assert "<svg" in picture
        assert "script" not in picture
        assert "style" not in picture
        wrong = {"token": page.token, "code": code_now(joined.seed)}
        assert (await joined.browser.post("/desk/account/app", wrong)).status == 422
        right = {"token": page.token, "code": code_now(seed)}
        page = await joined.browser.post("/desk/account/app", right)
        assert "Your app is set up." in page.seen

        await forget_used_codes(desk)
        browser = await desk.browser()
        await give_password(browser)
        assert (await give_code(browser, code_now(joined.seed))).status == 422
        assert (await give_code(browser, code_now(seed))).url.endswith("/desk/")


async def test_new_recovery_codes_make_the_old_ones_worthless(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        token = (await joined.browser.get("/desk/account")).token
        page = await joined.browser.post("/desk/account/codes", {"token": token})
        assert page.text.count("<code>") == 10
        browser = await desk.browser()
        await give_password(browser)
        assert (await give_code(browser, joined.codes[0])).status == 422
        new = page.text.split("<code>")[1][:14]
        assert (await give_code(browser, new)).url.endswith("/desk/")
        assert "9 are left" in (await browser.get("/desk/account")).seen
        kept = await desk.store.read(lambda db: db.execute(select(staff_recovery_codes)).all())
        assert len(kept) == 9


async def test_a_desk_left_open_is_not_enough_to_change_how_one_signs_in(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        early = datetime.now(UTC) - FRESH - timedelta(seconds=5)
        await desk.store.write(
            lambda db: db.execute(update(staff_sessions).values(started_at=early))
        )
        page = await joined.browser.get("/desk/account")
        assert "sign out and in again first" in page.seen
        before = await acts(desk)
        fields = {"token": page.token, "password": "lantern gravel piano 3", "code": "123456"}
        for address in ("password", "app", "passkey", "passkeys/x/remove", "codes"):
            page = await joined.browser.post(f"/desk/account/{address}", fields)
            assert page.status == 403, address
            assert "Sign in again first" in page.seen
        for address in ("app", "app.svg"):
            assert (await joined.browser.get(f"/desk/account/{address}")).status == 403
        assert await acts(desk) == before


# sayso staff


async def test_a_reset_ends_what_was_and_its_link_asks_for_the_second_factor_that_stays(
    database_url: str,
) -> None:
    async with real_council(database_url) as desk:
        joined = await join(desk, AMINA)
        name, link = await staffing.reset(desk.house, EMAIL.upper(), second_factor=False)
        assert name == "Amina Yusuf"
        assert not await _in(joined.browser)
        assert (await give_password(await desk.browser())).status == 422

        browser = await desk.browser()
        await forget_used_codes(desk)
        page = await browser.post(link, {"token": (await browser.get(link)).token})
        assert page.url.endswith("/desk/join")
        page = await browser.post("/desk/join", {"token": page.token, "password": PASSWORD})
        assert page.url.endswith("/desk/second-factor")
        page = await browser.get("/desk/second-factor/set-up")
        assert page.url.endswith("/desk/second-factor")
        assert (await give_code(browser, code_now(joined.seed))).url.endswith("/desk/")
        assert "account_reset" in await acts(desk)


async def test_a_reset_for_a_lost_phone_sets_the_second_factor_up_anew(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        await staffing.reset(desk.house, "amina yusuf", second_factor=True)
        anew = await join(desk, AMINA)
        assert anew.seed != joined.seed
        assert set(anew.codes).isdisjoint(joined.codes)


async def test_a_leaver_is_out_at_once_by_every_way(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        halfway = await desk.browser()
        await give_password(halfway)
        link = await desk.link(AMINA)
        stranger = await desk.browser()
        token = (await stranger.get(link)).token

        assert await staffing.disable(desk.house, "Amina Yusuf") == ("Amina Yusuf", 2)

        assert not await _in(joined.browser)
        assert (await halfway.get("/desk/second-factor")).url.endswith("/desk/sign-in")
        assert (await stranger.post(link, {"token": token})).status == 404
        assert (await give_password(await desk.browser())).status == 422
        listed = {one.name: one.active for one in await staffing.everybody(desk.house)}
        assert listed["Amina Yusuf"] is False
        assert listed["Tom Fenwick"] is True

        assert await staffing.enable(desk.house, EMAIL) == "Amina Yusuf"
        assert not await _in(joined.browser)  # what was ended stays ended
        await forget_used_codes(desk)
        browser = await desk.browser()
        await give_password(browser)
        assert (await give_code(browser, code_now(joined.seed))).url.endswith("/desk/")
        done = await acts(desk)
        assert {"account_disabled", "account_enabled"} <= set(done)


async def test_commands_about_nobody_or_two_people_say_what_to_do(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        house = desk.house
        with pytest.raises(StaffUnknown, match="sayso staff list"):
            await staffing.reset(house, "Nobody", second_factor=False)
        with pytest.raises(EmailTaken, match="sayso staff enable"):
            await staffing.add(house, "Amina Again", "iro", EMAIL)
        with pytest.raises(UnknownRole, match="iro"):
            await staffing.add(house, "A", "wizard", None)
        link = await staffing.add(house, "Tom Fenwick", "iro", "tom@northborough.example")
        assert link.startswith(desk.base + "/desk/sign-in/")
        with pytest.raises(StaffUnknown, match="2 people"):
            await staffing.disable(house, "Tom Fenwick")


async def test_whoever_says_not_now_is_out(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        browser = await desk.browser()
        page = await use_link(desk, browser, AMINA)
        page = await browser.post("/desk/second-factor/cancel", {"token": page.token})
        assert page.url.endswith("/desk/sign-in")
        assert (await browser.get("/desk/join")).url.endswith("/desk/sign-in")
