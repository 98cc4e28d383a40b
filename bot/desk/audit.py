"""The audit, for the auditor: who read and did what, and whether the record is whole."""

from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from bot.desk.render import ADMITTED, render
from bot.service import auditing
from bot.service.admission import Asked
from bot.service.auditing import Filter
from bot.web.context import HOUSE, STORE, now

_MOST = 64  # characters of an id
_DAY = ("day-day", "day-month", "day-year")


class NoSuchDay(ValueError):
    """Three boxes were filled in, and they are no day."""


def _day(request: web.Request) -> date | None:
    day, month, year = (request.query.get(name, "").strip() for name in _DAY)
    if not (day or month or year):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise NoSuchDay from error


def _filter(request: web.Request, day: date | None) -> Filter:
    actor, review, person = (
        request.query.get(name, "").strip()[:_MOST] for name in ("actor", "review", "person")
    )
    clean = [value if value.isprintable() else "" for value in (actor, review, person)]
    return Filter(day, *clean)


def _query(filter_: Filter, **more: str) -> str:
    """The same filter again, in an address."""
    day = filter_.day
    values = {
        "day-day": str(day.day) if day else "",
        "day-month": str(day.month) if day else "",
        "day-year": str(day.year) if day else "",
        "actor": filter_.actor,
        "review": filter_.review_id,
        "person": filter_.person_id,
        **more,
    }
    return urlencode({name: value for name, value in values.items() if value})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/audit`: the newest entries, or those that were asked for."""
    staff, house, asked = request[ADMITTED], request.config_dict[HOUSE], Asked("desk.audit")
    problems: list[dict[str, str]] = []
    try:
        filter_ = _filter(request, _day(request))
    except NoSuchDay:
        filter_ = _filter(request, None)
        problems = [{"text": "Enter a day that there is, such as 17 9 2026", "href": "#day-day"}]
    before = request.query.get("before", "")[:_MOST]
    shown = await request.config_dict[STORE].read(
        lambda db: auditing.page(db, house, staff, asked, filter_, before)
    )
    values = {
        "shown": shown,
        "filter": filter_,
        "entered": {name: request.query.get(name, "")[:4] for name in _DAY},
        "wrong_day": bool(problems),
        "problem_links": problems,
        "before": before,
        "older": _query(filter_, before=shown.older) if shown.older else "",
        "newest": _query(filter_),
        "person": _query(Filter(person_id=shown.person_id)) if shown.person_id else "",
        "review_query": lambda review_id: _query(Filter(review_id=review_id)),
    }
    return render(request, "audit.html", values, status=422 if problems else 200)


async def as_csv(request: web.Request) -> web.Response:
    """`GET /desk/audit.csv`: the same, to keep or to count."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    try:
        filter_ = _filter(request, _day(request))
    except NoSuchDay:
        raise web.HTTPSeeOther(f"/desk/audit?{request.query_string}") from None
    text = await request.config_dict[STORE].write(
        lambda db: auditing.export(db, house, staff, Asked("desk.audit_csv"), filter_, moment)
    )
    return web.Response(
        body=b"\xef\xbb\xbf" + text.encode(),  # without the mark Excel reads no UTF-8
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="audit-{moment:%Y-%m-%d}.csv"',
        },
    )
