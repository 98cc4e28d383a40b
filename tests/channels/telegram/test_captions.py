"""Words beneath a photo or a film, edited ones, and those of a chat that nobody knows: all are read
for danger, at once, and none is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.service.invitations import conversation_of
from bot.web.context import now
from conversations.conversation import Pause
from conversations.places import OFFER, asked
from storage.conversations import get
from storage.tables import conversations, keys_to_conversations
from tests.channels.telegram.test_alerts import URGENT, raised
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.channels.telegram.test_showing import answers, begun, to_words
from tests.media import files
from tests.sayso import Sayso
from tests.telegram.bot_api import BotApi, Fault, Phone

TOLD = "What you wrote and your name go to the duty team"


def film(api: BotApi, phone: Phone, caption: str) -> dict[str, Any]:
    """A film with words beneath it."""
    about = {"file_id": "x", "file_unique_id": "x", "duration": 1, "width": 9, "height": 9}
    return api.message_of(phone.chat, video=about, caption=caption)


async def words_offered(sayso: Sayso, talk: str) -> list[str | None]:
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, talk))
    return [one.words for one in kept.conversation.offered]


async def test_a_caption_is_read_at_once_though_its_photo_is_fetched_much_later(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        api.fault = lambda method, _params: Fault(502, "away") if method == "getFile" else None

        seen = await phone.answered(
            lambda: phone.sends(files.photograph(), "photo", caption=URGENT)
        )

        assert TOLD in seen["text"]
        assert await raised(sayso) == [("urgent", 1)]

        api.fault = lambda _method, _params: None
        await phone.hears(lambda one: "I have kept your picture." in one.last["text"], 90)
        assert await raised(sayso) == [("urgent", 1)]  # it is the same, and is not counted twice
        (answer,) = [one for one in (await answers(sayso, talk)).values() if one.attachments]
        assert answer.words == URGENT
        await phone.hears(lambda one: all(m["from"]["is_bot"] for m in one.messages))


@pytest.mark.parametrize(("caption", "cause"), [("help", "help"), ("SOS", "help"), ("stop", "")])
async def test_a_word_for_help_or_stop_beneath_a_photo_does_it(
    tmp_path: Path, caption: str, cause: str
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        await begun(sayso, phone)
        await to_words(phone)

        phone.sends(files.photograph(), "photo", caption=caption)

        says = "I'm telling the duty team" if cause else "You have stopped for now."
        await phone.hears(lambda one: one.texts.count(says) == 1)
        await phone.hears(lambda one: "I have kept your picture." in one.last["text"])
        assert says in phone.last["text"]  # that it was kept takes none of it away
        assert await raised(sayso) == ([("help", 1)] if cause else [])


@pytest.mark.parametrize("style", ["full", "doorbell"])
async def test_words_beneath_a_film_are_read_and_kept_without_it(
    tmp_path: Path, style: str
) -> None:
    async with telegram(tmp_path, telegram_style=style) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        film_of = film(api, phone, URGENT)

        seen = await phone.answered(lambda: api.send({"message": film_of}, phone.chat))

        assert await raised(sayso) == [("urgent", 1)]
        if style == "full":
            assert "words, voice notes and photos" in seen["text"]
            assert TOLD in seen["text"]
        else:
            assert seen["text"].startswith("I have kept your words, and not the rest.")
            assert "duty" not in seen["text"]
        await phone.hears(lambda one: all(m["from"]["is_bot"] for m in one.messages))


async def test_words_beneath_what_is_refused_are_offered_as_words(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)

        seen = await phone.answered(
            lambda: phone.sends(files.no_pictures()["svg"], "photo", caption="This is my room")
        )

        assert "I can't open that as a picture." in seen["text"]
        assert "You said this too." in seen["text"]
        assert await words_offered(sayso, talk) == ["This is my room"]
        kept = await sayso.store.read(lambda db: get(db, sayso.house.id, talk))
        assert asked(kept.conversation) == OFFER


async def test_words_changed_beneath_a_photo_are_new_words(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        sent = phone.sends(files.photograph(), "photo", caption="My room")
        await phone.hears(lambda one: "I have kept your picture." in one.last["text"])
        edited = api.message_of(phone.chat, photo=[_a_photo()], caption=URGENT)

        seen = await phone.answered(lambda: api.send({"edited_message": edited}, phone.chat))

        assert sent
        assert TOLD in seen["text"]
        assert await raised(sayso) == [("urgent", 1)]
        assert await words_offered(sayso, talk) == [URGENT]


def _a_photo() -> dict[str, Any]:
    return {"file_id": "x", "file_unique_id": "x", "width": 9, "height": 9, "file_size": 9}


@pytest.mark.parametrize(
    "words", ["help", "Please help me!", "sos", "/help", URGENT, "i want to kill myself"]
)
async def test_a_chat_that_nobody_knows_gets_the_lines_and_is_told_that_nobody_hears(
    tmp_path: Path, words: str
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        seen = await phone.answered(lambda: phone.say(words))

        assert seen["text"].startswith("I don't know who you are yet, so I can't tell anyone.")
        assert "0800 1111" in seen["text"]
        assert await raised(sayso) == []


async def test_a_chat_that_nobody_knows_gets_them_for_words_beneath_a_film_too(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (_sayso, api, phone):
        film_of = film(api, phone, URGENT)
        seen = await phone.answered(lambda: api.send({"message": film_of}, phone.chat))
        assert "0800 1111" in seen["text"]
        hello = await phone.answered(lambda: phone.say("hello"))
        assert "0800 1111" not in hello["text"]


async def _end(sayso: Sayso) -> None:
    """Every invitation ends, and every way in."""
    ended = now() - timedelta(minutes=1)

    def end(db: Connection) -> None:
        db.execute(update(conversations).values(open_until=ended))
        db.execute(update(keys_to_conversations).values(expires_at=ended))

    await sayso.store.write(end)


async def test_whose_invitation_has_ended_is_heard_when_not_safe(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        await begun(sayso, phone)
        await _end(sayso)

        harmless = await phone.answered(lambda: phone.say("I had a dog once"))
        assert "duty team" not in harmless["text"]
        seen = await phone.answered(lambda: phone.say(URGENT))
        assert TOLD in seen["text"]
        assert "The time to write here is over." in seen["text"]
        assert "999" in seen["text"]
        helped = await phone.answered(lambda: phone.say("sos"))
        assert "I'm telling the duty team" in helped["text"]
        assert await raised(sayso) == [("urgent", 1), ("help", 1)]


async def test_in_doorbell_style_stop_stops_and_is_no_answer(tmp_path: Path) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, _api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await phone.answered(lambda: phone.say("stop"))

        talk = conversation_of(sayso.house, review_id)
        kept = await sayso.store.read(lambda db: get(db, sayso.house.id, talk))
        assert kept.conversation.pause is Pause.STOPPED
        assert kept.conversation.offered == ()
