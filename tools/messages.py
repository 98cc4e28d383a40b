"""The message catalogue: `update` it from the code, or `check` that it is complete.

A msgid is the English wording. `locales/sayso.pot` holds all that the code says; every language
has all of it, with the same `{x}` and nothing fuzzy.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
POT = LOCALES / "sayso.pot"
_FIELD = re.compile(r"\{[a-z_]+\}")


def extracted() -> Catalog:
    """All that the code marks with `_()`."""
    catalogue = Catalog(project="Sayso", header_comment="# What Sayso says. `make messages`.")
    for package in ("conversations", "bot"):
        found = extract_from_dir(str(ROOT / package), [("**.py", "python")], keywords={"_": None})
        for file, _line, message, _comments, _context in found:
            catalogue.add(message, locations=[(f"{package}/{file}", 1)])
    return catalogue


def problems() -> list[str]:
    """What is missing or does not fit, a line each."""
    wanted = {message.id for message in extracted() if message.id}
    found = []
    if {message.id for message in _read(POT) if message.id} != wanted:
        found.append("locales/sayso.pot is not what the code says. Run: make messages")
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/sayso.po")):
        language = path.parts[-3]
        there = {message.id: message for message in _read(path) if message.id}
        for text in sorted(wanted - there.keys()):
            found.append(f"{language} has not: {text!r}. Run: make messages")
        for text, message in there.items():
            if message.fuzzy or not message.string:
                found.append(f"{language} has no translation of {text!r}.")
            elif sorted(_FIELD.findall(str(text))) != sorted(_FIELD.findall(str(message.string))):
                found.append(f"{language}: other {{…}} than in {text!r}.")
    return found


def update() -> None:
    """Write the template, and add what is new to every language; English translates itself."""
    template = extracted()
    LOCALES.mkdir(exist_ok=True)
    _write(POT, template)
    english = LOCALES / "en" / "LC_MESSAGES" / "sayso.po"
    english.parent.mkdir(parents=True, exist_ok=True)
    for path in {english, *LOCALES.glob("*/LC_MESSAGES/sayso.po")}:
        catalogue = _read(path) if path.exists() else Catalog(locale=path.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if path == english:
            for message in catalogue:
                message.string = message.id if message.id else message.string
        _write(path, catalogue)


def _read(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()))


def _write(path: Path, catalogue: Catalog) -> None:
    out = BytesIO()
    write_po(out, catalogue, omit_header=False, sort_output=True, width=100, no_location=True)
    # The date of the template would make a change of every run.
    lines = out.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision'))]
    path.write_text("".join(kept))


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            update()
            return 0
        case ["check"]:
            found = problems()
            for problem in found:
                print(problem, file=sys.stderr)
            print("The catalogue is complete." if not found else f"{len(found)} problems.")
            return 1 if found else 0
        case _:
            print("python -m tools.messages update|check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
