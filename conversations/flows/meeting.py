"""How I want to take part. What is said here is filed as `taking_part`, never as an answer.

Option ids are the values of `contribution.schema.json`.
"""

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
    Option("school_or_commitment", Text(_("School or something I do"))),
    Option("a_person_there", Text(_("Someone who'll be there"))),
    Option("travel", Text(_("It's hard to get there"))),
    Option("upsets_me", Text(_("It upsets me"))),
    Option("prefer_to_send_views", Text(_("I'd rather send what I think"))),
    Option("other", Text(_("Something else"))),
    Option("do_not_want_to_say", Text(_("I don't want to say")), alone=True),
)

MEETING: Topic = topic(
    "meeting",
    Text(_("My review"), pathway=_("My plan review"), chair=_("The meeting")),
    "1F5D3",
    choice(
        "meeting.how",
        Text(_("How do you want to take part?"), at4=_("Do you want to come?")),
        HOW,
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
        when=chose("meeting.how", "come", "come_for_part", "video", "phone", "not_sure"),
    ),
    words("meeting.who_not", Text(_("Who do you not want there?"))),
    day("meeting.day", Text(_("Is there a day that is good for you?")), bands=OLDER),
    words("meeting.first", Text(_("What should people talk about first?")), bands=OLDER),
)
