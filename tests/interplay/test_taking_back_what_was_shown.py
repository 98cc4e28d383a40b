"""Taking back what was said aloud or shown, while nobody has listened to it yet and afterwards.

Words are read for danger when they are written, and an alert outlives them. A voice note or a
picture is heard and seen by nobody but the person for whom it waits: it waits on, for that alone.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, func, select

from bot.service import invitations
from bot.service.hear import Incoming, hear
from bot.service.hear import show as look
from bot.web.context import now
from conversations import texts_taking_back as texts
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.wording import Text as Wording
from storage import alerts, attachments, contributions
from storage.alerts import Outcome
from storage.tables import alerts as alerts_table
from storage.tables import reader_notices
from tests.desk.northborough import AMINA, KAI, TOM
from tests.desk.running import Desk
from tests.desk.test_roles import DUTY
from tests.desk.test_showing import PICTURE, SOUND, alert_of, shows, signed_in

QUESTION = "well.what"


async def says(desk: Desk, *several: Heard, at: datetime | None = None) -> None:
    """Kai, who reads all that they said."""
    talk = invitations.conversation_of(desk.house, KAI)

    def say(db: Connection, heard: Heard) -> None:
        message = Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard, reads=lambda _: True)
        hear(db, desk.house, message, at or now())

    for heard in several:
        await desk.store.write(partial(say, heard=heard))


async def takes_back(desk: Desk, question: str = QUESTION) -> None:
    option = f"@back:{question}" if question else "@back"
    await says(desk, Chosen(option="@check"), Chosen(option=option), Chosen(option="@yes"))


async def told(desk: Desk) -> list[Wording]:
    """What their page says now, text by text."""
    talk = invitations.conversation_of(desk.house, KAI)
    screen = (await desk.store.read(lambda db: look(db, desk.house, talk, now()))).screen
    return [say.text for say in (screen.ask, *screen.says)]


async def became(desk: Desk) -> str:
    talk = invitations.conversation_of(desk.house, KAI)
    shown = await desk.store.read(lambda db: look(db, desk.house, talk, now()))
    return "\n".join(shown.reader.read(say) for say in shown.screen.says)


async def notices(desk: Desk) -> set[str]:
    found = await desk.store.read(
        lambda db: db.execute(select(reader_notices.c.staff_id)).scalars().all()
    )
    return set(found)


async def count(desk: Desk) -> int:
    return await desk.store.read(
        lambda db: db.execute(select(func.count()).select_from(alerts_table)).scalar_one()
    )


async def late(desk: Desk, alert_id: str) -> None:
    """By now somebody should have listened."""
    passed = now() - timedelta(hours=1)
    await desk.store.write(
        lambda db: db.execute(
            alerts_table.update()
            .where(alerts_table.c.alert_id == alert_id)
            .values(acknowledge_by=passed)
        )
    )


@pytest.mark.parametrize("question", [QUESTION, ""])
async def test_they_are_told_before_that_a_person_still_listens_once(
    desk: Desk, question: str
) -> None:
    await shows(desk, KAI, SOUND)
    option = f"@back:{question}" if question else "@back"
    await says(desk, Chosen(option="@check"), Chosen(option=option))

    assert texts.BACK_SHOWN in await told(desk)


async def test_of_words_and_of_what_is_not_sent_nothing_of_the_kind_is_said(desk: Desk) -> None:
    await says(desk, Chosen(option="@check"), Chosen(option="@back:home.change"))
    assert texts.BACK_SAYS in await told(desk)
    assert texts.BACK_SHOWN not in await told(desk)


async def test_what_waits_to_be_heard_still_waits_is_played_once_from_there_and_then_by_nobody(
    desk: Desk,
) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    alert = await alert_of(desk, one)
    await takes_back(desk)
    browser = await signed_in(desk, AMINA)
    own, beside = f"/desk/alerts/{alert.alert_id}", f"/desk/reviews/{KAI}/shown/{one.attachment_id}"

    assert "Please listen or look: 1" in (await browser.get("/desk/")).seen
    assert beside not in (await browser.get(f"/desk/reviews/{KAI}")).text
    assert (await browser.get(beside)).status == 404
    page = await browser.get(own)
    assert "Kai took it back since. It still waits, because nothing else has checked" in page.seen
    async with browser.session.get(f"{desk.base}{own}/shown") as answer:
        assert await answer.read() == SOUND.content

    done = await browser.post(f"{own}/heard", {"token": page.token})
    assert "Amina Yusuf listened" in done.seen
    assert "It was erased" not in done.seen
    assert "<audio" not in done.text
    assert (await alert_of(desk, one)).outcome is Outcome.HEARD
    assert (await browser.get(f"{own}/shown")).status == 404


async def test_late_it_escalates_to_the_duty_team_as_if_it_had_not_been_taken_back(
    desk: Desk,
) -> None:
    (one,) = await shows(desk, KAI, PICTURE)
    alert = await alert_of(desk, one)
    await takes_back(desk)
    browser = await signed_in(desk, DUTY)
    own = f"/desk/alerts/{alert.alert_id}"
    assert (await browser.get(f"{own}/shown")).status == 404
    await late(desk, alert.alert_id)

    assert "Please look: sent a picture" in (await browser.get("/desk/alerts")).seen
    page = await browser.get(own)
    assert "took it back since" in page.seen
    done = await browser.post(f"{own}/heard", {"token": page.token})
    assert (await browser.get(f"{own}/shown")).status == 404
    assert "looked" in done.seen


async def test_who_only_listened_has_opened_it_so_they_are_told_and_the_child_is_told_the_truth(
    desk: Desk,
) -> None:
    """The officer played it from *Please listen* and did not open the rest; the duty worker did
    because it was late, and said nothing yet."""
    (one,) = await shows(desk, KAI, SOUND)
    alert = await alert_of(desk, one)
    officer, duty = await signed_in(desk, AMINA), await signed_in(desk, DUTY)
    await officer.get(f"/desk/alerts/{alert.alert_id}/shown")
    await late(desk, alert.alert_id)
    await duty.get(f"/desk/alerts/{alert.alert_id}/shown")
    await takes_back(desk)

    assert "Someone has read it" in await became(desk)
    assert await notices(desk) == {AMINA, DUTY}
    for browser, where in ((officer, "/desk/"), (duty, "/desk/alerts")):
        page = await browser.get(where)
        assert "Changed after you read it: 1" in page.seen
        seen = await browser.post(
            "/desk/taken-back",
            {"token": page.token, "contribution": page.hidden("contribution"), "version": "3"},
        )
        assert "Changed after you read it" not in seen.seen


async def test_who_played_another_one_is_told_nothing(desk: Desk) -> None:
    first, second = await shows(desk, KAI, SOUND, PICTURE)
    picture = first if first.medium.value == "picture" else second
    alert = await alert_of(desk, picture)
    browser = await signed_in(desk, AMINA)
    await browser.get(f"/desk/alerts/{alert.alert_id}/shown")
    await takes_back(desk, "home.change")
    assert "Nobody had opened it" in await became(desk)
    assert await notices(desk) == set()


async def test_the_words_of_an_alert_stay_when_their_answer_is_taken_back(desk: Desk) -> None:
    words = "my dad hits me with a belt"
    await says(
        desk,
        Chosen(option="@change:home.change"),
        Text(words=words, to="home.change"),
        Chosen(option="@go_on"),
        Chosen(option="@check"),
        Command(name=Name.SEND),
    )
    raised = await count(desk)
    await takes_back(desk, "home.change")
    await takes_back(desk, "")

    assert await count(desk) == raised
    waiting = await desk.store.read(
        lambda db: [
            alerts.said_in(db, desk.house.id, one)
            for one in alerts.ids_of(
                db, desk.house.id, invitations.conversation_of(desk.house, KAI)
            )
        ]
    )
    assert [said.words for one in waiting for said in one] == [words]
    browser = await signed_in(desk, DUTY)
    (alert_id,) = await desk.store.read(
        lambda db: alerts.ids_of(db, desk.house.id, invitations.conversation_of(desk.house, KAI))
    )
    assert words in (await browser.get(f"/desk/alerts/{alert_id}")).seen
    assert words not in (await (await signed_in(desk, AMINA)).get(f"/desk/reviews/{KAI}")).seen


async def test_that_wasnt_me_leaves_it_waiting_too(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    await says(desk, Chosen(option="@not_me"), Chosen(option="@yes"))
    browser = await signed_in(desk, AMINA)
    assert "Please listen or look: 1" in (await browser.get("/desk/")).seen
    alert = await alert_of(desk, one)
    async with browser.session.get(f"{desk.base}/desk/alerts/{alert.alert_id}/shown") as answer:
        assert answer.status == 200


async def test_taken_back_and_said_again_it_is_among_what_they_say_again(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    await takes_back(desk)
    (again,) = await shows(desk, KAI, SOUND)
    assert again.attachment_id == one.attachment_id
    browser = await signed_in(desk, AMINA)
    address = f"/desk/reviews/{KAI}/shown/{one.attachment_id}"
    assert address in (await browser.get(f"/desk/reviews/{KAI}")).text
    assert (
        "took it back"
        not in (await browser.get(f"/desk/alerts/{(await alert_of(desk, one)).alert_id}")).seen
    )


async def test_another_officer_gets_neither_the_item_nor_what_was_taken_back(desk: Desk) -> None:
    (one,) = await shows(desk, KAI, SOUND)
    await takes_back(desk)
    browser = await signed_in(desk, TOM)
    alert = await alert_of(desk, one)
    assert (await browser.get(f"/desk/alerts/{alert.alert_id}")).status == 404
    talk = invitations.conversation_of(desk.house, KAI)
    kept = await desk.store.read(lambda db: attachments.of_conversation(db, desk.house.id, talk))
    assert [found.attachment_id for found in kept] == [one.attachment_id]
    versions = await desk.store.read(lambda db: contributions.of_review(db, desk.house.id, KAI))
    assert versions[-1].kind == "withdrawal"
