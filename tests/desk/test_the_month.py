"""The whole month of a review, on a phone and at a desk: invited, said, stood down, rearranged,
held, confirmed, answered, disagreed with, challenged, and the next one set."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest
import pytest_asyncio
import time_machine
from aiohttp.test_utils import unused_port
from playwright.async_api import Browser, Page
from playwright.async_api import ViewportSize as Size

from storage import asks, record_filings, review_moves, reviews
from tests.browser import COMPUTER, PHONE, window
from tests.desk import month, months, northborough
from tests.desk.hands import Keyboard, Pointer
from tests.desk.month import BEGINS, Month, Road
from tests.desk.month_pictures import FOLDER, MOST_BYTES, NAMES, Album
from tests.desk.months import CARERS, CHILD, IN_CARE, PATHWAY
from tests.desk.running import Desk, serve
from tests.sheets import PICTURES, ROOT


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGINS) as moved:
        yield moved


@pytest_asyncio.fixture(loop_scope="session")
async def desk(clock: time_machine.Traveller, sqlite_database_url: str) -> AsyncIterator[Desk]:
    port = unused_port()
    async for running in serve(northborough.house_on(sqlite_database_url, port=port), port):
        yield running


@asynccontextmanager
async def windows(browser: Browser, size: Size, count: int) -> AsyncIterator[list[Page]]:
    """As many devices, each of somebody else."""
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(window(browser, size)) for _ in range(count)]
        for page in pages:
            page.set_default_timeout(20_000)
        yield pages


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def album(browser: Browser) -> AsyncIterator[Album]:
    taken = Album()
    yield taken
    await taken.lay_out(browser)


@pytest.mark.parametrize(
    ("played", "size", "hands"),
    [
        (IN_CARE, PHONE, Pointer),
        (IN_CARE, COMPUTER, Keyboard),
        (PATHWAY, PHONE, Pointer),
        (PATHWAY, COMPUTER, Pointer),
    ],
    ids=[
        "in care, phone", "in care, computer, by keyboard alone",
        "pathway, phone", "pathway, computer",
    ],
)  # fmt: skip
async def test_a_month_from_the_invitation_to_the_next_review(
    desk: Desk,
    clock: time_machine.Traveller,
    browser: Browser,
    album: Album,
    played: Month,
    size: Size,
    hands: type[Pointer] | type[Keyboard],
) -> None:
    await desk.store.write(lambda db: months.begin(db, desk.house, played))
    async with windows(browser, size, 2) as (officer, young_person):
        road = Road(desk, played, hands(officer), hands(young_person), clock)
        try:
            await month.is_invited(road)
            await month.sends_views(road)
            await month.are_read(road)
            await month.is_stood_down(road)
            await month.is_rearranged(road)
            await month.is_held(road)
            await month.has_its_code(road)
            await month.is_answered(road)
            await month.reads_and_disagrees(road)
            await month.is_heard_again(road)
            await month.is_challenged(road)
            await month.has_a_next_one(road)
        finally:  # where it stops, the last picture says why
            album.put_in(played.kind, size["width"], road.shown)
    assert road.found == []
    await _is_all_kept(desk, meeting=played, wish=played)


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_the_month_of_a_foster_carers_review_and_of_the_child_who_lives_there(
    desk: Desk, clock: time_machine.Traveller, browser: Browser, album: Album, size: Size
) -> None:
    """The meeting and its record are the household's; the wish, and its answer, the child's."""
    for one in (CARERS, CHILD):
        await desk.store.write(partial(months.begin, house=desk.house, month=one))
    async with windows(browser, size, 3) as (officer, household, young_person):
        theirs = Road(desk, CARERS, Pointer(officer), Pointer(household), clock)
        hers = Road(desk, CHILD, Pointer(officer), Pointer(young_person), clock)
        try:
            for road in (theirs, hers):
                await month.is_invited(road)
                await month.sends_views(road)
            for road in (theirs, hers):
                await month.are_read(road)
            await month.is_stood_down(theirs)
            await month.is_rearranged(theirs)
            await month.is_held(theirs)
            await month.is_answered(hers)
            await month.reads_and_disagrees(hers)
            await month.is_heard_again(hers)
            await month.has_a_next_one(theirs)
        finally:
            of_the_child = {f"the child: {name}": shown for name, shown in hers.shown.items()}
            album.put_in(CARERS.kind, size["width"], theirs.shown | of_the_child)
    assert theirs.found + hers.found == []
    await _is_all_kept(desk, meeting=CARERS, wish=CHILD)


async def _is_all_kept(desk: Desk, *, meeting: Month, wish: Month) -> None:
    council = desk.house.id
    moves, filed, ahead, asked = await desk.store.read(
        lambda db: (
            review_moves.of_review(db, council, meeting.review_id),
            record_filings.of_review(db, council, meeting.review_id),
            reviews.of_person(db, council, reviews.get(db, council, meeting.review_id).person_id),
            asks.of_review(db, council, wish.review_id),
        )
    )
    assert [one.what.value for one in moves] == ["stood_down", "rearranged", "held"]
    assert [one.version for one in filed] == [1]
    assert [one.due_on is not None for one in ahead if not one.held] == [True]  # the next one
    assert [one.answers for one in asked] == [2]


def test_each_step_of_the_month_has_its_picture_in_the_docs() -> None:
    page = (ROOT / "docs" / "desk.md").read_text()
    shown = re.findall(r"!\[[^\]]+\]\(pictures/month/([\w-]+)\.webp\)", page)

    assert shown == list(NAMES)
    files = {file.stem: file.stat().st_size for file in (PICTURES / FOLDER).iterdir()}
    assert set(files) == set(NAMES)
    assert all(0 < size < MOST_BYTES for size in files.values()), files
