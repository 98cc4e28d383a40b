"""Somebody who is not safe, in Telegram: told in a full conversation, by the page in a doorbell."""

from pathlib import Path

from sqlalchemy import select

from storage.tables import alerts
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.sayso import Sayso

URGENT = "my dad hits me with a belt"


async def raised(sayso: Sayso) -> list[tuple[str, int]]:
    query = select(alerts.c.cause, alerts.c.times).order_by(alerts.c.raised_at)
    return await sayso.store.read(lambda db: [(r.cause, r.times) for r in db.execute(query)])


async def test_in_a_full_conversation_help_and_urgent_words_say_who_is_told(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await phone.answered(lambda: phone.say("sos!!"))
        assert "I'm telling the duty team at the council, with your name." in phone.last["text"]
        assert {"Yes", "No", "Not sure", "Go on"} <= set(phone.labels())
        await phone.answered(lambda: phone.press("No"))
        assert "They can see what you said to that too." in phone.last["text"]
        await phone.answered(lambda: phone.press("Go on"))
        assert "duty team" not in phone.last["text"]

        await phone.answered(lambda: phone.say(URGENT))
        assert "What you wrote and your name go to the duty team" in phone.last["text"]
        assert URGENT not in phone.last["text"]
        assert await raised(sayso) == [("help", 1), ("urgent", 1)]


async def test_a_doorbell_raises_the_alert_and_says_nothing_of_it(tmp_path: Path) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, _api, phone):
        payload, _review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        await phone.answered(lambda: phone.say("I want to see the dog"))
        harmless = phone.last["text"]

        await phone.answered(lambda: phone.say(URGENT))
        assert _without_links(phone.last["text"]) == _without_links(harmless)

        await phone.answered(lambda: phone.say("/help"))
        assert "999" in phone.last["text"]
        assert "/i/#" in phone.last["text"]
        for word in ("duty", "council", "name", "told"):
            assert word not in phone.last["text"]
        assert await raised(sayso) == [("urgent", 1), ("help", 1)]


def _without_links(text: str) -> list[str]:
    return [word for word in text.split() if not word.startswith("http")]
