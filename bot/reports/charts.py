"""Charts as SVG: each of one table, in colours that colour-blind readers tell apart (Okabe and Ito,
2008) and in an order that a black-and-white copy keeps. What is withheld is not drawn."""

import json
from collections.abc import Sequence
from typing import Any

from bot.late import late
from bot.reports.tables import TOTAL, Drawn, Table

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
_WIDTH, _ROW, _BAR = 340, 48, 18
_LETTERS = 15
_FONT = "Noto Sans"
_INK = "#0b0c0c"
_TOO_SMALL = "The numbers behind it are too small to be shown."

altair: Any = late("altair")  # with vl-convert it takes half a second that no other command needs
vl_convert: Any = late("vl_convert")


def svg(table: Table) -> str | None:
    """The chart; None: it is not drawn, nothing of it may be shown, or there were none."""
    points = _points(table)
    if table.declared.drawn is None or not any(point["number"] for point in points):
        return None
    chart = _line(table, points) if table.declared.drawn is Drawn.LINE else _bars(table, points)
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(_styled(chart).to_dict(validate=False)))
    return drawn


def _points(table: Table) -> list[dict[str, Any]]:
    return [
        {"row": label, "column": says, "number": number, "order": place}
        for row, label in table.rows
        for place, (column, says) in enumerate(table.declared.columns)
        if row != TOTAL and (number := table.at(row, column)) is not None
    ]


def _bars(table: Table, points: list[dict[str, Any]]) -> Any:
    shown = {point["row"] for point in points}
    rows = [label for _row, label in table.rows if label in shown]
    columns = [says for _column, says in table.declared.columns]
    # Each label stands above its bar: beside it there is no room on a phone.
    base = altair.Chart(altair.Data(values=points)).encode(
        y=altair.Y("row:N", sort=rows, title=None, axis=None)
    )
    once = altair.Data(values=[{"row": row} for row in rows])
    labels = (
        base.properties(data=once)
        .mark_text(align="left", dy=-12, fontSize=_LETTERS, color=_INK)
        .encode(x=altair.value(0), text="row:N")
    )
    bars = base.mark_bar(size=_BAR, yOffset=10, color=COLOURS[0]).encode(
        x=altair.X("number:Q", title=None, axis=None)
    )
    if table.declared.drawn is Drawn.STACKED:
        scale = altair.Scale(domain=columns, range=list(COLOURS[: len(columns)]))
        legend = altair.Legend(orient="top", direction="horizontal", columns=2, labelLimit=200)
        colours = altair.Color("column:N", title=None, sort=columns, scale=scale, legend=legend)
        chart = bars.encode(color=colours, order="order:Q") + labels
    else:
        numbers = base.mark_text(align="left", dx=5, dy=10, fontSize=_LETTERS, color=_INK)
        chart = bars + labels + numbers.encode(x="number:Q", text="number:Q")
    return chart.properties(width=_WIDTH, height=_ROW * len(rows))


def _line(table: Table, points: list[dict[str, Any]]) -> Any:
    for (row, _label), point in zip(table.rows, points, strict=False):
        point["day"] = row
    # More steps than the largest number would stand at halves, and be said as wholes.
    steps = max(1, min(5, max(point["number"] for point in points)))
    base = altair.Chart(altair.Data(values=points)).encode(
        x=altair.X("day:T", title=None, axis=altair.Axis(format="%b %y", labelAngle=-45)),
        y=altair.Y("number:Q", title=None, axis=altair.Axis(tickCount=steps, format="d")),
    )
    line = base.mark_line(color=COLOURS[0], strokeWidth=3)
    return (line + base.mark_point(color=COLOURS[0], filled=True, size=60)).properties(
        width=_WIDTH, height=200
    )


def _styled(chart: Any) -> Any:
    return (
        chart.configure(font=_FONT, background="#ffffff")
        .configure_axis(
            labelFontSize=_LETTERS, labelColor=_INK, gridColor="#d8dadc", domainColor=_INK
        )
        .configure_legend(labelFontSize=_LETTERS, labelColor=_INK)
        .configure_view(stroke=None)
    )


def says(table: Table) -> str:
    """What a chart or a table shows, in one sentence."""
    if table.no_data:
        return table.no_data
    if table.declared.drawn is Drawn.LINE:
        return _line_says(table)
    if table.declared.sentence and (said := table.declared.sentence(table)):
        return said
    column = TOTAL if table.declared.across else table.declared.columns[0][0]
    shown = [(label, number) for row, label in table.rows if (number := table.at(row, column))]
    labels = dict(table.rows)
    apart = {labels[row] for row in table.declared.apart if row in labels}
    about = [(label, number) for label, number in shown if label not in apart]
    whole = table.at(TOTAL, column) if table.declared.adds_up else None
    if not about:
        if not table.hidden and not shown:
            return "There were none."
        return f"{whole:,} in all. {_TOO_SMALL}" if whole else _TOO_SMALL
    if len(table.rows) == 1:
        return f"{about[0][0]}: {about[0][1]:,}."
    if not whole:
        return f"Most often: {_largest(about)}."
    beside = [(label, number) for label, number in shown if label in apart]
    others = whole - sum(number for _label, number in beside)
    besides = "".join(f", {number:,} of them {label.lower()}" for label, number in beside)
    most = "Of the others most often" if beside else "Most often"
    return f"{whole:,} in all{besides}. {most}: {_largest(about, others)}."


def _largest(shown: Sequence[tuple[str, int]], whole: int = 0) -> str:
    """The row with the largest number, or those that share it."""
    most = max(number for _label, number in shown)
    *first, last = [label for label, number in shown if number == most]
    share = f" ({round(100 * most / whole)}%)" if whole else ""
    return (
        f"{', '.join(first)} and {last}, {most:,} each{share}"
        if first
        else (f"{last}, {most:,}{share}")
    )


def _line_says(table: Table) -> str:
    points = [(table.at(row) or 0, label) for row, label in table.rows]
    (first, first_label), (last, last_label) = points[0], points[-1]
    most, most_label = max(points, key=lambda one: one[0])
    peak = f"; at the most {most:,}, on {most_label}" if most > max(first, last) else ""
    return f"{first:,} on {first_label}, {last:,} on {last_label}{peak}."
