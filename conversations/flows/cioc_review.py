"""What a child in care is asked before their review. Topics after `docs/domain`, section 5."""

from functools import partial

from conversations import texts
from conversations.flows import carrying
from conversations.flows.meeting import MEETING
from conversations.flows.pieces import (
    ADVOCATE,
    ANYTHING_ELSE,
    DONT_KNOW,
    FOUR,
    HELLO,
    HOME,
    NO,
    OLDER,
    PEOPLE_BY_PICTURE,
    PEOPLE_IN_WORDS,
    SOME,
    START_QUESTIONS,
    WORDS,
    WORRY_BY_PICTURE,
    YES,
    choice,
    choices,
    feeling,
    piece,
    topic,
    words,
)
from conversations.flows.who_types import HELPER
from conversations.questions import Flow, Option, Topic
from conversations.wording import Text, _

_REVIEW = piece(
    "review",
    Text(_("What a review is")),
    Text(
        _(
            "A review is your meeting. There, people who work with you check how things are. "
            "They talk about what comes next."
        ),
        at4=_("Grown-ups meet and talk about how you are."),
    ),
    Text(
        _(
            "The first is within 20 working days of coming into care. The next is within 3 "
            "months. Then it is at least every 6 months."
        ),
        at8=_("It is at least every 6 months. The first ones come sooner."),
        at4=_("They meet two times a year or more."),
    ),
)
IRO = piece(
    "review.iro",
    Text(_("Who your IRO is"), at4=_("Who reads it")),
    texts.IRO_WHO,
    Text(
        _("Your IRO is {officer_name}. You can reach them on {review_team_phone}."),
        at4=_("It is {officer_name}."),
    ),
)
_RIGHTS = piece(
    "rights",
    Text(_("Your rights")),
    Text(
        _("Your IRO should talk with you alone first. You may say no."),
        at4=_("They can talk with just you. You may say no."),
    ),
    Text(
        _("You can come, come for part, or send what you think."),
        at4=_("You can come to it, or not."),
    ),
    Text(
        _(
            "You can ask for someone to be there or not. "
            "If the answer is no, your IRO must say why."
        ),
        at8=_("You can ask who should be there or not. If it's no, your IRO must say why."),
        at4=_("You can say who should come."),
    ),
)
NOT_RIGHT = piece(
    "rights.help",
    Text(_("If something is not right")),
    Text(
        _("You can complain if you don't like how you are treated."),
        at8=_("You can complain about how you are treated."),
    ),
    Text(
        _("You have a right to advice from a lawyer. Your IRO can help you get it."),
        at8=_("You have a right to a lawyer's advice. Your IRO can help."),
    ),
    Text(
        _(
            "Your IRO can tell Cafcass if the council doesn't put things right. "
            "Cafcass is not part of the council."
        ),
        at8=_(
            "If the council does not mend things, your IRO can tell Cafcass. "
            "Cafcass is not the council."
        ),
    ),
    bands=OLDER,
)
MORE_RIGHTS = piece(
    "rights.later",
    Text(_("More of your rights")),
    Text(_("You can ask your IRO for a review sooner.")),
    Text(_("After your review you get a record of it.")),
    Text(_("The council keeps a file about you. You can ask to see it later.")),
    bands=OLDER,
)

_LIKES = (
    Option("play", Text(_("Play")), picture="1F9F8"),
    Option("ball", Text(_("Run and play ball")), picture="26BD"),
    Option("draw", Text(_("Draw")), picture="1F58D"),
    Option("music", Text(_("Music")), picture="1F3B5"),
    Option("books", Text(_("Books")), picture="1F4DA"),
    Option("outside", Text(_("Be outside")), picture="1F333"),
    Option("animals", Text(_("Animals")), picture="1F436"),
    Option("other", Text(_("Something else")), picture="2728"),
)

CIOC_REVIEW = Flow(
    id="cioc_review",
    version=5,
    title=Text(_("Before my review")),
    pathway=False,
    carried={
        1: partial(carrying.from_version_1, pages=carrying.CIOC),
        2: carrying.from_version_2,
        3: carrying.unchanged,
        4: carrying.unchanged,
    },
    topics=(
        HELPER,
        Topic(
            "explainer",
            Text(_("Before we start")),
            "1F4D6",
            (
                HELLO,
                *WORDS,
                _REVIEW,
                IRO,
                _RIGHTS,
                NOT_RIGHT,
                MORE_RIGHTS,
                ADVOCATE,
                *START_QUESTIONS,
            ),
            explains=True,
        ),
        topic(
            "feel",
            Text(_("How I'm looked after")),
            "1F642",
            feeling(
                "feel.care",
                Text(
                    _("How do you feel about how you're looked after?"),
                    at4=_("How are you looked after?"),
                ),
            ),
            words(
                "feel.more",
                Text(_("What should people know about that?"), at4=texts.TELL_ME_MORE.plain),
            ),
        ),
        HOME,
        topic(
            "family",
            Text(_("People I see")),
            "1F46A",
            *PEOPLE_BY_PICTURE,
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
            "health",
            Text(_("My health")),
            "1FA7A",
            feeling("health.feeling", Text(_("How are you, in body and mind?")), bands=OLDER),
            words(
                "health.change",
                Text(_("What do you want help with?")),
                becomes_ask=True,
                bands=OLDER,
            ),
        ),
        topic(
            "self",
            Text(_("Who I am")),
            "1F30D",
            choices("self.likes", Text(_("What do you like to do?")), _LIKES, bands=FOUR),
            words(
                "self.matters",
                Text(
                    _("What matters to you about who you are?"),
                    at4=_("What do you like about you?"),
                ),
                lead=(Text(_("It may be faith, food, hair, language or gender."), at4=""),),
            ),
            words("self.change", Text(_("What should people get right about this?")), bands=OLDER),
        ),
        topic(
            "worker",
            Text(_("My social worker")),
            "1F9D1-200D-1F4BC",
            feeling(
                "worker.feeling",
                Text(_("How are things with your social worker?")),
                bands=OLDER,
            ),
            words(
                "worker.change",
                Text(_("What should they do more, or less?")),
                becomes_ask=True,
                bands=OLDER,
            ),
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
            "change",
            Text(_("What I want to change")),
            "1F5E8",
            choice(
                "change.last",
                Text(_("Did the things agreed last time happen?")),
                (YES, SOME, NO, DONT_KNOW),
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
