"""Tables of the case system that are handed in at the desk: looked at first, then taken in.

Whoever handed them in sees what would change before anything does. A worker does both, so that
nobody's page waits for it; what was handed in is kept until it is over, and for a day at the most.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day, whole_day
from bot.service.house import House
from bot.service.problems import Problem
from storage import audit, import_requests, people
from storage.errors import Unknown
from storage.import_requests import OVER, Request, State

KEPT_FOR = timedelta(hours=24)
"""How long what was handed in is kept while nobody says that it is taken in."""
MOST_BYTES = 300 * 1024 * 1024
"""Of all files together; `sayso import` takes any size."""
MOST_FILES = 20
MOST_LINES = 2_000
"""Of what can't be read so many are kept to be shown."""
_NEWEST = 20


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that can't be read. `mend`: what to do about it."""

    file: str
    line: int
    column: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one file: how many rows are new, changed, the same, not there any more, can't be read.
    `read`, `completes`: of a file that only completes others, its rows, and what they are part of.
    """

    file: str
    added: int
    changed: int
    same: int
    gone: int
    unread: int
    read: int = 0
    completes: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would change, or changed. `failed`: why nothing can be done with it, and what helps;
    `all_unread`: how many rows can't be read, of which `unread` are the first; `odd`: rows that go
    in and can't be right; `people`: how many young people there are in it."""

    tallies: tuple[Tally, ...] = ()
    unread: tuple[Unread, ...] = ()
    all_unread: int = 0
    notes: tuple[str, ...] = ()
    failed: str = ""
    odd: tuple[Unread, ...] = ()
    all_odd: int = 0
    people: int = 0

    @property
    def changes(self) -> int:
        return sum(one.added + one.changed for one in self.tallies)

    @property
    def understood(self) -> bool:
        """Whether there was anything that can be read, or nothing to read at all."""
        return not self.all_unread or any(
            one.added + one.changed + one.same + one.read for one in self.tallies
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One that was handed in. `who`: by name."""

    request: Request
    who: str
    outcome: Outcome
    files: Mapping[str, int]


def begin(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    taken_on: date | None,
    now: datetime,
) -> str | Problem:
    """Its id: files may come."""
    require(db, house, staff, asked)
    today = local_day(now)
    if taken_on is None:
        return Problem("taken_on", "Enter the day they were taken out, for example 17 9 2026.")
    if taken_on > today:
        text = f"{whole_day(taken_on)} lies ahead. Enter the day they were taken out."
        return Problem("taken_on", text)
    request = Request(str(uuid.uuid4()), staff.staff_id, now, taken_on, State.COMING)
    import_requests.add(db, house.id, request)
    return request.request_id


def put(
    db: Connection, house: House, request_id: str, file: str, number: int, content: bytes
) -> None:
    """The next piece of a file of one that `begin` let in."""
    import_requests.put_piece(db, house.id, request_id, file, number, content)


def here(
    db: Connection, house: House, staff: Admitted, asked: Asked, request_id: str, now: datetime
) -> Problem | None:
    """All of it came: it is looked at. Without a file nothing is kept of it."""
    require(db, house, staff, asked)
    names = import_requests.files(db, house.id, request_id)
    if not names:
        import_requests.move(db, house.id, request_id, State.COMING, State.DROPPED)
        return Problem("files", "Choose the files, for example ssd_person.csv and the others.")
    import_requests.move(db, house.id, request_id, State.COMING, State.LOOKING)
    _note(db, house, staff, "import_handed_in", request_id, now, ",".join(names))
    return None


def broke_off(db: Connection, house: House, request_id: str) -> None:
    """Not all of it came: what did is kept nowhere."""
    import_requests.forget(db, house.id, request_id)
    import_requests.move(db, house.id, request_id, State.COMING, State.DROPPED)


def listed(db: Connection, house: House, staff: Admitted, asked: Asked) -> list[Shown]:
    """The newest, whoever handed them in."""
    require(db, house, staff, asked)
    names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
    return [
        Shown(one, names.get(one.made_by, ""), _read(one.outcome), {})
        for one in import_requests.newest(db, house.id, _NEWEST)
    ]


def one(db: Connection, house: House, staff: Admitted, asked: Asked, request_id: str) -> Shown:
    """`Unknown`."""
    require(db, house, staff, asked)
    request = import_requests.get(db, house.id, request_id)
    if request.state is State.COMING:
        raise Unknown(f"import {request_id}")
    names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
    files = import_requests.files(db, house.id, request_id)
    return Shown(request, names.get(request.made_by, ""), _read(request.outcome), files)


def take_in(
    db: Connection, house: House, staff: Admitted, asked: Asked, request_id: str, now: datetime
) -> bool:
    """Somebody has seen what would change and says that it shall. False: it is as it was, for it
    was dropped or taken in meanwhile."""
    require(db, house, staff, asked)
    if not import_requests.move(db, house.id, request_id, State.READY, State.TAKING):
        return False
    _note(db, house, staff, "import_wanted", request_id, now)
    return True


def drop(
    db: Connection, house: House, staff: Admitted, asked: Asked, request_id: str, now: datetime
) -> bool:
    """Nothing is taken in, and the files are kept nowhere."""
    require(db, house, staff, asked)
    if not import_requests.move(db, house.id, request_id, State.READY, State.DROPPED):
        return False
    import_requests.forget(db, house.id, request_id)
    _note(db, house, staff, "import_dropped", request_id, now)
    return True


def end_old(db: Connection, house: House, now: datetime) -> int:
    """What was handed in a day ago is kept nowhere any more, but for what a worker is at."""
    ended = 0
    for request_id, state in import_requests.older(db, house.id, now - KEPT_FOR):
        if state is State.TAKING:
            continue
        import_requests.forget(db, house.id, request_id)
        if state not in OVER:
            import_requests.move(db, house.id, request_id, state, State.DROPPED)
        ended += 1
    return ended


def written(outcome: Outcome) -> str:
    """As it is kept."""
    return json.dumps(
        {
            "tallies": [
                [
                    one.file,
                    one.added,
                    one.changed,
                    one.same,
                    one.gone,
                    one.unread,
                    one.read,
                    one.completes,
                ]
                for one in outcome.tallies
            ],
            "unread": [
                [one.file, one.line, one.column, one.reason, one.mend]
                for one in outcome.unread[:MOST_LINES]
            ],
            "all_unread": outcome.all_unread,
            "notes": list(outcome.notes),
            "failed": outcome.failed,
            "odd": [
                [one.file, one.line, one.column, one.reason, one.mend]
                for one in outcome.odd[:MOST_LINES]
            ],
            "all_odd": outcome.all_odd,
            "people": outcome.people,
        },
        ensure_ascii=False,
    )


def _read(text: str) -> Outcome:
    if not text:
        return Outcome()
    plain = json.loads(text)
    return Outcome(
        tuple(Tally(*one) for one in plain["tallies"]),
        tuple(Unread(*one) for one in plain["unread"]),
        plain["all_unread"],
        tuple(plain["notes"]),
        plain["failed"],
        tuple(Unread(*one) for one in plain["odd"]),
        plain["all_odd"],
        plain["people"],
    )


def as_csv_rows(outcome: Outcome) -> Sequence[tuple[str, ...]]:
    """What can't be read, and what went in and can't be right, with a head."""
    head = ("file", "line", "column", "reason", "how to mend it", "went in")
    return (
        head,
        *(
            (one.file, str(one.line), one.column, one.reason, one.mend, went)
            for several, went in ((outcome.unread, "no"), (outcome.odd, "yes"))
            for one in several
        ),
    )


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    act: str,
    request_id: str,
    now: datetime,
    detail: str = "",
) -> None:
    subject = f"import:{request_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
