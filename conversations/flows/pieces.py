"""What every flow has: the kinds of question, sharing, the explainer's pieces."""

from conversations import texts
from conversations.questions import FACES, Kind, Option, Question, Topic, When, chose
from conversations.wording import Band, Text, _

_ALL = frozenset(Band)


def feeling(id: str, text: Text, *, when: When | None = None) -> Question:
    """Five faces, each with its word."""
    return Question(id, text, Kind.FEELING, FACES, when=when)


def words(
    id: str,
    text: Text,
    *,
    becomes_ask: bool = False,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
) -> Question:
    """Own words."""
    return Question(id, text, Kind.WORDS, lead=lead, when=when, becomes_ask=becomes_ask)


def choice(
    id: str,
    text: Text,
    options: tuple[Option, ...],
    *,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
    after_any: tuple[str, ...] = (),
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
        version=version,
    )


def choices(
    id: str,
    text: Text,
    options: tuple[Option, ...],
    *,
    lead: tuple[Text, ...] = (),
    when: When | None = None,
) -> Question:
    """Any of several."""
    return Question(id, text, Kind.CHOICES, options, lead=lead, when=when)


def day(id: str, text: Text, *, lead: tuple[Text, ...] = (), version: int = 1) -> Question:
    """A date; said in words, it is kept as words."""
    return Question(id, text, Kind.DATE, lead=lead, version=version)


def piece(id: str, title: Text, *says: Text, aside: bool = False) -> Question:
    """Something told, in one screen, with one button to go on."""
    on = (Option("on", Text(_("Go on"))),)
    return Question(id, title, Kind.CHOICE, on, lead=says, aside=aside)


DONT_KNOW = Option("dont_know", Text(_("Don't know")))
A_BIT = (
    Option("yes", Text(_("Yes"))),
    Option("a_bit", Text(_("A bit"))),
    Option("no", Text(_("No"))),
    DONT_KNOW,
)
"""To what may be so in part."""

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
_TELL = (
    Option("carer", Text(_("People I live with"))),
    Option("parents", Text(_("My parents"))),
    Option(
        "meeting",
        Text(
            _("Everyone at my review"),
            chair=_("Everyone at the meeting. My parents may be there"),
        ),
    ),
    Option("advocate", Text(_("My advocate"))),
    Option("file", Text(_("People who can open my file"))),
    Option("nobody", Text(_("Nobody else")), alone=True),
)


def topic(
    id: str,
    title: Text,
    picture: str,
    *questions: Question,
    meeting: bool = True,
    tell: tuple[Option, ...] = _TELL,
) -> Topic:
    """Questions, then who may hear what was said to them. `meeting`: it is ahead, so that everyone
    there can still be told; `tell`: who else there is to be told."""
    ids = tuple(question.id for question in questions)
    audience = Question(
        f"{id}.audience",
        _AUDIENCE_ASK,
        Kind.CHOICE,
        _AUDIENCE,
        lead=(_FILE,),
        after_any=ids,
        version=2,
    )
    others = Question(
        f"{id}.tell",
        _TELL_ASK,
        Kind.CHOICES,
        tuple(option for option in tell if meeting or option.id != "meeting"),
        when=chose(audience.id, "pick"),
        after_any=ids,
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
        Text(_("What happens with your words")),
        Text(
            _(
                "I keep each answer when you give it. Your IRO gets them when you press Send. "
                "They should read them by about {read_by}."
            ),
            pathway=_(
                "I keep each answer when you give it. Your review officer gets them when you press "
                "Send. They should read them by about {read_by}."
            ),
            chair=_(
                "I keep each answer when you give it. The chair gets them when you press Send. "
                "They should read them by about {read_by}."
            ),
        ),
        Text(_("What you don't send is erased on {erased_on}.")),
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
        Text(_("You can talk to people outside the council instead. {lines}")),
    ),
)
ADVOCATE = choice(
    "rights.advocate",
    Text(_("Shall I ask for one?")),
    (Option("yes", Text(_("Yes, ask"))), Option("no", Text(_("Not now")))),
    lead=(
        texts.ADVOCATE_WHO,
        Text(
            _(
                "If you say yes, I tell your IRO and their manager now. "
                "I do that even if you don't start or send."
            ),
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
            Option("yes", Text(_("Yes, start"))),
            Option("not_now", Text(_("Not now"))),
            Option("more", Text(_("Tell me more"))),
        ),
        version=2,  # of what is explained before it
    ),
    piece(
        "start.more",
        Text(_("More about this")),
        texts.FAQ_READS,
        Text(_("I'm a computer program. People wrote my words.")),
        Text(
            _("You have a right to say what you think. You choose who may hear it."),
            at8=_("You have a right to say what you think."),
        ),
        texts.FAQ_LONG,
        aside=True,
    ),
)


HOME = topic(
    "home",
    Text(_("Where I live")),
    "1F3E0",
    feeling("home.feeling", Text(_("How is it where you live?"))),
    words("home.change", Text(_("What would you change there, if anything?")), becomes_ask=True),
)
"""Asked alike of whoever lives in care and of a child before a conference."""
