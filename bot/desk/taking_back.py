"""What a young person took back of what somebody at the desk had read."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.service import taking_back
from bot.web.context import STORE


async def seen(request: web.Request) -> web.Response:
    """`POST /desk/taken-back`: they have seen their notice. A form of nobody's does nothing."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    version = fields.get("version", "")
    if version.isascii() and version.isdigit() and len(version) < 6:
        which = (fields.get("contribution", "")[:36], int(version))
        await request.config_dict[STORE].write(
            lambda db: taking_back.seen(db, house, staff, wanted, which, moment)
        )
    raise web.HTTPSeeOther("/desk/")
