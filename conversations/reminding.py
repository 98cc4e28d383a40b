"""A reminder, for who has stopped and wants one: never by default, one at a time, each asked for.

It stands for as long as they are stopped: going on ends it, and so does another *Stop for now*.
When it may leave, and by which way, is the council's to say (`bot.service.reminders`).
"""

from dataclasses import replace

from conversations.conversation import Conversation, Pause
from conversations.effects import CameBack, NoReminder, Remind
from conversations.moving import Turn

DAYS = {"tomorrow": 1, "three_days": 3, "week": 7}
"""What may be chosen: so many days on. Nothing is today: it would ring in the evening."""


def choose(conversation: Conversation, which: str) -> Turn:
    """`@remind:tomorrow` and so on, or `@remind:none`. Only where it is offered: at a stop, and
    before anything was sent."""
    if conversation.pause is not Pause.STOPPED or conversation.sent:
        return Turn(conversation)
    if which in DAYS:
        return Turn(conversation, effects=(Remind(which),))
    return Turn(conversation, effects=(NoReminder(),) if which == "none" else ())


def ended(before: Conversation, turn: Turn) -> Turn:
    """They went on: whoever is here need not be reminded."""
    if before.pause is not Pause.STOPPED or turn.conversation.pause is Pause.STOPPED:
        return turn
    return replace(turn, effects=(*turn.effects, CameBack()))
