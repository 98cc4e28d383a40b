"""Tables of the case system handed in at the desk: who may, what is kept, and what is not."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.desk import handing_in
from bot.handed_in import CLAIM, HandedIn, Step
from bot.importing import at_desk
from bot.service import import_requests as service
from bot.service.import_requests import Outcome, Tally, Unread
from bot.web.context import now
from storage import care_records, people
from storage.care_tables import import_pieces, import_requests
from storage.people import Staff
from storage.tables import audit
from tests.desk.northborough import AMINA
from tests.desk.running import Browser, Desk, Page

IRIS = "iris"
DAY = {"taken_on-day": "1", "taken_on-month": "9", "taken_on-year": "2025"}
PERSONS = b"pers_person_id,pers_dob\r\n1,2012-05-01\r\n"
REVIEWS = b"clar_cla_review_id,clar_cla_id\r\n7,1\r\n"
FILES = {"ssd_person.csv": PERSONS, "ssd_cla_reviews.csv": REVIEWS}


@dataclass(slots=True)
class Reads:
    """In place of the importer, whose own tests are in tests/intake: what it was given."""

    says: Outcome
    looked: list[tuple[dict[str, bytes], date, str, bool]] = field(default_factory=list)

    async def __call__(
        self, folder: Path, taken_on: date, by: str, look: bool, done: Step
    ) -> Outcome:
        content = {one.name: one.read_bytes() for one in sorted(folder.iterdir())}
        self.looked.append((content, taken_on, by, look))
        await done(1, 2)
        return self.says


async def _support(desk: Desk) -> Browser:
    member = Staff(desk.house.id, IRIS, "business_support", "Iris Bell")
    await desk.store.write(lambda db: people.add_staff(db, desk.house.keys, member, now()))
    return await desk.signed_in(IRIS)


async def _hand_in(browser: Browser, files: dict[str, bytes], **fields: str) -> Page:
    token = (await browser.get("/desk/imports")).token
    return await browser.post("/desk/imports", {"token": token, **DAY, **fields}, files=files)


async def _kept(desk: Desk) -> int:
    def count(db: Connection) -> int:
        return int(db.execute(select(func.count()).select_from(import_pieces)).scalar_one())

    return await desk.store.read(count)


async def _decide(browser: Browser, page: Page, do: str) -> Page:
    request_id = page.url.rpartition("=")[2]
    fields = {"token": page.token, "import": request_id, "do": do}
    return await browser.post("/desk/imports/one", fields)


def _worker(desk: Desk, reads: Reads) -> HandedIn:
    return HandedIn(desk.store, desk.house, reads, now)


async def test_what_is_handed_in_is_looked_at_and_then_taken_in(desk: Desk) -> None:
    browser = await _support(desk)
    page = await _hand_in(browser, FILES)
    assert "being looked at" in page.seen

    unread = Unread("ssd_person.csv", 3, "pers_dob", "31/02/2012 is no date.", "Write a real one.")
    tallies = (Tally("ssd_person", 5, 4, 3, 2, 1), Tally("ssd_legal_status", 0, 0, 0, 0, 0))
    reads = Reads(Outcome(tallies, (unread,), 1))
    assert await _worker(desk, reads).step()
    page = await browser.get(page.url)

    assert "What would change" in page.seen
    assert "31/02/2012 is no date. Write a real one." in page.seen
    assert reads.looked == [(FILES, date(2025, 9, 1), f"staff:{IRIS}", True)]
    assert await _kept(desk) == 2

    page = await _decide(browser, page, "take")
    assert "being taken in" in page.seen
    await _decide(browser, page, "take")  # a second tap
    assert await _worker(desk, reads).step()
    page = await browser.get(page.url)

    assert "What changed" in page.seen
    assert [look for _files, _day, _by, look in reads.looked] == [True, False]
    assert await _kept(desk) == 0
    assert not await _worker(desk, reads).step()
    acts = await desk.store.read(
        lambda db: list(
            db.execute(select(audit.c.act).where(audit.c.act.like("import%"))).scalars()
        )
    )
    assert acts == ["import_handed_in", "import_wanted"]
    assert "Taken in, 1 row not read" in (await browser.get("/desk/imports")).seen


async def test_what_cant_be_read_leaves_as_a_file_that_no_spreadsheet_runs(desk: Desk) -> None:
    browser = await _support(desk)
    page = await _hand_in(browser, FILES)
    unread = Unread("ssd_person.csv", 3, "pers_sex", "=cmd() is no sex.", "Write M or F.")
    await _worker(desk, Reads(Outcome((), (unread,), 1))).step()

    request_id = page.url.rpartition("=")[2]
    file = await browser.get(f"/desk/imports/unread.csv?import={request_id}")

    assert (
        file.text.splitlines()[1] == "ssd_person.csv,3,pers_sex,'=cmd() is no sex.,Write M or F.,no"
    )


async def test_it_can_be_dropped_and_is_kept_nowhere_then(desk: Desk) -> None:
    browser = await _support(desk)
    page = await _hand_in(browser, FILES)
    reads = Reads(Outcome((Tally("ssd_person.csv", 1, 0, 0, 0, 0),)))
    await _worker(desk, reads).step()

    page = await _decide(browser, await browser.get(page.url), "drop")

    assert "Dropped" in page.seen
    assert await _kept(desk) == 0
    await _decide(browser, page, "take")  # the back button
    assert not await _worker(desk, reads).step()


async def test_what_nobody_decides_on_is_kept_for_a_day(desk: Desk) -> None:
    page = await _hand_in(browser := await _support(desk), FILES)
    reads = Reads(Outcome((Tally("ssd_person.csv", 1, 0, 0, 0, 0),)))
    await _worker(desk, reads).step()

    later = now() + service.KEPT_FOR - timedelta(minutes=1)
    assert await desk.store.write(lambda db: service.end_old(db, desk.house, later)) == 0
    later = now() + service.KEPT_FOR + timedelta(minutes=1)
    assert await desk.store.write(lambda db: service.end_old(db, desk.house, later)) == 1

    assert await _kept(desk) == 0
    assert "Dropped" in (await browser.get(page.url)).seen


async def test_a_worker_that_was_killed_keeps_nobody_from_going_on(desk: Desk) -> None:
    class Killed(BaseException):
        pass

    async def dies(*_given: object) -> Outcome:
        raise Killed

    page = await _hand_in(browser := await _support(desk), FILES)
    with pytest.raises(Killed):
        await HandedIn(desk.store, desk.house, dies, now).step()
    reads = Reads(Outcome())
    assert not await _worker(desk, reads).step()  # the claim has not ended yet

    soon = now() + timedelta(minutes=3)
    assert await HandedIn(desk.store, desk.house, reads, lambda: soon).step()
    assert "What would change" in (await browser.get(page.url)).seen


async def test_the_last_rows_of_a_worker_that_was_killed_are_no_other_import(desk: Desk) -> None:
    """They were written, and it could not say so any more."""

    async def dies(*_given: object) -> Outcome:
        raise asyncio.CancelledError

    page = await _hand_in(browser := await _support(desk), FILES)
    await _worker(desk, Reads(Outcome())).step()
    await _decide(browser, page, "take")
    claimed = now() - CLAIM - timedelta(seconds=1)
    with pytest.raises(asyncio.CancelledError):
        await HandedIn(desk.store, desk.house, dies, lambda: claimed).step()
    written = claimed + timedelta(seconds=2)
    run = care_records.Run("killed", "ssd", date(2025, 9, 1), written, "sayso")
    await desk.store.write(lambda db: care_records.begin(db, desk.house.id, run, written))

    importer = partial(at_desk, desk.store, desk.house)
    assert await HandedIn(desk.store, desk.house, importer, now).step()

    assert "under way" not in (await browser.get(page.url)).seen


async def test_what_fails_says_why_and_changes_nothing(desk: Desk) -> None:
    page = await _hand_in(browser := await _support(desk), FILES)
    await _worker(desk, Reads(Outcome(failed="There is no ssd_person.csv."))).step()

    page = await browser.get(page.url)

    assert "Nothing was taken in" in page.seen
    assert "There is no ssd_person.csv." in page.seen
    assert await _kept(desk) == 0


async def test_what_fails_lists_what_is_to_be_mended_and_promises_nothing(desk: Desk) -> None:
    page = await _hand_in(browser := await _support(desk), FILES)
    unread = Unread("ssd_person.csv", 1, "", "It has no column pers_dob.", "Is it ssd_person?")
    failed = Outcome((), (unread,), 1, failed="In ssd_person no row can be read.")
    await _worker(desk, Reads(failed)).step()

    page = await browser.get(page.url)

    assert "It has no column pers_dob. Is it ssd_person?" in page.seen
    assert "The rest goes in" not in page.seen


@pytest.mark.parametrize(
    ("same", "says"),
    [(0, "Nothing in these files can be read."), (2, "Everything that can be read is here")],
)
async def test_what_cant_be_read_is_not_said_to_be_here(desk: Desk, same: int, says: str) -> None:
    page = await _hand_in(browser := await _support(desk), FILES)
    unread = Unread("ssd_person.csv", 3, "pers_dob", "There is none.", "Put it in.")
    tally = Tally("ssd_person", 0, 0, same, 0, 1)
    await _worker(desk, Reads(Outcome((tally,), (unread,), 1))).step()

    assert says in (await browser.get(page.url)).seen


async def test_a_file_that_completes_others_is_no_row_of_noughts(desk: Desk) -> None:
    page = await _hand_in(browser := await _support(desk), FILES)
    tally = Tally("ssd_legal_status", 0, 0, 0, 0, 0, 1_204, "the episodes")
    unread = tuple(Unread("ssd_person.csv", line, "", "No.", "Yes.") for line in range(3_000))
    await _worker(desk, Reads(Outcome((tally,), unread, 4_000))).step()

    page = await browser.get(page.url)

    assert "1,204 read, as part of the episodes" in page.seen
    assert "All of them as a file" not in page.seen
    assert "The first of them as a file: 2000 rows that can’t be read" in page.seen


@pytest.mark.parametrize(
    ("fields", "files", "says"),
    [
        ({"taken_on-day": ""}, FILES, "Enter a day that there is."),
        ({"taken_on-day": "31"}, FILES, "There is no 31 September 2025."),
        ({"taken_on-year": "2999"}, FILES, "lies ahead"),
        ({"taken_on-day": "", "taken_on-month": "", "taken_on-year": ""}, FILES, "Enter the day"),
        ({}, {}, "Choose the files"),
    ],
)
async def test_bad_input_is_told_kindly_and_nothing_is_kept(
    desk: Desk, fields: dict[str, str], files: dict[str, bytes], says: str
) -> None:
    page = await _hand_in(await _support(desk), files, **fields)

    assert page.status == 422
    assert says in page.seen
    assert await _kept(desk) == 0


async def test_more_than_is_taken_is_told_and_nothing_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_in, "MOST_BYTES", 1000)

    page = await _hand_in(await _support(desk), {"ssd_person.csv": b"x" * 5000})

    assert page.status == 422
    assert "Nothing was kept" in page.seen
    assert await _kept(desk) == 0


async def test_a_form_that_breaks_off_leaves_nothing(desk: Desk) -> None:
    browser = await _support(desk)
    token = (await browser.get("/desk/imports")).token
    parts = [
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"token": token, **DAY}.items()
    ]
    file = '--X\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n1,2'
    async with browser.session.post(
        desk.base + "/desk/imports",
        data="".join([*parts, file]).encode(),
        headers={
            "Origin": desk.base,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "multipart/form-data; boundary=X",
        },
    ) as answer:
        assert answer.status == 422
        assert "Not all of the files came" in await answer.text()
    assert await _kept(desk) == 0


async def test_without_its_token_no_file_is_read(desk: Desk) -> None:
    browser = await _support(desk)

    for fields in ({}, {"token": "wrong"}, {"first": "x", "token": "y"}):
        page = await browser.post("/desk/imports", {**fields, **DAY}, files=FILES)
        assert page.status == 403
    assert await _kept(desk) == 0


async def test_nobody_else_hands_in(desk: Desk) -> None:

    assert (await (await desk.signed_in(AMINA)).get("/desk/imports")).status == 404
    out = await (await desk.browser()).post("/desk/imports", {**DAY}, files=FILES)
    assert out.status == 403
    assert await _kept(desk) == 0


async def test_two_at_once_are_two(desk: Desk) -> None:
    browser = await _support(desk)

    pages = await asyncio.gather(_hand_in(browser, FILES), _hand_in(browser, FILES))

    assert len({page.url for page in pages}) == 2
    found = await desk.store.read(
        lambda db: list(db.execute(select(import_requests.c.state)).scalars())
    )
    assert found == ["looking", "looking"]
