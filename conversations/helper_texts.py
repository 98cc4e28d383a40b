"""What is said of who types, and of the words one reads in."""

from conversations.wording import Text, _

NAME_LABEL = Text(_("Name"))
WHO_NOW = Text(_("Someone else types now"))
SOMEONE_HELPS = Text(_("Someone helps me type"))
SHORTER = Text(_("Use shorter words"))
LONGER = Text(_("Use longer words"))

# As people type it, whatever is asked.
SAID_SHORTER = (
    "shorter words", "use shorter words please", "short words please", "use easier words",
    "easier words", "use small words", "these words are too long", "the words are too long",
    "these words are too hard", "the words are too hard",
)  # fmt: skip
SAID_LONGER = ("longer words", "use longer words please", "use older words", "these are baby words")
SAID_WHO = (
    "someone is helping me type", "someone helps me", "somebody helps me type",
    "someone types for me", "someone else is typing", "i type now", "i do it myself now",
    "i am typing now", "who types now",
)  # fmt: skip
