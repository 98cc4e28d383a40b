"""From halfway to signed in: choose a password, set up a second factor, give it."""

from aiohttp import web

from bot.desk.door import DOORKEEPER, device, drop_cookie, go, set_cookie
from bot.desk.forms import FIELDS
from bot.desk.render import HALFWAY, render
from bot.desk.sign_in import later
from bot.service import doorway, passkeys, second_factor
from bot.service.passkeys import Purpose
from bot.service.second_factor import SignedIn, Step
from bot.web.context import HOUSE, STORE, now

CODE_WRONG = "That code did not work. Each works once. Wait for the next one, then try again."
PASSKEY_WRONG = "That passkey did not work here. Try again, or use another way."
_ADDRESSES = {
    Step.PASSWORD: "/desk/join",
    Step.SET_UP: "/desk/second-factor/set-up",
    Step.GIVE: "/desk/second-factor",
    Step.ASK: "/desk/second-factor",
}


def _elsewhere(request: web.Request, *here: Step) -> web.Response | None:
    """On to the page of the step that they are at; none if this is it."""
    step = request[HALFWAY].step
    return None if step in here else go(_ADDRESSES[step])


async def join(request: web.Request) -> web.Response:
    """`GET /desk/join`: choose a password."""
    return _elsewhere(request, Step.PASSWORD) or _join(request)


def _join(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    values = {
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": "#password"}],
        "problem_title": "Nothing was kept yet",
    }
    return render(request, "join.html", values, status=status)


async def join_password(request: web.Request) -> web.Response:
    """`POST /desk/join`: keep the password."""
    if (on := _elsewhere(request, Step.PASSWORD)) is not None:
        return on
    house, half = request.config_dict[HOUSE], request[HALFWAY]
    chosen = request[FIELDS].get("password", "")
    fault = doorway.password_fault(house, chosen, (half.name, half.account))
    if fault is not None:
        return _join(request, fault, 422)
    hashed = await request.app[DOORKEEPER].passwords.hash(chosen)
    moment = now()
    secret = await request.config_dict[STORE].write(
        lambda db: second_factor.choose_password(db, house, half.secret, hashed, moment)
    )
    response = go("/desk/second-factor/set-up" if secret else "/desk/")
    if secret is not None:
        set_cookie(response, house, secret)
    return response


async def set_up(request: web.Request) -> web.Response:
    """`GET /desk/second-factor/set-up`: an app or a passkey."""
    return _elsewhere(request, Step.SET_UP) or _set_up(request)


def _set_up(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    house, half = request.config_dict[HOUSE], request[HALFWAY]
    values = {
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": "#code"}],
        "problem_title": "Nothing was kept yet",
        "seed": second_factor.offered_seed(house, half.secret),
        "passkeys": passkeys.work_here(house),
    }
    return render(request, "set_up.html", values, status=status)


async def picture(request: web.Request) -> web.Response:
    """`GET /desk/second-factor/app.svg`: the picture that the app's camera reads."""
    if (on := _elsewhere(request, Step.SET_UP)) is not None:
        return on
    house, half = request.config_dict[HOUSE], request[HALFWAY]
    return svg(second_factor.picture(house, half.secret, half.account))


def svg(picture: bytes) -> web.Response:
    return web.Response(body=picture, content_type="image/svg+xml", charset="utf-8")


async def set_up_app(request: web.Request) -> web.Response:
    """`POST /desk/second-factor/set-up`: the app's first code; then its owner is in."""
    if (on := _elsewhere(request, Step.SET_UP)) is not None:
        return on
    house, half, moment, browser = (
        request.config_dict[HOUSE],
        request[HALFWAY],
        now(),
        device(request),
    )
    code = request[FIELDS].get("code", "")
    entered = await request.config_dict[STORE].write(
        lambda db: second_factor.set_up_app(db, house, half.secret, code, moment, browser)
    )
    if entered is None:
        return _set_up(request, CODE_WRONG, 422)
    return _set_up_done(request, entered)


async def set_up_passkey(request: web.Request) -> web.Response:
    """`POST /desk/second-factor/set-up/passkey`: a new passkey; then its owner is in."""
    if (on := _elsewhere(request, Step.SET_UP)) is not None:
        return on
    house, half, moment, browser = (
        request.config_dict[HOUSE],
        request[HALFWAY],
        now(),
        device(request),
    )
    text = request[FIELDS].get("passkey", "")
    entered = await request.config_dict[STORE].write(
        lambda db: second_factor.set_up_passkey(db, house, half.secret, text, moment, browser)
    )
    if entered is None:
        return _set_up(request, PASSKEY_WRONG, 422)
    return _set_up_done(request, entered)


def _set_up_done(request: web.Request, entered: SignedIn) -> web.Response:
    """The recovery codes, once: they are kept nowhere."""
    response = render(request, "codes.html", {"codes": entered.codes, "on": "/desk/"})
    set_cookie(response, request.config_dict[HOUSE], entered.secret)
    return response


async def challenge(request: web.Request) -> web.Response:
    """`POST /desk/second-factor/passkey/options`: what the browser's passkeys are asked: to make a
    new one while a second factor is set up, else to answer."""
    house, half, moment = request.config_dict[HOUSE], request[HALFWAY], now()
    bound_to = passkeys.bound_to_session(house, half.secret)
    asked = await request.config_dict[STORE].write(
        lambda db: (
            passkeys.ask_to_make(db, house, half.staff_id, bound_to, moment)
            if half.step is Step.SET_UP
            else passkeys.ask_to_use(db, house, Purpose.HALF, bound_to, moment)
        )
    )
    return web.Response(text=asked, content_type="application/json")


async def page(request: web.Request) -> web.Response:
    """`GET /desk/second-factor`: give it."""
    return _elsewhere(request, Step.GIVE, Step.ASK) or _give(request)


def _give(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    values = {
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": "#code"}],
        "problem_title": "You are not signed in yet",
        "passkeys": passkeys.work_here(request.config_dict[HOUSE]),
        "nothing_set_up": request[HALFWAY].step is Step.ASK,
    }
    return render(request, "second_factor.html", values, status=status)


async def code(request: web.Request) -> web.Response:
    """`POST /desk/second-factor`: a code of the app, or a recovery code."""
    if (on := _elsewhere(request, Step.GIVE)) is not None:
        return on
    house, half, browser = request.config_dict[HOUSE], request[HALFWAY], device(request)
    keeper = request.app[DOORKEEPER]
    wait = keeper.wait_for_code(half.staff_id)
    if wait:
        return later(request, wait)
    moment, typed = now(), request[FIELDS].get("code", "")[:40]
    entered = await request.config_dict[STORE].write(
        lambda db: second_factor.give_code(db, house, half.secret, typed, moment, browser)
    )
    if entered is None:
        return _give(request, CODE_WRONG, 422)
    keeper.code_was_right(half.staff_id)
    return _in(request, entered)


async def passkey(request: web.Request) -> web.Response:
    """`POST /desk/second-factor/passkey`: one of their passkeys."""
    if (on := _elsewhere(request, Step.GIVE)) is not None:
        return on
    house, half, moment, browser = (
        request.config_dict[HOUSE],
        request[HALFWAY],
        now(),
        device(request),
    )
    text = request[FIELDS].get("passkey", "")
    entered = await request.config_dict[STORE].write(
        lambda db: second_factor.give_passkey(db, house, half.secret, text, moment, browser)
    )
    if entered is None:
        return _give(request, PASSKEY_WRONG, 422)
    return _in(request, entered)


def _in(request: web.Request, entered: SignedIn) -> web.Response:
    response = go("/desk/")
    set_cookie(response, request.config_dict[HOUSE], entered.secret)
    return response


async def give_up(request: web.Request) -> web.Response:
    """`POST /desk/second-factor/cancel`: not now."""
    house, half, moment = request.config_dict[HOUSE], request[HALFWAY], now()
    await request.config_dict[STORE].write(
        lambda db: second_factor.give_up(db, house, half.secret, moment)
    )
    response = go("/desk/sign-in")
    drop_cookie(response, house)
    return response
