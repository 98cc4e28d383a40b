"""Whether a form was sent from our own page. Pure; the session's token is asked for besides."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_from_elsewhere(headers: Mapping[str, str], hosts: frozenset[str]) -> bool:
    """Whether the browser says that another site sent this.

    `hosts`: our own names, with port. Every browser since 2023 sends `Sec-Fetch-Site` over https
    and to this machine, and every one since 2020 `Origin` with a form; a program that sends
    neither is stopped by the token alone. `Origin: null` is what a browser sends when a page hides
    where it is, so it decides nothing where `Sec-Fetch-Site` has spoken.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return True
    origin = headers.get("Origin")
    if origin is None or (origin == "null" and site == "same-origin"):
        return False
    try:
        return urlsplit(origin).netloc not in hosts
    except ValueError:  # half an IPv6 address
        return True
