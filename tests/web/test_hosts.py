"""Sayso answers by its own name alone, and believes of a proxy only for whom it asks."""

import asyncio

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


def _elsewhere(number: int) -> dict[str, str]:
    """As somebody who guesses would like to be seen: somebody else each time."""
    address = f"203.0.113.{number}"
    return {
        "X-Forwarded-For": address, "Forwarded": f"for={address}", "X-Real-IP": address,
        "X-Forwarded-Host": f"{number}.evil.example", "Via": f"1.1 {address}",
        "True-Client-IP": address, "CF-Connecting-IP": address, "X-Client-IP": address,
    }  # fmt: skip


@pytest.mark.parametrize("proxies", ["", "1", "127.0.0.1"])
async def test_who_guesses_gets_no_new_tries_by_naming_other_addresses(
    sqlite_database_url: str, proxies: str
) -> None:
    """By himself, or through our proxy, which adds where it saw him to what he made up."""
    async with real_council(sqlite_database_url, proxies=proxies) as desk:
        browser = await desk.browser()
        statuses = []
        for number in range(14):
            headers = {"Origin": desk.base, "Sec-Fetch-Site": "same-origin", **_elsewhere(number)}
            if proxies:
                headers["X-Forwarded-For"] += ", 198.51.100.7"
            page = await browser.post("/i/", {"code": "ABCD-EFGH-JKMN"}, headers=headers)
            statuses.append(page.status)
            assert "evil.example" not in page.text
        assert statuses == [422] * 10 + [429] * 4
        if proxies:  # somebody else behind the same proxy still has theirs
            headers["X-Forwarded-For"] = "198.51.100.8"
            page = await browser.post("/i/", {"code": "ABCD-EFGH-JKMN"}, headers=headers)
            assert page.status == 422


async def test_two_hosts_or_one_in_the_address_are_no_way_round(sqlite_database_url: str) -> None:
    """What a proxy and we might read differently."""
    async with real_council(sqlite_database_url) as desk:
        host, _, port = desk.base.removeprefix("http://").partition(":")
        ours = f"Host: {host}:{port}\r\n"
        for whole, statuses in (
            (f"GET /i/ HTTP/1.1\r\n{ours}Host: evil.example\r\n", (400, 421)),
            (f"GET /i/ HTTP/1.1\r\nHost: evil.example\r\n{ours}", (400, 421)),
            ("GET /i/ HTTP/1.1\r\nHost: evil.example\r\n", (421,)),
            ("GET /i/ HTTP/1.0\r\n", (400, 421)),
            ("GET http://evil.example/i/ HTTP/1.1\r\nHost: evil.example\r\n", (400, 421)),
        ):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"{whole}Connection: close\r\n\r\n".encode())
            await writer.drain()
            answer = (await reader.read()).decode()
            writer.close()
            await writer.wait_closed()
            assert int(answer.split()[1]) in statuses, whole
            assert "evil.example" not in answer, whole
