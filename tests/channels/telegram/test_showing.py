"""Voice notes and photos in a Telegram chat: fetched, kept, taken out of the chat."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.media.remaking import Remaker
from bot.service.invitations import conversation_of
from conversations.attaching import Medium
from conversations.places import ANYTHING
from storage.conversations import get
from storage.tables import attachments, outbox
from tests.channels.telegram.test_playing import payload_for, play, telegram
from tests.media import files
from tests.sayso import Sayso
from tests.telegram.bot_api import Fault, Phone


async def begun(sayso: Sayso, phone: Phone) -> str:
    """Somebody at the first topic, by which every way is open; their conversation's id."""
    payload, review_id = await payload_for(sayso)
    await phone.answered(lambda: phone.say(f"/start {payload}"))
    for _piece in range(20):
        labels = phone.labels()
        if "Go on" in labels:
            await phone.answered(lambda: phone.press("Go on"))
        elif "Yes, ask" in labels:
            await phone.answered(lambda: phone.press("Not now"))
        elif "Yes, start" in labels:
            await phone.answered(lambda: phone.press("Yes, start"))
            break
    return conversation_of(sayso.house, review_id)


async def to_words(phone: Phone) -> None:
    """On to a question that takes words."""
    for _question in range(20):
        if "You can send a voice note or a photo too." in phone.last["text"]:
            return
        await phone.answered(lambda: phone.press("Skip"))
    raise AssertionError("No question takes words.")


async def answers(sayso: Sayso, talk: str) -> dict[str, Any]:
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, talk))
    return dict(kept.conversation.answers)


async def count(sayso: Sayso) -> int:
    def find(db: Connection) -> int:
        return db.execute(select(func.count()).select_from(attachments)).scalar_one()

    return await sayso.store.read(find)


async def test_a_voice_note_and_a_photo_belong_to_the_open_question_and_leave_the_chat(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        assert "person should listen or look by about" in phone.last["text"]

        heard = await phone.answered(lambda: phone.sends(files.sound("ogg", 2.0)))
        assert "I have kept your recording." in heard["text"]
        assert "Done" in phone.labels()
        seen = await phone.answered(
            lambda: phone.sends(files.photograph(), "photo", caption="My room")
        )
        assert "I have kept your picture." in seen["text"]

        said = await answers(sayso, talk)
        (answer,) = [one for one in said.values() if one.attachments]
        assert [one.medium for one in answer.attachments] == [Medium.VOICE, Medium.PICTURE]
        assert answer.words == "My room"
        assert answer.channel.value == "telegram"
        await phone.hears(lambda one: all(m["from"]["is_bot"] for m in one.messages))
        on = await phone.answered(lambda: phone.press("Done"))
        assert "I have kept" not in on["text"]
        assert "My room" not in phone.texts


async def test_what_comes_unasked_is_offered_as_anything_else(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        assert "voice note" not in phone.last["text"]  # a face is asked for

        await phone.answered(lambda: phone.sends(files.sound("ogg", 2.0)))
        keep = next(label for label in phone.labels() if "Yes" in label or "Keep" in label)
        await phone.answered(lambda: phone.press(keep))

        assert len((await answers(sayso, talk))[ANYTHING].attachments) == 1


async def test_what_was_said_aloud_in_telegram_is_sent_with_the_rest(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        await begun(sayso, phone)
        await to_words(phone)
        await phone.answered(lambda: phone.sends(files.sound("ogg", 2.0)))
        await phone.answered(lambda: phone.press("Done"))
        await play(phone)

        async with asyncio.timeout(20):
            while not list(sayso.folder.glob("*/*/*.mp3")):
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("content", "kind", "more", "says"),
    [
        (files.sound("ogg", 2.0), "voice", {"duration": 1800}, "That is longer than 5 minutes."),
        (b"no sound at all", "voice", {}, "I can't open that as sound."),
        (files.bomb(), "photo", {}, "That picture is too large"),
        (files.no_pictures()["svg"], "photo", {}, "I can't open that as a picture."),
        (files.sound("ogg", 2.0), "video_note", {"length": 240}, "words, voice notes and photos"),
        (files.drawing(), "sticker", {}, "words, voice notes and photos"),
        (files.photograph(), "document", {}, "words, voice notes and photos"),
    ],
    ids=["half an hour", "no sound", "bomb", "svg", "video note", "sticker", "document"],
)
async def test_what_can_not_be_kept_is_refused_kindly_with_a_way_and_leaves_the_chat(
    tmp_path: Path, content: bytes, kind: str, more: dict[str, Any], says: str
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        await begun(sayso, phone)
        await to_words(phone)
        if kind in ("voice", "photo"):
            answer = await phone.answered(lambda: phone.sends(content, kind, **more))
        else:
            about = {"file_id": "x", "file_unique_id": "x", "duration": 1, "type": "regular"}
            about |= dict.fromkeys(("width", "height", "length"), 9)
            about |= dict.fromkeys(("is_animated", "is_video"), False)
            message = api.message_of(phone.chat, **{kind: about})
            answer = await phone.answered(lambda: api.send({"message": message}, phone.chat))

        assert says in answer["text"]
        assert "Help me now" in phone.labels()  # a way out stands by every message
        assert "Skip" in phone.labels()
        await phone.hears(lambda one: all(m["from"]["is_bot"] for m in one.messages))
        assert await count(sayso) == 0


async def test_too_many_bytes_are_not_even_fetched(tmp_path: Path) -> None:
    async with telegram(tmp_path, attachment_megabytes=1) as (sayso, api, phone):
        await begun(sayso, phone)
        await to_words(phone)

        answer = await phone.answered(lambda: phone.sends(bytes(2_000_000)))

        assert "That file is too big" in answer["text"]
        assert "getFile" not in [call.method for call in api.calls]


async def test_in_doorbell_style_it_goes_in_the_web_chat_and_nothing_is_fetched(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        answer = await phone.answered(lambda: phone.sends(files.sound("ogg", 2.0)))

        assert answer["text"].startswith("I can't keep that here")
        assert f"{sayso.base}/i/#" in answer["text"]
        assert "getFile" not in [call.method for call in api.calls]
        await phone.hears(lambda one: all(m["from"]["is_bot"] for m in one.messages))


async def test_where_telegram_is_away_it_is_fetched_later_and_once(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        tries = 0

        def away(method: str, _params: dict[str, Any]) -> Fault | None:
            nonlocal tries
            tries += method in ("getFile", "file")
            broken = method == "getFile" and tries == 1
            return Fault(502, "Bad Gateway") if broken or (method == "file" and tries < 4) else None

        api.fault = away
        api.duplicate_every = 1
        await phone.answered(lambda: phone.sends(files.sound("ogg", 2.0)))

        assert tries > 3
        said = await answers(sayso, talk)
        assert sum(len(one.attachments) for one in said.values()) == 1
        assert await count(sayso) == 1


async def test_a_stop_in_the_middle_loses_nothing_and_keeps_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Remaker.__call__

    async def killed(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("the power went out")

    async with telegram(tmp_path) as (sayso, _api, phone):
        await begun(sayso, phone)
        await to_words(phone)
        monkeypatch.setattr(Remaker, "__call__", killed)
        phone.sends(files.sound("ogg", 2.0))
        async with asyncio.timeout(10):
            while not await sayso.store.read(_fetching):
                await asyncio.sleep(0.02)
        assert await count(sayso) == 0
        before = len(phone.messages)
        monkeypatch.setattr(Remaker, "__call__", whole)
        await phone.hears(lambda one: "I have kept your recording." in one.texts)
        assert await count(sayso) == 1
        assert len(phone.messages) <= before + 1


def _fetching(db: Connection) -> int:
    query = select(func.count()).where(
        outbox.c.destination == "telegram_file", outbox.c.attempts > 0
    )
    return db.execute(query).scalar_one()
