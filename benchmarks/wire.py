"""HTTP/1.1 on bare asyncio protocols: as little as load and sink need, so that they are not what
is measured. Bodies have a Content-Length; anything else is an error, never a wrong figure."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

Reply = tuple[bytes, float]
"""What to write, and after how many seconds."""


class Unexpected(Exception):
    """The other side said something that a measurement must not pass over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`head` is everything before the body, lower case but for nothing: as it came."""

    status: int
    head: bytes
    body: bytes


def _length(head: bytes) -> int:
    """The Content-Length; none is 0."""
    low = head.lower()
    at = low.find(b"\r\ncontent-length:")
    if at < 0:
        if b"\r\ntransfer-encoding:" in low:
            raise Unexpected("A chunked body: this reader has no need of them.")
        return 0
    end = low.find(b"\r\n", at + 17)
    return int(low[at + 17 : end if end >= 0 else None])


class Line(asyncio.Protocol):
    """A client's connection: one request at a time."""

    def __init__(self) -> None:
        self._came = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def to(cls, port: int) -> "Line":
        loop = asyncio.get_running_loop()
        _transport, line = await loop.create_connection(cls, "127.0.0.1", port)
        return line

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unexpected(f"The server hung up: {exc!r}"))

    async def ask(self, request: bytes) -> Answer:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._came = self._came + data if self._came else data
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._came[:end]
        whole = end + 4 + _length(head)
        if len(self._came) < whole:
            return
        body, self._came = self._came[end + 4 : whole], self._came[whole:]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(int(head[9:12]), head, body))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Answering(asyncio.Protocol):
    """A server's connection. `answer` gets a request's path and body."""

    def __init__(self, answer: Callable[[bytes, bytes], Reply]) -> None:
        self._answer = answer
        self._came = b""
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._came = self._came + data if self._came else data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            head = self._came[:end]
            whole = end + 4 + _length(head)
            if len(self._came) < whole:
                return
            body, self._came = self._came[end + 4 : whole], self._came[whole:]
            answer, delay = self._answer(head[: head.find(b"\r\n")].split(b" ", 2)[1], body)
            if delay:
                self._loop.call_later(delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def answer_of(body: bytes, content_type: bytes = b"application/json") -> bytes:
    """A 200 with this body."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type + b"\r\nContent-Length: "
        b"%d\r\n\r\n" % len(body) + body
    )  # fmt: skip


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST to a server on this machine."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{lines}Content-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body
