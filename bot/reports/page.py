"""The annual report as one web page, which holds all it needs."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def html(view: dict[str, object]) -> str:
    """`view`: of `bot.reports.report.view`."""
    return _template().render(view)


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    return pages.get_template("report.html")
