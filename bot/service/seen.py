"""What only tells of something, put away several at once; and taken back, for a while."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.service import mending
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import audit, tasks
from storage.tasks import TELLS

MOST = 50
UNDO_FOR = timedelta(minutes=10)


def put_away(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    task_ids: Iterable[str],
    now: datetime,
) -> tuple[str, ...]:
    """The tasks of these that were put away, by id: those that may be theirs, only tell of
    something and wait. Of the others nothing happens."""
    require(db, house, staff, asked)
    wanted = set(list(task_ids)[:MOST])
    waiting = {one.task.task_id: one for one in mending.mine(db, house, staff)}
    gone = []
    for task_id in sorted(wanted & waiting.keys()):
        found = waiting[task_id]
        if found.task.kind not in TELLS:
            continue
        for one in (found, *found.earlier):
            if tasks.done(db, house.id, one.task.task_id, staff.staff_id, now):
                gone.append(one.task.task_id)
                _note(db, house, staff, one.task.task_id, "task_done", one.task.kind.value, now)
    return tuple(gone)


def undo(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    task_ids: Sequence[str],
    now: datetime,
) -> int:
    """They wait again: what this one put away within `UNDO_FOR`; how many."""
    require(db, house, staff, asked)
    back = 0
    for task_id in task_ids[:MOST]:
        if tasks.reopen(db, house.id, task_id, staff.staff_id, now - UNDO_FOR):
            _note(db, house, staff, task_id, "task_reopened", "", now)
            back += 1
    return back


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    task_id: str,
    act: str,
    detail: str,
    now: datetime,
) -> None:
    subject = f"task:{task_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
