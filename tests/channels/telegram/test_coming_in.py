"""What comes in by the webhook and by polling, where the other side does not behave."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram.error import RetryAfter

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.receive import Receiver
from tests.channels.telegram.test_playing import telegram

STRANGE: tuple[Any, ...] = (
    {"callback_query": {"from": None}},
    {"callback_query": {"from": []}},
    {"message": {"chat": None}},
    {"message": None},
    {},
)


async def test_in_polling_a_poisoned_update_stops_nobody(tmp_path: Path) -> None:
    async with telegram(tmp_path, telegram_mode="polling") as (_sayso, api, phone):
        for strange in STRANGE:
            api.send(strange, 1)

        answer = await phone.answered(lambda: phone.say("hello"))

        assert "I don't know who you are yet" in answer["text"]


async def test_a_mistake_of_ours_does_not_end_the_polling_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, mistakes = Receiver.receive, 1

    async def receive(receiver: Receiver, raw: str, at: datetime) -> None:
        nonlocal mistakes
        if mistakes:
            mistakes -= 1
            raise RuntimeError("a mistake of ours")
        await take(receiver, raw, at)

    async with telegram(tmp_path, telegram_mode="polling") as (_sayso, _api, phone):
        monkeypatch.setattr(Receiver, "receive", receive)
        answer = await phone.answered(lambda: phone.say("hello"))

        assert mistakes == 0
        assert "I don't know who you are yet" in answer["text"]


@pytest.mark.parametrize("given", [b"\xff\xfe", b"", "ünï".encode(), b"x" * 4000])
async def test_a_secret_of_any_bytes_is_simply_wrong(tmp_path: Path, given: bytes) -> None:
    async with telegram(tmp_path) as (sayso, _api, _phone):
        port = int(sayso.base.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /telegram/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
            b"Connection: close\r\nX-Telegram-Bot-Api-Secret-Token: " + given + b"\r\n\r\n{}"
        )
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

        assert answer.startswith(b"HTTP/1.1 403 ")


async def test_setting_the_webhook_obeys_a_retry_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    calls = 0

    async def call() -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RetryAfter(40)
        return True

    monkeypatch.setattr("bot.channels.telegram.channel.asyncio.sleep", sleep)

    await Telegram._until_done(object(), call)  # type: ignore[arg-type] # it asks nothing of it

    assert slept == [40]


async def test_an_update_sent_twice_is_answered_once(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        secret = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
        update = {"update_id": 9_000_001, "message": api.message_of(phone.chat, text="hello")}
        async with aiohttp.ClientSession(headers=secret) as session:
            for _again in range(3):
                async with session.post(f"{sayso.base}/telegram/webhook", json=update) as answer:
                    assert answer.status == 200
        await phone.hears(lambda one: "I don't know who you are yet" in one.texts)
        await asyncio.sleep(0.2)

        assert [c.method for c in api.calls].count("sendMessage") == 1
