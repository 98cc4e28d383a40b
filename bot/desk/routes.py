"""Every address of the desk. Each has a row in the authorisation table, or nothing starts."""

from aiohttp import web

from bot.desk import (
    access,
    account,
    alerts,
    arranging,
    asks,
    audit,
    boards,
    briefing,
    code,
    council_sign_in,
    cover,
    disputes,
    erase,
    forecast,
    hand_over,
    home,
    imports,
    installation,
    invitation,
    invitations,
    listing,
    meetings,
    news,
    put_to_me,
    quality,
    record,
    reports,
    review,
    second_factor,
    showing,
    sign_in,
    statutory_return,
    subject_access,
    taking_back,
    tasks,
    young_people,
)
from bot.desk.assets import COLOURS, FOLDER, STATIC, colours, colours_of
from bot.desk.door import DOORKEEPER, door
from bot.desk.render import set_up
from bot.service import doorway
from bot.service.doorway import Doorkeeper
from bot.service.yearly import Yearly
from bot.web.assets import Assets
from bot.web.context import HOUSE

_REVIEW = "/reviews/{review_id}"
_SHOWN = _REVIEW + "/shown/{attachment_id}"
_TASK = "/tasks/{task_id}"
_ALERT = "/alerts/{alert_id}"
_ASK = _REVIEW + "/asks/{ask_id}"
_WORKERS_ASK = "/young-people/{person_id}/asks/{ask_id}"
_PUT_TO_ME = "/put-to-me/{note_id}"
_REPORT = "/reports/{year}"
_FACTOR = "/second-factor"
_MINE = "/account"

ROUTES = (
    ("GET", "/", "desk.home", home.home),
    ("GET", "/unit", "desk.unit", home.unit),
    ("GET", "/news", "desk.news", news.told),
    ("GET", "/return", "desk.statutory_return", statutory_return.page),
    ("GET", "/return/reviews.csv", "desk.statutory_return_csv", statutory_return.as_csv),
    ("GET", "/return/reviews.xml", "desk.statutory_return_xml", statutory_return.as_xml),
    ("GET", "/return/problems.csv", "desk.statutory_return_problems", statutory_return.problems),
    ("GET", "/reviews", "desk.reviews", listing.page),
    ("GET", "/reviews.csv", "desk.reviews_csv", listing.as_csv),
    ("POST", "/views", "desk.view_kept", listing.keep),
    ("POST", "/views/remove", "desk.view_removed", listing.remove),
    ("GET", _REVIEW, "desk.review", review.page),
    ("GET", _REVIEW + "/versions/{version}", "desk.version", review.version),
    ("GET", _REVIEW + "/reading", "desk.reading", review.reading),
    ("GET", _REVIEW + "/advocate", "desk.advocate", briefing.page),
    ("POST", _REVIEW + "/advocate", "desk.advocate_briefed", briefing.handed_over),
    ("POST", _REVIEW + "/advocate/paper", "desk.advocate_paper", briefing.paper),
    ("GET", "/asks", "desk.asks", asks.listed),
    ("GET", _REVIEW + "/asks", "desk.review_asks", asks.of_review),
    ("GET", _ASK, "desk.ask", asks.page),
    ("POST", _ASK, "desk.ask_answer", asks.answer),
    ("POST", _ASK + "/plan", "desk.ask_plan", asks.plan),
    ("POST", _ASK + "/measure", "desk.ask_measure", asks.measure),
    ("GET", _WORKERS_ASK, "desk.worker_ask", asks.worker_page),
    ("POST", _WORKERS_ASK, "desk.worker_ask_draft", asks.worker_draft),
    ("POST", _WORKERS_ASK + "/measure", "desk.worker_ask_measure", asks.measure),
    ("GET", _REVIEW + "/meeting", "desk.meeting", arranging.meeting),
    ("GET", _REVIEW + "/when", "desk.when", meetings.page),
    ("POST", _REVIEW + "/when", "desk.arrange", meetings.arrange),
    ("POST", _REVIEW + "/stand-down", "desk.stand_down", meetings.stand_down),
    ("POST", _REVIEW + "/clock", "desk.clock_start", meetings.start_clock),
    ("GET", _REVIEW + "/record", "desk.record", record.page),
    ("GET", _REVIEW + "/record/step", "desk.record_step", record.step),
    ("POST", _REVIEW + "/record/step", "desk.record_kept", record.kept),
    ("POST", _REVIEW + "/record/file", "desk.record_filed", record.file),
    ("POST", _REVIEW + "/decisions/done", "desk.decision_done", record.decision_done),
    ("POST", _REVIEW + "/held", "desk.held", code.held),
    ("POST", _REVIEW + "/code", "desk.code", code.confirm),
    ("GET", _SHOWN, "desk.shown", showing.of_review),
    ("POST", _SHOWN + "/heard", "desk.heard", showing.heard_of_review),
    ("GET", _REVIEW + "/access", "desk.access", access.page),
    ("POST", _REVIEW + "/access", "desk.invite", access.invite),
    ("POST", _REVIEW + "/access/pin", "desk.reset_pin", access.reset_pin),
    ("GET", _REVIEW + "/invitation", "desk.invitation", invitation.page),
    ("GET", _REVIEW + "/invitation/letter.png", "desk.letter_picture", invitation.picture),
    ("POST", _REVIEW + "/invitation", "desk.invitation_sent", invitation.send),
    ("POST", _REVIEW + "/addresses", "desk.address", invitation.address),
    ("GET", _REVIEW + "/erase", "desk.erase", erase.page),
    ("POST", _REVIEW + "/erase", "desk.erase_check", erase.check),
    ("POST", _REVIEW + "/erase/confirm", "desk.erase_done", erase.done),
    ("GET", _REVIEW + "/copy", "desk.subject_access", subject_access.page),
    ("POST", _REVIEW + "/copy", "desk.subject_access_made", subject_access.made),
    ("GET", _REVIEW + "/cover", "desk.glass", cover.page),
    ("POST", _REVIEW + "/cover", "desk.break_glass", cover.break_it),
    ("GET", "/cover", "desk.cover", cover.listed),
    ("GET", "/tasks", "desk.tasks", tasks.listed),
    ("POST", "/tasks/seen", "desk.tasks_seen", tasks.seen),
    ("POST", "/tasks/unseen", "desk.tasks_unseen", tasks.unseen),
    ("GET", _TASK, "desk.task", tasks.page),
    ("POST", _TASK + "/again", "desk.task_again", tasks.again),
    ("POST", _TASK + "/done", "desk.task_done", tasks.done),
    ("POST", _TASK + "/arranged", "desk.task_arranged", tasks.arranged),
    ("POST", _TASK + "/theirs", "desk.task_theirs", tasks.theirs),
    ("POST", "/taken-back", "desk.taken_back_seen", taking_back.seen),
    ("GET", "/quality", "desk.quality_list", quality.listed),
    ("GET", _REVIEW + "/quality", "desk.quality_of_review", quality.of_review),
    ("POST", _REVIEW + "/quality", "desk.quality_begun", quality.begin),
    ("POST", _REVIEW + "/dispute", "desk.challenge_begun", quality.challenge_begin),
    ("GET", "/quality/{note_id}", "desk.quality", quality.page),
    ("POST", "/quality/{note_id}", "desk.quality_kept", quality.keep),
    ("GET", "/disputes/{note_id}", "desk.challenge", disputes.page),
    ("POST", "/disputes/{note_id}", "desk.challenge_kept", disputes.keep),
    ("GET", "/put-to-me", "desk.put_to_me", put_to_me.listed),
    ("GET", _PUT_TO_ME, "desk.put_to_me_note", put_to_me.page),
    ("POST", _PUT_TO_ME, "desk.put_to_me_answered", put_to_me.answer),
    ("GET", "/hand-over", "desk.hand_over", hand_over.page),
    ("POST", "/hand-over", "desk.hand_over_planned", hand_over.plan),
    ("POST", "/hand-over/undo", "desk.hand_over_undone", hand_over.undo),
    ("GET", "/reports/", "desk.reports", reports.listed),
    ("GET", _REPORT, "desk.report", reports.page),
    ("POST", _REPORT + "/words", "desk.report_words", reports.keep),
    ("GET", _REPORT + "/files/{name}", "desk.report_file", reports.file),
    ("GET", "/boards", "desk.boards", boards.page),
    ("GET", "/forecast", "desk.forecast", forecast.page),
    ("POST", "/forecast/hours", "desk.staff_hours", forecast.hours),
    ("GET", "/forecast/plan", "desk.caseload_plan", forecast.plan),
    ("POST", "/forecast/plan", "desk.caseload_planned", forecast.put),
    ("POST", "/forecast/plan/drop", "desk.caseload_dropped", forecast.drop),
    ("GET", "/audit", "desk.audit", audit.page),
    ("GET", "/audit.csv", "desk.audit_csv", audit.as_csv),
    ("GET", "/invitations", "desk.invitations", invitations.listed),
    ("GET", "/invitations.csv", "desk.invitations_csv", invitations.as_csv),
    ("GET", "/invitations/due", "desk.invitations_due", invitations.due),
    ("POST", "/invitations/due", "desk.invitations_start", invitations.start),
    ("GET", "/invitations/batch", "desk.invitation_batch", invitations.batch),
    ("POST", "/invitations/batch", "desk.letters", invitations.letters),
    ("GET", "/arranging", "desk.arranging", arranging.listed),
    ("GET", "/alerts", "desk.alerts", alerts.listed),
    ("GET", _ALERT, "desk.alert", alerts.page),
    ("POST", _ALERT + "/acknowledge", "desk.alert_acknowledge", alerts.acknowledge),
    ("GET", _ALERT + "/shown", "desk.alert_shown", showing.of_alert),
    ("POST", _ALERT + "/heard", "desk.alert_heard", showing.heard_of_alert),
    ("POST", _ALERT + "/close", "desk.alert_close", alerts.close),
    ("GET", "/young-people", "desk.young_people", young_people.listed),
    ("GET", "/young-people/{person_id}", "desk.young_person", young_people.page),
    (
        "GET",
        "/young-people/{person_id}/shown/{attachment_id}",
        "desk.shared_shown",
        showing.of_person,
    ),
    ("GET", "/imports", "desk.imports", imports.listed),
    ("POST", "/imports", "desk.import_handed_in", imports.handed_in),
    ("GET", "/imports/one", "desk.import_page", imports.page),
    ("POST", "/imports/one", "desk.import_decided", imports.decide),
    ("GET", "/imports/unread.csv", "desk.import_unread", imports.unread),
    ("GET", "/installation", "desk.installation", installation.page),
    ("GET", "/sign-in", "desk.sign_in", sign_in.page),
    ("POST", "/sign-in", "desk.sign_in_password", sign_in.password),
    ("POST", "/sign-in/passkey/options", "desk.door_challenge", sign_in.challenge),
    ("POST", "/sign-in/passkey", "desk.sign_in_passkey", sign_in.passkey),
    ("GET", "/sign-in/council", "desk.sign_in_council", council_sign_in.out),
    ("GET", "/sign-in/council/back", "desk.sign_in_council_back", council_sign_in.back),
    ("GET", "/sign-in/{token}", "desk.sign_in_link", sign_in.link),
    ("POST", "/sign-in/{token}", "desk.sign_in_by_link", sign_in.by_link),
    ("POST", "/sign-out", "desk.sign_out", sign_in.out),
    ("GET", "/join", "desk.join", second_factor.join),
    ("POST", "/join", "desk.join_password", second_factor.join_password),
    ("GET", _FACTOR, "desk.second_factor", second_factor.page),
    ("POST", _FACTOR, "desk.second_factor_code", second_factor.code),
    ("POST", _FACTOR + "/passkey", "desk.second_factor_passkey", second_factor.passkey),
    ("POST", _FACTOR + "/passkey/options", "desk.half_challenge", second_factor.challenge),
    ("GET", _FACTOR + "/set-up", "desk.set_up", second_factor.set_up),
    ("GET", _FACTOR + "/app.svg", "desk.set_up_picture", second_factor.picture),
    ("POST", _FACTOR + "/set-up", "desk.set_up_app", second_factor.set_up_app),
    ("POST", _FACTOR + "/set-up/passkey", "desk.set_up_passkey", second_factor.set_up_passkey),
    ("POST", _FACTOR + "/cancel", "desk.give_up", second_factor.give_up),
    ("GET", _MINE, "desk.account", account.page),
    ("POST", _MINE + "/password", "desk.account_password", account.password),
    ("GET", _MINE + "/app", "desk.account_app", account.app),
    ("GET", _MINE + "/app.svg", "desk.account_picture", account.picture),
    ("POST", _MINE + "/app", "desk.account_app_kept", account.app_kept),
    ("POST", _MINE + "/passkey/options", "desk.account_challenge", account.challenge),
    ("POST", _MINE + "/passkey", "desk.account_passkey", account.passkey),
    (
        "POST",
        _MINE + "/passkeys/{passkey_id}/remove",
        "desk.account_passkey_removed",
        account.passkey_removed,
    ),
    ("POST", _MINE + "/codes", "desk.account_codes", account.codes),
    (
        "POST",
        _MINE + "/sessions/{session_id}/end",
        "desk.account_session_ended",
        account.session_ended,
    ),
    ("POST", _MINE + "/sign-out-everywhere", "desk.account_everywhere", account.everywhere),
    ("GET", "/colours/{digest}.css", "desk.colours", colours),
)


def add_routes(app: web.Application) -> None:
    """Put the desk under `/desk/`. `app` has its store and house; `RouteWithoutRow`."""
    desk = web.Application(middlewares=[door])
    set_up(desk)
    news.set_up(desk)
    desk[DOORKEEPER] = keeper = Doorkeeper.of(app[HOUSE])

    async def close(_desk: web.Application) -> None:
        keeper.passwords.close()

    desk.on_cleanup.append(close)
    desk[reports.YEARLY] = Yearly(app[HOUSE])
    desk[STATIC] = Assets("desk", FOLDER)
    desk[COLOURS] = colours_of(app[HOUSE].council.header_colour)
    for method, path, name, handler in ROUTES:
        desk.router.add_route(method, path, handler, name=name)
    require_rows(desk)
    desk[STATIC].add_routes(app)
    app.router.add_get("/desk", _with_slash)
    app.add_subapp("/desk/", desk)


def require_rows(desk: web.Application) -> None:
    """Every route of the desk is named and somebody decided who may open it."""
    doorway.require_rows(route.name or str(route.resource) for route in desk.router.routes())


async def _with_slash(_request: web.Request) -> web.Response:
    raise web.HTTPPermanentRedirect("/desk/")
