"""What young people hear of what they asked a person for, and of the page that they can bring."""

from conversations.effects import Want
from conversations.wording import Text, _

NEWS = Text(
    _("What you asked for is set up. You can ring {review_team_phone} to hear more."),
    at4=_("What you asked for is set up."),
)
"""On a page that is not locked: it says not what."""

ASKED_ADVOCATE = Text(
    _("You asked for an advocate. Someone should set it up by about {arrange_by}."),
    at4=_("You asked for someone. They should come by {arrange_by}."),
)
ASKED_ALONE = Text(
    _("You asked to see your IRO alone. They should set it up by about {arrange_by}."),
    pathway=_(
        "You asked to see your review officer alone. They should set it up by about {arrange_by}."
    ),
    chair=_("You asked to see the chair alone. They should set it up by about {arrange_by}."),
)
ARRANGED_ADVOCATE = Text(
    _("An advocate is set up for you. Ring {review_team_phone} to hear who and when."),
    at4=_("What you asked for is set up."),
)
ARRANGED_ALONE = Text(
    _("Time with your IRO is set up. Ring {review_team_phone} to hear when."),
    pathway=_("Time with your review officer is set up. Ring {review_team_phone} to hear when."),
    chair=_("Time with the chair is set up. Ring {review_team_phone} to hear when."),
)
ASKED = {Want.ADVOCATE: ASKED_ADVOCATE, Want.OFFICER_ALONE: ASKED_ALONE}
ARRANGED = {Want.ADVOCATE: ARRANGED_ADVOCATE, Want.OFFICER_ALONE: ARRANGED_ALONE}

# The page that they can bring: where it is made.
PAGE_LINK = Text(_("A page to bring to my meeting"))
PAGE_TELEGRAM = Text(_("Your own copy, and a page to bring, are here, once: {link}"))
PAGE_TITLE = Text(_("A page for my meeting."))
PAGE_SAYS = Text(_("Tick what goes on it. People there may see the page."))
PAGE_FILE = Text(_("It comes to this phone as a file. Others may find it there."))
PAGE_ANSWERS = Text(_("What goes on my page"))
PAGE_MAKE = Text(_("Make my page"))
PAGE_TOO_LONG = Text(_("That is too much for one page. You can untick some."))
PAGE_NOT_NOW = Text(_("I can't make it just now. Nothing is lost. Please try again."))

# What stands on it besides their own words.
PAPER_TITLE = Text(
    _("My meeting"),
    at16=_("My review"),
    pathway=_("My plan review"),
    chair=_("The meeting about me"),
)
PAPER_NAME = Text(_("My name"))
PAPER_WHEN = Text(_("When and where"))
PAPER_HOW = Text(_("How I take part"))
PAPER_JOBS = Text(_("My jobs there"))
PAPER_FIRST = Text(_("Talk about this first"))
PAPER_SAID = Text(_("What I want to say"))
PAPER_ASKS = Text(_("Before it ends, I can ask"))
PAPER_NEXT = Text(_("What happens next?"))
PAPER_WHO = Text(_("Who does it?"))
PAPER_BY_WHEN = Text(_("By when?"))
PAPER_NOTES = Text(_("What we agreed"))
PAPER_BREAK = Text(_("I can ask for a break any time."))
PAPER_FOOT = Text(_("My own words. I made this page with Sayso."))
JOB_START = Text(_("Say who you are. Ask who everyone is."))
JOB_ORDER = Text(_("Start with what matters to you."))
JOB_MY_PART = Text(_("You can read it out from here."))
JOB_END = Text(_("Ask who does it, and by when."))
JOBS = {"start": JOB_START, "order": JOB_ORDER, "my_part": JOB_MY_PART, "end": JOB_END}
"""What one does who leads a part of the meeting, by what was picked."""
