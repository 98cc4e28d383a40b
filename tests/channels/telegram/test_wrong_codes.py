"""Wrong codes in a Telegram chat: five an hour are tried, later ones are kept and tried then."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select, update

from bot.service import guessing
from bot.service.codes import new_code
from bot.web.context import now
from storage.tables import outbox, tries
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.sayso import Sayso


async def _hour_later(sayso: Sayso) -> None:
    """As if the hour were over: of the tries, and of the codes that wait for it."""

    def go(db: Connection) -> None:
        db.execute(update(tries).values(ends_at=now() - timedelta(seconds=1)))
        db.execute(update(outbox).where(outbox.c.destination == "knock").values(not_before=now()))

    await sayso.store.write(go)


async def test_after_five_wrong_codes_the_right_one_is_kept_and_let_in_once_the_hour_is_over(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        for _one in range(guessing.PER_CHAT):
            answer = await phone.answered(lambda: phone.say(new_code()))
            assert "That code did not work." in answer["text"]
        payload, _review = await payload_for(sayso)

        answer = await phone.answered(lambda: phone.say(f"/start {payload}"))
        assert "I keep this code and try it at" in answer["text"]
        answer = await phone.answered(lambda: phone.say("hello?"))
        assert "I don't know who you are yet" in answer["text"]

        await _hour_later(sayso)
        await phone.hears(lambda one: "I'm a computer program" in one.last["text"])


async def test_of_many_codes_typed_while_waiting_the_newest_five_are_kept(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        for _one in range(guessing.PER_CHAT + 9):
            await phone.answered(lambda: phone.say(new_code()))

        def waiting(db: Connection) -> int:
            return len(db.execute(select(outbox).where(outbox.c.destination == "knock")).all())

        assert await sayso.store.read(waiting) == guessing.PER_CHAT


async def test_a_chat_that_types_words_and_no_codes_is_not_slowed_down(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        for _one in range(guessing.PER_CHAT + 1):
            await phone.answered(lambda: phone.say("who is this?"))
        payload, _review = await payload_for(sayso)
        answer = await phone.answered(lambda: phone.say(f"/start {payload}"))
        assert "I'm a computer program" in answer["text"]
