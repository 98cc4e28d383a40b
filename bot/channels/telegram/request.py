"""python-telegram-bot's way out, on one shared aiohttp session.

The library's own client costs more per call than everything else we do for a message.
"""

import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

_READ, _CONNECT = 20.0, 5.0
_MARGIN = 10.0
"""Seconds beyond both for the whole call: an answer that drips must not outlast its row's claim."""

_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class _Ready:
    """A call's parameters as JSON: all that `do_request` asks of a `RequestData`, which would
    encode them three times."""

    json_payload: bytes


class SharedRequest(BaseRequest):
    """One connection pool for every call; `connections` may be open at once."""

    def __init__(self, *, connections: int = 256) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def call(self, url: str, parameters: dict[str, Any]) -> None:
        """Call one method, for its effect; errors are the library's."""
        ready: Any = _Ready(orjson.dumps(parameters))
        await self.post(url, request_data=ready)

    async def download(self, url: str, most: int) -> bytearray | None:
        """A file of at most so many bytes; None if it is bigger, of which no more is read."""
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101 - for the type checker
        address, proxy = _way(url)
        content = bytearray()
        try:
            async with self._session.get(
                address, timeout=_timeout(_READ, _CONNECT), allow_redirects=False, proxy=proxy
            ) as answer:
                if answer.status != 200:
                    raise NetworkError(f"status {answer.status}")
                async for piece in answer.content.iter_chunked(64 * 1024):
                    content += piece
                    if len(content) > most:
                        return None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None
        return content

    @property
    def read_timeout(self) -> float:
        return _READ

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            # Not `trust_env`: it reads the environment and ~/.netrc in a thread, for each call.
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept"),
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The library's own logs what it can't read: names may be in it."""
        try:
            answer: dict[str, Any] = orjson.loads(payload.decode("utf-8", "replace"))
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
        timeout = _timeout(_seconds(read_timeout, _READ), _seconds(connect_timeout, _CONNECT))
        address, proxy = _way(url)
        try:
            async with self._session.request(
                method,
                address,
                data=None if request_data is None else request_data.json_payload,
                headers=_HEADERS,
                timeout=timeout,
                allow_redirects=False,
                proxy=proxy,
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None


def _seconds(given: Any, otherwise: float) -> float:
    value = DefaultValue.get_value(given)
    return otherwise if value is None else float(value)


@lru_cache(maxsize=16)
def _timeout(read: float, connect: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=read + connect + _MARGIN, sock_read=read, sock_connect=connect
    )


@lru_cache(maxsize=64)
def _way(url: str) -> tuple[URL, str | None]:
    """A method's address, and the proxy that the environment names for it, as a council may need
    one."""
    address = URL(url)
    if urllib.request.proxy_bypass(address.authority):
        return address, None
    return address, urllib.request.getproxies().get(address.scheme)
