"""What a browser posts to be let in, or to say that somebody else was."""

from datetime import datetime

from aiohttp import web

from bot.channels.webchat.cookies import SECRET, secret_of
from bot.service import guessing
from bot.service.invitations import Knock
from bot.web.context import HOUSE
from bot.web.forms import Form

_NOBODYS = "-"


def knock_of(request: web.Request, form: Form, at: datetime) -> Knock:
    """The link's secret, read by script, or a typed code. A secret that can be none of ours is like
    any wrong one."""
    secret = form.one("secret")
    return Knock(
        secret=secret if not secret or SECRET.fullmatch(secret) else _NOBODYS,
        code=form.one("code")[:200],
        cookie=secret_of(request, "chat"),
        once=form.one("once")[:64],
        shown=guessing.shown(
            request.app[HOUSE], request.remote, form.one("solution"), form.one("ticket"), at
        ),
    )
