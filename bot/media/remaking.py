"""Asking for a file to be made anew: a process for each, a few at a time.

No library that reads pictures or sound is loaded here: the server that waits for the answer is no
bigger for it.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field

import structlog

from bot.service.made import CannotMake, Limits, Made, Wrong
from bot.settings import Settings
from conversations.attaching import Medium

log = structlog.get_logger()

SECONDS = 60.0
"""For one file; five minutes of sound take two on one core."""

AT_ONCE = 2
"""Processes. Others wait: each may take a core and half a gigabyte for a moment."""

_SLICE = 64 * 1024
_MOST_MADE = 16 * 1024 * 1024
"""Bytes of what comes back. What was made is far smaller; more is no answer of ours."""


@dataclass(slots=True)
class Remaker:
    """`limits`: of what is sent."""

    limits: Limits
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @classmethod
    def of(cls, settings: Settings) -> "Remaker":
        return cls(limits_of(settings))

    async def __call__(self, medium: Medium, content: bytes | bytearray) -> Made:
        """What is kept of this file. `CannotMake`."""
        if not content:
            raise CannotMake(Wrong.EMPTY)
        if len(content) > self.limits.bytes:
            raise CannotMake(Wrong.TOO_BIG)
        async with self._turns:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.media.worker",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # what a library says of a file may be in it
                env=_bare_environment(), limit=_MOST_MADE,
            )  # fmt: skip
            try:
                async with asyncio.timeout(SECONDS):
                    answer = await self._ask(process, medium, content)
            except TimeoutError:
                log.warning("attachment_took_too_long", medium=medium.value)
                raise CannotMake(Wrong.BROKEN) from None
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()  # it keeps nothing
                await process.wait()
        return _made(medium, answer, process.returncode)

    async def _ask(
        self, process: asyncio.subprocess.Process, medium: Medium, content: bytes | bytearray
    ) -> bytes:
        to, back = process.stdin, process.stdout
        assert to is not None  # noqa: S101 - both are pipes
        assert back is not None  # noqa: S101
        order = {"medium": medium.value, "limits": asdict(self.limits)}
        with suppress(ConnectionError):  # it has said no before it had read all
            to.write(json.dumps(order).encode() + b"\n")
            view = memoryview(content)  # never a second copy of the whole
            for start in range(0, len(content), _SLICE):
                to.write(view[start : start + _SLICE])
                await to.drain()
        with suppress(ConnectionError):
            to.close()
            await to.wait_closed()
        answer = bytearray()
        while piece := await back.read(_SLICE):
            answer += piece
            if len(answer) > _MOST_MADE:
                raise CannotMake(Wrong.BROKEN)
        await process.wait()
        return bytes(answer)


def limits_of(settings: Settings) -> Limits:
    return Limits(
        settings.attachment_megabytes, settings.picture_megapixels, settings.voice_minutes
    )


def _bare_environment() -> dict[str, str]:
    """None of our settings: they hold secrets."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}


def _made(medium: Medium, answer: bytes, status: int | None) -> Made:
    """What the process said; whose end was none of its own says nothing, and the file was why."""
    if answer.startswith(b"0"):
        raise CannotMake(Wrong(answer[1:].decode()))
    head, newline, content = answer[1:].partition(b"\n")
    if status != 0 or not newline or not content:
        log.warning("attachment_not_made", medium=medium.value, status=status)
        raise CannotMake(Wrong.BROKEN)
    what = json.loads(head)
    return Made(medium, what["media_type"], content, what["seconds"])
