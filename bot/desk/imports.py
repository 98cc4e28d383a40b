"""Tables of the case system, handed in at the desk: what would change, then that it shall."""

import asyncio
import csv
import io
from contextlib import suppress
from functools import partial

from aiohttp import web

from bot.desk import handing_in
from bot.desk.addresses import import_url
from bot.desk.asking import act_of
from bot.desk.dates import NoSuchDay, NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.handing_in import BrokenOff, TooBig
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import import_requests
from bot.service.auditing import harmless
from bot.service.import_requests import MOST_BYTES, as_csv_rows
from bot.service.problems import Problem
from bot.web.context import STORE

_MOST_ID = 64
_PATIENCE = 30
"""Seconds for which the rest of a form that is refused is read away."""


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/imports`: the form, and what was handed in before."""
    return await _list(request, {}, None)


async def handed_in(request: web.Request) -> web.Response:
    """`POST /desk/imports`: files. They are kept sealed as they come; a worker looks at them."""
    staff, house, wanted, moment = act_of(request)
    store = request.config_dict[STORE]
    if handing_in.READER not in request:
        return await _list(request, request[FIELDS], _NO_FILES)
    try:
        fields, file = await handing_in.fields_of(request)
    except BrokenOff:
        return await _list(request, {}, _BROKEN)
    try:
        day = typed_day(fields, "taken_on")
    except NotADay as error:
        text = str(error) if isinstance(error, NoSuchDay) else "Enter a day that there is."
        return await _list(request, fields, Problem("taken_on", text))
    if file is None:
        return await _list(request, fields, _NO_FILES)
    begun = await store.write(
        lambda db: import_requests.begin(db, house, staff, wanted, day, moment)
    )
    if isinstance(begun, Problem):
        return await _list(request, fields, begun)
    try:
        async for name, number, piece in handing_in.pieces_of(request, file):
            if name:
                keep = partial(
                    import_requests.put,
                    house=house,
                    request_id=begun,
                    file=name,
                    number=number,
                    content=piece,
                )
                await store.write(keep)
    except (BrokenOff, TooBig) as error:
        await store.write(lambda db: import_requests.broke_off(db, house, begun))
        return await _list(request, fields, _TOO_BIG if isinstance(error, TooBig) else _BROKEN)
    problem = await store.write(
        lambda db: import_requests.here(db, house, staff, wanted, begun, moment)
    )
    if problem is not None:
        return await _list(request, fields, problem)
    raise web.HTTPSeeOther(import_url(begun))


_NO_FILES = Problem("files", "Choose the files, for example ssd_person.csv and the others.")
_BROKEN = Problem("files", "Not all of the files came. Nothing was kept. Hand them in again.")
_TOO_BIG = Problem(
    "files",
    f"These are more than {MOST_BYTES // 1024 // 1024} MB. Nothing was kept. Ask council IT to run "
    "sayso import, which takes any size.",
)


async def page(request: web.Request) -> web.Response:
    """`GET /desk/imports/one?import=<id>`: how far it is, what would change, or what changed."""
    staff, house, wanted, _moment = act_of(request)
    request_id = request.query.get("import", "")[:_MOST_ID]
    if not request_id:
        raise web.HTTPSeeOther("/desk/imports")
    found = await request.config_dict[STORE].read(
        lambda db: import_requests.one(db, house, staff, wanted, request_id)
    )
    return render(request, "import.html", {"found": found})


async def decide(request: web.Request) -> web.Response:
    """`POST /desk/imports/one`: take it in, or drop it. Twice is once."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    request_id = fields.get("import", "")[:_MOST_ID]
    act = import_requests.drop if fields.get("do") == "drop" else import_requests.take_in
    await request.config_dict[STORE].write(
        lambda db: act(db, house, staff, wanted, request_id, moment)
    )
    raise web.HTTPSeeOther(import_url(request_id))


async def unread(request: web.Request) -> web.Response:
    """`GET /desk/imports/unread.csv?import=<id>`: what can't be read, and how to mend it."""
    staff, house, wanted, moment = act_of(request)
    request_id = request.query.get("import", "")[:_MOST_ID]
    if not request_id:
        raise web.HTTPSeeOther("/desk/imports")
    found = await request.config_dict[STORE].read(
        lambda db: import_requests.one(db, house, staff, wanted, request_id)
    )
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    for row in as_csv_rows(found.outcome):
        rows.writerow([harmless(cell) for cell in row])
    return web.Response(
        body=b"\xef\xbb\xbf" + out.getvalue().encode(),  # without the mark Excel reads no UTF-8
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="unread-{moment:%Y-%m-%d}.csv"',
        },
    )


async def _list(
    request: web.Request, entered: dict[str, str], problem: Problem | None
) -> web.Response:
    staff, house, wanted, _moment = act_of(request)
    if problem is not None:
        # The rest of the form is read away, so that a browser shows why and not a broken line.
        with suppress(TimeoutError, ConnectionError, web.RequestPayloadError):
            async with asyncio.timeout(_PATIENCE):
                await request.release()
    found = await request.config_dict[STORE].read(
        lambda db: import_requests.listed(db, house, staff, wanted)
    )
    values = {
        "found": found,
        "entered": entered,
        **wrong(problem),
        "problem_title": "Nothing is imported yet",
    }
    return render(request, "imports.html", values, status=422 if problem else 200)
