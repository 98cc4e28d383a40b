"""`POST /telegram/webhook`: 200 means committed; 5xx only when the commit itself failed."""

import asyncio
import hmac
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.telegram.receive import Receiver
from bot.web.context import now
from storage.errors import StorageAway

log = structlog.get_logger()

_SECONDS = 10
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(frozen=True, slots=True)
class Webhook:
    """The route. `secret` came with `setWebhook` and comes back with every update."""

    receiver: Receiver
    secret: str

    async def handle(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "")
        # A header may hold bytes that are no text; aiohttp hands them on as lone surrogates.
        as_sent = given.encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(as_sent, self.secret.encode()):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(_SECONDS):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except TimeoutError:
            return web.Response(status=408)
        except web.RequestPayloadError:
            return web.Response(status=400)  # not packed as it says, or cut off
        try:
            await self.receiver.receive(body.decode("utf-8", "replace"), now())
        except StorageAway:
            log.warning("update_not_kept")  # Telegram brings it again
            return web.Response(status=503)
        return web.Response()
