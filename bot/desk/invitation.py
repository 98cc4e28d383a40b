"""The invitation to one review: by which way it goes, to which address, and how far it is."""

from aiohttp import web
from markupsafe import Markup
from sqlalchemy import Connection

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import addresses, invited, letters
from bot.service import sending_invitations as sending
from bot.service.addresses import Fault
from bot.service.inviting import Refused, Sent
from bot.service.problems import Problem
from bot.web.context import MEANS, STORE
from storage.contact_addresses import Address, How
from storage.invitation_sendings import Way

_REFUSED = {
    Refused.NO_REASON: Problem("reason", "Say in a few words why they need a new invitation."),
    Refused.TOO_LONG: Problem("reason", "Shorten it to 500 letters."),
    Refused.NOT_CONFIRMED: Problem(
        "way", "Nobody has confirmed that this is their own. Ask them, then confirm it below."
    ),
    Refused.STOPPED: Problem("way", "They stopped messages there. Send a letter, or ask them."),
    Refused.NO_ADDRESS: Problem(
        "way",
        "They have no such number or address. Add it below and confirm it, or print a letter.",
    ),
    Refused.NOT_SET_UP: Problem(
        "way", "Your council has not set this way up. Print a letter, and tell council IT."
    ),
    Refused.TOO_YOUNG: Problem("way", "They are too young for Telegram. Print a letter."),
}
_FAULTS = {
    Fault.NOTHING: Problem("address", "Enter a mobile number or an e-mail address."),
    Fault.UNREADABLE: Problem(
        "address",
        "Enter a mobile number like 07700 900123, or an e-mail address like kai@example.org.",
    ),
    Fault.LANDLINE: Problem("address", "No text message arrives there. Enter a mobile number."),
    Fault.SOMEBODY_ELSES: Problem(
        "address",
        "Another young person has this one, so it is not theirs alone. Stop it there first if it "
        "is wrong, or print a letter.",
    ),
    Fault.THERE: Problem("address", "It stands there already."),
    Fault.TOO_MANY: Problem("address", f"They have {addresses.MOST} already. Nobody needs more."),
    Fault.NO_HOW: Problem("how", "Choose how you know that it is their own."),
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/invitation`"""
    return await _show(request)


async def picture(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/invitation/letter.png`: as it will be printed. Its code opens
    nothing, and none is made."""
    staff, house, wanted, moment = act_of(request)
    document = await request.config_dict[STORE].read(
        lambda db: sending.picture(db, house, staff, wanted, moment)
    )
    return web.Response(
        body=await request.config_dict[MEANS].paper(document),
        content_type="image/png",
        headers={"Cache-Control": "no-store"},
    )


async def send(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/invitation`: by letter the PDF, handed out this once; by message it
    leaves; for Telegram it is shown this once. Or that what did not arrive is dealt with."""
    staff, house, wanted, moment = act_of(request)
    fields, store = request[FIELDS], request.config_dict[STORE]
    if fields.get("do") == "dealt_with":
        await store.write(lambda db: invited.dealt_with(db, house, staff, wanted, moment))
        raise web.HTTPSeeOther(review_url(wanted.review_id or "", "invitation"))
    name, _, address_id = fields.get("way", "").partition(":")
    if name not in {one.value for one in Way}:
        problem = Problem("way", "Choose by which way they are invited.")
        return await _show(request, problem, fields.get("reason", ""))
    way, reason = Way(name), fields.get("reason", "")
    made = await store.write(
        lambda db: sending.at_desk(
            db, house, staff, wanted, way, address_id or None, reason, moment
        )
    )
    if isinstance(made, Refused):
        return await _show(request, _REFUSED[made], reason, fields.get("way", ""))
    if way is Way.LETTER:
        return await _letter(request, made)
    if way is Way.TELEGRAM:
        return await _show(request, handed=made)
    raise web.HTTPSeeOther(review_url(wanted.review_id or "", "invitation") + "?sent")


async def _letter(request: web.Request, made: Sent) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    document = await request.config_dict[STORE].write(
        lambda db: sending.letter(db, house, staff, wanted, made, moment)
    )
    return web.Response(
        body=await request.config_dict[MEANS].paper(document),
        content_type="application/pdf",
        headers={
            "Content-Disposition": 'attachment; filename="letter.pdf"',
            "Cache-Control": "no-store",
        },
    )


async def address(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/addresses`: add one, confirm it, or stop it."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    address_id, typed = fields.get("address_id", "")[:36], fields.get("address", "")

    def change(db: Connection) -> Address | Fault | None:
        match fields.get("do"):
            case "confirm":
                how = fields.get("how", "")
                return addresses.confirm(db, house, staff, wanted, address_id, how, moment)
            case "stop":
                addresses.stop(db, house, staff, wanted, address_id, moment)
                return None
            case _:
                return addresses.add(db, house, staff, wanted, typed, moment)

    found = await request.config_dict[STORE].write(change)
    if isinstance(found, Fault):
        return await _show(request, _FAULTS[found], typed=typed[:254])
    raise web.HTTPSeeOther(review_url(wanted.review_id or "", "invitation") + "#addresses")


async def _show(
    request: web.Request,
    problem: Problem | None = None,
    reason: str = "",
    way: str = "",
    *,
    typed: str = "",
    handed: Sent | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: invited.one(db, house, staff, wanted, moment)
    )
    start = (handed.invited.telegram_start if handed else "") or ""
    link = sending.telegram_link(house, start) if start else ""
    values = {
        "found": found,
        "reason": reason,
        "way": way,
        "typed": typed,
        "hows": list(How),
        "start": start,
        "link": link,
        "square": Markup(sending.square(link)) if link else "",  # noqa: S704 - of our own making
        "last_day": letters.last_day(house, moment),
        "sent": "sent" in request.query,
        "letter_picture": review_url(found.review.review_id, "invitation/letter.png"),
        **wrong(problem),
        "problem_title": "Nothing is sent yet",
    }
    return render(request, "invitation.html", values, status=422 if problem else 200)
