"""Who types now, and what they may see of what was said."""

from dataclasses import replace

from conversations.conversation import Answer, Conversation, Helper
from conversations.hearing import Heard
from conversations.wording import Text, _

TOPIC = "helper"
WHO, HOW, NAME = "helper.who", "helper.how", "helper.name"
MYSELF, I_TYPE = "myself", "i_type"

YOUNG_PERSON, WITH_HELP, BY_HELPER = "young_person", "with_help", "helper"
"""Values of `who_typed.who` in the contribution's schema."""

ROLES = {
    "carer": Text(_("carer")),
    "social_worker": Text(_("social worker")),
    "teacher": Text(_("teacher")),
    "other": Text(_("another helper")),
}
"""What a helper is to the young person, as staff read it."""


def helper_of(conversation: Conversation) -> Helper | None:
    """Who sits beside them now, as they said."""
    role = _chosen(conversation, WHO)
    if role is None or role == MYSELF:
        return None
    name = conversation.answers.get(NAME)
    return Helper(role, name.words if name else None)


def typed_by(conversation: Conversation) -> str:
    """Who types now. Where nobody said it of a child too young to come alone, it is not taken for
    the child's own typing."""
    role = _chosen(conversation, WHO)
    if role is None:
        return WITH_HELP if conversation.helped else YOUNG_PERSON
    if role == MYSELF:
        return YOUNG_PERSON
    return WITH_HELP if _chosen(conversation, HOW) == I_TYPE else BY_HELPER


def typed(conversation: Conversation, heard: Heard) -> Heard:
    """What was heard, with who typed it."""
    if not conversation.helped:
        return heard
    return replace(heard, typed_by=typed_by(conversation), helper=helper_of(conversation))


def reads(conversation: Conversation, answer: Answer) -> bool:
    """Whether whoever types now may see it: a helper sees what they typed themselves."""
    helper = helper_of(conversation)
    return helper is None or answer.helper == helper


def reads_back(conversation: Conversation) -> bool:
    """Whether earlier answers can be opened here with a PIN: not by who helps, nor for a child too
    young to come alone, who has somebody beside them whatever is said."""
    return not conversation.young and helper_of(conversation) is None


def _chosen(conversation: Conversation, question: str) -> str | None:
    answer = conversation.answers.get(question)
    return answer.choices[0] if answer and answer.choices else None
