"""Texts for coming back later: reminders, starting over, and what changed meanwhile."""

from conversations.wording import Text, _

# A reminder, for who stopped and wants one.
REMIND_OFFER = Text(
    _("Would you like a reminder in Telegram? It says nothing about you."),
)
REMIND_TOMORROW = Text(_("Tomorrow"))
REMIND_THREE_DAYS = Text(_("In three days"))
REMIND_WEEK = Text(_("In a week"))
REMIND_SET = Text(_("You get one reminder in Telegram, on {remind_on}."))
REMIND_NONE = Text(_("No reminder, please"))
CALENDAR_OFFER = Text(
    _(
        "I have no way to send you a reminder. You can put one in your own calendar. "
        "It says “Sayso” and how to open it. Others may see your calendar."
    ),
    at8=_(
        "I can't send you a reminder. You can put one in your own calendar. It says “Sayso”. "
        "Others may see your calendar."
    ),
)
REMIND = {
    "tomorrow": REMIND_TOMORROW,
    "three_days": REMIND_THREE_DAYS,
    "week": REMIND_WEEK,
}
"""What may be chosen, by `conversations.reminding.DAYS`."""

# The reminder itself: on a phone that lies on a table it says nothing.
NOTICE_REMIND = Text(_("Sayso: go on when you like. {link}"))
NOTICE_REMIND_HERE = Text(_("Sayso: go on when you like."))
CALENDAR_TITLE = Text(_("Sayso"))

# Starting over.
OVER = Text(_("Start over"))
OVER_ASK = Text(_("Do you want to start over?"))
OVER_SAYS = Text(
    _(
        "Starting over puts away what you said so far. It is not sent, and not lost. "
        "You can get it back."
    ),
    at4=_("This puts away what you said. You can get it back."),
)
OVER_YES = Text(_("Yes, start over"))
OVER_NO = Text(_("No, go on"))
OVER_SENT = Text(_("What you sent stays sent. You can change it or add to it."))
BEFORE_SAYS = Text(_("You started over. What you said before is kept. It is not sent."))
BEFORE_USE = Text(_("Use what I said before"))

# Asked of Sayso (`conversations/asked_back.py`).
FAQ_REMIND = Text(
    _("You can choose a reminder when you press Stop for now."),
    at4=_("Press Stop for now to choose one."),
)
FAQ_OVER = Text(
    _("You can start over on the page with all topics."),
    at4=_("You can start over where all topics are."),
)

# What changed while they were away: each is said once.
NEWS_TITLE = Text(_("Something has changed."))
NEWS_MOVED = Text(
    _(
        "Your review has a new date. What you sent still counts. "
        "You can see the date in My answers, or ring {review_team_phone}."
    ),
    chair=_(
        "The meeting has a new date. What you sent still counts. "
        "You can see the date in My answers, or ring {review_team_phone}."
    ),
)
NEWS_STOOD_DOWN = Text(
    _(
        "Your review is off for now. It gets a new date. What you said is kept for it. "
        "Ring {review_team_phone} to ask about it."
    ),
    chair=_(
        "The meeting is off for now. What you said is kept. "
        "Ring {review_team_phone} to ask about it."
    ),
)
NEWS_OFFICER = Text(
    _("You have a new IRO. They can read what you sent. You can take it back."),
    pathway=_("You have a new review officer. They can read what you sent. You can take it back."),
    chair=_("The meeting has a new chair. They can read what you sent. You can take it back."),
)
# The day, where they have unlocked what they said; never the time or the place.
REVIEW_ON = Text(
    _("Your review is on {meeting_day}."),
    chair=_("The meeting is on {meeting_day}."),
)
REVIEW_OFF = Text(
    _("Your review is off for now. It gets a new date."),
    chair=_("The meeting is off for now."),
)
NEWS = {"moved": NEWS_MOVED, "stood_down": NEWS_STOOD_DOWN, "officer": NEWS_OFFICER}
"""By the names in `Conversation.news`."""
