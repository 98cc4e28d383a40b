"""Every page of the desk that shows a young person's words puts the reading on record."""

import re
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.access.permissions import ROWS, WORDLESS, Relation, may
from bot.desk.routes import ROUTES
from bot.service.auditing import SENTENCES
from bot.web.context import now
from conversations.effects import Cause
from storage import alerts, asks, attachments
from storage.alerts import About, Raised, Said, Team
from storage.asks import Plan
from storage.tables import audit
from storage.tasks import Kind, Task
from storage.tasks import add as add_task
from tests.desk.northborough import AMINA, DEV, GRACE, HANA, KAI, MAYA, RUTH, STAFF, TOM
from tests.desk.noted import Noted, note_everything
from tests.desk.running import Browser, Desk
from tests.desk.test_roles import ADVISER, DUTY, NEW, WORKER, people_of_every_role
from tests.desk.test_showing import PICTURE, SOUND, show

READ = (
    "review_read", "shared_read", "copy_made", "alert_read", "meeting_wishes_read",
    "attachment_opened", "asks_read",
)  # fmt: skip
ENDS = {"desk.sign_out", "desk.account_everywhere"}  # the session that is opened by
SAID = "brother"  # stands in what Kai said
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()


async def _readings(desk: Desk, staff_id: str) -> int:
    query = select(func.count()).where(audit.c.act.in_(READ), audit.c.actor == f"staff:{staff_id}")
    return await desk.store.read(lambda db: int(db.execute(query).scalar_one()))


async def _open(browser: Browser, method: str, address: str, token: str) -> str:
    if method == "GET":
        async with browser.session.get(browser.desk.base + address) as answer:
            return (await answer.read()).decode("utf-8", "replace")
    asked = {"reason": "They asked for it"} if address.endswith("/copy") else {}
    return (await browser.post(address, {"token": token, **asked})).text


def _worried(db: Connection, desk: Desk, review: str, team: Team) -> str:
    """An alert before this review for this team; its id."""
    ago = now() - timedelta(days=30)
    about = About("Kai Brennan", "4711", date(2013, 1, 1))
    raised = Raised(f"person-{review}", review, "c", Cause.CONCERN, "neglect", team, ago, about)
    alert_id = alerts.add(db, desk.house.id, raised, ago)
    alerts.say(db, desk.house.id, alert_id, raised, Said(ago, f"my {SAID} has no food"))
    return alert_id


def _note_of(noted: Noted, route: str) -> str:
    return noted.formal if route.startswith("desk.challenge") else noted.late


async def test_whatever_shows_words_writes_that_they_were_read(desk: Desk) -> None:
    def more(db: Connection) -> None:
        about = {"contribution_id": "c", "version": 1, "destination": "ordinary", "why": "HTTP 422"}
        task = Task("t", Kind.DELIVERY_FAILED, f"person-{KAI}", KAI, about)
        add_task(db, desk.house.id, task, now())
        people_of_every_role(db, desk)
        noted.append(note_everything(db, desk.house))
        for review in (KAI, MAYA, HANA):
            alert_ids[review] = _worried(db, desk, review, Team.OFFICER)
        alert_ids[DUTY] = _worried(db, desk, KAI, Team.CHILDREN)
        for review, question, choice in ((KAI, "well.what", "officer"), (MAYA, "well.what", "file"),
                                         (HANA, "plan.change", "officer")):  # fmt: skip
            talk = show(db, desk, review, PICTURE, SOUND, choice=choice, question=question)
            first, second = attachments.of_conversation(db, desk.house.id, talk)
            shown_ids[review] = first.attachment_id
            attachments.set_alert(db, desk.house.id, first.attachment_id, alert_ids[review])
            if review == KAI:
                attachments.set_alert(db, desk.house.id, second.attachment_id, alert_ids[DUTY])

        for review in (KAI, MAYA, HANA):
            wish = asks.of_review(db, desk.house.id, review)[0]
            ask_ids[review] = wish.ask_id
            asks.plan(db, desk.house.id, wish, WORKER, wish.due_on, Plan())

    noted: list[Noted] = []
    alert_ids: dict[str, str] = {}
    ask_ids: dict[str, str] = {}
    shown_ids: dict[str, str] = {}
    await desk.store.write(more)
    shown: set[str] = set()
    opened: set[str] = set()
    everybody = {**STAFF, **NEW}
    for staff_id, (method, path, name, _handler) in product(everybody, ROUTES):
        if name not in ROWS or name in ENDS:
            continue
        role = everybody[staff_id][0]
        own = {AMINA: KAI, TOM: MAYA, DEV: HANA, WORKER: MAYA}.get(staff_id, KAI)
        relations = [one for one in Relation if may(name, role, one)]
        if name == "desk.break_glass":
            own = MAYA if own == KAI else KAI  # a colleague's
        if not relations or (name == "desk.break_glass" and staff_id not in (AMINA, TOM)):
            continue
        of_workers = ("desk.young_person", "desk.shared_shown", "desk.worker_ask",
                      "desk.worker_ask_draft", "desk.worker_ask_measure")  # fmt: skip
        if name in of_workers and staff_id == ADVISER:
            continue  # Hana shared nothing with them
        browser = await desk.signed_in(staff_id)
        token = (await browser.get("/desk/")).token
        before = await _readings(desk, staff_id)
        address = "/desk" + path.format(
            review_id=own,
            version=1,
            task_id="t",
            person_id=f"person-{own}",
            passkey_id="p",
            session_id="s",
            attachment_id=shown_ids[own],
            alert_id=alert_ids[DUTY if staff_id == DUTY else own],
            ask_id=ask_ids[own],
            note_id=_note_of(noted[0], name),
            year=now().year - 1,
            name="figures.json",
        )
        text = await _open(browser, method, address, token)
        read = await _readings(desk, staff_id) - before
        opened.add(name)
        if SAID in text:
            shown.add(name)
            assert read == 1, name
        assert (name in WORDLESS) == (read == 0), name
        assert not (name in WORDLESS and SAID in text), name

    assert opened == set(ROWS) - ENDS
    assert shown >= {"desk.review", "desk.version", "desk.code", "desk.held"}
    assert {GRACE, RUTH, WORKER} <= set(everybody)


def test_every_route_is_named_among_those_that_show_words_or_show_none() -> None:
    assert set(ROWS) >= WORDLESS
    for route in ROWS:
        assert f"`{route}`" in DOCUMENTED, route


def test_every_act_is_documented_and_has_a_sentence() -> None:
    written = {"signed_in", "signed_out"}
    for file in (Path(__file__).parents[2] / "bot").rglob("*.py"):
        code = file.read_text()
        written |= set(re.findall(r'\bact="(\w+)"', code))
        written |= set(re.findall(r'\bact = "(\w+)"', code))
        written |= set(re.findall(r'(?:note|refused|_by_sayso)\(db, .*?"(\w+)", now', code))
        written |= set(re.findall(r'_note\(db, .*?"(\w+)"', code))

    assert {"review_read", "task_done", "code_corrected", "signed_in"} <= written
    assert written <= set(SENTENCES)
    for act in SENTENCES:
        assert f"`{act}`" in DOCUMENTED, act
