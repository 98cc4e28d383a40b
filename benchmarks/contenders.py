"""Who is measured against whom."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.bot_api import TOKEN
from benchmarks.peer import ROOT, Launch, Peer, Place, TelegramWay, WebWay, endless, module
from benchmarks.peers.running import PATH
from benchmarks.talking import (
    SECRET,
    Chatter,
    SaysoChat,
    TelegramTalk,
    TwelveQuestions,
    WebChat,
)

INVITED = 4_000
"""Invented young people of one run: each answers twelve questions, once."""

_ECHOING = TelegramWay(PATH, endless(Chatter))
_ASKING = TelegramWay(PATH, endless(TwelveQuestions))


def _sayso(place: Place) -> Launch:
    """In Telegram."""
    return _serving(
        place,
        {
            "SAYSO_TELEGRAM_TOKEN": TOKEN,
            "SAYSO_TELEGRAM_API_URL": place.api_url,
            "SAYSO_TELEGRAM_SECRET": SECRET,
            "SAYSO_TELEGRAM_STYLE": "full",
            "SAYSO_TELEGRAM_RATE": "off",
        },
    )


def _serving(place: Place, channel: dict[str, str]) -> Launch:
    """`sayso serve` on a demo council with enough invitations; without guessing limits."""
    environment = channel | {
        "SAYSO_DATABASE_URL": place.database,
        "SAYSO_PORT": str(place.port),
        "SAYSO_KEYS": str(place.folder / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{place.folder / 'case-record'}",
        "SAYSO_LIMITS": "off",
    }
    sayso = [sys.executable, "-m", "bot"]
    once = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    with (place.folder / "invited.json").open("wb") as invited:
        for command in (["migrate"], ["invite", "--synthetic", str(INVITED), "--json"]):
            subprocess.run(
                [*sayso, *command],
                check=True,
                stdout=invited if command[0] == "invite" else subprocess.DEVNULL,
                env=once,
                cwd=place.folder,
            )
    return Launch([*sayso, "serve"], environment)


def _in_telegram(place: Place) -> Iterator[tuple[int, TelegramTalk]]:
    invited = json.loads((place.folder / "invited.json").read_bytes())
    for chat, one in zip(itertools.count(100_001), invited, strict=False):
        yield chat, SaysoChat(chat, one["telegram_start"])


def _in_the_web_chat(place: Place) -> Iterator[WebChat]:
    for one in json.loads((place.folder / "invited.json").read_bytes()):
        yield WebChat(place.port, one["code"])


_TELEGRAM = TelegramWay(PATH, _in_telegram, once=True)

PEERS = (
    Peer("sayso", "Sayso, Telegram, SQLite FULL", _sayso, _TELEGRAM, "sqlite"),
    Peer("sayso-postgresql", "Sayso, Telegram, PostgreSQL", _sayso, _TELEGRAM, "postgresql"),
    Peer(
        "webchat",
        "Sayso, web chat forms, Telegram off, SQLite FULL",
        lambda place: _serving(place, {}),
        WebWay(_in_the_web_chat),
        "sqlite",
    ),
    Peer("echo", "ptb echo, stores nothing", partial(module, "echo"), _ECHOING),
    Peer(
        "conversation-handler",
        "ptb ConversationHandler, pickle each update",
        partial(module, "conversation_handler"),
        _ASKING,
    ),
    Peer(
        "sqlalchemy",
        "ptb with SQLAlchemy, SQLite FULL",
        partial(module, "sqlalchemy_bot"),
        _ASKING,
        "sqlite",
    ),
    Peer(
        "sqlalchemy-postgresql",
        "ptb with SQLAlchemy, PostgreSQL",
        partial(module, "sqlalchemy_bot"),
        _ASKING,
        "postgresql",
    ),
    Peer("limit", "bare aiohttp handler, stores nothing", partial(module, "limit"), _ECHOING),
    Peer("ceiling", "the load generator's own ceiling", partial(module, "ceiling"), _ECHOING),
)
