"""What a page of the desk weighs, compressed: 100 KB at the most the first time, and 40 KB after,
however much there is to list."""

import gzip
import re
from functools import partial

from tests.desk.northborough import AMINA, DEV, HANA, KAI, RUTH
from tests.desk.running import Browser, Desk
from tests.desk.test_queries import PAGES, _more, _staff

FIRST, AFTER = 100_000, 40_000
MANY = 160
"""Young people more, among three officers: more than a page holds of any list."""

_OF_ONE = (
    "", "/reading", "/when", "/record", "/record/step?step=meeting", "/access", "/invitation",
    "/quality", "/asks", "/copy",
)  # fmt: skip
_MINE = tuple(
    (who, f"/desk/reviews/{review_id}{page}")
    for who, review_id in ((AMINA, KAI), (DEV, HANA))
    for page in _OF_ONE
)
_FILE = re.compile(r'(?:href|src|data-frontend)="(/(?:static|desk/colours)/[^"]+)"')
_PICTURE = re.compile(r'<img (?![^>]*loading="lazy")[^>]*src="(/desk/[^"]+)"')


async def _fetched(browser: Browser, address: str) -> int:
    """Bytes of a file that a page names, as they are sent."""
    async with browser.session.get(browser.desk.base + address) as answer:
        assert answer.status == 200, address
        return int(answer.headers.get("Content-Length") or len(await answer.read()))


async def test_no_page_weighs_more_than_it_may(desk: Desk) -> None:
    await desk.store.write(partial(_staff, desk.house))
    await desk.store.write(partial(_more, desk.house, 0, MANY))
    browsers = {who: await desk.signed_in(who) for who in {who for who, _path in PAGES}}
    kept: dict[str, int] = {}
    heavy = {}
    for who, path in (*PAGES, *_MINE, (RUTH, "/desk/reviews?state=past")):
        if ".csv" in path or path == "/desk/news":
            continue  # a file: whoever asks for it gets all of it; and a number
        page = await browsers[who].get(path)
        assert page.status == 200, path
        assert page.headers["Content-Encoding"] in ("gzip", "deflate"), path
        after = len(gzip.compress(page.text.encode()))
        after += sum([await _fetched(browsers[who], one) for one in _PICTURE.findall(page.text)])
        named = set(_FILE.findall(page.text))
        for address in named - kept.keys():
            kept[address] = await _fetched(browsers[who], address)
        first = after + sum(kept[address] for address in named)
        if first > FIRST or after > AFTER:
            heavy[who, path] = (first, after)

    assert heavy == {}
    assert len(kept) >= 5  # styles and scripts were counted, too
