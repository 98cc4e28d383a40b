"""How I want to take part. What is said here is filed as `taking_part`, and as an answer only where
that has no field for all of it.

Option ids are the values of `contribution.schema.json`.
"""

from conversations import arranger, texts
from conversations.flows.pieces import OLDER, choice, choices, day, topic, words
from conversations.questions import Option, Topic, chose
from conversations.wording import Text, _

HOW = (
    Option("come", Text(_("Come")), picture="1F44B"),
    Option("come_for_part", Text(_("Come for part"), at4=_("Come for a bit")), picture="1F90F"),
    Option("video", Text(_("Video")), bands=OLDER),
    Option("phone", Text(_("Phone")), bands=OLDER),
    Option(
        "send_views", Text(_("Send what I think"), at4=_("Just send what I say")), picture="1F4E8"
    ),
    Option("someone_speaks_for_me", Text(_("Someone speaks for me")), bands=OLDER),
    Option("not_sure", Text(_("Not sure")), picture="1F937"),
)
WHY_NOT = (
    Option("too_many_people", Text(_("Too many people"))),
    Option("views_do_not_get_across", Text(_("What I say doesn't get through"))),
    Option("boring", Text(_("It's boring"))),
    Option("private_things", Text(_("Private things are hard to say to adults"))),
    Option("do_not_know_what_it_is_for", Text(_("I don't know what it's for"))),
    Option(
        "school_or_commitment",
        Text(_("School or something I do"), pathway=_("College, work or something I do")),
    ),
    Option("a_person_there", Text(_("Someone who'll be there"))),
    Option("travel", Text(_("It's hard to get there"))),
    Option("upsets_me", Text(_("It upsets me"))),
    Option("prefer_to_send_views", Text(_("I'd rather send what I think"))),
    Option("other", Text(_("Something else"))),
    Option("do_not_want_to_say", Text(_("I don't want to say")), alone=True),
)
ALONE = (
    Option("see", Text(_("Yes, see them"))),
    Option("talk", Text(_("Yes, talk on the phone"))),
    Option("no", Text(_("No"))),
    Option("not_sure", Text(_("Not sure"))),
)
WHERE = (
    Option("where_i_live", Text(_("Where I live"))),
    Option("school", Text(_("At school"), pathway=_("At college or work"))),
    Option("office", Text(_("At an office"))),
    Option("somewhere_else", Text(_("Another place"))),
    Option("dont_mind", Text(_("I don't mind")), alone=True),
)
WHEN = (
    Option("after_school", Text(_("After school"), pathway=_("After college or work"))),
    Option("daytime", Text(_("In the day"))),
    Option("evening", Text(_("In the evening"))),
    Option("holidays", Text(_("In the school break"), pathway=_("On a day off"))),
    Option("dont_mind", Text(_("I don't mind")), alone=True),
)
LEAD = (
    Option("start", Text(_("Say hello and start it"))),
    Option("order", Text(_("Say what comes next"))),
    Option("my_part", Text(_("Tell my part myself"))),
    Option("end", Text(_("Say what we agreed"))),
    Option("no", Text(_("No, thanks")), alone=True),
)

_COMES = ("come", "come_for_part", "video", "phone", "not_sure")
_SEEN = Text(
    _("The person who sets up the meeting sees what you pick here."),
    at4=_("The one who plans it sees this."),
)
_SEEN_TOO = Text(_("The person who sets it up sees this too."))
_TOLD_NOW = Text(
    _("If you say yes, I tell your IRO and their manager now. I do that even if you don't send."),
    pathway=_(
        "Say yes, and I tell your review officer and their manager now. "
        "I do that even if you don't send."
    ),
    chair=_(
        "If you say yes, I tell the chair and their manager now. I do that even if you don't send."
    ),
)
_TAKES_BACK = Text(_("If you asked before, No takes it back."))

MEETING: Topic = topic(
    "meeting",
    Text(_("My review"), pathway=_("My plan review"), chair=_("The meeting")),
    "1F5D3",
    choice(
        "meeting.how",
        Text(_("How do you want to take part?"), at4=_("Do you want to come?")),
        HOW,
        lead=(_SEEN, Text(_("They see it once you press Send."))),
        version=2,
    ),
    choices(
        "meeting.why_not",
        Text(_("What makes it hard to come?")),
        WHY_NOT,
        when=chose("meeting.how", "send_views", "someone_speaks_for_me", "not_sure"),
        bands=OLDER,
    ),
    words(
        "meeting.speaks",
        Text(_("Who should speak for you? Someone has to tell them what you want said.")),
        when=chose("meeting.how", "someone_speaks_for_me"),
        bands=OLDER,
    ),
    words(
        "meeting.who",
        Text(_("Who do you want there?")),
        when=chose("meeting.how", *_COMES),
    ),
    words("meeting.who_not", Text(_("Who do you not want there?"))),
    choices(
        "meeting.where",
        Text(_("Where would be good for you?")),
        WHERE,
        lead=(_SEEN_TOO,),
        bands=OLDER,
        when=chose("meeting.how", "come", "come_for_part", "not_sure"),
    ),
    choices(
        "meeting.when",
        Text(_("What time is good for you?")),
        WHEN,
        lead=(_SEEN_TOO,),
        bands=OLDER,
        when=chose("meeting.how", *_COMES),
    ),
    day(
        "meeting.day",
        Text(_("Is there a day that is good for you?")),
        lead=(Text(_("The person who sets it up sees the day that you pick.")),),
        bands=OLDER,
        version=2,
    ),
    words("meeting.first", Text(_("What should people talk about first?")), bands=OLDER),
    choices(
        "meeting.chair",
        Text(_("Do you want to lead some of it?")),
        LEAD,
        lead=(_SEEN_TOO, Text(_("After you send, I can make you a page to bring."))),
        bands=OLDER,
        when=chose("meeting.how", *_COMES),
    ),
    choice(
        "meeting.alone",
        Text(
            _("Do you want to see your IRO on your own first?"),
            pathway=_("Do you want to see your review officer on your own first?"),
            chair=_("Do you want to see the chair on your own first?"),
        ),
        ALONE,
        bands=OLDER,
        lead=(
            _TOLD_NOW,
            Text(_("They should set it up within {alone_days} working days.")),
            _TAKES_BACK,
        ),
    ),
    choice(
        "meeting.advocate",
        Text(_("Do you want an advocate?")),
        (Option("yes", Text(_("Yes"))), Option("no", Text(_("No")))),
        bands=OLDER,
        lead=(
            texts.ADVOCATE_WHO,
            _TOLD_NOW,
            Text(_("They should set it up within {advocate_days} working days.")),
            _TAKES_BACK,
        ),
    ),
    choice(
        arranger.MAY_READ,
        Text(_("May the person who sets up the meeting read your words?")),
        (
            Option("no", Text(_("No, not my words"))),
            Option("yes", Text(_("Yes, what I wrote about the meeting"))),
        ),
        lead=(Text(_("They see what you picked. They don't see your own words.")),),
        after_any=arranger.WORDS,
        bands=OLDER,
    ),
)
