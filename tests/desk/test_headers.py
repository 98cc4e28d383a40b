"""The same headers on every response of the desk, errors included; static files kept for ever."""

import gzip
import hashlib
import re
from pathlib import Path

from bot.desk.assets import FOLDER
from tests.desk.northborough import AMINA, KAI
from tests.desk.running import Desk

EXACT = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


async def test_every_page_of_the_desk_has_them_errors_too(desk: Desk) -> None:
    signed_in, nobody = await desk.signed_in(AMINA), await desk.browser()
    pages = [
        await signed_in.get("/desk/"),
        await signed_in.get(f"/desk/reviews/{KAI}"),
        await signed_in.get("/desk/reviews/nothing"),
        await signed_in.get("/desk/nothing"),
        await signed_in.post("/desk/tasks/x/done", {"token": "wrong"}),
        await nobody.get("/desk/"),
        await nobody.get("/desk/sign-in/wrong"),
        await nobody.post(f"/desk/reviews/{KAI}/code", {}),
        await nobody.post(f"/desk/reviews/{KAI}/code", {}, headers={"Origin": "https://e.example"}),
    ]
    for page in pages:
        for name, value in EXACT.items():
            assert page.headers[name] == value, page.url
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "Server" not in page.headers


async def test_a_page_holds_no_script_style_or_address_from_elsewhere(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)

    for address in ("/desk/", f"/desk/reviews/{KAI}", "/desk/reviews", "/desk/tasks"):
        text = (await browser.get(address)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)


async def test_the_first_visit_moves_less_than_100_kilobytes_and_the_next_only_the_page(
    desk: Desk,
) -> None:
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{KAI}")
    assert page.headers["Content-Encoding"] in ("gzip", "deflate")
    moved = len(gzip.compress(page.text.encode()))
    addresses = set(re.findall(r'(?:src|href|data-frontend)="(/(?:static|desk/colours)/[^"]+)"', page.text))  # fmt: skip  # noqa: E501
    assert len(addresses) == 7
    for address in addresses:
        async with browser.session.get(desk.base + address) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            moved += int(answer.headers["Content-Length"])
    assert moved < 100_000


async def test_an_old_address_of_a_style_is_not_found(desk: Desk) -> None:
    browser = await desk.browser()

    assert (await browser.get("/desk/colours/000000000000.css")).status == 404


def test_what_is_vendored_is_what_was_checked_and_names_no_font_of_gov_uk() -> None:
    folder = FOLDER / "govuk-frontend"
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    css = (folder / "govuk-frontend.min.css").read_text()
    assert "GDS Transport" not in css
    assert "url(" not in css
    assert Path(folder / "LICENCE.txt").read_text().startswith("The MIT License")
