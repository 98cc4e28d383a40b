"""`sayso import`: what other systems hold comes in, by files in a folder."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.importing import import_ssd
from bot.importing_extra import import_extra
from bot.importing_run import Step
from bot.opening import NotMigrated, opened
from bot.service.house import House
from bot.service.import_requests import Outcome
from storage import councils
from storage.migrate import is_current

_DEMO = (
    "This is a demo council: anybody who has its address can sign in. Nobody in these files may be "
    "real."
)

Done = Callable[[int, int], object]


async def ssd(house: House, folder: Path, taken_on: date, done: Done, *, look: bool) -> Outcome:
    """The whole of it for a command. `NotMigrated`."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        step = _steps(done)
        outcome = await import_ssd(store, house, folder, taken_on, "sayso", step, look=look)
        if await store.read(lambda db: councils.is_demo(db, house.id)):
            return replace(outcome, notes=(_DEMO, *outcome.notes))
        return outcome


async def extra(house: House, folder: Path, taken_on: date, done: Done, *, look: bool) -> Outcome:
    """The council's own files. `NotMigrated`."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        return await import_extra(store, house, folder, taken_on, "sayso", _steps(done), look=look)


def _steps(done: Done) -> Step:
    """How far it is, told as how much more of it is done."""
    last = 0

    async def step(at: int, of: int) -> None:
        nonlocal last
        done(at - last, of)
        last = at

    return step
