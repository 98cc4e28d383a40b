"""What is put on record of a meeting that was held: a list of steps, each a page of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.dates import NoSuchDay, NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.meetings import links
from bot.desk.render import render
from bot.service import decisions, next_review, record_filing, recording
from bot.service.meeting_kinds import Asks, Part, Step
from bot.service.problems import Problem
from bot.service.recording import HELD_ON, Entry, Kept, Others, Record, Sure
from bot.web.context import MEANS, STORE

_DAYS = ("next_on", "due_on", HELD_ON)


def _address(request: web.Request, page: str) -> str:
    return review_url(request.match_info["review_id"], page)


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/record`: what is on record, by step, and what it lacks."""
    return await _overview(request)


async def _overview(request: web.Request, problems: Sequence[Problem] = ()) -> web.Response:
    staff, house, wanted, moment = act_of(request)

    def look(db: Connection) -> tuple[Record, bool]:
        record = recording.look(db, house, staff, wanted, moment)
        return record, record_filing.is_changed(db, house, staff, record, moment)

    record, changed = await request.config_dict[STORE].read(look)
    values = {
        "record": record,
        "changed": changed,
        "problems": problems,
        "problem_links": [{"text": one.text, "href": f"#step-{one.field}"} for one in problems],
        "done": request.query.get("done", ""),
    }
    return render(request, "record.html", values, status=422 if problems else 200)


async def step(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/record/step?step=<step>`: one page of the form."""
    return await _step(request, request.query.get("step", ""))


async def _step(
    request: web.Request,
    step_id: str,
    *,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
    others: Sequence[str] = (),
    sure: Sequence[str] = (),
) -> web.Response:
    staff, house, wanted, moment = act_of(request)

    def look(db: Connection) -> tuple[Record, next_review.Proposed]:
        record = recording.look(db, house, staff, wanted, moment)
        return record, next_review.propose(db, house, record)

    record, proposed = await request.config_dict[STORE].read(look)
    one = record.kind.step(step_id)
    days = [*_DAYS, *(field.id for field in one.fields if field.asks is Asks.DAY)]
    values: dict[str, Any] = {
        "record": record,
        "step": one,
        "number": record.kind.steps.index(one) + 1,
        "proposed": proposed,
        "next_seen": next_review.seen_of(record),
        "once": moment.isoformat(),
        "problems": problems,
        "problem_links": [links(problem, days) for problem in problems],
        "entered": dict(entered) if entered is not None else _stands(record, one),
        "others": others,
        "sure": sure,
        "done": request.query.get("done", ""),
    }
    status = 422 if problems else 409 if others else 200
    return render(request, "record_step.html", values, status=status)


def _stands(record: Record, one: Step) -> dict[str, str]:
    """What is on record already, as the form's fields carry it."""
    fields: dict[str, str] = {}
    review = record.review
    if review.meeting_on is not None:
        _put_day(fields, HELD_ON, review.meeting_on.isoformat())
    for field in (*one.fields, *recording.NEXT):
        newest = record.answered[field.id].newest
        if newest is None:
            continue
        match field.asks:
            case Asks.SEVERAL:
                fields |= {f"{field.id}.{option}": "yes" for option in newest.fact.split(",")}
            case Asks.DAY:
                _put_day(fields, field.id, newest.fact)
            case _:
                fields[field.id] = newest.fact or newest.words
    return fields


def _put_day(fields: dict[str, str], name: str, iso: str) -> None:
    year, month, day = iso.split("-")
    fields |= {f"{name}-day": day.lstrip("0"), f"{name}-month": month.lstrip("0"),
               f"{name}-year": year}  # fmt: skip


def _typed(fields: Mapping[str, str], one: Step) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """What was typed under each field of a step, and which boxes make no day."""
    values, problems = {}, []
    named = [(HELD_ON, "The day it was held")] if one.part is Part.HELD else []
    named += [(field.id, field.label) for field in one.fields if field.asks is Asks.DAY]
    for name, label in named:
        day, problem = _day(fields, name, label)
        values[name] = day
        problems += [problem] if problem else []
    for field in one.fields:
        match field.asks:
            case Asks.SEVERAL:
                chosen = [
                    option for option, _says in field.options
                    if fields.get(f"{field.id}.{option}") == "yes"
                ]  # fmt: skip
                values[field.id] = ",".join(chosen)
            case Asks.DAY:
                pass
            case _:
                values[field.id] = fields.get(field.id, "")
    return values, tuple(problems)


def _day(fields: Mapping[str, str], name: str, label: str) -> tuple[str, Problem | None]:
    """In ISO form; empty if nothing was typed."""
    try:
        day = typed_day(fields, name)
    except NoSuchDay as error:
        return "", Problem(name, f"{label}: {error}")
    except NotADay:
        return "", Problem(name, f"{label}: enter a day, for example 17 9 2026.")
    return (day.isoformat() if day else ""), None


async def kept(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/record/step`: keep one step, and go on to the next."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    record = await request.config_dict[STORE].read(
        lambda db: recording.look(db, house, staff, wanted, moment)
    )
    one = record.kind.step(fields.get("step", ""))
    if one.part is Part.DECISIONS:
        return await _decision(request, one)
    if one.part is Part.NEXT:
        return await _next(request, one)
    values, problems = _typed(fields, one)
    entry = Entry(one.id, values, fields.get("seen", ""), fields.get("sure") == "yes", problems)
    result = await request.config_dict[STORE].write(
        lambda db: recording.keep(db, house, staff, wanted, entry, moment)
    )
    return await _answered(request, record, one, result)


async def _answered(
    request: web.Request,
    record: Record,
    one: Step,
    result: Kept | Others | Sure | tuple[Problem, ...],
) -> web.StreamResponse:
    fields = request[FIELDS]
    match result:
        case Kept():
            steps = record.kind.steps
            place = steps.index(one) + 1
            if place < len(steps):
                raise web.HTTPSeeOther(
                    _address(request, "record/step") + f"?step={steps[place].id}&done=kept"
                )
            raise web.HTTPSeeOther(_address(request, "record") + "?done=kept")
        case Others(did):
            return await _step(request, one.id, entered=fields, others=did)
        case Sure(warnings):
            return await _step(request, one.id, entered=fields, sure=warnings)
        case problems:
            return await _step(request, one.id, problems=problems, entered=fields)


async def _next(request: web.Request, one: Step) -> web.StreamResponse:
    staff, house, wanted, moment = act_of(request)
    fields, notice = request[FIELDS], request.config_dict[MEANS].notice
    on, problem = None, None
    if fields.get("next") == "another":
        try:
            on = typed_day(fields, "next_on")
        except NotADay as error:
            problem = Problem("next_on", f"{error} Enter a day, for example 17 9 2026.".strip())
    entry = next_review.Entry(
        fields.get("next", ""),
        on,
        fields.get("next_why", ""),
        fields.get("seen", ""),
        fields.get("sure") == "yes",
        (problem,) if problem else (),
    )

    def settle(db: Connection) -> tuple[Record, Any]:
        result = next_review.settle(db, house, staff, wanted, entry, moment, notice)
        return recording.look(db, house, staff, wanted, moment), result

    record, result = await request.config_dict[STORE].write(settle)
    return await _answered(request, record, one, result)


async def _decision(request: web.Request, one: Step) -> web.StreamResponse:
    """Put a decision down, or take one out that was put down wrongly."""
    staff, house, wanted, moment = act_of(request)
    fields, store = request[FIELDS], request.config_dict[STORE]
    here = _address(request, "record/step") + f"?step={one.id}"
    wrong = fields.get("drop", "")
    if wrong:
        await store.write(lambda db: decisions.drop(db, house, staff, wanted, wrong, moment))
        raise web.HTTPSeeOther(f"{here}&done=dropped")
    due_on, problem = None, None
    try:
        due_on = typed_day(fields, "due_on")
    except NotADay as error:
        problem = Problem("due_on", f"{error} Enter by when, for example 17 9 2026.".strip())
    entry = decisions.Entry(
        fields.get("what", ""),
        fields.get("owner", ""),
        due_on,
        fields.get("once", ""),
        (problem,) if problem else (),
    )
    result = await store.write(lambda db: decisions.add(db, house, staff, wanted, entry, moment))
    if isinstance(result, Kept):
        raise web.HTTPSeeOther(f"{here}&done=added")
    return await _step(request, one.id, problems=result, entered=fields)


async def decision_done(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/decisions/done`: a person says that it is done."""
    staff, house, wanted, moment = act_of(request)
    decision_id = request[FIELDS].get("decision", "")
    first = await request.config_dict[STORE].write(
        lambda db: decisions.done(db, house, staff, wanted, decision_id, moment)
    )
    where = "when" if request[FIELDS].get("back") == "when" else "record"
    raise web.HTTPSeeOther(_address(request, where) + ("?done=done" if first else "?done=before"))


async def file(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/record/file`: to the case record, as it stands."""
    staff, house, wanted, moment = act_of(request)
    result = await request.config_dict[STORE].write(
        lambda db: record_filing.file(db, house, staff, wanted, moment)
    )
    if isinstance(result, Kept):
        raise web.HTTPSeeOther(_address(request, "record") + "?done=filed")
    return await _overview(request, result)
