"""One review: what the young person says, large, and how they took part."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.asking import act_of
from bot.desk.asks import STATES
from bot.desk.render import render
from bot.service import asked_for, briefing, due, earlier, invited, taking_part
from bot.service import reading as readings
from bot.service.days import local_day
from bot.service.earlier import Beside
from bot.service.problems import Problem
from bot.web.context import STORE
from storage.errors import Unknown

_FIELD_IDS = {"held_on": "held_on-day", "briefed_on": "briefed_on-day", "on": "on-day",
              "handed_on": "handed_on-day", "taken_on": "taken_on-day"}  # fmt: skip
"""Where a list of errors leads: to the first box of a date."""


def wrong(problem: Problem | None) -> dict[str, Any]:
    """What the templates show of one problem, and where its link leads."""
    if problem is None:
        return {"problems": [], "problem_links": []}
    return {"problems": [problem], "problem_links": [_link(problem)]}


def wrong_all(problems: Sequence[Problem]) -> dict[str, Any]:
    """The same of several."""
    return {"problems": problems, "problem_links": [_link(one) for one in problems]}


def _link(problem: Problem) -> dict[str, str]:
    return {"text": problem.text, "href": f"#{_FIELD_IDS.get(problem.field, problem.field)}"}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>`: the newest version. Opening it is reading it."""
    return await show(request)


async def version(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/versions/<n>`: an earlier one."""
    number = request.match_info["version"]
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        raise Unknown("a version")
    return await show(request, version=int(number))


async def reading(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/reading`: what they want everyone to hear, for screen and paper."""
    return await show(request, template="reading.html")


async def show(
    request: web.Request,
    *,
    version: int | None = None,
    template: str = "review.html",
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
    others: bool = False,
    odd: Sequence[str] = (),
) -> web.Response:
    """The page; after a form with problems, the same with what was entered and what is wrong."""
    staff, house, wanted, moment = act_of(request)

    def open_(db: Connection) -> dict[str, Any]:
        opened = readings.open_review(db, house, staff, wanted, moment, version=version)
        review = opened.review
        newest = readings.newest(db, house, review.review_id)
        return {
            "opened": opened,
            "due": due.of_review(db, house, review, local_day(moment)),
            "box": taking_part.box(db, house, review, newest, moment),
            "beside": earlier.beside(db, house, staff, review, opened.person, moment)
            if opened.may_hand_out
            else Beside(),
            "invitation": invited.how_far(db, house, review.review_id, moment)
            if opened.may_invite and not review.held
            else None,
            "handed_over": briefing.of_review(db, house, review),
            "asked_for": asked_for.of_review(db, house, review.review_id)
            if opened.may_hand_out
            else (),
        }

    values = {
        **await request.config_dict[STORE].write(open_),
        "states": STATES,
        "problems": problems,
        "problem_links": [_link(one) for one in problems],
        "entered": dict(entered or {}),
        "others": others,
        "odd": odd,
        "done": request.query.get("done", ""),
    }
    return render(request, template, values, status=422 if problems else 409 if others else 200)
