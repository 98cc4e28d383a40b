"""A council's own sign-in for tests: `oidc-provider-mock`, a real OpenID Connect provider, in a
process of its own; and one that signs whatever a test wants, for tokens that no good one makes."""

import contextlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port
from joserfc.jwk import ECKey, RSAKey

from tests.desk.running import Browser, Desk, Page

CLIENT_ID, CLIENT_SECRET = "sayso", "a secret of the provider's"


@contextmanager
def provider_running() -> Iterator[str]:
    """Its issuer."""
    port = unused_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    command += ["--require-nonce", "true"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


async def until_it_answers(issuer: str) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{issuer}/.well-known/openid-configuration") as answer:
                    if answer.status == 200:
                        return


async def has_user(issuer: str, sub: str, **claims: object) -> None:
    """Tell the provider what it says of somebody."""
    async with (
        aiohttp.ClientSession() as session,
        session.put(f"{issuer}/users/{sub}", json=claims) as answer,
    ):
        assert answer.status == 204


async def sign_in_at(browser: Browser, sub: str) -> Page:
    """The whole way: out to the provider, signing in there, and back."""
    session = browser.session
    async with session.get(
        browser.desk.base + "/desk/sign-in/council", allow_redirects=False
    ) as out:
        assert out.status == 303, await out.text()
        address = out.headers["Location"]
    async with session.post(address, data={"sub": sub}, allow_redirects=False) as there:
        assert there.status == 302, await there.text()
        back = there.headers["Location"]
    return await browser.get(unescape(back))


@dataclass(slots=True)
class Forger:
    """A provider that gives out any token. `token`: the next one; `nonce`: of the last visit."""

    issuer: str
    keys: list[RSAKey | ECKey]
    token: str = ""
    published: list[dict[str, Any]] = field(default_factory=list)
    asked_for_keys: int = 0


@asynccontextmanager
async def forging() -> AsyncIterator[Forger]:
    port = unused_port()
    rsa = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
    elliptic = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
    forger = Forger(f"http://127.0.0.1:{port}", [rsa, elliptic])
    forger.published = [key.as_dict(private=False) for key in forger.keys]

    async def document(_request: web.Request) -> web.Response:
        base = forger.issuer
        return web.json_response(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/jwks",
            }
        )

    async def jwks(_request: web.Request) -> web.Response:
        forger.asked_for_keys += 1
        return web.json_response({"keys": forger.published})

    async def token(request: web.Request) -> web.Response:
        sent = await request.post()
        assert len(str(sent["code_verifier"])) == 64
        return web.json_response({"token_type": "Bearer", "id_token": forger.token})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", document)
    app.router.add_get("/jwks", jwks)
    app.router.add_post("/token", token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield forger
    finally:
        await runner.cleanup()


async def set_out(browser: Browser) -> dict[str, str]:
    """What Sayso asks of the provider."""
    async with browser.session.get(
        browser.desk.base + "/desk/sign-in/council", allow_redirects=False
    ) as out:
        query = parse_qs(urlsplit(out.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


async def come_back(browser: Browser, state: str, code: str = "code") -> Page:
    return await browser.get(f"/desk/sign-in/council/back?code={code}&state={state}")


def settings(issuer: str) -> dict[str, str]:
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
    }


def is_signed_in(desk: Desk, browser: Browser) -> bool:
    return bool(re.search("sayso-desk", str(list(browser.session.cookie_jar))))
