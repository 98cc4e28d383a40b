"""The wishes of a review: beside the young person's words, who says what happens, by when, and the
answer, which a person writes, another look is taken at, and the officer sends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.addresses import ask_url, person_url, review_url
from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.service import answer_view, answering, asks_in_hand
from bot.service.answering import OfReview, PlanFault, Planned, Stop
from bot.service.days import local_day
from bot.service.hear import reader_of
from bot.service.problems import Problem
from bot.service.wording import Reader
from bot.web.context import HOUSE, MEANS, STORE, now
from conversations.asks import ANSWERS, MOST_LETTERS, Answer, Lack, State, may_follow
from conversations.plain_words import Look
from conversations.wording import Band
from storage import conversations
from storage.asks import Ask, Kind, Written

OUTCOMES = {
    State.LOOKING: "It is still being looked at",
    State.AGREED: "It is agreed",
    State.PART: "Part of it is agreed",
    State.NOT_AGREED: "It is not agreed",
    State.DONE: "It is done",
}
STATES = {State.HEARD: "Heard", **OUTCOMES, State.TAKEN_BACK: "Taken back"}
_TOO_LONG = f"in {MOST_LETTERS:,} letters at the most"
_LACKS = {
    Lack.STATE: "Say what became of it.",
    Lack.WORDS: f"Write what happens, to the young person, {_TOO_LONG}.",
    Lack.REASON: f"Write the reason for what is not agreed, {_TOO_LONG}.",
    Lack.WHO: "Enter who does it, in 200 letters at the most.",
    Lack.BY: "Enter a day that is not past, for example 17 9 2026. While it is being looked at, "
    "they are told by when they hear more.",
    Lack.TOLD: "Enter the day on which you told them: not ahead, and not before they wished for it."
    " Leave it empty to send the answer.",
}
_STOPS = {
    Stop.OTHERS: Problem(
        "words",
        "Somebody wrote an answer, or the wish was taken back, since you opened this page. Nothing "
        "was overwritten. Look at it below; what you wrote is still in the form.",
    ),
    Stop.DISPUTED: Problem(
        "words", "Somebody says that the words are not theirs. Settle that first, under Tasks."
    ),
}
_PLAN_FAULTS = {
    PlanFault.OWNER: "Say who is asked what happens.",
    PlanFault.NAME: "Enter their name, in 200 letters at the most.",
    PlanFault.NOTE: "Write what you ask them in 1,000 letters at the most.",
    PlanFault.DUE: "Enter the day by which it is to be answered, for example 17 9 2026.",
}
_DATES = {"by": "by-day", "told": "told-day", "due": "due-day", "state": "state", "owner": "owner"}


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/asks`: what waits for an answer, or what one is asked."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    find = asks_in_hand.waiting if staff.runs_reviews else asks_in_hand.asked_of_me
    found = await request.config_dict[STORE].read(lambda db: find(db, house, staff, moment))
    return render(request, "asks.html", {"found": found, "states": STATES})


async def of_review(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/asks`: all of a review's. Opening it is reading it."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: answering.of_review(db, house, staff, wanted, moment)
    )
    values = {
        "found": found,
        "opened": {"person": found.person, "covers_until": None},
        "states": STATES,
        "done": request.query.get("done", ""),
    }
    return render(request, "review_asks.html", values)


def _ask_id(request: web.Request) -> str:
    return request.match_info["ask_id"]


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/asks/<ask>`: one wish, and the form for its answer."""
    return await _show(request)


async def _show(
    request: web.Request,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
    *,
    preview: Answer | None = None,
    status: int | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    ask_id = _ask_id(request)
    typed = dict(entered or {})

    def open_(db: Connection) -> tuple[OfReview, Look, Reader]:
        found = answering.one(db, house, staff, wanted, ask_id, moment)
        ask = found.asks[0].ask
        text = _text(typed or _from(found.asks[0].draft))
        return found, answering.look(db, house, ask, text), _reader(db, house.id, ask)

    found, look, reader = await request.config_dict[STORE].write(open_)
    one = found.asks[0]
    before = {**_plan_of(one.ask), **(typed or _from(one.draft))}
    day = local_day(moment)
    values = {
        "found": found,
        "one": one,
        "opened": {"person": found.person, "covers_until": None},
        "look": look,
        "states": STATES,
        "outcomes": _offered(one.ask),
        "entered": before,
        "problems": list(problems),
        "problem_links": [_link(problem) for problem in problems],
        "problem_title": "It is not sent yet",
        "seen": answer_view.seen(reader, preview, found.officer, day) if preview else None,
        "reader": reader,
        "action": ask_url(found.review.review_id, ask_id),
        "measure": ask_url(found.review.review_id, ask_id, "measure"),
        "in_words": lambda written: answer_view.seen(
            reader, written.answer, one.names[written.by], local_day(written.at)
        ),
    }
    template = "ask_preview.html" if preview else "ask.html"
    code = status or (422 if problems else 200)
    return render(request, template, values, status=code)


def _offered(ask: Ask) -> list[tuple[str, str]]:
    """What may follow where it stands, with how it is called."""
    return [(one.value, OUTCOMES[one]) for one in ANSWERS if may_follow(ask.state, one)]


def _reader(db: Connection, council: str, ask: Ask) -> Reader:
    """As whom the young person reads."""
    if conversations.exists(db, council, ask.conversation_id):
        return reader_of(conversations.get(db, council, ask.conversation_id))
    return Reader(Band.TWELVE)


def _link(problem: Problem) -> dict[str, str]:
    return {"text": problem.text, "href": f"#{_DATES.get(problem.field, problem.field)}"}


def _text(fields: Mapping[str, str]) -> str:
    """All of an answer that somebody wrote, to be measured."""
    parts = (fields.get(name, "") for name in ("words", "reason", "who"))
    return "\n".join(part for part in parts if part.strip())


def _from(written: Written | None) -> dict[str, str]:
    """An answer as the form's fields."""
    if written is None:
        return {}
    answer = written.answer
    return {
        "state": answer.state.value,
        "words": answer.words,
        "reason": answer.reason,
        "who": answer.who,
        **_boxes("by", answer.by),
        **_boxes("told", answer.told_on),
    }


def _boxes(name: str, day: date | None) -> dict[str, str]:
    """A day in the form's three boxes."""
    parts = {"day": day.day, "month": day.month, "year": day.year} if day else {}
    return {f"{name}-{part}": str(parts.get(part, "")) for part in ("day", "month", "year")}


def _plan_of(ask: Ask) -> dict[str, str]:
    """Who is asked and by when, as the form's fields."""
    return {
        "owner": ask.owner_id or ("other" if ask.plan.name else "officer"),
        "name": ask.plan.name,
        "note": ask.plan.note,
        **_boxes("due", ask.due_on),
    }


def _entered(fields: Mapping[str, str]) -> Answer | Problem:
    """The answer as it was typed, whatever it lacks; a problem if its day is none."""
    days: dict[Lack, date | None] = {}
    for lack in (Lack.BY, Lack.TOLD):
        try:
            days[lack] = typed_day(fields, lack.value)
        except NotADay as error:
            return Problem(lack.value, f"{error} {_LACKS[lack]}".strip())
    try:
        state = State(fields.get("state", ""))
    except ValueError:
        state = State.HEARD  # nothing was picked: no answer is this
    words, reason, who = (fields.get(one, "") for one in ("words", "reason", "who"))
    return Answer(state, words, reason, who, days[Lack.BY], days[Lack.TOLD])


def _seen(fields: Mapping[str, str]) -> int:
    """How many answers there were when the page was opened; none that ever is, if that is unfit."""
    number = fields.get("seen", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else -1


def _problems(lacking: Sequence[Lack]) -> list[Problem]:
    return [Problem(one.value, _LACKS[one]) for one in lacking]


async def answer(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/asks/<ask>`: look at it as it will be read (`act=preview`), go back
    to it (`change`), keep it as a draft (`draft`), or send it (`send`)."""
    staff, house, wanted, moment = act_of(request)
    fields, ask_id, store = request[FIELDS], _ask_id(request), request.config_dict[STORE]
    entered = _entered(fields)
    if isinstance(entered, Problem):
        return await _show(request, [entered], fields)
    act, seen = fields.get("act", ""), _seen(fields)
    match act:
        case "change":
            return await _show(request, (), fields, status=200)
        case "send":
            notice = request.config_dict[MEANS].notice
            made = await store.write(
                lambda db: answering.send(
                    db, house, staff, wanted, ask_id, entered, seen, moment, notice
                )
            )
        case "draft":
            made = await store.write(
                lambda db: answering.hand_in(
                    db, house, staff, wanted, ask_id, entered, seen, moment
                )
            )
        case _:
            return await _preview(request, entered)
    match made:
        case Written():
            done = "sent" if act == "send" else "draft"
            done = "told" if made.kind is Kind.TOLD else done
            address = f"{review_url(wanted.review_id or '', 'asks')}?done={done}#{ask_id}"
            raise web.HTTPSeeOther(address)
        case Stop():
            return await _show(request, [_STOPS[made]], fields, status=409)
        case lacking:
            return await _show(request, _problems(lacking), fields)


async def _preview(request: web.Request, entered: Answer) -> web.Response:
    """The same page with the answer as it will be read; what it lacks first."""
    staff, house, wanted, moment = act_of(request)
    fields, ask_id = request[FIELDS], _ask_id(request)
    lacking = await request.config_dict[STORE].read(
        lambda db: answering.lacking(db, house, staff, wanted, ask_id, entered, moment)
    )
    if lacking:
        return await _show(request, _problems(lacking), fields)
    return await _show(request, (), fields, preview=answering.cleaned(entered))


async def plan(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/asks/<ask>/plan`: who is asked what happens, and by when."""
    staff, house, wanted, moment = act_of(request)
    fields, ask_id = request[FIELDS], _ask_id(request)
    try:
        due = typed_day(fields, "due")
    except NotADay as error:
        text = f"{error} {_PLAN_FAULTS[PlanFault.DUE]}".strip()
        return await _show(request, [Problem("due", text)], fields)
    entered = Planned(fields.get("owner", ""), fields.get("name", ""), fields.get("note", ""), due)
    fault = await request.config_dict[STORE].write(
        lambda db: answering.plan(db, house, staff, wanted, ask_id, entered, moment)
    )
    if fault is not None:
        problem = Problem(fault.value, _PLAN_FAULTS[fault])
        return await _show(request, [problem], fields)
    raise web.HTTPSeeOther(f"{review_url(wanted.review_id or '', 'asks')}?done=plan#{ask_id}")


async def measure(request: web.Request) -> web.Response:
    """`POST …/measure`: what is said of an answer while it is written. Nothing of it is kept."""
    staff, house, wanted, _moment = act_of(request)
    fields, ask_id = request[FIELDS], _ask_id(request)
    text = _text(fields)
    look = await request.config_dict[STORE].read(
        lambda db: answering.checked(db, house, staff, wanted, text, ask_id)
    )
    return render(request, "ask_look.html", {"look": look})


async def worker_page(request: web.Request) -> web.Response:
    """`GET /desk/young-people/<id>/asks/<ask>`: what a social worker or adviser is asked."""
    return await _show_worker(request)


async def _show_worker(
    request: web.Request,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
    *,
    status: int | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    ask_id = _ask_id(request)

    def open_(db: Connection) -> tuple[Any, Look, Any]:
        mine = asks_in_hand.open_mine(db, house, staff, wanted, ask_id, moment)
        draft = mine.drafts[-1] if mine.drafts else None
        fields = dict(entered) if entered is not None else _from(draft)
        return mine, answering.look(db, house, mine.ask, _text(fields)), fields

    mine, look, fields = await request.config_dict[STORE].write(open_)
    values = {
        "mine": mine,
        "look": look,
        "states": STATES,
        "outcomes": _offered(mine.ask),
        "entered": fields,
        "problems": list(problems),
        "problem_links": [_link(problem) for problem in problems],
        "problem_title": "It is not handed in yet",
        "action": f"{person_url(mine.person.person_id)}/asks/{ask_id}",
        "measure": f"{person_url(mine.person.person_id)}/asks/{ask_id}/measure",
        "done": request.query.get("done", ""),
    }
    code = status or (422 if problems else 200)
    return render(request, "worker_ask.html", values, status=code)


async def worker_draft(request: web.Request) -> web.StreamResponse:
    """`POST /desk/young-people/<id>/asks/<ask>`: a draft for the officer, who checks it."""
    staff, house, wanted, moment = act_of(request)
    fields, ask_id = request[FIELDS], _ask_id(request)
    entered = _entered(fields)
    if isinstance(entered, Problem):
        return await _show_worker(request, [entered], fields)
    told_nobody = replace(entered, told_on=None)  # whoever tells them signs it: the officer
    made = await request.config_dict[STORE].write(
        lambda db: answering.hand_in(
            db, house, staff, wanted, ask_id, told_nobody, _seen(fields), moment
        )
    )
    match made:
        case Written():
            raise web.HTTPSeeOther(f"{person_url(wanted.person_id or '')}/asks/{ask_id}?done=draft")
        case Stop():
            return await _show_worker(request, [_STOPS[made]], fields, status=409)
        case lacking:
            return await _show_worker(request, _problems(lacking), fields)
