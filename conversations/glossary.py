"""What words mean that are long, or that only people who work with children in care use.

Every long word that Sayso says to a young person stands here or in `EVERYDAY`; a test holds that.
Who asks in the chat what one means is told so (`conversations/asked_back.py`);
`docs/glossary.md` lists them for those who write texts.
"""

from dataclasses import dataclass

from conversations import texts
from conversations.wording import Text, _


@dataclass(frozen=True, slots=True)
class Entry:
    """`words`: how it is said, the commonest first. Upper case counts in none of them."""

    words: tuple[str, ...]
    means: Text

    @property
    def name(self) -> str:
        """For a cookie or an address: it is stable while the first word is."""
        return "word_" + "".join(sign for sign in self.words[0].casefold() if sign.isalnum())


GLOSSARY: tuple[Entry, ...] = (
    Entry(
        ("accessibility",),
        Text(_("Accessibility means that everyone can use it, each in their own way.")),
    ),
    Entry(("advocate", "advocates"), texts.ADVOCATE_WHO),
    Entry(
        ("browser", "browsers"),
        Text(_("Your browser is the app that shows web pages.")),
    ),
    Entry(
        ("recording", "recordings", "recorded"),
        Text(_("A recording is what you said aloud, kept to listen to.")),
    ),
    Entry(
        ("microphone",),
        Text(_("A microphone is the part of your phone that hears you.")),
    ),
    Entry(("Cafcass",), Text(_("Cafcass speaks up for children. It is not part of the council."))),
    Entry(("chair",), texts.CHAIR_WHO),
    Entry(
        ("child protection conference", "protection", "conference"),
        Text(_("It is a meeting about you and how you can be safe.")),
    ),
    Entry(
        ("Childline",),
        Text(_("Childline is for children and young people. You can ring 0800 1111 to talk.")),
    ),
    Entry(("computer", "computers", "computer program"), texts.FAQ_REAL),
    Entry(
        ("connection",),
        Text(_("Your connection is how your phone or computer gets web pages.")),
    ),
    Entry(
        ("council",),
        Text(_("The council runs things where you live. It must look after you well.")),
    ),
    Entry(
        ("emergency", "emergencies"),
        Text(_("An emergency is when someone needs help right now.")),
    ),
    Entry(
        ("file", "my file", "your file"),
        Text(_("Your file is what the council writes down about you. You can ask to see it.")),
    ),
    Entry(
        ("IRO", "independent reviewing officer", "independent", "reviewing", "reviewing officer"),
        texts.IRO_WHO,
    ),
    Entry(
        ("lawyer", "lawyers"),
        Text(_("A lawyer knows the law and can tell you your rights.")),
    ),
    Entry(("manager", "managers"), Text(_("A manager is in charge of other people at work."))),
    Entry(
        ("PA", "personal adviser", "personal", "adviser"),
        Text(_("PA means personal adviser. They help you when you leave care.")),
    ),
    Entry(
        ("pathway plan", "pathway"),
        Text(_("A pathway plan is your plan for now and later.")),
    ),
    Entry(
        ("PIN",),
        Text(_("A PIN is 6 numbers that only you know. It shows you your answers.")),
    ),
    Entry(
        ("privacy",),
        Text(_("Privacy is about who can see things about you.")),
    ),
    Entry(("question", "questions"), Text(_("A question is something that I ask you."))),
    Entry(
        ("review", "reviews"),
        Text(
            _("A review is your meeting. There, people check how things are."),
            pathway=_("A review checks how your plan is going."),
        ),
    ),
    Entry(("review officer", "officer"), texts.OFFICER_WHO),
    Entry(
        ("Samaritans",),
        Text(_("Samaritans are people you can talk to. You can ring 116 123.")),
    ),
    Entry(
        ("Shout",),
        Text(_("Shout is for help by text. You can text 85258.")),
    ),
    Entry(
        ("social worker", "social workers"),
        Text(_("A social worker works for the council. They help you and keep your plan going.")),
    ),
    Entry(
        ("Telegram",),
        Text(_("Telegram is an app where people write to each other. Sayso can talk there.")),
    ),
    Entry(("video",), Text(_("By video means you see each other on a screen."))),
    Entry(("worrying", "worries"), Text(_("A worry is something that you keep thinking about."))),
)

EVERYDAY = frozenset(
    {
        "already", "animals", "another", "anyone", "anything", "calendar", "come-back", "different",
        "elsewhere", "every", "everyday", "everyone", "grown-ups", "nobody", "reminder",
        "something", "tomorrow", "whoever",
    }
)  # fmt: skip
"""Long, but made of short words that everyone knows, on every telephone, or known to every child of
four."""
