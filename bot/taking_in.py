"""`sayso import`: what other systems hold comes in, by files in a folder."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.importing import Step, import_ssd
from bot.importing_extra import import_extra
from bot.service.house import House
from bot.service.import_requests import Outcome
from bot.serving import NotMigrated, opened
from storage import councils
from storage.migrate import is_current

_DEMO = (
    "This is a demo council: anybody who has its address can sign in, so no real child’s data may "
    "go in. If everybody in these files is invented, say so: --invented"
)

Done = Callable[[int, int], object]


async def ssd(
    house: House, folder: Path, taken_on: date, done: Done, *, look: bool, invented: bool
) -> Outcome:
    """The whole of it for a command. `invented`: nobody in the files is real, so that a demo may
    have them. `NotMigrated`."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        if not (look or invented) and await store.read(lambda db: councils.is_demo(db, house.id)):
            return Outcome(failed=_DEMO)
        return await import_ssd(store, house, folder, taken_on, "sayso", _steps(done), look=look)


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
