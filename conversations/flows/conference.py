"""What a child thinks, before a child protection conference about them.

A child need not be in care to be spoken of there, so whoever reads it is the chair, never *your
IRO*. Parents are often at a conference: what is said is for the chair alone until the child says
otherwise, and a page of its own says so. After Working Together to Safeguard Children: the chair
has no part in running the case.
"""

from conversations import texts
from conversations.flows import carrying
from conversations.flows.meeting import MEETING
from conversations.flows.pieces import (
    ADVOCATE,
    ANYTHING_ELSE,
    HOME,
    OLDER,
    PEOPLE_BY_PICTURE,
    PEOPLE_IN_WORDS,
    START_QUESTIONS,
    WORDS,
    WORRY_BY_PICTURE,
    feeling,
    piece,
    topic,
    words,
)
from conversations.flows.who_types import HELPER
from conversations.questions import Flow, Topic
from conversations.wording import Text, _

_HELLO = piece(
    "hello",
    Text(_("Hi. I'm Sayso.")),
    Text(
        _(
            "I'm a computer program, not a person. I ask what you think before a meeting about "
            "you. A person called the chair reads what you send."
        ),
        at8=_(
            "I am a computer, not a person. I ask what you think. "
            "A person called the chair reads it."
        ),
        at4=_("I am a computer. You can tell me what you think. A person reads it."),
    ),
    texts.HELLO_WAY_OUT,
)
_MEETING = piece(
    "conference",
    Text(_("What the meeting is")),
    Text(
        _("There is a meeting about you soon. It is called a child protection conference."),
        at4=_("Grown-ups meet soon. They talk about you."),
    ),
    Text(
        _("People there talk about how safe you are. They agree what should happen next."),
        at4=_("They want you to be safe."),
    ),
)
_CHAIR = piece(
    "conference.chair",
    Text(_("Who the chair is"), at4=_("Who reads it")),
    texts.CHAIR_WHO,
    Text(
        _("The chair is {officer_name}. You can reach them on {review_team_phone}."),
        at4=_("It is {officer_name}."),
    ),
)
_PARENTS = piece(
    "conference.parents",
    Text(_("Who gets to hear it")),
    Text(
        _("Your parents may be at the meeting. You choose what the chair may say there."),
        at4=_("Mum or dad may be there too."),
    ),
    Text(
        _("If someone is not safe, more people may have to know."),
        at4=_("If you are not safe, more may know."),
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
        _("The chair may say no, and should tell you why."),
        at4=_("They may say no. They should tell you why."),
    ),
    Text(_("You can complain about how you are treated."), at4=""),
)

CONFERENCE = Flow(
    id="conference",
    version=3,
    title=Text(_("Before the meeting about me")),
    pathway=False,
    chair=True,
    carried={1: carrying.unchanged, 2: carrying.unchanged},
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
                _CHAIR,
                _PARENTS,
                _RIGHTS,
                ADVOCATE,
                *START_QUESTIONS,
            ),
            explains=True,
        ),
        HOME,
        topic(
            "family",
            Text(_("People who matter to me")),
            "1F46A",
            *PEOPLE_BY_PICTURE,
            words("family.who", Text(_("Who matters to you?")), bands=OLDER),
            *PEOPLE_IN_WORDS,
        ),
        topic(
            "school",
            Text(_("School, friends and fun")),
            "1F392",
            feeling("school.feeling", Text(_("How is school, or your day?"))),
            words("school.change", Text(_("What would help?")), becomes_ask=True),
        ),
        topic(
            "well",
            Text(_("What goes well, what worries me")),
            "1F4AC",
            words("well.what", Text(_("What is going well?"))),
            *WORRY_BY_PICTURE,
            words(
                "worry.what",
                Text(_("Is anything worrying you?")),
                lead=(texts.WORRY,),
                bands=OLDER,
            ),
        ),
        topic(
            "help",
            Text(_("What helps")),
            "1F6DF",
            words("help.now", Text(_("What helps you when things are hard?")), bands=OLDER),
            words("help.talk", Text(_("Who can you talk to?"))),
            words("help.more", Text(_("What help do you want?")), becomes_ask=True),
        ),
        topic(
            "change",
            Text(_("What I want to change")),
            "1F5E8",
            words(
                "change.what",
                Text(
                    _("What would you like to change?"),
                    at4=_("What do you wish was different?"),
                ),
                lead=(texts.WISHES,),
                becomes_ask=True,
            ),
            words("change.stay", Text(_("What should stay as it is?"))),
        ),
        MEETING,
        topic(
            "anything",
            Text(_("Anything else")),
            "1F4AC",
            ANYTHING_ELSE,
        ),
    ),
)
