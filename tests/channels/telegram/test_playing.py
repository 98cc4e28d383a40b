"""Whole conversations on a phone, through the fake Bot API, by webhook and by polling."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rfc8785
from sqlalchemy import Connection

from bot.demo import council as demo
from bot.service import invitations
from bot.web.context import now
from conversations.hearing import Command, Name
from storage.conversations import get as kept_conversation
from storage.conversations import save
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import let_in
from tests.sayso import Sayso, house_at, running
from tests.telegram.bot_api import TOKEN, BotApi, Fault, Phone

SCHEMA = json.loads(Path("docs/schemas/contribution.schema.json").read_text())
SAID = "I'd like to see Ayo more 🐕 שלום\u0301 <script>alert(1)</script>"


@asynccontextmanager
async def telegram(tmp_path: Path, **settings: Any) -> AsyncIterator[tuple[Sayso, BotApi, Phone]]:
    api = BotApi()
    await api.start()
    database = f"sqlite+aiosqlite:///{tmp_path / 'sayso.db'}"
    house = house_at(
        tmp_path,
        database,
        telegram_token=TOKEN,
        telegram_api_url=api.url,
        **{"telegram_style": "full", "telegram_rate": "off", **settings},
    )
    try:
        async with running(house, tmp_path) as sayso:
            yield sayso, api, Phone(api, 5001)
    finally:
        await api.stop()


async def payload_for(sayso: Sayso, band: str = "16+") -> tuple[str, str]:
    """The start payload of an unused invitation, and its review."""

    def invite(db: Any) -> invitations.Invited:
        review = demo.unused(db, sayso.house, now())[band][0]
        return invitations.invite(db, sayso.house, review.review_id, now())

    invited = await sayso.store.write(invite)
    assert invited.telegram_start is not None
    return invited.telegram_start, invited.review_id


async def play(phone: Phone, words: str = SAID) -> None:
    """Answer everything there is to answer, until it is sent."""
    for _step in range(90):
        labels, text = phone.labels(), phone.last["text"]
        if "It is sent." in text:
            return
        if "Send" in labels:
            assert words not in text
            await phone.answered(lambda: phone.press("Send"))
        elif "Go on" in labels:
            await phone.answered(lambda: phone.press("Go on"))
        elif "Yes, start" in labels:
            await phone.answered(lambda: phone.say("yes, start!"))
        elif "Yes, ask" in labels:
            await phone.answered(lambda: phone.press("Not now"))
        elif "Done" in labels:
            asks = phone.last
            phone.press(labels[0])
            await phone.hears(lambda one: one.labels()[0].startswith("☑"))
            await phone.answered(partial(phone.press, "Done", asks))
        elif "Mixed" in labels:
            await phone.answered(lambda: phone.press("Mixed"))
        elif "My IRO and my file" in labels:
            await phone.answered(lambda: phone.press("My IRO and my file"))
        elif "Send what I think" in labels:
            await phone.answered(lambda: phone.say("Send what I think"))
        elif "Did the things" in text:
            await phone.answered(lambda: phone.press("Some"))
        else:
            await phone.answered(lambda: phone.say(words))
    raise AssertionError("The conversation did not end.")


async def filed(sayso: Sayso, review_id: str, version: int = 1) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            for path in (sayso.folder / "record").glob(f"*/*-v{version}.json"):
                document: dict[str, Any] = json.loads(path.read_text())
                if document["review"]["review_id"] == review_id:
                    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
                    return document
            await asyncio.sleep(0.05)


def check_document(document: dict[str, Any]) -> None:
    """Valid, and its hash is right."""
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in checker.iter_errors(document)] == []
    bare = {name: value for name, value in document.items() if name != "content_sha256"}
    assert document["content_sha256"] == hashlib.sha256(rfc8785.dumps(bare)).hexdigest()


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_young_person_says_everything_in_telegram_and_it_is_filed(
    tmp_path: Path, mode: str
) -> None:
    async with telegram(tmp_path, telegram_mode=mode) as (sayso, api, phone):
        payload, review_id = await payload_for(sayso)

        await phone.answered(lambda: phone.say(f"/start {payload}"))
        await play(phone)

        document = await filed(sayso, review_id)
        check_document(document)
        assert document["channel"] == "telegram"
        words = [a["words"] for a in document["answers"] if a["kind"] == "words"]
        assert len(words) > 8
        assert set(words) == {SAID}
        await phone.hears(lambda one: SAID not in one.texts)  # taken out of the chat
        await api.settled()
        assert set(api.answers) <= {200}


async def test_the_check_step_lists_topics_and_who_hears_and_never_the_words(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await play(phone)

        sent = [c.params["text"] for c in api.calls if c.method == "sendMessage"]
        assert not any(SAID[:20] in text for text in sent)
        check = next(text for text in sent if "Your words are here, once:" in text)
        assert "\nWhere I live (2): Your IRO · People who can open your file\n" in check
        link = check.partition(f"{sayso.base}/i/#")[2].split()[0]
        async with Visitor.at(sayso) as browser:
            await browser.post("/i/", {"secret": link})
            page = await browser.says(choice="@check")
            assert page.state == "check"
            assert "I'd like to see Ayo more" in page.text
            assert "It is not shown here" not in page.text


async def test_the_link_of_somebody_who_finds_the_phone_later_shows_no_words(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        await play(phone)
        await an_hour_passes(sayso, review_id)
        await phone.answered(lambda: phone.press("Add or change something"))
        link = phone.last["text"].partition(f"{sayso.base}/i/#")[2].split()[0]
        async with Visitor.at(sayso) as browser:
            await browser.post("/i/", {"secret": link})
            page = await browser.says(choice="@check")
            assert page.state == "check"
            assert "I'd like to see Ayo more" not in page.text
            assert "It is not shown here" in page.text


async def an_hour_passes(sayso: Sayso, review_id: str) -> None:
    """Since all that was said."""

    def earlier(db: Connection) -> None:
        conversation_id = invitations.conversation_of(sayso.house, review_id)
        kept = kept_conversation(db, sayso.house.id, conversation_id)
        answers = {
            name: replace(answer, at=answer.at - timedelta(hours=1))
            for name, answer in kept.conversation.answers.items()
        }
        conversation = replace(kept.conversation, answers=answers)
        save(db, replace(kept, conversation=conversation), now())

    await sayso.store.write(earlier)


async def test_a_chat_says_nothing_of_a_button_that_it_does_not_have(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)

        hello = await phone.answered(lambda: phone.say(f"/start {payload}"))

        assert "You can skip, or stop and come back until" in hello["text"]
        assert "Leave quickly" not in hello["text"]


async def test_who_said_nothing_yet_is_not_told_that_this_is_what_they_said(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        while "Choose another topic" not in phone.labels():
            way = next(one for one in ("Yes, start", "Go on", "Not now") if one in phone.labels())
            await phone.answered(partial(phone.press, way))
        await phone.answered(lambda: phone.press("Choose another topic"))

        await phone.answered(lambda: phone.press("That's all. Check it"))

        text = phone.last["text"]
        assert text.startswith("You have not said anything yet.\n\nYou can still send that.")
        assert "Your words are here" not in text


async def test_by_the_doorbell_words_are_kept_and_offered_in_the_web_chat(tmp_path: Path) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        answer = await phone.answered(lambda: phone.say(f"/start {payload}"))
        assert answer["text"].startswith("Sayso: a message for you. http://127.0.0.1")

        answer = await phone.answered(lambda: phone.say("I want a dog"))

        assert answer["text"].startswith("I have kept that")
        await phone.hears(lambda one: "I want a dog" not in one.texts)
        conversation_id = await sayso.store.read(
            lambda db: invitations.chat_conversation(db, sayso.house, "5001", now())
        )
        assert conversation_id is not None
        kept = await sayso.store.read(
            lambda db: kept_conversation(db, sayso.house.id, conversation_id)
        )
        assert [one.words for one in kept.conversation.offered] == ["I want a dog"]


async def test_a_button_pressed_late_is_offered_as_a_change_and_twice_is_once(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        while "Mixed" not in phone.labels():
            label = next(x for x in ("Go on", "Not now", "Yes, start") if x in phone.labels())
            label = "Yes, start" if "Yes, start" in phone.labels() else label
            await phone.answered(partial(phone.press, label))
        faces = phone.last
        await phone.answered(lambda: phone.press("Mixed", faces))

        again = await phone.answered(lambda: phone.press("Mixed", faces))
        assert "What should people know" in again["text"]

        other = await phone.answered(lambda: phone.press("Good", faces))
        assert other["text"].startswith("I asked: “How do you feel about how you're looked after?”")
        assert "Is it your answer?" in other["text"]


async def test_delete_asks_before_it_takes_all_back_and_is_never_an_answer(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        early = await phone.answered(lambda: phone.say("/delete"))
        assert early["text"].startswith("Hi. I'm Sayso.")
        while "Mixed" not in phone.labels():
            label = next(one for one in ("Yes, start", "Not now", "Go on") if one in phone.labels())
            await phone.answered(partial(phone.press, label))
        await phone.answered(lambda: phone.press("Mixed"))

        asked = await phone.answered(lambda: phone.say("/delete"))
        assert "Do you want to take it all back?" in asked["text"]

        await phone.answered(lambda: phone.press("Yes, take it back"))
        check = await phone.answered(lambda: phone.press(phone.labels()[0]))
        assert "(1)" not in check["text"]


async def test_the_check_step_says_what_use_it_is_about(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        while "Mixed" not in phone.labels():
            label = next(one for one in ("Yes, start", "Not now", "Go on") if one in phone.labels())
            await phone.answered(partial(phone.press, label))
        await phone.answered(lambda: phone.say("are you a real person?"))
        await phone.answered(lambda: phone.press("Choose another topic"))
        check = await phone.answered(lambda: phone.press("That's all. Check it"))

        assert "Use it" in phone.labels()
        assert "You wrote more, and it is not sent." in check["text"]


async def test_stickers_places_and_groups_do_no_harm(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        place = await phone.answered(
            lambda: phone.show(location={"latitude": 54.5, "longitude": -1.3})
        )
        assert "I don't keep places" in place["text"]
        assert "Help me now" in phone.labels()
        await phone.hears(lambda one: not any("location" in m for m in one.messages))

        sticker = {
            "file_id": "x",
            "file_unique_id": "y",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
        answer = await phone.answered(lambda: phone.show(sticker=sticker))
        assert "You can send one of those." in answer["text"]

        group = {**api.message_of(5001, text="hi"), "chat": {"id": -7, "type": "group"}}
        api.send({"message": group}, -7)
        await api.settled()
        assert -7 not in api.chats
        assert set(api.answers) == {200}


async def test_an_unknown_chat_is_told_what_to_do_and_may_type_its_code(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        answer = await phone.answered(lambda: phone.say("hello"))
        assert "I don't know who you are yet" in answer["text"]

        answer = await phone.answered(lambda: phone.say("ABCD-EFGH-JKMN"))
        assert "That code did not work" in answer["text"]

        def invite(db: Any) -> invitations.Invited:
            review = demo.unused(db, sayso.house, now())["16+"][0]
            return invitations.invite(db, sayso.house, review.review_id, now())

        invited = await sayso.store.write(invite)
        answer = await phone.answered(lambda: phone.say(invited.code.lower()))
        assert "Hi. I'm Sayso." in answer["text"]


@pytest.mark.parametrize("band", ["16+", "12-15"])
async def test_what_was_begun_in_a_browser_goes_on_in_telegram_with_the_come_back_code(
    tmp_path: Path, band: str
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        young = await let_in(sayso, band)
        await young.goes_to("home.change")
        await young.says(Command(name=Name.STOP))
        async with Visitor.at(sayso, young.cookies()) as browser:
            page = await browser.get("/chat")
        code = page.html.partition('class="comeback">')[2].partition("<")[0]

        answer = await phone.answered(lambda: phone.say(code))

        if band == "12-15":  # too young for Telegram
            assert "That code did not work" in answer["text"]
            return
        assert "You have stopped" in answer["text"]
        await phone.hears(lambda one: code not in one.texts)
        await phone.answered(lambda: phone.press("Go on"))
        assert "What would you change there" in phone.last["text"]
        await phone.answered(lambda: phone.say("A lock on my door"))
        answers = (await young.conversation()).answers
        assert answers["home.change"].words == "A lock on my door"
        assert "home.feeling" in answers


async def test_edited_words_are_new_words_and_both_are_kept(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        while "Choose another topic" not in phone.labels():
            way = next(one for one in ("Yes, start", "Go on", "Not now") if one in phone.labels())
            await phone.answered(partial(phone.press, way))
        await phone.answered(lambda: phone.press("Choose another topic"))
        await phone.answered(lambda: phone.press("Where I live"))
        await phone.answered(lambda: phone.press("Mixed"))
        await phone.answered(lambda: phone.say("A lamp"))

        await phone.answered(lambda: phone.edit(0, "A lamp and a desk"))

        assert "You said this too" in phone.last["text"]
        await phone.answered(lambda: phone.press("Yes, keep it"))
        await phone.hears(lambda one: "A lamp" not in one.texts)
        answers = await _answers(sayso, review_id)
        assert answers["home.change"] == "A lamp"
        assert answers["anything.words"] == "A lamp and a desk"


async def _answers(sayso: Sayso, review_id: str) -> dict[str, str | None]:
    """What was said in words, by question."""
    conversation_id = invitations.conversation_of(sayso.house, review_id)
    kept = await sayso.store.read(lambda db: kept_conversation(db, sayso.house.id, conversation_id))
    return {name: one.words for name, one in kept.conversation.answers.items()}


async def test_below_the_minimum_age_there_is_no_telegram(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):

        def invite(db: Any) -> invitations.Invited:
            review = demo.unused(db, sayso.house, now())["12-15"][0]
            return invitations.invite(db, sayso.house, review.review_id, now())

        invited = await sayso.store.write(invite)
        assert invited.telegram_start is None

        answer = await phone.answered(lambda: phone.say(invited.code))

        assert "That code did not work" in answer["text"]


async def test_a_wrong_secret_is_403_a_huge_body_413_and_a_broken_one_200(tmp_path: Path) -> None:
    import aiohttp  # noqa: PLC0415

    async with telegram(tmp_path) as (sayso, api, phone):
        url = f"{sayso.base}/telegram/webhook"
        right = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=b"{}", headers={}) as answer:
                assert answer.status == 403
            async with session.post(url, data=b"x" * 300_000, headers=right) as answer:
                assert answer.status == 413
            packed = {**right, "Content-Encoding": "gzip", "Connection": "close"}
            async with session.post(url, data=b"{}", headers=packed) as answer:
                assert answer.status == 400
            async with session.post(url, data=b"\xff{not json", headers=right) as answer:
                assert answer.status == 200
        answer_to_next = await phone.answered(lambda: phone.say("hello"))
        assert "I don't know who you are yet" in answer_to_next["text"]


async def test_answers_stay_when_telegram_takes_the_message_and_says_nothing(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        hits = iter(range(100))
        api.fault = lambda method, _params: (
            Fault(500, "Internal Server Error", after=True)
            if method == "sendMessage" and next(hits) % 3 == 0
            else None
        )

        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await phone.hears(lambda one: "Hi. I'm Sayso." in one.texts)


async def test_a_blocked_bot_holds_up_nothing(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        other = Phone(api, 6001)
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        phone.block()
        phone.say("are you there?")

        answer = await other.answered(lambda: other.say("hello"))

        assert "I don't know who you are yet" in answer["text"]
