"""How to speak to a peer: what a young person does next, given what they see."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus

from benchmarks.bot_api import Arrived
from benchmarks.wire import Answer, Unexpected, post

SECRET = "benchmark-secret"
WORDS = "I would like to see my brother more, and to have my own room."

_update_ids: Iterator[int] = itertools.count(700_000_001)
_message_ids: Iterator[int] = itertools.count(500_001)


def _who(chat: int) -> str:
    return f'"from":{{"id":{chat},"is_bot":false,"first_name":"A","language_code":"en"}}'


def _chat(chat: int) -> str:
    return f'"chat":{{"id":{chat},"type":"private","first_name":"A"}}'


def text_update(chat: int, words: str) -> bytes:
    """They wrote this. (`words` without quotation marks or line ends.)"""
    entity = ""
    if words.startswith("/"):
        length = len(words.partition(" ")[0])
        entity = f',"entities":[{{"type":"bot_command","offset":0,"length":{length}}}]'
    return (
        f'{{"update_id":{next(_update_ids)},"message":{{"message_id":{next(_message_ids)},'
        f'{_chat(chat)},"date":1767225600,{_who(chat)},"text":"{words}"{entity}}}}}'
    ).encode()


def press_update(chat: int, message_id: int, data: str) -> bytes:
    """They pressed a button of this message."""
    update_id = next(_update_ids)
    return (
        f'{{"update_id":{update_id},"callback_query":{{"id":"{update_id}",{_who(chat)},'
        f'"message":{{"message_id":{message_id},{_chat(chat)},"date":1767225600,"text":"?"}},'
        f'"chat_instance":"1","data":"{data}"}}}}'
    ).encode()


class TelegramTalk(Protocol):
    """One young person's side of a conversation in a chat."""

    def opening(self) -> bytes | None:
        """The update that begins, outside what is measured; None: there is nothing to begin."""

    def is_ready(self, seen: Arrived) -> bool:
        """Whether what is measured may begin: the first question stands there."""

    def reply(self, seen: Arrived | None) -> bytes | None:
        """The update that answers what is seen; None: the conversation is over."""


@dataclass(slots=True)
class Chatter:
    """For what echoes: words, and words again."""

    chat: int

    def opening(self) -> bytes | None:
        return None

    def is_ready(self, seen: Arrived) -> bool:
        return True

    def reply(self, seen: Arrived | None) -> bytes | None:
        return text_update(self.chat, WORDS)


@dataclass(slots=True)
class TwelveQuestions:
    """For the peers that hold a conversation: press where there are buttons, else write; and from
    the beginning again."""

    chat: int

    def opening(self) -> bytes | None:
        return text_update(self.chat, "/start")

    def is_ready(self, seen: Arrived) -> bool:
        return True

    def reply(self, seen: Arrived | None) -> bytes | None:
        assert seen is not None
        if seen.text.startswith("Thank you."):
            return text_update(self.chat, "/start")
        if seen.buttons:
            return press_update(self.chat, seen.message_id, seen.buttons[1][1])
        return text_update(self.chat, WORDS)


@dataclass(slots=True)
class SaysoChat:
    """A young person with Sayso in Telegram. `limit`: answers until the next one's turn."""

    chat: int
    payload: str
    limit: int = 12
    _said: int = 0

    def opening(self) -> bytes | None:
        return text_update(self.chat, f"/start {self.payload}")

    def is_ready(self, seen: Arrived) -> bool:
        return any(_asked(data).startswith(("feel.", "@map")) for _label, data in seen.buttons)

    def reply(self, seen: Arrived | None) -> bytes | None:
        assert seen is not None
        if self._said == self.limit:
            return None
        if self.is_ready(seen) or self._said:
            self._said += 1
        choices = [(label, data) for label, data in seen.buttons if data[0] in "ct"]
        for label, data in choices:
            if label.startswith("☑"):  # one is ticked: done
                done = next(data for _label, data in choices if data.endswith("|@done"))
                return press_update(self.chat, seen.message_id, done)
            if not data.endswith(("|@done", "|@check")) and _may_press(data):
                return press_update(self.chat, seen.message_id, data)
        return text_update(self.chat, WORDS)


def _asked(data: str) -> str:
    return data.split("|")[1]


def _may_press(data: str) -> bool:
    """Not a way out of the question; and nothing that a person would have to arrange."""
    _kind, asked, option = data.split("|")
    if asked in ("rights.advocate", "meeting.advocate", "meeting.alone"):
        return option == "no"
    return asked == "@map" or not option.startswith("@")


_QUESTION = re.compile(rb'data-state="([a-z]+)" data-question="([^"]*)"(?: data-kind="([a-z]+)")?')
_TURN = re.compile(rb'name="turn" value="([^"]*)"')
_CHOICE = re.compile(rb'name="choice" value="([^"]*)"')
_COOKIE = re.compile(rb"\r\n[Ss]et-[Cc]ookie: ([^=]+)=([^;]*)")


@dataclass(slots=True)
class WebChat:
    """A young person in the web chat without script: each answer is a form, then the next page."""

    port: int
    code: str
    limit: int = 12
    _said: int = 0
    _cookies: dict[bytes, bytes] = field(default_factory=dict)

    def opening(self) -> bytes:
        return self._post("/i/", f"code={quote_plus(self.code)}")

    def page(self) -> bytes:
        """The request for what is asked now."""
        head = f"GET /chat HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self._jar()}\r\n\r\n"
        return head.encode()

    def take(self, answer: Answer) -> None:
        """Keep the cookies of an answer."""
        self._cookies.update(_COOKIE.findall(answer.head))

    def is_ready(self, page: bytes) -> bool:
        return self._question(page)[1].startswith(("feel.", "@map"))

    def reply(self, page: bytes) -> bytes | None:
        """The form that answers this page; None: the conversation is over."""
        if self._said == self.limit:
            return None
        state, asked, kind = self._question(page)
        if self.is_ready(page) or self._said:
            self._said += 1
        turn = _TURN.search(page)
        if turn is None or state in ("sent", "stopped"):
            raise Unexpected(f"A page without a question: {state} {asked}")
        fields = f"turn={quote_plus(turn[1].decode())}"
        options = [found.decode() for found in _CHOICE.findall(page)]
        if kind == "words":
            return self._post("/chat", f"{fields}&words={quote_plus(WORDS)}")
        option = next(o for o in options if _may_press(f"c|{asked}|{o}"))
        ticked = "&ticked=1" if kind == "choices" else ""
        return self._post("/chat", f"{fields}&choice={quote_plus(option)}{ticked}")

    def _question(self, page: bytes) -> tuple[str, str, str]:
        found = _QUESTION.search(page)
        if found is None:
            raise Unexpected(f"No question on the page: {page[:300]!r}")
        return found[1].decode(), found[2].decode(), (found[3] or b"").decode()

    def _jar(self) -> str:
        return "; ".join(f"{n.decode()}={v.decode()}" for n, v in self._cookies.items())

    def _post(self, path: str, form: str) -> bytes:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        if self._cookies:
            headers["Cookie"] = self._jar()
        return post(self.port, path, form.encode(), headers)
