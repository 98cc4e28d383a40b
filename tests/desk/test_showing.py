"""At the desk: what was said aloud or shown is played and seen by whom its answer is for, and a
person says that they have listened or looked."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.desk.routes import ROUTES
from bot.service import attaching, duty, invitations, ringing
from bot.service.council import Contact, Duty
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.made import Made
from bot.web.context import now
from conversations.attaching import Attachment, Medium
from conversations.hearing import Attached, Chosen, Command, Heard, Name
from storage import alert_calls, alerts, attachments, erasing
from storage.alerts import Alert, Outcome, Team
from storage.tables import alerts as alerts_table
from storage.tables import audit
from tests.desk.northborough import AMINA, DEV, GRACE, KAI, MAYA, RUTH, TOM
from tests.desk.running import Browser, Desk
from tests.desk.test_roles import DUTY, IT, SUPPORT, WORKER, people_of_every_role
from tests.media import files

PICTURE = Made(Medium.PICTURE, "image/png", files.drawing())
SOUND = Made(Medium.VOICE, "audio/mpeg", files.sound("mp3"), 12)
_ANY = Attachment("", Medium.VOICE, "audio/mpeg", "", 0)


def show(
    db: Connection, desk: Desk, review_id: str, *made: Made, choice: str = "officer",
    at: datetime | None = None, question: str = "well.what",
) -> str:  # fmt: skip
    """A young person shows something to a question and sends it; their conversation's id."""
    house, moment = desk.house, at or now()
    talk = invitations.conversation_of(house, review_id)

    def says(heard: Heard) -> None:
        message = Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard, reads=lambda _: True)
        hear(db, house, message, moment)

    says(Chosen(option=f"@change:{question}"))
    for one in made:
        heard = Attached(attachment=_ANY, to=question)
        message = Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard)
        attaching.attach(db, house, message, one, moment)
    audience = f"{question.partition('.')[0]}.audience"
    says(Chosen(option=f"@change:{audience}"))
    says(Chosen(option=choice, to=audience))
    says(Chosen(option="@check"))
    says(Command(name=Name.SEND))
    return talk


async def shows(desk: Desk, review_id: str, *made: Made, **how: str) -> list[attachments.Kept]:
    def sent(db: Connection) -> list[attachments.Kept]:
        talk = show(db, desk, review_id, *made, **how)  # type: ignore[arg-type]
        return attachments.of_conversation(db, desk.house.id, talk)

    return await desk.store.write(sent)


async def signed_in(desk: Desk, staff_id: str) -> Browser:
    if not desk.browsers:
        await desk.store.write(lambda db: people_of_every_role(db, desk))
    return await desk.signed_in(staff_id)


async def alert_of(desk: Desk, one: attachments.Kept) -> Alert:
    found = await desk.store.read(lambda db: attachments.get(db, desk.house.id, one.attachment_id))
    assert found.alert_id
    return await desk.store.read(lambda db: alerts.get(db, desk.house.id, found.alert_id or ""))


async def test_what_was_sent_waits_for_its_officer_to_listen_and_to_look(desk: Desk) -> None:
    picture, sound = sorted(
        await shows(desk, KAI, PICTURE, SOUND), key=lambda one: one.medium.value
    )
    browser = await signed_in(desk, AMINA)

    today = await browser.get("/desk/")
    assert "Please listen or look: 2" in today.seen
    assert "Please listen: said something aloud" in today.seen
    assert "Please look: sent a picture" in today.seen
    assert "Please read" not in today.seen
    alert = await alert_of(desk, sound)
    assert (alert.team, alert.category) == (Team.OFFICER, "voice")
    hours = desk.house.council.listen_within_hours
    assert alert.acknowledge_by == duty.after_working_hours(alert.raised_at, hours)

    page = await browser.get(f"/desk/reviews/{KAI}")
    assert page.seen.count("Nobody has said yet that they") == 2
    for one, media_type, content in (
        (picture, "image/png", PICTURE.content),
        (sound, "audio/mpeg", SOUND.content),
    ):
        address = f"/desk/reviews/{KAI}/shown/{one.attachment_id}"
        assert f'src="{address}"' in page.text
        async with browser.session.get(desk.base + address) as answer:
            assert answer.status == 200
            assert answer.content_type == media_type
            assert answer.headers["Content-Disposition"].startswith("inline")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert await answer.read() == content

    said = await browser.post(
        f"/desk/reviews/{KAI}/shown/{sound.attachment_id}/heard", {"token": page.token}
    )
    assert "12 seconds. Amina Yusuf listened" in said.seen
    assert said.seen.count("Nobody has said yet that they") == 1
    assert "Please listen or look: 1" in (await browser.get("/desk/")).seen
    closed = await alert_of(desk, sound)
    assert (closed.outcome, closed.acknowledged_by) == (Outcome.HEARD, AMINA)
    assert await _acts(desk) >= {"attachment_opened", "attachment_heard"}


async def _acts(desk: Desk) -> set[str]:
    query = select(audit.c.act).where(audit.c.actor.like("staff:%"))
    return await desk.store.read(lambda db: set(db.execute(query).scalars()))


async def test_it_is_heard_from_its_own_page_too_and_nobody_ends_it_unheard(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    alert = await alert_of(desk, one)
    browser = await signed_in(desk, AMINA)
    address = f"/desk/alerts/{alert.alert_id}"

    page = await browser.get(address)
    assert "which no computer check can read" in page.seen
    assert f'src="{address}/shown"' in page.text
    assert "I take it on" not in page.seen
    assert "Close it" not in page.seen
    for act, more in (("acknowledge", {}), ("close", {"outcome": "known", "reason": "busy"})):
        refused = await browser.post(f"{address}/{act}", {"token": page.token, **more})
        assert refused.status == 404
    assert (await alert_of(desk, one)).acknowledged_at is None

    done = await browser.post(f"{address}/heard", {"token": page.token})
    assert "Amina Yusuf listened" in done.seen
    again = await browser.post(f"{address}/heard", {"token": page.token})
    assert "Somebody was quicker" in again.seen


async def test_whoever_may_not_read_the_answer_gets_nothing(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, PICTURE)
    addresses = (
        f"/desk/reviews/{KAI}/shown/{one.attachment_id}",
        f"/desk/alerts/{(await alert_of(desk, one)).alert_id}/shown",
        f"/desk/young-people/person-{KAI}/shown/{one.attachment_id}",
    )
    for staff_id in (TOM, DEV, RUTH, GRACE, WORKER, DUTY, SUPPORT, IT):
        browser = await signed_in(desk, staff_id)
        for address in addresses:
            page = await browser.get(address)
            assert page.status in (403, 404), (staff_id, address)
            assert "PNG" not in page.text


async def test_a_manager_behind_the_glass_sees_what_is_for_the_file_alone(desk: Desk) -> None:
    (secret,) = await shows(desk, KAI, PICTURE)
    (open_,) = await shows(desk, MAYA, SOUND, choice="file")
    browser = await signed_in(desk, RUTH)
    for review, one, status in ((KAI, secret, 404), (MAYA, open_, 200)):
        cover = await browser.get(f"/desk/reviews/{review}/cover")
        await browser.post(
            f"/desk/reviews/{review}/cover",
            {"token": cover.token, "reason": "Their officer is ill"},
        )
        address = f"{desk.base}/desk/reviews/{review}/shown/{one.attachment_id}"
        async with browser.session.get(address) as answer:
            assert answer.status == status, review


async def test_a_worker_plays_what_was_shared_with_them_and_nothing_else(desk: Desk) -> None:
    (theirs,) = await shows(desk, MAYA, SOUND, choice="file")
    (not_theirs,) = await shows(desk, KAI, PICTURE)
    browser = await signed_in(desk, WORKER)

    page = await browser.get(f"/desk/young-people/person-{MAYA}")
    address = f"/desk/young-people/person-{MAYA}/shown/{theirs.attachment_id}"
    assert f'src="{address}"' in page.text
    assert "I have listened" not in page.seen
    async with browser.session.get(desk.base + address) as answer:
        assert await answer.read() == SOUND.content
    other = f"/desk/young-people/person-{MAYA}/shown/{not_theirs.attachment_id}"
    assert (await browser.get(other)).status == 404


async def test_what_is_not_sent_is_played_to_nobody(desk: Desk) -> None:
    def keep(db: Connection) -> str:
        talk = invitations.conversation_of(desk.house, KAI)
        message = Incoming(talk, f"web:{talk}", "k", "", Attached(attachment=_ANY, to="well.what"))
        attaching.attach(db, desk.house, message, SOUND, now())
        return attachments.of_conversation(db, desk.house.id, talk)[0].attachment_id

    name = await desk.store.write(keep)
    browser = await signed_in(desk, AMINA)

    assert (await browser.get(f"/desk/reviews/{KAI}/shown/{name}")).status == 404
    assert "Please listen" not in (await browser.get("/desk/")).seen


async def test_unheard_in_time_it_goes_to_the_duty_team_who_may_then_play_it(desk: Desk) -> None:
    house = desk.house
    hours = house.council.listen_within_hours
    long_ago = now() - timedelta(days=8)
    talk = await desk.store.write(lambda db: show(db, desk, KAI, SOUND, at=long_ago))
    (one,) = await desk.store.read(lambda db: attachments.of_conversation(db, house.id, talk))
    alert = await alert_of(desk, one)
    assert alert.acknowledge_by == duty.after_working_hours(long_ago, hours) < now()
    browser = await signed_in(desk, DUTY)

    page = await browser.get("/desk/alerts")
    assert "Please listen: said something aloud" in page.seen
    assert "Late" in page.seen
    address = f"/desk/alerts/{alert.alert_id}"
    async with browser.session.get(f"{desk.base}{address}/shown") as answer:
        assert await answer.read() == SOUND.content
    shown = await browser.get(address)
    done = await browser.post(f"{address}/heard", {"token": shown.token})
    assert "listened" in done.seen
    assert (await alert_of(desk, one)).outcome is Outcome.HEARD


async def test_the_duty_team_is_told_when_it_is_late_and_no_more_once_somebody_listened(
    desk: Desk,
) -> None:
    told = Duty(team=Contact(sms=("07700 900123",)))
    desk.house = _with_duty(desk, told)
    (one,) = await shows(desk, KAI, SOUND)
    alert = await alert_of(desk, one)
    late = duty.next_open(told, alert.acknowledge_by)
    escalating = ringing.Escalating(desk.store, desk.house)

    assert await escalating.step(late - timedelta(seconds=1)) == 0
    assert await escalating.step(late) == 1
    calls = await desk.store.read(
        lambda db: alert_calls.of_alert(db, desk.house.id, alert.alert_id)
    )
    assert [call.way.value for call in calls] == ["sms"]

    browser = await signed_in(desk, AMINA)
    page = await browser.get(f"/desk/alerts/{alert.alert_id}")
    await browser.post(f"/desk/alerts/{alert.alert_id}/heard", {"token": page.token})
    assert await escalating.step(late + timedelta(days=3)) == 0


def _with_duty(desk: Desk, told: Duty) -> House:
    council = desk.house.council.model_copy(update={"duty": told})
    return replace(desk.house, council=council)


async def test_what_waits_to_be_heard_is_no_alert_of_what_was_written(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    found = await desk.store.read(lambda db: alerts.ids_of(db, desk.house.id, one.conversation_id))

    assert found == []


async def test_what_is_sent_again_unchanged_is_not_asked_for_again(desk: Desk) -> None:
    await shows(desk, KAI, SOUND)
    await shows(desk, KAI, SOUND)

    count = select(alerts_table.c.alert_id).where(alerts_table.c.cause == "unheard")
    assert len(await desk.store.read(lambda db: db.execute(count).all())) == 1


async def test_an_erased_one_is_gone_and_what_waited_for_it_can_be_closed(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    alert = await alert_of(desk, one)
    await desk.store.write(lambda db: erasing.words(db, desk.house.id, [KAI]))
    browser = await signed_in(desk, AMINA)

    page = await browser.get(f"/desk/alerts/{alert.alert_id}")
    assert "It was erased before anybody said that they listened to it." in page.seen
    assert (await browser.get(f"/desk/alerts/{alert.alert_id}/shown")).status == 404
    done = await browser.post(
        f"/desk/alerts/{alert.alert_id}/close",
        {"token": page.token, "outcome": "known", "reason": "It was erased."},
    )
    assert "closed it" in done.seen


def test_every_page_that_plays_something_is_known_here() -> None:
    names = {name for _method, path, name, _handler in ROUTES if "/shown" in path}
    assert names == {"desk.shown", "desk.heard", "desk.alert_shown", "desk.shared_shown"}
