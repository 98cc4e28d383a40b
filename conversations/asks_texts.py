"""What a young person reads round the answer to a wish. The answer itself a person writes.

Nobody so young that somebody sits beside them reads here (`typists.reads_back`): their officer
tells them.
"""

from conversations.wording import Text, _

FACTS = frozenset({"who", "reason"})
"""What fills these texts besides the facts of a screen: a person wrote it."""

NEWS = Text(_("There is a message for you. Your PIN opens it."), at4="")
"""On a page that is not locked: it says not of what."""
NEWS_SHUT = Text(
    _("There is a message for you. It does not open here. Ring {review_team_phone} and ask."),
    at4="",
)
"""Where what it is about was said before their PIN."""
NEWS_LINK = Text(_("Read it"), at4="")
LINK = Text(_("What people say to me"), at4="")
"""Where nothing is locked: it says not that there is a wish."""
LINK_OPEN = Text(_("My wishes, and what was said to them"), at4="")
PIN_FIRST = Text(
    _("An answer may come here. You need a PIN to read it. You can pick one now."), at4=""
)
PIN_LATE = Text(
    _(
        "A PIN opens what you say from now on. It does not open this answer. "
        "You can ring {review_team_phone} and ask."
    ),
    at4="",
)
"""What they sent was said before this session: a PIN would show only what is said from now on."""
AFTER = Text(_("You can read here what was said to you."), at4="")

TITLE = Text(_("What was said to your wishes"), at4="")
NONE = Text(_("There is no wish here yet."), at4="")
BEFORE = Text(
    _(
        "There is more from before you had a PIN. It is not shown here. "
        "Ring {review_team_phone} and ask your IRO to tell you."
    ),
    pathway=_(
        "There is more from before you had a PIN. It is not shown here. "
        "Ring {review_team_phone} and ask your review officer to tell you."
    ),
    chair=_(
        "There is more from before you had a PIN. It is not shown here. "
        "Ring {review_team_phone} and ask the chair to tell you."
    ),
    at4="",
)
YOU_ASKED = Text(_("You asked"), at4="")
CHANGED = Text(_("You changed your words after this."), at4="")

SIGN_HEARD = Text(_("No answer yet"), at4="")
SIGN_LOOKING = Text(_("Not yet"), at4="")
SIGN_AGREED = Text(_("Yes"), at4="")
SIGN_PART = Text(_("Some of it"), at4="")
SIGN_NOT_AGREED = Text(_("No"), at4="")
SIGN_DONE = Text(_("It is done"), at4="")
SIGN_TAKEN_BACK = Text(_("You took this back"), at4="")

READ = Text(
    _("Your IRO has read it, on {day}."),
    pathway=_("Your review officer has read it, on {day}."),
    chair=_("The chair has read it, on {day}."),
    at4="",
)
UNREAD = Text(
    _("Your IRO has not opened it yet."),
    pathway=_("Your review officer has not opened it yet."),
    chair=_("The chair has not opened it yet."),
    at4="",
)
ANSWER_BY = Text(_("You should get an answer by {day}."), at4="")
LATE = Text(
    _("You should have had an answer by {day}. Ring {review_team_phone} and ask why."), at4=""
)

REASON = Text(_("The reason: {reason}"), at4="")
WHO_BY = Text(_("{who} should do it by {day}."), at4="")
WHO = Text(_("{who} should do it."), at4="")
BY = Text(_("It should be done by {day}."), at4="")
HEAR_BY = Text(_("You should hear more by {day}."), at4="")
FROM = Text(
    _("{officer_name}, your IRO, {day}"),
    pathway=_("{officer_name}, your review officer, {day}"),
    chair=_("{officer_name}, the chair, {day}"),
    at4="",
)
TOLD_BY = Text(
    _("{officer_name}, your IRO, told you this on {day}."),
    pathway=_("{officer_name}, your review officer, told you this on {day}."),
    chair=_("{officer_name}, the chair, told you this on {day}."),
    at4="",
)
EARLIER = Text(_("What was said before"), at4="")

SAY_MORE = Text(_("Is this not right for you?"), at4="")
SAY_WORDS = Text(_("You can say more, in your own words"), at4="")
NOT_MEANT = Text(_("That's not what I meant"), at4="")
NOT_AGREE = Text(_("I still don't agree"), at4="")
TOLD = Text(
    _("What you say goes to your IRO. It is kept with your wish."),
    pathway=_("What you say goes to your review officer. It is kept with your wish."),
    chair=_("What you say goes to the chair. It is kept with your wish."),
    at4="",
)
CAME_ABOUT = Text(_("Did it happen?"), at4="")
HAPPENED = Text(_("Yes, it did"), at4="")
HAPPENED_SOME = Text(_("Some of it"), at4="")
NOT_HAPPENED = Text(_("No, it did not"), at4="")
TOO_SOON = Text(_("It's too soon"), at4="")

YOU_SAID = Text(_("You said this on {day}"), at4="")
REPLY_KEPT = Text(
    _("Thank you for saying so. Your IRO gets it and should write to you here."),
    pathway=_("Thank you for saying so. Your review officer gets it and should write to you here."),
    chair=_("Thank you for saying so. The chair gets it and should write to you here."),
    at4="",
)
CAME_ABOUT_KEPT = Text(_("Thank you for saying so. It is kept with your wish."), at4="")
CAN_DO = Text(_("What you can do"), at4="")
COMPLAIN = Text(
    _("You can complain. Ring {review_team_phone} and they tell you how. Nobody may mind that."),
    at4="",
)
ADVOCATE = Text(
    _("You can get an advocate. They are on your side and say what you want said."), at4=""
)
ADVOCATE_ASK = Text(_("Ask for an advocate"), at4="")
ADVOCATE_ASKED = Text(_("You asked for an advocate. Someone should set it up."), at4="")
REPLY_LONG = Text(_("That is {over} letters too long. It is not kept yet."), at4="")
REPLY_STALE = Text(_("There is a newer answer. Please read it first."), at4="")
