"""How the review was, asked once it was held: *my experience* (`docs/domain`, section 5).

Two flows of the same topics: one for children in care, one for care leavers, since who runs the
review, and who opens the file, differ.
"""

from conversations import texts
from conversations.flows import carrying, cioc_review, pathway_review
from conversations.flows.pieces import (
    A_BIT,
    ADVOCATE,
    ANYTHING_ELSE,
    DONT_KNOW,
    LEAVERS,
    NO,
    OLDER,
    SOME,
    START_QUESTIONS,
    WORDS,
    YES,
    choice,
    feeling,
    piece,
    words,
)
from conversations.flows.pieces import topic as any_topic
from conversations.flows.who_types import HELPER
from conversations.questions import Flow, Option, Question, Topic
from conversations.wording import Text, _

_HELLO = piece(
    "hello",
    Text(_("Hi. I'm Sayso.")),
    Text(
        _(
            "I'm a computer program, not a person. I ask how your review was. "
            "A person called your IRO reads what you send."
        ),
        at8=_(
            "I am a computer, not a person. I ask about your review. "
            "A person called your IRO reads it."
        ),
        at4=_("I am a computer. You can tell me what you think. A person reads it."),
        pathway=_(
            "I'm a computer program. I ask how the review of your plan was. "
            "A person, your review officer, reads what you send."
        ),
    ),
    texts.HELLO_WAY_OUT,
)
_WHY = piece(
    "why",
    Text(_("Why I ask")),
    Text(
        _("You had a review. You may have been there or not. Both are OK."),
        at4=_("People met about you. I ask how it was."),
    ),
    Text(
        _("Your IRO can use what you say for the next one."),
        at4="",
        pathway=_("Your review officer can use what you say for the next one."),
    ),
)
_LEAVERS_RIGHTS = piece(
    "rights",
    Text(_("Your rights")),
    Text(_("You can complain if you don't like how you are treated.")),
    Text(_("You have a right to advice from a lawyer. Your PA can help you get it.")),
)


def _topic(id: str, title: Text, picture: str, *questions: Question) -> Topic:
    """The meeting is over, so nobody there can be told any more."""
    return any_topic(id, title, picture, *questions, meeting=False)


_TOPICS = (
    _topic(
        "listened",
        Text(_("Was I listened to")),
        "1F4AC",
        choice(
            "listened.was",
            Text(_("Did people listen to what you think?"), at4=_("Did they hear what you think?")),
            A_BIT,
        ),
        words("listened.more", Text(_("What should they listen to more?")), bands=OLDER),
    ),
    _topic(
        "understood",
        Text(_("Was it clear")),
        "1F914",
        choice("understood.was", Text(_("Was it clear what people said?")), A_BIT),
        words(
            "understood.again",
            Text(
                _("What should your IRO tell you again?"),
                pathway=_("What should your review officer tell you again?"),
            ),
            becomes_ask=True,
            bands=OLDER,
        ),
    ),
    _topic(
        "people",
        Text(_("Who was there")),
        "1F46A",
        choice(
            "people.right",
            Text(_("Were the right people there?")),
            (
                YES,
                SOME,
                NO,
                Option("not_there", Text(_("I wasn't there")), picture="1F3E0"),
                DONT_KNOW,
            ),
        ),
        words("people.next", Text(_("Who do you want there next time?"))),
        words("people.not_next", Text(_("Who do you not want there next time?"))),
    ),
    _topic(
        "part",
        Text(_("How I took part")),
        "1F5D3",
        choice(
            "part.could",
            Text(
                _("Could you say what you wanted to say?"),
                at4=_("Could you say what you think?"),
            ),
            A_BIT,
        ),
        words(
            "part.easier",
            Text(_("What would help you to say it next time?")),
            becomes_ask=True,
            bands=OLDER,
        ),
    ),
    _topic(
        "asked",
        Text(_("What I asked for")),
        "1F5E8",
        choice(
            "asked.told",
            Text(_("Do you know what happens with what you asked for?")),
            (
                Option("yes", Text(_("Yes"))),
                Option("some", Text(_("With some of it"))),
                Option("no", Text(_("No"))),
                Option("nothing", Text(_("I asked for nothing"))),
            ),
            bands=OLDER,
        ),
        choice(
            "asked.done",
            Text(_("Do people do what was agreed?")),
            (
                Option("yes", Text(_("Yes"))),
                Option("some", Text(_("Some of it"))),
                Option("no", Text(_("No"))),
                Option("too_soon", Text(_("It's too soon"))),
                DONT_KNOW,
            ),
            bands=OLDER,
        ),
        words(
            "asked.waiting",
            Text(_("What are you still waiting for?"), at4=_("What do you still want?")),
            lead=(texts.WISHES,),
            becomes_ask=True,
        ),
    ),
    _topic(
        "agreed",
        Text(_("What was agreed")),
        "1F4D6",
        feeling(
            "agreed.feeling",
            Text(
                _("How do you feel about what was agreed?"),
                at4=_("How do you feel about it now?"),
            ),
        ),
        words(
            "agreed.change",
            Text(_("What would you change about it?")),
            becomes_ask=True,
            bands=OLDER,
        ),
    ),
    _topic(
        "anything",
        Text(_("Anything else")),
        "1F4AC",
        ANYTHING_ELSE,
    ),
)


def _explainer(*pieces: Question) -> Topic:
    told = (_HELLO, *WORDS, _WHY, *pieces, ADVOCATE, *START_QUESTIONS)
    return Topic("explainer", Text(_("Before we start")), "1F4D6", told, explains=True)


MY_EXPERIENCE = Flow(
    id="my_experience",
    version=2,
    title=Text(_("After my review")),
    pathway=False,
    after=True,
    carried={1: carrying.unchanged},
    topics=(
        HELPER,
        _explainer(cioc_review.IRO, cioc_review.NOT_RIGHT, cioc_review.MORE_RIGHTS),
        *_TOPICS,
    ),
)
MY_EXPERIENCE_PATHWAY = Flow(
    id="my_experience_pathway",
    version=2,
    title=Text(_("After my plan review")),
    pathway=True,
    bands=LEAVERS,
    after=True,
    carried={1: carrying.unchanged},
    topics=(
        HELPER,
        _explainer(pathway_review.OFFICER, _LEAVERS_RIGHTS, pathway_review.MORE_RIGHTS),
        *_TOPICS,
    ),
)
