"""How Telegram is obeyed: its pace, its refusals, and a young person's chat kept tidy."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.channels.telegram.deliver import Pace, TelegramDeliverer
from bot.channels.telegram.request import SharedRequest
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater
from storage.outbox import Claimed
from tests.sayso import house_at
from tests.telegram.bot_api import TOKEN, BotApi, Fault

CHAT = 5001


@dataclass(slots=True)
class Desk:
    """A deliverer, and the Bot API it delivers to, in a time that the test moves."""

    api: BotApi
    deliverer: TelegramDeliverer
    seconds: float = 0.0

    async def deliver(self, *, attempts: int = 1, chat: int = CHAT, **payload: Any) -> Outcome:
        whole = {"chat": chat, "send": None, "tidy": None, "callback": None, **payload}
        at = datetime.now(UTC)
        key = f"telegram:4242/{attempts}"
        row = Claimed(
            "northborough", 1, "telegram", f"telegram/{chat}", key, json.dumps(whole), None,
            attempts, 0, at,
        )  # fmt: skip
        return await self.deliverer.deliver(row)

    def methods(self) -> list[str]:
        return [call.method for call in self.api.calls]


@asynccontextmanager
async def desk(tmp_path: Path, per_second: float | None = None) -> AsyncIterator[Desk]:
    api = BotApi()
    await api.start()
    request = SharedRequest()
    bot = Bot(TOKEN, base_url=f"{api.url}/bot", request=request)
    house = house_at(tmp_path, "sqlite+aiosqlite:///unused.db", telegram_token=TOKEN)
    pace = Pace(per_second)
    one = Desk(api, TelegramDeliverer(house, bot, request, pace))
    pace.clock = lambda: one.seconds
    api.clock = lambda: one.seconds
    try:
        yield one
    finally:
        await request.shutdown()
        await api.stop()


def only(method: str, fault: Fault) -> Any:
    """The fault, for this method alone."""
    return lambda called, _params: fault if called == method else None


ANGRY = Fault(429, "Too Many Requests: retry after 7", retry_after=7)


async def test_a_button_that_may_not_be_answered_yet_does_not_send_the_message_twice(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as one:
        one.api.fault = only("answerCallbackQuery", ANGRY)

        outcome = await one.deliver(send={"text": "Next"}, callback="q1")
        await asyncio.sleep(0.05)

        assert isinstance(outcome, Delivered)
        assert one.methods().count("sendMessage") == 1
        assert one.deliverer.pace.closed_for == 7  # and it is obeyed all the same


@pytest.mark.parametrize("status", [400, 401, 403, 500])
async def test_whatever_becomes_of_a_buttons_spinner_the_message_goes_out_once(
    tmp_path: Path, status: int
) -> None:
    async with desk(tmp_path) as one:
        one.api.fault = only("answerCallbackQuery", Fault(status, "No"))

        outcome = await one.deliver(send={"text": "Next"}, callback="q1")

        assert isinstance(outcome, Delivered)
        assert [m["text"] for m in one.api.chats[CHAT].values()] == ["Next"]


async def test_an_answer_is_not_taken_out_of_the_chat_inside_a_retry_after(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as one:
        said = one.api.message_of(CHAT, text="I miss my brother")

        def closing(method: str, _params: dict[str, Any]) -> None:
            if method == "sendMessage":
                one.deliverer.pace.close(7)  # another chat is told 429 meanwhile

        one.api.fault = closing

        outcome = await one.deliver(send={"text": "Next"}, tidy=said["message_id"])

        assert one.methods() == ["sendMessage"]
        assert isinstance(outcome, Delivered)
        assert outcome.then is not None  # it is taken out later


async def test_nothing_at_all_is_called_inside_a_retry_after(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        one.api.fault = only("sendMessage", ANGRY)
        first = await one.deliver(send={"text": "Next"})
        assert isinstance(first, TryLater)
        assert first.after.total_seconds() >= 7
        one.api.fault = lambda _method, _params: None
        before = len(one.api.calls)

        for seconds in (0, 3, 6.9):
            one.seconds = seconds
            for payload in ({"send": {"text": "x"}}, {"tidy": 1}, {"send": {"edit": 1}}):
                assert isinstance(await one.deliver(**payload, chat=6001), TryLater)

        assert len(one.api.calls) == before
        one.seconds = 7.1
        assert isinstance(await one.deliver(send={"text": "x"}), Delivered)


async def test_after_an_outage_nobody_waits_longer_than_ten_minutes(tmp_path: Path) -> None:
    """Promise P22: drained within ten minutes, so no wait between tries may be longer."""
    async with desk(tmp_path) as one:
        one.api.fault = only("sendMessage", Fault(502, "Bad Gateway"))

        waits = [await one.deliver(send={"text": "x"}, attempts=30) for _try in range(20)]

        assert all(isinstance(w, TryLater) and w.after.total_seconds() <= 120 for w in waits)


async def test_a_refused_message_is_not_sent_again_and_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        one.api.fault = only("sendMessage", Fault(400, "Bad Request: chat not found"))

        assert isinstance(await one.deliver(send={"text": "x"}), Delivered)


async def test_a_blocked_bot_leaves_a_task_only_where_an_answer_stays_in_the_chat(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as one:
        one.api.fault = only("sendMessage", Fault(403, "Forbidden: bot was blocked by the user"))

        nothing_left = await one.deliver(send={"text": "x"})
        words_left = await one.deliver(send={"text": "x"}, tidy=3)

        assert isinstance(nothing_left, GiveUp)
        assert nothing_left.then is None
        assert isinstance(words_left, GiveUp)
        assert words_left.then is not None


async def test_a_message_without_an_answer_from_telegram_is_marked_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.request._READ", 0.1)
    async with desk(tmp_path) as one:
        one.api.fault = only("sendMessage", Fault(200, "", after=True, hang=True))

        outcome = await one.deliver(send={"text": "x"})

        assert isinstance(outcome, TryLater)
        assert outcome.unknown
