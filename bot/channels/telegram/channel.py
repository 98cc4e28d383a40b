"""Telegram, set up: imported only where a token is set."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web
from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.deliver import TelegramDeliverer, pace_of, seconds_of
from bot.channels.telegram.fetching import Fetching
from bot.channels.telegram.knocking import Knocking
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.receive import Receiver
from bot.channels.telegram.reminding import Reminding
from bot.channels.telegram.request import SharedRequest
from bot.channels.telegram.webhook import Webhook
from bot.service.house import House
from bot.service.made import Remake
from bot.settings import TelegramMode
from storage import kept_settings
from storage.store import Store

log = structlog.get_logger()

_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@dataclass(slots=True)
class Telegram:
    """The bot, its way in and its way out."""

    house: House
    bot: Bot
    store: Store
    secret: str
    requests: tuple[SharedRequest, ...]

    @property
    def deliverer(self) -> TelegramDeliverer:
        pace = pace_of(self.house.settings.telegram_rate)
        return TelegramDeliverer(self.house, self.bot, self.requests[0], pace)

    @property
    def knocking(self) -> Knocking:
        return Knocking(self.store, self.receiver.door)

    def fetching(self, remake: Remake) -> Fetching:
        return Fetching(self.bot, self.receiver.files, self.requests[0], remake)

    def reminding(self, deliverer: TelegramDeliverer) -> Reminding:
        """Beside this deliverer, at whose pace it goes."""
        return Reminding(self.store, deliverer)

    @property
    def receiver(self) -> Receiver:
        return Receiver(self.store, self.house, self.bot, self.bot.token.partition(":")[0])

    def add_routes(self, app: web.Application) -> None:
        """The webhook's route, in either mode: Telegram may still bring what it had waiting."""
        webhook = Webhook(self.receiver, self.secret)
        app.router.add_post("/telegram/webhook", webhook.handle)

    @asynccontextmanager
    async def listening(self, ready: asyncio.Event) -> AsyncIterator[None]:
        """Be reachable by Telegram, by its calls or by asking. `ready` is set once that is so."""
        polling = self.house.settings.telegram_mode is TelegramMode.POLLING
        task = asyncio.create_task(self._poll(ready) if polling else self._set_webhook(ready))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _set_webhook(self, ready: asyncio.Event) -> None:
        """Until Telegram has taken it: it may be away when we start."""
        url = f"{self.house.settings.public_url}/telegram/webhook"
        await self._until_done(
            lambda: self.bot.set_webhook(
                url, secret_token=self.secret, allowed_updates=_KINDS, max_connections=100
            )
        )
        log.info("webhook_set")
        ready.set()

    async def _poll(self, ready: asyncio.Event) -> None:
        await self._until_done(self.bot.delete_webhook)
        ready.set()
        await Polling(self.receiver, self.bot).run()

    async def _until_done(self, call: Callable[[], Awaitable[object]]) -> None:
        wait = 1.0
        while True:
            try:
                await call()
            except RetryAfter as error:
                log.warning("telegram_out_of_reach", why=type(error).__name__)
                await asyncio.sleep(seconds_of(error))
            except TelegramError as error:
                log.warning("telegram_out_of_reach", why=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60.0)
            else:
                return

    async def close(self) -> None:
        for request in self.requests:
            await request.shutdown()


async def open_telegram(store: Store, house: House) -> Telegram:
    """The bot of this council. Nothing is asked of Telegram yet."""
    settings = house.settings
    request, polling = SharedRequest(connections=300), SharedRequest(connections=4)
    bot = Bot(
        settings.telegram_token,
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    await request.initialize()
    secret = settings.telegram_secret or await store.write(
        lambda db: kept_settings.get_or_make(
            db, house.id, "telegram_secret", lambda: secrets.token_urlsafe(32)
        )
    )
    return Telegram(house, bot, store, secret, (request, polling))
