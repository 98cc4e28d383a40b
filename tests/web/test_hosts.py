"""Sayso answers by its own name alone, and believes of a proxy only for whom it asks."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.hosts import REFUSED, believe, is_ours
from tests.access.council import real_council

OURS = "https://sayso.northborough.example"


@pytest.mark.parametrize(
    "host",
    ["sayso.northborough.example", "sayso.northborough.example:443", "SAYSO.Northborough.Example"],
)
def test_our_own_name_is_ours(host: str) -> None:
    assert is_ours(host, OURS)


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "sayso.northborough.example.evil.example", "northborough.example",
        "sayso.northborough.example:8443", "sayso.northborough.example:80", "localhost",
        "127.0.0.1", "sayso.northborough.example@evil.example",
        "evil.example@sayso.northborough.example",
        "sayso.northborough.example/evil", "sayso.northborough.example?x", "[::bad",
        "sayso.northborough.example:port", "sayso.northborough.example\t", " ", "[::1]",
        "sayso.northborough.example.", "http://sayso.northborough.example",
    ],
)  # fmt: skip
def test_every_other_name_is_not(host: str) -> None:
    assert not is_ours(host, OURS)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:99", "127.0.0.2"])
def test_names_of_this_machine_stand_for_each_other_but_for_no_name_from_elsewhere(
    host: str,
) -> None:
    assert is_ours(host, "http://127.0.0.1:8080")
    assert not is_ours("localhost.evil.example", "http://127.0.0.1:8080")
    assert not is_ours("127.0.0.1.evil.example", "http://127.0.0.1:8080")


async def test_a_request_for_another_name_gets_no_page_and_no_echo_of_it(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        browser = await desk.browser()
        for path in ("/", "/i/", "/chat", "/desk/sign-in", "/privacy", "/nothing"):
            for host in ("evil.example", "127.0.0.1.evil.example", "[::bad"):
                url = desk.base + path
                async with browser.session.get(url, headers={"Host": host}) as answer:
                    assert answer.status == 421, (path, host)
                    assert await answer.text() == REFUSED
        async with browser.session.get(desk.base + "/healthz", headers={"Host": "10.1.2.3"}) as ok:
            assert ok.status == 200


async def _remote(request: web.Request) -> web.Response:
    return web.json_response([request.remote, request.scheme, request.host])


async def _asked(proxies: str, headers: dict[str, str]) -> tuple[int, list[str]]:
    forwarded = believe(proxies)
    app = web.Application(middlewares=[forwarded] if forwarded else [])
    app.router.add_get("/", _remote)
    async with TestClient(TestServer(app)) as client, client.get("/", headers=headers) as answer:
        found = await answer.json() if answer.status == 200 else []
        return answer.status, found


SPOOFED = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote"),
    [
        ("", "6.6.6.6", "127.0.0.1"),  # no proxy: nobody is believed
        ("1", "6.6.6.6, 2.2.2.2", "2.2.2.2"),  # what the browser made up stands further left
        ("2", "6.6.6.6, 2.2.2.2, 10.0.0.1", "2.2.2.2"),
        ("127.0.0.1", "6.6.6.6, 2.2.2.2", "2.2.2.2"),
        ("127.0.0.1,10.0.0.0/8", "6.6.6.6, 2.2.2.2, 10.0.0.1", "2.2.2.2"),
        ("10.0.0.0/8", "6.6.6.6", "127.0.0.1"),  # not our proxy, so it is itself who asks
    ],
)
async def test_the_address_is_the_one_our_own_proxies_saw(
    proxies: str, forwarded: str, remote: str
) -> None:
    status, (asked, scheme, host) = await _asked(proxies, {"X-Forwarded-For": forwarded, **SPOOFED})

    assert (status, asked, scheme) == (200, remote, "http")
    assert host.startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("proxies", "forwarded"), [("1", ""), ("2", "2.2.2.2"), ("1", "nonsense"), ("127.0.0.1", "x")]
)
async def test_a_request_that_did_not_come_through_the_proxies_is_refused(
    proxies: str, forwarded: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    status, _nothing = await _asked(proxies, headers)
    assert status == 400
