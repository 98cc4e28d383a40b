"""Erasing a young person: what goes and why, then once more, then it is done."""

from dataclasses import replace

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.desk.asking import act_of, asked
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.desk.review import wrong
from bot.service import erasing, ledger
from bot.service.disk import clean_disk
from bot.service.erasing import Goes, Wanted
from bot.service.problems import Problem
from bot.web.context import HOUSE, STORE

log = structlog.get_logger()

_WRONG = {
    erasing.Problem.NO_REASON: ("reason", "Say in a few words why they are erased."),
    erasing.Problem.TOO_LONG: ("reason", f"Shorten it to {erasing.MOST_LETTERS} letters."),
    erasing.Problem.UNFILED: (
        "unfiled",
        "Something is not in the case record yet. Wait, or say that it goes too.",
    ),
    erasing.Problem.OTHER_PERSON: ("case_id", "That is not their number in the case system."),
}


def _wanted(request: web.Request) -> Wanted:
    fields = request[FIELDS]
    return Wanted(
        fields.get("reason", ""), fields.get("case_id", ""), fields.get("unfiled") == "yes"
    )


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/erase`: what goes, what stays, and why."""
    return _show(request, "erase.html", await _look(request), Wanted())


async def check(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/erase`: once more, with their number. Nothing is erased yet."""
    wanted, goes = _wanted(request), await _look(request)
    problem = erasing.problem_at_desk(goes, wanted, last=False)
    if problem is not None:
        return _show(request, "erase.html", goes, wanted, problem)
    return _show(request, "erase_check.html", goes, replace(wanted, case_id=""))


async def done(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/erase/confirm`: it is done, and stands in the ledger."""
    staff, house, page_, moment = act_of(request)
    store, wanted = request.config_dict[STORE], _wanted(request)
    result = await store.write(
        lambda db: erasing.erase_at_desk(db, house, staff, page_, wanted, moment)
    )
    if not isinstance(result, Goes):
        goes, problem = result
        first = problem is not erasing.Problem.OTHER_PERSON
        template = "erase.html" if first else "erase_check.html"
        return _show(request, template, goes, wanted, problem)
    noted = True
    try:
        await ledger.note(store, house)
    except OSError as error:
        noted = False
        log.error("erasure_not_in_ledger", why=type(error).__name__)
    await clean_disk(store, house)
    return render(request, "erased.html", {"goes": result, "noted": noted})


async def _look(request: web.Request) -> Goes:
    staff, house, wanted = request[ADMITTED], request.config_dict[HOUSE], asked(request)

    def look(db: Connection) -> Goes:
        return erasing.look_at_desk(db, house, staff, wanted)

    return await request.config_dict[STORE].read(look)


def _show(
    request: web.Request,
    template: str,
    goes: Goes,
    entered: Wanted,
    problem: erasing.Problem | None = None,
) -> web.Response:
    values = {
        "goes": goes,
        "review_id": request.match_info["review_id"],
        "entered": entered,
        **wrong(Problem(*_WRONG[problem]) if problem else None),
        "problem_title": "Nothing was erased",
    }
    return render(request, template, values, status=422 if problem else 200)
