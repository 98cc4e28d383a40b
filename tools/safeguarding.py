"""Write what the detector finds of the labelled sets into `docs/safeguarding.md`.

The figures come from the sets in `tests/safeguarding/`; a test holds that the page shows them.
"""

from pathlib import Path

from tests.safeguarding.measuring import SETS, graded, labelled, table, verdict

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "safeguarding.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

_ABOUT = {
    "tuned": "### The set that the phrases were made on",
    "development": "### The development set: two thirds that were read while phrases were changed",
    "unread": "### The development set: the third that was not read",
    "voices": "### The set of several voices, read while phrases were changed",
    "others": "### The set of four writers who had not seen the phrases, read since",
    "held out": "### The set of somebody who had not seen the phrases",
    "blind": "### The set of one more writer, never read",
    "blind two": "### The second set that was never read",
}


def figures() -> str:
    parts = []
    for name, path in SETS.items():
        phrases = labelled(path)
        harmless = len(graded(phrases, None))
        count = f"{len(phrases)} phrases, {harmless} of which must not raise anything."
        parts += [_ABOUT[name], "", count, verdict(phrases), "", table(phrases), ""]
    return "\n".join(parts).rstrip()


def rendered(page: str) -> str:
    """The page with today's figures."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{figures()}\n\n{END}{after}"


def main() -> None:
    PAGE.write_text(rendered(PAGE.read_text()))
    print(f"{PAGE.relative_to(ROOT)}: figures of {len(SETS)} labelled sets.")


if __name__ == "__main__":
    main()
