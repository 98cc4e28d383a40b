"""P16: payloads through every form of every page of the desk, by every role, and then every page.

The forms are found by following links, so that a new one is tried without thinking. What they
take stands in tasks, lists and notices afterwards: all of that is looked at, parsed and in
Chromium with our own policy switched off. What is no page is an export: no cell of it begins as a
formula does, and no element of it is a stranger's. (Words of young people, names and ids:
`test_payloads.py`.)
"""

import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from playwright.async_api import Browser as Chromium
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.web.context import now
from storage import people
from storage.people import Staff
from tests.desk import states
from tests.desk.northborough import AMINA, KAI, LENA, MAYA, STAFF, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_access import _with_a_pin
from tests.payloads import PAYLOADS
from tests.promises import FULL, Promise
from tests.running_scripts import has_run, without_policy, would_run

EACH = len(PAYLOADS) if FULL else 6
"""Payloads for each form; on a short run each form gets other ones."""
MOST_PAGES = 80
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
FORMULAS = ("=cmd|'/C calc'!A0", "+1+cmd|'/C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1")
ENDS_IT = ("sign-out", "/end", "/give-up", "/cancel", "sign-in")


@dataclass(slots=True)
class Form:
    """A form of a page: what it carries by itself, and the boxes in which something is typed."""

    action: str
    carried: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    picked: dict[str, str] = field(default_factory=dict)

    def filled(self, payloads: Iterator[str], *, dates: bool) -> dict[str, str]:
        """Every box with the next payload; `dates`: those of a date with yesterday, so that the
        rest is taken."""
        day = today() - timedelta(days=1)
        when = {"-day": day.day, "-month": day.month, "-year": day.year}
        fields = {**self.carried, **self.picked}
        for name in self.typed:
            ending = next((one for one in when if name.endswith(one)), None)
            fields[name] = str(when[ending]) if dates and ending else next(payloads)
        return fields


class _Forms(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.forms, self.links = address, list[Form](), set[str]()
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/desk/"):
            self.links.add(given["href"].partition("#")[0])
        if tag == "form" and given.get("method", "get").lower() == "post":
            self._form = Form(given.get("action") or self.address)
            self.forms.append(self._form)
        if self._form is not None and tag == "option":
            self._form.picked[self._select] = given.get("value", "")  # the last one
        if self._form is not None and "name" in given:
            self._field(self._form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if kind == "hidden":
            form.carried[name] = given.get("value", "")
        elif kind in ("radio", "checkbox"):
            # The one that opens the other boxes, where there is one.
            if name not in form.picked or given.get("value") == "advocate_spoke":
                form.picked[name] = given.get("value", "on")
        elif tag in ("input", "textarea"):
            form.typed.append(name)
        elif tag == "select":
            self._select = name
        else:
            assert tag == "button", f"a {tag} in a form is not filled in yet"
            form.picked.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


@dataclass(slots=True)
class Walk:
    """Somebody who opens every page and fills in every form that takes text."""

    browser: Browser
    payloads: Iterator[str]
    pages: set[str] = field(default_factory=set)
    forms: dict[str, Form] = field(default_factory=dict)
    exports: set[str] = field(default_factory=set)
    bad: list[tuple[str, list[str]]] = field(default_factory=list)

    def look(self, address: str, page: Page) -> bool:
        """Whether it is a page; note what in it would run."""
        kind = page.headers.get("Content-Type", "")
        if kind in ("image/png", "application/pdf"):
            return False  # a letter: typst takes words as data, and nothing in it runs
        if kind.startswith("text/html"):
            runs = would_run(page.text)
        else:
            assert page.headers["Content-Disposition"].startswith("attachment"), (address, kind)
            self.exports.add(address.partition("?")[0])
            runs = _EXPORTS[kind.partition(";")[0]](page.text)
        if runs:
            self.bad.append((address, runs))
        return kind.startswith("text/html")

    async def everywhere(self, *begin: str) -> None:
        ahead, seen = ["/desk/", *begin], set[str]()
        while ahead and len(seen) < MOST_PAGES:
            address = ahead.pop(0)
            if address in seen or any(one in address for one in ENDS_IT):
                continue
            seen.add(address)
            page = await self.browser.get(address)
            here = _Forms(urlsplit(page.url).path)
            here.feed(page.text)
            if self.look(address, page):
                self.pages.add(address)
            ahead += sorted(here.links - seen)
            for form in here.forms:
                if form.typed and not any(one in form.action for one in ENDS_IT):
                    self.forms.setdefault(_place(form.action), form)

    async def fill_in(self, each: int) -> int:
        sent = 0
        for form in self.forms.values():
            for number in range(each):
                fields = form.filled(self.payloads, dates=number % 2 == 1)
                page = await self.browser.post(form.action, fields)
                assert page.status < 500, (form.action, page.status)
                self.look(form.action, page)
                sent += len(form.typed)
        return sent


def _place(action: str) -> str:
    """Which form it is, wherever it stands: the address without ids."""
    parts = action.split("/")
    return "/".join(part for number, part in enumerate(parts) if number != 3 or len(parts) < 5)


def _everybody(db: Connection, desk: Desk) -> dict[Role, str]:
    """A member of staff of each role, some of them there already."""
    states.fill(db, desk)
    staff = {role: staff_id for staff_id, (role, _name) in STAFF.items()}
    staff[Role.IRO] = AMINA
    for role in Role:
        if role not in staff:
            staff[role] = f"new-{role.value}"
            name = FORMULAS[len(staff) % len(FORMULAS)] + PAYLOADS[17]
            member = Staff(desk.house.id, staff[role], role.value, name)
            people.add_staff(db, desk.house.keys, member, now())
    return staff


async def test_what_is_typed_into_every_form_runs_on_no_page(
    desk: Desk, chromium: Chromium, promise: Promise
) -> None:
    staff = await desk.store.write(lambda db: _everybody(db, desk))
    await _with_a_pin(desk)  # so that it can be reset
    payloads = itertools.cycle((*PAYLOADS, *FORMULAS))
    desk.sends = {"User-Agent": PAYLOADS[3], "Accept-Language": PAYLOADS[4].replace("\n", "")}
    walks: dict[str, Walk] = {}
    sent = 0
    begin = [f"/desk/reviews/{one}{page}" for one in (KAI, LENA, MAYA) for page in ("", "/access")]
    for staff_id in [*staff.values(), TOM]:
        walk = walks[staff_id] = Walk(await desk.signed_in(staff_id), payloads)
        await walk.everywhere(*begin)
        sent += await walk.fill_in(EACH)
    for walk in walks.values():
        await walk.everywhere(*begin)  # now that all of it is stored
        for one in sorted(walk.pages)[:10]:
            query = "&".join(f"{name}={quote(next(payloads))}" for name in _QUERY)
            page = await walk.browser.get(f"{one}?{query}")
            walk.look(one, page)

    assert {key: walk.bad for key, walk in walks.items() if walk.bad} == {}
    forms = Counter(place for walk in walks.values() for place in walk.forms)
    assert set.union(*(walk.exports for walk in walks.values())) == {
        "/desk/audit.csv",
        "/desk/invitations.csv",
        "/desk/return/problems.csv",
        "/desk/return/reviews.csv",
        "/desk/return/reviews.xml",
        "/desk/reviews.csv",
    }
    assert set(forms) >= TAKES_TEXT, "a form that takes text was not found"
    ran, views = 0, 0
    async with without_policy(chromium) as window:
        for staff_id, walk in walks.items():
            await window.goto(await desk.link(staff_id))
            for address in sorted(walk.pages):
                await window.goto(desk.base + address, wait_until="load")
                ran += await has_run(window)
                views += 1
    assert ran == 0
    promise("P16", forms=len(forms), payloads_sent=sent, views=views, executed=ran)


def _in_csv(text: str) -> list[str]:
    """The cells that a spreadsheet would work out."""
    cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
    return [cell for cell in cells if cell.startswith(FORMULA)]


def _in_xml(text: str) -> list[str]:
    """The elements with a name that the return does not have: what was typed broke out."""
    elements = ElementTree.fromstring(text).iter()  # noqa: S314 (our own writing)
    return [one.tag for one in elements if not one.tag.isupper()]


_EXPORTS = {"text/csv": _in_csv, "application/xml": _in_xml}
_QUERY = ("done", "late", "before", "again", "who", "review", "from", "from-day", "to-day", "x")
TAKES_TEXT = {
    "/desk/account/app", "/desk/account/password", "/desk/reviews/access",
    "/desk/reviews/access/pin", "/desk/reviews/code", "/desk/reviews/cover", "/desk/reviews/held",
}  # fmt: skip
"""Forms in which staff type, as the walk names them. Every other one that it finds is tried too."""
