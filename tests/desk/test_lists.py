"""The list of reviews: searched, filtered, by pages, as a file, and kept as a view."""

import csv
import io
import re
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.service.house import House
from bot.service.listing import A_PAGE, Wanted, plain, wanted_of
from bot.service.views import MOST
from storage.reviews import ReviewKind
from storage.tables import audit, saved_views
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, KAI, MAYA, RUTH
from tests.desk.running import Browser, Desk, Page

NAMES = ("Kai Brennan", "Lena Novak", "Tiny Marsh")


async def _search(browser: Browser, query: str) -> Page:
    page = await browser.get(f"/desk/reviews?{query}")
    assert page.status == 200
    return page


def _listed(page: Page) -> set[str]:
    return {name for name in (*NAMES, "Maya Okafor", "Hana Grant") if name in page.seen}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", set(NAMES)),
        ("q=kai", {"Kai Brennan"}),
        ("q=BREN+k", {"Kai Brennan"}),
        ("q=ai", set()),
        ("q=NB-R-lena", {"Lena Novak"}),
        ("q=maya", set()),
        ("state=read", {"Kai Brennan"}),
        ("state=waiting", {"Lena Novak"}),
        ("views=in", {"Kai Brennan"}),
        ("views=not", {"Lena Novak", "Tiny Marsh"}),
        ("weeks=1&state=waiting", {"Lena Novak"}),
        ("kind=pathway", set()),
        ("state=nonsense&weeks=-4&page=x", set(NAMES)),
        ("state=past", set()),
    ],
)
async def test_an_officer_finds_among_their_own(desk: Desk, query: str, found: set[str]) -> None:
    page = await _search(await desk.signed_in(AMINA), query)

    assert _listed(page) == found
    if not found:
        assert "Nothing is like that." in page.seen


async def test_a_manager_finds_in_the_team_and_opens_no_words(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)

    assert _listed(await _search(browser, "q=maya")) == {"Maya Okafor"}
    assert _listed(await _search(browser, f"officer={DEV}")) == {"Hana Grant"}
    leads_to = set(re.findall(rf"/desk/reviews/{MAYA}[^\"]*", (await _search(browser, "")).text))
    assert leads_to == {f"/desk/reviews/{MAYA}/when"}


async def test_accents_and_capitals_do_not_matter() -> None:
    assert plain("Zoë ŁUCJA") == plain("zoe łucja")


async def test_a_search_is_on_record_without_what_was_searched_for(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    await _search(browser, "state=read")
    await _search(browser, "q=brennan")

    def entries(db: Connection) -> list[tuple[str, str, str]]:
        rows = db.execute(select(audit).where(audit.c.act.like("reviews_%")))
        return [(row.act, row.subject, row.detail) for row in rows]

    assert await desk.store.read(entries) == [("reviews_searched", f"staff:{AMINA}", "1 reviews")]


async def test_many_come_by_pages_and_the_past_too(desk: Desk) -> None:
    def many(house: House, db: Connection) -> None:
        for number in range(A_PAGE + 5):
            northborough.add(
                db, house, f"M-{number}", f"Mo Many{number:02}", 9, AMINA, meeting=30, due=31
            )

    await desk.store.write(partial(many, desk.house))
    browser = await desk.signed_in(AMINA)

    first, second = await _search(browser, "q=mo"), await _search(browser, "q=mo&page=2")

    assert f"{A_PAGE + 5} reviews, page 1 of 2." in first.seen
    assert "Next: page 2" in first.seen
    assert "Before: page 1" in second.seen
    assert second.text.count("Mo Many") == 5


async def test_what_is_settled_and_over_stands_under_past_reviews(desk: Desk) -> None:
    def old(house: House, db: Connection) -> None:
        northborough.add(
            db, house, "C-old", "Olu Past", 9, AMINA, meeting=-100, due=-95, held=True,
            kind=ReviewKind.CONFERENCE,
        )  # fmt: skip

    await desk.store.write(partial(old, desk.house))
    browser = await desk.signed_in(AMINA)

    assert "Olu Past" not in (await _search(browser, "")).seen
    assert "Olu Past" in (await _search(browser, "state=past")).seen
    assert "Olu Past" in (await _search(browser, "state=past&q=olu")).seen
    assert "Olu Past" not in (await _search(browser, "state=past&views=in")).seen


async def test_the_file_has_no_word_and_no_formula(desk: Desk) -> None:
    def odd(house: House, db: Connection) -> None:
        northborough.add(db, house, "R-odd", "=HYPERLINK(1) Odd", 9, AMINA, meeting=3, due=5)

    await desk.store.write(partial(odd, desk.house))
    page = await (await desk.signed_in(AMINA)).get("/desk/reviews.csv")

    rows = list(csv.DictReader(io.StringIO(page.text.removeprefix("\ufeff"))))
    assert {row["name"] for row in rows} == {*NAMES, "'=HYPERLINK(1) Odd"}
    assert {row["views"] for row in rows if row["review_id"] == KAI} == {"in"}
    assert northborough.WORDS[:20] not in page.text
    assert 'filename="reviews-' in page.headers["Content-Disposition"]

    assert (await (await desk.signed_in(GRACE)).get("/desk/reviews.csv")).status == 404


async def test_a_view_is_kept_without_the_name_and_is_ones_own(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/reviews")).token
    fields = {"token": token, "state": "waiting", "weeks": "2", "q": "kai", "name": "  Not  heard "}
    await browser.post("/desk/views", fields)

    page = await browser.get("/desk/reviews")
    assert 'href="/desk/reviews?state=waiting&amp;weeks=2">Not heard</a>' in page.text
    assert "Not heard" not in (await (await desk.signed_in(DEV)).get("/desk/reviews")).seen
    assert b"heard" not in await desk.store.read(
        lambda db: db.execute(select(saved_views.c.name)).scalar_one()
    )

    view_id = await desk.store.read(
        lambda db: db.execute(select(saved_views.c.view_id)).scalar_one()
    )
    other = await desk.signed_in(DEV)
    theirs = {"token": (await other.get("/desk/reviews")).token, "view": view_id}
    assert (await other.post("/desk/views/remove", theirs)).status == 404
    await browser.post("/desk/views/remove", {"token": token, "view": view_id})
    assert "Not heard" not in (await browser.get("/desk/reviews")).seen


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "read", "name": ""}, "Give the view a name"),
        ({"state": "read", "name": "x" * 41}, "more than 40 letters"),
        ({"q": "kai", "name": "Kai"}, "Choose something first"),
    ],
)
async def test_what_is_no_view_is_said(desk: Desk, fields: dict[str, str], said: str) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/reviews")).token

    page = await browser.post("/desk/views", {"token": token, **fields})

    assert page.status == 422
    assert said in page.seen


async def test_there_are_so_many_views_and_no_more(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/reviews")).token
    for number in range(MOST):
        fields = {"token": token, "state": "read", "name": f"View {number}"}
        assert (await browser.post("/desk/views", fields)).status == 200

    page = await browser.post("/desk/views", {"token": token, "state": "read", "name": "More"})

    assert (page.status, "remove one first" in page.seen) == (422, True)


def test_an_address_that_nobody_made_here_asks_for_what_it_can() -> None:
    odd = {"state": "x", "kind": "x", "weeks": "999999999", "views": "x", "page": "0", "q": " a "}
    assert wanted_of(odd) == Wanted(name="a")
