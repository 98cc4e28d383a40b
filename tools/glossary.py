"""`docs/glossary.md`: `update` it from `conversations/glossary.py`, or `check` that it is that."""

import sys
from pathlib import Path

from conversations.glossary import GLOSSARY, Entry
from conversations.wording import Band, Text

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"

_HEAD = """# Words that need saying

Sayso says these words to young people because nothing shorter is true. Whoever asks in the chat
(“what's an IRO?”, “what does advocate mean?”) is told what stands here, and then asked again. No
other long word may be said to them; `tests/conversations/test_reading_age.py` holds that.

This page is written by `make messages`. To change a meaning, change
[`conversations/glossary.py`](../conversations/glossary.py).

| Word | What a young person is told | And where it differs |
|---|---|---|
"""


def page() -> str:
    rows = sorted(GLOSSARY, key=lambda entry: entry.words[0].casefold())
    return _HEAD + "".join(f"{_row(entry)}\n" for entry in rows)


def _row(entry: Entry) -> str:
    words = f"**{entry.words[0]}**" + "".join(f", {word}" for word in entry.words[1:])
    return f"| {words} | {entry.means.plain} | {_differs(entry.means)} |"


def _differs(means: Text) -> str:
    younger = means.wording(Band.EIGHT)
    leaver = means.wording(Band.SIXTEEN, pathway=True)
    notes = [f"8–11: {younger}"] if younger != means.plain else []
    notes += [f"Care leavers: {leaver}"] if leaver != means.plain else []
    notes += [f"Before a conference: {means.chair}"] if means.chair else []
    return " · ".join(notes)


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            PAGE.write_text(page())
        case ["check"]:
            if not PAGE.exists() or PAGE.read_text() != page():
                print("docs/glossary.md is not what the code says. Run: make messages")
                return 1
        case _:
            print("python -m tools.glossary update|check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
