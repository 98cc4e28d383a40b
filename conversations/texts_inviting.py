"""What is sent to a young person's telephone or mailbox, and the page on which they stop that.

On a phone that lies on a table it says nothing: not what it is about, and not from whom.
"""

from conversations.wording import Text, _

NOTICE = Text(_("Sayso: a message for you. {link} Stop: {stop_link}"))
NOTICE_AGAIN = Text(_("Sayso: go on when you like. {link} Stop: {stop_link}"))
SUBJECT = Text(_("A message for you"))

STOP_TITLE = Text(_("Do you want no more messages?"))
STOP_SAYS = Text(_("Then I send no more to this phone or mailbox. Your letter still works."))
STOP_YES = Text(_("Stop the messages"))
STOP_DONE = Text(_("I send no more messages there."))
STOP_BACK = Text(_("To get them again, ring {review_team_phone}."))
