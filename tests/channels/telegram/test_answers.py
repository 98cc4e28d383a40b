"""An answer to a wish rings in the chat as a message, and no word of it goes there."""

from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.channels.telegram.notices import notice
from bot.demo.council import play
from bot.demo.people import Voice
from bot.service import answering, invitations
from bot.service.admission import Admitted, Asked
from bot.web.context import now
from conversations.asks import Answer, State
from storage import asks, people, reviews
from storage.asks import Written
from tests.channels.telegram.test_notices import denied
from tests.channels.telegram.test_playing import payload_for, telegram

WISH, ANSWER = (
    "I want to see my brother",
    "You will see him every Saturday, says your social worker.",
)


async def test_a_chat_is_told_that_there_is_a_message_and_not_a_word_of_it(tmp_path: Path) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        house = sayso.house
        talk = invitations.conversation_of(house, review_id)

        def wish(db: Connection) -> None:
            play(db, house, talk, Voice({"home.change": WISH}, "file"), now())

        def answer(db: Connection) -> None:
            (ask,) = asks.of_review(db, house.id, review_id)
            member = people.staff_member(
                db, house.id, reviews.get(db, house.id, review_id).officer_id
            )
            staff = Admitted(member.staff_id, Role(member.role), member.name, "token", now())
            made = answering.send(
                db, house, staff, Asked("desk.ask_answer", review_id), ask.ask_id,
                Answer(State.AGREED, ANSWER), 0, now(), partial(notice, house),
            )  # fmt: skip
            assert isinstance(made, Written)

        await sayso.store.write(wish)
        before = len(phone.messages)
        await sayso.store.write(answer)
        await phone.hears(lambda _phone: len(phone.messages) > before, 30)

        told = [one["text"] for one in phone.messages[before:] if one["from"]["is_bot"]]
        everything = repr([call.params for call in api.calls])

    assert len(told) == 1
    assert "a message for you" in told[0]
    assert "/i/" in told[0]
    assert denied(told[0]) == []
    assert "every Saturday" not in everything
    assert "brother" not in everything
