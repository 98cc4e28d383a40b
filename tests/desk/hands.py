"""Two ways to use a page: with a pointer or a finger, and with the keyboard alone.

A road through the product that is written once, in these acts, is then walked with either.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from playwright.async_api import Locator, Page

_MOST_TABS = 220
"""The longest page on the road has some 120 places where the focus can be."""


class Hands(Protocol):
    @property
    def page(self) -> Page: ...

    async def press(self, where: Locator) -> None:
        """A button, a link, what unfolds something."""
        ...

    async def pick(self, where: Locator) -> None:
        """One of several (radio buttons)."""
        ...

    async def tick(self, where: Locator) -> None:
        """A box that is empty so far."""
        ...

    async def write(self, where: Locator, words: str) -> None:
        """In place of what stands in the field."""
        ...


async def write_day(hands: Hands, within: Locator, day: date) -> None:
    """In the three boxes of a date."""
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        await hands.write(within.get_by_label(part, exact=True), str(value))


@dataclass(frozen=True, slots=True)
class Pointer:
    """A mouse, or a finger."""

    page: Page

    async def press(self, where: Locator) -> None:
        await where.click()

    async def pick(self, where: Locator) -> None:
        await where.check()

    async def tick(self, where: Locator) -> None:
        await where.check()

    async def write(self, where: Locator, words: str) -> None:
        await where.fill(words)


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Nothing but keys: Tab to get there, Enter to press, arrows in a group, Space to tick."""

    page: Page

    async def press(self, where: Locator) -> None:
        await self._go(where)
        await self.page.keyboard.press("Enter")

    async def pick(self, where: Locator) -> None:
        """A group is one stop of the Tab key: from there on it is arrows."""
        await self._go(where, of_group=True)
        group = await where.evaluate(
            "one => document.querySelectorAll(`input[name='${CSS.escape(one.name)}']`).length"
        )
        for _ in range(group):
            if await where.evaluate("one => one === document.activeElement"):
                break
            await self.page.keyboard.press("ArrowDown")
        if not await where.is_checked():  # the first of a group of which none is chosen
            await self.page.keyboard.press("Space")
        assert await where.is_checked(), f"No arrow leads to {where}"

    async def tick(self, where: Locator) -> None:
        await self._go(where)
        await self.page.keyboard.press("Space")
        assert await where.is_checked(), f"No key ticks {where}"

    async def write(self, where: Locator, words: str) -> None:
        await self._go(where)
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.insert_text(words)
        assert await where.input_value() == words

    async def _go(self, where: Locator, *, of_group: bool = False) -> None:
        await where.wait_for()
        there = "one => one === document.activeElement"
        if of_group:
            there += " || one.name && one.name === document.activeElement.name"
        wanted = await where.element_handle()
        for _ in range(await wanted.evaluate(_BETWEEN)):  # asked after each, it takes twice as long
            await self.page.keyboard.press("Tab")
        for _ in range(_MOST_TABS):
            if await wanted.evaluate(there):
                # What has the focus is to be seen, and not below something that sticks to an edge.
                assert await wanted.evaluate(_SEEN), f"The focus on {where} is not to be seen"
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"The Tab key never leads to {where}")


_BETWEEN = """one => {
  const after = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING)
  const here = document.activeElement
  return [...document.querySelectorAll('a[href], button, textarea, select, summary, input')]
    .filter(stop => stop.type !== 'hidden' && stop.type !== 'radio' && stop.tabIndex >= 0)
    .filter(stop => !stop.disabled && stop.checkVisibility({visibilityProperty: true}))
    .filter(stop => after(here, stop) && after(stop, one)).length
}"""
"""How many stops of the Tab key lie between what has the focus and there, at the least."""

_SEEN = """one => {
  const box = (one.type === 'radio' || one.type === 'checkbox' ? one.labels[0] || one : one)
    .getBoundingClientRect()
  return box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
}"""
