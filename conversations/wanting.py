"""What a young person asks a person for: an advocate, or whoever runs the review alone.

They may ask before anything is asked (`rights.advocate`) and where they say how they want to take
part; the newest answer counts. Each change of mind is an effect, whatever button brought it about.
"""

from collections.abc import Mapping

from conversations.conversation import Answer, Conversation
from conversations.effects import Effect, RequestAdvocate, RequestOfficer, TakeBack, Want
from conversations.places import ADVOCATE

ADVOCATE_LATER = "meeting.advocate"
ALONE = "meeting.alone"
_HOW = frozenset({"see", "talk"})


def wanted(conversation: Conversation) -> Mapping[Want, str]:
    """What they want now. The value says how: `see` or `talk`, where it is to be alone with whoever
    runs the review; else it is empty."""
    found = {}
    if (asked := asked_for(conversation, Want.ADVOCATE)) and asked.choices == ("yes",):
        found[Want.ADVOCATE] = ""
    alone = asked_for(conversation, Want.OFFICER_ALONE)
    if alone and alone.choices and alone.choices[0] in _HOW:
        found[Want.OFFICER_ALONE] = alone.choices[0]
    return found


def asked_for(conversation: Conversation, want: Want) -> Answer | None:
    """The answer by which they ask for it or do not; none if they said nothing about it."""
    questions = (ADVOCATE, ADVOCATE_LATER) if want is Want.ADVOCATE else (ALONE,)
    answers = conversation.answers
    given = [answers[question] for question in questions if question in answers]
    return max(given, key=lambda answer: answer.at, default=None)


def changed(before: Conversation, after: Conversation) -> tuple[Effect, ...]:
    """What follows for people from what was said in between."""
    if after.answers is before.answers:
        return ()
    earlier, now = wanted(before), wanted(after)
    effects: list[Effect] = [TakeBack(want) for want in earlier if want not in now]
    if Want.ADVOCATE in now and Want.ADVOCATE not in earlier:
        effects.append(RequestAdvocate())
    how = now.get(Want.OFFICER_ALONE)
    if how and how != earlier.get(Want.OFFICER_ALONE):
        effects.append(RequestOfficer(how))
    return tuple(effects)
