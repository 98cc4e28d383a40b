"""Runs in `.venv/validator`, which has the published validator of the SSDA903 and its pandas; not a
test itself. Reads from standard input, as JSON, the files of one return (`Reviews`, `Header`,
`Episodes`: CSV) and the rules to run, all where none are named; writes what it found of the Reviews
file: rows by rule, counted from 0. With `xml`: how it reads that document's reviews.
"""

import contextlib
import json
import logging
import sys
from typing import Any

logging.disable(logging.CRITICAL)

# It logs while it is imported, and is not in the environment of the checks.
from lac_validator.ingress import (  # type: ignore[import-not-found]  # noqa: E402
    read_xml_from_text,
)
from lac_validator.lac_validator import (  # type: ignore[import-not-found]  # noqa: E402
    LacValidator,
)
from lac_validator.rules.lac2025_26 import (  # type: ignore[import-not-found]  # noqa: E402
    registry,
)


def main() -> None:
    asked = json.load(sys.stdin)
    if "xml" in asked:
        read = read_xml_from_text(asked["xml"].encode())["Reviews"]
        json.dump(read.values.tolist(), sys.stdout)
        return
    files = [
        {"name": f"{name}.csv", "description": "This year", "file_content": text.encode()}
        for name, text in asked["files"].items()
    ]
    about = {"collectionYear": asked["collection_year"], "localAuthority": "E06000004"}
    with contextlib.redirect_stdout(sys.stderr):  # some of its rules print
        ran = LacValidator(about, files, registry, asked["rules"])
    json.dump({"found": _found(ran), "ran": ran.dones, "failed": ran.fails}, sys.stdout)


def _found(ran: Any) -> dict[str, list[int]]:
    reviews = ran.ds_results["Reviews"]
    return {
        column.removeprefix("ERR_"): [int(row) for row in reviews.index[reviews[column].eq(True)]]
        for column in reviews.columns
        if column.startswith("ERR_")
    }


if __name__ == "__main__":
    main()
