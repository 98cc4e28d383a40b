"""From a use case's answer to a page: templates, GOV.UK's macros, and what every page shows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from jinja2 import (
    ChainableUndefined,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context

from bot.desk.addresses import (
    alert_url,
    ask_url,
    batch_url,
    dispute_url,
    import_url,
    passkey_options,
    person_url,
    put_to_me_url,
    quality_url,
    report_url,
    review_url,
    task_url,
    version_url,
)
from bot.desk.assets import COLOURS, STATIC
from bot.desk.today import has_today
from bot.service import days
from bot.service.admission import Admitted
from bot.service.meeting_kinds import KINDS
from bot.service.second_factor import Halfway
from bot.web.context import HOUSE, now
from conversations import challenge, quality
from storage.people import YoungPerson

ADMITTED = web.RequestKey("admitted", Admitted)
HALFWAY = web.RequestKey("halfway", Halfway)
DOOR_TOKEN = web.RequestKey("door_token", str)

_MACROS = {
    "back-link": "govukBackLink",
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "date-input": "govukDateInput",
    "file-upload": "govukFileUpload",
    "details": "govukDetails",
    "error-summary": "govukErrorSummary",
    "generic-header": "govukGenericHeader",
    "input": "govukInput",
    "inset-text": "govukInsetText",
    "notification-banner": "govukNotificationBanner",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "table": "govukTable",
    "tag": "govukTag",
    "task-list": "govukTaskList",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}

MENU = (
    ("desk.unit", "Unit", "/desk/unit"),
    ("desk.reviews", "Reviews", "/desk/reviews"),
    ("desk.tasks", "Tasks", "/desk/tasks"),
    ("desk.quality_list", "Quality and challenge", "/desk/quality"),
    ("desk.hand_over", "Hand over", "/desk/hand-over"),
    ("desk.reports", "Reports", "/desk/reports/"),
    ("desk.statutory_return", "Return", "/desk/return"),
    ("desk.boards", "Boards", "/desk/boards"),
    ("desk.forecast", "Forecast", "/desk/forecast"),
    ("desk.audit", "Audit", "/desk/audit"),
    ("desk.cover", "Standing in", "/desk/cover"),
    ("desk.arranging", "Reviews to arrange", "/desk/arranging"),
    ("desk.invitations", "Invitations", "/desk/invitations"),
    ("desk.imports", "Import", "/desk/imports"),
    ("desk.alerts", "Alerts", "/desk/alerts"),
    ("desk.young_people", "My young people", "/desk/young-people"),
    ("desk.asks", "Wishes", "/desk/asks"),
    ("desk.put_to_me", "Put to me", "/desk/put-to-me"),
    ("desk.installation", "Installation", "/desk/installation"),
)
"""What stands in the menu of whom the table allows it, after Today where they have that; else the
first is where one starts."""


def _macros() -> dict[str, Callable[..., str]]:
    """GOV.UK's macros lean on undefined parameters, so they live in an environment that lets
    them; our own templates see only the finished macros and stay strict. Each is compiled when a
    page first wants it: no start waits for what nobody looks at."""
    environment = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        undefined=ChainableUndefined,
    )

    def macro(folder: str, name: str) -> Callable[..., str]:
        def call(*given: Any, **named: Any) -> str:
            template = environment.get_template(
                f"govuk_frontend_jinja/components/{folder}/macro.html"
            )
            made: str = getattr(template.module, name)(*given, **named)
            return made

        return call

    return {name: macro(folder, name) for folder, name in _MACROS.items()}


def _said(say: Callable[[Any, date], str]) -> Callable[[Context, Any], str]:
    @pass_context
    def filter_(context: Context, value: Any) -> str:
        return say(value, context["today"])

    return filter_


def set_up(app: web.Application) -> None:
    """Make `app` able to `render`."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=PackageLoader("bot.desk"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )
    environment.globals.update(_macros())
    environment.globals.update(
        review_url=review_url,
        version_url=version_url,
        task_url=task_url,
        person_url=person_url,
        alert_url=alert_url,
        ask_url=ask_url,
        quality_url=quality_url,
        dispute_url=dispute_url,
        put_to_me_url=put_to_me_url,
        batch_url=batch_url,
        import_url=import_url,
        report_url=report_url,
        meeting_kind=lambda review: KINDS[review.kind],
    )
    environment.globals["options_of"] = passkey_options
    environment.globals.update(
        note_states=quality.STATES, judged=quality.SAID, outcomes=challenge.SAID
    )
    environment.filters.update(
        fours=lambda text: " ".join(text[i : i + 4] for i in range(0, len(text), 4)),
        say_day=_said(days.say_day),
        on_day=_said(days.on_day),
        full_day=_said(days.full_day),
        short_day=_said(days.short_day),
        moment=_said(days.say_moment),
        since=_said(days.since),
        whole_day=days.whole_day,
        iso_day=date.fromisoformat,
        sent_day=days.local_day,
        aged=_said(_aged),
        called=_called,
        given=_given,
        count=_count,
        clock=days.clock,
        quoted=lambda text: f"“{text}”",
        capital=lambda text: text[:1].upper() + text[1:],
        lower_first=lambda text: text[:1].lower() + text[1:],
    )


def _aged(person: YoungPerson, today: date) -> str:
    """What stands behind a name: how old they are, or that they are no young person."""
    return "foster carer" if person.carer else str(person.age(today))


def _called(person: YoungPerson) -> str:
    """How a page speaks of them; of a fostering household by its whole name."""
    return person.name if person.carer else _given(person.name)


def _given(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else name


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def render(
    request: web.Request, template: str, values: Mapping[str, object], *, status: int = 200
) -> web.Response:
    """A page. Compression is safe here: a page with a form's token reflects nothing that another
    site could put into a request that carries the cookie (`SameSite=Lax`)."""
    context = {**_chrome(request), **values}
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.enable_compression()
    return response


def _menu(staff: Admitted | None) -> list[tuple[str, str]]:
    if staff is None:
        return []
    theirs = [(text, url) for route, text, url in MENU if staff.may_list(route)]
    return [("Today", "/desk/"), *theirs] if has_today(staff) else theirs


def _chrome(request: web.Request) -> dict[str, object]:
    """What stands round every page."""
    house, staff, half = request.config_dict[HOUSE], request.get(ADMITTED), request.get(HALFWAY)
    moment = now()
    menu = [
        {"text": text, "href": url, "current": request.path == url} for text, url in _menu(staff)
    ]
    return {
        "council": house.council,
        "staff": staff,
        "half": half,
        "token": half.form_token if half is not None else request.get(DOOR_TOKEN, ""),
        "problems": [],
        "menu": menu,
        "now": moment,
        "today": days.local_day(moment),
        "asset": request.app[STATIC].url,
        "colours": request.app[COLOURS].url,
    }
