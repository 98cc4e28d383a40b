"""What a child says of the people they live with, before those foster carers' yearly review.

The words are the child's and go into the child's record. Whoever is reviewed sees none of them
unless the child says so.
"""

from conversations import texts
from conversations.flows import carrying, cioc_review
from conversations.flows.pieces import (
    A_BIT,
    ADVOCATE,
    ANYTHING_ELSE,
    DONT_KNOW,
    NO,
    OLDER,
    SOME,
    START_QUESTIONS,
    WORDS,
    WORRY_BY_PICTURE,
    YES,
    choice,
    feeling,
    piece,
    topic,
    words,
)
from conversations.flows.who_types import HELPER_OF_CARERS
from conversations.questions import Flow, Topic
from conversations.wording import Text, _

_HELLO = piece(
    "hello",
    Text(_("Hi. I'm Sayso.")),
    Text(
        _(
            "I'm a computer program, not a person. I ask how it is with the people you live with. "
            "A person called your IRO reads what you send."
        ),
        at8=_(
            "I am a computer, not a person. I ask about where you live. "
            "A person, your IRO, reads it."
        ),
        at4=_("I am a computer. You can tell me how you live. A person reads it."),
    ),
    texts.HELLO_WAY_OUT,
)
_WHY = piece(
    "why",
    Text(_("Why I ask")),
    Text(
        _("The people you live with are foster carers. Each year, someone checks how it goes."),
        at4=_("Someone checks how they look after you."),
    ),
    Text(
        _("The check is about them, not about you. You can say what you think of it."),
        at4=_("It is about them, not about you."),
    ),
)
_SEEN = piece(
    "seen",
    Text(_("What the people you live with see"), at4=_("Who sees it")),
    texts.FAQ_CARER,
)

FOSTER_CARER_REVIEW = Flow(
    id="foster_carer_review",
    version=2,
    title=Text(_("Before the review of the people I live with")),
    pathway=False,
    carried={1: carrying.unchanged},
    topics=(
        HELPER_OF_CARERS,
        Topic(
            "explainer",
            Text(_("Before we start")),
            "1F4D6",
            (
                _HELLO,
                *WORDS,
                _WHY,
                _SEEN,
                cioc_review.IRO,
                cioc_review.NOT_RIGHT,
                ADVOCATE,
                *START_QUESTIONS,
            ),
            explains=True,
        ),
        topic(
            "home",
            Text(_("Living here")),
            "1F3E0",
            feeling("home.feeling", Text(_("How is it where you live?"))),
            words("home.good", Text(_("What is good there?"))),
            meeting=False,
        ),
        topic(
            "care",
            Text(_("How they look after me")),
            "1F642",
            feeling(
                "care.feeling",
                Text(
                    _("How do you feel about how they look after you?"),
                    at4=_("How do they look after you?"),
                ),
            ),
            words(
                "care.change",
                Text(_("What should they do more, or less?")),
                becomes_ask=True,
            ),
            meeting=False,
        ),
        topic(
            "listen",
            Text(_("Being listened to")),
            "1F4AC",
            choice("listen.do", Text(_("Do they listen to you?")), A_BIT),
            words("listen.know", Text(_("What should they know about you?")), bands=OLDER),
            meeting=False,
        ),
        topic(
            "rules",
            Text(_("Rules and free time")),
            "1F392",
            choice(
                "rules.fair",
                Text(_("Are the rules there fair?")),
                (YES, SOME, NO, DONT_KNOW),
            ),
            words(
                "rules.change",
                Text(_("Which rule would you change?")),
                becomes_ask=True,
                bands=OLDER,
            ),
            meeting=False,
        ),
        topic(
            "people",
            Text(_("People I see")),
            "1F46A",
            choice(
                "people.help",
                Text(
                    _("Do they help you to see people who matter to you?"),
                    at4=_("Do they help you see people you like?"),
                ),
                A_BIT,
            ),
            words("people.change", Text(_("What would help?")), becomes_ask=True, bands=OLDER),
            meeting=False,
        ),
        topic(
            "self",
            Text(_("Who I am")),
            "1F30D",
            choice(
                "self.help",
                Text(_("Do they help you to be who you are?")),
                A_BIT,
                lead=(Text(_("It may be faith, food, hair, language or gender."), at4=""),),
                bands=OLDER,
            ),
            words("self.change", Text(_("What should people get right about this?")), bands=OLDER),
            meeting=False,
        ),
        topic(
            "change",
            Text(_("What worries me, what I want to change"), at4=_("Worries and wishes")),
            "1F5E8",
            *WORRY_BY_PICTURE,
            words(
                "worry.what",
                Text(_("Is anything worrying you?")),
                lead=(texts.WORRY,),
                bands=OLDER,
            ),
            words(
                "change.what",
                Text(
                    _("What would you like to change?"),
                    at4=_("What do you wish was different?"),
                ),
                lead=(texts.WISHES,),
                becomes_ask=True,
            ),
            meeting=False,
        ),
        topic(
            "anything",
            Text(_("Anything else")),
            "1F4AC",
            ANYTHING_ELSE,
            meeting=False,
        ),
    ),
)
