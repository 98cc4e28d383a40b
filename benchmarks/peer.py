"""A peer: a server that is measured. How it is started, and how one speaks to it."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import peak_megabytes
from benchmarks.talking import TelegramTalk, WebChat
from benchmarks.wire import Line, Unexpected

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run of a peer lives. `database`: an SQLAlchemy address, or empty."""

    folder: Path
    port: int
    api_url: str
    database: str


@dataclass(frozen=True, slots=True)
class Launch:
    """How a peer is started, after what has to be done once in its empty folder and database."""

    command: list[str]
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class TelegramWay:
    """Spoken to by updates. `talks` are endless unless `once`: then each is used up."""

    path: str
    talks: Callable[[Place], Iterator[tuple[int, TelegramTalk]]]
    once: bool = False


@dataclass(frozen=True, slots=True)
class WebWay:
    """Spoken to by forms."""

    talks: Callable[[Place], Iterator[WebChat]]


@dataclass(frozen=True, slots=True)
class Peer:
    """`database` is the kind it wants: `sqlite`, `postgresql` or none."""

    name: str
    what: str
    launch: Callable[[Place], Launch]
    way: TelegramWay | WebWay
    database: str = ""


@dataclass(slots=True)
class Running:
    """A peer that answers."""

    peer: Peer
    place: Place
    process: "subprocess.Popen[bytes]"
    started_in: float

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def peak_megabytes(self) -> float:
        return peak_megabytes(self.pid)


def cores() -> tuple[int, int]:
    """The server's core and the load's; the same where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@asynccontextmanager
async def running(
    peer: Peer, folder: Path, api_url: str, database: str, core: int
) -> AsyncIterator[Running]:
    """The peer in a process of its own, on a core of its own."""
    place = Place(folder, _free_port(), api_url, database)
    launch = await asyncio.to_thread(peer.launch, place)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **launch.environment}
    loop = asyncio.get_running_loop()
    began = loop.time()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            launch.command, stdout=log, stderr=log, env=environment, cwd=folder
        )
    os.sched_setaffinity(process.pid, {core})
    try:
        await _until_ready(process, place)
        yield Running(peer, place, process, loop.time() - began)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _until_ready(process: "subprocess.Popen[bytes]", place: Place) -> None:
    ask = f"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n\r\n".encode()
    async with asyncio.timeout(START_SECONDS):
        while True:
            if process.poll() is not None:
                said = (place.folder / "log").read_text()[-2000:]
                raise Unexpected(f"The peer ended before it was ready:\n{said}")
            try:
                line = await Line.to(place.port)
                answer = await line.ask(ask)
            except (OSError, Unexpected):
                await asyncio.sleep(0.02)
                continue
            line.close()
            if answer.status == 200:
                return
            await asyncio.sleep(0.02)


def module(name: str, place: Place) -> Launch:
    """One of ours: `python -m benchmarks.peers.NAME`."""
    command = [sys.executable, "-m", f"benchmarks.peers.{name}"]
    command += ["--port", str(place.port), "--api-url", place.api_url]
    command += ["--database", place.database, "--folder", str(place.folder)]
    return Launch(command, {})


def endless(
    talk: Callable[[int], TelegramTalk],
) -> Callable[[Place], Iterator[tuple[int, TelegramTalk]]]:
    """Talks that never end, in one chat each."""
    return lambda _place: ((chat, talk(chat)) for chat in itertools.count(100_001))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
