"""What every flow has: the kinds of question, sharing, the explainer's pieces."""

from conversations import texts
from conversations.questions import FACES, Kind, Option, Question, Topic, When, chose
from conversations.wording import Band, Text, _

_ALL = frozenset(Band)
FOUR = frozenset({Band.FOUR})
"""Asked in the words for 4–7 alone: pictures to tap, and then words if they want."""
OLDER = _ALL - FOUR
"""Left out for 4–7: they are asked less."""
LEAVERS = frozenset({Band.TWELVE, Band.SIXTEEN})
"""Whoever has a pathway plan is 16 or more."""
GO_ON = (Option("on", Text(_("Go on"))),)


def feeling(
    id: str, text: Text, *, when: When | None = None, bands: frozenset[Band] = _ALL
) -> Question:
    """Five faces, each with its word."""
    return Question(id, text, Kind.FEELING, FACES, when=when, bands=bands)


def words(
    id: str,
    text: Text,
    *,
    becomes_ask: bool = False,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
    after_any: tuple[str, ...] = (),
    bands: frozenset[Band] = _ALL,
) -> Question:
    """Own words."""
    return Question(
        id,
        text,
        Kind.WORDS,
        lead=lead,
        when=when,
        after_any=after_any,
        bands=bands,
        becomes_ask=becomes_ask,
    )


def choice(
    id: str,
    text: Text,
    options: tuple[Option, ...],
    *,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
    after_any: tuple[str, ...] = (),
    bands: frozenset[Band] = _ALL,
    version: int = 1,
) -> Question:
    """One of several."""
    return Question(
        id,
        text,
        Kind.CHOICE,
        options,
        lead=lead,
        when=when,
        after_any=after_any,
        bands=bands,
        version=version,
    )


def choices(
    id: str,
    text: Text,
    options: tuple[Option, ...],
    *,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
    bands: frozenset[Band] = _ALL,
    becomes_ask: bool = False,
) -> Question:
    """Any of several."""
    return Question(
        id,
        text,
        Kind.CHOICES,
        options,
        lead=lead,
        when=when,
        bands=bands,
        becomes_ask=becomes_ask,
    )


def day(
    id: str,
    text: Text,
    *,
    lead: tuple[Text, ...] = (),
    bands: frozenset[Band] = _ALL,
    version: int = 1,
) -> Question:
    """A date; said in words, it is kept as words."""
    return Question(id, text, Kind.DATE, lead=lead, bands=bands, version=version)


def piece(
    id: str, title: Text, *says: Text, aside: bool = False, bands: frozenset[Band] = _ALL
) -> Question:
    """Something told, in one screen, with one button to go on."""
    only_asked_for = _ALL if aside else frozenset()
    return Question(id, title, Kind.CHOICE, GO_ON, lead=says, aside=only_asked_for, bands=bands)


YES = Option("yes", Text(_("Yes")), picture="1F44D")
NO = Option("no", Text(_("No")), picture="1F44E")
SOME = Option("some", Text(_("Some")), picture="1F90F")
DONT_KNOW = Option("dont_know", Text(_("Don't know")), picture="1F937")
A_BIT = (YES, Option("a_bit", Text(_("A bit")), picture="1F90F"), NO, DONT_KNOW)
"""To what may be so in part."""

# Asked with pictures, of 4–7 alone.

_PEOPLE = (
    Option("mum", Text(_("Mum")), picture="1F469"),
    Option("dad", Text(_("Dad")), picture="1F468"),
    Option("brother", Text(_("Brother")), picture="1F466"),
    Option("sister", Text(_("Sister")), picture="1F467"),
    Option("grandparent", Text(_("Nan or grandad")), picture="1F9D3"),
    Option("friend", Text(_("Friend")), picture="1F46D"),
    Option("pet", Text(_("Pet")), picture="1F436"),
    Option("other", Text(_("Someone else")), picture="1F465"),
    Option("nobody", Text(_("No one")), picture="274C", alone=True),
)
PEOPLE_BY_PICTURE = (
    choices(
        "family.see",
        Text(_("Who do you want to see more?")),
        _PEOPLE,
        bands=FOUR,
        becomes_ask=True,
    ),
    choices(
        "family.see_less",
        Text(_("Who do you want to see less?")),
        _PEOPLE,
        bands=FOUR,
        becomes_ask=True,
    ),
    words(
        "family.say",
        texts.TELL_ME_MORE,
        after_any=("family.see", "family.see_less"),
        bands=FOUR,
    ),
)
PEOPLE_IN_WORDS = (
    words(
        "family.more",
        Text(_("Who would you like to see more?")),
        becomes_ask=True,
        bands=OLDER,
    ),
    words(
        "family.less",
        Text(_("Who would you like to see less?")),
        becomes_ask=True,
        bands=OLDER,
    ),
)
"""The same, asked of everybody older, in their own words."""
WORRY_BY_PICTURE = (
    choice(
        "worry.some",
        Text(_("Does something worry you?")),
        A_BIT,
        lead=(texts.WORRY_FOUR,),
        bands=FOUR,
    ),
    words(
        "worry.say",
        Text(_("Do you want to say more?")),
        lead=(Text(_("You don't have to.")),),
        when=chose("worry.some", "yes", "a_bit"),
        bands=FOUR,
    ),
)

# Sharing: asked once per topic, after its questions, if anything was said.

_AUDIENCE_ASK = Text(_("Who may hear what you said here?"))
_FILE = Text(
    _(
        "{file_readers} can open your file. What is just for your IRO is not in it. At most it "
        "shows how many answers are left out. A change counts from then on."
    ),
    at8=_(
        "{file_readers} can open your file. What is just for your IRO is not in it. At most it "
        "shows how many answers are left out. You can change this later."
    ),
    pathway=_(
        "{file_readers} can open your file. What is just for your review officer is not in it. At "
        "most it shows how many answers are left out. A change counts from then on."
    ),
    chair=_(
        "{file_readers} can open your file. What is just for the chair is not in it. At most it "
        "shows how many answers are left out. You can change this later."
    ),
)
_AUDIENCE = (
    Option(
        "officer",
        Text(_("Just my IRO"), pathway=_("Just my review officer"), chair=_("Just the chair")),
    ),
    Option(
        "file",
        Text(
            _("My IRO and my file"),
            pathway=_("My review officer and my file"),
            chair=_("The chair and my file"),
        ),
    ),
    Option("pick", Text(_("Let me pick"))),
)
_TELL_ASK = Text(
    _("Who else may your IRO tell? I tell them nothing."),
    pathway=_("Who else may your review officer tell? I tell them nothing."),
    chair=_("Who else may the chair tell? I tell them nothing."),
)
_EVERYONE_THERE = Text(
    _("Everyone at my review"),
    chair=_("Everyone at the meeting. My parents may be there"),
)


def tell_where(everyone: Text) -> tuple[Option, ...]:
    """Whom there is to be told; `everyone`: those at the meeting that it is asked before."""
    return (
        Option("carer", Text(_("People I live with"))),
        Option("parents", Text(_("My parents"))),
        Option("meeting", everyone),
        Option("advocate", Text(_("My advocate"))),
        Option("file", Text(_("People who can open my file"))),
        Option("nobody", Text(_("Nobody else")), alone=True),
    )


_TELL = tell_where(_EVERYONE_THERE)


def topic(
    id: str,
    title: Text,
    picture: str,
    *questions: Question,
    meeting: bool = True,
    tell: tuple[Option, ...] = _TELL,
) -> Topic:
    """Questions, then who may hear what was said to them. `meeting`: it is ahead, so that everyone
    there can still be told; `tell`: who else there is to be told. In the words for 4–7 it is not
    asked who may hear: somebody sits beside the child and would be asked too, so it stays with the
    officer alone."""
    ids = tuple(question.id for question in questions)
    audience = Question(
        f"{id}.audience",
        _AUDIENCE_ASK,
        Kind.CHOICE,
        _AUDIENCE,
        lead=(_FILE,),
        after_any=ids,
        bands=OLDER,
        version=2,
    )
    others = Question(
        f"{id}.tell",
        _TELL_ASK,
        Kind.CHOICES,
        tuple(option for option in tell if meeting or option.id != "meeting"),
        when=chose(audience.id, "pick"),
        after_any=ids,
        bands=OLDER,
    )
    return Topic(id, title, picture, (*questions, audience, others))


# The explainer's pieces that both flows share. A page holds what a band reads at once
# (`docs/voice`, section 2); what was told goes on record page by page.

HELLO = piece(
    "hello",
    Text(_("Hi. I'm Sayso.")),
    Text(
        _(
            "I'm a computer program, not a person. I ask what you think before your review. "
            "A person called your IRO reads what you send."
        ),
        at8=_(
            "I am a computer, not a person. I ask what you think. "
            "A person called your IRO reads it."
        ),
        at4=_("I am a computer. You can tell me what you think. A person reads it."),
        pathway=_(
            "I'm a computer program. I ask what you think of your pathway plan. "
            "A person, your review officer, reads what you send."
        ),
    ),
    texts.HELLO_WAY_OUT,
)
WORDS = (
    piece(
        "words",
        Text(_("What happens with your words"), at4=_("What I do with it")),
        Text(
            _(
                "I keep each answer when you give it. Your IRO gets them when you press Send. "
                "They should read them by about {read_by}."
            ),
            pathway=_(
                "I keep each answer when you give it. Your review officer gets them when you press "
                "Send. They should read them by about {read_by}."
            ),
            at4=_("I keep what you say. Press Send, and a person gets it."),
            chair=_(
                "I keep each answer when you give it. The chair gets them when you press Send. "
                "They should read them by about {read_by}."
            ),
        ),
        Text(
            _("What you don't send is erased on {erased_on}."),
            at4=_("If not, I wipe it on {erased_on}."),
        ),
    ),
    piece(
        "words.safe",
        Text(_("If someone is not safe")),
        Text(_("{not_safe}")),
    ),
    piece(
        "words.talk",
        Text(_("Who else you can talk to")),
        Text(_("{watched}")),
        Text(
            _("You can talk to people outside the council instead. {lines}"),
            at4=_("{lines}"),
        ),
    ),
)
ADVOCATE = choice(
    "rights.advocate",
    Text(_("Shall I ask for one?")),
    (
        Option("yes", Text(_("Yes, ask")), picture="1F44D"),
        Option("no", Text(_("Not now")), picture="270B"),
    ),
    lead=(
        texts.ADVOCATE_WHO,
        Text(
            _(
                "If you say yes, I tell your IRO and their manager now. "
                "I do that even if you don't start or send."
            ),
            at4=_("Say yes, and two grown-ups hear now. Even if you don't send."),
            pathway=_(
                "Say yes, and I tell your review officer and their manager now. "
                "I do that even if you don't start or send."
            ),
            chair=_(
                "If you say yes, I tell the chair and their manager now. "
                "I do that even if you don't start or send."
            ),
        ),
    ),
    version=2,
)
START_QUESTIONS = (
    Question(
        "start.ok",
        Text(_("Is it OK to start?")),
        Kind.CHOICE,
        (
            Option("yes", Text(_("Yes, start")), picture="1F44D"),
            Option("not_now", Text(_("Not now")), picture="270B"),
            Option("more", Text(_("Tell me more")), picture="2753"),
        ),
        version=2,  # of what is explained before it
    ),
    piece(
        "start.more",
        Text(_("More about this")),
        texts.FAQ_READS,
        Text(
            _("I'm a computer program. People wrote my words."),
            at4=_("I am a computer. People wrote my words."),
        ),
        Text(
            _("You have a right to say what you think. You choose who may hear it."),
            at8=_("You have a right to say what you think."),
            at4="",
        ),
        texts.FAQ_LONG,
        aside=True,
    ),
)


ANYTHING_ELSE = words(
    "anything.words",
    Text(_("Is there anything else you want to say?"), at4=_("Do you want to say more?")),
)
HOME = topic(
    "home",
    Text(_("Where I live")),
    "1F3E0",
    feeling("home.feeling", Text(_("How is it where you live?"))),
    words(
        "home.change",
        Text(
            _("What would you change there, if anything?"),
            at4=_("What do you wish was different there?"),
        ),
        becomes_ask=True,
    ),
)
"""Asked alike of whoever lives in care and of a child before a conference."""
