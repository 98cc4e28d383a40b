"""Bodies that are too large, too slow or never end: each is ended, and nobody else waits for it."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web import forms
from tests.channels.webchat.visiting import Visitor
from tests.sayso import Sayso, house_at, running

LIMIT = 256 * 1024


@pytest_asyncio.fixture
async def sayso(tmp_path: Path, sqlite_database_url: str) -> AsyncIterator[Sayso]:
    async with running(house_at(tmp_path, sqlite_database_url), tmp_path) as one:
        yield one


def head(path: str, length: int | str, more: str = "") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


async def connected(sayso: Sayso) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = sayso.base.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


async def status_of(reader: asyncio.StreamReader) -> int:
    line = await reader.readline()
    return int(line.split()[1])


async def test_a_body_beyond_the_limit_is_refused_in_the_reader_s_own_words(sayso: Sayso) -> None:
    async with Visitor.at(sayso) as visitor:
        await visitor.comes()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        page = await visitor.post("/chat", b"words=" + b"x" * LIMIT, headers=form)
        assert page.status == 413
        assert "What you said before is not lost" in page.text or "too" in page.text
        assert (await visitor.says(words="still there")).status == 200


@pytest.mark.parametrize("path", ["/chat", "/i/"])
async def test_a_body_that_drips_is_ended_and_nobody_waits_for_it(
    sayso: Sayso, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_SECONDS", 0.5)
    reader, writer = await connected(sayso)
    started = time.monotonic()
    writer.write(head(path, 1000) + b"words=")
    await writer.drain()

    async with Visitor.at(sayso) as visitor:
        await visitor.comes()
        assert (await visitor.says(words="others go on")).status == 200
    async with asyncio.timeout(20):
        assert await status_of(reader) == 400
    assert time.monotonic() - started < 20
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("path", ["/chat", "/i/", "/notme", "/chat/answers", "/desk/sign-in"])
@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "zstd"])
async def test_a_body_that_is_not_packed_as_it_says_is_no_error_of_ours(
    sayso: Sayso, path: str, packed: str
) -> None:
    reader, writer = await connected(sayso)
    writer.write(head(path, 9, f"Content-Encoding: {packed}\r\n") + b"words=abc")
    await writer.drain()
    async with asyncio.timeout(20):
        assert await status_of(reader) in (400, 403)
    writer.close()
    await writer.wait_closed()


async def test_a_body_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    sayso: Sayso,
) -> None:
    bomb = gzip.compress(b"words=" + b"x" * 200_000_000)
    reader, writer = await connected(sayso)
    writer.write(head("/chat", len(bomb), "Content-Encoding: gzip\r\n") + bomb)
    async with asyncio.timeout(20):
        assert await status_of(reader) == 413
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@pytest.mark.parametrize(
    "whole",
    [
        head("/chat", 1000) + b"words=half",
        head("/chat", 5) + b"words=more than was said",
        head("/i/", "99999999999999999999") + b"code=x",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwords",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /chat HTTP/1.1\r\nHost: x",
    ],
)
async def test_a_body_that_is_cut_off_keeps_nothing_and_breaks_nothing(
    sayso: Sayso, whole: bytes
) -> None:
    for _time in range(20):
        reader, writer = await connected(sayso)
        writer.write(whole)
        await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        del reader
    async with Visitor.at(sayso) as visitor:
        await visitor.comes()
        page = await visitor.says(words="after all that")
        assert page.status == 200


async def test_two_lengths_that_differ_are_refused(sayso: Sayso) -> None:
    """What a proxy and we would read differently could carry a request inside another."""
    reader, writer = await connected(sayso)
    writer.write(
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    await writer.drain()
    async with asyncio.timeout(10):
        assert await status_of(reader) == 400
    writer.close()
    await writer.wait_closed()
