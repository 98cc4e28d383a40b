"""Known faults of packages fail the check; what nobody could look up is said, and never passed."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import supply
from tools.supply import ROOT, judge

PACKAGES = ["aiohttp", "jinja2"]


def answer(**packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": [{"name": name, **one} for name, one in packages.items()]})


def test_a_known_fault_is_named_with_the_version_that_mends_it() -> None:
    fault = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.7"]}
    verdict = judge(
        answer(
            aiohttp={"version": "3.14.5", "vulns": []},
            jinja2={"version": "3.1.6", "vulns": [fault]},
        ),
        PACKAGES,
    )
    assert verdict.faults == ["jinja2 3.1.6: PYSEC-2026-1, mended in 3.1.7."]
    assert verdict.lines == ["✗ jinja2 3.1.6: PYSEC-2026-1, mended in 3.1.7."]


def test_no_fault_is_said_only_of_what_was_looked_up() -> None:
    verdict = judge(answer(aiohttp={"version": "1", "vulns": []}), PACKAGES)
    assert verdict.lines == ["None of 1 packages has a known fault."]


@pytest.mark.parametrize("nothing", ["", "ProxyError", "[]", "{}", '{"dependencies": null}'])
def test_without_an_answer_everything_counts_as_not_checked(nothing: str) -> None:
    verdict = judge(nothing, PACKAGES)
    assert verdict.faults == []
    (line,) = verdict.lines
    assert line.startswith("⚠ NOT CHECKED")
    assert "no connection" in line


def test_packages_that_the_index_does_not_know_are_not_passed() -> None:
    """What a mirror without advisories answers: pip-audit itself would call that a success."""
    every: dict[str, Mapping[str, object]] = {
        name: {"skip_reason": "not found"} for name in PACKAGES
    }
    assert judge(answer(**every), PACKAGES).lines[0].startswith("⚠ NOT CHECKED")
    some: dict[str, Mapping[str, object]] = {
        "aiohttp": {"version": "1", "vulns": []},
        "jinja2": {"skip_reason": "not found"},
    }
    assert judge(answer(**some), PACKAGES).lines == [
        "⚠ NOT CHECKED for known faults: jinja2 (1 of 2 packages)."
    ]


def test_the_bill_of_materials_names_every_locked_package() -> None:
    assert supply.make_sbom() == len(supply.locked(supply.LOCK))
    bill = json.loads(supply.SBOM.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    named = {supply.plain_name(part["name"]): part["version"] for part in bill["components"]}
    assert named == supply.locked(supply.LOCK)


def test_every_package_has_a_licence_and_none_forbids_what_a_council_does() -> None:
    page = (ROOT / "docs" / "licences.md").read_text()
    rows = re.findall(r"^\| ([\w.-]+) \| (\S+) \| (.+) \|$", page, re.MULTILINE)
    licences = {name: licence for name, _version, licence in rows}
    assert licences.keys() >= supply.locked(supply.DEVELOPMENT).keys()
    assert [
        name for name, one in licences.items() if one in ("UNKNOWN", "not installed here")
    ] == []
    runs = supply.locked(supply.LOCK).keys()
    strong = re.compile(
        r"(?<!L)\bA?GPL|GNU (Affero )?General|SSPL|BUSL|Commons Clause|proprietary", re.I
    )
    assert [name for name in runs if strong.search(licences[name])] == []


def test_a_page_of_licences_that_is_out_of_date_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "licences.md"
    old.write_text("# Licences\n")
    monkeypatch.setattr(supply, "PAGE", old)
    monkeypatch.setattr(supply, "audit", lambda: judge("", PACKAGES))
    assert supply.check() == 1
    said = capsys.readouterr().out
    assert "python -m tools.supply licences" in said
    assert "NOT CHECKED" in said
