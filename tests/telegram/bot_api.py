"""A small Bot API: chats, messages, buttons, one update in flight a chat, faults to switch on.

Its replies are checked by python-telegram-bot's own types (`test_bot_api.py`). What the real one
does and this one does not is not used by Sayso.
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "4242:TEST-token_of_no_bot"
BOT_ID = 4242
PRESS_LIVES = 150.0
"""Seconds for which a button's press can be answered."""


@dataclass(slots=True)
class Fault:
    """What a call answers instead of doing its work. `after`: do the work, then fail."""

    status: int
    description: str
    retry_after: int | None = None
    after: bool = False
    hang: bool = False


@dataclass(slots=True)
class Call:
    """One call as it came in, by `clock`."""

    at: float
    method: str
    params: dict[str, Any]
    status: int = 200


@dataclass(slots=True)
class BotApi:
    """The server. `fault` is asked before each call; None lets it work."""

    clock: Callable[[], float] = time.monotonic
    delay: float = 0.0
    fault: Callable[[str, dict[str, Any]], Fault | None] = lambda _method, _params: None
    calls: list[Call] = field(default_factory=list)
    chats: dict[int, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    presses: dict[str, bool] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # by file_id
    duplicate_every: int = 0
    answers: list[int] = field(default_factory=list)  # statuses that the webhook gave
    url: str = ""
    _updates: "deque[dict[str, Any]]" = field(default_factory=deque)
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _update_ids: Any = field(default_factory=lambda: itertools.count(7_000_001))
    _in_flight: dict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _delivering: "set[asyncio.Task[None]]" = field(default_factory=set)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _session: aiohttp.ClientSession | None = None
    _runner: web.AppRunner | None = None
    _blocked: set[int] = field(default_factory=set)
    _held: "list[tuple[dict[str, Any], int]] | None" = None
    _pollers: int = 0
    _pressed_at: dict[str, float] = field(default_factory=dict)

    async def start(self) -> None:
        await self._listen(0)
        assert self._runner is not None
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()

    async def _listen(self, port: int) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()

    async def stop(self) -> None:
        for task in self._delivering:
            task.cancel()
        await asyncio.gather(*self._delivering, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # What a young person's phone does

    def send(self, update: dict[str, Any], chat: int, update_id: int | None = None) -> int:
        """Put an update on its way, by webhook or for whoever asks."""
        number = next(self._update_ids) if update_id is None else update_id
        whole = {"update_id": number, **update}
        copies = 2 if self.duplicate_every and number % self.duplicate_every == 0 else 1
        for _copy in range(copies):
            if self._held is not None:
                self._held.append((whole, chat))
            else:
                self._bring(whole, chat)
        return number

    def _bring(self, whole: dict[str, Any], chat: int) -> None:
        if self.webhook.get("url"):
            task = asyncio.ensure_future(self._deliver(whole, chat))
            self._delivering.add(task)
            task.add_done_callback(self._delivering.discard)
        else:
            self._updates.append(whole)
            self._arrived.set()

    async def settled(self, seconds: float = 10) -> None:
        """Every update has been taken by the webhook."""
        async with asyncio.timeout(seconds):
            while self._delivering:
                await asyncio.sleep(0.005)

    async def _deliver(self, update: dict[str, Any], chat: int) -> None:
        assert self._session is not None
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", ""),
        }
        async with self._in_flight[chat]:  # one at a time per chat, until it is taken
            for wait in itertools.chain((0.02, 0.1, 0.3), itertools.repeat(0.5)):
                try:
                    async with self._session.post(
                        self.webhook["url"], data=json.dumps(update), headers=headers
                    ) as answer:
                        self.answers.append(answer.status)
                        if answer.status < 300:
                            return
                except aiohttp.ClientError:
                    self.answers.append(0)
                await asyncio.sleep(wait)

    def message_of(self, chat: int, **content: Any) -> dict[str, Any]:
        """A message that the young person sends, kept in the chat."""
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": {"id": chat, "is_bot": False, "first_name": "A", "language_code": "en"},
            **content,
        }
        self.chats[chat][message["message_id"]] = message
        return message

    # What the bot calls

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            params |= await request.json()
        elif request.can_read_body:
            params |= dict(await request.post())
        call = Call(self.clock(), method, params)
        self.calls.append(call)
        if request.match_info["token"] != TOKEN:
            return _error(call, 401, "Unauthorized")
        if self.delay:
            await asyncio.sleep(self.delay)
        fault = self.fault(method, params)
        if fault is not None and not fault.after:
            return await self._fail(call, fault)
        handler = getattr(self, f"_{_snake(method)}", None)
        if handler is None:
            return _error(call, 404, "Not Found")
        result = handler(params)
        if asyncio.iscoroutine(result):
            result = await result
        self._changed.set()
        if isinstance(result, Fault):
            return await self._fail(call, result)
        if fault is not None:
            return await self._fail(call, fault)
        return web.json_response({"ok": True, "result": result})

    async def _fail(self, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.hang:
            await asyncio.sleep(3600)
        extra = {}
        if fault.retry_after is not None:
            extra = {"parameters": {"retry_after": fault.retry_after}}
        return _error(call, fault.status, fault.description, **extra)

    # Faults that are no answer to a call

    def sent_to(self, chat: int) -> list[Call]:
        """The messages that arrived in a chat."""
        return [
            call
            for call in self.calls
            if call.method == "sendMessage"
            and call.status == 200
            and str(call.params["chat_id"]) == str(chat)
        ]

    def restart_update_ids(self, first: int) -> None:
        """As Telegram does after a week without updates: numbers begin anew, maybe lower."""
        self._update_ids = itertools.count(first)

    def hold(self) -> None:
        """Keep updates back, to be let go in another order."""
        self._held = []

    def let_go(self, *, backwards: bool = False) -> None:
        """Bring what was kept back."""
        held, self._held = self._held or [], None
        for whole, chat in reversed(held) if backwards else held:
            self._bring(whole, chat)

    async def go_away(self) -> None:
        """Nobody listens any more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def come_back(self) -> None:
        """Listen again, at the same address."""
        await self._listen(int(self.url.rpartition(":")[2]))

    def _get_me(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Sayso", "username": "sayso_bot"}

    def _get_file(self, params: dict[str, Any]) -> Any:
        content = self.files.get(params["file_id"])
        if content is None:
            return Fault(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > 20 * 1024 * 1024:
            return Fault(400, "Bad Request: file is too big")
        return {
            "file_id": params["file_id"],
            "file_unique_id": "u",
            "file_size": len(content),
            "file_path": f"voice-{params['file_id']}",
        }

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        fault = self.fault("file", {"path": path})
        if fault is not None:
            return web.Response(status=fault.status)
        return web.Response(body=self.files[path.removeprefix("voice-")])

    def _set_webhook(self, params: dict[str, Any]) -> bool:
        self.webhook = params
        return True

    def _delete_webhook(self, _params: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    async def _get_updates(self, params: dict[str, Any]) -> Any:
        if self.webhook.get("url"):
            return Fault(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._pollers:
            return Fault(409, "Conflict: terminated by other getUpdates request")
        self._pollers += 1
        try:
            return await self._wait_for_updates(params)
        finally:
            self._pollers -= 1

    async def _wait_for_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(params.get("offset", 0))
        while self._updates and offset and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        if not self._updates:
            self._arrived.clear()
            try:
                async with asyncio.timeout(min(float(params.get("timeout", 0)), 1.0)):
                    await self._arrived.wait()
            except TimeoutError:
                return []
        return list(self._updates)[:100]

    def _send_message(self, params: dict[str, Any]) -> Any:
        chat = int(params["chat_id"])
        if chat in self._blocked:
            return Fault(403, "Forbidden: bot was blocked by the user")
        if not str(params.get("text", "")).strip():
            return Fault(400, "Bad Request: message text is empty")
        if len(params["text"]) > 4096:
            return Fault(400, "Bad Request: message is too long")
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": self._get_me({}),
            "text": params["text"],
        }
        if params.get("reply_markup"):
            markup = params["reply_markup"]
            message["reply_markup"] = json.loads(markup) if isinstance(markup, str) else markup
            for row in message["reply_markup"]["inline_keyboard"]:
                for button in row:
                    if len(button["callback_data"].encode()) > 64:
                        return Fault(400, "Bad Request: BUTTON_DATA_INVALID")
        self.chats[chat][message["message_id"]] = message
        return message

    def _edit_message_reply_markup(self, params: dict[str, Any]) -> Any:
        return self._edit(params, {})

    def _edit_message_text(self, params: dict[str, Any]) -> Any:
        return self._edit(params, {"text": params["text"]})

    def _edit(self, params: dict[str, Any], changes: dict[str, Any]) -> Any:
        message = self.chats[int(params["chat_id"])].get(int(params["message_id"]))
        if message is None:
            return Fault(400, "Bad Request: message to edit not found")
        if not message["from"]["is_bot"]:
            return Fault(400, "Bad Request: message can't be edited")
        markup = params.get("reply_markup")
        new = json.loads(markup) if isinstance(markup, str) else markup
        changed = {k: v for k, v in message.items() if k != "reply_markup"} | changes
        if new:
            changed["reply_markup"] = new
        if changed == message:
            return Fault(400, "Bad Request: message is not modified")
        changed["edit_date"] = int(time.time())
        self.chats[message["chat"]["id"]][message["message_id"]] = changed
        return changed

    def _delete_message(self, params: dict[str, Any]) -> Any:
        chat, number = int(params["chat_id"]), int(params["message_id"])
        if chat in self._blocked:
            return Fault(403, "Forbidden: bot was blocked by the user")
        message = self.chats[chat].get(number)
        if message is None:
            return Fault(400, "Bad Request: message to delete not found")
        if message["date"] < time.time() - 48 * 3600:
            return Fault(400, "Bad Request: message can't be deleted for everyone")
        del self.chats[chat][number]
        return True

    def _delete_messages(self, params: dict[str, Any]) -> Any:
        """Up to 100; what is not there is passed over, as the real one does."""
        numbers = params["message_ids"]
        numbers = json.loads(numbers) if isinstance(numbers, str) else numbers
        if not 1 <= len(numbers) <= 100:
            return Fault(400, "Bad Request: too many messages to delete")
        for number in numbers:
            self.chats[int(params["chat_id"])].pop(int(number), None)
        return True

    def _send_chat_action(self, _params: dict[str, Any]) -> bool:
        return True

    def _set_my_commands(self, _params: dict[str, Any]) -> bool:
        return True

    def _get_webhook_info(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates) + len(self._delivering),
        }

    def _answer_callback_query(self, params: dict[str, Any]) -> Any:
        query = params["callback_query_id"]
        late = self.clock() - self._pressed_at.get(query, self.clock()) > PRESS_LIVES
        if self.presses.get(query, True) or late:
            return Fault(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        self.presses[params["callback_query_id"]] = True
        return True


def _snake(method: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in method)


def _error(call: Call, status: int, description: str, **extra: Any) -> web.Response:
    call.status = status
    return web.json_response(
        {"ok": False, "error_code": status, "description": description, **extra}, status=status
    )


def _standing(user: dict[str, Any], status: str) -> dict[str, Any]:
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


@dataclass(slots=True)
class Phone:
    """A young person's phone: one private chat with the bot."""

    api: BotApi
    chat: int

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What stands in the chat now; what was taken out is gone."""
        return list(self.api.chats[self.chat].values())

    @property
    def last(self) -> dict[str, Any]:
        """The bot's newest message."""
        return [m for m in self.messages if m["from"]["is_bot"]][-1]

    @property
    def texts(self) -> str:
        return "\n".join(message.get("text", "") for message in self.messages)

    def labels(self) -> list[str]:
        rows = self.last.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row]

    def say(self, words: str) -> int:
        return self.api.send({"message": self.api.message_of(self.chat, text=words)}, self.chat)

    def sends(self, content: bytes, kind: str = "voice", **more: Any) -> int:
        """Send a voice note or a photo, as Telegram tells of it."""
        name = f"F{len(self.api.files)}"
        self.api.files[name] = content
        file = {"file_id": name, "file_unique_id": name, "file_size": len(content)}
        about: Any = {**file, "duration": 2}
        if kind == "photo":
            small = {**file, "file_id": "small", "width": 90, "height": 67, "file_size": 900}
            about = [small, {**file, "width": 1280, "height": 960}]
        elif "duration" in more:
            about["duration"] = more.pop("duration")
        fields = {kind: about, **more}
        return self.api.send({"message": self.api.message_of(self.chat, **fields)}, self.chat)

    def press(self, label: str, message: dict[str, Any] | None = None, *, data: str = "") -> int:
        """Press a button of the newest message, or of an older one."""
        of = message or self.last
        buttons = [b for row in of["reply_markup"]["inline_keyboard"] for b in row]
        if not data:
            data = next(b["callback_data"] for b in buttons if b["text"].endswith(label))
        query = f"q{next(self.api._ids)}"
        self.api.presses[query] = False
        self.api._pressed_at[query] = self.api.clock()
        press = {
            "id": query,
            "from": {"id": self.chat, "is_bot": False, "first_name": "A"},
            "chat_instance": "1",
            "data": data,
            "message": of,
        }
        return self.api.send({"callback_query": press}, self.chat)

    def edit(self, number: int, words: str) -> int:
        message = {**self.api.chats[self.chat].get(number, self.api.message_of(self.chat))}
        message |= {"text": words, "edit_date": int(time.time())}
        return self.api.send({"edited_message": message}, self.chat)

    def show(self, **content: Any) -> int:
        """Anything that is no text: a sticker, a place, a forwarded message …"""
        return self.api.send({"message": self.api.message_of(self.chat, **content)}, self.chat)

    def sticker(self) -> int:
        about = {"type": "regular", "width": 512, "height": 512}
        file = {"file_id": "sticker", "file_unique_id": "s"}
        return self.show(sticker={**file, **about, "is_animated": False, "is_video": False})

    def location(self) -> int:
        return self.show(location={"latitude": 54.5, "longitude": -1.3})

    def venue(self) -> int:
        place = {"location": {"latitude": 54.5, "longitude": -1.3}}
        return self.show(**place, venue={**place, "title": "Home", "address": "1 A Road"})

    def contact(self) -> int:
        return self.show(contact={"phone_number": "+440000000000", "first_name": "B"})

    def forward(self, words: str) -> int:
        """Words of somebody else, passed on."""
        origin = {"type": "hidden_user", "date": int(time.time()), "sender_user_name": "B"}
        return self.show(text=words, forward_origin=origin)

    def say_in_group(self, words: str, group: int = -7) -> int:
        message = self.api.message_of(self.chat, text=words)
        del self.api.chats[self.chat][message["message_id"]]
        in_group = {**message, "chat": {"id": group, "type": "group", "title": "Friends"}}
        return self.api.send({"message": in_group}, group)

    def block(self) -> int:
        self.api._blocked.add(self.chat)
        return self._member("member", "kicked")

    def unblock(self) -> int:
        self.api._blocked.discard(self.chat)
        return self._member("kicked", "member")

    def _member(self, before: str, after: str) -> int:
        user = {"id": BOT_ID, "is_bot": True, "first_name": "Sayso"}
        change = {
            "chat": {"id": self.chat, "type": "private", "first_name": "A"},
            "from": {"id": self.chat, "is_bot": False, "first_name": "A"},
            "date": int(time.time()),
            "old_chat_member": _standing(user, before),
            "new_chat_member": _standing(user, after),
        }
        return self.api.send({"my_chat_member": change}, self.chat)

    async def hears(self, what: Callable[["Phone"], bool], seconds: float = 10) -> None:
        """Until the chat looks like this."""
        async with asyncio.timeout(seconds):
            while not what(self):
                self.api._changed.clear()
                try:
                    async with asyncio.timeout(0.05):
                        await self.api._changed.wait()
                except TimeoutError:
                    continue

    async def answered(self, act: Callable[[], int], seconds: float = 10) -> dict[str, Any]:
        """Do something and wait for the bot's next message."""
        before = len([c for c in self.api.calls if c.method == "sendMessage" and c.status == 200])
        newest = max((m["message_id"] for m in self.messages), default=0)
        act()
        await self.hears(
            lambda phone: any(
                m["from"]["is_bot"] and m["message_id"] > newest for m in phone.messages
            ),
            seconds,
        )
        assert before >= 0
        return self.last
