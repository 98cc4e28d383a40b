"""What a young person said aloud or showed: played and seen at the desk, and said to be heard."""

from aiohttp import web

from bot.desk.addresses import alert_url, review_url
from bot.desk.asking import act_of
from bot.service import listening
from bot.service.listening import Opened
from bot.web.context import STORE
from conversations.attaching import ENDINGS


async def of_review(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/shown/<attachment>`: opening it is on record."""
    staff, house, wanted, moment = act_of(request)
    name = request.match_info["attachment_id"]
    return _served(
        await request.config_dict[STORE].write(
            lambda db: listening.open_of_review(db, house, staff, wanted, name, moment)
        )
    )


async def of_person(request: web.Request) -> web.Response:
    """`GET /desk/young-people/<id>/shown/<attachment>`: where it was shared with them."""
    staff, house, wanted, moment = act_of(request)
    name = request.match_info["attachment_id"]
    return _served(
        await request.config_dict[STORE].write(
            lambda db: listening.open_of_person(db, house, staff, wanted, name, moment)
        )
    )


async def of_alert(request: web.Request) -> web.Response:
    """`GET /desk/alerts/<id>/shown`: for whom the alert is."""
    staff, house, wanted, moment = act_of(request)
    return _served(
        await request.config_dict[STORE].write(
            lambda db: listening.open_of_alert(db, house, staff, wanted, moment)
        )
    )


async def heard_of_review(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/shown/<attachment>/heard`: I have listened, or looked."""
    staff, house, wanted, moment = act_of(request)
    name = request.match_info["attachment_id"]
    await request.config_dict[STORE].write(
        lambda db: listening.heard_of_review(db, house, staff, wanted, name, moment)
    )
    raise web.HTTPSeeOther(f"{review_url(wanted.review_id or '')}#shown-{name}")


async def heard_of_alert(request: web.Request) -> web.Response:
    """`POST /desk/alerts/<id>/heard`: the same from the alert."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: listening.heard_of_alert(db, house, staff, wanted, moment)
    )
    raise web.HTTPSeeOther(alert_url(wanted.alert_id or "") + ("" if first else "?late"))


def _served(opened: Opened) -> web.Response:
    """As what it is, and nothing else (`X-Content-Type-Options` is on every response)."""
    ending = ENDINGS[opened.media_type]
    return web.Response(
        body=opened.content,
        content_type=opened.media_type,
        headers={"Content-Disposition": f'inline; filename="sayso.{ending}"'},
    )
