"""The live session: how long a browser shows again what was said in it.

The chat's cookie only lets one write. What was said is shown again while one is there: for 15
minutes without a touch, 24 hours in all (promise P17), and only what was said since it began.
It is kept nowhere but in a cookie of its own, signed: two times say nothing of what was said, and
a conversation needs no write for being looked at.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.service.house import House
from bot.service.pins import IDLE, LONGEST
from conversations.conversation import Answer, Channel


@dataclass(frozen=True, slots=True)
class Live:
    """Since when, when it was last touched, and from when on words of another channel show."""

    since: datetime
    seen: datetime
    elsewhere: datetime

    @property
    def is_new(self) -> bool:
        """Whether it begins with this look: they have just come, or come back."""
        return self.since == self.seen

    def shows(self, at: datetime, *, elsewhere: bool = False) -> bool:
        """Whether what was said at that time is shown; `elsewhere`: in another channel."""
        return at >= (self.elsewhere if elsewhere else self.since)

    def reads(self, answer: Answer) -> bool:
        """Whether it is shown on the check page."""
        return self.shows(answer.since, elsewhere=answer.channel is not Channel.WEBCHAT)

    def with_pin(self, reads_from: datetime) -> "Live":
        """The same where the PIN was typed: what was said from then on shows too."""
        return replace(
            self,
            since=min(self.since, reads_from),
            elsewhere=min(self.elsewhere, reads_from),
        )


def begin(now: datetime) -> Live:
    """A new session, which shows nothing yet."""
    return Live(now, now, now)


def enter(
    house: House, conversation_id: str, cookie: str, typed_since: datetime, now: datetime
) -> Live:
    """By a link: what was typed to the bot just before shows too (`typed_since`: since its session
    began), since it was for this that the link was sent. No other way in shows it, or *Leave
    quickly* would not hide it; a code least of all, which may be somebody else's by now."""
    session = live(house, conversation_id, cookie, now)
    return replace(session, elsewhere=min(session.elsewhere, typed_since, now - IDLE))


def live(house: House, conversation_id: str, cookie: str, now: datetime) -> Live:
    """The session of this cookie, touched; a new one if there is none or it is over."""
    known = _read(house, conversation_id, cookie)
    if known is None or now - known.seen > IDLE or now - known.since > LONGEST:
        return begin(now)
    return replace(known, seen=now)


def to_cookie(house: House, conversation_id: str, session: Live) -> str:
    """What the browser keeps: times and our mark on them, nothing that was said."""
    moments = (session.since, session.seen, session.elsewhere)
    times = "_".join(f"{moment.timestamp():.6f}" for moment in moments)
    return f"{times}_{_mark(house, conversation_id, times)}"


def _mark(house: House, conversation_id: str, times: str) -> str:
    return house.keys.blind(house.id, "live session", f"{conversation_id}:{times}").hex()


def _read(house: House, conversation_id: str, cookie: str) -> Live | None:
    times, _, mark = cookie.rpartition("_")
    if not times or not cookie.isascii():
        return None
    if not hmac.compare_digest(mark, _mark(house, conversation_id, times)):
        return None
    return Live(*(datetime.fromtimestamp(float(part), UTC) for part in times.split("_")))
