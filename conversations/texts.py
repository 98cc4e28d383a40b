"""What Sayso says whatever the flow. The voice is in `docs/voice.md`; each text was read aloud."""

from conversations.wording import Text, _

# Ways out and buttons: they keep one name everywhere.
HELP_BUTTON = Text(_("Help me now"))
SKIP_BUTTON = Text(_("Skip"))
BACK_BUTTON = Text(_("Back"))
STOP_BUTTON = Text(_("Stop for now"))
LEAVE_BUTTON = Text(_("Leave quickly"))
SEND_BUTTON = Text(_("Send"))
CHANGE_BUTTON = Text(_("Change"))
GO_ON = Text(_("Go on"))
DONE = Text(_("Done"))
OWN_WORDS = Text(_("Use my own words"))

# Lines to ring, by age.
LINES = Text(
    _("In danger, ring 999. To talk, ring Childline on 0800 1111 or text Shout on 85258."),
    at4=_("In danger, ring 999. Childline is 0800 1111."),
)
LINES_18 = Text(
    _("In danger, ring 999. To talk, ring Samaritans on 116 123 or text Shout on 85258.")
)
LINES_AT_18 = Text(
    _(
        "In danger, ring 999. To talk, ring Samaritans on 116 123 or text Shout on 85258. "
        "Until you are 19 you can ring Childline on 0800 1111."
    )
)


def lines(age: int | None) -> Text:
    """The help lines that are for this age, in whole years; None: of an adult."""
    if age is None:
        return LINES_18
    if age < 18:
        return LINES
    return LINES_AT_18 if age == 18 else LINES_18


# The ways out, said at the start.
HELLO_WAY_OUT = Text(
    _(
        "You can skip, or stop and come back until {open_until}. Leave quickly opens another page, "
        "but your phone may still list this."
    ),
    at4=_("You can skip. You can stop."),
)

# Help. Where no alert stands behind it, it says that nobody is told.
HELP_TITLE = Text(_("Help me now"))
HELP_LINES = Text(_("{lines}"))
HELP_NOT_TOLD = Text(
    _("I'm a computer program and can't come to you. Pressing this button tells nobody."),
    at4=_("I am a computer. This tells no one."),
)
HELP_NEXT = Text(_("You can go on or stop. Both are OK."))
HELP_TAPPED = Text(
    _(
        "Thank you for telling me. You did the right thing. I'm telling {duty_team}, with your "
        "name. I'm a computer and can't come to you."
    ),
    at4=_("Thank you for telling me. You did right. I tell {duty_team}. They get your name."),
)
HELP_URGENT = Text(
    _(
        "Thank you for telling me. You did the right thing. I have stopped the questions. "
        "What you wrote and your name go to {duty_team}."
    ),
    at4=_("Thank you for telling me. You did right. I tell {duty_team}. They see what you said."),
)
HELP_OPEN = Text(
    _(
        "They look at these from {opens} to {closes}. I don't know how soon. "
        "If you can't wait, ring them on {duty_phone}."
    ),
    at4=_("They look from {opens} to {closes}. If you can't wait, ring {duty_phone}."),
)
HELP_CLOSED = Text(
    _(
        "They are closed until {next_open}. Please don't wait. "
        "Ring the emergency team on {out_of_hours_phone}."
    ),
    at4=_("They can't look now. Please don't wait. Ring {out_of_hours_phone}."),
)
HELP_NOBODY = Text(
    _("They are closed until {next_open}. Please don't wait. Ring one of these numbers."),
    at4=_("They can't look now. Please ring one of these."),
)
HELP_SAFE_NOW = Text(_("Are you safe right now?"))
HELP_SAFE_KEPT = Text(
    _("Thank you. They can see what you said to that too."),
    at4=_("Thank you. They can see that too."),
)
SAFE = {"yes": Text(_("Yes")), "no": Text(_("No")), "not_sure": Text(_("Not sure"))}
DUTY_TEAM = Text(_("the duty team at the council"), at4=_("a team who can help"))
DUTY_TEAM_18 = Text(_("the council's duty team for adults"))

# What is said of it beforehand: where a duty team looks at alerts, and where nobody does.
PASSED_ON = Text(
    _(
        "You may write that you or someone else is not safe. Then a person is told. They see what "
        "you wrote. This happens even if you don't press Send. It happens whoever you share with."
    ),
    at8=_(
        "If you write that someone is not safe, a person is told. They see what you wrote. "
        "This happens even if you don't press Send."
    ),
    at4=_(
        "You may say someone is not safe. Then I tell a grown-up. I do it even if you don't send."
    ),
)
NOT_PASSED_ON = Text(
    _(
        "Your IRO may read that you or someone else is not safe. Then they must tell a "
        "person who can help. This happens whoever you share with."
    ),
    at8=_(
        "Your IRO may read that someone is not safe. Then they must tell a person who can "
        "help. This happens whoever you share with."
    ),
    pathway=_(
        "Your review officer reads what you send. They may read that you or someone else is not "
        "safe. Then they must tell a person who can help. This happens whoever you share with."
    ),
    chair=_(
        "The chair may read that someone is not safe. Then they must tell a person who can help. "
        "This happens whoever you share with."
    ),
    at4=_("You may say someone is not safe. Then a grown-up is told."),
)
WATCHED = Text(
    _(
        "Nobody watches this chat all the time. A computer check looks for words about not being "
        "safe. It can miss them."
    ),
    at8=_(
        "Nobody watches all the time. A computer looks for words about not being safe. "
        "It can miss them."
    ),
    at4=_("People with you may see this. No one else looks now."),
)
NOT_WATCHED = Text(
    _("Nobody watches this chat. I do not look for words about not being safe."),
    at4=_("People with you may see this. No one else looks now."),
)
CONCERN_LINES = Text(
    _("Some things are hard to say. Help me now is always here. {lines}"),
    at4=_("Some things are hard to say. {lines}"),
)

# Things said to what was heard.
TOO_LONG = Text(
    _(
        "That is too long. Please take out {over} or more letters, or split it. "
        "It is in the box but not kept yet."
    ),
    at4=_("That is too long. Please make it less long."),
)
NOTHING_WRITTEN = Text(
    _("The box is empty. You can write something, or skip."),
    at4=_("The box is empty. You can skip."),
)
NOTHING_CHOSEN = Text(
    _("Nothing is chosen yet. You can choose, write, or skip."), at4=_("Tap a picture, or skip.")
)
ONLY_FEWER = Text(
    _(
        "You said some of this before. From here you can let fewer people hear it, not more. "
        "That way, nobody else can share it. With your PIN you can let more people hear it. "
        "Or say it again."
    ),
    at4=_("You can't change who hears it here."),
)
TELEGRAM_ONLY_FEWER = Text(
    _(
        "You said some of this before. From here you can let fewer people hear it, not more. "
        "That way, nobody else can share it. You can say it again. Or use your PIN in the web chat."
    )
)
NOTHING_TO_SKIP = Text(
    _("There is nothing to skip here. You can send, change it or stop."),
    at4=_("You can't skip this. You can stop."),
)
KEPT_FOR_LATER = Text(
    _("I have kept that. I ask about it once we have started."),
    at4=_("I kept that. I ask you later."),
)

# Words that came when nothing was asked.
OFFER_SAYS = Text(_("I asked: “{question}”"))
OFFER_ASK = Text(_("You said this too. Is it your answer?"))
OFFER_ANYTHING = Text(_("You said this too. Do you want to add it?"))
OFFER_KEEP = Text(_("Yes, keep it"))
OFFER_ASIDE = Text(_("Not now"))
OFFER_DROP = Text(_("No, drop it"))
ASIDE_TITLE = Text(_("You wrote this too. It is not sent."))
ASIDE_USE = Text(_("Use it"))

# Topics.
MAP_ASK = Text(_("What do you want to talk about?"), at4=_("What do you want to tell?"))
MAP_SAYS = Text(
    _("Pick any, in any order. You don't have to do them all."),
    at4=_("Pick one. You don't have to do all."),
)
MAP_ONE = Text(_("I only have one thing to say"))
MAP_CHECK = Text(_("That's all. Check it"))
MAP_LINK = Text(_("Choose another topic"))
SAID = Text(_("said"))

# Check, send, receipt.
CHECK_ASK = Text(_("Here is what you said. Is it right?"))
CHECK_NOTHING_ASK = Text(
    _("You have not said anything yet."), at4=_("You did not say anything yet.")
)
CHECK_NOTHING = Text(_("You can still send that."))
CHECK_FILE = Text(
    _(
        "{file_readers} can open your file. What is just for your IRO is not in it. "
        "At most it shows how many answers are left out."
    ),
    pathway=_(
        "{file_readers} can open your file. What is just for your review officer is not in it. "
        "At most it shows how many answers are left out."
    ),
    chair=_(
        "{file_readers} can open your file. What is just for the chair is not in it. At most it "
        "shows how many answers are left out."
    ),
    at4=_("Under each you see who reads it. Others see only how many answers there are."),
)
WISHES = Text(
    _("Your IRO gets each wish, and should tell you what happens."),
    pathway=_("Your review officer gets each wish, and should tell you what happens."),
    chair=_("The chair gets each wish, and should tell you what happens."),
    at4=_("A person gets it. They should tell you more."),
)
WISH = Text(_("A wish"))
WORRY = Text(
    _(
        "This one is about worries. Your IRO may read that someone is not safe. "
        "Then they must tell a person who can help."
    ),
    chair=_(
        "This one is about worries. The chair may read that someone is not safe. Then they must "
        "tell a person who can help."
    ),
    at4="",
)
TELL_ME_MORE = Text(_("Tell me more."))
WORRY_FOUR = Text(_("Say if someone is not safe. A grown-up is told."))
CHANGE_WHO_HEARS = Text(_("Change who hears it: {topic}"))
CHANGE_ARRANGER = Text(_("Change what the person who sets it up may read"))
CHECK_SEND = Text(
    _("It goes to your IRO when you press Send. You can change it later. People may have read it."),
    pathway=_(
        "It goes to your review officer when you press Send. "
        "You can change it later. People may have read it."
    ),
    chair=_(
        "It goes to the chair when you press Send. You can change it later. People may have read "
        "it."
    ),
    at4=_("Press Send, and a person gets it."),
)
CHECK_TELEGRAM = Text(_("Your words are here, once: {link}"))
WHO_HEARS = Text(_("Who may hear it"))
REMOVE = Text(_("Take this out"))
SAY_MORE = Text(_("Say more"))
SENT_TITLE = Text(_("It is sent."))
SENT_AT = Text(_("Sent {sent_date}, {sent_time}."))
SENT_READ = Text(
    _("Your IRO should read it by about {read_by}."),
    pathway=_("Your review officer should read it by about {read_by}."),
    chair=_("The chair should read it by about {read_by}."),
    at4=_("A person should read it by {read_by}."),
)
SENT_RECEIPT = Text(_("Receipt: {receipt}"))
SENT_KEPT = Text(
    _("Sayso keeps what you sent until {kept_until}. Your file has its own copy."),
    at4=_("We keep it until {kept_until}."),
)
THANKS = Text(_("Thank you for taking the time."), at4=_("Thank you for your time."))
SENT_CHANGE = Text(_("Add or change something"))
LINES_SAYS = Text(_("{lines}"))

# Stop for now.
STOPPED_TITLE = Text(_("You have stopped for now."))
STOPPED_NOT_STARTED = Text(
    _("That's fine. You can come back until {open_until}."),
    at4=_("That's fine. You can come back."),
)
STOPPED_KEPT = Text(
    _("Your answers are kept. You can come back until {open_until}."),
    at4=_("I keep what you said. You can come back."),
)
STOPPED_CODE = Text(
    _(
        "Here, your link brings you back. Elsewhere, use this code: {code}. Each stop gives a new "
        "one. With it someone could add answers, but not read yours."
    ),
    at4=_("To come back, use this code: {code}. Each stop gives a new one."),
)
STOPPED_UNSENT = Text(
    _("What you have not sent is erased on {erased_on}."),
    at4=_("If you don't send it, I wipe it. That is on {erased_on}."),
)
STOPPED_SENT = Text(_("What you sent stays sent."))

# Who is who, wherever it is said.
IRO_WHO = Text(
    _(
        "IRO means independent reviewing officer. They run your review. They check that "
        "the council sticks to your plan. They are not your social worker's boss."
    ),
    at8=_(
        "Your IRO runs your review. They check that your plan is kept. "
        "They are not the boss of your social worker."
    ),
    at4=_("This person asks how you are. They look after your plan."),
)
OFFICER_WHO = Text(
    _(
        "Your review officer runs the review of your pathway plan. "
        "They do it with you and your PA. PA means personal adviser."
    )
)
CHAIR_WHO = Text(
    _("The chair runs the meeting. They are not your social worker's boss."),
    at4=_("This person leads when they all meet."),
)
ADVOCATE_WHO = Text(
    _("An advocate is on your side and says what you want said."),
    at4=_("Someone can say what you want said."),
)

# Fixed answers to what young people ask (`conversations/asked_back.py` says when).
FAQ_REAL = Text(
    _(
        "I'm a computer program. People wrote my words. "
        "Your IRO is a person and reads what you send."
    ),
    pathway=_(
        "I'm a computer program. People wrote my words. "
        "Your review officer is a person and reads what you send."
    ),
    chair=_(
        "I'm a computer program. People wrote my words. The chair is a person and reads what you "
        "send."
    ),
    at4=_("I am a computer. People wrote my words. A person reads what you send."),
)
FAQ_READS = Text(
    _("Your IRO reads it when you press Send. Then those you choose."),
    pathway=_("Your review officer reads it when you press Send. Then those you choose."),
    chair=_("The chair reads it when you press Send. Then those you choose."),
    at4=_("A person reads it when you press Send."),
)
FAQ_SWEAR = Text(_("Yes. Say it your way. I don't change your words."))
FAQ_CARER = Text(
    _(
        "I don't show it to them. Your IRO may tell them if you say so. "
        "Anyone looking at this screen can see it. "
        "If someone is not safe, more people may have to know."
    ),
    pathway=_(
        "I don't show it to them. Your review officer may tell them if you say so. "
        "Anyone looking at this screen can see it. "
        "If someone is not safe, more people may have to know."
    ),
    chair=_(
        "I don't show it to them. The chair may tell them if you say so. Anyone looking at this "
        "screen can see it. If someone is not safe, more people may have to know."
    ),
    at4=_("I don't show it to them. Whoever sits with you can see it."),
)
FAQ_TROUBLE = Text(
    _(
        "You have a right to say what you think. I can't know how people take it. "
        "You choose who may hear it."
    ),
    at4=_("You may say what you think."),
)
FAQ_LONG = Text(
    _("There are short topics. You can send after one. You can stop and come back."),
    at8=_("You can send after one topic. You can stop and come back."),
    at4=_("You can stop and come back."),
)
FAQ_MUST = Text(
    _("No. You can skip any question, and you can stop at any time."),
    at4=_("No. You can skip, and you can stop."),
)
FAQ_SKIP = Text(
    _("Yes. You can skip any question, and you can stop at any time."),
    at4=_("Yes. You can skip, and you can stop."),
)
FAQ_WHY = Text(
    _("I ask what you think. Then people know what matters to you."),
    at4=_("I ask what you think. Then people know."),
)
FAQ_CHANGE = Text(
    _("You can change it later. People may have read it."), at4=_("You can change it later.")
)
FAQ_DONT_KNOW = Text(
    _("You can skip, or say it in a few words. “I don't know” is an answer too."),
    at4=_("You can skip. Not to know is OK too."),
)

# Codes and links.
CODE_WRONG = Text(
    _("That code did not work. It may be mistyped, used or too old. You can try again.")
)
CODE_WAIT = Text(_("You can try again at {time}."))
CODE_WAIT_TITLE = Text(_("Your code has to wait a little."))
CODE_WAIT_SAYS = Text(
    _("Many wrong codes were typed near you. Yours stays in the box. Press Open at that time.")
)
CODE_WAIT_BUSY = Text(_("One moment. I am looking at your code."))
CODE_WAIT_CHAT = Text(_("I keep this code and try it at {time}. You don't need to type it again."))
CODE_FORGOT = Text(_("You can ring {review_team_phone} for a new code. What you said is kept."))

# The PIN, and reading answers again.
ANSWERS = Text(_("My answers"))
ANSWERS_HINT = Text(_("With a PIN you can read your answers here again."))
ANSWERS_TITLE = Text(_("Here is what you said."))
ANSWERS_NONE = Text(_("There is nothing to show here yet."))
ANSWERS_BEFORE = Text(_("What you said before you had a PIN is kept too. It is not shown here."))
ANSWERS_TIME = Text(
    _("I show this for 15 minutes after your last tap. Others may see your screen.")
)
PIN_CHOOSE_TITLE = Text(_("You can pick a PIN."))
PIN_CHOOSE = Text(
    _(
        "A PIN is 6 numbers. It shows you what you said this time. "
        "It shows what you say later too. You don't need one."
    )
)
PIN_PICK = Text(_("Pick numbers that others can't guess. Your birthday is easy to guess."))
PIN_TITLE = Text(_("What is your PIN?"))
PIN_SAYS = Text(_("It shows your answers here. You can go on without it."))
PIN_LABEL = Text(_("Your PIN"))
PIN_NEW_LABEL = Text(_("New PIN, 6 numbers"))
PIN_AGAIN_LABEL = Text(_("The same PIN again"))
PIN_KEEP = Text(_("Keep this PIN"))
PIN_SHOW = Text(_("Show my answers"))
PIN_CHANGE = Text(_("Change my PIN"))
PIN_CHANGE_TITLE = Text(_("Pick a new PIN."))
PIN_LOCK = Text(_("Hide my answers"))
PIN_FORGOT = Text(_("I forgot my PIN"))
PIN_RESET_TITLE = Text(_("You can pick a new PIN."))
PIN_RESET = Text(
    _("Your IRO has a code for this. It is only for you. Nothing you said is lost."),
    pathway=_("Your review officer has a code for this. It is only for you. Nothing is lost."),
    chair=_("The chair has a code for this. It is only for you. Nothing you said is lost."),
)
PIN_RESET_LABEL = Text(
    _("Code from your IRO"),
    pathway=_("Code from your review officer"),
    chair=_("Code from the chair"),
)
PIN_ASKED = Text(
    _("Your IRO can see that you want a new PIN. You can also ring {review_team_phone}."),
    pathway=_(
        "Your review officer can see that you want a new PIN. "
        "You can also ring {review_team_phone}."
    ),
    chair=_("The chair can see that you want a new PIN. You can also ring {review_team_phone}."),
)
PIN_WRONG = Text(_("That PIN did not work. You can try again."))
PIN_CODE_WRONG = Text(_("That code did not work. You can try again."))
PIN_SIX = Text(_("A PIN is 6 numbers."))
PIN_TWICE = Text(_("The two PINs are not the same."))
PIN_EASY = Text(_("Many people pick that PIN. Please pick another."))
PIN_OTHER = Text(_("Your PIN was changed just now. Please look again."))

# That wasn't me.
NOTME = Text(_("That wasn't me"))
NOTME_TITLE = Text(_("Did someone else write here?"))
NOTME_SAYS = Text(
    _("Then tell me. Your IRO can see it, and will ask you. No more is passed on."),
    pathway=_("Then tell me. Your review officer can see it. No more is passed on."),
    chair=_("Then tell me. The chair can see it, and will ask you. No more is passed on."),
)
NOTME_KEPT = Text(
    _("What was written stays kept. Your IRO can still read it."),
    pathway=_("What was written stays kept. Your review officer can still read it."),
    chair=_("What was written stays kept. The chair can still read it."),
)
NOTME_DONE_TITLE = Text(_("Thank you for telling me."))
NOTME_DONE = Text(
    _(
        "Your IRO can see that you say it wasn't you. No more is passed on. "
        "What went before can't be called back."
    ),
    pathway=_(
        "Your review officer can see that you say it wasn't you. No more is passed on. "
        "What went before can't be called back."
    ),
    chair=_(
        "The chair can see that you say it wasn't you. No more is passed on. What went before "
        "can't be called back."
    ),
)
NOTME_CODE = Text(_("Type the code from your letter. It may be used already."))
NOTME_LINK = Text(_("Did someone else open it? You can tell me."))

# Who may hear, as shown beside an answer.
HEARS = {
    "iro": Text(_("Your IRO"), at4=_("The person who reads it"), chair=_("The chair")),
    "pathway_review_officer": Text(_("Your review officer")),
    "conference_chair": Text(_("The chair"), at4=_("The person who reads it")),
    "social_worker": Text(_("People who can open your file")),
    "personal_adviser": Text(_("People who can open your file")),
    "advocate": Text(_("Your advocate")),
    "arranger": Text(_("The person who sets up the meeting"), at4=_("The one who plans it")),
    "meeting": Text(_("Everyone at your review"), chair=_("Everyone at the meeting")),
    "carer": Text(_("People you live with")),
    "parents": Text(_("Your parents")),
}
HEARS_ONLY = {
    "iro": Text(
        _("Just your IRO"), at4=_("Just the person who reads it"), chair=_("Just the chair")
    ),
    "pathway_review_officer": Text(_("Just your review officer")),
    "conference_chair": Text(_("Just the chair"), at4=_("Just the person who reads it")),
}

# The same lines as rows to tap: who, when, the number, its address.
Ring = tuple[Text, Text, str, str]
_DANGER = (Text(_("In danger now")), Text(_("Free, day or night")), "999", "tel:999")
_CHILDLINE = (
    Text(_("Childline")),
    Text(_("Free, day or night, up to 19")),
    "0800 1111",
    "tel:08001111",
)
_SHOUT = (Text(_("Shout, by text")), Text(_("Free, day or night")), "85258", "sms:85258")
_SAMARITANS = (Text(_("Samaritans")), Text(_("Free, day or night")), "116 123", "tel:116123")
RINGS: dict[Text, tuple[Ring, ...]] = {
    LINES: (_DANGER, _CHILDLINE, _SHOUT),
    LINES_AT_18: (_DANGER, _SAMARITANS, _SHOUT, _CHILDLINE),
    LINES_18: (_DANGER, _SAMARITANS, _SHOUT),
}
# Before a code is accepted nobody knows the age: every line, and for whom it is.
RINGS_ANY_AGE: tuple[Ring, ...] = (_DANGER, _CHILDLINE, _SHOUT, _SAMARITANS)

# Pages around the chat.
INVITATION_TITLE = Text(_("Say what you think, in your own words."))
INVITATION_SAYS = Text(_("It is about you and your plans. Say what you want people to know."))
WHO_READS_TITLE = Text(_("Who reads it"))
WHO_READS = Text(_("The person who runs your review or meeting."))
YOU_CHOOSE_TITLE = Text(_("You choose"))
YOU_CHOOSE = Text(_("What to say, what to skip, and who else may hear it."))
COMPUTER_TITLE = Text(_("Sayso is a computer program"))
COMPUTER = Text(_("Nobody watches this page. If you are not safe, press Help me now."))
CODE_LABEL = Text(_("Type your code"))
CODE_HINT = Text(_("12 letters and numbers, big or small. A come-back code works here too."))
CODE_OPEN = Text(_("Open"))
CODE_HELP = Text(_("Code not working? Ring {review_team_phone} for a new one."))
LINK_USED_TITLE = Text(_("You can go on here with a code."))
LINK_USED = Text(
    _("This link was opened before. If you stopped on another phone, type your come-back code.")
)
NO_CODE_HELP = Text(_("I don't know who you are yet, so I can't tell anyone."))
CLOSED_TITLE = Text(_("This is closed now."))
CLOSED = Text(
    _("The time to write here is over. You can ring {review_team_phone} to say what you think.")
)
ERASED_TITLE = Text(_("What was said here is erased."))
ERASED = Text(
    _("Nobody can read it in Sayso any more. You can ring {review_team_phone} to ask about it.")
)
CLOSED_WORDS = Text(_("These words are not kept. You can copy them."))
STRANGER_TITLE = Text(_("I don't know who you are here."))
AWAY_TITLE = Text(_("I can't keep that just now."))
AWAY_NOW = Text(_("I can't open that just now."))
AWAY_NOTHING = Text(_("What you said before is not lost. Please try again."))
AWAY = Text(
    _("What you sent before is not lost. What is in the box is not kept yet. Please try again.")
)
TRY_AGAIN = Text(_("Try again"))
UNREADABLE_TITLE = Text(_("I can't read that."))
UNREADABLE = Text(_("What you said before is not lost. Go back to the question and try again."))
TOO_BIG = Text(
    _(
        "That was too much at once, so it did not come through. What you said before is not lost. "
        "Your browser's own Back may still have your words."
    )
)
NOT_FOUND_TITLE = Text(_("There is no page here."))
NOT_FOUND = Text(_("Open your link again, or type your code."))
WRONG_TITLE = Text(_("Something went wrong here."))
WRONG = Text(_("What you said before is not lost. Please try again."))
WRONG_REFERENCE = Text(_("If you ask someone for help with this, show them: {reference}"))
BACK_TO_QUESTION = Text(_("Back to the question"))
NET_LOST = Text(
    _("No connection. Answers with a tick are kept. What is in the box is not kept yet."),
    at4=_("There is no connection. What is ticked is kept."),
)
SAVING = Text(_("Keeping it…"))
KEPT_TICK = Text(_("kept"))
HIDDEN = Text(
    _("You said this before. It is kept. It is not shown here."),
    at4=_("You said this before. I don't show it here."),
)
WORDS_LABEL = Text(_("In your own words"))
WORDS_HINT = Text(_("Spelling doesn't matter."), at4=_("Your helper can type. You can skip it."))
DATE_LABEL = Text(_("Pick a day"))
DATE_WORDS = Text(_("Or say it in your own words"))
KEEP_THIS = Text(_("Keep this"))
KEEP_TICKED = Text(_("Keep these"))
ALONE = Text(_("If you tick this, only this counts."))
ALONE_TICKED = Text(_("Only “{option}” is ticked now."))
ALONE_UNTICKED = Text(_("“{option}” is not ticked any more."))
JUMP = Text(_("Go to the question"))
LOG_LABEL = Text(_("What Sayso asks"))
WAYS_LABEL = Text(_("Help, stop or skip"))
OFFICER_PICTURE = Text(_("A picture of them"))
PRIVACY = Text(_("Privacy"))
ACCESSIBILITY = Text(_("Accessibility"))

# Telegram.
TELEGRAM_READS = Text(
    _(
        "Telegram could read what you type here. I take answers out of this chat within 48 hours. "
        "Telegram may stop me."
    )
)
TELEGRAM_WAY_OUT = Text(_("You can skip, or stop and come back until {open_until}."))
TELEGRAM_WHO = Text(
    _("I don't know who you are yet. Open the link in your letter, or type your code here.")
)
TELEGRAM_ONLY_WORDS = Text(_("I can only keep words here. You can type what you want to say."))
TELEGRAM_NO_PLACE = Text(_("I don't keep places or numbers. I am taking that out of this chat."))
HELP_NO_CODE = Text(
    _(
        "I don't know who you are yet, so I can't tell anyone. In danger, ring 999. To talk, ring "
        "Childline on 0800 1111, Samaritans on 116 123, or text Shout on 85258."
    )
)
TELEGRAM_LINES = Text(
    _(
        "In danger, ring 999. To talk, ring Childline on 0800 1111, Samaritans on 116 123, or text "
        "Shout on 85258."
    )
)
DOORBELL_KEPT = Text(
    _("I have kept that and am taking it out of this chat. Go on here: {link} In danger, ring 999.")
)
DOORBELL_NEW = Text(_("Sayso: a message for you. {link}"))
