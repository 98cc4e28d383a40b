"""Erasing at the desk: by the unit manager, in two steps, with a reason and the right number."""

import json

from sqlalchemy import Connection, select

from bot.service import disputes, erasing, invitations, ledger
from bot.service.invitations import LetIn
from bot.web.context import now
from storage import allocations, erasures, outbox, people, tasks
from storage.allocations import Allocation
from storage.outbox import Outgoing
from storage.people import Staff
from storage.sealing import Place, unseal
from storage.tables import audit
from storage.tables import erasures as erasures_table
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, KAI, LENA, MAYA, RUTH
from tests.desk.running import Browser, Desk, Page

WHY = "Asked for it, letter of 3 May"
PAGE = f"/desk/reviews/{MAYA}/erase"


async def _post(browser: Browser, page: Page, address: str, **fields: str) -> Page:
    return await browser.post(address, {"token": page.token, **fields})


async def _erased(desk: Desk, review_id: str) -> bool:
    person_id = f"person-{review_id}"
    return await desk.store.read(lambda db: people.is_erased(db, desk.house.id, person_id))


async def test_a_manager_erases_after_looking_twice(desk: Desk) -> None:
    ruth = await desk.signed_in(RUTH)
    page = await ruth.get(PAGE)
    assert "1 version that was sent" in page.seen
    assert "Maya's own words" not in page.text

    check = await _post(ruth, page, PAGE, reason=WHY, unfiled="yes")
    assert "Check before you erase" in check.seen
    assert not await _erased(desk, MAYA)
    done = await _post(
        ruth, check, f"{PAGE}/confirm", reason=WHY, unfiled="yes", case_id=f" nb-{MAYA} "
    )

    assert done.status == 200
    assert "Erased" in done.seen
    assert await _erased(desk, MAYA)
    (noted,) = ledger.read(desk.house, [desk.house.settings.erasure_ledger]).erasures
    assert (noted.person_id, noted.by) == (f"person-{MAYA}", f"staff:{RUTH}")
    reason, act = await desk.store.read(_kept)
    assert reason == WHY
    assert act == f"staff:{RUTH}"
    for address in (PAGE, f"/desk/reviews/{MAYA}", f"/desk/reviews/{MAYA}/access"):
        assert (await ruth.get(address)).status == 404
    assert "Maya" not in (await ruth.get("/desk/unit")).text


def _kept(db: Connection) -> tuple[str, str]:
    row = db.execute(select(erasures_table)).one()
    place = Place(row.council, "erasures", "reason", str(row.erasure_id), row.person_id)
    actor = db.execute(select(audit.c.actor).where(audit.c.act == "person_erased")).scalar_one()
    return unseal(db, place, row.reason), actor


async def test_without_a_reason_the_right_number_or_a_yes_to_what_is_not_filed_nothing_goes(
    desk: Desk,
) -> None:
    ruth = await desk.signed_in(RUTH)
    page = await ruth.get(PAGE)
    right = {"reason": WHY, "unfiled": "yes", "case_id": f"NB-{MAYA}"}
    for wrong, said in (
        ({"reason": "  "}, "Say in a few words why they are erased."),
        ({"reason": "x" * 501}, "Shorten it to 500 letters."),
        ({"unfiled": ""}, "Something is not in the case record yet."),
        ({"case_id": f"NB-{KAI}"}, "That is not their number in the case system."),
        ({"case_id": ""}, "That is not their number in the case system."),
    ):
        answer = await _post(ruth, page, f"{PAGE}/confirm", **{**right, **wrong})
        assert answer.status == 422
        assert said in answer.seen
        assert "Nothing was erased" in answer.seen
    assert not await _erased(desk, MAYA)
    assert await desk.store.read(lambda db: erasures.all_of(db, desk.house.id)) == []


async def test_nobody_else_at_the_desk_may(desk: Desk) -> None:
    """Not the officer either: whom words may speak of does not end them."""
    for staff_id in (AMINA, DEV, GRACE):
        browser = await desk.signed_in(staff_id)
        assert (await browser.get(PAGE)).status == 404
        assert (await browser.get(f"/desk/reviews/{KAI}/erase")).status == 404


async def test_an_erasure_that_the_ledger_could_not_take_is_said_to_be_in_danger(
    desk: Desk,
) -> None:
    path = desk.house.settings.erasure_ledger
    path.mkdir(parents=True)
    ruth = await desk.signed_in(RUTH)
    page = await ruth.get(PAGE)

    done = await _post(
        ruth, page, f"{PAGE}/confirm", reason=WHY, unfiled="yes", case_id=f"NB-{MAYA}"
    )

    assert "Not in the ledger yet" in done.seen
    path.rmdir()
    assert len(await ledger.note(desk.store, desk.house)) == 1


async def test_the_young_persons_link_leads_to_a_kind_page(desk: Desk) -> None:
    def enter(db: Connection) -> str:
        invited = invitations.invite(db, desk.house, LENA, now())
        secret = invited.url.partition("#")[2]
        entered = invitations.let_in_by_link(db, desk.house, secret, None, "x" * 20, now())
        assert isinstance(entered, LetIn)
        return secret

    secret = await desk.store.write(enter)
    ruth = await desk.signed_in(RUTH)
    address = f"/desk/reviews/{LENA}/erase"
    page = await ruth.get(address)
    await _post(ruth, page, f"{address}/confirm", reason=WHY, case_id=f"NB-{LENA}")
    assert await _erased(desk, LENA)

    child = await desk.browser()
    answer = await child.post("/i/", {"secret": secret, "once": "y" * 20})

    assert answer.status == 410
    assert "What was said here is erased." in answer.seen
    assert desk.house.council.review_team_phone in answer.seen
    assert "Childline" in answer.seen
    assert "Lena" not in answer.text


async def test_what_still_has_to_leave_a_telegram_chat_leaves_it_all_the_same(desk: Desk) -> None:
    person = f"person-{KAI}"
    payload = {"chat": 7, "send": {"text": "a question"}, "tidy": 12, "callback": "c"}

    def both(db: Connection) -> list[outbox.Claimed]:
        row = Outgoing("telegram", "telegram/l", "telegram:1/5", json.dumps(payload), person)
        outbox.add(db, desk.house.id, [row], now())
        erasing.erase(db, desk.house, person, "sayso", WHY, now(), unfiled_too=True)
        return outbox.ready(db, ["telegram"], now())

    (left,) = await desk.store.write(both)
    assert left.person_id is None
    rest = {"chat": 7, "send": None, "tidy": 12, "callback": None}
    assert json.loads(left.payload) == rest


async def test_every_other_page_goes_on_without_them(desk: Desk) -> None:
    """With a task, a dispute and an allocation of theirs still there."""

    def more(db: Connection) -> None:
        person = f"person-{KAI}"
        tasks.add(db, desk.house.id, Task("a", Kind.ADVOCATE, person, KAI), now())
        tasks.add(db, desk.house.id, Task("t", Kind.TIDY_CHAT, person, None, {"why": "x"}), now())
        talk = invitations.conversation_of(desk.house, KAI)
        disputes.dispute(db, desk.house, talk, now())
        since = northborough.today()
        allocations.add(
            db, Allocation(desk.house.id, person, "worker", "social_worker", since, None)
        )
        erasing.erase(db, desk.house, person, "sayso", WHY, now(), unfiled_too=True)

    worker = Staff(desk.house.id, "worker", "social_worker", "Wes Orr")
    await desk.store.write(lambda db: people.add_staff(db, desk.house.keys, worker, now()))
    await desk.store.write(more)

    for staff_id, pages in (
        (AMINA, ("/desk/", "/desk/reviews", "/desk/tasks", "/desk/cover")),
        (RUTH, ("/desk/unit", "/desk/tasks", "/desk/cover")),
        (GRACE, (f"/desk/audit?review={KAI}", "/desk/audit")),
        ("worker", ("/desk/young-people",)),
    ):
        browser = await desk.signed_in(staff_id)
        for address in pages:
            page = await browser.get(address)
            assert page.status == 200, address
            assert "Kai" not in page.seen, address
