"""python-telegram-bot's way out, on one shared aiohttp session.

The library's own client costs more per call than everything else we do for a message.
"""

import json
from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

_READ, _CONNECT = 20.0, 5.0
_MARGIN = 10.0
"""Seconds beyond both for the whole call: an answer that drips must not outlast its row's claim."""


class SharedRequest(BaseRequest):
    """One connection pool for every call; `connections` may be open at once."""

    def __init__(self, *, connections: int = 256) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return _READ

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The library's own logs what it can't read: names may be in it."""
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Telegram answered with no JSON.") from None
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body; `TimedOut` and `NetworkError` say nothing of the address: it holds the
        bot's token."""
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101 - for the type checker
        data, headers = None, {}
        if request_data is not None and request_data.parameters:
            data = request_data.json_payload
            headers["Content-Type"] = "application/json"
        read, connect = _seconds(read_timeout, _READ), _seconds(connect_timeout, _CONNECT)
        timeout = aiohttp.ClientTimeout(
            total=read + connect + _MARGIN, sock_read=read, sock_connect=connect
        )
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None


def _seconds(given: Any, otherwise: float) -> float:
    value = DefaultValue.get_value(given)
    return otherwise if value is None else float(value)
