"""The live session: how long a browser shows again what was said in it.

The chat's cookie only lets one write. What was said is shown again while one is there: for 15
minutes without a touch, 24 hours in all (promise P17), and only what was said since it began.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.service.house import House

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Live:
    """Since when, and when it was last touched."""

    since: datetime
    seen: datetime

    def shows(self, at: datetime) -> bool:
        """Whether what was said at that time is shown."""
        return at >= self.since


def live(house: House, conversation_id: str, cookie: str, now: datetime) -> Live:
    """The session of this cookie, touched; a new one if there is none or it is over."""
    known = _read(house, conversation_id, cookie)
    if known is None or now - known.seen > IDLE or now - known.since > LONGEST:
        return Live(now, now)
    return replace(known, seen=now)


def to_cookie(house: House, conversation_id: str, session: Live) -> str:
    """What the browser keeps: two times and our mark on them, nothing that was said."""
    times = f"{session.since.timestamp():.6f}_{session.seen.timestamp():.6f}"
    return f"{times}_{_mark(house, conversation_id, times)}"


def _mark(house: House, conversation_id: str, times: str) -> str:
    return house.keys.blind(house.id, "live session", f"{conversation_id}:{times}").hex()


def _read(house: House, conversation_id: str, cookie: str) -> Live | None:

    times, _, mark = cookie.rpartition("_")
    if not times or not hmac.compare_digest(
        mark.encode(), _mark(house, conversation_id, times).encode()
    ):
        return None
    since, seen = (datetime.fromtimestamp(float(part), UTC) for part in times.split("_"))
    return Live(since, seen)
