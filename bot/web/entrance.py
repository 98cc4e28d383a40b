"""New connections, taken in as many at a time as wait.

libuv takes one in for each turn of its loop (since 1.45, libuv pull request 3696), and a turn under
load is long: who came last in a crowd of 256 waited for more than a second before we even knew.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

_TOGETHER = 128  # taken in one turn; whoever is inside has to be served too
_WAITING = 1024  # may wait in the kernel meanwhile
_REST = 1.0  # seconds, when there are no files left to open


@dataclass(slots=True)
class Entrance:
    """Listens on every address of a host; `protocols` makes what speaks with one connection."""

    protocols: Callable[[], asyncio.Protocol]
    _sockets: list[socket.socket] = field(default_factory=list)
    _resting: dict[socket.socket, asyncio.TimerHandle] = field(default_factory=dict)
    _entering: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self, host: str, port: int) -> int:
        """The port; 0 asks for any that is free. `OSError`: it is taken, or not ours to take."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            where = (address[0], port, *address[2:])
            listening = socket.create_server(where, family=family, backlog=_WAITING)
            listening.setblocking(False)
            port = int(listening.getsockname()[1])
            self._sockets.append(listening)
            loop.add_reader(listening, self._take_in, listening)
        return port

    async def close(self) -> None:
        """Nobody comes in any more; who is inside stays."""
        loop = asyncio.get_running_loop()
        for timer in self._resting.values():
            timer.cancel()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        self._sockets.clear()
        if self._entering:
            await asyncio.wait(self._entering)

    def _take_in(self, listening: socket.socket) -> None:
        for _ in range(_TOGETHER):
            try:
                connection, _address = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(listening, error)
                return
            connection.setblocking(False)
            task = asyncio.create_task(self._enter(connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _enter(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(self.protocols, connection)
        except OSError as error:  # gone again
            log.info("connection_lost_at_once", error=type(error).__name__)
            connection.close()

    def _rest(self, listening: socket.socket, error: OSError) -> None:
        """Too many files are open: looking again at once would only keep us from closing some."""
        log.error("no_connection_taken", errno=error.errno)
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)
        self._resting[listening] = loop.call_later(_REST, self._go_on, listening)

    def _go_on(self, listening: socket.socket) -> None:
        del self._resting[listening]
        asyncio.get_running_loop().add_reader(listening, self._take_in, listening)
