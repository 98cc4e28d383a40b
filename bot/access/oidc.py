"""The council's own sign-in: OpenID Connect, authorisation code with PKCE, state and nonce.

Everything that must not be guessed or used twice is derived from one secret in a cookie of the
browser that began (`Visit`): whoever comes back without it, or twice, is nobody.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from joserfc.jwk import KeySet

from bot.access.id_tokens import key_set
from bot.settings import is_loopback
from storage.keys import Keys

SCOPES = "openid profile email"
_SECONDS = 8
_MOST = 512 * 1024
_FRESH = 3600  # seconds that a provider's addresses and keys are taken as known
_AGAIN = 30  # seconds before keys are fetched anew for a key that is not among them


class ProviderAway(Exception):
    """The council's sign-in does not answer, or not as OpenID Connect says."""


class ProviderRefused(Exception):
    """The council's sign-in took the code for no good one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One way to the council's sign-in and back."""

    secret: str
    state: str
    nonce: str
    verifier: str


def visit(keys: Keys, council: str, secret: str) -> Visit:
    """The visit of the browser whose cookie holds `secret`."""

    def derived(purpose: str) -> str:
        return keys.blind(council, f"oidc_{purpose}", secret).hex()

    return Visit(secret, derived("state"), derived("nonce"), derived("verifier"))


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def cookie_name(*, secure: bool) -> str:
    return "__Host-sayso-visit" if secure else "sayso-visit"


class _Flow(OAuth2Client):  # type: ignore[misc] # authlib has no types
    """Authlib's flow, on aiohttp, which Sayso has anyway."""

    async def _fetch_token(
        self, url: str, body: str, auth: Any, method: str, headers: dict[str, str]
    ) -> Any:
        url, headers, body = auth.prepare(method, url, dict(headers), body)
        return await _fetch(method, url, headers=headers, body=body)


@dataclass(slots=True)
class Provider:
    """The council's sign-in. `issuer`, `client_id`, `client_secret`: `SAYSO_OIDC_*`."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    _document: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _known_at: float = -1e9
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def address(self, visit: Visit) -> str:
        """Where to send the browser. `ProviderAway`."""
        document, _keys = await self._known()
        address: str
        address, _state = self._flow(document).create_authorization_url(
            document["authorization_endpoint"],
            state=visit.state,
            nonce=visit.nonce,
            code_verifier=visit.verifier,
        )
        return address

    async def token(self, code: str, visit: Visit) -> str:
        """The ID token for a code, not looked at yet. `ProviderAway`, `ProviderRefused`."""
        document, _keys = await self._known()
        flow = self._flow(document)
        fetching: Coroutine[Any, Any, Any] = flow.fetch_token(
            document["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=visit.verifier,
        )
        try:
            answer = await fetching
        except AuthlibBaseError as error:
            raise ProviderAway from error
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused
        return token

    async def keys(self, *, named: str | None) -> KeySet:
        """The keys that sign tokens; fetched anew if `named` is not among them, for providers
        change theirs. `ProviderAway`."""
        _document, keys = await self._known()
        if named is not None and named not in {key.kid for key in keys.keys}:
            _document, keys = await self._known(oldest=_AGAIN)
        return keys

    async def _known(self, oldest: float = _FRESH) -> tuple[dict[str, Any], KeySet]:
        async with self._asking:  # one asks, the others wait for its answer
            if self._keys is None or time.monotonic() - self._known_at > oldest:
                document = await self._discover()
                self._keys = key_set(await _fetch("GET", document["jwks_uri"]))
                self._document, self._known_at = document, time.monotonic()
            return self._document, self._keys

    async def _discover(self) -> dict[str, Any]:
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = await _fetch("GET", address)
        if document.get("issuer") != self.issuer:
            raise ProviderAway("The provider calls itself by another name.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(document.get(name)):
                raise ProviderAway(f"The provider's {name} is no https address.")
        return document

    def _flow(self, document: dict[str, Any]) -> _Flow:
        known = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        way = "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
        return _Flow(
            session=None,
            client_id=self.client_id,
            client_secret=self.client_secret,
            token_endpoint_auth_method=way if self.client_secret else "none",
            scope=SCOPES,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )


def is_safe(address: object) -> bool:
    """Whether secrets may be sent there: https, or this machine."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return (parts.scheme == "https" and bool(parts.hostname)) or (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    )


async def _fetch(
    method: str, url: str, *, headers: dict[str, str] | None = None, body: str | None = None
) -> dict[str, Any]:
    """A JSON object. No redirect is followed: it would take the secret along."""
    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_SECONDS), trust_env=True
            ) as session,
            session.request(
                method, url, headers=headers, data=body, allow_redirects=False
            ) as answer,
        ):
            content = await answer.content.read(_MOST + 1)
            status = answer.status
            while len(content) <= _MOST and (more := await answer.content.read(_MOST)):
                content += more
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ProviderAway(type(error).__name__) from error
    if status in (400, 401, 403) and method == "POST":
        raise ProviderRefused
    try:
        found = json.loads(content) if status == 200 and len(content) <= _MOST else None
    except (ValueError, RecursionError) as error:
        raise ProviderAway("no JSON") from error
    if not isinstance(found, dict):
        raise ProviderAway(f"HTTP {status}")
    return found
