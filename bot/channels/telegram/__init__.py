"""Telegram. Only what sets a token loads any of it."""

import os

# python-telegram-bot: durations as timedeltas, as its next version has them.
os.environ.setdefault("PTB_TIMEDELTA", "1")
