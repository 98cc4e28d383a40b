"""A copy of all that is held about a young person, for the officer to give to them."""

import asyncio

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import subject_access
from bot.service.problems import Problem
from bot.service.subject_access import Copy
from bot.web.context import STORE
from storage.people import YoungPerson

_WRONG = {
    subject_access.Problem.NO_REASON: "Say who asked, and how you know that it is them.",
    subject_access.Problem.TOO_LONG: f"Shorten it to {subject_access.MOST_LETTERS} letters.",
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/copy`: what it holds, and who asked for it."""
    return await _show(request)


async def made(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/copy`: the ZIP. Making it is reading it."""
    staff, house, wanted, moment = act_of(request)
    reason = request[FIELDS].get("reason", "")
    found = await request.config_dict[STORE].write(
        lambda db: subject_access.make_at_desk(db, house, staff, wanted, reason, moment)
    )
    if not isinstance(found, Copy):
        return await _show(request, Problem("reason", _WRONG[found]), reason)
    return web.Response(
        body=await asyncio.to_thread(subject_access.archive, found),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="sayso-copy.zip"'},
    )


async def _show(
    request: web.Request, problem: Problem | None = None, entered: str = ""
) -> web.Response:
    staff, house, wanted, _moment = act_of(request)

    def look(db: Connection) -> YoungPerson:
        return subject_access.person_at_desk(db, house, staff, wanted)

    values = {
        "person": await request.config_dict[STORE].read(look),
        "review_id": wanted.review_id,
        "entered": entered,
        **wrong(problem),
        "problem_title": "There is no copy yet",
    }
    return render(request, "copy.html", values, status=422 if problem else 200)
