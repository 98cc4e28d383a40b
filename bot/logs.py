"""Logs: events with ids, as JSON. Never words, names, tokens or codes."""

import logging
import sys

import structlog

_traceback = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)

TALKATIVE = ("httpx", "httpcore", "aiohttp.access", "telegram")
"""They log addresses with tokens in them, and `telegram` at DEBUG every word."""


def set_up(*, quiet: bool) -> None:
    """`quiet`: only what somebody should look at."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traceback,  # without local variables: they hold what was said
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
