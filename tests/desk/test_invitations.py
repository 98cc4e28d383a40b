"""Inviting at the desk: by letter, by message to a confirmed address, one and many."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, func, select

from bot.access.roles import Role
from bot.service import invitation_batches, invitations, inviting
from bot.service.admission import Admitted, Asked
from bot.service.invitation_batches import AT_ONCE, KEPT_FOR
from bot.service.invitations import LetIn
from bot.web.context import now
from storage import contact_addresses, outbox, people, tasks
from storage import invitation_batches as batches
from storage import invitation_sendings as sendings
from storage.contact_addresses import Address
from storage.invitation_sendings import Way
from storage.inviting_tables import invitation_batch_items
from storage.inviting_tables import invitation_batches as batch_table
from storage.people import Staff
from storage.tables import audit
from storage.tables import invitations as invitations_table
from storage.tables import outbox as outbox_table
from tests.delivery.notify import SETTINGS
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA, MAYA, TOM
from tests.desk.running import Browser, Desk, Page

IRIS, NUMBER = "iris", "07700 900123"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def notified(desk: Desk) -> Desk:
    """A council that has set GOV.UK Notify up."""
    settings = desk.house.settings.model_copy(update=SETTINGS)
    house = replace(desk.house, settings=settings)
    return replace(desk, house=house)


async def _support(desk: Desk) -> Browser:
    member = Staff(desk.house.id, IRIS, "business_support", "Iris Bell")
    await desk.store.write(lambda db: people.add_staff(db, desk.house.keys, member, now()))
    return await desk.signed_in(IRIS)


async def _post(browser: Browser, path: str, /, **fields: str) -> Page:
    token = (await browser.get("/desk/")).token
    return await browser.post(path, {"token": token, **fields})


async def _invitation(browser: Browser, review_id: str, **fields: str) -> Page:
    return await _post(browser, f"/desk/reviews/{review_id}/invitation", **fields)


async def _pdf(browser: Browser, path: str, /, **fields: str) -> list[str]:
    """The pages of the PDF that a form hands out."""
    token = (await browser.get("/desk/")).token
    async with browser.session.post(
        browser.desk.base + path,
        data={"token": token, **fields},
        headers={"Origin": browser.desk.base, "Sec-Fetch-Site": "same-origin"},
    ) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        content = await answer.read()
    pages = PdfReader(BytesIO(content)).pages
    return [page.extract_text().replace("\u200b", "") for page in pages]


async def _address(desk: Desk, review_id: str) -> Address:
    person_id = f"person-{review_id}"
    found = await desk.store.read(
        lambda db: contact_addresses.of_people(db, desk.house.id, [person_id])
    )
    return found[person_id][0]


async def _count(desk: Desk, act: str) -> int:
    query = select(func.count()).where(audit.c.act == act)
    return int(await desk.store.read(lambda db: db.execute(query).scalar_one()))


async def test_a_letter_makes_the_invitation_and_is_handed_out_once(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    before = await browser.get(f"/desk/reviews/{LENA}/invitation")

    (page,) = await _pdf(browser, f"/desk/reviews/{LENA}/invitation", way="letter")

    assert "Not invited" in before.seen
    (code,) = CODE.findall(page)
    assert "Lena" in page
    assert "Novak" not in page
    after = await browser.get(f"/desk/reviews/{LENA}/invitation")
    assert "Sent" in after.seen
    assert code not in after.text
    let_in = await desk.store.write(
        lambda db: invitations.let_in_by_code(db, desk.house, code, "", now())
    )
    assert isinstance(let_in, LetIn)
    opened = await browser.get(f"/desk/reviews/{LENA}/invitation")
    assert "Opened" in opened.seen


async def test_a_second_letter_needs_a_reason_and_ends_the_first(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    (first,) = await _pdf(browser, f"/desk/reviews/{LENA}/invitation", way="letter")
    refused = await _invitation(browser, LENA, way="letter")

    assert refused.status == 422
    assert "Say in a few words why they need a new invitation." in refused.seen
    (second,) = await _pdf(
        browser, f"/desk/reviews/{LENA}/invitation", way="letter", reason="It was lost"
    )
    (old,), (new,) = CODE.findall(first), CODE.findall(second)
    assert old != new
    let_in = await desk.store.write(
        lambda db: invitations.let_in_by_code(db, desk.house, old, "", now())
    )
    assert not isinstance(let_in, LetIn)


async def test_the_letter_is_shown_as_a_picture_that_opens_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{LENA}/invitation")
    async with browser.session.get(
        f"{desk.base}/desk/reviews/{LENA}/invitation/letter.png"
    ) as answer:
        assert answer.content_type == "image/png"
        assert (await answer.read()).startswith(b"\x89PNG")

    assert f'src="/desk/reviews/{LENA}/invitation/letter.png"' in page.text
    assert await _count(desk, "invitation_made") == 3  # those of the ones who have sent something


async def test_an_address_is_written_to_only_once_somebody_confirmed_it(notified: Desk) -> None:
    desk = notified
    browser = await desk.signed_in(AMINA)
    await _post(browser, f"/desk/reviews/{LENA}/addresses", do="add", address=NUMBER)
    address = await _address(desk, LENA)
    page = await browser.get(f"/desk/reviews/{LENA}/invitation")

    assert address.address == "+447700900123"
    assert "Not confirmed" in page.seen
    refused = await desk.store.write(
        lambda db: inviting.send(
            db, desk.house, LENA, Way.SMS, address.address_id, inviting.By("staff:amina"), now()
        )
    )
    assert refused is inviting.Refused.NOT_CONFIRMED
    no_how = await _post(
        browser, f"/desk/reviews/{LENA}/addresses", do="confirm", address_id=address.address_id
    )
    assert no_how.status == 422
    await _post(
        browser,
        f"/desk/reviews/{LENA}/addresses",
        do="confirm",
        address_id=address.address_id,
        how="asked",
    )
    confirmed = await _address(desk, LENA)
    assert confirmed.confirmed_by == f"staff:{AMINA}"
    assert confirmed.may_be_written_to
    sent = await desk.store.write(
        lambda db: inviting.send(
            db, desk.house, LENA, Way.SMS, address.address_id, inviting.By("staff:amina"), now()
        )
    )
    assert isinstance(sent, inviting.Sent)
    (row,) = await desk.store.read(
        lambda db: outbox.of_person(db, desk.house.id, f"person-{LENA}", inviting.DESTINATION)
    )
    assert "/i/#" in row.payload


async def test_what_is_no_address_is_refused_with_what_to_do(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    for typed in (
        "", "07700 900123\nBcc: all@example.org", "kai@example.org\r\nx", "٠٧٧٠٠٩٠٠١٢٣",
        "кай@при.рф",
        "a" * 65 + "@example.org", "k@" + "x" * 300 + ".org", "=1+1@example", "0207 946 0958",
        "kai@localhost", "<script>alert(1)</script>@example.org", "07700", "+44 7700 9001234567",
    ):  # fmt: skip
        page = await _post(browser, f"/desk/reviews/{LENA}/addresses", do="add", address=typed)
        assert page.status == 422, typed
        assert "Nothing is sent yet" in page.seen
        assert "<script>alert(1)" not in page.text
    found = await desk.store.read(
        lambda db: contact_addresses.of_people(db, desk.house.id, [f"person-{LENA}"])
    )
    assert found == {}


async def test_an_address_of_two_young_people_is_neithers_own(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    await _post(browser, f"/desk/reviews/{LENA}/addresses", do="add", address="kai@example.org")

    page = await _post(
        browser, f"/desk/reviews/{KAI}/addresses", do="add", address="KAI@example.org"
    )

    assert page.status == 422
    assert "Another young person has this one" in page.seen


async def test_nobody_invites_at_an_address_of_somebody_else(desk: Desk) -> None:
    amina = await desk.signed_in(AMINA)
    await _post(amina, f"/desk/reviews/{LENA}/addresses", do="add", address=NUMBER)
    address = await _address(desk, LENA)

    page = await _post(
        await desk.signed_in(TOM),
        f"/desk/reviews/{MAYA}/addresses",
        do="confirm",
        address_id=address.address_id,
        how="asked",
    )

    assert page.status == 404
    assert not (await _address(desk, LENA)).may_be_written_to


def _due(db: Connection, desk: Desk, number: int, family: str) -> None:
    """One more young person with a review in five days."""
    name = f"Child{number:02} {family}"
    northborough.add(db, desk.house, f"R-{number:02}", name, 6 + number, AMINA, meeting=5, due=5)


async def _run(desk: Desk) -> int:
    """Make all that is started; in how many transactions."""
    steps = 0
    making = invitation_batches.Making(desk.store, desk.house)
    while await making.step(now()):
        steps += 1
    return steps


async def _batch_id(desk: Desk) -> str:
    query = select(batch_table.c.batch_id).order_by(batch_table.c.made_at.desc())
    return str(await desk.store.read(lambda db: db.execute(query).scalars().first()))


async def test_all_who_are_due_are_shown_first_with_who_cant_and_why(desk: Desk) -> None:
    browser = await _support(desk)

    page = await browser.get("/desk/invitations/due?weeks=4")

    assert "Lena Novak" in page.seen
    assert "Who gets one: 1" in page.seen
    assert "1 letter to print" in page.seen
    assert "Has opened one" in page.seen  # Kai and Maya
    assert "say this" not in page.text
    bad = await browser.get("/desk/invitations/due?weeks=many")
    assert bad.status == 422
    assert "Enter a number of weeks from 1 to 104." in bad.seen
    assert (await browser.get("/desk/invitations/due?weeks=104")).status == 200


async def test_a_batch_is_made_printed_and_then_kept_nowhere(desk: Desk) -> None:
    browser = await _support(desk)
    for number in range(12):
        await desk.store.write(partial(_due, desk=desk, number=number, family="Surname"))
    started = await _post(browser, "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)

    assert "0 of 13 made" in started.seen
    assert '<meta http-equiv="refresh"' in started.text
    assert await _run(desk) == -(-13 // AT_ONCE)
    page = await browser.get(f"/desk/invitations/batch?batch={batch_id}")
    assert "13 invitations made" in page.seen
    assert '<meta http-equiv="refresh"' not in page.text
    pages = await _pdf(browser, "/desk/invitations/batch", batch=batch_id, first="1")
    again = await _pdf(browser, "/desk/invitations/batch", batch=batch_id, first="1")
    assert len(pages) == 14
    assert pages == again  # the printer jammed
    names = re.findall(r"Child\d\d Surname", pages[0])
    assert names == sorted(names)
    assert [re.findall(r"Hello (\w+)", one)[0] for one in pages[1:13]] == [
        name.split()[0] for name in names
    ]
    assert not any("Surname" in one for one in pages[1:])
    await _post(browser, "/desk/invitations/batch", batch=batch_id, do="printed")
    over = await _post(browser, "/desk/invitations/batch", batch=batch_id, first="1")
    assert over.status == 422
    assert "not kept any more" in over.seen
    kept = select(func.count()).where(invitation_batch_items.c.letter.is_not(None))
    assert await desk.store.read(lambda db: db.execute(kept).scalar_one()) == 0
    code = CODE.findall(pages[1])[0]
    let_in = await desk.store.write(
        lambda db: invitations.let_in_by_code(db, desk.house, code, "", now())
    )
    assert isinstance(let_in, LetIn)
    listed = await browser.get("/desk/invitations?state=sent")
    assert "Child01 Surname" in listed.seen
    assert await _count(desk, "letters_fetched") == 2


async def _stop(browser: Browser, batch_id: str) -> Page:
    return await _post(browser, "/desk/invitations/batch", batch=batch_id, do="stop")


@pytest.mark.parametrize("made", [False, True])
async def test_invitations_that_were_started_by_mistake_are_stopped(
    desk: Desk, *, made: bool
) -> None:
    """Half of them made by then, or all: nobody took the PDF."""
    browser = await _support(desk)
    for number in range(7):
        await desk.store.write(partial(_due, desk=desk, number=number, family="Surname"))
    await _post(browser, "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)
    await desk.store.write(lambda db: invitation_batches.make(db, desk.house, now()))
    if made:
        await _run(desk)
    opening = await desk.store.read(lambda db: batches.letters(db, desk.house.id, batch_id, 1, 9))
    assert len(opening) == (8 if made else AT_ONCE)
    assert (
        "8 have not left" in (await browser.get(f"/desk/invitations/batch?batch={batch_id}")).seen
    )

    page = await _stop(browser, batch_id)

    assert "8 were stopped before they left" in page.seen
    assert "None had left." in page.seen
    assert "Print the letters" not in page.seen
    assert "Stop what has not left" not in page.seen
    assert "not fetched within a day" not in page.seen
    assert await _run(desk) == 0
    for one in opening.values():
        shut = await desk.store.write(
            partial(invitations.let_in_by_code, house=desk.house, code=one.code, once="", now=now())
        )
        assert shut is invitations.Refused.CODE
    assert "Who gets one: 8" in (await browser.get("/desk/invitations/due?weeks=4")).seen
    assert await _count(desk, "invitations_stopped") == 1


async def test_letters_that_somebody_took_count_as_gone(desk: Desk) -> None:
    browser = await _support(desk)
    await _post(browser, "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)
    await _run(desk)
    await _pdf(browser, "/desk/invitations/batch", batch=batch_id, first="1")

    page = await browser.get(f"/desk/invitations/batch?batch={batch_id}")
    assert "Stop what has not left" not in page.seen
    after = await _stop(browser, batch_id)

    assert "Print the letters" in after.seen  # the printer may have jammed
    assert (await _pdf(browser, "/desk/invitations/batch", batch=batch_id, first="1"))[1:]


def _confirmed(db: Connection, desk: Desk, review_id: str, number: str) -> None:
    """A number that somebody confirmed."""
    person_id, council = f"person-{review_id}", desk.house.id
    address = Address(
        f"A-{review_id}", person_id, contact_addresses.Way.SMS, number, "staff:iris", now()
    )
    contact_addresses.add(db, desk.house.keys, council, address)
    contact_addresses.confirm(
        db, council, address.address_id, "staff:iris", contact_addresses.How.ASKED, now()
    )


async def test_a_message_that_waits_for_the_morning_is_stopped_and_one_that_left_stands(
    notified: Desk,
) -> None:
    desk = notified
    await desk.store.write(partial(_due, desk=desk, number=1, family="Surname"))
    browser = await _support(desk)
    staff, asked = Admitted(IRIS, Role.BUSINESS_SUPPORT, "Iris Bell", "token", now()), Asked(
        "desk.letters"
    )  # fmt: skip

    def begin(db: Connection) -> str:
        for review_id, number in ((LENA, NUMBER), ("R-01", "07700 900456")):
            _confirmed(db, desk, review_id, number)
        found = invitation_batches.start(
            db, desk.house, staff, Asked("desk.invitations_start"), 4, now()
        )
        assert found is not None
        while invitation_batches.make(db, desk.house, now()):
            pass
        (lena,) = sendings.of_review(db, desk.house.id, LENA)
        assert outbox.withdraw(db, desk.house.id, f"invitation/{lena.sending_id}", now())
        sendings.sent(db, desk.house.id, lena.sending_id, now())  # GOV.UK Notify has it
        return found

    batch_id = await desk.store.write(begin)
    await desk.store.write(
        lambda db: invitation_batches.stop(db, desk.house, staff, asked, batch_id, now())
    )

    page = await browser.get(f"/desk/invitations/batch?batch={batch_id}")
    assert "1 was stopped before it left" in page.seen
    assert "1 had left and stands" in page.seen
    waiting = select(func.count()).where(outbox_table.c.destination == "invitation")
    assert await desk.store.read(lambda db: db.execute(waiting).scalar_one()) == 0
    (stopped,) = await desk.store.read(lambda db: sendings.of_review(db, desk.house.id, "R-01"))
    assert stopped.state is sendings.State.WITHDRAWN


async def test_nobody_stops_what_somebody_else_started(desk: Desk) -> None:
    browser = await _support(desk)
    await _post(browser, "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)

    page = await _stop(await desk.signed_in(AMINA), batch_id)

    assert page.status == 404
    assert await _run(desk) == 1


async def test_what_opens_letters_is_let_go_after_a_day(desk: Desk) -> None:
    browser = await _support(desk)
    await _post(browser, "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)
    await _run(desk)
    making = invitation_batches.Making(desk.store, desk.house)

    await making.step(now() + KEPT_FOR - timedelta(minutes=1))
    before = await desk.store.read(lambda db: batches.letters(db, desk.house.id, batch_id, 1, 99))
    await making.step(now() + KEPT_FOR + timedelta(minutes=1))
    after = await desk.store.read(lambda db: batches.letters(db, desk.house.id, batch_id, 1, 99))

    assert len(before) == 1
    assert after == {}
    page = await browser.get(f"/desk/invitations/batch?batch={batch_id}")
    assert "not fetched within a day" in page.seen
    assert "Not sent yet" in (await browser.get("/desk/invitations?state=made")).seen


async def test_who_dies_in_the_middle_leaves_no_invitation_twice_and_none_out(desk: Desk) -> None:
    browser = await _support(desk)
    for number in range(11):
        await desk.store.write(partial(_due, desk=desk, number=number, family="Doe"))
    await _post(browser, "/desk/invitations/due", weeks="4")

    class Died(Exception):
        """Between making and committing."""

    def half(db: Connection) -> None:
        invitation_batches.make(db, desk.house, now())
        raise Died

    for _ in range(3):
        with pytest.raises(Died):
            await desk.store.write(half)
        await desk.store.write(lambda db: invitation_batches.make(db, desk.house, now()))
    await _run(desk)

    made = select(invitations_table.c.review_id, func.count()).group_by(
        invitations_table.c.review_id
    )
    counts = await desk.store.read(lambda db: {row[0]: row[1] for row in db.execute(made)})
    assert {counts[f"R-{n:02}"] for n in range(11)} == {1}
    letters = select(func.count()).where(invitation_batch_items.c.letter.is_not(None))
    assert await desk.store.read(lambda db: db.execute(letters).scalar_one()) == 12


async def test_a_batch_is_its_makers_own(desk: Desk) -> None:
    await _post(await _support(desk), "/desk/invitations/due", weeks="4")
    batch_id = await _batch_id(desk)
    await _run(desk)
    tom = await desk.signed_in(TOM)

    assert (await tom.get(f"/desk/invitations/batch?batch={batch_id}")).status == 404
    refused = await _post(tom, "/desk/invitations/batch", batch=batch_id, first="1")
    assert refused.status == 404


async def test_an_officer_invites_their_own_and_no_others(desk: Desk) -> None:
    page = await (await desk.signed_in(TOM)).get("/desk/invitations/due?weeks=8")
    assert "Maya Okafor" in page.seen
    assert "Lena Novak" not in page.seen


async def test_the_list_as_a_file_holds_no_formula(desk: Desk) -> None:
    await desk.store.write(
        lambda db: northborough.add(
            db, desk.house, "R-evil", "=HYPERLINK(1) Doe", 12, AMINA, meeting=4, due=4
        )
    )
    browser = await desk.signed_in(AMINA)

    page = await browser.get("/desk/invitations.csv?weeks=4")

    assert "'=HYPERLINK(1) Doe" in page.text
    assert not re.search(r"(^|,)\"?[=+@-]", page.text, re.MULTILINE)
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert await _count(desk, "invitations_exported") == 1


async def test_what_did_not_arrive_is_a_task_until_somebody_deals_with_it(notified: Desk) -> None:
    desk = notified
    browser = await _support(desk)
    await _post(browser, f"/desk/reviews/{LENA}/addresses", do="add", address=NUMBER)
    address = await _address(desk, LENA)
    by = inviting.By("staff:iris")

    def go(db: Connection) -> str:
        contact_addresses.confirm(
            db, desk.house.id, address.address_id, by.actor, contact_addresses.How.ASKED, now()
        )
        sent = inviting.send(db, desk.house, LENA, Way.SMS, address.address_id, by, now())
        assert isinstance(sent, inviting.Sent)
        sendings.sent(db, desk.house.id, sent.sending_id, now(), "n")
        inviting.bounced(db, desk.house, sent.sending_id, "permanent-failure", now())
        return sent.sending_id

    await desk.store.write(go)
    page = await browser.get("/desk/invitations")

    assert "Did not arrive: 1" in page.seen
    assert "the number or address is not there" in page.seen
    amina = await desk.signed_in(AMINA)
    assert "An invitation did not arrive" in (await amina.get("/desk/tasks")).seen
    await _invitation(browser, LENA, do="dealt_with")
    after = await browser.get("/desk/invitations")
    assert "Did not arrive: 1" not in after.seen
    waiting = await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))
    assert [one for one in waiting if one.kind is tasks.Kind.INVITATION_BOUNCED] == []
