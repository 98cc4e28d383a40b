"""Promise P4: no poison blocks a young person."""

import asyncio
import copy
import json
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select
from telegram import Update

from bot.service import invitations
from storage import conversations
from storage.tables import conversations as conversations_table
from storage.tables import inbox, outbox
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.promises import FULL, Promise
from tests.sayso import Sayso
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


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def malformed(draw: st.DrawFn, updates: list[dict[str, Any]]) -> str:
    """An update with one to three things wrong, as text; now and then cut off."""
    broken = copy.deepcopy(draw(st.sampled_from(updates)))
    for _wrong in range(draw(st.integers(1, 3))):
        places = paths(broken)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        inner = broken
        for step in way:
            inner = inner[step]
        match draw(st.integers(0, 4)):
            case 0:
                del inner[last]
            case 1:
                inner[last] = copy.deepcopy(draw(st.sampled_from(_STRANGE)))
            case 2:
                inner[last] = draw(_ANYTHING)
            case 3:
                inner[last] = [inner[last]]
            case _:
                inner[last] = str(inner[last])
    text = json.dumps(broken)
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 19)) == 7 else text


def thousand(updates: list[dict[str, Any]], batch: int) -> list[str]:
    """A thousand of them; another thousand for each `batch`, always the same."""
    made: list[str] = []
    numbered = [{"update_id": 0, **update} for update in updates]

    @seed(batch)
    @settings(
        max_examples=1_000, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(malformed(numbered))
    def collect(text: str) -> None:
        first = 8_000_000 + batch * 1_000
        made.append(text.replace('"update_id": 0', f'"update_id": {first + len(made)}', 1))

    collect()
    return made


def unreadable(text: str) -> bool:
    """Whether Telegram's own types, as the library has them, refuse it. (Of a pressed button's
    message we read less than the library does, so those may be understood all the same; of words,
    what says when they were said and in which chat.)"""
    try:
        plain = json.loads(text)
        if "callback_query" in plain:
            return False
        for kind in ("message", "edited_message"):
            if "text" in (plain.get(kind) or ""):
                read = ("message_id", "date", "chat", "text")
                plain[kind] = {name: plain[kind][name] for name in read}
        Update.de_json(plain, None)
    except Exception:
        return True
    return not isinstance(plain["update_id"], int)


async def test_no_malformed_update_is_answered_with_an_error_or_holds_up_the_chat(
    tmp_path: Path, promise: Promise
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        url = f"{sayso.base}/telegram/webhook"
        secret = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
        updates = good_updates(api)
        statuses: Counter[int] = Counter()
        bad: set[str] = set()
        good: list[str] = []
        sent = 0
        async with aiohttp.ClientSession(headers=secret) as session:

            async def post(text: str) -> int:
                async with session.post(url, data=text.encode()) as answer:
                    return answer.status

            for batch in range(COUNT // 1_000):
                texts = thousand(updates, batch)
                sent += len(texts)
                bad.update(text for text in texts if unreadable(text))
                for start in range(0, len(texts), 32):
                    some = texts[start : start + 32]  # and one of them twice, as Telegram may
                    statuses.update(await asyncio.gather(*map(post, [*some, some[0]])))
                await nothing_is_waiting(sayso)
                before = len(api.sent_to(phone.chat))
                good.append(f"still here {batch}")
                phone.say(good[-1])
                await phone.hears(lambda _: len(api.sent_to(phone.chat)) > before, 30)  # noqa: B023
        assert set(statuses) == {200}
        assert sent == COUNT
        assert len(bad) > COUNT / 3

        aside = await sayso.store.read(partial(quarantined, sayso))
        digest = partial(digest_of, sayso)
        assert {text: aside[digest(text)] for text in bad if aside[digest(text)] != 1} == {}
        assert set(aside.values()) == {1}
        said = await sayso.store.read(partial(words_of, sayso, review_id))
        assert set(good) <= said
        promise(
            "P4",
            malformed_updates=sent,
            answered_5xx=sum(n for status, n in statuses.items() if status >= 500),
            unreadable=len(bad),
            quarantined_once=sum(aside[digest(text)] == 1 for text in bad),
            good_messages_answered=len(good),
        )


def digest_of(sayso: Sayso, text: str) -> str:
    return sayso.house.keys.blind(sayso.house.id, "unread update", text).hex()[:24]


def quarantined(sayso: Sayso, db: Connection) -> Counter[str]:
    """How often each update lies in quarantine, by its digest."""
    keys = db.execute(select(inbox.c.key).where(inbox.c.quarantined.is_not(None))).scalars()
    return Counter(key.rpartition("/")[2][:24] for key in keys)


def words_of(sayso: Sayso, review_id: str, db: Connection) -> set[str | None]:
    """All that is kept of what was said, as an answer or as words that wait to be one."""
    (kept,) = (
        conversations.get(db, sayso.house.id, row.conversation_id)
        for row in db.execute(select(conversations_table))
        if row.review_id == review_id
    )
    said = kept.conversation
    return {a.words for a in (*said.answers.values(), *said.offered, *said.aside)}


async def nothing_is_waiting(sayso: Sayso) -> None:
    """Until all that the updates made us say has left, or was given up."""
    count = select(func.count()).select_from(outbox)
    async with asyncio.timeout(60):
        while await sayso.store.read(lambda db: db.execute(count).scalar_one()):
            await asyncio.sleep(0.02)


async def test_words_that_no_store_can_hold_are_kept_with_a_mark(tmp_path: Path) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, _review = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))

        await phone.answered(lambda: phone.say("a\0b\ud800c"))

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
