"""What a form at the desk carried."""

from collections.abc import Mapping

from aiohttp import web

from bot.web.forms import FormUnreadable, read_form

TOKEN = "token"  # noqa: S105 - a field's name
_SECRETS = frozenset({"password", "code", "passkey"})
FIELDS = web.RequestKey("fields", dict[str, str])


async def read_fields(request: web.Request) -> dict[str, str]:
    """The posted fields, of each the first. Line ends as LF; what no database takes (NUL, lone
    surrogates) as U+FFFD. A body that is no form counts as an empty one."""
    try:
        form = await read_form(request)
    except FormUnreadable:
        return {}
    return {_clean(name): _clean(values[0]) for name, values in form.fields.items()}


def _clean(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return lines.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def typed(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the person filled in, without our own token: to be offered again. A form with a
    password or a code in it is never offered again: those do not belong into a page."""
    if not _SECRETS.isdisjoint(fields):
        return []
    return [(name, value) for name, value in fields.items() if name != TOKEN]
