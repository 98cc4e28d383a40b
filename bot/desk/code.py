"""The forms beside a contribution: when the review was held, and how they took part."""

from aiohttp import web

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.dates import NoSuchDay, NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.review import show
from bot.service import taking_part
from bot.service.problems import Problem
from bot.service.taking_part import Entry, Kept, Odd
from bot.web.context import STORE


async def held(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/held`: the day the review was held."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    text = "Enter the day the review was held, for example 17 9 2026."
    try:
        day = typed_day(fields, "held_on")
    except NoSuchDay as error:
        day, text = None, f"{error} Enter the day the review was held."
    except NotADay:
        day = None
    if day is None:
        return await show(request, problems=[Problem("held_on", text)], entered=fields)
    sure = fields.get("sure") == "yes"
    problems = await request.config_dict[STORE].write(
        lambda db: taking_part.hold(db, house, staff, wanted, day, moment, sure=sure)
    )
    if isinstance(problems, Odd):
        return await show(request, entered=fields, odd=problems.warnings)
    if problems:
        return await show(request, problems=problems, entered=fields)
    raise web.HTTPSeeOther(review_url(wanted.review_id or "") + "?done=held#how-took-part")


async def confirm(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/code`: the proposed one in one tap, or another with its reason."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        briefed_on = typed_day(fields, "briefed_on")
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
        sure=fields.get("sure") == "yes",
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
        case Odd(warnings):
            return await show(request, entered=fields, odd=warnings)
        case problems:
            return await show(request, problems=problems, entered=fields)
