"""What Sayso is made of besides its own code: known faults, a bill of materials, licences.

    python -m tools.supply check      all three, as `make check` does
    python -m tools.supply licences   write docs/licences.md anew

Known faults are asked of the package index's own advisory service, once a day for each lock. Where
it can't be asked, that is said loudly and is no failure: a machine without a connection could never
pass otherwise, and one that passes silently would be believed.
"""

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "runtime.txt"
DEVELOPMENT = ROOT / "requirements" / "dev.txt"
PAGE = ROOT / "docs" / "licences.md"
BUILD = ROOT / "build"
SBOM, ASKED = BUILD / "sbom.json", BUILD / "audit.json"

_DAY, _HOUR = 24 * 3600, 3600
_PATIENCE = "4"  # seconds for each answer
_AT_MOST = 120  # seconds for all of them

HEAD = """# Licences

What Sayso stands on and under which terms, as each package declares them itself. Written by
`python -m tools.supply licences`; `make check` compares it with what is installed. Sayso itself is
under the [MIT licence](../LICENSE).
"""
_STYLES = "bot/desk/static/govuk-frontend/LICENCE.txt"
_FONT = "bot/channels/webchat/static/fonts/LICENSE-OFL.txt"
_PAPER_FONTS = "bot/documents/fonts/LICENSE-OFL.txt"
_PICTURES = "bot/channels/webchat/static/pictures/README.md"
VENDORED = "\n".join(
    (
        "## Kept in this repository\n",
        "| What | Licence | Its text |",
        "|---|---|---|",
        f"| govuk-frontend 6.3.0: styles and scripts of the desk | MIT | [text](../{_STYLES}) |",
        f"| Atkinson Hyperlegible Next: font of the web chat | OFL-1.1 | [text](../{_FONT}) |",
        f"| Noto Sans and Noto Emoji: fonts of papers | OFL-1.1 | [text](../{_PAPER_FONTS}) |",
        f"| OpenMoji: pictures of the web chat | CC-BY-SA-4.0 | [text](../{_PICTURES}) |",
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of the advisory service. `faults`: package, version, advisory; `unasked`: packages of which
    it said nothing, all of them if it could not be reached."""

    faults: list[str]
    unasked: list[str]
    asked: int

    @property
    def lines(self) -> list[str]:
        found = [f"✗ {fault}" for fault in self.faults]
        if self.unasked and not self.asked:
            found.append(
                f"⚠ NOT CHECKED for known faults: no connection to the package index's advisories. "
                f"None of {len(self.unasked)} packages was looked up. Run `make check` where there "
                "is one before a release."
            )
        elif self.unasked:
            found.append(
                f"⚠ NOT CHECKED for known faults: {', '.join(self.unasked)} "
                f"({len(self.unasked)} of {len(self.unasked) + self.asked} packages)."
            )
        if not found:
            found.append(f"None of {self.asked} packages has a known fault.")
        return found


def judge(answer: str, packages: list[str]) -> Verdict:
    """What pip-audit's JSON says; nothing of `packages` was asked if it is none."""
    try:
        plain: dict[str, Any] = json.loads(answer)
        dependencies = list(plain["dependencies"])
    except (ValueError, KeyError, TypeError):
        return Verdict([], packages, 0)
    faults, unasked, asked = [], [], 0
    for one in dependencies:
        if "skip_reason" in one:
            unasked.append(str(one["name"]))
            continue
        asked += 1
        for fault in one.get("vulns", []):
            fixed = ", ".join(fault.get("fix_versions", [])) or "no version yet"
            faults.append(f"{one['name']} {one['version']}: {fault['id']}, mended in {fixed}.")
    return Verdict(faults, unasked, asked)


def audit() -> Verdict:
    """Today's verdict on the lock that is there; asked again an hour after nobody answered."""
    packages = sorted(locked(LOCK))
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    kept = _kept(digest)
    if kept is not None:
        return judge(kept, packages)
    answer = _ask()
    ASKED.parent.mkdir(exist_ok=True)
    ASKED.write_text(json.dumps({"lock": digest, "at": time.time(), "answer": answer}))
    return judge(answer, packages)


def _kept(digest: str) -> str | None:
    try:
        kept = json.loads(ASKED.read_text())
        fresh = _DAY if judge(kept["answer"], []).asked else _HOUR
        if kept["lock"] == digest and time.time() - kept["at"] < fresh:
            return str(kept["answer"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _ask() -> str:
    command = [_beside("pip-audit"), "--requirement", str(LOCK), "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command += ["--timeout", _PATIENCE]
    try:
        done = subprocess.run(  # noqa: S603 - our own tool on our own file
            command, check=False, capture_output=True, text=True, timeout=_AT_MOST
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def make_sbom() -> int:
    """A CycloneDX bill of materials in `build/sbom.json`; how many parts it names."""
    if not SBOM.exists() or SBOM.stat().st_mtime < LOCK.stat().st_mtime:
        BUILD.mkdir(exist_ok=True)
        command = [_beside("cyclonedx-py"), "requirements", str(LOCK)]
        command += ["--output-reproducible", "--of", "JSON", "-o", str(SBOM)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    parts: list[Mapping[str, Any]] = json.loads(SBOM.read_text())["components"]
    return len(parts)


def page() -> str:
    """`docs/licences.md` as it ought to be."""
    runs, all_of_it = locked(LOCK), locked(DEVELOPMENT)
    declared = _declared()
    parts = [HEAD, "## What runs", _table(runs, declared), VENDORED]
    checks = {name: version for name, version in all_of_it.items() if name not in runs}
    parts += ["## What only tests and checks it", _table(checks, declared)]
    return "\n".join(part.strip() + "\n" for part in parts)


def _table(packages: Mapping[str, str], declared: Mapping[str, str]) -> str:
    rows = [
        f"| {name} | {version} | {declared.get(name, 'not installed here')} |"
        for name, version in sorted(packages.items())
    ]
    return "\n".join(["| Package | Version | Licence |", "|---|---|---|", *rows])


def _declared() -> dict[str, str]:
    """Each installed package's licence."""
    command = [_beside("pip-licenses"), "--format", "json", "--from", "mixed", "--with-system"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found = {plain_name(one["Name"]): _short(one["License"]) for one in json.loads(done.stdout)}
    return found | {name: _READ_BY_US[name] for name in _READ_BY_US if found.get(name) == "UNKNOWN"}


_READ_BY_US = {"pyrage": "MIT", "pysqlite3": "Zlib", "axe-playwright-python": "MIT"}
"""Packages that name no licence and carry its text: what it is."""


def _short(licence: str) -> str:
    """Some packages put the whole text where its name belongs."""
    return " ".join(licence.split())[:60].replace("|", "/")


def locked(lock: Path) -> dict[str, str]:
    """Each package of a lock, with its version."""
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", lock.read_text(), re.MULTILINE)
    return {plain_name(name): version for name, version in found}


def plain_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _beside(program: str) -> str:
    """The program of the environment that runs this."""
    return str(Path(sys.executable).parent / program)


def check() -> int:
    verdict = audit()
    for line in verdict.lines:
        print(line)
    print(f"The bill of materials names {make_sbom()} parts: {SBOM.relative_to(ROOT)}")
    if not PAGE.exists() or PAGE.read_text() != page():
        print("✗ docs/licences.md is not what is installed. Run: python -m tools.supply licences")
        return 1
    return 1 if verdict.faults else 0


def main() -> int:
    match sys.argv[1:]:
        case ["check"]:
            return check()
        case ["licences"]:
            PAGE.write_text(page())
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
