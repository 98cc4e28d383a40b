"""Numbers in a sentence become links: on a phone, one tap rings."""

import re

from markupsafe import Markup, escape

from conversations import texts

_LINES = {number: href for _name, _when, number, href in texts.RINGS_ANY_AGE}
_LINES |= {row[2]: row[3] for rows in texts.RINGS.values() for row in rows}


class Dial:
    """A filter for templates: the help lines and the council's own numbers in plain text."""

    def __init__(self, *council_phones: str) -> None:
        own = {phone: re.sub(r"[^0-9+]", "", phone) for phone in council_phones if phone}
        self._hrefs = {**_LINES, **{phone: f"tel:{digits}" for phone, digits in own.items()}}
        longest_first = sorted(self._hrefs, key=len, reverse=True)
        numbers = "|".join(re.escape(number) for number in longest_first)
        self._numbers = re.compile(rf"(?<![\d+])(?:{numbers})(?!\d)")

    def __call__(self, text: str) -> Markup:
        """`text` as HTML, everything but our links escaped."""
        parts, end = [], 0
        for found in self._numbers.finditer(text):
            number = found[0]
            parts.append(escape(text[end : found.start()]))
            parts.append(Markup('<a href="{}">{}</a>').format(self._hrefs[number], number))
            end = found.end()
        parts.append(escape(text[end:]))
        return Markup("").join(parts)
