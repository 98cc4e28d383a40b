"""What went wrong and waits for a person."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.desk.addresses import task_url
from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.desk.review import wrong
from bot.service import asked_for, disputes, mending
from bot.service import seen as put_away
from bot.service.asked_for import Entry, Fault
from bot.service.problems import Problem
from bot.web.context import HOUSE, MEANS, STORE
from storage.tasks import TELLS


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/tasks`: what waits, oldest first."""
    return await _list(request)


async def _list(request: web.Request, gone: Sequence[str] = ()) -> web.Response:
    staff, house = request[ADMITTED], request.config_dict[HOUSE]
    found, settled = await request.config_dict[STORE].read(
        lambda db: (mending.mine(db, house, staff), mending.settled(db, house, staff))
    )
    told = [one for one in found if one.task.kind in TELLS]
    values = {
        "tasks": [one for one in found if one.task.kind not in TELLS],
        "told": told,
        "settled": settled,
        "gone": gone,
    }
    return render(request, "tasks.html", values)


_SEEN = "seen-"


async def seen(request: web.Request) -> web.Response:
    """`POST /desk/tasks/seen`: what is ticked only tells of something, and is put away."""
    staff, house, wanted, moment = act_of(request)
    ids = [name.removeprefix(_SEEN) for name in request[FIELDS] if name.startswith(_SEEN)]
    gone = await request.config_dict[STORE].write(
        lambda db: put_away.put_away(db, house, staff, wanted, ids, moment)
    )
    return await _list(request, gone=gone)


async def unseen(request: web.Request) -> web.Response:
    """`POST /desk/tasks/unseen`: they wait again."""
    staff, house, wanted, moment = act_of(request)
    ids = request[FIELDS].get("ids", "").split(",")
    await request.config_dict[STORE].write(
        lambda db: put_away.undo(db, house, staff, wanted, ids, moment)
    )
    raise web.HTTPSeeOther("/desk/tasks")


async def page(request: web.Request) -> web.Response:
    """`GET /desk/tasks/<id>`"""
    return await _show(request)


async def _show(
    request: web.Request, problem: Problem | None = None, entered: Mapping[str, str] | None = None
) -> web.Response:
    staff, house, wanted, _moment = act_of(request)
    found = await request.config_dict[STORE].read(lambda db: mending.one(db, house, staff, wanted))
    values = {
        "found": found,
        "late": "late" in request.query,
        "entered": dict(entered or {}),
        **wrong(problem),
        "problem_title": "It is not kept yet",
    }
    return render(request, "task.html", values, status=422 if problem else 200)


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


_FAULTS = {
    Fault.OUTCOME: "Say whether it is arranged.",
    Fault.WITH_WHOM: "Say with whom, in 2,000 letters at the most.",
    Fault.NOTE: "Say in a few words how you know, in 2,000 letters at the most.",
}


async def arranged(request: web.Request) -> web.StreamResponse:
    """`POST /desk/tasks/<id>/arranged`: what they asked for is arranged, or not wanted any more."""
    staff, house, wanted, moment = act_of(request)
    fields, notice = request[FIELDS], request.config_dict[MEANS].notice
    try:
        on = typed_day(fields, "on")
    except NotADay as error:
        text = f"{error} Enter the day, for example 17 9 2026, or leave it empty.".strip()
        return await _show(request, Problem("on", text), fields)
    entry = Entry(
        fields.get("outcome", ""), fields.get("with_whom", ""), on, fields.get("note", "")
    )
    first = await request.config_dict[STORE].write(
        lambda db: asked_for.arrange(db, house, staff, wanted, entry, moment, notice)
    )
    if isinstance(first, Fault):
        return await _show(request, Problem(first.value, _FAULTS[first]), fields)
    raise web.HTTPSeeOther(task_url(wanted.task_id or "") + ("" if first else "?late"))


async def theirs(request: web.Request) -> web.Response:
    """`POST /desk/tasks/<id>/theirs`: the young person's own words after all, so they are filed."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: disputes.settle(db, house, staff, wanted, moment, theirs=True)
    )
    raise web.HTTPSeeOther(task_url(wanted.task_id or "") + ("" if first else "?late"))
