"""The web chat on a phone in a real browser, with script and without."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import Connection

from storage.contributions import get
from storage.errors import StorageAway
from storage.store import Store
from tests.browser import PHONE, window
from tests.channels.webchat.young import Young, invite, let_in
from tests.sayso import Sayso

SAID = "I want to see Ayo more 🐕 שלום\u0301 <script>alert(1)</script>"
CLOUDS = "<!doctype html><title>Weather</title><h1>Clouds</h1>"


async def _open(page: Page, young: Young) -> None:
    await _has(page, young.cookies(), young.sayso)
    await page.goto(f"{young.sayso.base}/chat")


async def _has(page: Page, cookies: Mapping[str, str], sayso: Sayso) -> None:
    for name, value in cookies.items():
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": sayso.base, "httpOnly": True}]
        )


async def _answer(page: Page) -> None:
    """Answer what is asked, as one would on a phone."""
    main = page.locator("main")
    kind = await main.get_attribute("data-kind")
    state = await main.get_attribute("data-state")
    if state == "check":
        return await page.get_by_role("button", name="Send", exact=True).click()
    if kind == "words":
        await page.get_by_label("In your own words").fill(SAID)
        return await page.get_by_role("button", name="Keep this").click()
    if kind == "date":
        await page.get_by_label("Pick a day").fill("2026-12-01")
        return await page.get_by_role("button", name="Keep this").click()
    if kind == "choices":
        await page.get_by_role("checkbox").nth(1).check()
        return await page.get_by_role("button", name="Keep these").click()
    names = ("Yes, start", "Not now", "Send what I think", "My IRO and my file")
    for name in names:
        if await page.get_by_role("button", name=name, exact=True).count():
            return await page.get_by_role("button", name=name, exact=True).click()
    return await page.locator("main button[name=choice]").first.click()


async def _play(page: Page) -> str:
    """From the first screen to the receipt; gives back the contribution's id."""
    for _step in range(80):
        main = page.locator("main")
        if await main.get_attribute("data-state") == "sent":
            return await main.get_attribute("data-receipt") or ""
        turn = await page.locator("#turn input[name=turn]").get_attribute("value")
        await _answer(page)
        await expect(page.locator(f'#turn input[name=turn][value="{turn}"]')).to_have_count(0)
        assert page.url.endswith("/chat")
    raise AssertionError("The conversation did not end.")


async def _is_sent(sayso: Sayso, contribution_id: str) -> None:
    """Every word as it was said."""
    sent = await sayso.store.read(lambda db: get(db, sayso.house.id, contribution_id, 1))
    documents = [document for document in sent.content.values() if document]
    answers = [answer for document in documents for answer in document["answers"]]
    words = [answer["words"] for answer in answers if answer["kind"] == "words"]
    assert len(words) > 8
    assert set(words) == {SAID}


async def test_a_whole_conversation_with_script(phone: Page, served: Sayso) -> None:
    invited = await invite(served)
    loads: list[str] = []
    await phone.goto(invited.url)
    await expect(phone.locator("main[data-question=hello]")).to_be_visible()
    assert "#" not in phone.url
    phone.on("domcontentloaded", lambda page: loads.append(page.url))

    receipt = await _play(phone)

    assert loads == []  # no page was loaded anew
    await _is_sent(served, receipt)
    await expect(phone.get_by_role("heading", name="It is sent.")).to_be_focused()


async def test_a_whole_conversation_without_script(
    phone_without_script: Page, served: Sayso
) -> None:
    page = phone_without_script
    invited = await invite(served)
    await page.goto(invited.url)  # the fragment never reaches us: the code is asked for
    await page.get_by_label("Type your code").fill(invited.code.lower().replace("-", " "))
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/chat")

    await _is_sent(served, await _play(page))


async def test_the_links_secret_leaves_the_address_before_anything_is_sent(
    phone: Page, served: Sayso
) -> None:
    invited = await invite(served)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    await phone.goto(invited.url)
    await phone.wait_for_url("**/chat")
    secret = invited.url.partition("#")[2]

    assert not any(secret in url.partition("#")[0] for url in asked)
    assert await phone.evaluate("history.length") <= 2  # the page with the secret left no trace
    await phone.goto(f"{served.base}/i/")
    await phone.get_by_role("link", name="Go on").click()
    await expect(phone.locator("main[data-question=hello]")).to_be_visible()


async def test_the_focus_goes_to_the_question_and_the_log_says_the_rest(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.care")
    await _open(phone, young)
    log = await phone.query_selector("[role=log]")
    assert log is not None

    await phone.get_by_role("button", name="Mixed").click()

    heading = phone.get_by_role("heading", name="What should people know about that?")
    await expect(heading).to_be_focused()
    assert await log.evaluate("log => log.isConnected")  # so that what is new in it is said
    assert await heading.get_attribute("aria-live") == "off"  # the focus says it already
    assert await phone.title() == "What should people know about that? – Sayso"


async def test_what_is_wrong_is_beside_the_field_that_has_the_focus(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)

    await phone.get_by_role("button", name="Keep this").click()

    field = phone.get_by_label("In your own words")
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description(re.compile("The box is empty"))


async def test_a_lost_connection_keeps_the_words_on_the_page_and_sends_them_when_it_is_back(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)
    await phone.context.set_offline(True)
    box = phone.get_by_label("In your own words")
    await box.fill("A dog")
    await phone.get_by_role("button", name="Keep this").click()

    banner = phone.locator(".net-lost")
    await expect(banner).to_contain_text("No connection.")
    await expect(banner.locator("a[href='tel:999']")).to_be_visible()
    assert await box.input_value() == "A dog"
    await expect(phone.locator("#turn > .do")).to_have_text("Keep this")  # it is not being kept
    assert "feel.more" not in (await young.conversation()).answers
    stored = await phone.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert stored == [0, 0, "", 0, 0]
    await box.fill("A dog and a cat")  # one may go on writing meanwhile

    await phone.context.set_offline(False)

    await expect(phone.locator("main[data-question='feel.audience']")).to_be_visible()
    kept = (await young.conversation()).answers["feel.more"]
    assert kept.words == "A dog and a cat"
    await expect(phone.locator(".net-lost")).to_have_count(0)


async def test_help_pressed_without_a_connection_comes_as_soon_as_it_is_back(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.care")
    await _open(phone, young)
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="Mixed").click()
    await expect(phone.locator(".net-lost")).to_be_visible()
    await phone.get_by_role("button", name="Help me now").click()

    await phone.context.set_offline(False)

    await expect(phone.locator("main[data-state=help]")).to_be_visible()
    assert (await young.conversation()).answers["feel.care"].choices == ("mixed",)


async def test_an_answer_whose_acknowledgement_was_lost_is_one_answer(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        if route.request.method == "POST" and lost == 0:
            lost += 1
            await route.fetch(max_redirects=0)
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await phone.route("**/chat", lose)
    await phone.get_by_label("In your own words").fill("A dog")
    await phone.get_by_role("button", name="Keep this").click()

    await expect(phone.locator("main[data-question='feel.audience']")).to_be_visible()
    conversation = await young.conversation()
    assert conversation.answers["feel.more"].words == "A dog"
    assert conversation.offered == ()
    assert lost == 1


async def test_saying_that_it_is_being_kept_and_taking_no_second_tap(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)
    go, posts = asyncio.Event(), 0

    async def slow(route: Route) -> None:
        nonlocal posts
        posts += route.request.method == "POST"
        await go.wait()
        await route.continue_()

    await phone.route("**/chat", slow)
    await phone.get_by_label("In your own words").fill("A dog")
    button = phone.locator("#turn > .do")
    wide = await button.evaluate("button => button.offsetWidth")
    await button.click()
    await expect(button).to_have_text("Keeping it…")
    assert await button.evaluate("button => button.offsetWidth") == wide
    await button.click()
    assert await phone.locator(".kept").count() == 1  # of the answer before
    go.set()
    await expect(phone.locator("[data-from=me]")).to_contain_text("A dog")
    assert posts == 1


async def test_with_the_database_away_it_is_tried_again_until_it_is_kept(
    phone: Page, served: Sayso, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)
    write, tried = Store.write, 0

    async def away(store: Store, use_case: Callable[[Connection], Any]) -> Any:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise StorageAway("gone")
        return await write(store, use_case)

    monkeypatch.setattr(Store, "write", away)
    await phone.get_by_label("In your own words").fill("A dog")
    await phone.get_by_role("button", name="Keep this").click()

    await expect(phone.locator("main[data-question='feel.audience']")).to_be_visible()
    assert tried >= 3  # the worker writes too
    assert (await young.conversation()).answers["feel.more"].words == "A dog"


async def test_what_is_too_much_at_once_stays_in_the_box(phone: Page, served: Sayso) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    await _open(phone, young)
    box = phone.get_by_label("In your own words")
    text = "🐕" * 30_000
    await box.fill(text)

    await phone.get_by_role("button", name="Keep this").click()

    await expect(phone.locator(".net-lost")).to_contain_text("too much at once")
    assert await box.input_value() == text
    await box.fill("🐕")
    await phone.get_by_role("button", name="Keep this").click()
    await expect(phone.locator("main[data-question='feel.audience']")).to_be_visible()


async def _weather(page: Page) -> None:
    async def sunny(route: Route) -> None:
        await route.fulfill(body=CLOUDS, content_type="text/html")

    await page.context.route("https://www.bbc.co.uk/**", sunny)


async def test_leave_quickly_shows_the_weather_and_back_shows_no_words(
    phone: Page, served: Sayso
) -> None:
    await _leaves(phone, served)


async def test_leave_quickly_without_script(phone_without_script: Page, served: Sayso) -> None:
    await _leaves(phone_without_script, served)


async def _leaves(page: Page, sayso: Sayso) -> None:
    await _weather(page)
    young = await let_in(sayso)
    await young.goes_to("feel.more")
    await page.goto(f"{sayso.base}/i/")
    await _open(page, young)
    await page.get_by_label("In your own words").fill("half a sent")

    await page.get_by_role("button", name="Leave quickly").click()
    await expect(page.get_by_role("heading", name="Clouds")).to_be_visible()

    for _step in range(2):
        await page.go_back()
        seen = await page.content()
        assert "half a sent" not in seen
        assert "Not good" not in seen
        for box in await page.locator("textarea").all():
            assert await box.input_value() == ""
    async with asyncio.timeout(5):
        while (await young.conversation()).pause != "stopped":
            await asyncio.sleep(0.05)
    assert (await young.conversation()).offered == ()


async def test_enter_in_a_one_line_field_keeps_the_answer(phone: Page, served: Sayso) -> None:
    await _enters(phone, served)


async def test_enter_in_a_one_line_field_without_script(
    phone_without_script: Page, served: Sayso
) -> None:
    await _enters(phone_without_script, served)


async def _enters(page: Page, sayso: Sayso) -> None:
    young = await let_in(sayso)
    await young.goes_to("meeting.why_not")
    await _open(page, young)
    await page.get_by_role("checkbox").first.check()
    await page.keyboard.press("Enter")
    await expect(page.locator("main:not([data-question='meeting.why_not'])")).to_be_visible()
    assert "meeting.why_not" in (await young.conversation()).answers

    await young.goes_to("meeting.day")
    await page.goto(f"{sayso.base}/chat")
    await page.get_by_label("Pick a day").fill("2026-12-01")
    await page.get_by_label("Pick a day").press("Enter")
    await expect(page.locator("main:not([data-question='meeting.day'])")).to_be_visible()
    assert "meeting.day" in (await young.conversation()).answers


async def test_by_keyboard_alone_one_answers(phone: Page, served: Sayso) -> None:
    young = await let_in(served)
    await young.goes_to("feel.care")
    await _open(phone, young)
    seen = []
    for _press in range(12):
        await phone.keyboard.press("Tab")
        seen.append(await phone.evaluate("document.activeElement.textContent.trim()"))
        if seen[-1] == "Mixed":
            break
    assert seen[0] == "Go to the question"
    await phone.keyboard.press("Space")
    await expect(phone.locator("main[data-question='feel.more']")).to_be_visible()


async def test_two_tabs_lose_nothing(browser: Browser, served: Sayso) -> None:
    young = await let_in(served)
    await young.goes_to("feel.more")
    async with window(browser, PHONE) as first:
        await _open(first, young)
        second = await first.context.new_page()
        await second.goto(f"{served.base}/chat")
        await first.get_by_label("In your own words").fill("one")
        await first.get_by_role("button", name="Keep this").click()
        await expect(first.locator("main[data-question='feel.audience']")).to_be_visible()
        await second.get_by_label("In your own words").fill("two")
        await second.get_by_role("button", name="Keep this").click()
        await expect(second.locator("main[data-question=offer]")).to_be_visible()
        conversation = await young.conversation()
        assert conversation.answers["feel.more"].words == "one"
        assert [offer.words for offer in conversation.offered] == ["two"]


async def test_words_typed_beside_a_face_stay_folded_away_until_asked_for(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("feel.care")
    await _open(phone, young)
    await expect(phone.get_by_label("In your own words")).to_be_hidden()
    await phone.get_by_text("Use my own words").click()
    await phone.get_by_label("In your own words").fill("so so")
    await phone.get_by_role("button", name="Keep this").click()
    await expect(phone.locator("main[data-question='feel.more']")).to_be_visible()
    assert (await young.conversation()).answers["feel.care"].words == "so so"
