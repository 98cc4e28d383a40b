"""Every request for the desk passes here: who is it, may they, did their own page send it."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.desk import cover
from bot.desk.forms import FIELDS, TOKEN, read_fields, typed
from bot.desk.render import ADMITTED, render
from bot.service import doorway, signing_in
from bot.service.admission import Admitted, Asked, GlassUnbroken, Refusal, admit, who
from bot.service.house import House
from bot.web.context import HOUSE, STORE, now
from storage.errors import StorageAway, Unknown

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def cookie(request: web.Request) -> str | None:
    """The session's secret, if the browser has one."""
    return request.cookies.get(doorway.cookie_name(request.config_dict[HOUSE]))


def set_cookie(response: web.StreamResponse, house: House, secret: str) -> None:
    response.set_cookie(
        doorway.cookie_name(house),
        secret,
        max_age=doorway.COOKIE_SECONDS,
        path="/",
        secure=doorway.is_https(house),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: web.StreamResponse, house: House) -> None:
    response.del_cookie(
        doorway.cookie_name(house),
        path="/",
        secure=doorway.is_https(house),
        httponly=True,
        samesite="Lax",
    )


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Deny by default. What went wrong further in becomes a page that loses nothing typed."""
    try:
        return await _pass(request, handler)
    except GlassUnbroken:
        return await cover.pane(request)
    except Unknown:
        return not_found(request)
    except web.HTTPException as error:
        if error.status in (404, 405):
            return not_found(request)
        if error.status == 413:
            return render(request, "too_large.html", {}, status=413)
        raise
    except StorageAway:
        log.warning("desk_without_database")
        return render(request, "away.html", {"typed": typed(request.get(FIELDS, {}))}, status=503)


async def _pass(request: web.Request, handler: Handler) -> web.StreamResponse:
    route = request.match_info.route.name or ""
    unsafe = request.method not in ("GET", "HEAD")
    fields: dict[str, str] = {}
    if unsafe:
        fields = request[FIELDS] = await read_fields(request)
        if doorway.is_from_elsewhere(request.config_dict[HOUSE], request.host, request.headers):
            log.warning("form_from_elsewhere", route=route)
            return render(request, "elsewhere.html", {}, status=403)
    if doorway.is_open(route):
        return await handler(request)
    staff = await _admitted(request, route)
    if staff is None:
        if not unsafe or route == "desk.sign_out":
            raise web.HTTPSeeOther("/desk/sign-in")
        return render(request, "signed_out.html", {"typed": typed(fields)}, status=403)
    request[ADMITTED] = staff
    if unsafe and not doorway.is_token(staff, fields.get(TOKEN, "")):
        # Most likely a form from before a new sign-in: shown again, nothing is done yet.
        return render(request, "again.html", {"typed": typed(fields)}, status=403)
    return await handler(request)


async def _admitted(request: web.Request, route: str) -> Admitted | None:
    """Who is admitted; none if signed out. `Unknown` if the page is not for them, `GlassUnbroken`
    if it is once they say why they need it."""
    house, store, secret, moment = (
        request.config_dict[HOUSE],
        request.config_dict[STORE],
        cookie(request),
        now(),
    )
    info = request.match_info
    if not all(part.isprintable() for part in info.values()):
        raise Unknown("an id with control characters")
    asked = Asked(route, info.get("review_id"), info.get("task_id"), info.get("person_id"))
    found = await store.read(lambda db: admit(db, house, secret, asked, moment))
    match found:
        case Refusal.SIGNED_OUT:
            return None
        case Refusal.NOT_FOUND | Refusal.BREAK_GLASS:
            staff = await store.read(lambda db: who(db, house, secret, moment))
            if staff is None:
                return None
            request[ADMITTED] = staff  # the page that says so has the menu
            raise GlassUnbroken(route) if found is Refusal.BREAK_GLASS else Unknown(route)
        case Admitted():
            if found.touch and secret is not None:
                await store.write(lambda db: signing_in.note_use(db, house, secret, moment))
            return found


def not_found(request: web.Request) -> web.Response:
    """The same page for what isn't there and for what is not theirs."""
    return render(request, "not_found.html", {}, status=404)
