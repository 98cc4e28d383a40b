"""`sayso safeguarding try`: what the detector says of a text, for whoever changes its phrases."""

from conversations.safeguarding.detecting import read


def answer(text: str, language: str) -> dict[str, str | None]:
    """`grade` none, concern or urgent; `category`; `because`: the entry and the words, or what was
    set aside and why. Raises `LanguageUnknown`."""
    reading = read(text, language)
    if reading.finding is None:
        because = "; ".join(dict.fromkeys(map(str, reading.set_aside)))
        return {"grade": "none", "category": None, "because": because}
    found = reading.finding
    return {
        "grade": found.grade.value,
        "category": found.category.value,
        "because": str(found.because),
    }
