"""`docs/reports.md`: `update` it from what each table declares, or `check` that it is that."""

import sys
from pathlib import Path

from bot.reports.report import SECTIONS
from bot.reports.tables import TOTAL, Counts, Declared
from bot.service.statutory_return.rules import DECLARED as RULES

PAGE = Path(__file__).parents[1] / "docs" / "reports.md"

_HEAD = """# Reports

`sayso report annual --year 2025 --out DIR` writes the year from 1 April 2025 to 31 March 2026 as
a web page (`index.html`), a PDF/UA (`report.pdf`), one CSV a table and `figures.json`. Charts
stand beside their tables, in colours that colour-blind readers tell apart. Where the year before
has figures, they stand in a column of their own.

**Where nothing is known** a table says so and why, and its cells are null in `figures.json`, with
the reason under `no_data`. That is never written as 0.
A row *Not on record* stands in a table only where there is anybody in it.

**Where figures come from.** From the desk; from the Standard Safeguarding Dataset (`ssd_…` below);
and from the council's own files of what that does not hold (`….csv` below). Wishes are counted
while they are kept (`words_days`): write the report within a year.

**What is withheld.** A report may be published, so numbers of people under 6 are not shown, 0
among them, and neither are others from which such a number could be worked out: out of a total,
out of sums of rows and columns, out of another file of the same report. A year's pathway reviews
tell no more of a quarter than the quarter's own report does. `withheld` in
`figures.json` names the cells. Numbers of the unit's own work (quality notes, the pathway
backlog, households) say nothing of a child and are shown as they are; each table below says which
it is. `--exact` withholds nothing; the report then says on top that it is for the unit alone.

**Topics and words, and nothing more.** Wishes are sorted by the topic under which they were said,
and by lists of words that the council keeps ([council.md](council.md#themes-of-the-annual-report)),
reasons by what was chosen from a list. Where there are such lists, words are opened to be counted,
for nobody's eyes; nothing is inferred of anybody. No words of a young person stand in a report:
Sayso asks nobody whether they may be quoted, so it quotes nobody.

**At the desk** a unit manager opens *Reports*: the same tables of each year, with their charts and
the year before, as they may be published; a box to each section, with what was written in it last
year beside it; and the PDF, `figures.json` and each table's CSV to take away, which is on record.
*Boards* has the figures of this year as they stand today ([desk.md](desk.md#the-units-year)).

**What the manager writes** at the desk is kept by year, sealed, and stands on the page, on paper
and in what `sayso report annual` writes. Beside that report lies `words.toml` with an empty box for
each section: what is filled in there goes before the desk's words, for this report alone. `--words
FILE` takes another one, and keeps it beside the new report.

**By team, by officer, by age.** *Boards* tells how many reviews were held in time and how children
took part by the team of the child's social worker on the day or by the officer who ran the review,
and how children took part by their age, from 4. One filter at a time. A line stands in all of these
boards or in none: where the report tells it, every team, officer and age has 6 or more, and neither
the report nor the totals of the boards would give a number under 6 away. Where a team, less the
officers who work for it alone, would be such a number, there is no filter by officer.

`sayso report quarterly-pathway --year 2025 --quarter 2 --out DIR` writes the same of care
leavers alone, for July to September 2025.

## The statutory return

`sayso export ssda903 --year 2025 --out DIR` writes the Reviews file of the SSDA903 as
`reviews.csv` (`CHILD,DOB,REVIEW,REVIEW_CODE`, UTF-8, days as `31/03/2026`) and `reviews.xml`
(`EXPSSDA903/CHILD/HEADER/AREVIEW`), `problems.csv` with what has to be mended, a line each, and
`report.html`, to read and to print. All four are whole or those of before stay. A unit manager has
the same at the desk: *Unit*, *Statutory return of reviews*; taking a file is put on record.

**What goes in**: reviews of children in care that were held from 1 April to 31 March and have a
confirmed code that fits. Never a care leaver's pathway review; not short breaks throughout (V3,
V4); two on one day are one row. A case id stands there exactly as the case system has it, whatever
it begins with; in `problems.csv`, which people open as a spreadsheet, a formula is made harmless.

**What is looked at**: the published rules that speak of this file, and more. A number is the
published rule's. What keeps a review out stays out until it is mended, for the Department would
send it back.

{rules}
Rules 399 and 1012 need to know when a child was looked after: by the imported episodes, or by
periods of care where there are no episodes at all. Where there is neither, the report says that
nobody looked, and no review is left out for it. INT08 and INT17 compare with the council's Header
file of that year: `--header FILE`.

The tests run the published validator (`csc-validator-be-903` 0.1.17, rules of 2025/26) over an
invented council of 300 children, in which it finds nothing, and over broken returns, in which it
finds nothing that is not said here under the same number.

This page is written by `make messages`. To change a definition, change it where it is counted, in
[`bot/reports/figures/`](../bot/reports/figures/__init__.py).
"""
_COUNTS = {
    Counts.PEOPLE: "Numbers under 6 are withheld.",
    Counts.WORK: "The unit's own work: shown as it is.",
    Counts.MEASURE: "A measure of 6 or more: shown as it is.",
}


def page() -> str:
    parts = [_HEAD.replace("{rules}", _rules())]
    for section in SECTIONS:
        parts.append(f"\n## {section.title}\n")
        parts += [_table(one) for one in section.tables]
    return "".join(parts)


def _rules() -> str:
    """The return's rules as a table."""
    lines = ["| Rule | What it says | In the files | Who mends it |", "|---|---|---|---|"]
    lines += [
        f"| {rule} | {says.says} | {'left out' if says.left_out else 'goes in'} | "
        f"{says.mends.value} |"
        for rule, says in RULES.items()
    ]
    return "\n".join(lines) + "\n"


def _table(one: Declared) -> str:
    rows = [row for row, _label in one.rows] + ([TOTAL] if one.adds_up else [])
    ids = ", ".join(f"`{row}`" for row in rows) or "by what was counted"
    return (
        f"\n### {one.title}\n\n{one.definition}\n\n"
        f"- Source: {one.source}\n- File: `{one.id}.csv`. Rows: {ids}.\n- {_COUNTS[one.counts]}\n"
    )


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            PAGE.write_text(page())
        case ["check"]:
            if not PAGE.exists() or PAGE.read_text() != page():
                print("docs/reports.md is not what the code says. Run: make messages")
                return 1
        case _:
            print("python -m tools.definitions update|check", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
