"""The fake is what python-telegram-bot takes for the Bot API: driven by a stock `Bot`, its own HTTP
client, and every update read by the library's own types."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.telegram.bot_api import PRESS_LIVES, TOKEN, BotApi, Fault, Phone


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's newer way to say `retry_after`, without its warning of the older one."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="c|start.ok|yes")]])


@asynccontextmanager
async def stock(token: str = TOKEN) -> AsyncIterator[tuple[Bot, BotApi, Phone]]:
    api = BotApi()
    await api.start()
    bot = Bot(token, base_url=f"{api.url}/bot")
    try:
        if token == TOKEN:
            await bot.initialize()
        yield bot, api, Phone(api, 5001)
    finally:
        await bot.shutdown()
        await bot.request.shutdown()  # `shutdown` leaves it open where `initialize` failed
        await api.stop()


@asynccontextmanager
async def listener(
    status: Callable[[int], int] = lambda _n: 200, takes: float = 0.0
) -> AsyncIterator[tuple[str, list[dict[str, Any]], list[str]]]:
    """A bot's webhook: its address, the updates it took, the secrets that came with them."""
    taken: list[dict[str, Any]] = []
    secrets: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        secrets.append(request.headers["X-Telegram-Bot-Api-Secret-Token"])
        update = await request.json()
        await asyncio.sleep(takes)
        taken.append(update)
        return web.Response(status=status(len(taken)))

    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", taken, secrets
    finally:
        await runner.cleanup()


async def test_every_call_that_sayso_may_make_gives_the_librarys_own_types() -> None:
    async with stock() as (bot, api, phone):
        assert bot.bot.is_bot
        sent = await bot.send_message(phone.chat, "Is it OK to start?", reply_markup=YES)
        assert sent.chat.id == phone.chat
        assert sent.from_user is not None
        assert sent.from_user.is_bot
        assert abs(sent.date.timestamp() - time.time()) < 5
        assert sent.reply_markup == YES

        edited = await bot.edit_message_text("Changed", phone.chat, sent.message_id)
        assert not isinstance(edited, bool)
        assert (edited.text, edited.reply_markup) == ("Changed", None)
        assert edited.edit_date is not None
        again = await bot.edit_message_reply_markup(phone.chat, sent.message_id, reply_markup=YES)
        assert not isinstance(again, bool)
        assert again.reply_markup == YES
        assert await bot.send_chat_action(phone.chat, "typing")
        assert await bot.set_my_commands([("help", "Help me now")])
        assert await bot.delete_message(phone.chat, sent.message_id)
        assert phone.messages == []
        more = [await bot.send_message(phone.chat, str(number)) for number in range(3)]
        assert await bot.delete_messages(phone.chat, [one.message_id for one in more])
        assert phone.messages == []
        assert await bot.set_webhook("https://sayso.example/hook", secret_token="s")
        assert (await bot.get_webhook_info()).url == "https://sayso.example/hook"
        assert await bot.delete_webhook()
        assert [call.status for call in api.calls] == [200] * len(api.calls)


async def test_every_update_of_a_phone_is_read_by_the_librarys_own_types() -> None:
    async with stock() as (bot, _api, phone):
        await bot.send_message(phone.chat, "Is it OK to start?", reply_markup=YES)
        phone.say("hello")
        written = phone.messages[-1]["message_id"]
        phone.press("Yes")
        phone.edit(written, "hello again")
        for show in (phone.sticker, phone.location, phone.venue, phone.contact, phone.block):
            show()
        phone.forward("said by somebody else")
        phone.say_in_group("hi")

        updates = await bot.get_updates()

        kinds = [
            name
            for update in updates
            for name in ("message", "callback_query", "edited_message", "my_chat_member")
            if getattr(update, name) is not None
        ]
        assert len(kinds) == len(updates) == 10
        first, pressed, edited, sticker, place, venue, contact, blocked, passed_on, group = updates
        assert first.message is not None
        assert first.message.text == "hello"
        assert pressed.callback_query is not None
        assert pressed.callback_query.data == "c|start.ok|yes"
        assert edited.edited_message is not None
        assert edited.edited_message.edit_date is not None
        assert sticker.message is not None
        assert sticker.message.sticker is not None
        assert place.message is not None
        assert place.message.location is not None
        assert venue.message is not None
        assert venue.message.venue is not None
        assert contact.message is not None
        assert contact.message.contact is not None
        assert blocked.my_chat_member is not None
        assert blocked.my_chat_member.new_chat_member.status == "kicked"
        assert passed_on.message is not None
        assert passed_on.message.forward_origin is not None
        assert group.effective_chat is not None
        assert group.effective_chat.type == "group"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(400, "Bad Request: chat not found"), BadRequest),
        (Fault(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (Fault(404, "Not Found"), InvalidToken),
        (Fault(409, "Conflict"), Conflict),
        (Fault(429, "Too Many Requests: retry after 5", retry_after=5), RetryAfter),
        (Fault(502, "Bad Gateway"), NetworkError),
        (Fault(200, "", after=True, hang=True), TimedOut),
    ],
)
async def test_each_fault_is_the_error_that_the_library_makes_of_it(
    fault: Fault, error: type[Exception]
) -> None:
    async with stock() as (bot, api, phone):
        api.fault = lambda _method, _params: fault

        with pytest.raises(error):
            await bot.send_message(phone.chat, "Hello", read_timeout=0.2)

        assert len(phone.messages) == (1 if fault.after else 0)


async def test_a_wrong_token_is_refused() -> None:
    async with stock("1:WRONG-token") as (bot, _api, _phone):
        with pytest.raises(InvalidToken):
            await bot.get_me()


async def test_what_the_real_one_refuses_is_refused_in_the_same_words() -> None:
    async with stock() as (bot, api, phone):
        for words, match in (("", "text is empty"), ("x" * 4097, "too long")):
            with pytest.raises(BadRequest, match=match):
                await bot.send_message(phone.chat, words)
        long = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
        with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
            await bot.send_message(phone.chat, "x", reply_markup=long)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(phone.chat, 999)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", phone.chat, 999)
        old = api.message_of(phone.chat, text="x")
        old["date"] -= 49 * 3600
        with pytest.raises(BadRequest, match="can't be deleted"):
            await bot.delete_message(phone.chat, old["message_id"])
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", phone.chat, old["message_id"])
        same = await bot.send_message(phone.chat, "x", reply_markup=YES)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_reply_markup(phone.chat, same.message_id, reply_markup=YES)
        phone.block()
        with pytest.raises(Forbidden):
            await bot.send_message(phone.chat, "x")


async def test_a_press_can_be_answered_once_and_not_for_long() -> None:
    async with stock() as (bot, api, phone):
        await bot.send_message(phone.chat, "Is it OK to start?", reply_markup=YES)
        phone.press("Yes")
        phone.press("Yes")
        first, second = await bot.get_updates()
        assert first.callback_query is not None
        assert second.callback_query is not None

        assert await bot.answer_callback_query(first.callback_query.id)
        with pytest.raises(BadRequest, match="too old"):
            await bot.answer_callback_query(first.callback_query.id)
        later = time.monotonic() + PRESS_LIVES + 1
        api.clock = lambda: later
        with pytest.raises(BadRequest, match="too old"):
            await bot.answer_callback_query(second.callback_query.id)


async def test_polling_gives_updates_again_until_the_offset_confirms_them() -> None:
    async with stock() as (bot, api, phone):
        phone.say("one")
        phone.say("two")
        first, second = await bot.get_updates()

        assert [u.update_id for u in await bot.get_updates()] == [first.update_id, second.update_id]
        assert [u.update_id for u in await bot.get_updates(offset=second.update_id)] == [
            second.update_id
        ]
        began = time.monotonic()
        assert await bot.get_updates(offset=second.update_id + 1, timeout=1) == ()
        assert time.monotonic() - began > 0.5  # it waits for something to come
        waiting = asyncio.create_task(bot.get_updates(offset=second.update_id + 1, timeout=1))
        polls = len(api.calls)
        while len(api.calls) == polls:
            await asyncio.sleep(0.01)
        async with Bot(TOKEN, base_url=f"{api.url}/bot") as another:
            with pytest.raises(Conflict, match="other getUpdates"):
                await another.get_updates()
        phone.say("three")
        assert len(await waiting) == 1
        api.webhook = {"url": "https://sayso.example/hook"}
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()


async def test_a_webhook_gets_the_secret_one_update_of_a_chat_at_a_time_until_it_takes_it() -> None:
    async with (
        stock() as (bot, api, phone),
        listener(lambda number: 503 if number < 3 else 200, takes=0.02) as (url, taken, secrets),
    ):
        await bot.set_webhook(url, secret_token="the-secret")
        phone.say("one")
        phone.say("two")
        Phone(api, 6001).say("another chat is not held up")
        await api.settled()

        mine = [u["message"]["text"] for u in taken if u["message"]["chat"]["id"] == phone.chat]
        assert mine[-1] == "two"
        assert mine.index("two") == len(mine) - 1  # only after `one` was taken
        assert set(secrets) == {"the-secret"}
        assert 503 in api.answers
        assert all(Update.de_json(u, bot) is not None for u in taken)


async def test_updates_can_come_twice_in_another_order_and_with_numbers_begun_anew() -> None:
    async with stock() as (bot, api, phone):
        api.duplicate_every = 1
        twice = phone.say("twice")
        api.duplicate_every = 0
        api.hold()
        phone.say("first")
        phone.say("second")
        api.let_go(backwards=True)
        api.restart_update_ids(5)
        phone.say("anew")

        updates = await bot.get_updates()

        texts = [u.message.text for u in updates if u.message is not None]
        assert texts == ["twice", "twice", "second", "first", "anew"]
        assert updates[0].update_id == updates[1].update_id == twice
        assert updates[-1].update_id == 5


async def test_it_can_go_away_and_come_back() -> None:
    async with stock() as (bot, api, phone):
        await api.go_away()
        with pytest.raises(NetworkError):
            await bot.send_message(phone.chat, "Hello")
        await api.come_back()

        assert (await bot.send_message(phone.chat, "Hello")).text == "Hello"


async def test_every_call_is_written_down_with_its_time() -> None:
    async with stock() as (bot, api, phone):
        moment = iter(range(100, 200))
        api.clock = lambda: float(next(moment))
        await bot.send_message(phone.chat, "Hello")
        await bot.send_message(phone.chat, "Again")

        sent = [call for call in api.calls if call.method == "sendMessage"]
        assert [(call.at, call.params["text"]) for call in sent] == [(100, "Hello"), (101, "Again")]
        assert json.dumps([call.params for call in sent])
