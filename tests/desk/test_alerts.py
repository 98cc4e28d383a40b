"""The duty team's queue: who sees what, who takes it on, how it ends."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.service import ringing
from bot.service.council import Contact
from bot.service.hear import Incoming, hear
from bot.service.ringing import Ring
from bot.web.context import now
from conversations.hearing import Chosen, Command, Heard, Name, Text
from storage import alert_calls, alerts
from storage.alert_calls import Step, Way
from storage.alerts import Alert, Outcome
from storage.tables import alerts as alerts_table
from storage.tables import audit
from storage.tables import conversations as conversations_table
from tests.desk.northborough import AMINA, DEV, GRACE, KAI, MAYA, RUTH, TOM
from tests.desk.running import Browser, Desk
from tests.desk.test_roles import DUTY, IT, SUPPORT, WORKER, people_of_every_role

URGENT = "my dad hits me with a belt <script>alert(1)</script>"
CONCERN = "there is never any food in the house"


async def said(desk: Desk, review_id: str, heard: Heard, at: datetime | None = None) -> Alert:
    """Something that raises an alert, which is returned."""

    def say(db: Connection) -> Alert:
        house = desk.house
        talk = db.execute(
            select(conversations_table.c.conversation_id).where(
                conversations_table.c.review_id == review_id
            )
        ).scalar_one()
        before = set(alerts.ids_of(db, house.id, talk))
        key = f"{heard!r}"[-60:]
        hear(db, house, Incoming(talk, f"web:{talk}", key, "", heard), at or now())
        (alert_id,) = set(alerts.ids_of(db, house.id, talk)) - before
        return alerts.get(db, house.id, alert_id)

    return await desk.store.write(say)


async def signed_in(desk: Desk, staff_id: str) -> Browser:
    await desk.store.write(lambda db: people_of_every_role(db, desk))
    return await desk.signed_in(staff_id)


async def acts(desk: Desk, alert: Alert) -> list[tuple[str, str]]:
    query = (
        select(audit.c.actor, audit.c.act)
        .where(audit.c.subject == f"alert:{alert.alert_id}")
        .order_by(audit.c.entry_id)
    )
    return await desk.store.read(lambda db: [(r.actor, r.act) for r in db.execute(query)])


async def test_the_queue_names_whom_it_is_about_without_a_word_that_was_written(
    desk: Desk,
) -> None:
    await said(desk, KAI, Text(words=URGENT, to="home.change"))
    page = await (await signed_in(desk, DUTY)).get("/desk/alerts")

    assert "Kai Brennan, case" in page.seen
    assert "Wrote something urgent about being hurt" in page.seen
    assert "Waits since just now. To be taken on by" in page.seen
    assert "belt" not in page.text


async def test_an_alert_shows_the_exact_words_and_whom_to_ring(desk: Desk) -> None:
    alert = await said(desk, KAI, Text(words=URGENT, to="home.change"))
    await said_safe(desk)
    page = await (await signed_in(desk, DUTY)).get(f"/desk/alerts/{alert.alert_id}")

    assert page.status == 200
    quoted = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.text)
    assert quoted == ["my dad hits me with a belt &lt;script&gt;alert(1)&lt;/script&gt;", "No"]
    assert "Kai Brennan" in page.seen
    assert f"Amina Yusuf, who runs the review: {desk.house.council.review_team_phone}" in page.seen
    assert "Joanna Reid, social worker" in page.seen
    assert "“Are you safe right now?”" in page.seen
    assert (f"staff:{DUTY}", "alert_read") in await acts(desk, alert)


async def said_safe(desk: Desk) -> None:
    def say(db: Connection) -> None:
        talk = db.execute(
            select(conversations_table.c.conversation_id).where(
                conversations_table.c.review_id == KAI
            )
        ).scalar_one()
        incoming = Incoming(talk, f"web:{talk}", "safe", "", Chosen(option="@safe:no"))
        hear(db, desk.house, incoming, now())

    await desk.store.write(say)


async def test_one_takes_it_on_by_name_and_a_second_is_told_that_somebody_was_quicker(
    desk: Desk,
) -> None:
    alert = await said(desk, KAI, Command(name=Name.HELP))
    browser = await signed_in(desk, DUTY)
    address = f"/desk/alerts/{alert.alert_id}"
    token = (await browser.get(address)).token

    first = await browser.post(f"{address}/acknowledge", {"token": token})
    second = await browser.post(f"{address}/acknowledge", {"token": token})

    assert "Rae Collins took it on" in first.seen
    assert "Somebody was quicker." not in first.seen
    assert "Somebody was quicker. Nothing was done twice." in second.seen
    assert "Rae Collins took it on" in (await browser.get("/desk/alerts")).seen
    assert [act for _who, act in await acts(desk, alert)].count("alert_acknowledged") == 1


async def test_closing_needs_an_outcome_and_a_reason_and_keeps_both(desk: Desk) -> None:
    alert = await said(desk, KAI, Command(name=Name.HELP))
    browser = await signed_in(desk, DUTY)
    address = f"/desk/alerts/{alert.alert_id}"
    token = (await browser.get(address)).token

    for fields, wrong in (
        ({}, "Say what became of it"),
        ({"outcome": "boring", "reason": "x"}, "Say what became of it"),
        ({"outcome": "acted", "reason": "  "}, "Say why it can be closed"),
        ({"outcome": "acted", "reason": "x" * 2001}, "more than 2000 letters"),
    ):
        page = await browser.post(f"{address}/close", {"token": token, **fields})
        assert page.status == 422
        assert wrong in page.seen

    done = await browser.post(
        f"{address}/close",
        {"token": token, "outcome": "acted", "reason": "I rang Kai. All is well."},
    )
    again = await browser.post(
        f"{address}/close", {"token": token, "outcome": "known", "reason": "Twice"}
    )

    assert "Rae Collins closed it" in done.seen
    assert "I rang Kai. All is well." in done.seen
    assert "Somebody was quicker" in again.seen
    assert "Kai Brennan" not in (await browser.get("/desk/alerts")).seen
    kept = await desk.store.read(lambda db: alerts.get(db, desk.house.id, alert.alert_id))
    assert (kept.outcome, kept.reason) == (Outcome.ACTED, "I rang Kai. All is well.")
    assert (kept.acknowledged_by, kept.closed_by) == (DUTY, DUTY)  # who closes it took it on
    detail = select(audit.c.detail).where(audit.c.act == "alert_closed")
    assert await desk.store.read(lambda db: db.execute(detail).scalar_one()) == "acted"


@pytest.mark.parametrize("staff_id", [AMINA, TOM, DEV, RUTH, GRACE, SUPPORT, WORKER, IT])
async def test_what_is_for_the_duty_team_is_there_for_nobody_else(
    desk: Desk, staff_id: str
) -> None:
    alert = await said(desk, KAI, Text(words=URGENT, to="home.change"))
    browser = await signed_in(desk, staff_id)
    token = (await browser.get("/desk/account")).token

    for address in (f"/desk/alerts/{alert.alert_id}", "/desk/alerts"):
        assert (await browser.get(address)).status == 404
    for act in ("acknowledge", "close"):
        fields = {"token": token, "outcome": "acted", "reason": "x"}
        page = await browser.post(f"/desk/alerts/{alert.alert_id}/{act}", fields)
        assert page.status == 404
    assert "belt" not in (await browser.get("/desk/")).text
    kept = await desk.store.read(lambda db: alerts.get(db, desk.house.id, alert.alert_id))
    assert (kept.acknowledged_at, kept.closed_at) == (None, None)


async def test_a_concern_stands_first_at_its_officer_s_today_and_at_nobody_else_s(
    desk: Desk,
) -> None:
    alert = await said(desk, KAI, Text(words=CONCERN, to="home.change"))
    officer = await signed_in(desk, AMINA)

    today = await officer.get("/desk/")
    assert "Please read, somebody may not be safe: 1" in today.seen
    assert "food" not in today.text
    page = await officer.get(f"/desk/alerts/{alert.alert_id}")
    assert CONCERN in page.seen
    assert "It may mean nothing." in page.seen

    for other in (TOM, DUTY):
        browser = await desk.signed_in(other)
        assert "Please read" not in (await browser.get("/desk/")).seen
        assert (await browser.get(f"/desk/alerts/{alert.alert_id}")).status == 404

    closed = {"token": page.token, "outcome": "known", "reason": "The plan says so already."}
    await officer.post(f"/desk/alerts/{alert.alert_id}/close", closed)
    assert "Please read" not in (await officer.get("/desk/")).seen


async def test_a_concern_that_the_officer_leaves_comes_to_the_duty_team(desk: Desk) -> None:
    alert = await said(desk, MAYA, Text(words=CONCERN, to="home.change"))
    late = {"acknowledge_by": now() - timedelta(minutes=1)}
    await desk.store.write(lambda db: db.execute(alerts_table.update().values(**late)))
    browser = await signed_in(desk, DUTY)

    assert "Late" in (await browser.get("/desk/alerts")).seen
    page = await browser.get(f"/desk/alerts/{alert.alert_id}")
    taken = await browser.post(f"/desk/alerts/{alert.alert_id}/acknowledge", {"token": page.token})
    assert "Rae Collins took it on" in taken.seen
    closed = await browser.post(
        f"/desk/alerts/{alert.alert_id}/close",
        {"token": page.token, "outcome": "passed_on", "reason": "To Tom."},
    )
    assert "Rae Collins closed it" in closed.seen


async def test_a_desk_without_duty_hours_says_that_nobody_is_told(desk: Desk) -> None:
    browser = await signed_in(desk, DUTY)
    assert "Alerts come to this page and nowhere else" in (await browser.get("/desk/alerts")).seen

    object.__setattr__(desk.house, "council", desk.house.council.model_copy(update={"duty": None}))
    assert "told that it tells nobody" in (await browser.get("/desk/alerts")).seen


def with_ways(desk: Desk) -> None:
    hours = desk.house.council.duty
    assert hours is not None
    manager = Contact(email=("manager@northborough.example",), https=("https://x.example/",))
    first = Contact(sms=("07700 900111",))
    told = hours.model_copy(update={"team": first, "out_of_hours": first, "manager": manager})
    council = desk.house.council.model_copy(update={"duty": told})
    object.__setattr__(desk.house, "council", council)


async def test_the_desk_says_who_was_told_by_which_way_and_what_did_not_arrive(desk: Desk) -> None:
    with_ways(desk)
    alert = await said(desk, KAI, Command(name=Name.HELP))
    ring = Ring(alert.alert_id, 0, Step.TEAM, Way.SMS, "07700 900111")
    await desk.store.write(
        lambda db: ringing.not_arrived(db, desk.house, ring, "GOV.UK Notify: status 400", now())
    )
    browser = await signed_in(desk, DUTY)

    page = await browser.get(f"/desk/alerts/{alert.alert_id}")
    assert "Who was told" in page.seen
    assert "by text message" in page.seen
    assert "did not arrive (GOV.UK Notify: status 400)" in page.seen
    assert "07700" not in page.text
    listed = await browser.get("/desk/alerts")
    assert "Whoever is next is told that something waits here" in listed.seen
    assert "Told nobody" not in listed.seen  # the next one may be reached yet


async def test_taking_it_on_at_the_desk_lets_those_who_were_told_know_once(desk: Desk) -> None:
    with_ways(desk)
    alert = await said(desk, KAI, Command(name=Name.HELP))
    browser = await signed_in(desk, DUTY)
    page = await browser.get(f"/desk/alerts/{alert.alert_id}")

    for _twice in range(2):
        await browser.post(f"/desk/alerts/{alert.alert_id}/acknowledge", {"token": page.token})

    told = [act for _who, act in await acts(desk, alert)]
    assert told.count("alert_taken_on_told") == 1


async def test_an_alert_that_reached_nobody_says_so_in_red_until_somebody_takes_it_on(
    desk: Desk,
) -> None:
    with_ways(desk)
    alert = await said(desk, KAI, Command(name=Name.HELP))
    await desk.store.write(
        lambda db: alert_calls.unreached(db, desk.house.id, alert.alert_id, now())
    )
    browser = await signed_in(desk, DUTY)

    listed = await browser.get("/desk/alerts")
    assert "1 alert reached nobody by any way." in listed.seen
    assert "Told nobody" in listed.seen
    page = await browser.get(f"/desk/alerts/{alert.alert_id}")
    await browser.post(f"/desk/alerts/{alert.alert_id}/acknowledge", {"token": page.token})
    seen = (await browser.get("/desk/alerts")).seen
    assert "Rae Collins took it on" in seen
    assert "reached nobody" not in seen
    assert "Told nobody" not in seen


async def test_a_number_for_nights_that_is_missing_is_said_in_red(desk: Desk) -> None:
    browser = await signed_in(desk, DUTY)
    object.__setattr__(
        desk.house,
        "council",
        desk.house.council.model_copy(update={"out_of_hours_phone": ""}),
    )
    page = await browser.get("/desk/alerts")
    assert 'class="govuk-error-message">No number for out of hours is set' in page.text


def _helped(review_id: str, desk: Desk) -> Callable[[Connection], None]:
    """Somebody sits beside this young person and says so."""

    def sits(db: Connection) -> None:
        talk = db.execute(
            select(conversations_table.c.conversation_id).where(
                conversations_table.c.review_id == review_id
            )
        ).scalar_one()
        said: tuple[Heard, ...] = (
            Chosen(option="@who"),
            Chosen(option="carer"),
            Chosen(option="they_type"),
            Text(words="Sam <b>Hill</b>"),
            Chosen(option="on"),
        )
        for number, one in enumerate(said):
            hear(db, desk.house, Incoming(talk, f"web:{talk}", f"who {number}", "", one), now())

    return sits


@pytest.mark.parametrize(
    "heard", [Text(words=URGENT), Command(name=Name.HELP)], ids=["words", "help"]
)
async def test_whoever_acts_is_told_that_somebody_sits_there_who_knows_nothing_of_it(
    desk: Desk, heard: Heard
) -> None:
    browser = await signed_in(desk, DUTY)
    await desk.store.write(_helped(KAI, desk))
    alert = await said(desk, KAI, heard)

    page = await browser.get(f"/desk/alerts/{alert.alert_id}")

    assert "Somebody may sit beside Kai: Sam <b>Hill</b>, carer." in page.seen
    assert "speak with Kai alone" in page.seen
    assert "<b>Hill" not in page.text
    assert "was told that" not in page.seen.replace("Nobody there was told that", "")
    assert ("Nothing was written with it." in page.seen) is isinstance(heard, Command)
