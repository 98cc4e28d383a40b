"""PDFs are made in a process of their own.

What makes them takes 60 MB and a core for a moment; beside a server that others wait for it would
do so for good, and its fall would be the server's. The process starts with the first document and
ends when it has had nothing to do for a while. Documents go to it through its pipes, never by disk.

    request: length (4 bytes) | the document's JSON, or that of an own copy's paper
    answer:  how it went (1 byte) | length (4 bytes) | the PDF, or where it failed and how
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from bot.service.outcome import NoPaper, TooLong
from bot.where import place

IDLE_SECONDS = 60.0
SECONDS = 60.0
"""For one document; it takes a hundredth of one."""

LOW = 5
"""How much nicer than the server who prints many is."""

_MADE, _FAILED, _TOO_LONG = b"\1", b"\0", b"\2"


@dataclass(slots=True)
class Printer:
    """Makes PDFs, one after another. `low`: whatever else this machine has to do comes first."""

    idle_seconds: float = IDLE_SECONDS
    low: bool = False
    _process: "asyncio.subprocess.Process | None" = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ending: "asyncio.TimerHandle | None" = None

    async def __call__(self, document: dict[str, Any]) -> bytes:
        """The PDF of one document. `NoPaper`."""
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            try:
                async with asyncio.timeout(SECONDS):
                    return await self._print(document)
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self._stop()
                raise NoPaper(f"{type(error).__name__} of the process that makes it") from error
            except asyncio.CancelledError:
                self._stop()  # its answer to this document must not be taken for the next one's
                raise
            finally:
                self._ending = asyncio.get_running_loop().call_later(self.idle_seconds, self._stop)

    async def _print(self, document: dict[str, Any]) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, *(["low"] if self.low else []),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
        to, back = self._process.stdin, self._process.stdout
        assert to is not None  # noqa: S101 - both are pipes
        assert back is not None  # noqa: S101
        asked = json.dumps(document).encode()
        to.write(len(asked).to_bytes(4) + asked)
        await to.drain()
        went = await back.readexactly(1)
        answer = await back.readexactly(int.from_bytes(await back.readexactly(4)))
        if went == _TOO_LONG:
            raise TooLong
        if went != _MADE:
            raise NoPaper(answer.decode())
        return answer

    def _stop(self) -> None:
        """Its pipe ends, and so does it."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()  # it keeps nothing

    async def close(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        process = self._process
        self._stop()
        if process is not None:
            await process.wait()


def main() -> None:
    """Answer until the pipe ends. Signals are for the server: it says when this is over."""
    from bot.documents.papers import paper  # noqa: PLC0415 - only here

    if sys.argv[1:] == ["low"]:
        os.nice(LOW)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := asked.read(4):
        document = json.loads(asked.read(int.from_bytes(head)))
        try:
            went, answer = _MADE, paper(document)
        except TooLong:
            went, answer = _TOO_LONG, b""
        except Exception as error:  # whatever it is, the server is told and the next one is made
            went = _FAILED
            answer = f"{type(error).__name__} in {place(error)}".encode()
        _answer(answers, went, answer)


def _answer(answers: BinaryIO, went: bytes, answer: bytes) -> None:
    answers.write(went + len(answer).to_bytes(4) + answer)
    answers.flush()


if __name__ == "__main__":
    main()
