"""Boxes that ask for a code or a PIN: words for help typed there are words for help.

Somebody who is not safe types where there is a box. It is no wrong code, and counts as none.
"""

import uuid
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.cookies import secret_of
from bot.channels.webchat.render import RENDER
from bot.service import invitations, unkept
from bot.service.attaching import asked_beside
from bot.service.codes import typed
from bot.service.hear import Incoming, hear
from bot.web.context import HOUSE, STORE
from conversations.hearing import Command, Draft, Name

_LANGUAGE = "en"
"""Of a page that knows nobody."""


async def asked_in_a_box(
    request: web.Request, words: str, at: datetime
) -> web.StreamResponse | None:
    """What follows where the words in a box ask for help, or to stop, or say that somebody is not
    safe; None where they are looked at as what was asked for. Where somebody may sit beside them,
    words of danger lead nowhere else, and the alert is raised all the same."""
    asks = asked_beside(words, _LANGUAGE)  # *please help me* has the letters of a code
    is_code = typed(words) is not None
    if asks is None and (is_code or not unkept.asks_for_help(words, _LANGUAGE)):
        return None
    house, token = request.app[HOUSE], secret_of(request, "chat")

    def keep(db: Connection) -> bool | None:
        talk = invitations.browser(db, house, token, at) if token else None
        if talk is None:
            return None
        if asks is None:
            return unkept.read(db, house, talk, Draft(words=words), at)
        hear(db, house, Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", Command(name=asks)), at)
        return True

    leads = await request.app[STORE].write(keep)
    if leads is None:
        return None if asks is Name.STOP else request.app[RENDER].help_lines()
    return web.Response(status=303, headers={"Location": "/chat"}) if leads else None
