"""What a page weighs on an old phone: 60 KB for the first screen and for the map of topics, 15 KB
for an answer."""

import re
import zlib

import aiohttp
import pytest

from conversations.hearing import Chosen
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import WORDS, let_in, until_asked
from tests.sayso import Sayso

_LATIN_EXTENDED = "latin-ext"  # fetched only where a page has such letters
_HEAD = 500  # a response's headers, roughly and generously
_HEAD_IN_BROWSERS = 300
"""What a browser reckons for them (`transferSize`): over HTTP/2 those that repeat cost next to
nothing, and the map has a dozen pictures."""


async def _over_the_wire(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """Compressed bytes of one response, and its text."""
    async with session.get(url, headers={"Accept-Encoding": "gzip, deflate"}) as answer:
        packed = await answer.read()
        assert answer.status == 200
        how = answer.headers.get("Content-Encoding")
        plain = zlib.decompress(packed, 47) if how else packed
        return len(packed) + _HEAD, plain.decode("utf-8", "replace")


async def _screen(session: aiohttp.ClientSession, sayso: Sayso, path: str) -> dict[str, int]:
    """Everything that a new browser fetches for this page, by address."""
    weights = {}
    weights[path], html = await _over_the_wire(session, sayso.base + path)
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    for address in dict.fromkeys(linked):
        weights[address], text = await _over_the_wire(session, sayso.base + address)
        if address.endswith(".css"):
            folder = address.rpartition("/")[0]
            for inner in re.findall(r'url\("?([^)"]+)', text):
                if _LATIN_EXTENDED not in inner and f"{folder}/{inner}" not in weights:
                    inner_url = f"{sayso.base}{folder}/{inner}"
                    weights[f"{folder}/{inner}"] = (await _over_the_wire(session, inner_url))[0]
    return weights


async def test_the_first_screen_weighs_at_most_60_kb(sayso: Sayso) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        weights = await _screen(session, sayso, "/i/")

    assert any(address.endswith(".woff2") for address in weights)
    assert sum(weights.values()) <= 60_000, weights


@pytest.mark.parametrize("band", ["4-7", "8-11", "12-15", "16+", "care leaver"])
async def test_the_map_of_topics_weighs_at_most_60_kb_with_its_pictures(
    sayso: Sayso, band: str
) -> None:
    """Though the browser has nothing yet: somebody comes back by a code, on another phone."""
    young = await let_in(sayso, band)
    await young.goes_to("start.ok", until_asked)
    await young.says(Chosen(option="yes"))
    await young.says(Chosen(option="@map"))
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in young.cookies().items())}
    async with aiohttp.ClientSession(auto_decompress=False, headers=headers) as session:
        weights = await _screen(session, sayso, "/chat")
    pictures = [address for address in weights if "/pictures/" in address]
    assert bool(pictures) is (band not in ("16+", "care leaver"))
    moved = sum(weights.values()) - len(weights) * (_HEAD - _HEAD_IN_BROWSERS)
    assert moved <= 60_000, weights


async def test_an_answer_moves_at_most_15_kb(sayso: Sayso) -> None:
    """There and back, pictures that the page shows for the first time included."""
    young = await let_in(sayso, "8-11")
    async with Visitor.at(sayso, young.cookies()) as visitor:
        await young.goes_to("feel.care")
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in young.cookies().items())}
        async with aiohttp.ClientSession(auto_decompress=False, headers=headers) as session:
            fetched = set(await _screen(session, sayso, "/i/"))
            for _answer in range(12):
                page = await visitor.get("/chat")
                assert page.kind
                weights = await _screen(session, sayso, "/chat")
                new = {k: v for k, v in weights.items() if k == "/chat" or k not in fetched}
                new = {k: v for k, v in new.items() if not k.endswith(".js")}  # with the first
                fetched |= set(new)
                sent = len(WORDS.encode()) * 3 + 2 * _HEAD
                assert sum(new.values()) + sent <= 15_000, new
                await young.goes_to_next()
        await young.says(Chosen(option="@check"))


async def test_static_files_are_kept_for_a_year_under_addresses_that_change_with_them(
    visitor: Visitor,
) -> None:
    html = (await visitor.get("/i/")).html
    css = re.search(r'href="(/static/[^"]+/young\.css)"', html)
    assert css
    assert re.fullmatch(r"/static/chat/[0-9a-f]{12}/young\.css", css[1])
    answer = await visitor.get(css[1])
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (await visitor.get(css[1].replace("young", "nothing"))).status == 404
