"""When we fail: the log gets what happened and a reference, the reader the reference alone.

A reader tells it to whoever runs Sayso, who finds the one line of the log. It means nothing else.
"""

import secrets

import structlog
from aiohttp import web

from bot.where import without_text

log = structlog.get_logger()

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Eight symbols that can be read out over the phone, such as `7QX2-M9KD`."""
    symbols = "".join(secrets.choice(_SYMBOLS) for _ in range(8))
    return f"{symbols[:4]}-{symbols[4:]}"


def note(request: web.Request, error: Exception) -> str:
    """Log what went wrong, and give the reference to show.

    Where it happened, not the error's text, nor the address: those may hold what was said, or the
    secret of a link.
    """
    reference = new_reference()
    log.error(
        "request_failed",
        reference=reference,
        route=route_of(request),
        method=request.method,
        **without_text(error),
    )
    return reference


def route_of(request: web.Request) -> str:
    """The address as it stands in the router (`/desk/reviews/{review_id}`), without what a request
    put in it."""
    resource = request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical
