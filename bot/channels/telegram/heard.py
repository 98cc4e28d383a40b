"""From an update to what was meant. Pure: python-telegram-bot's types in, ours out."""

from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Chat, ChatMember, Message, Update

from conversations.attaching import Medium
from conversations.conversation import Channel
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text, Toggled


@dataclass(frozen=True, slots=True)
class Started:
    """`/start`, with the payload of an invitation's link or none."""

    chat: int
    message: int
    payload: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something for the conversation. `message`: what they wrote, to be taken out of the chat;
    `pressed`: the message whose button it was; `callback` wants an answer."""

    chat: int
    heard: Heard
    message: int | None = None
    pressed: int | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True)
class NotWords:
    """A sticker, a film, a place: nothing that can be kept. Taken out of the chat. `words`: what
    was written beneath it."""

    chat: int
    message: int
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Showed:
    """A voice note or a photo. `size` and `seconds` as Telegram says them, 0 where it does not."""

    chat: int
    message: int
    medium: Medium
    file_id: str
    size: int
    seconds: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Not for us: a group, a channel."""

    why: str


@dataclass(frozen=True, slots=True)
class Shut:
    """They blocked the bot (`closed`), or let it write again. There is nothing to say to it."""

    chat: int
    closed: bool


Meant = Started | Said | NotWords | Showed | Shut | Nothing

_COMMANDS = {
    "help": Name.HELP,
    "sos": Name.HELP,
    "stop": Name.STOP,
    "back": Name.BACK,
    "skip": Name.SKIP,
    "send": Name.SEND,
}
_AT = "~"
"""Stands in no option's id."""
_DIGITS = 10
_PLACES = ("location", "venue", "contact")


def meant(plain: dict[str, Any], bot: Bot) -> Meant:
    """What an update says. Edited words are new words: the old ones were answered already.

    Raises almost anything on a malformed update, as the library's types do.
    """
    if plain.get("callback_query") is not None:
        return _pressed(plain["callback_query"], bot)
    for name in ("message", "edited_message"):
        written = plain.get(name)
        if isinstance(written, dict) and "text" in written:
            return _message(Message.de_json(_asked_of(written), bot), edited=name != "message")
    update = Update.de_json(plain, bot)
    if update.message is not None:
        return _message(update.message, edited=False)
    if update.edited_message is not None:
        return _message(update.edited_message, edited=True)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        if change.chat.type != Chat.PRIVATE:
            return Nothing("not a private chat")
        closed = change.new_chat_member.status == ChatMember.BANNED
        return Shut(_whole(change.chat.id), closed)
    return Nothing("other")


_ASKED_OF = ("message_id", "date", "chat", "text")


def _asked_of(written: dict[str, Any]) -> dict[str, Any]:
    """Of a text only what is used: objects for its sender, marks and the message it answers would
    cost more than all the rest, and what is wrong with one of them is no reason to lose words."""
    return {name: written[name] for name in _ASKED_OF}


def _message(message: Message, *, edited: bool) -> Meant:
    if message.chat.type != Chat.PRIVATE:
        return Nothing("not a private chat")
    chat, number = _whole(message.chat.id), _whole(message.message_id)
    words = message.caption if edited and message.text is None else message.text
    if words is None and not edited and (showed := _showed(message, chat, number)) is not None:
        return showed
    if words is None:
        return NotWords(chat, number, _kind(message), message.caption or "")
    if edited:
        return Said(chat, Draft(words=words, channel=Channel.TELEGRAM), message=number)
    command, _, rest = words.partition(" ")
    name = command[1:].partition("@")[0].casefold() if command.startswith("/") else ""
    if name == "start":
        return Started(chat, number, rest.strip()[:64])
    if name in _COMMANDS and not rest.strip():
        return Said(chat, Command(name=_COMMANDS[name], channel=Channel.TELEGRAM), message=number)
    if name == "delete" and not rest.strip():
        whole = Chosen(option="@back", channel=Channel.TELEGRAM)  # which is asked first
        return Said(chat, whole, message=number)
    return Said(chat, Text(words=words, channel=Channel.TELEGRAM), message=number)


def _showed(message: Message, chat: int, number: int) -> Showed | None:
    sound = message.voice or message.audio
    words = message.caption or ""
    if sound is not None:
        length = sound.duration
        seconds = length if isinstance(length, int) else round(length.total_seconds())
        file_id, size = str(sound.file_id), sound.file_size or 0
        return Showed(chat, number, Medium.VOICE, file_id, size, seconds, words)
    if message.photo:
        photo = message.photo[-1]  # the biggest
        return Showed(
            chat, number, Medium.PICTURE, str(photo.file_id), photo.file_size or 0, 0, words
        )
    return None


def _kind(message: Message) -> str:
    if any(getattr(message, kind) is not None for kind in _PLACES):
        return "place"
    return "other"


def _pressed(plain: dict[str, Any], bot: Bot) -> Meant:
    """Of the pressed message only its number and chat are asked for: making objects of its text and
    keyboard would cost more than all the rest."""
    query = CallbackQuery.de_json({**plain, "message": None}, bot)
    message = plain.get("message")
    if message is None:
        return Nothing("not a private chat")
    chat = Chat.de_json(message["chat"], bot)
    if chat.type != Chat.PRIVATE:
        return Nothing("not a private chat")
    heard = from_button(query.data or "")
    if heard is None:
        return Nothing("a button of nobody's")
    if not isinstance(query.id, str):
        raise TypeError("The press has no id.")
    pressed = _whole(message["message_id"])
    return Said(_whole(chat.id), heard, pressed=pressed, callback=query.id)


def _whole(number: object) -> int:
    """An id as Telegram gives it. Its library's types take anything, and what is no id would be
    sent back to Telegram for ever."""
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= 2**53:
        raise TypeError("An id is no whole number.")
    return number


def to_button(kind: str, asked: str, value: str, turn: int | None = None) -> str:
    """What a button carries, 64 bytes at the most: what it is, what was asked, what it says, and at
    which turn, where it counts at that alone."""
    data = f"{kind}|{asked}|{value}" if turn is None else f"{kind}|{asked}|{value}{_AT}{turn}"
    if len(data.encode()) > 64:
        raise ValueError(f"Too long for a button: {data}")
    return data


def from_button(data: str) -> Heard | None:
    """The inverse; None for what no version of ours made."""
    kind, _, rest = data.partition("|")
    asked, _, value = rest.partition("|")
    if not asked or not value:
        return None
    match kind:
        case "c":
            option, at, turn = value.rpartition(_AT)
            if at and turn.isascii() and turn.isdigit() and len(turn) < _DIGITS:
                return Chosen(option=option, to=asked, turn=int(turn), channel=Channel.TELEGRAM)
            return Chosen(option=value, to=asked, channel=Channel.TELEGRAM)
        case "t":
            return Toggled(option=value, to=asked, channel=Channel.TELEGRAM)
        case "w" if value in _COMMANDS:
            return Command(name=_COMMANDS[value], to=asked, channel=Channel.TELEGRAM)
        case _:
            return None
