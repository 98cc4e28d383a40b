"""npm `telegram-test-api` 4.2.1 behind a proxy that corrects what python-telegram-bot refuses.

The emulator leaves out `is_bot`, gives dates in milliseconds (the year 58865), answers `null` where
the Bot API answers `true`, gives a bot's message no `from`, and sends no secret header to webhooks.
Webhooks therefore come back here first: the emulator calls `/webhook`, and we call the bot.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules" / "telegram-test-api"

_ALWAYS_TRUE = frozenset(
    {"setWebhook", "deleteWebhook", "deleteMessage", "answerCallbackQuery", "sendChatAction"}
)
_UNKNOWN_TO_IT = frozenset({"sendChatAction", "setMyCommands"})
# What is added to the number of a message that came by webhook.
_BY_WEBHOOK = 1_000_000


@dataclass(slots=True)
class Emulator:
    """The emulator as python-telegram-bot can use it, and the young person's side of it.

    `at`: the emulator itself; `url`: the proxy. `answers`: what the bot's webhook said.
    """

    at: str
    token: str
    session: aiohttp.ClientSession
    url: str = ""
    webhook: str = ""
    secret: str = ""
    answers: list[int] = field(default_factory=list)

    async def call(self, request: web.Request) -> web.Response:
        """`/bot{token}/{method}`: through to the emulator, its answer corrected."""
        method = request.match_info["method"]
        given: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            given |= await request.json()
        elif request.can_read_body:
            given |= dict(await request.post())
        by_webhook = method == "deleteMessage" and int(given["message_id"]) > _BY_WEBHOOK
        if method in _UNKNOWN_TO_IT or by_webhook:
            return web.json_response({"ok": True, "result": True})
        if method == "setWebhook":
            self.webhook, self.secret = given["url"], given.get("secret_token", "")
            given = {"url": f"{self.url}/webhook"}
        address = f"{self.at}/bot{request.match_info['token']}/{method}"
        async with self.session.post(address, json=given) as answer:
            found = await answer.json()
        if found.get("ok"):
            found["result"] = self.corrected(method, found.get("result"))
            return web.json_response(found)
        if "wasn't found" in str(found.get("description")):
            found["description"] = "Bad Request: message to delete not found"
        return web.json_response(found, status=int(found.get("error_code", 400)))

    def corrected(self, method: str, result: Any) -> Any:
        """A result as the Bot API gives it."""
        match method:
            case "getMe":
                return {**result, "is_bot": True}
            case "getUpdates":
                return [corrected_update(one) for one in result]
            case "sendMessage":
                # It hands back all it was given; the Bot API only what a message has.
                kept = {k: result[k] for k in ("message_id", "text", "chat") if k in result}
                if result.get("reply_markup"):
                    kept["reply_markup"] = result["reply_markup"]
                bot = {"id": 666, "is_bot": True, "first_name": "Test", "username": "TestNameBot"}
                return {**kept, "date": in_seconds(result["date"]), "from": bot}
            case _:
                return True if method in _ALWAYS_TRUE or result is None else result

    async def bring(self, request: web.Request) -> web.Response:
        """`/webhook`: an update on its way to the bot, corrected and with the secret.

        Until it has its 200 the emulator doesn't count on: what the bot writes meanwhile gets the
        young person's own number, and would be taken out with it. So theirs is another here; it
        keeps none of what it sent to a webhook. It hears 200 whatever the bot said: anything else
        ends its process.
        """
        update = corrected_update(await request.json())
        update["message"]["message_id"] += _BY_WEBHOOK
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        async with self.session.post(self.webhook, json=update, headers=headers) as answer:
            self.answers.append(answer.status)
        return web.Response()

    async def say(self, words: str, chat: int = 5001) -> None:
        """The young person writes. (By the emulator's own way in for clients.)"""
        person = {"id": chat, "first_name": "A", "username": "a"}
        message = {
            "botToken": self.token,
            "from": {**person, "is_bot": False},
            "chat": {**person, "type": "private", "title": "A"},
            "date": 1_767_225_600,
            "text": words,
        }
        async with self.session.post(f"{self.at}/sendMessage", json=message) as answer:
            assert (await answer.json())["ok"], "the emulator did not take the message"

    async def read(self, *, having: str, chat: int = 5001, seconds: float = 10) -> str:
        """Everything the bot wrote in this chat, once `having` is in it."""
        async with asyncio.timeout(seconds):
            while True:
                texts = "\n".join(await self.texts(chat))
                if having in texts:
                    return texts
                await asyncio.sleep(0.05)

    async def texts(self, chat: int = 5001) -> list[str]:
        """What the bot wrote in this chat and was not taken out again."""
        ask = {"token": self.token}
        async with self.session.post(f"{self.at}/getUpdatesHistory", json=ask) as answer:
            history = (await answer.json())["result"]
        messages = [one["message"] for one in history if "message" in one]
        return [m["text"] for m in messages if str(m.get("chat_id")) == str(chat)]


def in_seconds(date: int) -> int:
    """The emulator mixes milliseconds and seconds."""
    return date // 1000 if date > 10**11 else date


def corrected_update(update: dict[str, Any]) -> dict[str, Any]:
    """An update as the Bot API sends it: no token in it, dates in seconds."""
    fixed: dict[str, Any] = json.loads(json.dumps(update))
    message = fixed.get("message")
    if message is not None:
        message.pop("botToken", None)
        message["date"] = in_seconds(message["date"])
        message["from"].setdefault("is_bot", False)
    return fixed


@asynccontextmanager
async def emulator(token: str) -> AsyncIterator[Emulator]:
    """Emulator and proxy, for as long as the context is open."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(FOLDER / "emulator.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    async with asyncio.timeout(20):
        port = int(await process.stdout.readline())
    session = aiohttp.ClientSession()
    api = Emulator(f"http://127.0.0.1:{port}", token, session)
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    app.router.add_post("/webhook", api.bring)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await session.close()
        await runner.cleanup()
        process.stdin.close()
        await process.wait()
