"""The load: so many young people at once, each writing again when they have been answered.

A message counts as answered when the server said 200 *and* the reply arrived at the Bot API; a
form post when it said 303 and the next page came. With `rate` messages fall due at that pace
whether or not others were answered, and the wait in the queue is part of the time (open loop).
"""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.bot_api import Arrived, Sink
from benchmarks.talking import SECRET, TelegramTalk, WebChat
from benchmarks.wire import Answer, Line, Unexpected, post

PATIENCE = 60.0
"""Seconds after which an unanswered message fails the whole run."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one window measured. Times are in seconds.

    `load_busy`: the share of a core that the load generator used; near 1 it is what was measured.
    `others_busy`: how many cores all other processes used; they took that from us both.
    """

    messages: int
    seconds: float
    times: tuple[float, ...]
    server_cpu: float
    load_busy: float
    others_busy: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_per_thousand(self) -> float:
        return self.server_cpu / self.messages * 1000 if self.messages else float("nan")

    def percentile(self, share: float) -> float:
        """Nearest rank."""
        if not self.times:
            return float("nan")
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Chats:
    """Which chat waits for which reply."""

    _waiting: dict[int, "asyncio.Future[Arrived]"] = field(default_factory=dict)

    def seen(self, chat: int, arrived: Arrived) -> None:
        waiting = self._waiting.pop(chat, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(arrived)

    def expect(self, chat: int) -> "asyncio.Future[Arrived]":
        waiting: asyncio.Future[Arrived] = asyncio.get_running_loop().create_future()
        self._waiting[chat] = waiting
        return waiting


@dataclass(slots=True)
class _Clock:
    """When a worker may write next, and what it took."""

    ends: float
    rate: float
    times: list[float] = field(default_factory=list)
    last: float = 0.0
    _due: float = field(default_factory=time.perf_counter)

    async def start(self) -> float | None:
        """When the message fell due; None: the window is over."""
        now = time.perf_counter()
        if now >= self.ends:
            return None
        if not self.rate:
            return now
        due, self._due = self._due, self._due + 1 / self.rate
        if due >= self.ends:
            return None
        if due > now:
            await asyncio.sleep(due - now)
        return due

    def answered(self, started: float) -> None:
        now = time.perf_counter()
        if now <= self.ends:
            self.times.append(now - started)
            self.last = now


@dataclass(slots=True)
class Speaker:
    """One young person after another, on one connection."""

    port: int
    line: Line | None = None

    async def ask(self, request: bytes) -> Answer:
        """One request; the connection is opened anew where the server closed an idle one."""
        if self.line is None or not self.line.is_open:
            self.line = await Line.to(self.port)
        return await self.line.ask(request)


Telegrams = Iterator[tuple[int, TelegramTalk]]

_HEADERS = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


@dataclass(slots=True)
class TelegramLoad:
    """Updates to a peer's webhook. Prepared talks stand at their first question."""

    port: int
    path: str
    chats: Chats
    ready: list[tuple[int, TelegramTalk, Arrived | None]] = field(default_factory=list)
    again: bool = False  # talks that never end may be taken up again

    async def prepare(self, talks: Telegrams, count: int) -> None:
        """Bring so many talks to their first question."""
        preparing = min(32, count)
        await together(self.port, preparing, lambda one: self._prepare(one, talks, count))

    async def _prepare(self, speaker: Speaker, talks: Telegrams, count: int) -> None:
        while len(self.ready) < count:
            following = next(talks, None)
            if following is None:
                return  # fewer then: the window ends when all of them are over
            chat, talk = following
            update, seen = talk.opening(), None
            while update is not None:
                seen = await self._say(speaker, chat, update)
                update = None if talk.is_ready(seen) else talk.reply(seen)
            self.ready.append((chat, talk, seen))

    async def _say(self, speaker: Speaker, chat: int, update: bytes) -> Arrived:
        arrival = self.chats.expect(chat)
        async with asyncio.timeout(PATIENCE):
            answer = await speaker.ask(post(self.port, self.path, update, _HEADERS))
            if answer.status != 200:
                raise Unexpected(f"The webhook answered {answer.status}: {answer.body[:200]!r}")
            return await arrival

    async def speak(self, speaker: Speaker, clock: _Clock) -> None:
        while self.ready:
            chat, talk, seen = self.ready.pop()
            try:
                while (update := talk.reply(seen)) is not None:
                    started = await clock.start()
                    if started is None:
                        return
                    seen = await self._say(speaker, chat, update)
                    clock.answered(started)
            finally:
                if self.again:
                    self.ready.append((chat, talk, seen))


@dataclass(slots=True)
class WebLoad:
    """Form posts to the web chat, and the page after each."""

    port: int
    ready: list[tuple[WebChat, bytes]] = field(default_factory=list)

    async def prepare(self, talks: Iterator[WebChat], count: int) -> None:
        preparing = min(32, count)
        await together(self.port, preparing, lambda one: self._prepare(one, talks, count))

    async def _prepare(self, speaker: Speaker, talks: Iterator[WebChat], count: int) -> None:
        while len(self.ready) < count:
            talk = next(talks, None)
            if talk is None:
                return
            page = await _submit(speaker, talk, talk.opening())
            while not talk.is_ready(page):
                form = talk.reply(page)
                assert form is not None
                page = await _submit(speaker, talk, form)
            self.ready.append((talk, page))

    async def speak(self, speaker: Speaker, clock: _Clock) -> None:
        while self.ready:
            talk, page = self.ready.pop()
            while (form := talk.reply(page)) is not None:
                started = await clock.start()
                if started is None:
                    return
                page = await _submit(speaker, talk, form)
                clock.answered(started)


async def _submit(speaker: Speaker, talk: WebChat, form: bytes) -> bytes:
    async with asyncio.timeout(PATIENCE):
        posted = await speaker.ask(form)
        if posted.status != 303:
            raise Unexpected(f"The form was answered {posted.status}: {posted.body[:300]!r}")
        talk.take(posted)
        shown = await speaker.ask(talk.page())
        if shown.status != 200:
            raise Unexpected(f"The page was answered {shown.status}")
        talk.take(shown)
        return shown.body


async def together(
    port: int, count: int, run: Callable[[Speaker], Coroutine[Any, Any, None]]
) -> None:
    """So many at once, each with a connection of its own; one that fails ends all."""
    speakers = [Speaker(port) for _ in range(count)]
    try:
        async with asyncio.TaskGroup() as group:
            for speaker in speakers:
                group.create_task(run(speaker))
    finally:
        for speaker in speakers:
            if speaker.line is not None:
                speaker.line.close()


async def measure(
    load: TelegramLoad | WebLoad,
    sink: Sink,
    pid: int,
    at_once: int,
    seconds: float,
    *,
    rate: float = 0,
    drain: bool = True,
) -> Window:
    """One window. It ends early if every prepared conversation is over. Without `drain` what is
    still unanswered at its end is left alone: the server is not used again."""
    sink.calls.clear()
    before = Used.now(pid)
    began = time.perf_counter()
    clock = _Clock(began + seconds, rate)
    at_end: list[Used] = []
    reading = asyncio.get_running_loop().call_later(seconds, lambda: at_end.append(Used.now(pid)))
    try:
        async with asyncio.timeout(None if drain else seconds + 0.5):
            await together(load.port, at_once, lambda speaker: load.speak(speaker, clock))
    except TimeoutError:
        if drain:
            raise  # somebody was not answered for `PATIENCE` seconds
    finally:
        reading.cancel()
    took = seconds if at_end else clock.last - began
    used = (at_end or [Used.now(pid)])[0] - before
    others = max(0.0, used.all - used.server - used.load)
    return Window(
        len(clock.times), took, tuple(clock.times), used.server, used.load / took, others / took
    )


async def settle(pid: int) -> None:
    """Until the server has no more to do: what came before must not be measured."""
    async with asyncio.timeout(PATIENCE):
        before = cpu_seconds(pid)
        while True:
            await asyncio.sleep(0.4)
            used, before = cpu_seconds(pid) - before, cpu_seconds(pid)
            if used <= 0.03:
                return


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time until now: of the server, of ourselves, of everybody."""

    server: float
    load: float
    all: float

    @classmethod
    def now(cls, pid: int) -> "Used":
        return cls(cpu_seconds(pid), time.process_time(), _all_cpu_seconds())

    def __sub__(self, other: "Used") -> "Used":
        return Used(self.server - other.server, self.load - other.load, self.all - other.all)


_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads, from `/proc/PID/stat`."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - read in a window
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _all_cpu_seconds() -> float:
    with open("/proc/stat", encoding="ascii") as stat:  # noqa: PTH123 - as above
        user, nice, system, _idle, _wait, irq, soft, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / _TICK


def peak_megabytes(pid: int) -> float:
    """The most memory a process ever held (VmHWM), in MB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123 - as above
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    raise Unexpected(f"/proc/{pid}/status has no VmHWM")
