"""Signing in and out."""

from typing import Any

from aiohttp import web

from bot.desk.door import cookie, drop_cookie, set_cookie
from bot.desk.render import ADMITTED, render
from bot.service import doorway, signing_in
from bot.web.context import HOUSE, STORE, now


async def page(request: web.Request) -> web.Response:
    """`GET /desk/sign-in`: how to sign in."""
    return render(request, "sign_in.html", {"bad_link": False})


async def link(request: web.Request) -> web.Response:
    """`GET /desk/sign-in/<token>`: a demo's link signs in at once. A real one works only once, so
    it asks for a tap first: mail scanners open every link they see."""
    house = request.config_dict[HOUSE]
    if await request.config_dict[STORE].read(lambda db: signing_in.one_click(db, house)):
        return await by_link(request)
    return render(request, "use_link.html", {})


async def by_link(request: web.Request) -> web.Response:
    """`POST /desk/sign-in/<token>`: use the link."""
    house, moment = request.config_dict[HOUSE], now()
    token, here = request.match_info["token"], _is_this_machine(request)
    secret = await request.config_dict[STORE].write(
        lambda db: signing_in.sign_in(db, house, token, moment, this_machine=here)
    )
    if secret is None:
        return render(request, "sign_in.html", {"bad_link": True}, status=404)
    response = web.Response(status=303, headers={"Location": "/desk/"})
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
    response = web.Response(status=303, headers={"Location": "/desk/sign-in"})
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
