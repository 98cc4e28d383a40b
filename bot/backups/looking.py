"""What is looked at in a restored database besides its counts, and what is done to it.

`CHECKS` say what is wrong, each in a line. `REPLAYS` run before anything is opened: what was
erased after the backup was made is erased again; each says how many it erased.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from bot import auditing
from bot.service.house import House

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


CHECKS: Sequence[Check] = (audit_is_guarded, audit_is_as_written)
REPLAYS: Sequence[Replay] = ()
