"""A Bot API that answers at once, or always after the same delay, and says what arrived.

It runs in the load generator's process: a reply's arrival is seen without another hop.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from benchmarks.wire import Answering, Reply, answer_of

TOKEN = "4242:BENCHMARK-token_of_no_bot"

_TRUE = answer_of(b'{"ok":true,"result":true}')
_ME = (
    b'{"id":4242,"is_bot":true,"first_name":"Bench","username":"bench_bot",'
    b'"can_join_groups":false,"can_read_all_group_messages":false,'
    b'"supports_inline_queries":false}'
)
_WEBHOOK = b'{"url":"","has_custom_certificate":false,"pending_update_count":0}'


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the young person sees it. `buttons`: label and callback data, in order."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Sink:
    """The Bot API. `seen` is called when a message, or new buttons of one, reach a chat."""

    seen: Callable[[int, Arrived], None]
    delay: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1_000_001))
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Answering(self._answer), "127.0.0.1", 0, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _answer(self, path: bytes, body: bytes) -> Reply:
        method = path[path.rfind(b"/") + 1 :].partition(b"?")[0].decode()
        self.calls[method] += 1
        return self._result(method, body), self.delay

    def _result(self, method: str, body: bytes) -> bytes:
        match method:
            case "sendMessage":
                given = _parameters(body)
                return self._message(given, next(self._numbers))
            case "editMessageReplyMarkup" | "editMessageText":
                given = _parameters(body)
                return self._message(given, int(given["message_id"]))
            case "getMe":
                return answer_of(b'{"ok":true,"result":' + _ME + b"}")
            case "getWebhookInfo":
                return answer_of(b'{"ok":true,"result":' + _WEBHOOK + b"}")
            case _:
                return _TRUE

    def _message(self, given: dict[str, Any], number: int) -> bytes:
        chat, text = int(given["chat_id"]), str(given.get("text", ""))
        self.seen(chat, Arrived(number, text, _buttons(given.get("reply_markup"))))
        return answer_of(
            b'{"ok":true,"result":{"message_id":%d,"date":1767225600,"text":"ok",'
            b'"chat":{"id":%d,"type":"private","first_name":"A"},"from":'
            % (number, chat)
            + _ME
            + b"}}"
        )


def _parameters(body: bytes) -> dict[str, Any]:
    """From JSON or a form: python-telegram-bot's own client posts forms."""
    if body[:1] == b"{":
        given: dict[str, Any] = orjson.loads(body)
        return given
    return dict(parse_qsl(body.decode()))


def _buttons(markup: Any) -> tuple[tuple[str, str], ...]:
    if not markup:
        return ()
    rows = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return tuple((one["text"], one["callback_data"]) for row in rows for one in row)
