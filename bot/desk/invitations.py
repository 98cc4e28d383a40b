"""Who is invited and how far it is; many at once; the letters that they get."""

from typing import Any

from aiohttp import web

from bot.desk.addresses import batch_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import invitation_batches, invited
from bot.service.invitation_batches import MOST_WEEKS, Plan
from bot.service.invited import Filter, State
from bot.service.problems import Problem
from bot.web.context import MEANS, STORE
from storage.errors import Unknown
from storage.invitation_sendings import Way

WEEKS = 4
"""How far ahead is looked unless somebody says otherwise."""
_MOST_LETTERS = 64


def _chosen(request: web.Request) -> Filter:
    """What the address asks for; what it does not understand counts as not asked."""
    query = request.query
    states, ways = {one.value for one in State}, {one.value for one in Way}
    state, way = query.get("state", ""), query.get("way", "")
    return Filter(
        State(state) if state in states else None,
        Way(way) if way in ways else None,
        _weeks(query.get("weeks", "")) or 12,
    )


def _weeks(typed: str) -> int | None:
    """None if it is no number of weeks from 1 to two years."""
    typed = typed.strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        return None
    return int(typed) if 1 <= int(typed) <= MOST_WEEKS else None


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/invitations`"""
    staff, house, wanted, moment = act_of(request)
    filter_ = _chosen(request)
    found = await request.config_dict[STORE].read(
        lambda db: invited.listed(db, house, staff, wanted, filter_, moment)
    )
    values = {
        "found": found,
        "filter": filter_,
        "states": list(State),
        "ways": list(Way),
        "query": request.query_string,
    }
    return render(request, "invitations.html", values)


async def as_csv(request: web.Request) -> web.Response:
    """`GET /desk/invitations.csv`: the same list."""
    staff, house, wanted, moment = act_of(request)
    filter_ = _chosen(request)
    text = await request.config_dict[STORE].write(
        lambda db: invited.as_csv(db, house, staff, wanted, filter_, moment)
    )
    return web.Response(
        body=b"\xef\xbb\xbf" + text.encode(),  # without the mark Excel reads no UTF-8
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="invitations-{moment:%Y-%m-%d}.csv"',
        },
    )


async def due(request: web.Request) -> web.Response:
    """`GET /desk/invitations/due?weeks=N`: who would get one by which way, and who can't."""
    typed = request.query.get("weeks", str(WEEKS))
    weeks = _weeks(typed)
    if weeks is None:
        problem = Problem("weeks", f"Enter a number of weeks from 1 to {MOST_WEEKS}.")
        return await _plan(request, WEEKS, problem, typed[:8])
    return await _plan(request, weeks)


async def start(request: web.Request) -> web.Response:
    """`POST /desk/invitations/due`: begin; a worker makes them."""
    staff, house, wanted, moment = act_of(request)
    weeks = _weeks(request[FIELDS].get("weeks", ""))
    if weeks is None:
        problem = Problem("weeks", f"Enter a number of weeks from 1 to {MOST_WEEKS}.")
        return await _plan(request, WEEKS, problem)
    batch_id = await request.config_dict[STORE].write(
        lambda db: invitation_batches.start(db, house, staff, wanted, weeks, moment)
    )
    if batch_id is None:
        problem = Problem("weeks", "Nobody is to be invited now, or too many at once.")
        return await _plan(request, weeks, problem)
    raise web.HTTPSeeOther(batch_url(batch_id))


async def _plan(
    request: web.Request, weeks: int, problem: Problem | None = None, typed: str | None = None
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found: Plan = await request.config_dict[STORE].read(
        lambda db: invitation_batches.plan(db, house, staff, wanted, weeks, moment)
    )
    values = {
        "found": found,
        "typed": typed if typed is not None else str(weeks),
        "most": invitation_batches.MOST,
        **wrong(problem),
        "problem_title": "Nobody is invited yet",
    }
    return render(request, "invitations_due.html", values, status=422 if problem else 200)


async def batch(request: web.Request) -> web.Response:
    """`GET /desk/invitations/batch?batch=ID`: how far it is. Without one, those that there were."""
    return await _batch(request, request.query.get("batch", "")[:_MOST_LETTERS])


async def letters(request: web.Request) -> web.Response:
    """`POST /desk/invitations/batch`: the letters of a pile as PDF, that they are printed, or that
    what has not left does not."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    batch_id, first = fields.get("batch", "")[:_MOST_LETTERS], fields.get("first", "")
    store = request.config_dict[STORE]
    if not batch_id:
        return await _batch(request, "", Problem("batch", "Choose one of these."))
    if fields.get("do") == "printed":
        await store.write(
            lambda db: invitation_batches.printed(db, house, staff, wanted, batch_id, moment)
        )
        raise web.HTTPSeeOther(batch_url(batch_id))
    if fields.get("do") == "stop":
        await store.write(
            lambda db: invitation_batches.stop(db, house, staff, wanted, batch_id, moment)
        )
        raise web.HTTPSeeOther(batch_url(batch_id))
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 6 else 0
    document = await store.write(
        lambda db: invitation_batches.pile(db, house, staff, wanted, batch_id, number, moment)
    )
    if document is None or not document["letters"]:
        problem = Problem("letters", "These letters are not kept any more. Invite once more.")
        return await _batch(request, batch_id, problem)
    return web.Response(
        body=await request.config_dict[MEANS].piles(document),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="letters-from-{number}.pdf"',
            "Cache-Control": "no-store",
        },
    )


async def _batch(
    request: web.Request, batch_id: str, problem: Problem | None = None
) -> web.Response:
    staff, house, wanted, _moment = act_of(request)
    store = request.config_dict[STORE]
    status = 422 if problem else 200
    values: dict[str, Any] = {**wrong(problem), "problem_title": "There is nothing to print"}
    if not batch_id:
        values["batches"] = await store.read(
            lambda db: invitation_batches.mine(db, house, staff, wanted)
        )
        return render(request, "invitation_batches.html", values, status=status)
    if not batch_id.isprintable():
        raise Unknown("a batch with control characters")
    values["found"] = await store.read(
        lambda db: invitation_batches.progress(db, house, staff, wanted, batch_id)
    )
    return render(request, "invitation_batch.html", values, status=status)
