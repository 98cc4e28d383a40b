"""What young people hear of what they asked a person for, and of the page that they can bring."""

from conversations.effects import Want
from conversations.wording import Text, _

NEWS = Text(_("What you asked for is set up. You can ring {review_team_phone} to hear more."))
"""On a page that is not locked: it says not what."""

ASKED_ADVOCATE = Text(
    _("You asked for an advocate. Someone should set it up by about {arrange_by}.")
)
ASKED_ALONE = Text(
    _("You asked to see your IRO on your own. They should set it up by about {arrange_by}."),
    pathway=_(
        "You asked to see your review officer on your own. "
        "They should set it up by about {arrange_by}."
    ),
    chair=_("You asked to see the chair on your own. They should set it up by about {arrange_by}."),
)
ARRANGED_ADVOCATE = Text(
    _("An advocate is set up for you. Ring {review_team_phone} to hear who and when.")
)
ARRANGED_ALONE = Text(
    _("Time with your IRO is set up. Ring {review_team_phone} to hear when."),
    pathway=_("Time with your review officer is set up. Ring {review_team_phone} to hear when."),
    chair=_("Time with the chair is set up. Ring {review_team_phone} to hear when."),
)
ASKED = {Want.ADVOCATE: ASKED_ADVOCATE, Want.OFFICER_ALONE: ASKED_ALONE}
ARRANGED = {Want.ADVOCATE: ARRANGED_ADVOCATE, Want.OFFICER_ALONE: ARRANGED_ALONE}
