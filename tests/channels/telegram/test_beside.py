"""Where somebody helps a young person type in Telegram, no message of the bot shows that an alert
exists. Those who always have somebody beside them, 4 to 7, are too young for Telegram."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.channels.telegram.test_alerts import raised
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.channels.webchat.beside import CONCERN, HARMLESS, URGENT
from tests.telegram.bot_api import Phone


def _said(phone: Phone, words: str) -> list[tuple[str, Any]]:
    """All that the bot has said and what could be pressed, without what was typed and the time."""
    return [
        (
            re.sub(r"http\S+|\d\d:\d\d", "LINK OR TIME", message["text"].replace(words, "WORDS")),
            [
                [button["text"] for button in row]
                for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            ],
        )
        for message in phone.messages
        if message["from"]["is_bot"]
    ]


async def _conversation(folder: Path, words: str) -> tuple[list[tuple[str, Any]], int]:
    folder.mkdir()
    async with telegram(folder) as (sayso, _api, phone):
        payload, _review_id = await payload_for(sayso)

        async def says(*several: str) -> None:
            for one in several:
                await phone.answered(lambda one=one: phone.say(one))  # type: ignore[misc]

        async def presses(*labels: str) -> None:
            for one in labels:
                await phone.answered(lambda one=one: phone.press(one))  # type: ignore[misc]

        await says(f"/start {payload}")
        while "Yes, start" not in phone.labels():
            await presses("Skip")
        await presses("Someone helps me type", "Someone I live with", "They type for me")
        await says("Sam")
        await presses("Go on", "Yes, start", "Good")
        await says(words)
        await presses("Back")
        await says("/skip", "/help")
        await presses("Go on")
        await says(f"{words} again", "help")
        await presses("Go on", "Choose another topic", "That's all. Check it", "Stop for now")
        await presses("Go on", "Send")
        return _said(phone, words), len(await raised(sayso))


@pytest.mark.parametrize("words", [URGENT, CONCERN], ids=["urgent", "concern"])
async def test_with_somebody_beside_the_bot_says_the_same_with_an_alert_and_without(
    tmp_path: Path, words: str
) -> None:
    harmless, help_alone = await _conversation(tmp_path / "harmless", HARMLESS)
    danger, with_words = await _conversation(tmp_path / "danger", words)

    assert danger == harmless
    assert with_words > help_alone
    for text, _buttons in danger:
        for told in ("Thank you for telling me", "duty team", "Are you safe", "Some things are"):
            assert told not in text
