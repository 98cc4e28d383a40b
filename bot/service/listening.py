"""*Please listen*, *please look*: what is sent as sound or a picture waits for a person, who says
that they have heard or seen it. Unheard after the council's time it escalates like an alert.

Taken back, it still waits: words are read for danger when they are written, and whoever takes them
back takes back no alert; sound and pictures are heard and seen by nobody but the person for whom
they wait. That person plays it once from the item, for this alone, and nobody after them does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.service import alerts, reading, shared
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from conversations.attaching import Attachment
from storage import alerts as kept_alerts
from storage import attachments, audit
from storage.alerts import Outcome
from storage.conversations import Kept
from storage.errors import Unknown

OPENED = "attachment_opened"
"""The audit's word for playing or looking at one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser at the desk plays or shows."""

    media_type: str
    content: bytes


def ask(
    db: Connection, house: House, kept: Kept, sent: Iterable[Attachment], now: datetime
) -> None:
    """Each that is sent for the first time waits for whoever runs the review."""
    media = {one.id: one.medium for one in sent}
    if not media:
        return
    for attachment_id in attachments.mark_sent(db, house.id, media, now):
        alert_id = alerts.ask_to_listen(db, house, kept, media[attachment_id], now)
        attachments.set_alert(db, house.id, attachment_id, alert_id)


def open_of_review(
    db: Connection, house: House, staff: Admitted, asked: Asked, attachment_id: str, now: datetime
) -> Opened:
    """For whoever may read the answer that it belongs to; that it was opened is on record.
    `Unknown`."""
    one = _of_review(db, house, staff, asked, attachment_id)
    return _opened(db, house, staff, one, now)


def heard_of_review(
    db: Connection, house: House, staff: Admitted, asked: Asked, attachment_id: str, now: datetime
) -> bool:
    """They have listened or looked; False if somebody had before. `Unknown`."""
    return _heard(db, house, staff, _of_review(db, house, staff, asked, attachment_id), now)


def open_of_person(
    db: Connection, house: House, staff: Admitted, asked: Asked, attachment_id: str, now: datetime
) -> Opened:
    """For the worker with whom its answer was shared. `Unknown`."""
    require(db, house, staff, asked)
    if attachment_id not in shared.attachments_for(db, house, staff, asked.person_id or ""):
        raise Unknown(f"attachment {attachment_id} shared with {staff.staff_id}")
    return _opened(db, house, staff, attachments.get(db, house.id, attachment_id), now)


def open_of_alert(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> Opened:
    """For whom the alert is that asks for it: the officer, and the duty team once it is late.
    `Unknown`, also of what was taken back and somebody has heard or seen since."""
    one = _of_alert(db, house, staff, asked, now)
    if one.heard_at is not None and reading.is_hidden(db, house, one.review_id, one.attachment_id):
        raise Unknown(f"attachment {one.attachment_id} that was taken back")
    return _opened(db, house, staff, one, now)


def heard_of_alert(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> bool:
    """They have listened or looked; False if somebody had before. `Unknown`."""
    return _heard(db, house, staff, _of_alert(db, house, staff, asked, now), now)


def _of_review(
    db: Connection, house: House, staff: Admitted, asked: Asked, attachment_id: str
) -> attachments.Kept:
    require(db, house, staff, asked)
    review_id = asked.review_id or ""
    one = attachments.get(db, house.id, attachment_id)
    sees = one.sent_at is not None and one.review_id == review_id
    if not sees or attachment_id not in reading.attachments_for(db, house, review_id, staff.role):
        raise Unknown(f"attachment {attachment_id} of review {review_id}")
    return one


def _of_alert(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> attachments.Kept:
    alert = alerts.one_for(db, house, staff, asked, now)
    return attachments.of_alert(db, house.id, alert.alert_id, alert.review_id)


def _opened(
    db: Connection, house: House, staff: Admitted, one: attachments.Kept, now: datetime
) -> Opened:
    _note(db, house, staff, one, OPENED, now)
    return Opened(one.about.media_type, attachments.content(db, house.id, one))


def _heard(
    db: Connection, house: House, staff: Admitted, one: attachments.Kept, now: datetime
) -> bool:
    if not attachments.hear(db, house.id, one.attachment_id, staff.staff_id, now):
        return False
    _note(db, house, staff, one, "attachment_heard", now)
    if one.alert_id is not None:
        alert = kept_alerts.get(db, house.id, one.alert_id)
        kept_alerts.acknowledge(db, house.id, alert.alert_id, staff.staff_id, now)
        kept_alerts.close(db, house.id, alert, Outcome.HEARD, "", staff.staff_id, now)
    return True


def _note(
    db: Connection, house: House, staff: Admitted, one: attachments.Kept, act: str, now: datetime
) -> None:
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act=act,
        subject=f"review:{one.review_id}",
        detail=named(one.medium.value, one.attachment_id),
    )


def named(medium: str, attachment_id: str) -> str:
    """One as the audit names it."""
    return f"{medium} {attachment_id}"
