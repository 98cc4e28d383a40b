"""Mutation tests: change one thing in a module, and see whether its tests notice.

    make mutants ARGS="storage/sealing.py"      no name: every module of `docs/mutants.md`

mutmut makes the changes and runs the module's own tests on each, on SQLite; what survives is tried
once more on PostgreSQL too. The figures and the survivors go to `build/mutants.json` and, by
`--write`, into `docs/mutants.md`, which says of every survivor why it may live.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
MEASURED = ROOT / "build" / "mutants.json"
LEAST = 0.9
"""Of the changes to a module, so many must be noticed."""

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

MODULES: Mapping[str, tuple[str, ...]] = {
    "storage/sealing.py": ("tests/storage/test_sealing.py",),
    "storage/keys.py": ("tests/storage/test_keys.py", "tests/storage/test_sealing.py"),
    "storage/data_keys.py": (
        "tests/storage/test_data_keys.py", "tests/storage/test_keys_at_rest.py",
        "tests/storage/test_sealing.py",
    ),
    "bot/access/permissions.py": ("tests/access/test_permissions.py",),
    "bot/service/admission.py": ("tests/service/test_admission.py",),
    "bot/access/sessions.py": ("tests/access/test_sessions.py",),
    "storage/staff_sessions.py": ("tests/access/test_sessions.py",),
    "bot/web/crossing.py": ("tests/web/test_crossing.py",),
    "bot/channels/telegram/webhook.py": ("tests/channels/telegram/test_webhook.py",),
    "storage/audit.py": ("tests/storage/test_audit.py",),
    "storage/chains.py": ("tests/storage/test_audit.py",),
    "storage/macs.py": ("tests/storage/test_keys.py",),
    "storage/audit_verifying.py": (
        "tests/storage/test_audit_tampering.py", "tests/storage/test_audit.py",
    ),
    "storage/checkpoints.py": ("tests/storage/test_checkpoints.py",),
}  # fmt: skip
"""Which tests must notice a change in which module: its own, which are quick."""

ON_BOTH = ("storage/data_keys.py", "storage/audit_verifying.py")
"""Modules that do something else on PostgreSQL: what survives is tried there too."""

_ALIVE = (0, 5, 33)
"""Of a run of the tests: none failed, none was chosen, none knows the function."""
_LATE = (-24, 24, 36, 152, 255)
"""Ended by a time limit: noticed, if the machine was not only busy; so it is tried once more."""
_COPIED = (
    "benchmarks",
    "bot",
    "conversations",
    "storage",
    "tests",
    "tools",
    "docs",
    "locales",
    "pyproject.toml",
)
_SETTINGS = """[mutmut]
source_paths =
    bot
    conversations
    storage
only_mutate = {module}
also_copy =
    benchmarks
    docs
    locales
    tools
pytest_add_cli_args =
    -k
    not postgresql
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection =
{tests}
track_dependencies = false
use_git_change_detection = false
"""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test noticed. `change`: the lines that differ, as `diff` writes them."""

    name: str
    change: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="of docs/mutants.md; none: all")
    parser.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--write", action="store_true", help="only put figures into the page")
    given = parser.parse_args()
    if unknown := set(given.modules) - MODULES.keys():
        parser.error(f"not a module that is mutated: {', '.join(sorted(unknown))}")
    if not given.write:
        for module in given.modules or MODULES:
            _keep(module, _try(module, postgresql=not given.sqlite and module in ON_BOTH))
    _write()


def _try(module: str, *, postgresql: bool) -> dict[str, Any]:
    """Every change to one module. A second call goes on, and tries what survived once more."""
    folder = ROOT / "build" / "mutants" / module.removesuffix(".py").replace("/", ".")
    _prepare(folder, module)
    mutmut = str(Path(sys.executable).parent / "mutmut")
    subprocess.run([mutmut, "run", "--max-children", "1"], cwd=folder, check=True)  # noqa: S603
    codes: dict[str, int] = json.loads(_meta(folder, module).read_text())["exit_code_by_key"]
    survivors = [name for name, code in codes.items() if code in _ALIVE]
    if postgresql:
        survivors = [name for name in survivors if not _dies_elsewhere(folder, module, name)]
    shown = [Survivor(name, "\n".join(_change(mutmut, folder, name))) for name in sorted(survivors)]
    print(f"{module}: {len(codes) - len(shown)} of {len(codes)} noticed")
    for one in shown:
        print(f"\n{one.name}\n{one.change}")
    return {
        "changes": len(codes),
        "late": sum(code in _LATE for code in codes.values()),
        "noticed": len(codes) - len(shown),
        "survivors": {one.name: one.change for one in shown},
    }


def _prepare(folder: Path, module: str) -> None:
    """A copy of what is needed: mutmut works where it is started."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        source, to = ROOT / name, folder / name
        if source.is_file():
            shutil.copy2(source, to)
        else:
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(
                source, to, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
            )
    tests = "\n".join(f"    {test}" for test in MODULES[module])
    (folder / "setup.cfg").write_text(_SETTINGS.format(module=module, tests=tests))
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    if (meta := _meta(folder, module)).exists():  # what survived meets the tests of today
        kept = json.loads(meta.read_text())
        codes = kept["exit_code_by_key"]
        kept["exit_code_by_key"] = {
            name: None if code in _ALIVE + _LATE else code for name, code in codes.items()
        }
        meta.write_text(json.dumps(kept))


def _meta(folder: Path, module: str) -> Path:
    """Where mutmut keeps what became of each change."""
    return folder / "mutants" / f"{module}.meta"


def _dies_elsewhere(folder: Path, module: str, name: str) -> bool:
    """Whether the module's tests notice it on PostgreSQL."""
    environment = {**os.environ, "MUTANT_UNDER_TEST": name, "PYTHONPATH": "."}
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--rootdir=."]
    pytest += ["-k", "postgresql"]
    ended = subprocess.run(  # noqa: S603 - the tests themselves
        [*pytest, *MODULES[module]],
        cwd=folder / "mutants", env=environment, check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return ended.returncode == 1


def _change(mutmut: str, folder: Path, name: str) -> Iterator[str]:
    shown = subprocess.run(  # noqa: S603
        [mutmut, "show", name], cwd=folder, check=True, capture_output=True, text=True
    )
    for line in shown.stdout.splitlines():
        if re.match(r"[-+](?![-+])", line):
            yield line


def _keep(module: str, found: Mapping[str, Any]) -> None:
    kept = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(json.dumps(kept | {module: found}, indent=1, sort_keys=True) + "\n")


def table(measured: Mapping[str, Any]) -> Iterable[str]:
    """The figures of every module that was tried."""
    yield "| Module | Changes | Noticed | by a time limit | Survivors |"
    yield "|---|---:|---:|---:|---:|"
    for module in MODULES:
        if found := measured.get(module):
            changes, noticed = found["changes"], found["noticed"]
            share, late = f"{noticed / changes:.1%}", found.get("late", 0)
            yield f"| `{module}` | {changes} | {share} | {late} | {changes - noticed} |"


def _write() -> None:
    measured = json.loads(MEASURED.read_text())
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{chr(10).join(table(measured))}\n\n{END}{after}")
    weak = [name for name, one in measured.items() if one["noticed"] < LEAST * one["changes"]]
    if weak:
        sys.exit(f"Too many changes went unnoticed: {', '.join(weak)}")


if __name__ == "__main__":
    main()
