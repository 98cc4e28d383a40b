"""A report as one web page, which holds all it needs."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def html(view: dict[str, object], template: str = "report.html") -> str:
    """`view`: of `bot.reports.report.view`, or of what else the template shows."""
    return _template(template).render(view)


@cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    return pages.get_template(name)
