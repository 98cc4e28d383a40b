"""`/chat/reminder.ics`: a day to come back, for a calendar of their own.

Whom we can't write to we can't remind. An entry says *Sayso* and where to open it, nothing else: no
code, no secret of a link, nothing of what was said. It is made of fixed words and a time, as RFC
5545 has it.
"""

from datetime import UTC, datetime, timedelta

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.cookies import secret_of
from bot.channels.webchat.render import RENDER
from bot.service import invitations, reminders
from bot.service.hear import reader_of
from bot.service.house import House
from bot.service.wording import Reader
from bot.web.context import HOUSE, STORE, now
from conversations import texts_later
from storage import conversations
from storage.errors import StorageAway

HERE = "/chat/reminder.ics"
_OCTETS = 75  # of a line, RFC 5545 section 3.1


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, entry)


async def entry(request: web.Request) -> web.StreamResponse:
    """`?in=tomorrow`: one of the days that the page offers."""
    house, at = request.app[HOUSE], now()
    token, which = secret_of(request, "chat"), request.query.get("in", "")

    def find(db: Connection) -> tuple[datetime, Reader, str] | None:
        conversation_id = invitations.browser(db, house, token, at) if token else None
        if conversation_id is None:
            return None
        kept = conversations.get(db, house.id, conversation_id)
        if which not in reminders.offered_in_calendar(db, house, kept, at):
            return None
        when = reminders.days(db, house, kept, at)[which]
        return when, reader_of(kept), f"{conversation_id}/{which}"

    try:
        found = await request.app[STORE].read(find)
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    if found is None:
        return request.app[RENDER].not_found()
    when, reader, name = found
    return web.Response(
        body=calendar(house, when, reader.text(texts_later.CALENDAR_TITLE), name, at),
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="sayso.ics"'},
    )


def calendar(house: House, when: datetime, title: str, name: str, now: datetime) -> bytes:
    """One entry that rings. `name` tells it from others, and is not to be read out of it."""
    uid = house.keys.blind(house.id, "calendar entry", name).hex()[:32]
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sayso//Sayso//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}@sayso.invalid",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(when)}",
        f"DTEND:{_utc(when + timedelta(minutes=15))}",
        f"SUMMARY:{title}",
        f"URL:{house.settings.public_url}/i/",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{title}",
        "TRIGGER:PT0S",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    """A long line goes on after a line's end and a space."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS - 1:  # the space counts too
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
