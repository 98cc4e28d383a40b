"""Signing in, by link, password or passkey; and out."""

from typing import Any

from aiohttp import web

from bot.desk.door import (
    DOOR_SECRET,
    DOORKEEPER,
    cookie,
    device,
    drop_cookie,
    go,
    set_cookie,
)
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.service import doorway, passkeys, signing_in
from bot.service.passkeys import Purpose
from bot.web.context import HOUSE, STORE, now

WRONG = "The e-mail address or the password is wrong."
PASSKEY_WRONG = "That passkey did not work here. Try again, or sign in with your password."


def sign_in_page(
    request: web.Request,
    *,
    bad_link: bool = False,
    problem: str = "",
    field: str = "email",
    email: str = "",
    status: int = 200,
) -> web.Response:
    """How to sign in, and what went wrong with it."""
    house = request.config_dict[HOUSE]
    values = {
        "bad_link": bad_link,
        "problems": [problem] if problem else [],
        "problem_links": [{"text": problem, "href": f"#{field}"}],
        "problem_title": "You are not signed in",
        "wrong": field if problem else "",
        "email": email,
        "council_sign_in": request.app[DOORKEEPER].provider is not None,
        "passkeys": passkeys.work_here(house),
    }
    return render(request, "sign_in.html", values, status=status)


async def page(request: web.Request) -> web.Response:
    """`GET /desk/sign-in`: how to sign in."""
    return sign_in_page(request)


async def password(request: web.Request) -> web.Response:
    """`POST /desk/sign-in`: e-mail and password. The same answer, after the same time, whoever it
    is and whatever was wrong."""
    house, store, keeper = (
        request.config_dict[HOUSE],
        request.config_dict[STORE],
        request.app[DOORKEEPER],
    )
    fields, browser = request[FIELDS], device(request)
    email, given = fields.get("email", "")[:254], fields.get("password", "")
    wait = keeper.wait_for_password(email, request.remote or "")
    if wait:
        return later(request, wait)
    who = await store.read(lambda db: signing_in.known(db, house, email))
    right = await keeper.passwords.matches(who.password, given)
    moment = now()
    secret = await store.write(
        lambda db: signing_in.by_password(db, house, who, moment, right=right, device=browser)
    )
    if secret is None:
        return sign_in_page(request, problem=WRONG, email=email, status=422)
    keeper.password_was_right(email, request.remote or "")
    response = go("/desk/second-factor")
    set_cookie(response, house, secret)
    return response


def later(request: web.Request, seconds: int) -> web.Response:
    """Too many tries: when the next one counts."""
    minutes = -(-seconds // 60)
    response = render(request, "later.html", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


async def link(request: web.Request) -> web.Response:
    """`GET /desk/sign-in/<token>`: a demo's link signs in at once. A real one works only once, so
    it asks for a tap first: mail scanners open every link they see."""
    house = request.config_dict[HOUSE]
    if await request.config_dict[STORE].read(lambda db: signing_in.one_click(db, house)):
        return await by_link(request)
    return render(request, "use_link.html", {})


async def by_link(request: web.Request) -> web.Response:
    """`POST /desk/sign-in/<token>`: use the link."""
    house, moment, browser = request.config_dict[HOUSE], now(), device(request)
    token, here = request.match_info["token"], _is_this_machine(request)
    used = await request.config_dict[STORE].write(
        lambda db: signing_in.by_link(db, house, token, moment, this_machine=here, device=browser)
    )
    if used is None:
        return sign_in_page(request, bad_link=True, status=404)
    response = go("/desk/" if used.signed_in else "/desk/second-factor")
    set_cookie(response, house, used.secret)
    return response


async def challenge(request: web.Request) -> web.Response:
    """`POST /desk/sign-in/passkey/options`: what the browser's passkeys are asked."""
    house, moment = request.config_dict[HOUSE], now()
    bound_to = passkeys.bound_to_door(house, request[DOOR_SECRET])
    asked = await request.config_dict[STORE].write(
        lambda db: passkeys.ask_to_use(db, house, Purpose.DOOR, bound_to, moment)
    )
    return web.Response(text=asked, content_type="application/json")


async def passkey(request: web.Request) -> web.Response:
    """`POST /desk/sign-in/passkey`: the browser's answer. A passkey alone is both factors."""
    house, moment, browser = request.config_dict[HOUSE], now(), device(request)
    text, door_secret = request[FIELDS].get("passkey", ""), request[DOOR_SECRET]
    secret = await request.config_dict[STORE].write(
        lambda db: passkeys.sign_in(db, house, text, door_secret, moment, browser)
    )
    if secret is None:
        return sign_in_page(request, problem=PASSKEY_WRONG, field="use-passkey", status=422)
    response = go("/desk/")
    set_cookie(response, house, secret)
    return response


async def out(request: web.Request) -> web.Response:
    """`POST /desk/sign-out`"""
    house, staff, secret, moment = (
        request.config_dict[HOUSE],
        request[ADMITTED],
        cookie(request) or "",
        now(),
    )
    await request.config_dict[STORE].write(
        lambda db: signing_in.sign_out(db, house, secret, staff.staff_id, moment)
    )
    response = go("/desk/sign-in")
    drop_cookie(response, house)
    return response


def _is_this_machine(request: web.Request) -> bool:
    """By the connection itself, not by what a header says of it."""
    transport = request.transport
    peer: Any = transport.get_extra_info("peername") if transport is not None else None
    address = peer[0] if isinstance(peer, tuple) else None
    return doorway.is_this_machine(
        request.config_dict[HOUSE], address, request.host, request.headers
    )
