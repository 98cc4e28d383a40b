"""Checkpoints of the audit leave the machine, one line each: to a file, to syslog, or by https.

They leave in their order and are tried until they arrive: a destination that is away for a day
has all of them afterwards. A line that arrives twice is one (`storage.checkpoints.fold`).
"""

import asyncio
import errno
import json
import socket
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog
from cloudevents.core.v1.event import CloudEvent

from bot.delivery.filing import Filed, Never, NotNow
from bot.delivery.https import Endpoint
from bot.service.appending import append
from bot.service.checkpointing import DESTINATION
from bot.service.house import House
from bot.service.outcome import Delivered, Outcome, TryLater, backoff
from storage.outbox import Claimed

log = structlog.get_logger()

EVENT_TYPE = "urn:sayso:audit:checkpoint:1"
DEV_LOG = "/dev/log"
_AUTHPRIV_NOTICE = 10 * 8 + 5  # RFC 5424, 6.2.1


class Way(Protocol):
    """A place that takes lines and is not this database."""

    async def leave(self, key: str, council: str, line: str) -> str | None:
        """Why it did not arrive; none if it did."""

    async def close(self) -> None: ...


@dataclass(slots=True)
class Leaving:
    """Delivers checkpoints, in their order."""

    house: House
    _way: Way | None = None

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION})

    @property
    def at_once(self) -> int:
        return 1

    async def deliver(self, row: Claimed) -> Outcome:
        where = self.house.settings.audit_checkpoints
        if self._way is None:
            self._way = open_way(where, self.house.settings.case_record_secret)
        why = await self._way.leave(row.idempotency_key, row.council, row.payload)
        if why is None:
            return Delivered()
        log.error("checkpoint_not_left", key=row.idempotency_key, why=why)
        return TryLater(backoff(row.attempts))

    async def close(self) -> None:
        if self._way is not None:
            await self._way.close()


def open_way(where: str, secret: str) -> Way:
    """The way that SAYSO_AUDIT_CHECKPOINTS names."""
    if where.startswith("file:"):
        return File(Path(where.removeprefix("file:")))
    if where.startswith("syslog:"):
        return Syslog(where.removeprefix("syslog:") or DEV_LOG)
    if not where:
        return Nowhere()
    return Address(Endpoint(where, secret))


@dataclass(frozen=True, slots=True)
class Nowhere:
    """The setting was taken away while checkpoints waited: they wait on."""

    async def leave(self, key: str, council: str, line: str) -> str | None:
        return "SAYSO_AUDIT_CHECKPOINTS is not set"

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class File:
    """Appended to, on disk when it is said to have arrived. Never written over."""

    path: Path

    async def leave(self, key: str, council: str, line: str) -> str | None:
        return await asyncio.to_thread(self._append, line)

    async def close(self) -> None:
        """Nothing is held open."""

    def _append(self, line: str) -> str | None:
        try:
            append(self.path, line)
        except OSError as error:
            return f"file: {errno.errorcode.get(error.errno or 0, 'error')}"
        return None


@dataclass(frozen=True, slots=True)
class Syslog:
    """The machine's syslog, which a council forwards elsewhere. `address`: its socket."""

    address: str

    async def leave(self, key: str, council: str, line: str) -> str | None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.setblocking(False)
                out.connect(self.address)
                out.send(f"<{_AUTHPRIV_NOTICE}>sayso-audit: {line}".encode())
        except OSError as error:
            return f"syslog: {errno.errorcode.get(error.errno or 0, 'error')}"
        return None

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass(slots=True)
class Address:
    """A signed CloudEvent, the line as it is in `data.line`."""

    endpoint: Endpoint = field(repr=False)

    async def leave(self, key: str, council: str, line: str) -> str | None:
        event = CloudEvent(
            {
                "specversion": "1.0",
                "id": key,
                "source": f"urn:sayso:{council}",
                "type": EVENT_TYPE,
                "subject": key,
                "time": datetime.fromisoformat(json.loads(line)["at"]),
                "datacontenttype": "application/json",
            },
            {"line": line},
        )
        match await self.endpoint.post(key, event):
            case Filed():
                return None
            case NotNow(why=why) | Never(why=why):
                return why

    async def close(self) -> None:
        await self.endpoint.close()
