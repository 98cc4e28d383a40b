"""The words of a younger or an older age, chosen by the young person. Nothing said is lost.

The band follows the date of birth when a conversation begins; from then on it is theirs.
"""

from dataclasses import replace

from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.moving import Turn, been_at
from conversations.places import OFFER, asked
from conversations.questions import Flow
from conversations.typists import WHO
from conversations.wording import Band

_RUNGS = (Band.FOUR, Band.EIGHT, Band.TWELVE)
"""16+ reads what 12–15 reads."""


def shorter(conversation: Conversation) -> Band | None:
    """The next band with shorter words; None where there is none."""
    below = _RUNGS[: _rung(conversation.band)]
    return next((band for band in reversed(below) if band in _bands(conversation)), None)


def longer(conversation: Conversation) -> Band | None:
    """The next band with longer words, or their own again; None where there is none."""
    above = _RUNGS[_rung(conversation.band) + 1 :]
    found = next((band for band in above if band in _bands(conversation)), None)
    own = conversation.own
    return own if own is Band.SIXTEEN and found is Band.TWELVE else found


def _rung(band: Band) -> int:
    return _RUNGS.index(Band.TWELVE if band is Band.SIXTEEN else band)


def _bands(conversation: Conversation) -> frozenset[Band]:
    return FLOWS[conversation.flow_id].bands


def read_as(conversation: Conversation, band: Band | None) -> Turn:
    """Go on in the words of this band, at the topic where they are.

    What was answered stays answered and is sent, whether the other band asks it or not. In the
    words for 4–7, which are read with somebody beside, it is asked first who types.
    """
    if band is None:
        return Turn(conversation)
    flow, at = FLOWS[conversation.flow_id], asked(conversation)
    after = replace(conversation, band=band, own=conversation.own or conversation.band, pause=None)
    if at in flow.by_id and conversation.place != flow.by_id[at][0].id:
        after = replace(after, place=_place(flow, band, at))
    if band is Band.FOUR and WHO in flow.by_id and WHO not in conversation.answers:
        trail = conversation.trail if at == OFFER else been_at(conversation, at)
        after = replace(after, place=WHO, trail=trail)
    return Turn(after)


def _place(flow: Flow, band: Band, at: str) -> str | None:
    """The same question, or its topic where this band does not ask it."""
    topic, question = flow.by_id[at]
    if topic.explains:
        return None  # the explainer of this band tells what was not told yet
    return at if band in question.bands else topic.id
