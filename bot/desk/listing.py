"""The list of reviews, as a page and as a file, and the views that one keeps of it."""

from typing import Any

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.service import listing, views
from bot.service.listing import Listed, Wanted, wanted_of
from bot.service.views import Problem
from bot.web.context import STORE
from storage.saved_views import View

_WRONG = {
    Problem.NO_NAME: "Give the view a name, such as “Not heard, two weeks”",
    Problem.TOO_LONG: f"The name has more than {views.MOST_LETTERS} letters",
    Problem.TOO_MANY: f"You have {views.MOST} views: remove one first",
    Problem.NO_FILTER: "Choose something first: a view keeps what is chosen, never a name",
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews`: those that one runs, or that one’s team runs."""
    return await _show(request, wanted_of(dict(request.query)))


async def as_csv(request: web.Request) -> web.Response:
    """`GET /desk/reviews.csv`: the same to keep or to count, without a word."""
    staff, house, asked, moment = act_of(request)
    wanted = wanted_of(dict(request.query))
    text = await request.config_dict[STORE].write(
        lambda db: listing.as_csv(db, house, staff, asked, wanted, moment)
    )
    response = web.Response(
        body=b"\xef\xbb\xbf" + text.encode(),  # without the mark Excel reads no UTF-8
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="reviews-{moment:%Y-%m-%d}.csv"',
        },
    )
    response.enable_compression()
    return response


async def keep(request: web.Request) -> web.Response:
    """`POST /desk/views`: the filters as they are, under a name."""
    staff, house, asked, moment = act_of(request)
    fields = request[FIELDS]
    wanted, name = wanted_of(fields), fields.get("name", "")
    kept = await request.config_dict[STORE].write(
        lambda db: views.keep(db, house, staff, asked, name, wanted, moment)
    )
    if isinstance(kept, Problem):
        return await _show(request, wanted, kept, name)
    raise web.HTTPSeeOther(_address(wanted))


async def remove(request: web.Request) -> web.Response:
    """`POST /desk/views/remove`: one of them; without one nothing is removed."""
    staff, house, asked, _moment = act_of(request)
    view_id = request[FIELDS].get("view", "")
    if view_id:
        await request.config_dict[STORE].write(
            lambda db: views.remove(db, house, staff, asked, view_id)
        )
    raise web.HTTPSeeOther("/desk/reviews")


def _address(wanted: Wanted) -> str:
    query = wanted.query()
    return f"/desk/reviews?{query}" if query else "/desk/reviews"


async def _show(
    request: web.Request, wanted: Wanted, problem: Problem | None = None, entered: str = ""
) -> web.Response:
    staff, house, asked, moment = act_of(request)

    def look(db: Any) -> tuple[Listed, list[View]]:
        return (
            listing.listed(db, house, staff, asked, wanted, moment),
            views.mine(db, house, staff),
        )

    store = request.config_dict[STORE]
    found, kept = await (store.write(look) if wanted.name else store.read(look))
    values = {
        "found": found,
        "wanted": wanted,
        "views": kept,
        "wrong": _WRONG[problem] if problem else "",
        "entered": entered,
        "problem_links": [{"text": _WRONG[problem], "href": "#name"}] if problem else [],
        "problems": [problem] if problem else [],
    }
    return render(request, "reviews.html", values, status=422 if problem else 200)
