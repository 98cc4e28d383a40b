"""The live session of a chat: which of its words whoever types in it has just typed.

A chat has no cookie that ends. What was typed in it counts as theirs for as long as no quarter of
an hour passed without an answer, and for 24 hours at most, as in a browser (promise P17).
"""

from datetime import datetime

from bot.service.pins import IDLE, LONGEST
from conversations.conversation import Answer, Channel, Conversation


def reads(conversation: Conversation, now: datetime, answer: Answer) -> bool:
    """Whether an answer was given in this chat's session."""
    return answer.channel is Channel.TELEGRAM and answer.since >= _since(conversation, now)


def _since(conversation: Conversation, now: datetime) -> datetime:
    since = now
    times = (one.at for one in conversation.answers.values() if one.channel is Channel.TELEGRAM)
    for at in sorted(times, reverse=True):
        if since - at > IDLE:
            break
        since = at
    return max(since, now - LONGEST)
