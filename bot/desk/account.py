"""One's own account: how one signs in, and where one is signed in."""

from aiohttp import web

from bot.desk.door import DOORKEEPER, cookie, drop_cookie, go, set_cookie
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.desk.second_factor import CODE_WRONG, svg
from bot.service import accounts, doorway, passkeys, second_factor
from bot.service.accounts import Account
from bot.web.context import HOUSE, STORE, now

_PAGE = "/desk/account"
_WAYS = {
    "password": "with your password",
    "passkey": "with a passkey",
    "council": "with your council account",
    "link": "with a link",
    "demo": "with a demo link",
}
_DONE = {
    "password": "Your password is changed. You are signed out everywhere else.",
    "app": "Your app is set up. You are signed out everywhere else.",
    "passkey": "The passkey is kept.",
    "removed": "The passkey is removed.",
    "ended": "That session is ended.",
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/account`"""
    return await _show(request)


async def _show(
    request: web.Request, field: str = "", problem: str = "", status: int = 200
) -> web.Response:
    found = await _account(request)
    house = request.config_dict[HOUSE]
    values = {
        "account": found,
        "ways": _WAYS,
        "passkeys": passkeys.work_here(house),
        "done": _DONE.get(request.query.get("done", "")),
        "wrong": field,
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": f"#{field}"}],
        "problem_title": "Nothing was changed",
    }
    return render(request, "account.html", values, status=status)


async def _account(request: web.Request) -> Account:
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    return await request.config_dict[STORE].read(
        lambda db: accounts.account(db, house, secret, moment)
    )


async def password(request: web.Request) -> web.Response:
    """`POST /desk/account/password`: another password."""
    house, store = request.config_dict[HOUSE], request.config_dict[STORE]
    secret, staff, keeper = cookie(request) or "", request[ADMITTED], request.app[DOORKEEPER]
    before, chosen = now(), request[FIELDS].get("password", "")
    await store.read(lambda db: accounts.require_fresh(db, house, secret, before))
    email = (await _account(request)).email or ""
    fault = doorway.password_fault(house, chosen, (staff.name, email))
    if fault is not None:
        return await _show(request, "password", fault, 422)
    hashed = await keeper.passwords.hash(chosen)
    moment = now()
    renewed = await store.write(
        lambda db: accounts.change_password(db, house, secret, hashed, moment)
    )
    response = go(f"{_PAGE}?done=password")
    set_cookie(response, house, renewed)
    return response


async def app(request: web.Request) -> web.Response:
    """`GET /desk/account/app`: set up an app, instead of the one before."""
    return await _app(request)


async def _app(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    await request.config_dict[STORE].read(
        lambda db: accounts.require_fresh(db, house, secret, moment)
    )
    values = {
        "seed": second_factor.offered_seed(house, secret),
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": "#code"}],
        "problem_title": "Nothing was changed",
    }
    return render(request, "account_app.html", values, status=status)


async def picture(request: web.Request) -> web.Response:
    """`GET /desk/account/app.svg`: the picture that the app's camera reads."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    await request.config_dict[STORE].read(
        lambda db: accounts.require_fresh(db, house, secret, moment)
    )
    found = await _account(request)
    return svg(second_factor.picture(house, secret, found.email or request[ADMITTED].name))


async def app_kept(request: web.Request) -> web.Response:
    """`POST /desk/account/app`: the new app's first code."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    code = request[FIELDS].get("code", "")
    renewed = await request.config_dict[STORE].write(
        lambda db: accounts.change_app(db, house, secret, code, moment)
    )
    if renewed is None:
        return await _app(request, CODE_WRONG, 422)
    response = go(f"{_PAGE}?done=app")
    set_cookie(response, house, renewed)
    return response


async def challenge(request: web.Request) -> web.Response:
    """`POST /desk/account/passkey/options`: what the browser is asked, to make a passkey."""
    house, staff, secret, moment = (
        request.config_dict[HOUSE],
        request[ADMITTED],
        cookie(request) or "",
        now(),
    )
    bound_to = passkeys.bound_to_session(house, secret)
    asked = await request.config_dict[STORE].write(
        lambda db: passkeys.ask_to_make(db, house, staff.staff_id, bound_to, moment)
    )
    return web.Response(text=asked, content_type="application/json")


async def passkey(request: web.Request) -> web.Response:
    """`POST /desk/account/passkey`: the browser's answer."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    text = request[FIELDS].get("passkey", "")
    kept = await request.config_dict[STORE].write(
        lambda db: accounts.add_passkey(db, house, secret, text, moment)
    )
    if not kept:
        return await _show(request, "add-passkey", "No passkey was made. Try again.", 422)
    return go(f"{_PAGE}?done=passkey")


async def passkey_removed(request: web.Request) -> web.Response:
    """`POST /desk/account/passkeys/<id>/remove`"""
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    passkey_id = request.match_info["passkey_id"]
    gone = await request.config_dict[STORE].write(
        lambda db: accounts.remove_passkey(db, house, secret, passkey_id, moment)
    )
    if not gone:
        text = "It is your only second factor, or not there any more. Set up an app first."
        return await _show(request, "passkeys", text, 422)
    return go(f"{_PAGE}?done=removed")


async def codes(request: web.Request) -> web.Response:
    """`POST /desk/account/codes`: ten new recovery codes, shown once."""
    house, secret, moment = request.config_dict[HOUSE], cookie(request) or "", now()
    made = await request.config_dict[STORE].write(
        lambda db: accounts.new_codes(db, house, secret, moment)
    )
    return render(request, "codes.html", {"codes": made, "on": _PAGE})


async def session_ended(request: web.Request) -> web.Response:
    """`POST /desk/account/sessions/<id>/end`"""
    house, staff, moment = request.config_dict[HOUSE], request[ADMITTED], now()
    session_id = request.match_info["session_id"]
    await request.config_dict[STORE].write(
        lambda db: accounts.end_session(db, house, staff.staff_id, session_id, moment)
    )
    return go(f"{_PAGE}?done=ended")


async def everywhere(request: web.Request) -> web.Response:
    """`POST /desk/account/sign-out-everywhere`"""
    house, staff, moment = request.config_dict[HOUSE], request[ADMITTED], now()
    await request.config_dict[STORE].write(
        lambda db: accounts.sign_out_everywhere(db, house, staff.staff_id, moment)
    )
    response = go("/desk/sign-in")
    drop_cookie(response, house)
    return response
