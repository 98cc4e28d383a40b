"""A birthday between two visits: the words follow the age, and all that was said stays."""

from dataclasses import replace

from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.wording import Band

_BY_AGE = tuple(Band)


def grown(conversation: Conversation, band: Band) -> Conversation:
    """In the words of this band, if it is an older one and the flow speaks to it.

    Who began at 4 to 7 goes on as they began: somebody sits beside them, and what such a
    conversation may show does not change with a day of the calendar.
    """
    if conversation.band is Band.FOUR or not FLOWS[conversation.flow_id].questions(band):
        return conversation
    if _BY_AGE.index(band) <= _BY_AGE.index(conversation.band):
        return conversation
    return replace(conversation, band=band)
