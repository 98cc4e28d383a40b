"""The webhook's route by itself: which status says what, and what reaches the receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.channels.telegram import webhook
from bot.channels.telegram.webhook import Webhook
from storage.errors import StorageAway

HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = "wébhook-secret_1"
LIMIT = 1024

Client = TestClient[web.Request, web.Application]


@dataclass(slots=True)
class Receiver:
    """What reached it; the commit fails `away` times."""

    away: int = 0
    got: list[tuple[str, datetime]] = field(default_factory=list)

    async def receive(self, body: str, now: datetime) -> None:
        if self.away:
            self.away -= 1
            raise StorageAway("the disk is full")
        self.got.append((body, now))


@asynccontextmanager
async def serving(receiver: Receiver) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=LIMIT)
    route = Webhook(receiver, SECRET)  # type: ignore[arg-type] # only `receive` is asked of it
    app.router.add_post("/", route.handle)
    async with TestClient(TestServer(app)) as client:
        yield client


def given(secret: str = SECRET) -> dict[str, str]:
    """As it stands on the wire: the bytes of UTF-8."""
    return {HEADER: secret.encode().decode("utf-8", "surrogateescape")}


async def test_two_hundred_says_that_the_whole_update_was_kept_just_now() -> None:
    receiver = Receiver()
    before = datetime.now(UTC)
    body = json.dumps({"update_id": 1, "text": "é🐕"}, ensure_ascii=False)
    async with (
        serving(receiver) as client,
        client.post("/", data=body.encode(), headers=given()) as answer,
    ):
        assert (answer.status, await answer.read()) == (200, b"")

    ((got, at),) = receiver.got
    assert got == body
    assert before <= at <= datetime.now(UTC)


@pytest.mark.parametrize(
    "wrong", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "XX" + SECRET]
)
async def test_without_the_secret_nothing_is_read_and_nothing_is_kept(wrong: str | None) -> None:
    receiver = Receiver()
    async with serving(receiver) as client:
        headers = {} if wrong is None else given(wrong)
        async with client.post("/", data=b"x" * (LIMIT + 1), headers=headers) as answer:
            assert (answer.status, await answer.read()) == (403, b"")
    assert receiver.got == []


async def test_a_secret_of_bytes_that_are_no_text_is_wrong_and_nothing_worse() -> None:
    receiver = Receiver()
    async with serving(receiver) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n"
            + HEADER.encode()
            + b": \xff\xfe\r\n\r\n{}"
        )
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert receiver.got == []


async def test_bytes_that_are_no_text_are_kept_with_what_can_be_read_of_them() -> None:
    receiver = Receiver()
    async with (
        serving(receiver) as client,
        client.post("/", data=b'{"text": "\xff"}', headers=given()) as answer,
    ):
        assert answer.status == 200
    assert [body for body, _at in receiver.got] == ['{"text": "�"}']


async def test_what_is_too_large_is_413_and_not_kept() -> None:
    receiver = Receiver()
    async with serving(receiver) as client:
        async with client.post("/", data=b"x" * (LIMIT + 1), headers=given()) as answer:
            assert (answer.status, await answer.read()) == (413, b"")
        async with client.post("/", data=b"x" * (LIMIT - 1), headers=given()) as answer:
            assert answer.status == 200
    assert len(receiver.got) == 1


async def test_what_was_not_kept_is_503_so_that_telegram_brings_it_again() -> None:
    receiver = Receiver(away=1)
    async with serving(receiver) as client:
        with capture_logs() as logs:
            async with client.post("/", data=b"{}", headers=given()) as answer:
                assert (answer.status, await answer.read()) == (503, b"")
        async with client.post("/", data=b"{}", headers=given()) as answer:
            assert answer.status == 200
    assert logs == [{"event": "update_not_kept", "log_level": "warning"}]
    assert len(receiver.got) == 1


async def test_a_body_that_never_ends_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_SECONDS", 0.2)
    receiver = Receiver()
    async with serving(receiver) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
            + f"{HEADER}: {SECRET}\r\n\r\n".encode()
            + b'{"half'
        )
        await writer.drain()
        async with asyncio.timeout(20):
            status = (await reader.readline()).split()[1]
        writer.close()
        await writer.wait_closed()
    assert status == b"408"
    assert receiver.got == []
