"""A birthday between two visits: the words follow the age, and all that was said stays."""

from dataclasses import replace

from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.wording import Band

_BY_AGE = tuple(Band)


def grown(conversation: Conversation, band: Band) -> Conversation:
    """In the words of this band, if it is an older one than they began with and the flow speaks to
    it. Who chose other words than those of their age keeps them.

    Who began at 4 to 7 goes on as they began: somebody sits beside them, and what such a
    conversation may show does not change with a day of the calendar.
    """
    own = conversation.own or conversation.band
    if own is Band.FOUR or band not in FLOWS[conversation.flow_id].bands:
        return conversation
    if _BY_AGE.index(band) <= _BY_AGE.index(own):
        return conversation
    if conversation.own is not None:
        return replace(conversation, own=band)
    return replace(conversation, band=band)
