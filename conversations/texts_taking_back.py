"""What is said about who hears one answer, about taking back, and about one's own copy."""

from conversations.wording import Text, _

# One answer: who may hear it.
HEARS_ASK = Text(_("Who may hear this answer?"))
HEARS_LATER = Text(
    _("You have sent it. Fewer people: that counts at once. More people: press Send again."),
    at4=_("You have sent it. You can let fewer people hear it."),
)
WHO_WILL_HEAR = Text(_("Who will hear this"))
JUST_OFFICER = Text(
    _("Just my IRO"), pathway=_("Just my review officer"), chair=_("Just the chair")
)
FILE_TOO = Text(_("My file too"))
MORE_CHOICES = Text(_("More choices"))
NOT_ALOUD = Text(_("Not to be read out"))
ALOUD_NO = Text(_("Don't read it out"))
ALOUD_YES = Text(_("It may be read out"))
EACH = Text(_("Choose for one answer"))
EACH_ASK = Text(_("Which answer is it about?"))
EACH_SAYS = Text(_("I show what I asked. What you said does not come here again."))

# Taking back.
TAKE_BACK = Text(_("Take it back"))
TAKE_ALL_BACK = Text(_("Take it all back"))
BACK_ASK = Text(_("Do you want to take this back?"))
BACK_ALL_ASK = Text(_("Do you want to take it all back?"))
BACK_SAYS = Text(_("Then it is gone from here. You can say it again."))
BACK_SENT = Text(
    _("You have sent it. People may have read it. I can't undo that."),
    at4=_("You have sent it. People may have read it."),
)
BACK_ALWAYS = Text(
    _("What was passed on to keep someone safe can't be taken back."),
    at4=_("What I told to keep someone safe stays."),
)
BACK_SHOWN = Text(
    _("A person still listens or looks once. That is to keep people safe."),
    at4=_("A grown-up still listens or looks once."),
)
BACK_YES = Text(_("Yes, take it back"))
BACK_NO = Text(_("No, leave it"))
GONE_TITLE = Text(_("It is taken back."))
FEWER_TITLE = Text(_("That counts from now on."))
BECAME = Text(_("{became}"))
IN_FILE = Text(_("{in_file}"))
NOT_SENT = Text(_("It was not sent."))
NOT_OUT = Text(
    _("Nobody had opened it in Sayso."),
    at4=_("Nobody had read it."),
)
UNREAD = Text(
    _("Nobody had opened it in Sayso. It's hidden there now."),
    at4=_("Nobody had read it. It is hidden now."),
)
READ = Text(
    _(
        "Someone has read it, and I can't undo that. It's hidden in Sayso now. "
        "Each reader gets one message about it."
    ),
    at4=_("Someone has read it. It is hidden now. I tell them that you took it back."),
)
FEWER_NOT_OUT = Text(
    _("Nobody had opened it in Sayso."),
    at4=_("Nobody had read it."),
)
FEWER_UNREAD = Text(
    _("Nobody had opened it in Sayso. Fewer people can open it there now."),
    at4=_("Nobody had read it. Fewer people can read it now."),
)
FEWER_READ = Text(
    _(
        "Someone has read it, and I can't undo that. Each reader gets one message about it. "
        "It says who may hear it now."
    ),
    at4=_("Someone has read it. I tell them that you changed it."),
)
FILE_KEEPS = Text(
    _("The council's file keeps its copy. It notes that you took it back."),
    at4=_("Your file keeps it."),
)
FILE_KEEPS_FEWER = Text(
    _("The council's file keeps its copy. It notes that you changed this."),
    at4=_("Your file keeps it."),
)
FILE_MAY_KEEP = Text(
    _("The council's file may have a copy. It notes that you took it back."),
    at4=_("Your file may keep it."),
)
FILE_MAY_KEEP_FEWER = Text(
    _("The council's file may have a copy. It notes that you changed this."),
    at4=_("Your file may keep it."),
)
FILE_HAS_NONE = Text(_("It is in no file."))
ALL_BACK_TITLE = Text(_("You have taken it back."))
ALL_BACK_SAYS = Text(_("Nothing of yours is sent now. You can say something else."))
SENT_CHANGE_HOW = Text(
    _("You can add to it, change it or take it back here."), at4=_("You can change it here.")
)
TAKEN_BACK_LINE = Text(_("You took this back on {day}."))

# Said in a chat, where nothing is written that was said before.
NOT_ME_YES = Text(_("Yes, someone else wrote"))
NOT_ME_NO = Text(_("No, it was me"))
COPY_LINK = Text(_("Your own copy is here, once: {link}"))

# One's own copy, and the words of every year.
COPY_TITLE = Text(_("Take your words with you"))
COPY_SAYS = Text(
    _("A copy stays on this phone or computer. Others who use it may open it."),
    at4=_("A copy stays on this phone. Others may see it."),
)
COPY_PDF = Text(_("Copy to read or print"))
COPY_JSON = Text(_("Copy for a computer"))
YEARS = Text(_("My words over the years"))
YEARS_SAYS = Text(_("Each topic shows what you said each time."))
YEARS_NOTHING = Text(_("Nothing said"))
BEFORE_REVIEW = Text(
    _("Before my review, {day}"),
    chair=_("Before the meeting, {day}"),
)
BEFORE_MOVE = Text(_("Before the meeting about my move, {day}"))
BEFORE_CARERS = Text(_("About my carers, {day}"))
AFTER_REVIEW = Text(_("After my review, {day}"), chair=_("After the meeting, {day}"))

# The paper.
PAPER_TITLE = Text(_("What I said"))
PAPER_OWNER = Text(_("My own copy, made on {day}"))
PAPER_SAYS = Text(_("These are your own words. Sayso did not change them."))
PAPER_HEARS = Text(_("Who may hear it: {who}."))
PAPER_AGREED = Text(_("On {day} you said that it was OK to start."))
PAPER_SENT = Text(_("You sent it on {day}."))
PAPER_NOT_SENT = Text(_("You have not sent it."))
PAPER_BEFORE = Text(_("What you said before your PIN is not in this copy."))
PAPER_NOTHING = Text(_("There is nothing here."))
