"""Write the authorisation table down for people to read: `docs/permissions.md`.

`python -m tools.permissions` writes it anew; a test compares it with the code.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.access import permissions
from bot.access.permissions import OPEN, Relation, Verdict
from bot.access.roles import TITLES, Role
from bot.desk.routes import ROUTES
from bot.service.glass import LASTS
from bot.service.relations import OVER_AFTER

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"

_RELATIONS = {
    Relation.OWN: "they run the review; or the young person is allocated to them today",
    Relation.TEAM: "somebody in their team does. An officer is a colleague of officers who run the "
    "same kind of review only: *just my IRO* means whoever holds that role",
    Relation.OTHER_TEAM: "somebody of another team does",
    Relation.OTHER_COUNCIL: "not in this council, which nobody can tell from *not there*",
    Relation.CLOSED: "it would be their own or their team's, and is over: the review's day is more "
    f"than {OVER_AFTER.days} days ago, or past with nobody involved with the young person any "
    "more; or the allocation to them has ended",
    Relation.ERASED: "the young person's keys are destroyed and a stub is left",
}
_MARKS = {Verdict.ALLOWED: "yes", Verdict.BREAK_GLASS: "glass", Verdict.REFUSED: "–"}


def text() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    hours = int(LASTS.total_seconds() // 3600)
    yield "# Who may open what"
    yield ""
    yield "This page is made from `bot/access/permissions.py` by `python -m tools.permissions`; a"
    yield "test compares the two. What is not in the table is refused, and who is refused gets the"
    yield "page for what isn't there. Every act asks again in its own transaction."
    yield ""
    yield "- **yes**: allowed. **–**: refused. **glass**: they say why; it is open to them for"
    yield f"  {hours} hours, the officer is told by a task at the desk, and the audit has it."
    yield "  Whoever broke a glass can't close the task that tells of it; a unit manager gets it"
    yield "  where the officer did."
    yield "- A unit manager behind a broken glass reads what is for the file or for everyone at the"
    yield "  review, never what is for the officer alone. A council confirms this before it starts."
    yield "- A social worker and a personal adviser read only answers whose audience names them."
    yield "- Carers, parents and *everyone at my review* are instructions to the officer, never"
    yield "  accounts. Business support, council IT and auditors read no word; a duty worker reads"
    yield "  the words of an alert and no other."
    yield ""
    yield "How somebody stands to what a page is about:"
    yield ""
    for relation, meaning in _RELATIONS.items():
        yield f"- **{_name(relation)}**: {meaning}."
    yield ""
    yield "## Pages about nobody in particular"
    yield ""
    yield from _table(["Page", "Who may open it"], _general())
    yield ""
    yield "## Pages about a review, a task or a young person"
    yield ""
    yield "Roles that are not named are refused in every relation."
    yield ""
    yield from _table(["Page", "Role", *map(_name, _RELATIONS)], _particular())
    yield ""
    yield "## Without signing in"
    yield ""
    for method, path, route, _handler in ROUTES:
        if route in OPEN:
            yield f"- `{method} /desk{path}`"


def _name(relation: Relation) -> str:
    return relation.value.replace("_", " ")


def _addresses() -> dict[str, str]:
    return {route: f"`{method} /desk{path}`" for method, path, route, _handler in ROUTES}


def _general() -> Iterator[list[str]]:
    for route, address in _addresses().items():
        roles = [role for role in Role if permissions.may(route, role, Relation.NONE)]
        if roles:
            everyone = len(roles) == len(Role)
            yield [address, "everyone" if everyone else ", ".join(TITLES[role] for role in roles)]


def _particular() -> Iterator[list[str]]:
    for route, address in _addresses().items():
        for role in Role:
            verdicts = [permissions.verdict(route, role, relation) for relation in _RELATIONS]
            if any(verdict is not Verdict.REFUSED for verdict in verdicts):
                yield [address, TITLES[role], *(_MARKS[verdict] for verdict in verdicts)]


def _table(head: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    PAGE.write_text(text())
