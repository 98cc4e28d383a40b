"""The message catalogues: `update` them from the code, `check` or `compile` them.

A msgid is the English wording. `locales/sayso.pot` holds all that the code and the pages say;
every language's catalogue holds all of it, with the same `{x}` and nothing fuzzy.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TEMPLATE = Path("locales/sayso.pot")
ENGLISH = Path("locales/en/LC_MESSAGES/sayso.po")

_SPEAK = ("conversations", "bot")
_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
_STRICT = {"**/templates/**.html": {"silent": "false"}, "**/templates/**.txt": {"silent": "false"}}
# Who wrote a catalogue when, and with what, is in the history: here it would change every time.
_LEFT_OUT = (
    '"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By',
    '"Project-Id-Version', '"Report-Msgid-Bugs-To', '"Last-Translator', '"Language-Team',
)  # fmt: skip


def extracted(root: Path = ROOT) -> Catalog:
    """All that the code marks with `_()`, with the files that say it."""
    catalogue = _empty()
    for package in _SPEAK:
        found = extract_from_dir(str(root / package), _METHODS, _STRICT, keywords={"_": None})
        for file, _line, message, _comments, _context in found:
            catalogue.add(message, locations=[(f"{package}/{file}", 0)])
    return catalogue


def english(template: Catalog) -> Catalog:
    """The English catalogue: every wording stands for itself."""
    catalogue = _empty("en")
    for message in template:
        if message.id:
            catalogue.add(message.id, message.id, message.locations)
    return catalogue


def problems(root: Path = ROOT) -> list[str]:
    """What is missing or does not fit, a line each."""
    template = extracted(root)
    found = [
        f"{path} is not what the code says. Run: make messages"
        for path, catalogue in ((TEMPLATE, template), (ENGLISH, english(template)))
        if not (root / path).exists() or (root / path).read_text() != _text(catalogue)
    ]
    for path in _catalogues(root):
        if path != root / ENGLISH:
            found += _unfit(path.parts[-3], template, _read(path))
    return found


def _unfit(language: str, template: Catalog, catalogue: Catalog) -> Iterator[str]:
    for message in template:
        if not message.id:
            continue
        there = catalogue.get(message.id)
        if there is None:
            yield f"{language} has not: {message.id!r}. Run: make messages"
        elif there.fuzzy:
            yield f"{language} is unsure (fuzzy) of {message.id!r}."
        elif not there.string:
            yield f"{language} has no translation of {message.id!r}."
        elif _fields(str(message.id)) != _fields(str(there.string)):
            yield f"{language} has other {{…}} than {message.id!r}: {there.string!r}"


def _fields(text: str) -> set[str] | None:
    """What is filled into a text; None if its braces are no pairs."""
    try:
        return {field for _before, field, _form, _conversion in Formatter().parse(text) if field}
    except ValueError:
        return None


def update(root: Path = ROOT) -> None:
    """Write the template and English, and add what is new to the other languages."""
    template = extracted(root)
    (root / ENGLISH).parent.mkdir(parents=True, exist_ok=True)
    (root / TEMPLATE).write_text(_text(template))
    (root / ENGLISH).write_text(_text(english(template)))
    for path in _catalogues(root):
        if path != root / ENGLISH:
            catalogue = _read(path)
            catalogue.update(template, no_fuzzy_matching=True)
            path.write_text(_text(catalogue))


def compile_all(root: Path = ROOT) -> None:
    """Write `sayso.mo` beside each `sayso.po`, whole or not at all."""
    for path in _catalogues(root):
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, _read(path))
        part.replace(path.with_suffix(".mo"))


def _catalogues(root: Path) -> list[Path]:
    return sorted(root.glob("locales/*/LC_MESSAGES/sayso.po"))


def _empty(language: str | None = None) -> Catalog:
    comment = "# What Sayso says. Written by `make messages`."
    return Catalog(language, header_comment=comment, fuzzy=False)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def _text(catalogue: Catalog) -> str:
    out = BytesIO()
    write_po(out, catalogue, sort_by_file=True, include_lineno=False, width=100)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_LEFT_OUT))


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = problems()
            print("\n".join(found) or "The catalogues are complete.")
            return 1 if found else 0
        case _:
            print("python -m tools.messages update|check|compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
