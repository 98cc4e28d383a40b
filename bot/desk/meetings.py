"""The day of a meeting: arranged, moved and stood down, with the history of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.dates import NoSuchDay, NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.service import clock_starts, meetings
from bot.service.meetings import FORMS, REASONS, Check, Day, Kept, Off
from bot.service.problems import Problem
from bot.web.context import MEANS, STORE


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/when`"""
    return await _show(request)


async def _show(
    request: web.Request,
    *,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
    others: bool = False,
) -> web.Response:
    """The page; after a form with problems, the same with what was entered and what is wrong."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: meetings.look(db, house, staff, wanted, moment)
    )
    values: dict[str, Any] = {
        "found": found,
        "problems": problems,
        "problem_links": [links(one, ("day", "began")) for one in problems],
        "entered": dict(entered or {}),
        "others": others,
        "done": request.query.get("done", ""),
        "forms": [(one.value, text) for one, text in FORMS.items()],
        "reasons": [(one.value, text) for one, text in REASONS.items()],
        "form_of": {one.value: text for one, text in FORMS.items()},
        "reason_of": {one.value: text for one, text in REASONS.items()},
        "what": meetings.what,
    }
    return render(request, "when.html", values, status=422 if problems else 409 if others else 200)


def links(problem: Problem, days: Sequence[str]) -> dict[str, str]:
    """Where a list of errors leads: to the first box of a date."""
    ends = "-day" if problem.field in days else ""
    return {"text": problem.text, "href": f"#{problem.field}{ends}"}


async def arrange(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/when`: a day, or another one. What the clock says is shown first."""
    staff, house, wanted, moment = act_of(request)
    fields, notice = request[FIELDS], request.config_dict[MEANS].notice
    try:
        day = typed_day(fields, "day")
    except NotADay as error:
        text = "Enter the day of the meeting, for example 17 9 2026."
        if isinstance(error, NoSuchDay):
            text = f"{error} {text}"
        return await _show(request, problems=[Problem("day", text)], entered=fields)
    entry = Day(
        day,
        fields.get("clock_time", ""),
        fields.get("form", ""),
        fields.get("seen", ""),
        sure=fields.get("sure") == "yes",
    )
    kept = await request.config_dict[STORE].write(
        lambda db: meetings.arrange(db, house, staff, wanted, entry, moment, notice)
    )
    match kept:
        case Kept.NOW | Kept.SAME:
            raise web.HTTPSeeOther(review_url(wanted.review_id or "", "when") + "?done=arranged")
        case Kept.OTHERS:
            return await _show(request, entered=fields, others=True)
        case Check():
            return await _check(request, kept, fields)
        case problems:
            return await _show(request, problems=problems, entered=fields)


async def _check(request: web.Request, check: Check, fields: Mapping[str, str]) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: meetings.look(db, house, staff, wanted, moment)
    )
    form_of = {one.value: text for one, text in FORMS.items()}
    values = {"found": found, "check": check, "entered": dict(fields), "form_of": form_of}
    return render(request, "when_check.html", values)


async def stand_down(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/stand-down`: it does not take place, and why."""
    staff, house, wanted, moment = act_of(request)
    fields, notice = request[FIELDS], request.config_dict[MEANS].notice
    entry = Off(fields.get("reason", ""), fields.get("why", ""), fields.get("seen", ""))
    kept = await request.config_dict[STORE].write(
        lambda db: meetings.stand_down(db, house, staff, wanted, entry, moment, notice)
    )
    match kept:
        case Kept.NOW | Kept.SAME:
            raise web.HTTPSeeOther(review_url(wanted.review_id or "", "when") + "?done=off")
        case Kept.OTHERS:
            return await _show(request, entered=fields, others=True)
        case problems:
            return await _show(request, problems=problems, entered=fields)


async def start_clock(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/clock`: the day from which its timescale counts."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        day = typed_day(fields, "began")
    except NotADay as error:
        text = "Enter it as day, month and year, for example 17 9 2026."
        if isinstance(error, NoSuchDay):
            text = f"{error} {text}"
        return await _show(request, problems=[Problem("began", text)], entered=fields)
    seen = fields.get("began_seen", "")
    problems = await request.config_dict[STORE].write(
        lambda db: clock_starts.keep(db, house, staff, wanted, day, seen, moment)
    )
    if problems:
        return await _show(request, problems=problems, entered=fields)
    raise web.HTTPSeeOther(review_url(wanted.review_id or "", "when") + "?done=started")
