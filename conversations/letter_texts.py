"""What the letter says that invites a young person, or a foster carer, to say what they think.

It is from whoever runs the review, and says what a review is and who they are before it asks for
anything. At 4 to 7 a grown-up reads it out. Read aloud; `docs/invitations.md` says who gets which.
"""

from conversations.wording import Text, _

TITLE = Text(
    _("What do you want to say at your review?"),
    at4=_("What do you think?"),
    at8=_("What do you want to say at your meeting?"),
    pathway=_("What do you want to say about your plan?"),
    chair=_("What do you want to say before the meeting?"),
)
TITLE_HOME = Text(_("How is it where you live?"))
TITLE_MOVE = Text(_("What do you want to say about your move?"), at4=_("What do you think?"))
TITLE_AFTER = Text(_("How was your review?"), at4=_("How was the meeting?"))
TITLE_CARERS = Text(_("Before the review of your fostering"))

HELLO = Text(_("Hello {given_name},"))

# What it is about, and when.
WHAT = Text(
    _(
        "A review is your meeting. People who work with you check how things are. "
        "They agree what comes next."
    ),
    at4=_("Grown-ups meet to see how you are."),
    at8=_("A review is your meeting. We check how things are. We agree what comes next."),
    pathway=_("The review looks at how your plan works. It agrees what comes next."),
    chair=_(
        "There is a meeting about you. It is called a child protection conference. "
        "People there talk about how safe you are."
    ),
)
WHAT_HOME = Text(
    _(
        "The people you live with are foster carers. Each year, someone checks how it goes. "
        "The check is about them, not about you."
    ),
    at4=_("Someone checks how they look after you."),
)
WHAT_MOVE = Text(
    _(
        "You moved sooner than was planned. People who work with you meet to talk about it. "
        "They ask what happened and what would have helped. It is not to blame you."
    ),
    at4=_("You moved. Grown-ups meet to talk about it. It is not to tell you off."),
)
WHEN_MOVE = Text(_("It is on {day}."))
WHEN_MOVE_DUE = Text(_("It should be by {day}."))
WHAT_AFTER = Text(
    _("Your review is over. I want to know if we listened to you."),
    at4=_("The meeting is over. Did they listen to you?"),
)
WHAT_CARERS = Text(
    _(
        "Each year the council checks how your fostering goes. That is your review. "
        "The law says that it must ask what you think."
    )
)
WHEN = Text(
    _("Yours is on {day}."),
    at4=_("It is on {day}."),
    pathway=_("It is on {day}."),
    chair=_("It is on {day}."),
)
WHEN_DUE = Text(
    _("Yours should be by {day}."),
    at4=_("It should be by {day}."),
    pathway=_("It should be by {day}."),
    chair=_("It should be by {day}."),
)

# Who writes, and what they are.
WHO = Text(
    _(
        "I am {officer_name}, your IRO. That means independent reviewing officer. "
        "I run your review. I check that the council sticks to your plan. "
        "I am not your social worker's boss."
    ),
    at4=_("I am {officer_name}. I look after your plan."),
    at8=_(
        "I am {officer_name}, your IRO. I run your meeting. I check that your plan is kept. "
        "I am not the boss of your social worker."
    ),
    pathway=_(
        "I am {officer_name}, your review officer. I run the review of your pathway plan. "
        "I do it with you and your PA. PA means personal adviser."
    ),
    chair=_(
        "I am {officer_name}, the chair. I run the meeting. I am not your social worker's boss."
    ),
)
WHO_CARERS = Text(_("I am {officer_name}. I am the chair of your review."))
PART = Text(
    _("You can come, come for part, or send what you think. It is up to you."),
    at4=_("You can come. You can also tell us here."),
    chair=_("You can send what you think. You can also ask to come."),
)
PART_HOME = Text(_("You can say what you think of it."), at4=_("You can tell us what you think."))
PART_CARERS = Text(
    _(
        "This form is about your fostering. Please don't answer for a child. "
        "If a child may not be safe, ring {child_phone} now."
    )
)

# How it is opened.
SCAN = Text(_("Point a phone at the square. Or go to"))
TYPE = Text(_("and type this code:"))
QR = Text(_("A square to point a phone at. It opens the same page as the code."))
UNTIL = Text(
    _("It works on any phone or computer until {open_until}. You need no account."),
    at4=_("It works until {open_until}. You need no account."),
)
WHOEVER = Text(
    _("Whoever has this letter could answer for you. They can't read what you said."),
    at4="",
)

# You choose, and what happens with it.
CHOOSE = Text(_("You choose"), at4=_("You can"))
CHOOSE_WHAT = Text(_("What to talk about, and what to skip"), at4=_("Tap a picture"))
CHOOSE_WORDS = Text(_("Words, your voice or a picture"), at4=_("Tell it in your own words"))
CHOOSE_WRITTEN = Text(_("How much to write, and when"), at4=_("Tell it in your own words"))
CHOOSE_HEARS = Text(_("Who may hear each thing"), at4=_("Skip what you don't like"))
CHOOSE_STOP = Text(_("When to stop. You can come back"), at4=_("Stop and come back"))
HAPPENS = Text(_("What happens with it"), at4=_("What comes next"))
HAPPENS_SEND = Text(
    _("I get it when you press Send."),
    at4=_("I read what you send."),
)
HAPPENS_WISH = Text(
    _("I should tell you what happens with each wish."),
    at4=_("I should tell you more."),
)
HAPPENS_PASSED = Text(
    _("If you write that someone is not safe, a person is told."),
    at4=_("If you are not safe, someone is told."),
)
HAPPENS_READ = Text(
    _("I may read that someone is not safe. Then I must tell a person."),
    at4=_("If you are not safe, someone is told."),
)
HAPPENS_READ_CARERS = Text(_("I must pass it on if a child may not be safe."))
HAPPENS_WATCHED = Text(_("Nobody watches it all the time."), at4="")

OTHERWISE = Text(
    _("Do you want to do it another way? Then ring {review_team_phone}."),
    at4=_("You can also ring {review_team_phone}."),
)
ADVOCATE = Text(
    _("You can ask for an advocate. They are on your side and say what you want said."),
    at4=_("Someone can say what you want said."),
)

# For the grown-up beside a child of 4 to 7.
HELPER_TITLE = Text(_("To the grown-up who helps"))
HELPER_SAYS = Text(
    _(
        "Please read this out. Read each question as it is. Type the child's own words. "
        "You can't read the answers back. If someone may not be safe, a person is told."
    )
)

# Who signs it.
SIGN = Text(
    _("Independent reviewing officer (IRO)"),
    at4=_("For your plan"),
    pathway=_("Review officer"),
    chair=_("Chair of the meeting"),
)
SIGN_CARERS = Text(_("Chair of your review"))
