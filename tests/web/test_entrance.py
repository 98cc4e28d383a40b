"""A crowd comes in at once, and nobody is left outside for good."""

import asyncio
import os
import resource
import socket
import time

import pytest
import uvloop
from aiohttp import web

from bot.web.entrance import Entrance

_HELLO = b"GET / HTTP/1.1\r\nHost: sayso.example\r\nConnection: close\r\n\r\n"
_TURN = 0.02  # seconds that something else takes of every turn of the loop


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="Hello")


class _Open:
    """An entrance with somebody behind it."""

    def __init__(self) -> None:
        app = web.Application()
        app.router.add_get("/", _hello)
        self.runner = web.AppRunner(app, access_log=None)
        self.port = 0

    async def __aenter__(self) -> "_Open":
        await self.runner.setup()
        assert self.runner.server is not None
        self.entrance = Entrance(self.runner.server)
        self.port = await self.entrance.open("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.entrance.close()
        await self.runner.cleanup()

    def come(self) -> socket.socket:
        """Somebody at the door, who has already said what they want."""
        coming = socket.create_connection(("127.0.0.1", self.port))
        coming.sendall(_HELLO)
        coming.setblocking(False)
        return coming


async def _heard(coming: socket.socket) -> bytes:
    with coming:
        return await asyncio.get_running_loop().sock_recv(coming, 1000)


async def _busy(turns: list[int]) -> None:
    while True:
        time.sleep(_TURN)
        turns[0] += 1
        await asyncio.sleep(0)


async def _a_crowd() -> int:
    async with _Open() as house:
        crowd = [house.come() for _ in range(200)]
        turns = [0]
        busy = asyncio.create_task(_busy(turns))
        answers = await asyncio.gather(*map(_heard, crowd))
        busy.cancel()
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers)
    return turns[0]


def test_a_crowd_is_taken_in_within_a_few_turns_of_a_busy_loop() -> None:
    assert uvloop.run(_a_crowd()) < 40  # one in each turn would take 200


async def _without_files() -> None:
    async with _Open() as house:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        coming = house.come()
        resource.setrlimit(resource.RLIMIT_NOFILE, (_files_open(), hard))
        try:
            await asyncio.sleep(0.2)
            with pytest.raises(BlockingIOError):
                coming.recv(1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (await _heard(coming)).startswith(b"HTTP/1.1 200")


def _files_open() -> int:
    """A limit at which no more can be opened."""
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    return lowest


def test_with_no_files_left_to_open_people_wait_and_are_served_later() -> None:
    uvloop.run(_without_files())


async def _closing() -> bytes:
    async with _Open() as house:
        answer = await _heard(house.come())
        await house.entrance.close()
        with pytest.raises(ConnectionRefusedError):
            house.come()
    return answer


def test_nobody_comes_in_after_closing() -> None:
    assert uvloop.run(_closing()).startswith(b"HTTP/1.1 200")


def test_a_port_that_is_taken_is_said() -> None:
    async def twice() -> None:
        async with _Open() as house:
            assert house.runner.server is not None
            with pytest.raises(OSError, match="in use"):
                await Entrance(house.runner.server).open("127.0.0.1", house.port)

    uvloop.run(twice())
