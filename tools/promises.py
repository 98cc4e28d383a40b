"""Write the figures that test runs measured into `docs/promises.md`, between its two marks.

They come from `build/promises.json` (`tests/promises.py` makes it): nobody types them. Figures of a
test that is no longer there are left out.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "promises.md"
MEASURED = ROOT / "build" / "promises.json"

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(measured: Mapping[str, Any], root: Path = ROOT) -> str:
    """All that was measured, as a table in the order of the promises."""
    rows = sorted(_rows(measured, root))
    lines = ["| # | Measured | By the test | Run |", "|---|---|---|---|"]
    return "\n".join([*lines, *(row for _order, _test, row in rows)])


def _rows(measured: Mapping[str, Any], root: Path) -> Iterator[tuple[int, str, str]]:
    for test, run in measured.items():
        file, _, name = test.partition("::")
        function, _, kind = name.partition("[")
        path = root / file
        if not path.exists() or f"def {function}(" not in path.read_text():
            continue
        sentence = function.removeprefix("test_").replace("_", " ")
        on = f" ({kind.removesuffix(']')})" if kind else ""
        count = "full count" if run["full"] else "count of every run"
        when = f"{run['on']}, {count}, {run['cores']} cores"
        for said in run["said"]:
            figures = ", ".join(
                f"{name.replace('_', ' ')} {_figure(value)}"
                for name, value in said["figures"].items()
            )
            row = f"| {said['promise']} | {figures} | `{file}`: {sentence}{on} | {when} |"
            yield int(said["promise"].removeprefix("P")), test, row


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def unmeasured(page: str, measured: Mapping[str, Any]) -> list[str]:
    """Promises whose row names a test, though no run has measured a figure of them."""
    made = re.findall(r"^\| (P\d+) \|.*\| (.*) \|$", page.partition(BEGIN)[0], re.M)
    known = {said["promise"] for run in measured.values() for said in run["said"]}
    return [number for number, test in made if "`tests/" in test and number not in known]


def rendered(page: str, measured: Mapping[str, Any], root: Path = ROOT) -> str:
    """The page with today's figures."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(measured, root)}\n\n{END}{after}"


def main() -> None:
    if not MEASURED.exists():
        sys.exit("No run has measured anything yet. Run: make test-full ARGS=--promises")
    measured = json.loads(MEASURED.read_text())
    page = rendered(PAGE.read_text(), measured)
    PAGE.write_text(page)
    short = [test for test, run in measured.items() if not run["full"]]
    print(f"{PAGE.relative_to(ROOT)}: figures of {len(measured)} tests.")
    if short:
        print(f"{len(short)} of them not with the full count: make test-full ARGS=--promises")
    if missing := unmeasured(page, measured):
        sys.exit(f"No run has measured: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
