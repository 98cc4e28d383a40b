"""The month in pictures for `docs/desk.md`: what the test run took on its road, a few beside each
other for each step, and a sheet for each of the other two kinds of review."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.async_api import Browser

from storage.reviews import ReviewKind
from tests.browser import COMPUTER, PHONE
from tests.sheets import BUILT, picture_of, publish

FOLDER = Path("month")
MOST_BYTES = 100_000

_WIDE, _NARROW = 560, 190
_STYLE = """
body { margin: 0; padding: 12px; background: #5b6462; font: 14px/1.3 sans-serif; }
main { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
figure { margin: 0; }
img { display: block; width: 100%; }
div { max-height: 480px; overflow: hidden; border-radius: 6px; }
.cut { border-bottom: 4px dashed #fff; border-radius: 6px 6px 0 0; }
figcaption { padding-top: 4px; color: #fff; }
"""


@dataclass(frozen=True, slots=True)
class Step:
    """`wide`, `narrow`: which pictures stand on it, of the road at a desk and on a phone; `below`:
    how much of the top of the phone's page is left out, in its pixels."""

    name: str
    wide: tuple[str, ...]
    narrow: tuple[str, ...]
    below: int = 0


STEPS = (
    Step("01-invited", ("an invitation",), ("the chat opens",)),
    Step("02-views-in", ("they check what they said",), ("their words, home.change", "it is sent")),
    Step("03-read", ("their words",), ("today, views are in",)),
    Step("04-stood-down", ("stood down",), ("they hear that it is off",)),
    Step("05-rearranged", ("inside its timescale",), ("the new day, unlocked",)),
    Step("06-held", ("the record, the care plan",), ("the reading view",)),
    Step(
        "07-code-confirmed",
        ("how they took part, confirmed",),
        ("how they took part, proposed",),
        below=1000,
    ),
    Step("08-answered", ("an answer, written",), ("an answer, as it is read",)),
    Step("09-disagrees", ("what they say to it",), ("the answer, read", "they do not agree")),
    Step("10-challenged", ("a challenge, raised",), ("a challenge, written",)),
    Step("11-the-next-one", ("the next one, by the clock",), ("the record, filed",)),
)
"""Of a review in care."""

SHEETS = {
    ReviewKind.PATHWAY: (
        "12-pathway-review",
        ("their words", "stood down", "they hear of a new date", "the record, the pathway plan",
         "how they took part, confirmed", "the answer, read", "a challenge, raised",
         "the next one, by the clock"),
    ),
    ReviewKind.FOSTER_CARER: (
        "13-foster-carers",
        ("their words", "stood down", "they hear of a new date", "the record, the recommendation",
         "the child: their words", "the child: an answer, as it is read",
         "the child: the answer, read", "the next one, by the clock"),
    ),
}  # fmt: skip
"""On a phone."""

NAMES = (*(step.name for step in STEPS), *(name for name, _shown in SHEETS.values()))


@dataclass(slots=True)
class Album:
    """What each road showed, by kind of review and width."""

    taken: dict[tuple[ReviewKind, int], Mapping[str, bytes]] = field(default_factory=dict)

    def put_in(self, kind: ReviewKind, width: int, shown: Mapping[str, bytes]) -> None:
        """Each picture goes into `build/` by itself, too, at its full size."""
        self.taken[kind, width] = shown
        folder = BUILT / f"month-{kind.value}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        for number, (name, picture) in enumerate(shown.items()):
            (folder / f"{number:02}-{name.replace(',', '').replace(' ', '-')}.png").write_bytes(
                picture
            )

    async def lay_out(self, browser: Browser) -> None:
        """What all is there for: a road that was walked alone, or stopped, makes no picture."""
        wide = self.taken.get((ReviewKind.CIOC, COMPUTER["width"]), {})
        narrow = self.taken.get((ReviewKind.CIOC, PHONE["width"]), {})
        for step in STEPS:
            if wide.keys() >= set(step.wide) and narrow.keys() >= set(step.narrow):
                up = step.below * _NARROW // PHONE["width"]
                shown = [(name, wide[name], _WIDE, 0) for name in step.wide]
                shown += [(name, narrow[name], _NARROW, up) for name in step.narrow]
                await _publish(browser, step.name, shown)
        for kind, (name, which) in SHEETS.items():
            phone = self.taken.get((kind, PHONE["width"]), {})
            if phone.keys() >= set(which):
                await _publish(browser, name, [(one, phone[one], _NARROW, 0) for one in which])


async def _publish(browser: Browser, name: str, shown: list[tuple[str, bytes, int, int]]) -> None:
    figures = [
        f'<figure style="width: {width}px"><div><img style="margin-top: -{up}px" src="'
        f'data:image/png;base64,{base64.b64encode(picture).decode()}"></div>'
        f"<figcaption>{escape(label)}</figcaption></figure>"
        for label, picture, width, up in shown
    ]
    across = sum(width + 12 for _label, _picture, width, _up in shown) + 12
    html = f"<style>{_STYLE}</style><main>{''.join(figures)}</main>"
    picture = await picture_of(browser, html, across, quality=55)
    assert len(picture) < MOST_BYTES, f"{name}: {len(picture)} bytes"
    publish(FOLDER / f"{name}.webp", picture)
