"""The foster carer's own form, before the yearly review of their fostering.

An adult writes to adults of what they see and need, never of what a child said: children are asked
by themselves (`foster_carer_review`), and neither sees what the other wrote. The review, and that
the carer is heard for it, are the law's (SI 2011/581, reg 28). `docs/decisions/0033` says why it
is silent about alerts.
"""

from conversations import carers_texts, texts
from conversations.flows.pieces import (
    A_BIT,
    START_QUESTIONS,
    WORDS,
    choice,
    choices,
    feeling,
    piece,
    words,
)
from conversations.flows.pieces import topic as any_topic
from conversations.questions import Flow, Option, Question, Topic, chose
from conversations.wording import Band, Text, _

_HELLO = piece(
    "hello",
    Text(_("Hello. I'm Sayso, a computer program.")),
    Text(
        _(
            "This form is about your fostering. The chair of your review reads it. "
            "Please don't answer for a child. "
            "If a child may not be safe, ring {child_phone} now."
        )
    ),
    texts.HELLO_WAY_OUT,
)
_WHY = piece(
    "why",
    Text(_("Why I ask")),
    Text(_("Each year the council checks how your fostering goes. That is your review.")),
    Text(_("The law says that it must ask what you think.")),
    Text(
        _(
            "Children are asked on their own. I show you nothing that they say. "
            "I show them nothing that you say."
        )
    ),
)
_READERS = piece(
    "readers",
    Text(_("Who reads it")),
    Text(
        _(
            "The chair is {officer_name}. You can reach them on {review_team_phone}. "
            "The chair gets all that you send. It is kept as part of your review."
        )
    ),
    Text(
        _(
            "You choose who else may hear it. {file_readers} can open your file. "
            "A change counts from then on."
        )
    ),
)
_ADVICE = piece(
    "advice",
    Text(_("Advice, and how to complain")),
    Text(_("For advice from outside the council, there is {carers_advice}.")),
    Text(_("You can complain about how you are treated. {review_team_phone} can tell you how.")),
)

_TELL = (
    Option("meeting", Text(_("Everyone at my review"))),
    Option("file", Text(_("People who can open my file"))),
    Option("nobody", Text(_("Nobody else")), alone=True),
)
"""No child, parent or advocate: those are of a young person's review."""


def _topic(id: str, title: Text, picture: str, *questions: Question) -> Topic:
    return any_topic(id, title, picture, *questions, tell=_TELL)


_SOMETIMES = (
    Option("yes", Text(_("Yes"))),
    Option("sometimes", Text(_("Sometimes"))),
    Option("no", Text(_("No"))),
)
_NOT_NEEDED = Option("not_needed", Text(_("I haven't needed it")))
_YES_NO = (Option("yes", Text(_("Yes"))), Option("no", Text(_("No"))))

FOSTER_CARER_FORM = Flow(
    id="foster_carer_form",
    version=1,
    title=Text(_("Before the review of my fostering")),
    pathway=False,
    chair=True,
    carer=True,
    bands=frozenset({Band.SIXTEEN}),
    topics=(
        Topic(
            "explainer",
            Text(_("Before we start")),
            "1F4D6",
            (_HELLO, _WHY, *WORDS, _READERS, _ADVICE, *START_QUESTIONS),
            explains=True,
        ),
        _topic(
            "year",
            Text(_("My fostering this year")),
            "1F5D3",
            feeling("year.feeling", Text(_("How do you feel about your fostering this year?"))),
            words("year.well", Text(_("What goes well?"))),
            words("year.hard", Text(_("What is hard?"))),
        ),
        _topic(
            "support",
            Text(_("Support I get")),
            "1F9D1-200D-1F4BC",
            choice(
                "support.worker",
                Text(_("Does your supervising social worker help as you need?")),
                A_BIT,
            ),
            choice(
                "support.hours",
                Text(_("At night and at weekends, can you reach someone?")),
                (*_SOMETIMES, _NOT_NEEDED),
            ),
            choice(
                "support.breaks",
                Text(_("Do you get the breaks that you need?")),
                (*_SOMETIMES, _NOT_NEEDED),
                lead=(Text(_("A break is when a child has a short stay elsewhere.")),),
            ),
            words("support.change", Text(_("What support would help?")), becomes_ask=True),
        ),
        _topic(
            "training",
            Text(_("Training and learning")),
            "1F392",
            words("training.helped", Text(_("Which training helped you this year?"))),
            words("training.want", Text(_("What do you want to learn?")), becomes_ask=True),
        ),
        _topic(
            "heard",
            Text(_("Being listened to")),
            "1F4AC",
            choice(
                "heard.plan",
                Text(_("Do people ask you when they plan for a child?")),
                _SOMETIMES,
            ),
            choice("heard.told", Text(_("Are you told what you need to know?")), _SOMETIMES),
            words("heard.change", Text(_("What should people ask or tell you more?"))),
        ),
        _topic(
            "home",
            Text(_("My health and home")),
            "1F3E0",
            choice(
                "home.changed",
                Text(_("Did your health, home or household change this year?")),
                (*_YES_NO, Option("not_here", Text(_("I'd rather say it in person")))),
            ),
            words(
                "home.what",
                Text(_("What changed, and what does it mean for your fostering?")),
                when=chose("home.changed", "yes"),
            ),
        ),
        _topic(
            "claims",
            Text(_("Complaints and allegations")),
            "1F6DF",
            choice(
                "claims.any",
                Text(_("Was there a complaint or an allegation about you this year?")),
                (*_YES_NO, Option("not_here", Text(_("I'd rather say it in person")))),
                lead=(Text(_("You can skip this. Please don't write what a child said.")),),
            ),
            words(
                "claims.support",
                Text(_("Which support did you get, and what was missing?")),
                when=chose("claims.any", "yes"),
            ),
        ),
        _topic(
            "approval",
            Text(_("What I am approved for")),
            "1F46A",
            choices(
                "approval.change",
                Text(_("What should change about your approval?")),
                (
                    Option("more", Text(_("More children"))),
                    Option("fewer", Text(_("Fewer children"))),
                    Option("ages", Text(_("Other ages"))),
                    Option("kind", Text(_("Another kind of fostering"))),
                    Option("stop", Text(_("I want to stop fostering"))),
                    Option("none", Text(_("Nothing should change")), alone=True),
                ),
            ),
            words(
                "approval.why",
                Text(_("What should people know about that?")),
                when=chose("approval.change", "more", "fewer", "ages", "kind", "stop"),
                becomes_ask=True,
            ),
        ),
        _topic(
            "change",
            Text(_("What I want to change")),
            "1F5E8",
            words(
                "change.what",
                Text(_("What would you like to change?")),
                lead=(carers_texts.ASKS,),
                becomes_ask=True,
            ),
        ),
        _topic(
            "part",
            Text(_("My part in my review")),
            "1F642",
            choice(
                "part.how",
                Text(_("How do you want to take part?")),
                (
                    Option("come", Text(_("Come"))),
                    Option("video", Text(_("Video"))),
                    Option("phone", Text(_("Phone"))),
                    Option("writing", Text(_("Only in writing"))),
                    Option("not_sure", Text(_("Not sure"))),
                ),
            ),
            words("part.help", Text(_("What would help you to take part?"))),
        ),
        _topic(
            "anything",
            Text(_("Anything else")),
            "1F914",
            words("anything.words", Text(_("Is there anything else you want to say?"))),
        ),
    ),
)
