"""`POST /notify/receipts`: GOV.UK Notify says what became of a message.

It shows a bearer token that the council set there and here. What it says may come twice, late, or
of something that is not ours; all of that is answered alike, so that nobody learns what we sent.
"""

import hmac
import json

import structlog
from aiohttp import web

from bot.service import inviting
from bot.web.context import HOUSE, STORE, now
from storage.errors import StorageAway

log = structlog.get_logger()

HERE = "/notify/receipts"
_MOST = 200
"""Characters of an id or a state."""


def add_routes(app: web.Application) -> None:
    app.router.add_post(HERE, receipt)


async def receipt(request: web.Request) -> web.Response:
    """200 once it is kept, or means nothing to us; 503: Notify brings it again."""
    house = request.app[HOUSE]
    expected = house.settings.notify_callback_token
    shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    if not expected or not hmac.compare_digest(shown, f"Bearer {expected}".encode()):
        log.warning("receipt_with_wrong_token")
        return web.Response(status=403, text="no\n")
    try:
        said = json.loads(await request.read())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return web.Response(status=400, text="no JSON object\n")
    reference, notified, status = (_text(said, name) for name in ("reference", "id", "status"))
    if not (notified or reference) or not status:
        return web.Response(status=400, text="no id or no status\n")
    moment = now()
    try:
        kept = await request.app[STORE].write(
            lambda db: inviting.receipt(db, house, reference, notified, status, moment)
        )
    except StorageAway:
        return web.Response(status=503)
    log.info("receipt_taken", told=kept)
    return web.Response(text="ok\n")


def _text(said: dict[str, object], name: str) -> str:
    value = said.get(name)
    plain = isinstance(value, str) and len(value) <= _MOST and value.isprintable()
    return str(value) if plain else ""
