"""Every request for the desk passes here: who is it, may they, did their own page send it."""

import re
import secrets
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.desk import cover, handing_in
from bot.desk.asking import asked
from bot.desk.forms import FIELDS, TOKEN, read_fields, typed
from bot.desk.render import ADMITTED, DOOR_TOKEN, HALFWAY, render
from bot.service import doorway, second_factor, signing_in
from bot.service.accounts import NotFresh
from bot.service.admission import Admitted, GlassUnbroken, Refusal, admit, who
from bot.service.doorway import Doorkeeper, TooBusy
from bot.service.house import House
from bot.web.context import HOUSE, STORE, now
from bot.web.device import describe
from bot.web.faults import note
from storage.errors import StorageAway, Unknown

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DOORKEEPER = web.AppKey("doorkeeper", Doorkeeper)
DOOR_SECRET = web.RequestKey("door_secret", str)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie(request: web.Request) -> str | None:
    """The session's secret, if the browser has one."""
    return request.cookies.get(doorway.cookie_name(request.config_dict[HOUSE]))


def set_cookie(response: web.StreamResponse, house: House, secret: str) -> None:
    put_cookie(response, house, doorway.cookie_name(house), secret, doorway.COOKIE_SECONDS)


def put_cookie(
    response: web.StreamResponse, house: House, name: str, value: str, seconds: int | None
) -> None:
    """A cookie out of reach for scripts and other sites. Without `seconds` it ends with the
    browser."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=doorway.is_https(house),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: web.StreamResponse, house: House, name: str | None = None) -> None:
    response.del_cookie(
        name or doorway.cookie_name(house),
        path="/",
        secure=doorway.is_https(house),
        httponly=True,
        samesite="Lax",
    )


def device(request: web.Request) -> str:
    """The browser in a few words."""
    return describe(request.headers.get("User-Agent", ""))


def go(address: str) -> web.Response:
    """On to another page, after something was done."""
    return web.Response(status=303, headers={"Location": address})


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Deny by default. What went wrong further in becomes a page that loses nothing typed."""
    try:
        return await _pass(request, handler)
    except GlassUnbroken:
        return await cover.pane(request)
    except Unknown:
        return not_found(request)
    except NotFresh:
        return render(request, "not_fresh.html", {}, status=403)
    except TooBusy:
        log.warning("passwords_busy")
        return render(request, "busy.html", {}, status=503)
    except web.HTTPException as error:
        if error.status in (404, 405):
            return not_found(request)
        if error.status == 413:
            return render(request, "too_large.html", {}, status=413)
        raise
    except StorageAway:
        log.warning("desk_without_database")
        return render(request, "away.html", {"typed": typed(request.get(FIELDS, {}))}, status=503)
    except Exception as error:
        again = {"typed": typed(request.get(FIELDS, {})), "reference": note(request, error)}
        return render(request, "wrong.html", again, status=500)


async def _pass(request: web.Request, handler: Handler) -> web.StreamResponse:
    route = request.match_info.route.name or ""
    unsafe, big = request.method not in ("GET", "HEAD"), False
    fields: dict[str, str] = {}
    if unsafe:
        big = handing_in.has_files(request, route)
        fields = request[FIELDS] = {} if big else await read_fields(request)
        if doorway.is_from_elsewhere(request.config_dict[HOUSE], request.host, request.headers):
            log.warning("form_from_elsewhere", route=route)
            return render(request, "elsewhere.html", {}, status=403)
    if doorway.is_halfway(route):
        return await _halfway(request, handler, unsafe)
    if doorway.is_open(route):
        return await _before_the_door(request, handler, unsafe)
    staff = await _admitted(request, route)
    if staff is None:
        if not unsafe or route == "desk.sign_out":
            raise web.HTTPSeeOther("/desk/sign-in")
        return render(request, "signed_out.html", {"typed": typed(fields)}, status=403)
    request[ADMITTED] = staff
    if unsafe and big:  # read only now that somebody is admitted
        fields[TOKEN] = await handing_in.token_of(request)
    if unsafe and not doorway.is_token(staff, fields.get(TOKEN, "")):
        # Most likely a form from before a new sign-in: shown again, nothing is done yet.
        return render(request, "again.html", {"typed": typed(fields)}, status=403)
    return await handler(request)


async def _before_the_door(
    request: web.Request, handler: Handler, unsafe: bool
) -> web.StreamResponse:
    """Nobody is signed in: the form belongs to the browser that was given it. Else another site
    could sign somebody in as somebody else, and read what they write there."""
    house = request.config_dict[HOUSE]
    name = doorway.door_cookie_name(house)
    kept = request.cookies.get(name, "")
    secret = kept if _SECRET.fullmatch(kept) else secrets.token_urlsafe(32)
    request[DOOR_SECRET] = secret
    request[DOOR_TOKEN] = expected = doorway.door_token(house, secret)
    if unsafe and not doorway.is_same(expected, request[FIELDS].get(TOKEN, "")):
        response: web.StreamResponse = render(request, "once_more.html", {}, status=403)
    else:
        response = await handler(request)
    if secret != kept and response.content_type == "text/html":
        put_cookie(response, house, name, secret, None)
    return response


async def _halfway(request: web.Request, handler: Handler, unsafe: bool) -> web.StreamResponse:
    """For whoever is on the way to be signed in, and for nobody else."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request), now()
    half = await request.config_dict[STORE].read(
        lambda db: second_factor.halfway(db, house, secret, moment)
    )
    if half is None:
        raise web.HTTPSeeOther("/desk/")  # whoever is signed in is there, all others at its door
    request[HALFWAY] = half
    if unsafe and not doorway.is_same(half.form_token, request[FIELDS].get(TOKEN, "")):
        return render(request, "once_more.html", {}, status=403)
    return await handler(request)


async def admitted(request: web.Request) -> Admitted | None:
    """Who still is, while a page goes on. Asking is no use of the session: it ends in its time."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request), now()
    wanted = asked(request)
    found = await request.config_dict[STORE].read(
        lambda db: admit(db, house, secret, wanted, moment)
    )
    return found if isinstance(found, Admitted) else None


async def _admitted(request: web.Request, route: str) -> Admitted | None:
    """Who is admitted; none if signed out. `Unknown` if the page is not for them, `GlassUnbroken`
    if it is once they say why they need it."""
    house, store, secret, moment = (
        request.config_dict[HOUSE],
        request.config_dict[STORE],
        cookie(request),
        now(),
    )
    if not all(part.isprintable() for part in request.match_info.values()):
        raise Unknown("an id with control characters")
    wanted = asked(request)
    found = await store.read(lambda db: admit(db, house, secret, wanted, moment))
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
            # What a page asks by itself is no use: else an open page would keep one signed in.
            if found.touch and secret is not None and route != "desk.news":
                await store.write(lambda db: signing_in.note_use(db, house, secret, moment))
            return found


def not_found(request: web.Request) -> web.Response:
    """The same page for what isn't there and for what is not theirs."""
    return render(request, "not_found.html", {}, status=404)
