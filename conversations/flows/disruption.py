"""What a young person thinks, before the meeting about a move that came sooner than was planned.

Short: what happened, what would have helped, what comes next. It blames nobody, asks for no detail
of harm, and takes nothing for granted: they may have wanted to move.
"""

from conversations import texts
from conversations.flows.cioc_review import IRO, NOT_RIGHT
from conversations.flows.meeting import MEETING
from conversations.flows.pieces import (
    A_BIT,
    ADVOCATE,
    ANYTHING_ELSE,
    DONT_KNOW,
    HOME,
    NO,
    OLDER,
    SOME,
    START_QUESTIONS,
    WORDS,
    WORRY_BY_PICTURE,
    YES,
    choice,
    choices,
    piece,
    tell_where,
    topic,
    words,
)
from conversations.flows.who_types import HELPER
from conversations.questions import Flow, Option, Topic, chose
from conversations.sharing import is_sharing_choice
from conversations.wording import Text, _

_HELLO = piece(
    "hello",
    Text(_("Hi. I'm Sayso.")),
    Text(
        _(
            "I'm a computer program, not a person. I ask what you think before a meeting about "
            "your move. A person called your IRO reads what you send."
        ),
        at8=_(
            "I am a computer, not a person. I ask about your move. "
            "A person called your IRO reads it."
        ),
        at4=_("I am a computer. You can tell me what you think. A person reads it."),
    ),
    texts.HELLO_WAY_OUT,
)
_MEETING = piece(
    "move",
    Text(_("What the meeting is")),
    Text(
        _("You moved sooner than was planned. People who work with you meet to talk about it."),
        at4=_("You moved. Grown-ups meet to talk about it."),
    ),
    Text(
        _("They ask what happened and what would have helped. It is not to blame you."),
        at4=_("It is not to tell you off."),
    ),
)
_RIGHTS = piece(
    "rights",
    Text(_("Your rights")),
    Text(
        _("You can send what you think. You can ask to come, or to come for part."),
        at4=_("You can ask to come."),
    ),
    Text(
        _("You can ask for someone to be there or not."),
        at4=_("You can say who should come."),
    ),
    Text(
        _("Your IRO may say no, and should tell you why."),
        at4=_("They may say no. They should tell you why."),
    ),
)
_HELPED = (
    Option("listened", Text(_("Being heard"))),
    Option("someone", Text(_("Someone to talk to"))),
    Option("people", Text(_("Seeing people who matter to me"))),
    Option("feelings", Text(_("Help with how I felt"))),
    Option("school", Text(_("Help at school"))),
    Option("carers", Text(_("More help for the people I lived with"))),
    Option("knowing", Text(_("Knowing more before I moved in"))),
    Option("safer", Text(_("Feeling safer"))),
    Option("other", Text(_("Something else"))),
    Option("nothing", Text(_("Nothing would have")), alone=True),
    Option("dont_know", Text(_("Don't know")), alone=True),
)
_TELL = tell_where(Text(_("Everyone at the meeting")))

DISRUPTION = Flow(
    id="disruption",
    version=1,
    title=Text(_("Before the meeting about my move")),
    pathway=False,
    topics=(
        HELPER,
        Topic(
            "explainer",
            Text(_("Before we start")),
            "1F4D6",
            (
                _HELLO,
                *WORDS,
                _MEETING,
                IRO,
                _RIGHTS,
                NOT_RIGHT,
                ADVOCATE,
                *START_QUESTIONS,
            ),
            explains=True,
        ),
        topic(
            "happened",
            Text(_("What happened")),
            "1F4AC",
            choice("happened.wanted", Text(_("Did you want to move?")), A_BIT),
            choice("happened.told", Text(_("Did anyone tell you why you moved?")), A_BIT),
            words(
                "happened.what",
                Text(
                    _("What do you want people to know about it?"),
                    at4=_("What should people know about it?"),
                ),
            ),
            tell=_TELL,
        ),
        topic(
            "helped",
            Text(_("What would have helped"), at4=_("What helps")),
            "1F6DF",
            choices("helped.what", Text(_("What would have helped?")), _HELPED, bands=OLDER),
            choice(
                "helped.heard",
                Text(_("Did people listen to you before you moved?")),
                A_BIT,
                bands=OLDER,
            ),
            words(
                "helped.words",
                Text(
                    _("What could people have done?"),
                    at4=_("What would help you?"),
                ),
            ),
            tell=_TELL,
        ),
        topic(
            "before",
            Text(_("Where I lived before")),
            "1F9F8",
            words("before.good", Text(_("What was good there?"))),
            words(
                "before.see",
                Text(_("Who from there would you like to see?")),
                becomes_ask=True,
            ),
            choice(
                "before.things",
                Text(_("Do you have all your things?")),
                (YES, SOME, NO, DONT_KNOW),
            ),
            words(
                "before.which",
                Text(_("Which things do you still need?")),
                becomes_ask=True,
                when=chose("before.things", "some", "no"),
            ),
            tell=_TELL,
        ),
        topic(
            "home",
            Text(_("Where I live now")),
            "1F3E0",
            *(one for one in HOME.questions if not is_sharing_choice(one.id)),
            tell=_TELL,
        ),
        topic(
            "next",
            Text(_("What comes next")),
            "1F5E8",
            words(
                "next.matters",
                Text(
                    _("What matters to you about where you live next?"),
                    at4=_("What do you want for your home?"),
                ),
                lead=(texts.WISHES,),
                becomes_ask=True,
            ),
            *WORRY_BY_PICTURE,
            words(
                "worry.what",
                Text(_("Is anything worrying you?")),
                lead=(texts.WORRY,),
                bands=OLDER,
            ),
            tell=_TELL,
        ),
        topic(
            MEETING.id,
            Text(_("The meeting")),
            MEETING.picture,
            *(one for one in MEETING.questions if not is_sharing_choice(one.id)),
            tell=_TELL,
        ),
        topic(
            "anything",
            Text(_("Anything else")),
            "1F4AC",
            ANYTHING_ELSE,
            tell=_TELL,
        ),
    ),
)
