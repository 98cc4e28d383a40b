"""What is looked at in a restored database besides its counts, and what is done to it.

`CHECKS` say what is wrong, each in a line. A replay runs before anything is opened: what was erased
after the backup was made is erased again; it says how many that were.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, text

from bot import auditing
from bot.service import erasing, ledger
from bot.service.house import House
from bot.service.ledger import Ledger
from bot.settings import LEDGER
from bot.web.context import now
from storage import erasures

Check = Callable[[Connection, House], list[str]]
Replay = Callable[[Connection, House], int]

_GUARDS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit'::regclass "
    "AND NOT tgisinternal AND tgenabled <> 'D'",
}


def audit_is_guarded(db: Connection, _house: House) -> list[str]:
    """The triggers that refuse a change of the audit came along."""
    guards = db.execute(text(_GUARDS[db.dialect.name])).scalar_one()
    return [] if guards >= 2 else ["audit: its entries can be changed; the triggers are missing."]


def audit_is_as_written(db: Connection, house: House) -> list[str]:
    """Every entry, and every checkpoint, as `sayso audit verify` looks at them."""
    return [f"audit: {problem}" for problem in auditing.check(db, house).problems]


def nothing_erased_is_there(db: Connection, house: House) -> list[str]:
    """Of whom it is known that they were erased, nothing is left, and no key either."""
    return [f"erasures: {problem}" for problem in erasing.left(db, house)]


CHECKS: Sequence[Check] = (audit_is_guarded, audit_is_as_written, nothing_erased_is_there)


def ledger_for(house: House, backup: Path, files: Sequence[Path]) -> Ledger:
    """The erasure ledger to restore this backup by: the files that were named, else the one beside
    the backup, else the installation's own."""
    beside = (backup.parent / LEDGER, house.settings.erasure_ledger)
    found = list(files) or [file for file in beside if file.exists()][:1]
    return ledger.read(house, found)


def erasing_again(found: Ledger) -> Replay:
    """What stands in the ledger and the backup does not know is erased again."""

    def replay(db: Connection, house: House) -> int:
        return ledger.repeat_all(db, house, ledger.missing(db, house, found), now())

    return replay


def missing_in(found: Ledger) -> Check:
    """An erasure that was noted, and stands in no ledger that we were given: there may be more."""

    def check(db: Connection, house: House) -> list[str]:
        known = {erasure.erasure_id for erasure in found.erasures}
        noted = {one.erasure_id for one in erasures.all_of(db, house.id)} - {
            one.erasure_id for one in erasures.not_noted(db, house.id)
        }
        lost = len(noted - known)
        if not lost:
            return []
        return [
            f"erasures: {lost} that the backup knows of stand in no ledger, so that later ones may "
            "be missing too. Name all of it: --erasures FILE (SAYSO_ERASURES)"
        ]

    return check
