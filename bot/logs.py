"""Logs: events with ids, as JSON. Never words, names, tokens or codes, at DEBUG neither.

Ours say what they mean and pass `bot.redaction`. Of a library's messages only what stands in its
source code is written (the template and the place), never what it filled in: python-telegram-bot
logs every word at DEBUG, asyncio the arguments of slow calls, aiohttp what it could not read. Of an
exception only its kind and where it happened: its text may hold what was said.
"""

import faulthandler
import json
import logging
import resource
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.redaction import redacted, redacted_event

TALKATIVE = ("httpx", "httpcore", "aiohttp.access", "telegram")
"""A line for each request: of no use but at DEBUG."""

_FRAMES = 12
_NUMBERS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def set_up(*, quiet: bool, level: str = "info") -> None:
    """`quiet`: only what somebody should look at, unless `level` is `debug`."""
    number = _NUMBERS[level]
    if quiet and number != logging.DEBUG:
        number = max(number, logging.WARNING)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryFormatter())
    logging.basicConfig(handlers=[handler], level=number, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(number if number == logging.DEBUG else logging.WARNING)
    logging.raiseExceptions = False  # it would print a message with its arguments
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_text,
            _redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _catch_what_nobody_caught()


class LibraryFormatter(logging.Formatter):
    """What a library says, as JSON, without what it filled in."""

    def format(self, record: logging.LogRecord) -> str:
        # A message without arguments may have been put together by the library: then only its
        # place is known to be harmless.
        template = str(record.msg) if record.args else None
        said: dict[str, Any] = {
            "event": "library",
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "where": f"{record.module}.{record.funcName}:{record.lineno}",
        }
        if template is not None:
            said["template"] = redacted(template)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said |= described(error)
        return json.dumps(said, ensure_ascii=False)


def described(error: BaseException) -> dict[str, Any]:
    """An exception's kind, those that led to it, and where it happened: never its text."""
    kinds, seen = list[str](), set[int]()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        kinds.append(type(at).__qualname__)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{Path(frame.filename).name}:{frame.name}:{frame.lineno}" for frame in frames]
    return {"error": " from ".join(kinds), "frames": where}


def _without_text(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """structlog's `exc_info`, described."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(described(error))
    return event


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return redacted_event(event)


def _catch_what_nobody_caught() -> None:
    """Exceptions that end the program, a thread or nothing at all; warnings; crashes."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _lost("thread_failed", args.exc_value)
    sys.unraisablehook = lambda args: _lost("error_in_cleanup", args.exc_value)
    warnings.showwarning = _warned
    faulthandler.enable()  # names of files and functions only
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))  # a core file would hold all of memory


def _uncaught(
    kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error("uncaught", **described(error))


def _lost(event: str, error: BaseException | None) -> None:
    structlog.get_logger().error(event, **(described(error) if error is not None else {}))


def _warned(
    message: Warning | str,  # which may hold anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    where = f"{Path(filename).name}:{lineno}"
    structlog.get_logger().warning("python_warning", category=category.__name__, where=where)
