"""The forms beside a contribution: when the review was held, and how they took part."""

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.review import show
from bot.service import taking_part
from bot.service.days import month_name
from bot.service.taking_part import Entry, Kept, Problem
from bot.web.context import STORE


async def held(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/held`: the day the review was held."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    text = "Enter the day the review was held, for example 17 9 2026."
    try:
        day = _day(fields, "held_on")
    except NoSuchDay as error:
        day, text = None, f"{error} Enter the day the review was held."
    except NotADay:
        day = None
    if day is None:
        return await show(request, problems=[Problem("held_on", text)], entered=fields)
    problems = await request.config_dict[STORE].write(
        lambda db: taking_part.hold(db, house, staff, wanted, day, moment)
    )
    if problems:
        return await show(request, problems=problems, entered=fields)
    raise web.HTTPSeeOther(review_url(wanted.review_id or "") + "?done=held#how-took-part")


async def confirm(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/code`: the proposed one in one tap, or another with its reason."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        briefed_on = _day(fields, "briefed_on")
    except NotADay as error:
        text = "Enter the day they were told what to say, for example 17 9 2026."
        if isinstance(error, NoSuchDay):
            text = f"{error} Enter the day they were told what to say."
        return await show(request, problems=[Problem("briefed_on", text)], entered=fields)
    entry = Entry(
        method=fields.get("method", ""),
        proposed=fields.get("proposed", ""),
        seen=fields.get("seen", ""),
        reason=fields.get("reason", ""),
        briefed_name=fields.get("briefed_name", ""),
        briefed_on=briefed_on,
        words_confirmed=fields.get("words_confirmed") == "yes",
    )
    kept = await request.config_dict[STORE].write(
        lambda db: taking_part.confirm(db, house, staff, wanted, entry, moment)
    )
    match kept:
        case Kept.NOW | Kept.ALREADY:
            address = review_url(wanted.review_id or "")
            raise web.HTTPSeeOther(f"{address}?done=confirmed#how-took-part")
        case Kept.OTHERS:
            return await show(request, entered=fields, others=True)
        case problems:
            return await show(request, problems=problems, entered=fields)


class NotADay(ValueError):
    """Three boxes that make no date."""


class NoSuchDay(NotADay):
    """A day that its month has not. The text says so."""

    def __init__(self, day: int, year: int, month: int) -> None:
        super().__init__(f"There is no {day} {month_name(month)} {year}.")


def _day(fields: Mapping[str, str], name: str) -> date | None:
    """The date of three boxes; None if all are empty. `NotADay`."""
    parts = [fields.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return None
    if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        raise NotADay
    year, month, day = map(int, parts)
    if year < 1900:
        raise NotADay  # 26 for 2026 would be believed
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise NotADay
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay(day, year, month) from None
