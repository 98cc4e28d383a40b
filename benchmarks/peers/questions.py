"""Twelve questions, half of them with buttons: what the peers that hold a conversation ask."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

FACES = ("Really good", "Good", "Mixed", "Not good", "Really hard")

QUESTIONS: tuple[tuple[str, bool], ...] = (
    ("How do you feel about how you're looked after?", True),
    ("What should people know about that?", False),
    ("How is it where you live?", True),
    ("What would you change there, if anything?", False),
    ("How is seeing your family?", True),
    ("Who would you like to see more?", False),
    ("How is school, or your day?", True),
    ("What would help?", False),
    ("How is your health?", True),
    ("What about it should people know?", False),
    ("How is your plan going?", True),
    ("What should happen next?", False),
)
"""Each with whether it has buttons."""


def keyboard(number: int) -> InlineKeyboardMarkup | None:
    """The buttons of a question, if it has any."""
    if not QUESTIONS[number][1]:
        return None
    buttons = [InlineKeyboardButton(face, callback_data=f"{number}|{face}") for face in FACES]
    return InlineKeyboardMarkup([[button] for button in buttons])
