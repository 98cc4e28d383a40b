"""What Sayso says round voice notes, pictures and drawings. Each was read aloud."""

from conversations.wording import Text, _

# Before anything is recorded, chosen or drawn: who takes it in, and by when.
VOICE_INTRO = Text(
    _(
        "I can't listen, so nothing checks sound for danger. Your IRO can listen once you "
        "press Send. They should listen by about {listen_by}. To get help sooner, press Help me "
        "now."
    ),
    at8=_(
        "I can't hear what you say aloud. A person, your IRO, can listen once you press "
        "Send. They should listen by about {listen_by}. To get help sooner, press Help me now."
    ),
    at4=_(
        "A grown-up listens when you send it. That should be by "
        "{listen_by}. If you need help, press Help me now."
    ),
    pathway=_(
        "I can't listen, so nothing checks sound for danger. Your review officer can "
        "listen once you press Send. They should listen by about {listen_by}. To get help "
        "sooner, press Help me now."
    ),
    chair=_(
        "I can't listen, so nothing checks sound for danger. The chair can listen once you "
        "press Send. They should listen by about {listen_by}. To get help sooner, press Help me "
        "now."
    ),
)
PICTURE_INTRO = Text(
    _(
        "I can't see pictures, so nothing checks them for danger. Your IRO can look once you "
        "press Send. They should look by about {listen_by}. To get help sooner, press Help me "
        "now."
    ),
    at8=_(
        "I can't see pictures. A person, your IRO, can look once you press Send. They should look "
        "by about {listen_by}. To get help sooner, press Help me now."
    ),
    at4=_(
        "I can not see. A grown-up looks when you send it. That should be by {listen_by}. If you "
        "need help, press Help me now."
    ),
    pathway=_(
        "I can't see pictures, so nothing checks them for danger. Your review officer can look "
        "once you press Send. They should look by about {listen_by}. To get help sooner, press "
        "Help me now."
    ),
    chair=_(
        "I can't see pictures, so nothing checks them for danger. The chair can look once you "
        "press Send. They should look by about {listen_by}. To get help sooner, press Help me "
        "now."
    ),
)

PICTURE_PLACE = Text(
    _("I take out where and when a photo was taken."),
    at4=_("I take out where a photo was made."),
)

# The three ways, and what is in them.
SAY_IT = Text(_("Say it"))
SHOW_IT = Text(_("Show a picture"))
DRAW_IT = Text(_("Draw it"))
CHOOSE_SOUND = Text(_("Record it, or choose a recording"))
CHOOSE_PICTURE = Text(_("Take a photo, or choose a picture"))
KEEP_SOUND = Text(_("Keep this recording"))
KEEP_PICTURE = Text(_("Keep this picture"))
KEEP_DRAWING = Text(_("Keep this drawing"))
RECORD = Text(_("Start recording"))
RECORD_STOP = Text(_("Stop recording"))
RECORD_AGAIN = Text(_("Record it again"))
RECORDING = Text(_("Recording. It stops by itself after {minutes} minutes."))
RECORDED = Text(_("Recorded, and not kept yet. You can hear it first."))
NO_MICROPHONE = Text(_("I can't use the microphone here. You can choose a recording."))
CANVAS = Text(_("A white page to draw on"))
CANVAS_HELP = Text(
    _("Draw with a finger or a mouse. With keys, press Space to draw and arrows to move."),
    at4=_("Draw with a finger or a mouse."),
)
COLOUR = Text(_("Colour"))
BLACK = Text(_("Black"))
RED = Text(_("Red"))
BLUE = Text(_("Blue"))
GREEN = Text(_("Green"))
ORANGE = Text(_("Orange"))
RUBBER = Text(_("Rubber"))
UNDO = Text(_("Undo"))
CLEAR = Text(_("Clear the page"))

# What is kept.
KEPT_VOICE = Text(_("I have kept your recording."), at4=_("I kept what you said."))
KEPT_PICTURE = Text(_("I have kept your picture."), at4=_("I kept your picture."))
YOUR_SOUND = Text(_("Your recording"))
YOUR_PICTURE = Text(_("Your picture"))
TAKE_OUT = Text(_("Take it out"))

# In a Telegram chat.
TELEGRAM_TOO = Text(
    _(
        "You can send a voice note or a photo too. Nothing checks those for danger. After Send, a "
        "person should listen or look by about {listen_by}."
    )
)
TELEGRAM_ASIDE = Text(
    _("You wrote more, and it is not sent. Press Use it, and I ask if you want to add it.")
)
"""A chat shows none of it: what *Use it* is about."""
TELEGRAM_TAKES = Text(
    _("I can keep words, voice notes and photos here. You can send one of those.")
)
DOORBELL_SHOW = Text(
    _("I can't keep that here. I am taking it out of this chat. You can say it here: {link}")
)
DOORBELL_WORDS = Text(
    _(
        "I have kept your words, and not the rest. I am taking it out of this chat. "
        "Go on here: {link}"
    )
)

# What could not be kept, and what to do instead.
EMPTY = Text(
    _("There was nothing in it, so nothing is kept. You can try again."),
    at4=_("There was nothing in it. You can try again."),
)
TOO_BIG = Text(_("That file is too big, so it is not kept. You can try a smaller one."))
TOO_LONG = Text(_("That is longer than {minutes} minutes. You can say it in two parts."))
TOO_LARGE = Text(
    _("That picture is too large, so it is not kept. A photo of it works."),
    at4=_("That picture is too big. Try a photo."),
)
NO_PICTURE = Text(_("I can't open that as a picture. You can try a photo."))
NO_SOUND = Text(_("I can't open that as sound. You can try to record it again."))
TOO_MANY = Text(_("I can keep {most} pictures and recordings. You can take one out first."))
NOT_YET = Text(
    _("Your words are kept, and the file is not. You can choose it again."),
    at4=_("I kept your words. Please choose it again."),
)
AGAIN = Text(_("I could not keep that just now. You can try again."))
