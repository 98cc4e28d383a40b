"""Passkeys in a real browser, with an authenticator that DevTools plays; and what is no passkey."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Browser, Page
from sqlalchemy import select, update

from bot.access.passkeys import NotThisPasskey, Place, read_made, read_used
from storage.tables import staff_challenges, staff_passkeys
from tests.access.council import EMAIL, PASSWORD, acts, code_now, real_council, seed_on
from tests.browser import COMPUTER, window
from tests.desk.northborough import AMINA
from tests.desk.running import Desk
from tests.desk.running import Page as Got


@asynccontextmanager
async def authenticator(
    browser: Browser, *, verifies: bool = True
) -> AsyncIterator[tuple[Page, Callable[[bool], Any]]]:
    """A page of a browser with a passkey store in it. `verifies`: it checks finger or PIN."""
    async with window(browser, COMPUTER) as page:
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        made = await devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": verifies,
                    "automaticPresenceSimulation": True,
                }
            },
        )

        async def verify(yes: bool) -> None:
            await devtools.send(
                "WebAuthn.setUserVerified",
                {"authenticatorId": made["authenticatorId"], "isUserVerified": yes},
            )

        yield page, verify


async def _join_with_passkey(desk: Desk, page: Page) -> None:
    await page.goto(await desk.link(AMINA))
    await page.get_by_role("button", name="Start").click()
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Make a passkey").click()
    await page.get_by_text("Keep your recovery codes").wait_for()
    await page.get_by_role("button", name="I have kept them").click()
    await page.wait_for_url("**/desk/")


async def _sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.wait_for_url("**/desk/sign-in")


async def test_a_passkey_is_made_and_signs_in_alone_and_as_the_second_factor(
    sqlite_database_url: str, browser: Browser
) -> None:
    async with (
        real_council(sqlite_database_url, host="localhost") as desk,
        authenticator(browser) as (page, _verify),
    ):
        await _join_with_passkey(desk, page)
        await _sign_out(page)

        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/desk/")
        assert await page.get_by_text("Amina Yusuf").is_visible()
        await page.goto(desk.base + "/desk/account")
        assert await page.get_by_text("with a passkey").is_visible()
        await _sign_out(page)

        await page.get_by_label("E-mail address").fill(EMAIL)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url("**/desk/")

        kept = await desk.store.read(lambda db: db.execute(select(staff_passkeys)).all())
        assert len(kept) == 1
        assert kept[0].used_at is not None
        left = await desk.store.read(lambda db: db.execute(select(staff_challenges)).all())
        assert left == []  # each was used up
        assert (await acts(desk)).count("passkey_added") == 1


async def test_without_a_finger_or_a_pin_a_passkey_is_no_second_factor(
    sqlite_database_url: str, browser: Browser
) -> None:
    async with (
        real_council(sqlite_database_url, host="localhost") as desk,
        authenticator(browser) as (page, verify),
    ):
        await _join_with_passkey(desk, page)
        await _sign_out(page)
        await verify(False)

        await page.get_by_role("button", name="Sign in with a passkey").click()

        await page.get_by_text("The browser did not give a passkey.").wait_for()
        assert (await page.goto(desk.base + "/desk/")) is not None
        assert page.url.endswith("/desk/sign-in")


async def test_the_last_second_factor_can_not_be_removed_and_another_can(
    sqlite_database_url: str, browser: Browser
) -> None:
    async with (
        real_council(sqlite_database_url, host="localhost") as desk,
        authenticator(browser) as (page, _verify),
    ):
        await _join_with_passkey(desk, page)
        await page.goto(desk.base + "/desk/account")
        assert await page.get_by_role("button", name="Remove").count() == 0

        await page.get_by_role("link", name="Set one up").click()
        seed = (await page.locator(".app-seed").text_content() or "").replace(" ", "")
        await page.get_by_label("The six digits").fill(code_now(seed))
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="Remove").click()
        await page.get_by_text("The passkey is removed.").wait_for()

        kept = await desk.store.read(lambda db: db.execute(select(staff_passkeys)).all())
        assert kept == []


async def test_an_answer_counts_once_in_one_browser_at_our_address(
    sqlite_database_url: str, browser: Browser
) -> None:
    async with (
        real_council(sqlite_database_url, host="localhost") as desk,
        authenticator(browser) as (page, _verify),
    ):
        await _join_with_passkey(desk, page)
        await _sign_out(page)
        # What the browser would post, caught before it does.
        await page.evaluate(
            """() => { window.caught = new Promise((tell) => {
                HTMLFormElement.prototype.submit = function () {
                    tell([this.elements.passkey.value, this.elements.token.value]);
                };
            }); }"""
        )
        await page.get_by_role("button", name="Sign in with a passkey").click()
        answer, token = await page.evaluate("() => window.caught")
        cookies = {one["name"]: one["value"] for one in await page.context.cookies()}

        async def send(cookie: str, form_token: str, text: str) -> Got:
            posting = await desk.browser()
            posting.session.cookie_jar.update_cookies({"sayso-door": cookie})
            fields = {"token": form_token, "passkey": text}
            return await posting.post("/desk/sign-in/passkey", fields)

        thief = await desk.browser()
        own = (await thief.get("/desk/sign-in")).token
        page_got = await thief.post("/desk/sign-in/passkey", {"token": own, "passkey": answer})
        assert page_got.status == 422  # in another browser

        for spoilt in _spoilt(answer):
            assert (await send(cookies["sayso-door"], token, spoilt)).status == 422
        assert "signed_in" not in (await acts(desk))[-4:]


def _spoilt(answer: str) -> list[str]:
    """The answer, changed where it matters; the challenge is used up by the first try."""
    plain = json.loads(answer)
    found = ["", "{}", "[]", "null", answer[:-1], "x" * 20_000]
    for name in ("signature", "authenticatorData", "clientDataJSON", "userHandle"):
        changed = json.loads(answer)
        value = plain["response"][name]
        changed["response"][name] = ("B" if value[0] == "A" else "A") + value[1:]
        found.append(json.dumps(changed))
    changed = json.loads(answer)
    changed["id"] = "other"
    return [*found, json.dumps(changed)]


async def test_a_counter_that_goes_back_is_a_copy_and_gets_nobody_in(
    sqlite_database_url: str, browser: Browser
) -> None:
    async with (
        real_council(sqlite_database_url, host="localhost") as desk,
        authenticator(browser) as (page, _verify),
    ):
        await _join_with_passkey(desk, page)
        await _sign_out(page)
        await desk.store.write(lambda db: db.execute(update(staff_passkeys).values(uses=1_000_000)))

        await page.get_by_role("button", name="Sign in with a passkey").click()

        await page.get_by_role("alert").get_by_text("That passkey did not work here.").wait_for()
        assert "passkey_refused" in await acts(desk)


async def test_without_javascript_passkeys_are_not_offered_and_the_app_does_it_all(
    sqlite_database_url: str, computer_without_script: Page
) -> None:
    page = computer_without_script
    async with real_council(sqlite_database_url, host="localhost") as desk:
        await page.goto(await desk.link(AMINA))
        await page.get_by_role("button", name="Start").click()
        await page.get_by_label("New password").fill(PASSWORD)
        await page.get_by_role("button", name="Go on").click()
        assert not await page.get_by_role("button", name="Make a passkey").is_visible()
        content = await page.content()
        seed = seed_on(Got(200, page.url, content, {}))
        await page.get_by_label("The six digits").fill(code_now(seed))
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="I have kept them").click()
        assert page.url.endswith("/desk/")


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature"]),
                inner,
            )
        ),
        max_leaves=8,
    ).map(json.dumps)
)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_instead_of_an_answer_is_refused(text: str) -> None:
    for read in (read_made, read_used):
        with pytest.raises(NotThisPasskey):
            read(text)


def test_passkeys_are_offered_by_name_only() -> None:
    assert Place.at("https://sayso.northborough.example", "N").works
    assert Place.at("http://localhost:8080", "N").works
    assert not Place.at("http://127.0.0.1:8080", "N").works
