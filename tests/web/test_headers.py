"""P18: the exact headers on every response of every route, errors included."""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest

from storage.errors import StorageAway
from storage.store import Store
from tests.access.council import join, real_council, use_link
from tests.desk.northborough import AMINA, KAI, TOM
from tests.desk.running import Browser, Desk
from tests.promises import Promise
from tests.web.router import all_routes

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'self' https://www.bbc.co.uk; base-uri 'none'; frame-ancestors 'none'"
)
_PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
EXACT = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS = "max-age=63072000; includeSubDomains"
_OTHERS = {
    "Allow", "Cache-Control", "Clear-Site-Data", "Connection", "Content-Encoding", "Content-Length",
    "Content-Type", "Date", "Location", "Retry-After", "Set-Cookie", "Transfer-Encoding", "Vary",
}  # fmt: skip
_FOR_EVER = "public, max-age=31536000, immutable"


def check(headers: Mapping[str, str], path: str, *, https: bool) -> None:
    """Exactly these, and nothing else that says who we are."""
    expected = {**EXACT, "Strict-Transport-Security": _HSTS} if https else EXACT
    if path == "/chat" or path.startswith("/chat/"):  # where young people may say it aloud
        speaks = _PERMISSIONS.replace("microphone=()", "microphone=(self)")
        expected = {**expected, "Permissions-Policy": speaks}
    assert {name: headers.get(name) for name in expected} == expected, path
    others = set(headers) - set(expected)
    if path.endswith(".csv") and "Content-Disposition" in others:  # a list as a file
        assert headers["Content-Disposition"].startswith('attachment; filename="'), path
        others.remove("Content-Disposition")
    assert others <= _OTHERS, (path, set(headers))
    media_type = headers.get("Content-Type", "")
    if media_type.startswith("text/") or "+xml" in media_type:
        assert media_type.lower().endswith("; charset=utf-8"), (path, media_type)
    kept = headers["Cache-Control"]
    assert kept == "no-store" or (
        kept == _FOR_EVER and path.startswith(("/static/", "/desk/colours/"))
    )


async def _everywhere(desk: Desk, browsers: list[Browser], *, https: bool) -> int:
    """Every route, by its own method and by the other, by each browser."""
    checked = 0
    name = {"Host": "sayso.northborough.example"} if https else {}
    served = f"http://127.0.0.1:{desk.house.settings.port}"
    for route in all_routes(desk):
        address = route.at(review_id=KAI, version="1")
        for browser in browsers:
            for method in ("GET", "POST", "PUT"):
                for sent in ({}, {"Sec-Fetch-Site": "cross-site"}):
                    async with browser.session.request(
                        method,
                        served + address,
                        headers={**name, **sent},
                        allow_redirects=False,
                        data={"token": "wrong"} if method == "POST" else None,
                    ) as answer:
                        check(answer.headers, address, https=https)
                        checked += 1
    return checked


async def test_every_route_answers_with_exactly_these_headers(
    sqlite_database_url: str, promise: Promise
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joining = await desk.browser()
        await use_link(desk, joining, TOM)
        browsers = [(await join(desk, AMINA)).browser, joining, await desk.browser()]

        checked = await _everywhere(desk, browsers, https=False)

        assert checked >= 50 * 3 * 6
        promise("P18", responses=checked, others=0)


async def test_static_files_have_them_and_say_what_letters_they_are_written_in(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        browser = await desk.browser()
        addresses: set[str] = set()
        for page in ("/i/", "/desk/sign-in"):
            text = (await browser.get(page)).text
            addresses |= set(re.findall(r'="(/(?:static|desk/colours)/[^"]+)"', text))
        assert {".css", ".js", ".woff2"} <= {Path(address).suffix for address in addresses}
        for address in addresses:
            async with browser.session.get(desk.base + address) as answer:
                assert answer.status == 200
                check(answer.headers, address, https=False)


async def test_over_https_browsers_are_told_to_stay_there_and_cookies_are_bound_to_the_host(
    sqlite_database_url: str,
) -> None:
    public = "https://sayso.northborough.example"
    async with real_council(sqlite_database_url, base_url=public) as desk:
        assert await _everywhere(desk, [await desk.browser()], https=True) >= 50 * 6

        served = f"http://127.0.0.1:{desk.house.settings.port}"
        name = {"Host": "sayso.northborough.example"}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(served + "/desk/sign-in", headers=name) as answer,
        ):
            cookies = SimpleCookie(answer.headers["Set-Cookie"])
        assert set(cookies) == {"__Host-sayso-door"}
        cookie = cookies["__Host-sayso-door"]
        assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
        assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")


async def test_errors_of_every_kind_have_them_too(
    sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with real_council(sqlite_database_url, proxies="1") as desk:
        browser = await desk.browser()
        through = {"X-Forwarded-For": "192.0.2.7"}

        async def asked(method: str, path: str, status: int, **sent: object) -> None:
            headers = {**through, **sent.pop("headers", {})}  # type: ignore[dict-item]
            async with browser.session.request(
                method,
                desk.base + path,
                headers=headers,
                allow_redirects=False,
                **sent,  # type: ignore[arg-type]
            ) as answer:
                assert answer.status == status, path
                check(answer.headers, path, https=False)

        await asked("GET", "/nothing", 404)
        await asked("GET", "/desk/", 303)
        await asked("POST", "/chat", 413, data=b"a=" + b"a" * 300_000,
                    headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
        await asked("GET", "/", 421, headers={"Host": "evil.example"})
        await asked("GET", "/desk/sign-in", 400, headers={"X-Forwarded-For": "nonsense"})

        async def away(*_: object) -> None:
            raise StorageAway("away")

        async def broken(*_: object) -> None:
            raise RuntimeError("words of a child")

        browser.session.cookie_jar.update_cookies({"sayso_chat": "x" * 43})
        for fault, status in ((away, 503), (broken, 500)):
            with monkeypatch.context() as patched:
                patched.setattr(Store, "read", fault)
                await asked("GET", "/chat", status)
                await asked("GET", "/desk/", 303 if not browser.session.cookie_jar else status)
