"""The words that open help or stop the questions, typed anywhere: `help`, `SOS!!`, `stop`."""

from conversations.hearing import Name
from conversations.safeguarding.language import language


def command(text: str, code: str) -> Name | None:
    """`HELP` or `STOP` where the whole text says just that; `LanguageUnknown` is raised.

    *Help with maths* and *stop my sister from crying* are answers.
    """
    spoken = language(code)
    words = tuple(word for word in spoken.vocabulary.read(text).words if word != ".")
    for name, said in spoken.help_words.items():
        if words in said:
            return Name(name)
    return None
