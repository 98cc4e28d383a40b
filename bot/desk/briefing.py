"""Briefing an advocate: what is for them, the paper to hand over, and that it was handed over."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import briefing
from bot.service.briefing import Entry, Fault
from bot.service.problems import Problem
from bot.web.context import MEANS, STORE

_DAY = "Enter the day it was handed over, for example 17 9 2026."
_FAULTS = {
    Fault.NOTHING: Problem("paper", "No answer is for an advocate. There is nothing to hand over."),
    Fault.DISPUTED: Problem(
        "paper", "Somebody says that the words are not theirs. Settle that first, under Tasks."
    ),
    Fault.ADVOCATE: Problem("advocate", "Enter the advocate’s name, in 200 letters at the most."),
    Fault.HANDED_BY: Problem("handed_by", "Enter who handed it over, in 200 letters at the most."),
    Fault.HANDED_ON: Problem("handed_on", _DAY),
    Fault.LATER: Problem("handed_on", f"That day is to come. {_DAY}"),
    Fault.EARLIER: Problem("handed_on", f"That day is before these answers were sent. {_DAY}"),
    Fault.OTHER: Problem(
        "paper", "Something new was sent since you opened this page. Look at it, and make it again."
    ),
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/advocate`: what is for them. Opening it is reading it."""
    return await _show(request)


async def paper(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/advocate/paper`: the PDF."""
    staff, house, wanted, moment = act_of(request)
    document = await request.config_dict[STORE].write(
        lambda db: briefing.make(db, house, staff, wanted, moment)
    )
    if isinstance(document, Fault):
        return await _show(request, _FAULTS[document])
    return web.Response(
        body=await request.config_dict[MEANS].paper(document),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="for-the-advocate.pdf"'},
    )


async def handed_over(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/advocate`: who handed it to whom, and when."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        day = typed_day(fields, "handed_on")
    except NotADay as error:
        return await _show(request, Problem("handed_on", f"{error} {_DAY}".strip()), fields)
    version = fields.get("version", "")
    entry = Entry(
        fields.get("advocate", ""),
        fields.get("handed_by", ""),
        day,
        int(version) if version.isascii() and version.isdecimal() and len(version) < 6 else 0,
    )
    kept = await request.config_dict[STORE].write(
        lambda db: briefing.hand_over(db, house, staff, wanted, entry, moment)
    )
    if isinstance(kept, Fault):
        return await _show(request, _FAULTS[kept], fields)
    raise web.HTTPSeeOther(review_url(wanted.review_id or "", "advocate") + "?done")


async def _show(
    request: web.Request, problem: Problem | None = None, entered: Mapping[str, str] | None = None
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: briefing.open_page(db, house, staff, wanted, moment)
    )
    values = {
        "found": found,
        "entered": dict(entered or {}),
        "done": "done" in request.query,
        **wrong(problem),
    }
    return render(request, "advocate.html", values, status=422 if problem else 200)
