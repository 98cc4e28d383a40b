"""*That wasn't me*: somebody else wrote with a young person's link, code or phone.

Whoever may write may say so: the young person has no more to show for themselves than the one who
wrote, and often less (their link was opened before them). So it must do no harm in wrong hands: not
a word is lost, the officer reads all of it and is told at once to ask the young person alone, and
nothing that is about somebody not being safe waits for it. What stops is filing.
"""

import uuid
from datetime import datetime

from sqlalchemy import Connection

from bot.service import guessing, sending
from bot.service.admission import Admitted, Asked, require
from bot.service.guessing import Wait
from bot.service.house import House
from bot.service.invitations import Knock, Refused, conversation_behind
from storage import audit, contributions, conversations, outbox, tasks
from storage import disputes as kept_disputes
from storage.contributions import Destination, Filing
from storage.disputes import Dispute
from storage.errors import Unknown
from storage.tasks import Kind, Task


def dispute(db: Connection, house: House, conversation_id: str, now: datetime) -> None:
    """Stop what waits to be filed, and what is sent from now on; tell the officer. Said twice it is
    the same. `Unknown`."""
    kept = conversations.lock(db, house.id, conversation_id)
    said = Dispute(conversation_id, kept.review_id, now)
    if not kept_disputes.open_(db, house.id, said):
        return
    stopped = 0
    contribution_id = sending.contribution_id(house, conversation_id)
    for filed in contributions.filings_of(db, house.id, contribution_id):
        if filed.state is Filing.WAITING:
            key = sending.filing_key(contribution_id, filed.version, filed.destination)
            outbox.withdraw(
                db, house.id, key, now
            )  # one that is claimed may arrive: then it says so
            contributions.set_filing(
                db, house.id, contribution_id, filed.version, filed.destination, Filing.STOPPED
            )
            stopped += 1
    about = {"conversation_id": conversation_id, "stopped": stopped}
    task = Task(_task_id(conversation_id), Kind.NOT_ME, kept.person_id, kept.review_id, about)
    tasks.add(db, house.id, task, now)
    audit.add(
        db,
        house.id,
        now,
        actor=f"young_person:{kept.person_id}",
        act="not_me_said",
        subject=f"review:{kept.review_id}",
        detail=f"{stopped} filings stopped",
    )


def dispute_by_invitation(
    db: Connection, house: House, knock: Knock, now: datetime
) -> Refused | Wait | None:
    """By the letter's link or code, which may be used up: that is when it is needed. None: it is
    said. Limits as for being let in."""
    wait = guessing.turned_away(db, house, knock.shown, now)
    if wait is not None:
        return wait
    conversation_id = conversation_behind(db, house, knock)
    if conversation_id is None:
        guessing.wrong_code(db, house, knock.shown, now)
        return Refused.CODE
    if conversations.exists(db, house.id, conversation_id):
        dispute(db, house, conversation_id, now)
    return None


def settle(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime, *, theirs: bool
) -> bool:
    """Whose words they are. `theirs`: the young person's after all, so they are filed; otherwise
    what was stopped stays so. False if somebody was quicker. `Unknown`."""
    require(db, house, staff, asked)
    task = tasks.get(db, house.id, asked.task_id or "")
    if task.kind is not Kind.NOT_ME:
        raise Unknown(f"a dispute in task {task.task_id}")
    conversation_id = task.about["conversation_id"]
    if not tasks.done(db, house.id, task.task_id, staff.staff_id, now):
        return False
    kept_disputes.settle(db, house.id, conversation_id, staff.actor, now)
    if theirs:
        _file(db, house, conversation_id, now)
    else:
        _stop_what_went_wrong(db, house, conversation_id)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="not_me_settled",
        subject=f"review:{task.review_id}",
        detail="theirs" if theirs else "not theirs",
    )
    return True


def stops(
    db: Connection, house: House, review_id: str, which: tuple[str, int, Destination]
) -> bool:
    """Whether a document (its contribution, version, destination) goes no further: nobody knows yet
    whose words they are, or they are not the young person's."""
    if kept_disputes.of_review(db, house.id, review_id) is not None:
        return True
    return contributions.is_stopped(db, house.id, *which)


def _stop_what_went_wrong(db: Connection, house: House, conversation_id: str) -> None:
    """What failed before, and waits for a person, is not sent again either."""
    contribution_id = sending.contribution_id(house, conversation_id)
    for filed in contributions.filings_of(db, house.id, contribution_id):
        if filed.state is Filing.TASK:
            contributions.set_filing(
                db, house.id, contribution_id, filed.version, filed.destination, Filing.STOPPED
            )


def _file(db: Connection, house: House, conversation_id: str, now: datetime) -> None:
    contribution_id = sending.contribution_id(house, conversation_id)
    for filed in contributions.filings_of(db, house.id, contribution_id):
        if filed.state is not Filing.STOPPED:
            continue
        destination = Destination(filed.destination)
        sent = contributions.get(db, house.id, contribution_id, filed.version)
        contributions.set_filing(
            db, house.id, contribution_id, filed.version, destination, Filing.WAITING
        )
        row = sending.outgoing(sent, destination)
        if not outbox.holds(db, house.id, row.idempotency_key):
            outbox.add(db, house.id, [row], now)


def _task_id(conversation_id: str) -> str:
    return str(uuid.uuid5(uuid.UUID(conversation_id), "not_me"))
