"""python-telegram-bot's way out on one shared session: errors, waiting, and never the token."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.request import SharedRequest
from bot.logs import TALKATIVE
from tests.telegram.bot_api import TOKEN, BotApi, Fault


def _always(fault: Fault, _method: str, _params: dict[str, Any]) -> Fault:
    return fault


@asynccontextmanager
async def bot_and_api(url: str = "") -> AsyncIterator[tuple[Bot, BotApi]]:
    api = BotApi()
    await api.start()
    request = SharedRequest()
    try:
        yield Bot(TOKEN, base_url=f"{url or api.url}/bot", request=request), api
    finally:
        await request.shutdown()
        await api.stop()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(400, "Bad Request: chat not found"), BadRequest),
        (Fault(401, "Unauthorized"), InvalidToken),
        (Fault(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (Fault(404, "Not Found"), InvalidToken),
        (Fault(409, "Conflict: terminated by other getUpdates request"), Conflict),
        (Fault(429, "Too Many Requests: retry after 7", retry_after=7), RetryAfter),
        (Fault(500, "Internal Server Error"), NetworkError),
        (Fault(502, "Bad Gateway"), NetworkError),
    ],
)
async def test_each_refusal_is_the_librarys_own_error(fault: Fault, error: type) -> None:
    async with bot_and_api() as (bot, api):
        api.fault = lambda _method, _params: fault

        with pytest.raises(error) as raised:
            await bot.send_message(5001, "Hello")

        assert type(raised.value) is error
        assert TOKEN not in str(raised.value)


async def test_no_answer_in_time_is_timed_out_and_nobody_listening_is_not() -> None:
    async with bot_and_api() as (bot, api):
        api.fault = lambda _method, _params: Fault(200, "", after=True, hang=True)
        with pytest.raises(TimedOut):
            await bot.send_message(5001, "Hello", read_timeout=0.1)
        assert len(api.chats[5001]) == 1  # it was taken all the same: that is why it is unknown

    async with bot_and_api(f"http://127.0.0.1:{unused_port()}") as (bot, _api):
        with pytest.raises(NetworkError) as raised:
            await bot.send_message(5001, "Hello")
        assert type(raised.value) is NetworkError


async def test_an_answer_that_drips_does_not_hold_a_delivery_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram.request._MARGIN", 0.2)

    given_up, closed = asyncio.Event(), asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not given_up.is_set():
            writer.write(b" ")
            await asyncio.sleep(0.05)
        writer.transport.abort()
        closed.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with bot_and_api(f"http://127.0.0.1:{port}") as (bot, _api), asyncio.timeout(5):
        with pytest.raises(TimedOut):
            await bot.send_message(5001, "Hello", read_timeout=0.2, connect_timeout=0.2)
        given_up.set()
        await closed.wait()
    server.close()
    await server.wait_closed()


async def test_the_token_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in TALKATIVE:
        caplog.set_level(logging.WARNING, name)
    said = []
    async with bot_and_api() as (bot, api):
        await bot.send_message(5001, "Hello")
        for fault in (Fault(500, "x"), Fault(429, "x", retry_after=1), Fault(404, "x")):
            api.fault = partial(_always, fault)
            with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is
                await bot.send_message(5001, "Hello")
            said.append(repr(raised.value) + repr(raised.value.__cause__))
    async with bot_and_api(f"http://127.0.0.1:{unused_port()}") as (bot, _api):
        with pytest.raises(NetworkError) as refused:
            await bot.get_me()
        said.append(repr(refused.value) + repr(refused.value.__cause__))

    secret = TOKEN.partition(":")[2]
    assert secret not in caplog.text
    assert secret not in "".join(said)


async def test_an_answer_that_is_no_json_is_an_error_and_in_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text='{"ok":true,"result":{"chat":{"first_name":"Ayo"')

    app = web.Application()
    app.router.add_post("/{rest:.*}", answer)
    async with TestServer(app) as server, bot_and_api(str(server.make_url(""))) as (bot, _api):
        with pytest.raises(TelegramError) as raised:
            await bot.send_message(5001, "Hello")

    assert "Ayo" not in caplog.text + str(raised.value)


async def test_256_messages_are_under_way_at_once() -> None:
    """All of them arrive though none was answered yet."""
    async with bot_and_api() as (bot, api):
        api.delay = 600
        sending = asyncio.gather(
            *(bot.send_message(chat, "Hello", read_timeout=600) for chat in range(1, 257))
        )

        async with asyncio.timeout(60):
            while len(api.calls) < 256:
                await asyncio.sleep(0.05)

        assert len({call.params["chat_id"] for call in api.calls}) == 256
        assert not sending.done()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def test_every_sign_arrives_as_it_was() -> None:
    words = "I'd like 🐕 שלום\u0301 <b>&amp; “x” \\ \n\t ok"
    async with bot_and_api() as (bot, api):
        sent = await bot.send_message(5001, words)

        assert sent.text == words
        assert next(iter(api.chats[5001].values()))["text"] == words


async def test_a_session_that_was_closed_is_opened_again() -> None:
    async with bot_and_api() as (bot, _api):
        await bot.send_message(5001, "Hello")
        await bot.request.shutdown()

        assert (await bot.send_message(5001, "Again")).text == "Again"
