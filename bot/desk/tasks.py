"""What went wrong and waits for a person."""

from aiohttp import web

from bot.desk.addresses import task_url
from bot.desk.asking import act_of
from bot.desk.render import ADMITTED, render
from bot.service import disputes, mending
from bot.web.context import HOUSE, STORE


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/tasks`: what waits, oldest first."""
    staff, house = request[ADMITTED], request.config_dict[HOUSE]
    found = await request.config_dict[STORE].read(lambda db: mending.mine(db, house, staff))
    return render(request, "tasks.html", {"tasks": found})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/tasks/<id>`"""
    staff, house, wanted, _moment = act_of(request)
    found = await request.config_dict[STORE].read(lambda db: mending.one(db, house, staff, wanted))
    return render(request, "task.html", {"found": found, "late": "late" in request.query})


async def again(request: web.Request) -> web.Response:
    """`POST /desk/tasks/<id>/again`: send it once more."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: mending.send_again(db, house, staff, wanted, moment)
    )
    raise web.HTTPSeeOther(task_url(wanted.task_id or "") + ("" if first else "?late"))


async def done(request: web.Request) -> web.Response:
    """`POST /desk/tasks/<id>/done`: it arrived, or it is dealt with."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: mending.done(db, house, staff, wanted, moment)
    )
    raise web.HTTPSeeOther(task_url(wanted.task_id or "") + ("" if first else "?late"))


async def theirs(request: web.Request) -> web.Response:
    """`POST /desk/tasks/<id>/theirs`: the young person's own words after all, so they are filed."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: disputes.settle(db, house, staff, wanted, moment, theirs=True)
    )
    raise web.HTTPSeeOther(task_url(wanted.task_id or "") + ("" if first else "?late"))
