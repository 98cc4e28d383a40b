"""Who types: asked first in the words for 4–7, and of anybody who says that somebody helps.

The last page is for that somebody, an adult, and reads like it. The answers are kept with what is
said (`typists.py`), and are no part of it.
"""

from conversations.flows.pieces import GO_ON, OLDER
from conversations.questions import Kind, Option, Question, Topic, chose
from conversations.typists import HOW, I_TYPE, MYSELF, NAME, ROLES, TOPIC, WHO
from conversations.wording import Text, _

_SOMEBODY = chose(WHO, *ROLES)
_YOURS = Text(_("You must not be the person that this review is about. Let someone else help."))


def _questions(*more: Text) -> tuple[Question, ...]:
    return (
        Question(
            WHO,
            Text(_("Who types now?")),
            Kind.CHOICE,
            (
                Option(MYSELF, Text(_("I do it myself")), picture="1F9D2"),
                Option("carer", Text(_("Someone I live with")), picture="1F3E0"),
                Option("social_worker", Text(_("My social worker")), picture="1F9D1-200D-1F4BC"),
                Option("teacher", Text(_("My teacher")), picture="1F9D1-200D-1F3EB"),
                Option("other", Text(_("Someone else")), picture="1F465"),
            ),
            aside=OLDER,
        ),
        Question(
            HOW,
            Text(_("Do you type, or do they?")),
            Kind.CHOICE,
            (
                Option(I_TYPE, Text(_("I type, they help me"))),
                Option("they_type", Text(_("They type for me"))),
            ),
            when=_SOMEBODY,
            bands=OLDER,
        ),
        Question(
            NAME,
            Text(_("What is their name?"), at4=_("Who helps you?")),
            Kind.WORDS,
            lead=(
                Text(
                    _("Their name is kept with what you say."),
                    at4=_("The name is kept with what you say."),
                ),
            ),
            when=_SOMEBODY,
        ),
        Question(
            "helper.page",
            Text(_("For the helper")),
            Kind.CHOICE,
            GO_ON,
            lead=(
                Text(_("Read each question as it is. Type the child's own words.")),
                Text(_("Please don't help with the answer, and don't mend it.")),
                Text(
                    _(
                        "Your name and what you are to the child are kept. "
                        "A person has to confirm whose words they are."
                    )
                ),
                Text(
                    _(
                        "{officer_name} reads what is sent. "
                        "If someone is not safe, a person is told."
                    )
                ),
                Text(_("You see what you type until you stop. You can't read answers back.")),
                Text(_("Help me now has numbers to ring, for you too.")),
                *more,
            ),
            when=_SOMEBODY,
        ),
    )


HELPER = Topic(TOPIC, Text(_("Who types")), "1F4AC", _questions(), explains=True)
HELPER_OF_CARERS = Topic(TOPIC, Text(_("Who types")), "1F4AC", _questions(_YOURS), explains=True)
"""Before a review of foster carers, one of whom may be who sits there."""
