"""The live session of a Telegram chat: since when whoever types in it has been typing.

A chat has no cookie that ends. It lasts for as long as no quarter of an hour passes without an
answer, and for 24 hours at most, as in a browser (promise P17).
"""

from datetime import datetime

from bot.service.pins import IDLE, LONGEST
from conversations.conversation import Channel, Conversation


def begun(conversation: Conversation, now: datetime) -> datetime:
    """When it began; `now` where there is none."""
    since = now
    times = (one.at for one in conversation.answers.values() if one.channel is Channel.TELEGRAM)
    for at in sorted(times, reverse=True):
        if since - at > IDLE:
            break
        since = at
    return max(since, now - LONGEST)
