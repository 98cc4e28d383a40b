"""Who may hear it, in Telegram: ticks, changes from the check step, words typed there."""

import json
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.places import asked
from conversations.sharing import audience_of
from storage.conversations import get
from storage.tables import conversations
from tests.channels.telegram.test_playing import an_hour_passes, payload_for, telegram
from tests.sayso import Sayso
from tests.telegram.bot_api import Phone

WORDS = "not my uncle please"


async def _conversation(sayso: Sayso, review_id: str) -> Conversation:
    def read(db: Connection) -> Conversation:
        row = db.execute(conversations.select().where(conversations.c.review_id == review_id)).one()
        return get(db, sayso.house.id, row.conversation_id).conversation

    return await sayso.store.read(read)


async def _comes_to_who_may_hear(sayso: Sayso, phone: Phone) -> str:
    """Start, say one thing, and be asked who may hear it; the review's id."""
    payload, review_id = await payload_for(sayso)
    await phone.answered(lambda: phone.say(f"/start {payload}"))
    while "Choose another topic" not in phone.labels():
        way = next(one for one in ("Yes, start", "Go on", "Not now") if one in phone.labels())
        await phone.answered(partial(phone.press, way))
    await phone.answered(lambda: phone.press("Choose another topic"))
    await phone.answered(lambda: phone.press("Where I live"))
    await phone.answered(lambda: phone.press("Mixed"))
    await phone.answered(lambda: phone.say("/skip"))
    assert "Let me pick" in phone.labels()
    return review_id


async def test_the_last_tick_counts_and_the_check_step_changes_who_hears(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        review_id = await _comes_to_who_may_hear(sayso, phone)
        await phone.answered(lambda: phone.press("Let me pick"))
        asks = phone.last
        phone.press("☐ Everyone at my review")
        await phone.hears(lambda one: "☑ Everyone at my review" in one.labels())
        phone.press("☐ Nobody else", asks)
        await phone.hears(
            lambda one: {"☑ Nobody else", "☐ Everyone at my review"} <= set(one.labels())
        )
        await phone.answered(partial(phone.press, "Done", asks))
        await phone.answered(lambda: phone.press("Choose another topic"))
        await phone.answered(lambda: phone.press("That's all. Check it"))
        assert "Where I live (1): Just your IRO" in phone.last["text"]

        await phone.answered(lambda: phone.press("Change who hears it: Where I live"))
        await phone.answered(lambda: phone.press("My IRO and my file"))

        assert "Where I live (1): Your IRO · People who can open your file" in phone.last["text"]
        assert "Send" in phone.labels()
        conversation = await _conversation(sayso, review_id)
        assert audience_of(FLOWS["cioc_review"], conversation, "home") == ("iro", "social_worker")


async def test_words_typed_where_it_is_asked_who_may_hear_are_kept_for_the_officer_alone(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        review_id = await _comes_to_who_may_hear(sayso, phone)

        await phone.answered(lambda: phone.say(WORDS))

        conversation = await _conversation(sayso, review_id)
        assert conversation.answers["home.audience"].words == WORDS
        assert asked(conversation) != "home.audience"
        assert audience_of(FLOWS["cioc_review"], conversation, "home") == ("iro",)
        await phone.answered(lambda: phone.press("Choose another topic"))
        await phone.answered(lambda: phone.press("That's all. Check it"))
        assert "Where I live (2): Just your IRO" in phone.last["text"]


async def test_who_has_the_phone_an_hour_later_lets_fewer_people_hear_it_and_nobody_more(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        review_id = await _comes_to_who_may_hear(sayso, phone)
        await phone.answered(lambda: phone.press("Just my IRO"))
        await phone.answered(lambda: phone.say("/send"))
        await an_hour_passes(sayso, review_id)
        await phone.answered(lambda: phone.press("Change who hears it: Where I live"))

        await phone.answered(lambda: phone.press("My IRO and my file"))

        assert "you can let fewer people hear it, not more" in phone.last["text"]
        assert "use your PIN in the web chat" in phone.last["text"]
        await phone.answered(lambda: phone.press("Let me pick"))
        await phone.answered(lambda: phone.press("☐ Everyone at my review"))
        assert "you can let fewer people hear it, not more" in phone.last["text"]
        conversation = await _conversation(sayso, review_id)
        assert audience_of(FLOWS["cioc_review"], conversation, "home") == ("iro",)
        await phone.answered(lambda: phone.press("Done"))
        assert "Send" in phone.labels()


async def test_ticks_set_an_hour_ago_are_not_shown_and_a_new_one_begins_anew(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        review_id = await _comes_to_who_may_hear(sayso, phone)
        await phone.answered(lambda: phone.press("Let me pick"))
        asks = phone.last
        phone.press("☐ Everyone at my review")
        await phone.hears(lambda one: "☑ Everyone at my review" in one.labels())
        phone.press("☐ My parents", asks)
        await phone.hears(lambda one: "☑ My parents" in one.labels())
        await phone.answered(partial(phone.press, "Done", asks))
        await phone.hears(lambda one: "☑" not in json.dumps(one.messages, ensure_ascii=False))
        await phone.answered(lambda: phone.press("Back"))
        assert {"☑ Everyone at my review", "☑ My parents"} <= set(phone.labels())
        await an_hour_passes(sayso, review_id)

        await phone.answered(lambda: phone.say("/skip"))
        await phone.answered(lambda: phone.press("Back"))

        assert not [label for label in phone.labels() if label.startswith("☑")]
        assert "You said this before. It is kept. It is not shown here." in phone.last["text"]
        kept = (await _conversation(sayso, review_id)).answers["home.tell"]
        assert kept.choices == ("parents", "meeting")
        phone.press("☐ Nobody else")
        await phone.hears(lambda one: "☑ Nobody else" in one.labels())
        assert "☐ My parents" in phone.labels()
        told = (await _conversation(sayso, review_id)).answers["home.tell"]
        assert told.choices == ("nobody",)


async def test_rights_are_a_list_and_what_is_said_after_sending_is_none(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, _api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        while "Your rights" not in phone.last["text"]:
            await phone.answered(lambda: phone.press("Go on"))
        assert phone.last["text"].count("\n• ") == 3
        for _piece in range(3):
            await phone.answered(lambda: phone.press("Go on"))
        await phone.answered(lambda: phone.press("Not now"))
        await phone.answered(lambda: phone.press("Yes, start"))
        await phone.answered(lambda: phone.say("/send"))
        await phone.answered(lambda: phone.press("Send"))
        assert phone.last["text"].startswith("It is sent.")
        assert "•" not in phone.last["text"]
