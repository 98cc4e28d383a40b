"""The security headers of every response, errors included, in one place."""

from aiohttp import web

_FEATURES = (
    "accelerometer", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
_SPEAKING = frozenset({"microphone"})
"""What the chat alone may ask for: young people may say it aloud."""
_PASSKEYS = "publickey-credentials-create=(self), publickey-credentials-get=(self)"


def _permissions(allowed: frozenset[str]) -> str:
    own = {name: "(self)" if name in allowed else "()" for name in _FEATURES}
    return ", ".join((*(f"{name}={value}" for name, value in own.items()), _PASSKEYS))


def _policy(form_targets: tuple[str, ...]) -> str:
    """Everything from ourselves, nothing inline. `form_targets`: origins to which a form's answer
    may redirect, which browsers hold against `form-action` too."""
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self' blob:",  # blob: what was just recorded, to hear it before it is kept
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": " ".join(("'self'", *form_targets)),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def add_headers(app: web.Application, *, https: bool, form_targets: tuple[str, ...] = ()) -> None:
    """Put the headers on every response of `app` and what is mounted in it.

    `Referrer-Policy: same-origin`, not `no-referrer`: with that, browsers send `Origin: null` with
    our own forms. A response that sets `Cache-Control` itself (static files) keeps it.
    """
    headers = {
        "Content-Security-Policy": _policy(form_targets),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"

    permissions = {
        True: _permissions(_SPEAKING),
        False: _permissions(frozenset()),
    }

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)
        in_chat = request.path == "/chat" or request.path.startswith("/chat/")
        response.headers["Permissions-Policy"] = permissions[in_chat]
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.pop("Server", None)  # which version of what is nobody's business

    app.on_response_prepare.append(prepare)
