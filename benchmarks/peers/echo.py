"""python-telegram-bot's bare echo bot (its `examples/echobot.py`): stores nothing."""

from telegram import Update
from telegram.ext import ContextTypes, MessageHandler, filters

from benchmarks.peers.running import arguments, builder, run, serve_bot


async def _echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.message.text is not None
    await update.message.reply_text(update.message.text)


async def main() -> None:
    given = arguments()
    application = builder(given).build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, _echo))
    await serve_bot(application, given.port)


if __name__ == "__main__":
    run(main)
