"""How a young person gets in: a new invitation locks out who holds the old one; a PIN is reset."""

import re
import time
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels.webchat.cookies import cookie_name
from bot.inviting import CannotInvite, invite_all
from bot.service import disputes, invitations, pins
from bot.service.hear import Incoming, hear
from bot.service.invitations import LetIn, Refused
from bot.web.context import now
from conversations.hearing import Chosen, Command, Heard, Name
from storage import conversations, reviews, tasks
from storage.sealing import Place, unseal
from storage.tables import audit, unlocked
from storage.tables import invitations as invitations_table
from tests.desk.northborough import AMINA, KAI, LENA, MAYA, RUTH, TOM
from tests.desk.running import Browser, Desk, Page
from tests.promises import Promise

REASON = "His foster carer opened the letter"


async def _let_in(desk: Desk, review_id: str = LENA) -> tuple[str, LetIn]:
    """Somebody typed the code of this review's invitation; the code, and what they hold."""

    def go(db: Connection) -> tuple[str, LetIn]:
        invited = invitations.invite(db, desk.house, review_id, now())
        found = invitations.let_in_by_code(db, desk.house, invited.code, "", now())
        assert isinstance(found, LetIn)
        return invited.code, found

    return await desk.store.write(go)


async def _post(browser: Browser, review_id: str, page: str = "", **fields: str) -> Page:
    address = f"/desk/reviews/{review_id}/access"
    token = (await browser.get("/desk/")).token
    return await browser.post(address + page, {"token": token, **fields})


def _code(page: Page) -> str:
    found = re.search(
        r"<b class=\"app-typed-code\">([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</b>", page.text
    )
    assert found, page.seen
    return found[1]


async def _tasks(desk: Desk, kind: tasks.Kind) -> list[tasks.Task]:
    found = await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))
    return [task for task in found if task.kind is kind]


async def test_the_first_invitation_needs_no_reason_and_is_shown_once(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{LENA}/access")
    assert "There was none yet." in page.seen
    assert 'name="reason"' not in page.text

    made = await _post(browser, LENA)

    code = _code(made)
    assert "/i/#" in made.text
    again = await browser.get(f"/desk/reviews/{LENA}/access")
    assert code not in again.text
    assert "not opened yet" in again.seen
    found = await desk.store.write(
        lambda db: invitations.let_in_by_code(db, desk.house, code, "", now())
    )
    assert isinstance(found, LetIn)


@pytest.mark.parametrize("used", [True, False])
async def test_one_that_is_open_or_used_is_replaced_only_for_a_reason(
    desk: Desk, used: bool
) -> None:
    if used:
        code, _held = await _let_in(desk)
    else:
        invited = await desk.store.write(lambda db: invitations.invite(db, desk.house, LENA, now()))
        code = invited.code
    browser = await desk.signed_in(AMINA)

    page = await _post(browser, LENA, reason="   ")
    assert page.status == 422
    assert "Say in a few words why they need a new invitation." in page.seen
    page = await _post(browser, LENA, reason="x" * 501)
    assert page.status == 422
    assert "x" * 501 in page.text  # nothing typed is lost

    page = await _post(browser, LENA, reason=REASON)

    assert _code(page) != code
    row = await desk.store.read(lambda db: _newest(db, LENA))
    assert row.issued_by == f"staff:{AMINA}"
    assert REASON.encode() not in row.reason
    assert await desk.store.read(lambda db: unseal(db, _place(row), row.reason)) == REASON
    entries = await desk.store.read(lambda db: db.execute(select(audit)).all())
    (entry,) = [one for one in entries if one.act == "invitation_reissued"]
    assert entry.actor == f"staff:{AMINA}"
    assert REASON not in repr(entries)
    assert await _tasks(desk, tasks.Kind.INVITATION_REISSUED) == []  # she did it herself


def _place(row: Any) -> Place:
    """Of the reason: a key of the young person's seals it."""
    person_id = f"person-{row.review_id}"
    return Place(row.council, "invitations", "reason", row.invitation_id, person_id)


def _newest(db: Connection, review_id: str) -> Any:
    return db.execute(
        select(invitations_table)
        .where(invitations_table.c.review_id == review_id)
        .order_by(invitations_table.c.issued_at.desc())
    ).first()


async def test_a_new_invitation_locks_out_the_holder_of_the_stolen_one_at_once(
    desk: Desk, promise: Promise
) -> None:
    """Its browser, its chat, its come-back code, its link; and the words are kept."""
    code, held = await _let_in(desk)
    house = desk.house
    kept = await desk.store.read(lambda db: conversations.get(db, house.id, held.conversation_id))

    def settle_in(db: Connection) -> None:
        invitations.bind_chat(db, house, kept, "5001", now())
        hear(db, house, _incoming(held, Chosen(option="on")), now())
        hear(db, house, _incoming(held, Command(name=Name.STOP)), now())
        pins.choose(db, house, kept, "$argon2id$x", held.token, now(), now())

    await desk.store.write(settle_in)
    thief = await desk.browser()
    thief.session.cookie_jar.update_cookies({cookie_name(house, "chat"): held.token})
    page = await thief.get("/chat")
    assert "You have stopped for now." in page.seen
    found = re.search(r'class="comeback">([A-Z0-9-]{14})<', page.text)
    assert found
    comeback = found[1]

    browser = await desk.signed_in(AMINA)
    new = _code(await _post(browser, LENA, reason=REASON))
    done = time.perf_counter()

    gone = await thief.get("/chat")
    assert gone.url.endswith("/i/")
    seconds = time.perf_counter() - done  # asked at once, and refused
    assert seconds < 1
    promise("P17", young_person_revoked_within_seconds=round(seconds, 3))
    said = await thief.post("/chat", {"words": "still me"})
    assert said.status == 410
    for old in (code, comeback):
        assert (await thief.post("/i/", {"code": old})).status == 422
    left = await desk.store.read(
        lambda db: (
            invitations.chat_conversation(db, house, "5001", now()),
            invitations.browser(db, house, held.token, now()),
            db.execute(select(unlocked)).all(),
        )
    )
    assert left == (None, None, [])

    child = await desk.browser()
    page = await child.post("/i/", {"code": new})
    assert "You have stopped" not in page.seen  # it would show a code that is gone
    assert "What happens" in page.seen or "words" in page.text
    kept = await desk.store.read(lambda db: conversations.get(db, house.id, held.conversation_id))
    assert "hello" in kept.conversation.answers
    stopped = await child.post("/chat", {"command": "stop"})
    assert comeback not in stopped.text


def _incoming(held: LetIn, heard: Heard) -> Incoming:
    return Incoming(held.conversation_id, "web:t", repr(heard), "", heard)


async def test_the_old_link_is_a_wrong_code_even_in_the_browser_that_used_it(desk: Desk) -> None:
    house = desk.house

    def go(db: Connection) -> tuple[str, LetIn]:
        invited = invitations.invite(db, house, LENA, now())
        secret = invited.url.partition("#")[2]
        found = invitations.let_in_by_link(db, house, secret, None, "o" * 30, now())
        assert isinstance(found, LetIn)
        return secret, found

    secret, held = await desk.store.write(go)
    await _post(await desk.signed_in(AMINA), LENA, reason=REASON)

    again = await desk.store.write(
        lambda db: invitations.let_in_by_link(db, house, secret, held.token, "o" * 30, now())
    )
    assert again is Refused.CODE


async def test_a_manager_who_makes_a_new_one_is_told_of_to_the_officer_with_the_reason(
    desk: Desk,
) -> None:
    await _let_in(desk, LENA)
    manager = await desk.signed_in(RUTH)
    await _post(manager, LENA, reason=REASON)

    (task,) = await _tasks(desk, tasks.Kind.INVITATION_REISSUED)
    assert task.review_id == LENA
    officer = await desk.signed_in(AMINA)
    page = await officer.get(f"/desk/tasks/{task.task_id}")
    assert "Ruth Adeyemi made a new invitation." in page.seen
    assert REASON in page.seen
    other = await desk.signed_in(TOM)
    assert (await other.get(f"/desk/reviews/{LENA}/access")).status == 404
    assert (await _post(other, LENA, reason=REASON)).status == 404


async def test_the_command_line_needs_a_reason_too_and_tells_the_officer(desk: Desk) -> None:
    await _let_in(desk, LENA)
    with pytest.raises(CannotInvite, match="--reason"):
        await invite_all(desk.house, LENA, 0, 0)
    assert await _tasks(desk, tasks.Kind.INVITATION_REISSUED) == []

    (made,) = await invite_all(desk.house, LENA, 0, 0, REASON)

    assert made["review_id"] == LENA
    (task,) = await _tasks(desk, tasks.Kind.INVITATION_REISSUED)
    page = await (await desk.signed_in(AMINA)).get(f"/desk/tasks/{task.task_id}")
    assert "Whoever runs Sayso for the council made a new invitation." in page.seen
    everybody = {one["review_id"] for one in await invite_all(desk.house, "", 52, 0)}
    assert LENA not in everybody  # it would lock them out


async def _with_a_pin(desk: Desk, review_id: str = KAI) -> tuple[LetIn, str]:
    """Kai came back and chose a PIN; what his browser holds, and the person."""
    _code_typed, held = await _let_in(desk, review_id)
    review = await desk.store.read(lambda db: reviews.get(db, desk.house.id, review_id))
    made = pins.make_hash(desk.house, review.person_id, "408263")

    def choose(db: Connection) -> None:
        kept = conversations.get(db, desk.house.id, held.conversation_id)
        long_ago = now().replace(year=2020)
        assert pins.choose(db, desk.house, kept, made, held.token, long_ago, now())

    await desk.store.write(choose)
    return held, review.person_id


async def test_a_pin_is_reset_for_a_reason_and_its_code_lets_them_choose_another(
    desk: Desk,
) -> None:
    held, person_id = await _with_a_pin(desk)
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{KAI}/access")
    assert "has chosen one" in page.seen

    page = await _post(browser, KAI, "/pin", pin_reason="")
    assert page.status == 422
    page = await _post(browser, KAI, "/pin", pin_reason="He rang me and asked")
    code = _code(page)

    child = await desk.browser()
    child.session.cookie_jar.update_cookies({cookie_name(desk.house, "chat"): held.token})
    page = await child.get("/chat/answers")
    assert 'data-state="pin-reset"' in page.text
    fields = {"act": "reset", "pin": "550731", "again": "550731"}
    page = await child.post("/chat/answers", {**fields, "code": "ABCD-EFGH-JKMN"})
    assert page.status == 422
    assert "I want to see my brother" not in page.text
    page = await child.post("/chat/answers", {**fields, "code": code.lower()})
    assert "I want to see my brother every week." in page.seen  # what the old one showed
    again = await child.post("/chat/answers", {**fields, "act": "reset", "code": code})
    assert 'data-state="answers"' in again.text  # it is used: an old page does nothing

    entries = await desk.store.read(lambda db: db.execute(select(audit)).all())
    (entry,) = [one for one in entries if one.act == "pin_reset"]
    assert entry.actor == f"staff:{AMINA}"
    assert entry.subject == f"young_person:{person_id}"
    assert code not in repr(entries)
    assert "rang me" not in repr(entries)


async def test_a_reset_ends_the_old_pin_and_reading_at_once_and_wrong_codes_are_limited(
    desk: Desk,
) -> None:
    held, _person_id = await _with_a_pin(desk)
    child = await desk.browser()
    child.session.cookie_jar.update_cookies({cookie_name(desk.house, "chat"): held.token})
    page = await child.post("/chat/answers", {"act": "locked", "pin": "408263"})
    assert 'data-state="answers"' in page.text

    await _post(await desk.signed_in(AMINA), KAI, "/pin", pin_reason="He asked")

    page = await child.get("/chat/answers")
    assert 'data-state="pin-reset"' in page.text
    page = await child.post("/chat/answers", {"act": "locked", "pin": "408263"})
    assert 'data-state="pin-reset"' in page.text
    fields = {"act": "reset", "pin": "550731", "again": "550731", "code": "ABCD-EFGH-JKMN"}
    statuses = [(await child.post("/chat/answers", fields)).status for _one in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_only_the_officer_resets_a_pin_and_nobody_learns_of_one_elsewhere(
    desk: Desk,
) -> None:
    await _with_a_pin(desk)
    for staff_id in (TOM, RUTH):
        browser = await desk.signed_in(staff_id)
        assert (await _post(browser, KAI, "/pin", pin_reason="please")).status == 404
    manager = await desk.signed_in(RUTH)
    assert "PIN for" not in (await manager.get(f"/desk/reviews/{KAI}/access")).seen


async def test_disputed_words_are_marked_and_not_read_out(desk: Desk) -> None:
    conversation_id = invitations.conversation_of(desk.house, MAYA)
    browser = await desk.signed_in(TOM)
    assert "Disputed" not in (await browser.get(f"/desk/reviews/{MAYA}")).seen

    await desk.store.write(lambda db: disputes.dispute(db, desk.house, conversation_id, now()))

    page = await browser.get(f"/desk/reviews/{MAYA}")
    assert "Disputed" in page.seen
    assert "Maya's own words" in page.seen  # the officer reads all of it
    assert "Stopped" in page.seen
    reading = await browser.get(f"/desk/reviews/{MAYA}/reading")
    assert "Maya's own words" not in reading.seen
    assert "Disputed" not in reading.seen  # a screen is shared
    (task,) = await _tasks(desk, tasks.Kind.NOT_ME)
    page = await browser.get(f"/desk/tasks/{task.task_id}")
    assert "Ask Maya when you are alone with them" in page.seen
    await browser.post(f"/desk/tasks/{task.task_id}/theirs", {"token": page.token})
    assert "Disputed" not in (await browser.get(f"/desk/reviews/{MAYA}")).seen
