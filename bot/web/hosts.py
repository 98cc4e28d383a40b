"""Whether a request asks for us by our own name (`SAYSO_BASE_URL`), and for whom a proxy asks.

A name that others make up in `Host` would end up in links; so nothing is answered under another
name than our own. `X-Forwarded-Host` and `-Proto` are never believed: both stand in the settings.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp_remotes import XForwardedFiltered, XForwardedRelaxed
from multidict import MultiMapping

from bot.settings import is_loopback

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PORTS = {"http": 80, "https": 443}
_UNNAMED = frozenset({"/healthz", "/readyz", "/metrics", "/telegram/webhook"})
"""What load balancers and monitoring ask by number, and where a secret says who asks."""

REFUSED = (
    "Sayso does not answer by this name. Whoever looks after it: the proxy must pass the name on "
    "(Host), and it must be that of SAYSO_BASE_URL.\n"
)


@lru_cache(maxsize=64)
def is_ours(host: str, public_url: str) -> bool:
    """Whether `Host` is the name, and the port, of our public address. On this machine alone its
    names and ports stand for each other."""
    own = urlsplit(public_url)
    try:
        asked = urlsplit(f"//{host}")
        name, port = asked.hostname or "", asked.port
    except ValueError:
        return False
    if asked.netloc != host or asked.username is not None or not name:
        return False
    own_name = own.hostname or ""
    if is_loopback(own_name):
        return is_loopback(name)
    usual = _PORTS[own.scheme]
    return name == own_name and (port or usual) == (own.port or usual)


def refuse_other_hosts(public_url: str) -> Any:
    """A middleware: 421 for any other name than ours."""

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in _UNNAMED:
            return await handler(request)
        hosts = request.headers.getall("Host", [])
        if len(hosts) == 1 and is_ours(hosts[0], public_url):
            return await handler(request)
        log.warning("host_refused")
        return web.Response(status=421, text=REFUSED)

    return named


class _Nth(XForwardedRelaxed):
    """So many proxies stand before us, and nothing reaches us but through all of them."""

    def get_forwarded_for(self, headers: MultiMapping[str]) -> Any:
        found = super().get_forwarded_for(headers)
        if len(found) < self._num:  # it came another way
            raise web.HTTPBadRequest
        return found

    def get_forwarded_proto(self, headers: MultiMapping[str]) -> list[str]:
        return []

    def get_forwarded_host(self, headers: MultiMapping[str]) -> list[str]:
        return []


class _From(XForwardedFiltered):
    """The last address that is none of our proxies'."""

    def get_forwarded_proto(self, headers: MultiMapping[str]) -> list[str]:
        return []

    def get_forwarded_host(self, headers: MultiMapping[str]) -> list[str]:
        return []


def believe(proxies: str) -> Any | None:
    """A middleware that lets `request.remote` be whom our proxies ask for; none without proxies.

    `proxies`: how many, or their addresses and networks (`SAYSO_PROXIES`).
    """
    if not proxies:
        return None
    if proxies.isdigit():
        nth = _Nth(int(proxies)).middleware

        @web.middleware
        async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path in _UNNAMED and "X-Forwarded-For" not in request.headers:
                return await handler(request)  # monitoring, on this side of the proxies
            return await nth(request, handler)

        return counted
    networks = [ip_network(one.strip()) for one in proxies.split(",") if one.strip()]
    inner = _From(networks).middleware

    @web.middleware
    async def forwarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = _peer(request)
        if peer is not None and any(peer in network for network in networks):
            return await inner(request, handler)
        return await handler(request)  # not our proxy: what it says of itself is only that

    return forwarded


def _peer(request: web.Request) -> Any | None:
    transport = request.transport
    name: Any = transport.get_extra_info("peername") if transport is not None else None
    if not isinstance(name, tuple):
        return None
    address = ip_address(name[0].partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
