"""Quality notes and challenges: the list, what is begun at a review, and a quality note itself."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.addresses import dispute_url, quality_url
from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.desk.review import wrong_all
from bot.service import challenges, notes, quality_notes
from bot.service.admission import require
from bot.service.challenge_clock import stages
from bot.service.challenges import Raise
from bot.service.notes import Meanwhile, Page
from bot.service.problems import Problem
from bot.service.quality_notes import TEXTS, Form
from bot.web.context import HOUSE, STORE, now
from conversations import quality
from conversations.quality import Judgement, State
from storage import people, reviews
from storage.notes import NoteKind


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/quality`: what an officer, or a manager's team, has in hand; no word of it."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, ended = await request.config_dict[STORE].read(
        lambda db: (
            notes.listed(db, house, staff, moment),
            notes.listed(db, house, staff, moment, ended=True),
        )
    )
    values = {"found": found, "ended": ended, "stages": stages(house)}
    return render(request, "quality_list.html", values)


async def of_review(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/quality`: what there is about them, and what can begin."""
    return await _show_review(request)


async def _show_review(
    request: web.Request,
    problems: tuple[Problem, ...] = (),
    entered: Mapping[str, str] | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)

    def look(db: Connection) -> dict[str, Any]:
        require(db, house, staff, wanted)
        review = reviews.get(db, house.id, wanted.review_id or "")
        person = people.young_person(db, house.id, review.person_id)
        every = people.all_staff(db, house.id)
        return {
            "review": review,
            "person": person,
            "found": [
                one
                for one in notes.of_person(db, house, review.person_id, moment)
                if one.note.officer_id == staff.staff_id
            ],
            "tool": quality.tool_for(review.kind.value) if not review.looks_back_on else None,
            "names": notes.may_be_put_to(db, house, review.person_id, every, moment.date()),
        }

    values = {
        **await request.config_dict[STORE].read(look),
        "stages": stages(house),
        "themes": house.council.footprint.themes,
        "entered": dict(entered or {}),
        **wrong_all(problems),
    }
    return render(request, "quality_review.html", values, status=422 if problems else 200)


async def begin(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/quality`: begin a quality note, or go on with the one begun."""
    staff, house, wanted, moment = act_of(request)
    note_id = await request.config_dict[STORE].write(
        lambda db: quality_notes.begin(db, house, staff, wanted, moment)
    )
    raise web.HTTPSeeOther(quality_url(note_id))


async def challenge_begin(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/dispute`: raise a challenge."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        day = typed_day(fields, "on")
    except NotADay as error:
        return await _show_review(request, (not_a_day(error),), fields)
    entry = Raise(
        fields.get("words", ""),
        themes_of(fields),
        day,
        fields.get("put_to", ""),
        fields.get("put_to_name", ""),
        fields.get("restricted", "") == "yes",
    )
    note_id = await request.config_dict[STORE].write(
        lambda db: challenges.begin(db, house, staff, wanted, entry, moment)
    )
    if isinstance(note_id, tuple):
        return await _show_review(request, note_id, fields)
    raise web.HTTPSeeOther(dispute_url(note_id) + "?done")


def not_a_day(error: NotADay) -> Problem:
    text = f"{error} Enter the day, for example 17 9 2026, or leave it empty for today.".strip()
    return Problem("on", text)


def themes_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Each is a tick box of its own."""
    return tuple(value for name, value in fields.items() if name.startswith("theme-"))


def seen_of(fields: Mapping[str, str]) -> int:
    """How much of the note the page showed."""
    seen = fields.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 8 else 0


async def page(request: web.Request) -> web.Response:
    """`GET /desk/quality/<id>`"""
    return await _show(request)


async def keep(request: web.Request) -> web.Response:
    """`POST /desk/quality/<id>`: what was entered, and with which button."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        day = typed_day(fields, "on")
    except NotADay as error:
        return await _show(request, (not_a_day(error),), fields)
    form = _form(fields, day)
    kept = await request.config_dict[STORE].write(
        lambda db: quality_notes.keep(db, house, staff, wanted, form, moment)
    )
    if isinstance(kept, tuple):
        return await _show(request, kept, fields)
    if isinstance(kept, Meanwhile):
        return await _show(request, (), fields, kept)
    raise web.HTTPSeeOther(quality_url(wanted.note_id or "") + "?done")


def _form(fields: Mapping[str, str], day: Any) -> Form:
    words = {
        name.removesuffix(".words"): value
        for name, value in fields.items()
        if name.endswith(".words")
    } | {name: fields.get(name, "") for name in TEXTS}
    judged = {
        name: value for name, value in fields.items() if "." in name and not name.endswith(".words")
    }
    record = fields.get("record", "")
    return Form(
        fields.get("act", ""),
        seen_of(fields),
        judged,
        words,
        themes_of(fields),
        fields.get("with_whom", ""),
        day,
        fields.get("put_to", ""),
        fields.get("put_to_name", ""),
        fields.get("by_name", ""),
        fields.get("said", ""),
        {"ordinary": False, "restricted": True}.get(record),
    )


async def _show(
    request: web.Request,
    problems: tuple[Problem, ...] = (),
    entered: Mapping[str, str] | None = None,
    meanwhile: Meanwhile | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)

    def look(db: Connection) -> Page:
        return notes.open_note(db, house, staff, wanted, NoteKind.QUALITY, moment)

    found = await request.config_dict[STORE].read(look)
    values = {
        "page": found,
        "tool": quality.TOOLS[found.note.tool],
        "themes": house.council.footprint.themes,
        "next": _NEXT.get(State(found.note.state)),
        "Judgement": Judgement,
        "entered": dict(entered or {}),
        "chosen": themes_of(entered) if entered is not None else found.value("themes", []),
        "meanwhile": meanwhile,
        "done": "done" in request.query,
        "fresh": entered is None,
        **wrong_all(problems),
    }
    status = 422 if problems else 409 if meanwhile else 200
    return render(request, "quality_note.html", values, status=status)


_NEXT = {
    State.DRAFT: State.DISCUSSED,
    State.DISCUSSED: State.COMPLETED,
    State.COMPLETED: State.ANSWERED,
    State.ANSWERED: State.IMPACT,
}
