"""The rules of the house that no other tool keeps."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BINARY = {".woff2", ".ttf", ".png", ".webp", ".pdf"}

# Where a package came from is for whoever installs it to decide: a mirror, an offline copy.
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com"
    r"|--(?:extra-)?index-url\b|--find-links\b|^registry\s*=|\"resolved\":\s*\"http",
    re.MULTILINE,
)
# What is true on one machine only. A home directory, a scratch directory, a drive.
MACHINES = re.compile(r"(?<![\w.$}~-])/(?:root|work|Users|mnt|home/\w+)/|/tmp/[\w-]|\b[A-Z]:\\\\")


def _git_files() -> list[Path]:
    """What is committed, or would be."""
    there = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in there.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _git_files()
        if path.suffix not in BINARY and path != Path(__file__)  # which has to spell them
        for match in pattern.finditer(path.read_text(errors="replace"))
    ]


def test_no_file_says_which_registry_packages_come_from() -> None:
    assert _found(REGISTRIES) == []


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    assert _found(MACHINES) == []


@pytest.mark.parametrize("line", ["--extra-index-url x", '"resolved": "http://x"', "registry = x"])
def test_a_registry_would_be_found(line: str) -> None:
    assert REGISTRIES.search(line)


@pytest.mark.parametrize("place", ["home/jo", "root", "work"])
def test_a_place_on_a_machine_would_be_found(place: str) -> None:
    assert MACHINES.search(f'open("/{place}/x")')
    assert not MACHINES.search(f"https://sayso.example/{place}/x")


def _wanted(name: str) -> set[str]:
    """The packages that requirements/NAME.in asks for."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    asked = (line.partition("#")[0].strip() for line in lines)
    return {_plain(line) for line in asked if line and not line.startswith("-")}


def _locked(name: str) -> dict[str, str]:
    """Each locked requirement of requirements/NAME.txt, with its lines of hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    return {_plain(entry): entry for entry in entries}


def _plain(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_package_is_locked_to_one_version_with_its_hashes() -> None:
    runtime, dev = _locked("runtime"), _locked("dev")

    assert _wanted("runtime") <= runtime.keys()
    assert _wanted("runtime") | _wanted("dev") <= dev.keys()
    for entry in (*runtime.values(), *dev.values()):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ ", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_what_is_tested_is_what_runs() -> None:
    runtime, dev = _locked("runtime"), _locked("dev")
    assert {name for name, entry in runtime.items() if dev.get(name) != entry} == set()


def test_conversations_may_import_nothing_that_acts() -> None:
    """The contract is kept by `make check`; here, that nobody takes it out."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    forbidden = {
        module
        for contract in settings["contracts"]
        if contract["type"] == "forbidden" and contract["source_modules"] == ["conversations"]
        for module in contract["forbidden_modules"]
    }
    acts = "os time random logging asyncio sqlalchemy aiohttp telegram pydantic jinja2 gettext"
    assert set(acts.split()) <= forbidden


def test_imports_keep_to_the_contracts() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
