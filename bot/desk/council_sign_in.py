"""Out to the council's own sign-in, and back."""

import structlog
from aiohttp import web

from bot.desk.door import DOORKEEPER, device, drop_cookie, go, put_cookie, set_cookie
from bot.desk.render import render
from bot.service import council_sign_in
from bot.service.council_sign_in import (
    VISIT,
    Arrived,
    HostileToken,
    NotHere,
    Provider,
    ProviderAway,
    ProviderRefused,
)
from bot.web.context import HOUSE, STORE, now

log = structlog.get_logger()


async def out(request: web.Request) -> web.Response:
    """`GET /desk/sign-in/council`: to the council's sign-in."""
    house, provider, moment = request.config_dict[HOUSE], _provider(request), now()
    visit = council_sign_in.new_visit(house)
    try:
        address = await provider.address(visit)
    except ProviderAway as error:
        return _away(request, error)
    await request.config_dict[STORE].write(
        lambda db: council_sign_in.set_out(db, house, visit, moment)
    )
    response = go(address)
    name, seconds = council_sign_in.cookie_name(house), int(VISIT.total_seconds())
    put_cookie(response, house, name, visit.secret, seconds)
    return response


async def back(request: web.Request) -> web.Response:
    """`GET /desk/sign-in/council/back?code=…&state=…`: who is it, and may they?"""
    response = await _back(request)
    drop_cookie(
        response,
        request.config_dict[HOUSE],
        council_sign_in.cookie_name(request.config_dict[HOUSE]),
    )
    return response


async def _back(request: web.Request) -> web.Response:
    house, store, provider = (
        request.config_dict[HOUSE],
        request.config_dict[STORE],
        _provider(request),
    )
    secret = request.cookies.get(council_sign_in.cookie_name(house), "")
    visit = council_sign_in.visit_of(house, secret)
    code, state, moment = request.query.get("code", ""), request.query.get("state", ""), now()
    ours = await store.write(lambda db: council_sign_in.come_back(db, house, visit, state, moment))
    if not ours or not code or len(code) > 4096:
        return await _refused(request, "visit" if not ours else "no_code")
    try:
        identity = await council_sign_in.who_came(provider, visit, code, moment)
    except ProviderAway as error:
        return _away(request, error)
    except ProviderRefused:
        return await _refused(request, "code")
    except HostileToken as error:
        return await _refused(request, error.why.value)
    browser, arrived_at = device(request), now()
    arrived = await store.write(
        lambda db: council_sign_in.arrive(db, house, identity, arrived_at, browser)
    )
    match arrived:
        case NotHere():
            log.warning("council_sign_in_refused", why=arrived.value)
            return render(request, "council_refused.html", {"why": arrived.value}, status=403)
        case Arrived():
            response = go("/desk/" if arrived.signed_in else "/desk/second-factor")
            set_cookie(response, house, arrived.secret)
            return response


def _provider(request: web.Request) -> Provider:
    provider = request.app[DOORKEEPER].provider
    if provider is None:
        raise web.HTTPNotFound
    return provider


async def _refused(request: web.Request, why: str) -> web.Response:
    house, moment = request.config_dict[HOUSE], now()
    log.warning("council_sign_in_refused", why=why)
    await request.config_dict[STORE].write(
        lambda db: council_sign_in.refused(db, house, why, moment)
    )
    return render(request, "council_refused.html", {"why": "proof"}, status=403)


def _away(request: web.Request, error: ProviderAway) -> web.Response:
    log.warning("council_sign_in_away", why=str(error))
    return render(request, "council_away.html", {}, status=503)
