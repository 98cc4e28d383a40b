"""What a care leaver is asked before a pathway plan review. Topics: SI 2010/2571 Schedule 1."""

from functools import partial

from conversations import texts
from conversations.flows import carrying
from conversations.flows.meeting import MEETING
from conversations.flows.pieces import (
    ADVOCATE,
    ANYTHING_ELSE,
    HELLO,
    LEAVERS,
    START_QUESTIONS,
    WORDS,
    choice,
    feeling,
    piece,
    topic,
    words,
)
from conversations.flows.who_types import HELPER
from conversations.questions import Flow, Option, Topic
from conversations.wording import Text, _

_REVIEW = piece(
    "review",
    Text(_("What this review is")),
    Text(_("Your pathway plan is your plan for now and later. A review checks how it is going.")),
    Text(_("Your plan should be reviewed at least every 6 months.")),
)
OFFICER = piece(
    "review.officer",
    Text(_("Who runs it")),
    texts.OFFICER_WHO,
    Text(_("Your review officer is {officer_name}. You can reach them on {review_team_phone}.")),
)
_RIGHTS = piece(
    "rights",
    Text(_("Your rights")),
    Text(_("You can come, come for part, or send what you think.")),
    Text(_("You can complain if you don't like how you are treated.")),
    Text(_("You have a right to advice from a lawyer. Your PA can help you get it.")),
)
MORE_RIGHTS = piece(
    "rights.later",
    Text(_("More of your rights")),
    Text(
        _("You can ask for a review of your plan at any time. Ask your PA or your review officer.")
    ),
    Text(_("After your review you get a record of it.")),
    Text(_("The council keeps a file about you. You can ask to see it later.")),
)

PATHWAY_REVIEW = Flow(
    id="pathway_review",
    version=5,
    title=Text(_("Before my plan review")),
    pathway=True,
    carried={
        1: partial(carrying.from_version_1, pages=carrying.PATHWAY),
        2: carrying.from_version_2,
        3: carrying.unchanged,
        4: carrying.unchanged,
    },
    bands=LEAVERS,
    topics=(
        HELPER,
        Topic(
            "explainer",
            Text(_("Before we start")),
            "1F4D6",
            (
                HELLO,
                *WORDS,
                _REVIEW,
                OFFICER,
                _RIGHTS,
                MORE_RIGHTS,
                ADVOCATE,
                *START_QUESTIONS,
            ),
            explains=True,
        ),
        topic(
            "home",
            Text(_("Where I live")),
            "1F3E0",
            feeling("home.feeling", Text(_("How is it where you live?"))),
            words(
                "home.suits",
                Text(_("Does the place where you live suit you?")),
            ),
        ),
        topic(
            "money",
            Text(_("Money")),
            "1F4B7",
            words("money.enough", Text(_("Do you have enough money to live on?"))),
        ),
        topic(
            "study",
            Text(_("Learning and work")),
            "1F392",
            words("study.what", Text(_("What are you learning, or do you want to learn?"))),
            words("work.how", Text(_("How is work, or how you spend your days?"))),
        ),
        topic(
            "people",
            Text(_("People who matter")),
            "1F46A",
            words(
                "people.enough",
                Text(_("Do you see enough of the people who matter to you?")),
            ),
            words("support.who", Text(_("Who helps you when you need something?"))),
        ),
        topic(
            "health",
            Text(_("My health")),
            "1FA7A",
            feeling("health.feeling", Text(_("How are you, in body and mind?"))),
            words("health.change", Text(_("What do you want help with?")), becomes_ask=True),
        ),
        topic(
            "skills",
            Text(_("Everyday things and papers")),
            "1F4D6",
            words(
                "skills.which",
                Text(_("Which everyday things do you want help with, like bills or cooking?")),
                becomes_ask=True,
            ),
            words("papers.which", Text(_("Which papers do you still need?")), becomes_ask=True),
        ),
        topic(
            "self",
            Text(_("Who I am")),
            "1F30D",
            words("self.right", Text(_("What should your plan get right about who you are?"))),
        ),
        topic(
            "pa",
            Text(_("My PA")),
            "1F9D1-200D-1F4BC",
            words("pa.helping", Text(_("Is your PA helping in the way you need?"))),
            choice(
                "pa.often",
                Text(_("Do you see your PA often enough?")),
                (
                    Option("yes", Text(_("Yes"))),
                    Option("more", Text(_("I'd like more"))),
                    Option("less", Text(_("I'd like less"))),
                    Option("dont_know", Text(_("Don't know"))),
                ),
            ),
        ),
        topic(
            "plan",
            Text(_("My plan")),
            "1F5E8",
            words("plan.b", Text(_("If this plan falls through, what should happen?"))),
            words(
                "plan.change",
                Text(_("What would you like to change?")),
                lead=(texts.WISHES,),
                becomes_ask=True,
            ),
        ),
        MEETING,
        topic(
            "anything",
            Text(_("Anything else")),
            "1F4AC",
            ANYTHING_ELSE,
        ),
    ),
)
