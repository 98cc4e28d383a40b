"""In Telegram, where every message stays with its buttons and a file comes later than its words."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram.heard import from_button
from conversations.attaching import Attachment, Medium
from conversations.conversation import Conversation
from conversations.engine import step
from conversations.flows import FLOWS
from conversations.hearing import Attached, Chosen, Command, Heard, Name, Text
from conversations.places import CHECK, OFFER, SENT, asked
from conversations.texts_later import NEWS
from storage.conversations import get, save
from storage.tables import inbox
from tests.channels.telegram.test_playing import telegram
from tests.channels.telegram.test_showing import answers, begun, count, to_words
from tests.channels.webchat.visiting import Visitor
from tests.conversations.test_starting_over import at_home, goes
from tests.media import files
from tests.sayso import Sayso
from tests.telegram.bot_api import Phone

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
VOICE = Attachment("a1", Medium.VOICE, "audio/mpeg", "0" * 64, 9)


def does(conversation: Conversation, *several: Heard) -> Conversation:
    for heard in several:
        conversation = step(conversation, heard, NOW).conversation
    return conversation


async def conversation_of(sayso: Sayso, talk: str) -> Conversation:
    return (await sayso.store.read(lambda db: get(db, sayso.house.id, talk))).conversation


async def quarantined(sayso: Sayso) -> int:
    def find(db: Connection) -> int:
        return len(db.execute(select(inbox.c.key).where(inbox.c.source.like("%/q"))).all())

    return await sayso.store.read(find)


async def presses(phone: Phone, *labels: str) -> None:
    for label in labels:
        await phone.answered(lambda label=label: phone.press(label))  # type: ignore[misc]


async def test_a_second_tap_drops_no_other_words(tmp_path: Path) -> None:
    """Two messages were edited: each is asked about, under the same buttons."""
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        for words in ("I wrote this anew", "And this one too"):
            number = phone.say(words)
            await phone.api.settled()
            await phone.answered(lambda n=number, w=words: phone.edit(n, f"{w}!"))  # type: ignore[misc]
        offered = (await conversation_of(sayso, talk)).offered
        assert len(offered) > 1
        asks = phone.last
        await phone.answered(lambda: phone.press("No, drop it", asks))
        await phone.answered(lambda: phone.press("No, drop it", asks))

        conversation = await conversation_of(sayso, talk)
        assert conversation.offered == offered[1:]
        assert asked(conversation) == OFFER


async def test_a_second_tap_takes_no_other_news_as_read(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)

        def tell(db: Connection) -> None:
            kept = get(db, sayso.house.id, talk)
            news = ("moved", "officer")
            save(db, replace(kept, conversation=replace(kept.conversation, news=news)), NOW)

        await sayso.store.write(tell)
        await phone.answered(lambda: phone.say("who reads this?"))
        asks = phone.last
        await phone.answered(lambda: phone.press("Go on", asks))
        await phone.answered(lambda: phone.press("Go on", asks))
        assert (await conversation_of(sayso, talk)).news == ("officer",)
        assert "new IRO" in phone.last["text"]


@pytest.mark.parametrize(
    "data", ["c|@offer|@keep~", "c|@offer|@keep~x", "c|@offer|@keep~99999999999", "c|@offer|~1"]
)
def test_a_button_that_nobody_made_says_nothing_at_any_turn(data: str) -> None:
    heard = from_button(data)
    assert heard is None or heard.turn is None or heard == from_button("c|@offer|~1")


def test_no_option_of_any_flow_looks_like_one_with_a_turn() -> None:
    ids = {o.id for flow in FLOWS.values() for _t, q in flow.by_id.values() for o in q.options}
    assert not [one for one in ids if "~" in one]
    assert set(NEWS)


def test_a_voice_note_that_comes_once_its_answer_was_taken_back_is_asked_about() -> None:
    conversation = at_home()
    late = Attached(attachment=VOICE, to="home.change")
    gone = does(conversation, *map(_goes, ("@check", "@back:home.change", "@yes", "@check")))

    after = does(gone, late)

    assert asked(after) == OFFER
    assert "home.change" not in after.answers
    kept = does(after, _goes("@keep"))
    assert kept.answers["home.change"].attachments == (VOICE,)


def _goes(option: str) -> Heard:
    return Chosen(option=option)


def test_so_it_is_when_they_started_over_meanwhile() -> None:
    over = does(at_home(), *map(_goes, ("@map", "@start_over", "@over")))
    after = does(over, Attached(attachment=VOICE, to="home.change"))
    assert (asked(after), "home.change" in after.answers) == (OFFER, False)
    assert does(over, Attached(attachment=VOICE, to="feel.care")).offered  # a face is asked there


async def test_old_buttons_send_nothing_and_bring_nothing_back(tmp_path: Path) -> None:
    """Everything that was ever offered in the chat is pressed once it was all taken back."""
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        await phone.answered(lambda: phone.sends(files.sound("ogg", 1.0)))
        await presses(phone, "Done", "Choose another topic", "That's all. Check it", "Start over")
        await presses(phone, "Yes, start over", "Choose another topic", "That's all. Check it")
        await presses(phone, "Use what I said before")
        assert len(await answers(sayso, talk)) > 1
        await presses(phone, "Send")
        assert await count(sayso) == 1
        before = await conversation_of(sayso, talk)
        old = [
            (button["callback_data"], message)
            for message in list(phone.messages)
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]
        assert {"@over", "@before", "send"} <= {data.rpartition("|")[2] for data, _m in old}
        await presses(phone, "Add or change something", "Take it all back", "Yes, take it back")
        taken = await conversation_of(sayso, talk)
        assert taken.taken_back
        sent = len(taken.sent)
        for data, message in old:
            if data.endswith(("@not_me", "|@yes", "|@keep")):
                continue  # what says so itself
            phone.press("", message, data=data)
            await phone.api.settled()

        after = await conversation_of(sayso, talk)
        assert len(after.sent) in (sent, sent + 1)
        said = {
            q: one
            for q, one in after.answers.items()
            if q in before.answers
            and one == before.answers[q]
            and not FLOWS[after.flow_id].by_id[q][0].explains
        }
        assert said == {}
        assert await quarantined(sayso) == 0


async def test_web_and_chat_at_once_each_see_what_the_other_did(tmp_path: Path) -> None:
    """They start over in the browser while the chat still shows the old question."""
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        await presses(phone, "Good")
        await to_words(phone)
        await phone.answered(lambda: phone.say("My room is cold"))
        await presses(phone, "Choose another topic")
        await phone.answered(lambda: phone.press("That's all. Check it"))
        link = next(word for word in phone.last["text"].split() if word.startswith("http"))
        async with Visitor.at(sayso) as visitor:
            await visitor.post("/i/", {"secret": link.partition("#")[2]})
            assert (await visitor.get("/chat")).state == "check"
            await visitor.says(choice="@start_over")
            await visitor.says(choice="@over")
            fresh = await visitor.get("/chat")
            assert fresh.question == "feel.care"

            await presses(phone, "Send")  # of the check page that is gone
            conversation = await conversation_of(sayso, talk)
            assert (conversation.sent, asked(conversation)) == ((), CHECK)
            stale = await visitor.post("/chat", [("turn", fresh.turn), ("choice", "good")])
            assert stale.status == 200
            assert (await conversation_of(sayso, talk)).before
            assert "My room is cold" in str((await conversation_of(sayso, talk)).before)


async def test_who_blocks_the_bot_and_comes_back_finds_what_was_put_away(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        talk = await begun(sayso, phone)
        await to_words(phone)
        await phone.answered(lambda: phone.sends(files.photograph(), "photo", caption="My room"))
        await presses(phone, "Choose another topic", "Start over", "Yes, start over")
        phone.block()
        await phone.api.settled()
        phone.unblock()
        await phone.api.settled()
        await phone.answered(lambda: phone.say("/start"))
        await presses(phone, "Choose another topic", "That's all. Check it")
        await presses(phone, "Use what I said before", "Send")
        assert (await conversation_of(sayso, talk)).sent
        async with asyncio.timeout(20):
            while not list(sayso.folder.glob("*/*/*.jpg")):
                await asyncio.sleep(0.05)


def test_sending_is_not_done_by_a_second_device_that_has_not_seen_it() -> None:
    conversation = goes(at_home(), "@check")
    page = Command(name=Name.SEND, to=CHECK, turn=conversation.turns)
    changed = does(conversation, Text(words="More", to="home.change"), _goes("@keep"))
    unsent = does(changed, _goes("@check"), page)
    assert (unsent.sent, asked(does(unsent, Command(name=Name.SEND)))) == ((), SENT)
