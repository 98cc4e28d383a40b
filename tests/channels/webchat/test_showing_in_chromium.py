"""Saying it, showing it and drawing it in a real browser: recorded, drawn, chosen, by keys."""

import asyncio
import hashlib
import io
import re
from pathlib import Path

import av
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Page, expect
from sqlalchemy import Connection

from storage import attachments
from tests.channels.webchat.showing import QUESTION
from tests.channels.webchat.young import Young, let_in, only_explained
from tests.media import files
from tests.sayso import Sayso


async def come(page: Page, served: Sayso, band: str = "12-15") -> Young:
    young = await let_in(served, band)
    await young.goes_to(QUESTION, only_explained)
    for name, value in young.cookies().items():
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": served.base, "httpOnly": True}]
        )
    await page.goto(f"{served.base}/chat")
    return young


async def kept(young: Young) -> list[bytes]:
    """What is kept of this conversation, opened."""
    sayso = young.sayso

    def find(db: Connection) -> list[bytes]:
        return [
            attachments.content(db, sayso.house.id, one)
            for one in attachments.of_conversation(db, sayso.house.id, young.conversation_id)
        ]

    return await sayso.store.read(find)


async def test_a_voice_note_is_recorded_heard_and_kept_with_the_words_in_the_box(
    phone: Page, served: Sayso
) -> None:
    young = await come(phone, served)
    await phone.get_by_label("In your own words").fill("It is about Sunday")
    await phone.get_by_text("Say it", exact=True).click()
    part = phone.locator("[data-show=voice]")
    await expect(part.get_by_text("Your IRO can listen once you press Send.")).to_be_visible()

    await part.get_by_role("button", name="Start recording").click()
    await expect(part.get_by_role("status")).to_have_text(re.compile("^Recording. It stops"))
    await phone.wait_for_timeout(1500)  # it is real sound, in real time
    await part.get_by_role("button", name="Stop recording").click()
    await expect(part.get_by_role("status")).to_have_text(re.compile("^Recorded, and not kept yet"))
    await expect(part.locator("audio")).to_be_visible()
    assert await kept(young) == []
    await part.get_by_role("button", name="Keep this recording").click()

    await expect(phone.get_by_text("I have kept your recording.")).to_be_visible()
    await expect(phone.get_by_label("In your own words")).to_have_value("It is about Sunday")
    await expect(phone.locator(".shown audio")).to_have_count(1)
    (content,) = await kept(young)
    with av.open(io.BytesIO(content), "r", format="mp3") as file:
        stream = file.streams.audio[0]
        seconds = sum(frame.samples for frame in file.decode(stream)) / stream.rate
    assert 0.8 < seconds < 6
    answer = (await young.conversation()).answers[QUESTION]
    assert answer.words == "It is about Sunday"


async def test_who_goes_on_while_it_records_is_not_heard_any_more(
    phone: Page, served: Sayso
) -> None:
    young = await come(phone, served)
    await phone.get_by_text("Say it", exact=True).click()
    await phone.evaluate(
        """() => {
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (what) => (window.heard = await ask(what));
        }"""
    )
    await phone.get_by_role("button", name="Start recording").click()
    await expect(phone.get_by_role("button", name="Stop recording")).to_be_visible()

    await phone.get_by_role("button", name="Skip").click()

    await expect(phone.locator(f"main[data-question='{QUESTION}']")).to_have_count(0)
    ended = "window.heard.getTracks().every(track => track.readyState === 'ended')"
    async with asyncio.timeout(10):  # the policy lets the page's own waiting evaluate nothing
        while not await phone.evaluate(ended):
            await asyncio.sleep(0.05)
    assert await kept(young) == []


async def test_without_a_microphone_a_recording_can_be_chosen(phone: Page, served: Sayso) -> None:
    young = await come(phone, served)
    await phone.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')) }"
    )
    await phone.get_by_text("Say it", exact=True).click()
    await phone.get_by_role("button", name="Start recording").click()
    await expect(phone.get_by_text("I can't use the microphone here.")).to_be_visible()

    await phone.get_by_label("Record it, or choose a recording").set_input_files(
        {"name": "a.m4a", "mimeType": "audio/mp4", "buffer": files.sound("mp4", 2.0)}
    )
    await phone.get_by_role("button", name="Keep this recording").click()

    await expect(phone.get_by_text("I have kept your recording.")).to_be_visible()
    assert len(await kept(young)) == 1


async def test_a_drawing_is_drawn_undone_and_kept(phone: Page, served: Sayso) -> None:
    young = await come(phone, served, "8-11")
    await phone.get_by_text("Draw it", exact=True).click()
    part = phone.locator("[data-show=drawing]")
    await part.scroll_into_view_if_needed()
    page = part.locator("canvas")
    box = await page.bounding_box()
    assert box

    async def draws(colour: str, from_: tuple[float, float], to: tuple[float, float]) -> None:
        await part.get_by_text(colour, exact=True).click()
        await page.scroll_into_view_if_needed()
        now = await page.bounding_box()
        assert now
        await phone.mouse.move(
            now["x"] + from_[0] * now["width"], now["y"] + from_[1] * now["height"]
        )
        await phone.mouse.down()
        await phone.mouse.move(
            now["x"] + to[0] * now["width"], now["y"] + to[1] * now["height"], steps=4
        )
        await phone.mouse.up()

    await draws("Red", (0.1, 0.5), (0.9, 0.5))
    await draws("Blue", (0.1, 0.2), (0.9, 0.2))
    await part.get_by_role("button", name="Undo").click()
    await part.get_by_role("button", name="Keep this drawing").click()

    await expect(phone.get_by_text("I have kept your picture.")).to_be_visible()
    (content,) = await kept(young)
    image = Image.open(io.BytesIO(content))
    assert image.size == (640, 480)
    assert image.getpixel((320, 240)) == (0xC4, 0x16, 0x1C)
    assert image.getpixel((320, 96)) == (255, 255, 255)


async def test_a_drawing_is_drawn_with_the_keys_alone(computer: Page, served: Sayso) -> None:
    young = await come(computer, served)
    await computer.get_by_text("Draw it", exact=True).focus()
    await computer.keyboard.press("Enter")
    part = computer.locator("[data-show=drawing]")
    await part.get_by_role("radio", name="Black").focus()
    await computer.keyboard.press("ArrowRight")
    await expect(part.get_by_role("radio", name="Red")).to_be_checked()
    await computer.keyboard.press("Tab")
    await expect(part.locator("canvas")).to_be_focused()
    await computer.keyboard.press("Space")
    for _step in range(8):
        await computer.keyboard.press("ArrowRight")
    await computer.keyboard.press("Space")
    for _press in range(3):
        await computer.keyboard.press("Tab")
    await expect(part.get_by_role("button", name="Keep this drawing")).to_be_focused()
    await computer.keyboard.press("Enter")

    await expect(computer.get_by_text("I have kept your picture.")).to_be_visible()
    (content,) = await kept(young)
    image = Image.open(io.BytesIO(content))
    assert image.getpixel((360, 240)) == (0xC4, 0x16, 0x1C)


async def test_an_empty_page_is_no_drawing(phone: Page, served: Sayso) -> None:
    young = await come(phone, served)
    await phone.get_by_text("Draw it", exact=True).click()

    await phone.get_by_role("button", name="Keep this drawing").click()

    await expect(phone.get_by_text("There was nothing in it")).to_be_visible()
    assert await kept(young) == []


async def test_a_picture_that_was_chosen_goes_with_keep_this_too(
    phone: Page, served: Sayso
) -> None:
    young = await come(phone, served)
    await phone.get_by_label("In your own words").fill("My room")
    await phone.get_by_text("Show a picture", exact=True).click()
    await phone.get_by_label("Take a photo, or choose a picture").set_input_files(
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": files.photograph()}
    )

    await phone.get_by_role("button", name="Keep this", exact=True).click()

    await expect(phone.get_by_text("I have kept your picture.")).to_be_visible()
    assert (await young.conversation()).answers[QUESTION].words == "My room"
    assert len(await kept(young)) == 1
    await expect(phone.locator(".shown img")).to_have_js_property("naturalWidth", 640)


async def test_what_can_not_be_kept_says_why_and_the_words_stay(phone: Page, served: Sayso) -> None:
    await come(phone, served)
    await phone.get_by_label("In your own words").fill("Half a sent")
    await phone.get_by_text("Show a picture", exact=True).click()
    await phone.get_by_label("Take a photo, or choose a picture").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": files.no_pictures()["svg"]}
    )
    await phone.get_by_role("button", name="Keep this picture").click()

    await expect(phone.get_by_text("I can't open that as a picture.")).to_be_visible()
    await expect(phone.get_by_label("In your own words")).to_have_value("Half a sent")


async def test_without_script_a_file_is_chosen_kept_checked_and_taken_out(
    phone_without_script: Page, served: Sayso
) -> None:
    page = phone_without_script
    young = await come(page, served)
    await expect(page.get_by_text("Draw it", exact=True)).to_be_hidden()
    await page.get_by_label("In your own words").fill("My room")
    await page.get_by_text("Say it", exact=True).click()
    await page.get_by_label("Record it, or choose a recording").set_input_files(
        {"name": "a.webm", "mimeType": "audio/webm", "buffer": files.sound("webm", 2.0)}
    )
    await page.get_by_role("button", name="Keep this recording").click()
    await expect(page.get_by_text("I have kept your recording.")).to_be_visible()
    await expect(page.get_by_label("In your own words")).to_have_value("My room")
    (content,) = await kept(young)
    assert hashlib.sha256(content).hexdigest()

    await page.get_by_role("button", name="Take it out").click()
    assert await kept(young) == []
    await expect(page.get_by_label("In your own words")).to_have_value("My room")


async def test_the_microphone_is_for_the_chat_alone(phone: Page, served: Sayso) -> None:
    await come(phone, served)
    allows = "document.featurePolicy.allowsFeature('microphone')"
    assert await phone.evaluate(allows)
    for elsewhere in ("/help", "/privacy", "/i/", "/desk/sign-in"):
        await phone.goto(served.base + elsewhere)
        assert not await phone.evaluate(allows), elsewhere


async def test_its_pages_have_no_finding_of_axe_and_none_scrolls_sideways(
    phone: Page, computer: Page, served: Sayso
) -> None:
    looks = Path("build/looks")
    looks.mkdir(parents=True, exist_ok=True)
    for name, page in (("phone", phone), ("computer", computer)):
        young = await come(page, served)
        await page.get_by_text("Show a picture", exact=True).click()
        await page.get_by_label("Take a photo, or choose a picture").set_input_files(
            {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": files.photograph()}
        )
        await page.get_by_role("button", name="Keep this picture").click()
        await expect(page.get_by_text("I have kept your picture.")).to_be_visible()
        await _looks_well(page, looks / f"showing-kept-{name}.png")
        for part in ("Say it", "Show a picture", "Draw it"):
            await page.get_by_text(part, exact=True).click()
        await page.wait_for_timeout(200)
        await _looks_well(page, looks / f"showing-open-{name}.png")
        await page.emulate_media(forced_colors="active")
        await _looks_well(page, looks / f"showing-forced-{name}.png")
        await page.emulate_media(forced_colors="none")
        await page.get_by_role("button", name="Go on").click()
        await young.goes_to("@check", only_explained)
        await page.reload()
        await expect(page.locator(".shown img")).to_have_count(1)
        await _looks_well(page, looks / f"showing-check-{name}.png")


async def _looks_well(page: Page, picture: Path) -> None:
    await page.screenshot(path=picture, full_page=True)
    results = await Axe().run(page)
    assert [one["id"] for one in results.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
