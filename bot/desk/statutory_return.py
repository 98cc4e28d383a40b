"""The statutory return of a year: how it stands, who mends what, and the files."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import render
from bot.service.days import local_day
from bot.service.statutory_return import at_desk
from bot.service.statutory_return.at_desk import Kind
from bot.web.context import STORE

_MARK = b"\xef\xbb\xbf"
"""Without it Excel reads no UTF-8. The Department's own files are without."""


async def page(request: web.Request) -> web.Response:
    """`GET /desk/return`: of the year that is sent next, or of `?year=`."""
    staff, house, asked, moment = act_of(request)
    number = at_desk.year_wanted(request.query.get("year", ""), local_day(moment))
    found = await at_desk.look(request.config_dict[STORE], house, staff, asked, number, moment)
    return render(request, "statutory_return.html", {"found": found})


async def as_csv(request: web.Request) -> web.Response:
    """`GET /desk/return/reviews.csv`: as the Department takes it."""
    return await _file(request, Kind.CSV, "reviews.csv", "text/csv")


async def as_xml(request: web.Request) -> web.Response:
    """`GET /desk/return/reviews.xml`: the same as XML."""
    return await _file(request, Kind.XML, "reviews.xml", "application/xml")


async def problems(request: web.Request) -> web.Response:
    """`GET /desk/return/problems.csv`: what has to be mended, a line each."""
    return await _file(request, Kind.PROBLEMS, "problems.csv", "text/csv")


async def _file(request: web.Request, kind: Kind, name: str, content: str) -> web.Response:
    staff, house, asked, moment = act_of(request)
    number = at_desk.year_wanted(request.query.get("year", ""), local_day(moment))
    text = await at_desk.take(request.config_dict[STORE], house, staff, asked, number, kind, moment)
    stem, _dot, ending = name.partition(".")
    response = web.Response(
        body=(_MARK if kind is Kind.PROBLEMS else b"") + text.encode(),
        headers={
            "Content-Type": f"{content}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{stem}-{number}.{ending}"',
        },
    )
    response.enable_compression()
    return response
