"""300 payloads through every input to every view of the desk and to the paper: none runs (P16)."""

from collections.abc import Iterator
from functools import partial

from playwright.async_api import Browser as Chromium
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.desk.addresses import review_url
from bot.documents.pdf import contribution_pdf
from bot.web.context import now
from storage import allocations, contributions, people, reviews, tasks
from storage.allocations import Allocation
from storage.contributions import Destination
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, RUTH, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.payloads import PAYLOADS, RUN
from tests.promises import Promise
from tests.running_scripts import has_run, without_policy, would_run

QUESTIONS = (
    "feel.more", "home.change", "family.more", "family.less", "school.change", "health.change",
    "self.matters", "self.change", "worker.change", "well.what", "worry.what", "change.what",
    "meeting.speaks", "meeting.who", "meeting.who_not", "meeting.first", "anything.words",
)  # fmt: skip
HOSTILE_ID = f"<svg/onload={RUN.split('=')[0]}=1>'\""
WORKER, SUPPORT = "joanna", "iris"


def _blocks() -> Iterator[str]:
    """Three payloads in each answer."""
    for start in range(0, len(PAYLOADS), 3):
        yield "\n".join(PAYLOADS[start : start + 3])


def _reviews() -> list[dict[str, str]]:
    """What young people answer, until every payload is said."""
    return [dict(zip(QUESTIONS, some, strict=False)) for some in _batches(list(_blocks()))]


def _batches(blocks: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(blocks), len(QUESTIONS)):
        yield blocks[start : start + len(QUESTIONS)]


def _fill(db: Connection, desk: Desk) -> list[str]:
    """Young people whose names, ids and words are payloads; their reviews' ids."""
    house, made = desk.house, []
    for who, role in ((WORKER, Role.SOCIAL_WORKER), (SUPPORT, Role.BUSINESS_SUPPORT)):
        member = Staff(house.id, who, role.value, f"{who}{PAYLOADS[40]}")
        people.add_staff(db, house.keys, member, now())
    for number, answers in enumerate(_reviews()):
        review_id = f"{HOSTILE_ID}{number}"
        name, case = PAYLOADS[number * 7], PAYLOADS[number * 11]
        born = today().replace(year=today().year - 13, day=1)
        person = YoungPerson(house.id, f"p-{number}", case, name, born, False)
        people.add_young_person(db, house.keys, person, now())
        review = Review(
            house.id, review_id, f"p-{number}", ReviewKind.CIOC, AMINA, today(), today()
        )
        reviews.add(db, review, now())
        northborough.say(db, house, review_id, answers, "file")
        sent = contributions.of_review(db, house.id, review_id)[0]
        contributions.set_filing(
            db, house.id, sent.contribution_id, 1, Destination.ORDINARY,
            contributions.Filing.FILED, at=now(), reference=PAYLOADS[number],
        )  # fmt: skip
        about = {
            "contribution_id": sent.contribution_id, "version": 1, "destination": "ordinary",
            "why": "\n".join(PAYLOADS),
        }  # fmt: skip
        task = Task(f"t-{number}", Kind.DELIVERY_FAILED, f"p-{number}", review_id, about)
        tasks.add(db, house.id, task, now())
        kind = Role.SOCIAL_WORKER.value
        allocations.add(db, Allocation(house.id, f"p-{number}", WORKER, kind, today()))
        made.append(review_id)
    return made


def _views(made: list[str]) -> list[tuple[str, str]]:
    """Whose desk, and which page."""
    views = [(AMINA, "/desk/"), (AMINA, "/desk/reviews"), (AMINA, "/desk/tasks")]
    views += [(RUTH, "/desk/unit"), (RUTH, "/desk/tasks"), (TOM, "/desk/cover")]
    views += [(SUPPORT, "/desk/arranging"), (WORKER, "/desk/young-people")]
    for number, review_id in enumerate(made):
        own = review_url(review_id)
        views += [(AMINA, own), (AMINA, f"{own}/reading"), (AMINA, f"{own}/versions/1")]
        views += [(AMINA, f"/desk/tasks/t-{number}"), (WORKER, f"/desk/young-people/p-{number}")]
    return [*views, (TOM, review_url(made[0]))]


async def test_what_is_said_runs_in_no_view_of_the_desk(
    desk: Desk, chromium: Chromium, promise: Promise
) -> None:
    made = await desk.store.write(lambda db: _fill(db, desk))
    views = _views(made)
    shown = ""
    browsers: dict[str, Browser] = {}

    for staff_id, address in views:
        if staff_id not in browsers:
            browsers[staff_id] = await desk.signed_in(staff_id)
        page = await browsers[staff_id].get(address)
        assert page.status in (200, 403, 404), (address, page.status)
        assert would_run(page.text) == [], address
        shown += page.seen

    squeezed = " ".join(shown.split())
    missing = [one for one in PAYLOADS if " ".join(one.split()) not in squeezed]
    assert missing == [], "not every payload came to a view"
    ran = 0
    async with without_policy(chromium) as window:
        signed_in = ""
        for staff_id, address in views:
            if staff_id != signed_in:
                await window.goto(await desk.link(staff_id))
                signed_in = staff_id
            await window.goto(desk.base + address, wait_until="load")
            ran += await has_run(window)
    assert ran == 0
    promise("P16", payloads=len(PAYLOADS), views=len(views), executed=ran)


async def test_what_is_typed_at_the_desk_comes_back_as_text(desk: Desk) -> None:
    browsers = {who: await desk.signed_in(who) for who in (AMINA, TOM)}
    token = {who: (await one.get("/desk/")).token for who, one in browsers.items()}
    pages: list[Page] = []
    for one in PAYLOADS:
        fields = {
            "token": token[AMINA], "method": "advocate_spoke", "proposed": "", "seen": "",
            "reason": one, "briefed_name": one, "briefed_on-day": one, "briefed_on-month": one,
            "briefed_on-year": one, one: one,
        }  # fmt: skip
        pages.append(await browsers[AMINA].post(f"/desk/reviews/{KAI}/code", fields))
        assert one in pages[-1].seen or "".join(one.split()) in "".join(pages[-1].seen.split())
    long = {"token": token[TOM], "reason": PAYLOADS[5] * 9}
    pages.append(await browsers[TOM].post(f"/desk/reviews/{KAI}/cover", long))
    stale = {"token": "0", "reason": PAYLOADS[6], PAYLOADS[7]: PAYLOADS[8]}
    pages.append(await browsers[AMINA].post(f"/desk/reviews/{KAI}/code", stale))
    for query in (f"?done={PAYLOADS[0]}", f"?late={PAYLOADS[35]}"):
        pages.append(await browsers[AMINA].get(f"/desk/reviews/{KAI}{query}"))
    pages.append(await browsers[AMINA].get(f"/desk/{PAYLOADS[36]}"))
    pages.append(await browsers[AMINA].get("/desk/sign-in/%3Cscript%3Ewindow.ran=1%3C%2Fscript%3E"))

    assert [would_run(page.text) for page in pages if would_run(page.text)] == []


async def test_the_paper_carries_the_words_and_nothing_that_acts(desk: Desk) -> None:
    made = await desk.store.write(lambda db: _fill(db, desk))
    for review_id in made:
        of = partial(contributions.of_review, council=desk.house.id, review_id=review_id)
        (sent,) = await desk.store.read(of)
        document = sent.document(Destination.ORDINARY)
        assert document is not None
        paper = contribution_pdf(document)
        for acting in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/URI", b"/AA"):
            assert acting not in paper, acting


async def test_the_same_looks_find_payloads_that_are_planted_as_markup(chromium: Chromium) -> None:
    """Or finding none would prove nothing."""
    plain = PAYLOADS[:30]
    assert len([one for one in plain if would_run(f"<p>{one}</p>")]) >= 28
    ran = 0
    async with without_policy(chromium) as window:
        for one in plain:
            await window.set_content(f"<p>{one}</p>", wait_until="load")
            await window.wait_for_timeout(20)
            ran += bool(await has_run(window))
    assert ran >= 20
