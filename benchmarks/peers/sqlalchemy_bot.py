"""python-telegram-bot with SQLAlchemy's asyncio: each answer is committed before it is replied to.

SQLite with WAL and `synchronous=FULL`, as Sayso has it, or PostgreSQL as it is shipped.
"""

from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from benchmarks.peers.questions import QUESTIONS, keyboard
from benchmarks.peers.running import arguments, builder, run, serve_bot


class _Base(DeclarativeBase):
    pass


class Chat(_Base):
    """Where a chat has got to."""

    __tablename__ = "bench_chats"
    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Answer(_Base):
    """What was answered."""

    __tablename__ = "bench_answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int]
    number: Mapped[int]
    words: Mapped[str]


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url)
    if make_url(url).get_backend_name() == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def _durable(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    return engine


async def main() -> None:
    given = arguments()
    engine = _engine(given.database)
    async with engine.begin() as connection:
        await connection.run_sync(_Base.metadata.create_all)
    session = async_sessionmaker(engine, expire_on_commit=False)

    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat is not None
        async with session.begin() as db:
            await db.merge(Chat(chat_id=update.effective_chat.id, number=0))
        await _ask(update, 0)

    async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat is not None
        query, message = update.callback_query, update.message
        words = (query.data if query is not None else message.text if message else None) or ""
        async with session.begin() as db:
            chat = await db.get_one(Chat, update.effective_chat.id)
            db.add(Answer(chat_id=chat.chat_id, number=chat.number, words=words))
            chat.number += 1
        if query is not None:
            await query.answer()
        await _ask(update, chat.number)

    application = builder(given).build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(answer))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, answer))
    await serve_bot(application, given.port)
    await engine.dispose()


async def _ask(update: Update, number: int) -> None:
    assert update.effective_message is not None
    if number < len(QUESTIONS):
        text, markup = QUESTIONS[number][0], keyboard(number)
    else:
        text, markup = "Thank you. That was all.", None
    await update.effective_message.reply_text(text, reply_markup=markup)


if __name__ == "__main__":
    run(main)
