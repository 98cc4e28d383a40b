"""The pages and states of inviting, each ready to be looked at."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.service import invitation_batches as making
from bot.service import inviting
from bot.service.inviting import By
from bot.web.context import now
from storage import contact_addresses
from storage import invitation_batches as batches
from storage import invitation_sendings as sendings
from storage.contact_addresses import Address, How
from storage.contact_addresses import Way as Kind
from storage.invitation_batches import Batch, Item, State
from storage.invitation_sendings import Way
from tests.delivery.notify import SETTINGS
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, IRIS, LENA
from tests.desk.running import Desk

WAITS, MADE, SAM, ZOE = "batch-waits", "batch-made", "R-sam", "R-zoe"
_NAMES = ("Ada Lovell", "Bo Tran", "Cleo Marsh", "Dee Fox")


def fill(db: Connection, desk: Desk) -> None:
    """Addresses in every state, what was sent and how it fared, a batch under way and one made."""
    house, at = desk.house, now()
    sets = house.settings.model_copy(update=SETTINGS)
    set_up = type(house)(house.council, house.keys, sets)
    northborough.add(db, house, SAM, "Sam Idowu", 17, AMINA, meeting=10, due=12)
    northborough.add(db, house, ZOE, "Zoë Achterberg-Montgomery", 15, AMINA, meeting=11, due=13)
    for number, name in enumerate(_NAMES):
        northborough.add(
            db, house, f"R-due-{number}", name, 6 + number * 4, AMINA, meeting=20 + number, due=30
        )
    for one, way, address, how in (
        ("a1", Kind.SMS, "+447700900123", How.ASKED),
        ("a2", Kind.EMAIL, "sam.idowu.long-address-for-a-telephone@college.example.org", None),
        ("a3", Kind.SMS, "+447700900456", How.WORKER),
    ):
        made = Address(one, f"person-{SAM}", way, address, f"staff:{IRIS}", at)
        contact_addresses.add(db, house.keys, house.id, made)
        if how is not None:
            contact_addresses.confirm(db, house.id, one, f"staff:{IRIS}", how, at)
    contact_addresses.stop(db, house.id, "a3", f"young_person:person-{SAM}", at)
    sent = inviting.send(
        db, set_up, SAM, Way.SMS, "a1", By(f"staff:{IRIS}"), at - timedelta(days=3)
    )
    assert isinstance(sent, inviting.Sent)
    sendings.sent(db, house.id, sent.sending_id, at - timedelta(days=3), "n")
    inviting.bounced(db, house, sent.sending_id, "permanent-failure", at - timedelta(days=2))
    inviting.send(db, house, ZOE, Way.LETTER, None, By(f"staff:{IRIS}"), at)
    for batch_id, ids in ((WAITS, ("R-due-0", "R-due-1", LENA)), (MADE, ("R-due-2", "R-due-3"))):
        batch = Batch(batch_id, f"staff:{IRIS}", at, 4, State.WAITING)
        items = [
            Item(batch_id, number, one, f"person-{one}", Way.LETTER)
            for number, one in enumerate(ids, 1)
        ]
        batches.add(db, house.id, batch, items)
        if batch_id == MADE:
            for item in batches.take(db, house.id, batch_id, 1):
                making._make_one(db, house, batch, item, at)
            (left,) = batches.take(db, house.id, batch_id, 1)
            batches.left_out(db, house.id, left, "invited")
            batches.all_made(db, house.id, batch_id, at)


STATES = (
    ("invitations", IRIS, "/desk/invitations"),
    ("invitations, none fits", IRIS, "/desk/invitations?state=used&way=email"),
    ("invitations of a pathway officer", DEV, "/desk/invitations"),
    ("inviting all who are due", IRIS, "/desk/invitations/due?weeks=4"),
    ("inviting, no number of weeks", IRIS, "/desk/invitations/due?weeks=soon"),
    ("inviting, nobody is due", DEV, "/desk/invitations/due?weeks=1"),
    ("invitations under way", IRIS, f"/desk/invitations/batch?batch={WAITS}"),
    ("invitations made, letters to print", IRIS, f"/desk/invitations/batch?batch={MADE}"),
    ("letters that one started", IRIS, "/desk/invitations/batch"),
    ("letters, none started", DEV, "/desk/invitations/batch"),
    ("an invitation that did not arrive", IRIS, f"/desk/reviews/{SAM}/invitation"),
    ("a first invitation with its letter", AMINA, "/desk/reviews/R-due-1/invitation"),
)
