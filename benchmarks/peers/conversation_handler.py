"""python-telegram-bot's ConversationHandler, its pickle flushed at every update."""

from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    TypeHandler,
    filters,
)

from benchmarks.peers.questions import QUESTIONS, keyboard
from benchmarks.peers.running import arguments, builder, run, serve_bot

_THANKS = "Thank you. That was all."


async def _ask(update: Update, number: int) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text(QUESTIONS[number][0], reply_markup=keyboard(number))


async def _start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert context.user_data is not None
    context.user_data.clear()
    await _ask(update, 0)
    return 0


async def _answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert context.user_data is not None
    number: int = context.user_data.get("number", 0)
    query, message = update.callback_query, update.message
    if query is not None:
        await query.answer()
        context.user_data[number] = query.data
    elif message is not None:
        context.user_data[number] = message.text
    context.user_data["number"] = number + 1
    if number + 1 < len(QUESTIONS):
        await _ask(update, number + 1)
        return number + 1
    assert update.effective_message is not None
    await update.effective_message.reply_text(_THANKS)
    return ConversationHandler.END


async def _flush(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """So that what was answered is on disk; by default the library writes once a minute."""
    assert update.effective_user is not None
    context.application.mark_data_for_update_persistence(user_ids=update.effective_user.id)
    await context.application.update_persistence()


async def main() -> None:
    given = arguments()
    # on_flush=False: `update_persistence` itself writes the files.
    keeping = PicklePersistence(Path(given.folder) / "conversations.pickle", on_flush=False)
    application = builder(given).persistence(keeping).build()
    asked: list[BaseHandler[Any, Any, Any]] = [
        CallbackQueryHandler(_answer),
        MessageHandler(filters.TEXT & ~filters.COMMAND, _answer),
    ]
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", _start)],
            states=dict.fromkeys(range(len(QUESTIONS)), asked),
            fallbacks=[CommandHandler("start", _start)],
            name="questions",
            persistent=True,
        )
    )
    application.add_handler(TypeHandler(Update, _flush), group=1)
    await serve_bot(application, given.port)


if __name__ == "__main__":
    run(main)
