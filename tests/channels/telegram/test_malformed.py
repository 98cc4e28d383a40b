"""Promise P4: no poison blocks a young person."""

import asyncio
import copy
import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from storage.tables import inbox
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.conftest import FULL
from tests.telegram.bot_api import BotApi

COUNT = 100_000 if FULL else 5_000

_STRANGE: list[Any] = [
    None, True, -1, 0, 2**63, 2**80, 1.5, "", "x" * 5000, "\0", "\ud800", [], {}, [[]], {"id": {}},
    "2026-01-01", [None], {"type": "private"}, -(10**18),
]  # fmt: skip


def good_updates(api: BotApi) -> list[dict[str, Any]]:
    """Every kind of update that Telegram sends us."""
    message = api.message_of(5001, text="hello")
    user = message["from"]
    chat = message["chat"]
    press = {"id": "q", "from": user, "chat_instance": "1", "data": "c|start.ok|yes"}
    member = {"user": user, "status": "member"}
    change = {"chat": chat, "from": user, "date": 1, "old_chat_member": member}
    return [
        {"message": message},
        {"edited_message": {**message, "edit_date": 1}},
        {"callback_query": {**press, "message": message}},
        {"my_chat_member": {**change, "new_chat_member": {**member, "status": "kicked"}}},
        {"message": {**message, "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1,
                                           "height": 1}]}},
        {"message": {**message, "entities": [{"type": "bold", "offset": 0, "length": 2}]}},
        {"message": {**message, "forward_origin": {"type": "user", "date": 1,
                                                   "sender_user": user}}},
    ]  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a nested value."""
    here = [at] if at else []
    if isinstance(value, dict):
        return here + [p for key in value for p in paths(value[key], (*at, key))]
    if isinstance(value, list):
        return here + [p for i, one in enumerate(value) for p in paths(one, (*at, i))]
    return here


def mutated(update: dict[str, Any], chance: random.Random) -> str:
    """The update with one to three things wrong, as text."""
    broken = copy.deepcopy(update)
    for _wrong in range(chance.randint(1, 3)):
        places = paths(broken)
        if not places:
            break
        *way, last = chance.choice(places)
        inner = broken
        for step in way:
            inner = inner[step]
        match chance.randint(0, 3):
            case 0:
                del inner[last]
            case 1:
                inner[last] = chance.choice(_STRANGE)
            case 2:
                inner[last] = [inner[last]]
            case _:
                inner[last] = str(inner[last])
    text = json.dumps(broken)
    if chance.random() < 0.05:
        return text[: chance.randrange(len(text))]  # cut off
    return text


async def test_no_malformed_update_is_answered_with_an_error_or_holds_up_the_chat(
    tmp_path: Path,
) -> None:
    import aiohttp  # noqa: PLC0415

    chance = random.Random(2026)
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        url = f"{sayso.base}/telegram/webhook"
        secret = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
        updates = good_updates(api)
        statuses: Counter[int] = Counter()
        waiting: list[Any] = []
        async with aiohttp.ClientSession(headers=secret) as session:

            async def post(body: bytes) -> int:
                async with session.post(url, data=body) as answer:
                    return answer.status

            for number in range(COUNT):
                whole = {"update_id": 8_000_000 + number, **chance.choice(updates)}
                body = mutated(whole, chance).encode("utf-8", "surrogatepass")
                posts = [post(body) for _twice in range(1 if number % 50 else 2)]
                waiting += posts
                if len(waiting) >= 32:
                    statuses.update(await asyncio.gather(*waiting))
                    waiting.clear()
                if number % 1000 == 999:
                    # The bot may be hearing "stop" or "back" among the noise: any answer counts.
                    await phone.answered(lambda: phone.say("still here"), 30)

            statuses.update(await asyncio.gather(*waiting))

        assert set(statuses) == {200}
        rows = await sayso.store.read(
            lambda db: db.execute(
                select(inbox.c.key, func.count())
                .where(inbox.c.quarantined.is_not(None))
                .group_by(inbox.c.key)
            ).all()
        )
        assert len(rows) > COUNT / 20
        assert all(count == 1 for _key, count in rows)


async def test_words_that_no_store_can_hold_are_kept_with_a_mark(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await phone.answered(lambda: phone.say("a\0b\ud800c"))

        from bot.service import invitations  # noqa: PLC0415
        from storage import conversations  # noqa: PLC0415

        now = datetime.now(UTC)
        conversation_id = await sayso.store.read(
            lambda db: invitations.chat_conversation(db, sayso.house, "5001", now)
        )
        assert conversation_id is not None
        kept = await sayso.store.read(
            lambda db: conversations.get(db, sayso.house.id, conversation_id)
        )
        (offered,) = kept.conversation.offered
        assert offered.words == "a\ufffdb\ufffdc"
        assert offered.replaced == 2
        assert set(api.answers) == {200}
