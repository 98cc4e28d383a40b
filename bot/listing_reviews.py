"""The reviews of a year, listed from beside a server."""

from collections.abc import Callable, Sequence

from bot.opening import NotMigrated, opened
from bot.reports.year import Year
from bot.service.house import House
from bot.service.reviews_of_year import Told, told
from storage.migrate import is_current
from storage.reviews import COUNTED, ReviewKind

KINDS: dict[str, tuple[ReviewKind, ...]] = {
    **{kind.value: (kind,) for kind in COUNTED},
    "all": COUNTED,
}
"""What may be asked for."""


async def listed(
    house: House, year: Year, kinds: Sequence[ReviewKind], done: Callable[[int, int], object]
) -> list[Told]:
    """All of them, by the day held or due. `NotMigrated`."""
    span = year.span
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        found = [
            one
            for kind in kinds
            async for one in told(store, house, span.begins, span.ends, kind, done=done)
        ]
    return sorted(found, key=lambda one: (str(one.held or one.due or ""), one.review_id))
