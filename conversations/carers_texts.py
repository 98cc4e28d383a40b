"""What Sayso says to foster carers, around their own form. They read the rest as others do."""

from conversations.wording import Text, _

HELP = Text(
    _("If a child may not be safe, ring {child_phone} now. I'm a computer and can't come to you.")
)
ASKS = Text(_("The chair gets each thing you ask for. They should tell you what happens with it."))
ASKED = Text(_("You ask for this"))
