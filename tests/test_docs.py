"""What people who run Sayso can set and call is written down, and what is written down is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from bot.__main__ import app
from bot.service.council import Council, Fostering
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LATER = "## Arriving later"
PAGES = sorted((*DOCS.glob("*.md"), *(ROOT / name for name in ("README.md", "SECURITY.md"))))
"""What those read who run Sayso or answer for it."""
FOLDERS = ("benchmarks", "bot", "conversations", "docs", "locales", "storage", "tests", "tools")


def _commands(command: Any, path: str = "sayso") -> Iterator[tuple[str, set[str]]]:
    """Every command of the command line, with its options as one types them."""
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _commands(inner, f"{path} {name}")
        else:
            options = {option for part in inner.params for option in part.opts}
            yield f"{path} {name}", {option for option in options if option.startswith("--")}


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    now, _heading, later = _page("settings.md").partition(LATER)
    read = {f"SAYSO_{name.upper()}" for name in Settings.model_fields}

    assert _in_tables(now) == read
    assert not _in_tables(later) & read


def _in_tables(page: str) -> set[str]:
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("|")]
    return set(re.findall(r"`(SAYSO_\w+)`", " ".join(rows)))


def test_every_default_of_a_setting_is_the_one_documented() -> None:
    rows = dict(re.findall(r"^\| `SAYSO_(\w+)` \|.*\| (.*?) ?\|$", _page("settings.md"), re.M))
    for name, field in Settings.model_fields.items():
        default = field.default
        written = {True: "on", False: "off", None: ""}.get(default, str(default))
        if name != "base_url":  # its default is made of two others
            assert rows[name.upper()] == (f"`{written}`" if written else ""), name


def test_every_decision_of_a_council_is_documented() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", _page("council.md"), re.M)) == set(
        Council.model_fields
    )


def test_every_decision_about_foster_carers_is_documented_with_its_default() -> None:
    _before, _heading, section = _page("council.md").partition("## Foster carers")
    assert set(re.findall(r"^- `(\w+)`:", section, re.M)) == set(Fostering.model_fields)
    for name, value in Fostering().model_dump().items():
        assert f'{name} = "{value}"' in section


def test_every_command_is_documented_with_its_options() -> None:
    now, _later, _rest = _page("commands.md").partition(LATER)
    entry = r"^`(sayso [a-z0-9 -]+?)(?: [A-Z]+)*`\n: (.*?)\n\n"
    entries = dict(re.findall(entry, now, re.M | re.S))
    commands = dict(_commands(typer.main.get_command(app)))

    assert set(entries) == set(commands)
    for command, options in commands.items():
        on = {option for option in options if f"`{option}" in entries[command]}
        off = {o for o in options if f"`--no-{o.removeprefix('--')}" in entries[command]}
        assert on | off == options, command


def test_every_link_from_one_page_to_another_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in link and not link.startswith("mailto:"):
                assert (page.parent / link).exists(), f"{page.relative_to(ROOT)} links to {link}"


def test_no_picture_is_empty() -> None:
    pictures = [one for one in (ROOT / "docs" / "pictures").rglob("*") if one.is_file()]
    assert pictures
    assert [one.name for one in pictures if one.stat().st_size == 0] == []


def test_every_file_that_a_page_names_is_there() -> None:
    """Above all the tests that the papers for a council's officers name as what shows a point."""
    for page in PAGES:
        named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+\.\w+)`", page.read_text())
        missing = [path for path in named if not (ROOT / path).exists()]
        assert missing == [], page.relative_to(ROOT)
        named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w/]*/)`", page.read_text())
        assert [path for path in named if not (ROOT / path).is_dir()] == [], page.relative_to(ROOT)


def test_no_page_says_not_yet_of_a_promise_that_is_made() -> None:
    promised, _heading, _measured = _page("promises.md").partition("## What was measured")
    rows = re.findall(r"^\| (P\d+) \|.*\| (.*?) \|$", promised, re.M)
    made = {number for number, test in rows if "not made yet" not in test}
    assert len(rows) == 25
    assert made
    for page in PAGES:
        for line in page.read_text().splitlines():
            if "not yet" in line:
                said = set(re.findall(r"\bP\d+\b", line))
                assert not said & made, f"{page.relative_to(ROOT)}: {line}"


def test_every_command_that_a_page_types_is_there_with_its_options() -> None:
    """What somebody types from the runbook at night has to work."""
    commands = dict(_commands(typer.main.get_command(app)))
    typed = 0
    for page in PAGES:
        now, _later, _rest = page.read_text().partition(LATER)
        for line in re.findall(r"`(sayso [a-z][^`]*)`|^ *(sayso [a-z].*)$", now, re.M):
            words = "".join(line)
            known = [name for name in commands if f"{words} ".startswith(f"{name} ")]
            assert known, f"{page.relative_to(ROOT)}: {words}"
            options = {
                option.replace("--no-", "--", 1)
                for option in re.findall(r"(?<!\S)--[a-z-]+", words)
            }
            unknown = options - commands[max(known, key=len)]
            assert not unknown, f"{page.relative_to(ROOT)}: {words}"
            typed += 1
    assert typed > 50


def test_every_make_target_is_explained_by_make_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M)) - {"help"}
    explained = set(re.findall(r'@echo "make ([a-z-]+) ', makefile))
    assert targets == explained


def _page(name: str) -> str:
    return (DOCS / name).read_text()
