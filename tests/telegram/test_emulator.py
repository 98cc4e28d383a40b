"""The published emulator behind its proxy: what it gives, and a conversation in texts alone."""

from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import BadRequest

from tests.channels.telegram.test_playing import payload_for
from tests.sayso import house_at, running
from tests.telegram.bot_api import TOKEN
from tests.telegram.test_api_proxy import INSTALLED, emulator

pytestmark = pytest.mark.skipif(
    not INSTALLED.exists(), reason="the emulator is not installed: tools/setup test"
)


async def test_the_librarys_own_types_accept_what_comes_through_the_proxy() -> None:
    async with emulator(TOKEN) as api, Bot(TOKEN, base_url=f"{api.url}/bot") as bot:
        assert bot.bot.is_bot

        sent = await bot.send_message(5001, "Hello")
        assert sent.text == "Hello"
        assert sent.from_user is not None
        assert sent.from_user.is_bot
        assert 2025 < sent.date.year < 2100

        await api.say("I want a dog")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "I want a dog"
        assert update.message.from_user is not None
        assert not update.message.from_user.is_bot

        assert await bot.delete_message(5001, sent.message_id)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(5001, sent.message_id)
        assert await bot.send_chat_action(5001, "typing")


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_young_person_begins_by_texts_alone(
    tmp_path: Path, sqlite_database_url: str, mode: str
) -> None:
    async with emulator(TOKEN) as api:
        house = house_at(
            tmp_path,
            sqlite_database_url,
            telegram_token=TOKEN,
            telegram_api_url=api.url,
            telegram_style="full",
            telegram_mode=mode,
            telegram_rate="off",
        )
        async with running(house, tmp_path) as sayso:
            payload, _review = await payload_for(sayso)

            await api.say("hello")
            await api.read(having="I don't know who you are yet")
            await api.say(f"/start {payload}")
            await api.read(having="Hi. I'm Sayso.")
            await api.say("Go on")
            await api.read(having="What happens with your words")
            await api.say("Go on")
            await api.read(having="If someone is not safe")
            await api.say("/help")
            await api.read(having="Childline")

        assert set(api.answers) == ({200} if mode == "webhook" else set())
