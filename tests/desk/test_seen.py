"""Notices that only tell of something: several put away at once, and brought back."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select, update

from bot.service.house import House
from storage import tasks as kept
from storage.tables import audit, tasks
from storage.tasks import Kind, Task
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA
from tests.desk.running import Desk


def _told(house: House, db: Connection) -> None:
    now = datetime.now(UTC)
    for name, kind, review_id in (
        ("pin", Kind.PIN_RESET, KAI), ("pin2", Kind.PIN_RESET, LENA),
        ("failed", Kind.DELIVERY_FAILED, KAI), ("his", Kind.PIN_RESET, HANA),
    ):  # fmt: skip
        about = {"by": f"staff:{DEV}", "reason": "Forgot it"}
        kept.add(db, house.id, Task(name, kind, f"person-{review_id}", review_id, about), now)


def _open(db: Connection) -> set[str]:
    rows = db.execute(select(tasks.c.task_id).where(tasks.c.done_at.is_(None)))
    return set(rows.scalars())


async def test_what_only_tells_is_put_away_together_and_comes_back(desk: Desk) -> None:
    await desk.store.write(partial(_told, desk.house))
    browser = await desk.signed_in(AMINA)
    page = await browser.get("/desk/tasks")
    assert "To be seen: 2" in page.seen
    ticked = {f"seen-{one}": "on" for one in ("pin", "pin2", "failed", "his", "nobody")}

    page = await browser.post("/desk/tasks/seen", {"token": page.token, **ticked})

    assert "2 notices are put away." in page.seen
    assert await desk.store.read(_open) == {"failed", "his"}
    ids = page.hidden("ids")
    await browser.post("/desk/tasks/unseen", {"token": page.token, "ids": ids + ",his,failed"})
    assert await desk.store.read(_open) == {"failed", "his", "pin", "pin2"}
    acts = await desk.store.read(
        lambda db: list(db.execute(select(audit.c.act).where(audit.c.act.like("task_%"))).scalars())
    )
    assert sorted(acts) == ["task_done", "task_done", "task_reopened", "task_reopened"]


async def test_after_ten_minutes_and_for_others_there_is_no_way_back(desk: Desk) -> None:
    await desk.store.write(partial(_told, desk.house))
    browser, other = await desk.signed_in(AMINA), await desk.signed_in(DEV)
    token = (await browser.get("/desk/tasks")).token
    await browser.post("/desk/tasks/seen", {"token": token, "seen-pin": "on"})

    theirs = (await other.get("/desk/tasks")).token
    await other.post("/desk/tasks/unseen", {"token": theirs, "ids": "pin"})
    assert "pin" not in await desk.store.read(_open)

    ago = datetime.now(UTC) - timedelta(minutes=11)
    await desk.store.write(
        lambda db: db.execute(update(tasks).where(tasks.c.task_id == "pin").values(done_at=ago))
    )
    await browser.post("/desk/tasks/unseen", {"token": token, "ids": "pin"})
    assert "pin" not in await desk.store.read(_open)
