"""Reading single values of the Standard Safeguarding Dataset, as the suppliers write them.

Codes come as codes or as descriptions, and no date format is fixed; LCS writes 1900-01-01 for none.
Codes: DfE, *Children looked-after by local authorities: guide to the SSDA903 collection*.
"""

import re
from datetime import date
from functools import lru_cache


class Unreadable(ValueError):
    """The text says what is wrong; `mend`: what to do about it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


NONE = frozenset({"", "null", "none", "nan", "nat", "n/a", "na", "-"})
"""How extracts write that there is nothing."""
_NO_DAY = frozenset({date(1900, 1, 1), date(1901, 1, 1), date(9999, 12, 31)})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_UK = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?")
_SHORT = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[A-Za-z]*[- ](\d{4})(?: .*)?")
_SQL = re.compile(r"([A-Za-z]{3}) +(\d{1,2}) (\d{4})(?: .*)?")  # SQL Server: Jun  3 2025 12:00AM
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTHS_OF_A_YEAR = 12
_SHOWN = 40


def shown(text: str) -> str:
    """A value as a message shows it: short, and without what moves a line."""
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}…"


def text(value: str) -> str:
    value = value.strip()
    return "" if value.casefold() in NONE else value


@lru_cache(maxsize=100_000)
def day(value: str) -> date | None:
    """ISO or British, with a time or without. `Unreadable`."""
    value = value.strip()
    if value.casefold() in NONE:
        return None
    if found := _ISO.fullmatch(value):
        year, month, number = (int(part) for part in found.groups())
    elif found := _UK.fullmatch(value):
        number, month, year = (int(part) for part in found.groups())
    elif (found := _SHORT.fullmatch(value)) and found[2].casefold() in _MONTHS:
        number, month, year = int(found[1]), _MONTHS[found[2].casefold()], int(found[3])
    elif (found := _SQL.fullmatch(value)) and found[1].casefold() in _MONTHS:
        month, number, year = _MONTHS[found[1].casefold()], int(found[2]), int(found[3])
    else:
        raise Unreadable(
            f"“{shown(value)}” is no date.", "Write it as 2025-04-30 or as 30/04/2025."
        )
    try:
        read = date(year, month, number)
    except ValueError:
        mend = "Look the day up in the case system."
        if number <= _MONTHS_OF_A_YEAR < month:
            mend = "If the month comes first, write the days of the whole file as 2025-04-30."
        raise Unreadable(f"“{shown(value)}”: there is no such day.", mend) from None
    if read in _NO_DAY:
        return None
    if not 1900 < read.year < 2100:
        raise Unreadable(
            f"“{shown(value)}”: that year can’t be right.", "Look the day up in the case system."
        )
    return read


_YES = frozenset({"y", "yes", "1", "true", "t"})
_NO = frozenset({"n", "no", "0", "false", "f"})


def flag(value: str) -> bool:
    """Nothing is no. `Unreadable`."""
    known = text(value).casefold()
    if known in _YES:
        return True
    if known in _NO or not known:
        return False
    raise Unreadable(f"“{shown(value)}” is neither yes nor no.", "Write Y or N.")


@lru_cache(maxsize=10_000)
def participation(value: str) -> str:
    """PN0 to PN7, empty if there is none: the code, or the words of DfE, of the dataset or of
    review units. `Unreadable`."""
    known = text(value).casefold()
    if not known:
        return ""
    if found := re.match(r"-?\s*pn\s*([0-7])\b", known):
        return f"PN{found[1]}"
    if found := re.fullmatch(r"[0-7]", known):
        return f"PN{known}"
    has = known.__contains__
    if re.search(r"under (the age of )?(4|four)\b", known):
        return "PN0"
    if re.search(r"\b(not|n[’']t) (physically )?attend|not in attendance|not present", known):
        if has("brief"):
            return "PN5"
        if re.search(r"\bnor\b|not (been )?conveyed|not send|no views|views not", known):
            return "PN7"
        if re.search(r"convey|views sent|sent views|facilitative|medium", known):
            return "PN6"
    elif has("attend") or has("present"):
        if re.search(r"not speak|without contribut|not contribut|no contribut", known):
            return "PN4"
        if re.search(r"symbol|non.?verbal", known):
            return "PN3"
        if has("advocate"):
            return "PN2"
        if re.search(r"speaks?|spoke", known):
            return "PN1"
    raise Unreadable(
        f"“{shown(value)}” is no participation code.", "Write PN0 to PN7, or DfE’s words for it."
    )


LEGAL_STATUSES = frozenset(
    {"C1", "C2", "D1", "E1", "J1", "J2", "J3", "L1", "L2", "L3", "V2", "V3", "V4"}
)
SHORT_BREAKS = frozenset({"V3", "V4"})
PLACEMENTS = frozenset(
    {
        "A3", "A4", "A5", "A6", "H5", "K1", "K2", "M2", "M3", "P1", "P2", "P3", "Q1", "Q2", "R1",
        "R2", "R3", "R5", "S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6",
        "Z1",
    }
)  # fmt: skip
FOR_ADOPTION = frozenset({"A3", "A4", "A5", "A6"})
_REASONS_BEGAN = frozenset(["S", "L", "P", "T", "B", "U"])
_REASONS_ENDED = frozenset(
    {
        "X1", "E2", "E3", "E4", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9", "E11", "E12", "E13",
        "E14", "E15", "E16", "E17", "E41", "E45", "E46", "E47", "E48",
    }
)  # fmt: skip
# DfE's words for its codes, as patterns, the first that fits; extracts shorten them at the end.
_LEGAL_WORDS = (
    ("interim care order", "C1"), ("placement order", "E1"), ("care order", "C2"),
    ("freeing order", "D1"), ("police protection", "L1"), ("emergency protection", "L2"),
    ("child assessment order", "L3"), (r"police and criminal evidence|\bpace\b|detained", "J2"),
    ("remand", "J1"), ("youth rehabilitation", "J3"),
    ("not individual episode|agreements are recorded", "V4"),
    ("individual episode|agreed series|short.?(term )?break", "V3"),
    (r"single period of accommodation|section 20|\bs20\b", "V2"),
)  # fmt: skip
_PLACEMENT_WORDS = (
    ("for adoption with parental.* not with current foster", "A4"),
    ("for adoption with parental.* current foster", "A3"),
    ("for adoption with placement order not with current", "A6"),
    ("for adoption with placement order.* current foster", "A5"),
    ("semi.?independent|supported accommodation", "H5"), ("secure children", "K1"),
    ("residential school", "S1"), ("children[’']?s?[’']? home", "K2"),
    ("own parent|with parents|person.{0,4} with parental responsibility", "P1"),
    ("independent living", "P2"), ("residential employment", "P3"),
    ("residential care home", "R1"), (r"national health|\bnhs\b", "R2"),
    ("family cent|mother and baby", "R3"), ("young offender", "R5"),
    ("temporary period.* hospital", "T1"), ("temporary absence.* holiday", "T2"),
    ("temporary accommodation whil.* holiday", "T3"),
    ("temporary accommodation of seven days", "T4"), ("temporary move", "T0"),
    ("relative or friend.*(not long.?term|concurrent)", "U3"),
    ("relative or friend.*long.?term", "U1"), ("relative or friend.*adopter", "U2"),
    ("foster carer.*not long.?term", "U6"), ("foster carer.*long.?term", "U4"),
    ("foster carer.*adopter", "U5"), ("other placement", "Z1"),
)  # fmt: skip
_BEGAN_WORDS = (
    ("started to be looked after", "S"), ("legal status only", "L"),
    ("legal status and change of placement.*same", "U"), ("legal status and placement", "B"),
    ("placement.*same carer", "T"), ("placement and carer", "P"), ("transferred", "T"),
)  # fmt: skip
_SGO = "special guardianship.* made to "
_ENDED_WORDS = (
    ("new episode begins", "X1"), ("adopted.*unopposed", "E11"), ("adopted.*dispensed", "E12"),
    ("^(child )?died", "E2"), ("taken over by another", "E3"),
    ("returned home.*not part of", "E4B"), ("returned home.*part of", "E4A"),
    ("independent living.*no formalised", "E6"), ("independent living.*formalised", "E5"),
    ("adult social", "E7"), ("any other reason", "E8"), ("sentenced to custody", "E9"),
    ("left care to live", "E13"), ("remand ended", "E14"), ("age assessment", "E15"),
    ("moved abroad", "E16"), ("aged 18.* remained", "E17"),
    ("(residence order|child arrangements? order).* granted", "E41"),
    (f"{_SGO}carer.*other than former.*other than relative", "E48"),
    (f"{_SGO}carer.*other than former", "E47"), (f"{_SGO}former.*other than relative", "E46"),
    (f"{_SGO}former", "E45"),
)  # fmt: skip


@lru_cache(maxsize=10_000)
def legal_status(value: str) -> str:
    """C1 to V4. `Unreadable`."""
    return _coded(value, LEGAL_STATUSES, _LEGAL_WORDS, "legal status", "C1, C2, E1, V2 and so on")


@lru_cache(maxsize=10_000)
def placement(value: str) -> str:
    """A3 to Z1; LCS tells kinds of H5 apart, such as H5a. `Unreadable`."""
    if re.match(r"H5[a-z]\b", value.strip(), re.IGNORECASE):
        return "H5"
    return _coded(value, PLACEMENTS, _PLACEMENT_WORDS, "kind of placement", "U1, K2, P1 and so on")


@lru_cache(maxsize=10_000)
def reason_began(value: str) -> str:
    """S to U. `Unreadable`."""
    return _coded(
        value, _REASONS_BEGAN, _BEGAN_WORDS, "reason for a new episode", "S, L, P, T, B or U"
    )


@lru_cache(maxsize=10_000)
def reason_ended(value: str) -> str:
    """X1 to E48. `Unreadable`."""
    return _coded(
        value, _REASONS_ENDED, _ENDED_WORDS, "reason for its end", "X1, E4A, E11 and so on"
    )


def _coded(
    value: str, codes: frozenset[str], words: tuple[tuple[str, str], ...], called: str, such: str
) -> str:
    known = text(value)
    if not known:
        return ""
    start = re.match(r"[A-Za-z]\d{0,2}[A-Za-z]?(?=\b|_)", known)
    if start and start[0].upper() in codes and (start[0] == known or len(start[0]) > 1):
        return start[0].upper()
    folded = known.casefold()
    for pattern, code in words:
        if re.search(pattern, folded):
            return code
    raise Unreadable(f"“{shown(value)}” is no {called}.", f"Write the code: {such}.")


_SEXES = {"m": "M", "male": "M", "1": "M", "f": "F", "female": "F", "2": "F"}
_ETHNICITIES = frozenset(
    {
        "WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN",
        "ABAN", "AOTH", "CHNE", "BCRB", "BAFR", "BOTH", "OOTH", "REFU", "NOBT",
    }
)  # fmt: skip
_ETHNIC_WORDS = (
    ("roma", "WROM"), ("traveller", "WIRT"), ("white and black caribbean", "MWBC"),
    ("white and black african", "MWBA"), ("white and asian", "MWAS"), ("mixed", "MOTH"),
    ("white british", "WBRI"), ("white - british", "WBRI"), ("english", "WBRI"),
    ("white irish", "WIRI"), ("white - irish", "WIRI"), ("white", "WOTH"), ("indian", "AIND"),
    ("pakistani", "APKN"), ("bangladeshi", "ABAN"), ("chinese", "CHNE"), ("asian", "AOTH"),
    ("caribbean", "BCRB"), ("african", "BAFR"), ("black", "BOTH"), ("refused", "REFU"),
    ("not obtained", "NOBT"), ("not yet obtained", "NOBT"), ("other", "OOTH"), ("arab", "OOTH"),
    ("cnhe", "CHNE"), ("orab", "OOTH"),  # as Eclipse's extract spells them
)  # fmt: skip


_NOT_KNOWN = re.compile(r"[0ux9]|i(ndeterminate)?|unkn|other|.*not|.*unknown|.*unspecified")
"""As case systems say that they do not know, or that neither word is right."""


@lru_cache(maxsize=10_000)
def sex(value: str) -> str:
    """M or F; empty where the case system does not say, or says neither. `Unreadable`."""
    known = text(value).casefold()
    if not known or known in _SEXES:
        return _SEXES.get(known, "")
    if re.match(r"(m|male|f|female)\b", known):
        return known[0].upper()
    if _NOT_KNOWN.match(known):
        return ""
    raise Unreadable(f"“{shown(value)}” is no sex that is known here.", "Write M, F or U.")


@lru_cache(maxsize=10_000)
def ethnicity(value: str) -> str:
    """DfE's four letters; empty where none is known. `Unreadable`."""
    known = text(value)
    code = re.match(r"[A-Za-z]{4}\b", known)
    if code and code[0].upper() in _ETHNICITIES:
        return code[0].upper()
    folded = known.casefold()
    found = next((code for part, code in _ETHNIC_WORDS if part in folded), "")
    if found or not known or _NOT_KNOWN.match(folded):
        return found
    raise Unreadable(
        f"“{shown(value)}” is no ethnicity that is known here.",
        "Write the code: WBRI, BAFR, MOTH, NOBT and so on.",
    )
