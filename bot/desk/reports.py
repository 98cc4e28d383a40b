"""The annual report at the desk: the years, one of them with what the manager writes, and files."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.desk.addresses import report_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.service import annual, report_words
from bot.service.days import local_day
from bot.service.outcome import NoPaper
from bot.service.report_words import MOST, Box, Kept
from bot.service.yearly import Yearly
from bot.web.context import MEANS, STORE
from storage.errors import Unknown

YEARLY = web.AppKey("yearly", Yearly)
_TYPES = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv"}


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/reports/`: the years there is a report of."""
    staff, house, asked, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: annual.years(db, house, staff, asked, moment)
    )
    return render(request, "reports.html", {"years": found})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reports/<year>`: all its figures, with a box to each section."""
    return await _show(request)


async def keep(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reports/<year>/words`: what is written into one section."""
    staff, house, asked, moment = act_of(request)
    fields, year = request[FIELDS], annual.named(request.match_info["year"], local_day(moment))
    section = fields.get("section", "")
    if not annual.is_section(section):
        return await _show(request, status=422)
    words, seen = fields.get("words", ""), fields.get("seen", "")
    kept = await request.config_dict[STORE].write(
        lambda db: report_words.keep(db, house, staff, asked, year, section, words, seen, moment)
    )
    match kept:
        case Kept.NOW | Kept.SAME:
            raise web.HTTPSeeOther(f"{report_url(year.number)}?done={section}#{section}")
        case Kept.OTHERS | Kept.TOO_LONG:
            return await _show(request, kept, fields, status=409 if kept is Kept.OTHERS else 422)


async def file(request: web.Request) -> web.Response:
    """`GET /desk/reports/<year>/files/<name>`: the PDF, the figures, or one table."""
    staff, house, asked, moment = act_of(request)
    name = request.match_info["name"]
    year = annual.named(request.match_info["year"], local_day(moment))
    if not annual.is_file(name):
        raise Unknown("a file of a report")
    written = await request.config_dict[STORE].write(
        lambda db: annual.taken(db, house, staff, asked, year, name, moment)
    )
    yearly = request.app[YEARLY]
    if name != annual.PAPER:
        return _file(year.number, name, await annual.data_of(yearly, year, moment, name))
    try:
        document = await annual.paper_of(yearly, year, moment, written)
        return _file(year.number, name, await request.config_dict[MEANS].piles(document))
    except NoPaper:
        return render(request, "report_not_printed.html", {"year": year}, status=503)


def _file(year: int, name: str, content: bytes) -> web.Response:
    kind = name.rpartition(".")[2]
    response = web.Response(
        body=content,
        headers={
            "Content-Type": f"{_TYPES[kind]}{'' if kind == 'pdf' else '; charset=utf-8'}",
            "Content-Disposition": f'attachment; filename="sayso-{year}-{name}"',
        },
    )
    if kind != "pdf":
        response.enable_compression()
    return response


async def _show(
    request: web.Request,
    kept: Kept | None = None,
    entered: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> web.Response:
    """The page; after a box that was not kept, the same with what was entered."""
    staff, house, asked, moment = act_of(request)
    year = annual.named(request.match_info["year"], local_day(moment))
    wrong = (entered or {}).get("section", "") if kept is not None else ""
    boxes = await request.config_dict[STORE].read(
        lambda db: annual.boxes(db, house, staff, asked, year)
    )
    report = await annual.seen(request.app[YEARLY], year, moment, {})
    text = _wrong(kept, boxes[wrong]) if kept is not None else ""
    values: dict[str, Any] = {
        "report": report,
        "year": year,
        "boxes": boxes,
        "goes_on": year.span.ends > local_day(moment),
        "entered": {wrong: (entered or {}).get("words", "")} if wrong else {},
        "wrong": {wrong: text} if wrong else {},
        "others": wrong if kept is Kept.OTHERS else "",
        "done": request.query.get("done", ""),
        "problems": [text] if text else [],
        "problem_links": [{"text": text, "href": f"#words-{wrong}"}] if text else [],
    }
    return render(request, "report.html", values, status=status)


def _wrong(kept: Kept, box: Box) -> str:
    if kept is Kept.TOO_LONG:
        return f"“{box.title}” has more than {MOST:,} letters. Shorten it, and keep it again."
    return (
        f"{box.who or 'Somebody'} wrote into “{box.title}” meanwhile. Put both together, and keep "
        "it again."
    )
