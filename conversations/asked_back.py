"""What young people ask Sayso back, and the fixed answers. Nothing here is made up as it goes.

Only a whole message counts: “who reads this?” is asked, “I don't know who reads this at school” is
said. So words are matched whole, after small differences of typing are evened out; a message that
merely holds such words is an answer like any other.
"""

import re
from dataclasses import dataclass
from functools import cache

from conversations import texts
from conversations.glossary import GLOSSARY
from conversations.wording import Text

LONGEST_ASKED = 80
"""Characters; whoever writes more is telling something."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One answer. `phrases` are what it answers, as people write them."""

    name: str
    phrases: tuple[str, ...]
    says: Text


_THEIRS = (
    "carer", "carers", "foster carer", "foster carers", "foster mum", "foster dad", "mum", "dad",
    "parents", "family", "nan", "teacher",
)  # fmt: skip

FIXED: tuple[Fixed, ...] = (
    Fixed(
        "real",
        (
            "are you real", "are you a robot", "are you a real person", "are you human",
            "are you a human", "are you a person", "are you a bot", "are you an ai", "are you ai",
            "is this a bot", "is this a robot", "is this a real person", "is this ai",
            "is this real", "is there someone there", "is anyone there", "who are you",
            "what are you", "am i talking to a real person", "am i talking to a robot",
            "who am i talking to", "are you chatgpt",
        ),
        texts.FAQ_REAL,
    ),
    Fixed(
        "reads",
        (
            "who reads this", "who reads it", "who will read this", "who is reading this",
            "who sees this", "who can see this", "who will see this", "who is going to see this",
            "who is going to read this", "who gets this", "who hears this", "who do you tell",
            "who will you tell", "where does this go", "is this private", "is it private",
            "is this secret", "is this confidential", "does my social worker see this",
            "will my social worker see this", "can my social worker see this",
            "will my social worker read this",
        ),
        texts.FAQ_READS,
    ),
    Fixed(
        "swear",
        ("can i swear", "am i allowed to swear", "is swearing ok", "is it ok to swear",
         "can we swear", "may i swear", "can i say bad words"),
        texts.FAQ_SWEAR,
    ),
    Fixed(
        "carer",
        (
            *(
                f"{verb} my {who} {does} this"
                for who in _THEIRS
                for verb in ("will", "can", "does", "do")
                for does in ("see", "read", "hear")
            ),
            *(f"will you tell my {who}" for who in _THEIRS),
        ),
        texts.FAQ_CARER,
    ),
    Fixed(
        "trouble",
        ("will i get in trouble", "will i be in trouble", "can i get in trouble",
         "am i in trouble", "will i get into trouble", "do i get in trouble"),
        texts.FAQ_TROUBLE,
    ),
    Fixed(
        "long",
        ("how long is this", "how long does this take", "how long will this take",
         "how many questions are there", "how many questions", "how many more questions",
         "how much longer", "is this going to take long", "how much more is there"),
        texts.FAQ_LONG,
    ),
    Fixed(
        "must",
        ("do i have to", "do i have to do this", "do i have to answer", "do i have to say",
         "do i have to answer this", "do i need to answer", "must i answer",
         "do i have to do all of them"),
        texts.FAQ_MUST,
    ),
    Fixed("skip", ("can i skip", "can i skip this", "can i stop", "may i skip"), texts.FAQ_SKIP),
    Fixed(
        "why",
        ("why are you asking", "why are you asking me this", "why do you ask", "what is this for",
         "what is the point", "why do i have to do this", "what is this", "why do you want to know",
         "why do you need to know"),
        texts.FAQ_WHY,
    ),
    Fixed(
        "change",
        ("can i change it", "can i change it later", "can i change my answer",
         "can i change what i said", "can i take it back", "can i delete this", "can i undo"),
        texts.FAQ_CHANGE,
    ),
    Fixed(
        "dont_know",
        ("what do i say", "what do i write", "what should i say", "what should i write",
         "what do i put", "what should i put", "what do you want me to say", "what do you mean",
         "what does this mean", "i do not understand", "i do not get it", "i don't understand",
         "i don't get it"),
        texts.FAQ_DONT_KNOW,
    ),
)  # fmt: skip

_SHORT = {
    "u": "you", "ur": "your", "r": "are", "ru": "are you", "whats": "what is", "wats": "what is",
    "wat": "what", "wot": "what", "wots": "what is", "whos": "who is", "hoo": "who", "im": "i am",
    "dont": "do not", "cant": "can not", "c": "see", "y": "why", "gonna": "going to",
    "gunna": "going to", "meen": "mean", "rly": "really", "sumone": "someone", "ppl": "people",
}  # fmt: skip
"""As it is typed in a hurry; the same on both sides."""

_BEFORE = frozenset(
    {
        "hi", "hey", "hello", "but", "so", "and", "wait", "ok", "okay", "um", "er", "sayso", "btw",
        "omg", "lol", "like", "well", "oh", "please", "wtf",
    }
)  # fmt: skip
_AFTER = frozenset(
    {
        "please", "pls", "plz", "lol", "tho", "though", "then", "sayso", "btw", "really",
        "actually", "anyway", "again", "haha", "mate", "bro",
    }
)  # fmt: skip


def fixed_answer(words: str) -> Fixed | None:
    """The answer to a message that only asks Sayso something; None for any other."""
    if len(words) > LONGEST_ASKED:
        return None
    return _by_phrase().get(_evened(words))


def _evened(words: str) -> str:
    bare = re.sub(r"['’‘`]", "", words.casefold())
    found = re.findall(r"[^\W_]+", bare)
    spoken = " ".join(_SHORT.get(word, word) for word in found).split()
    while spoken and spoken[0] in _BEFORE:
        del spoken[0]
    while spoken and spoken[-1] in _AFTER:
        del spoken[-1]
    return " ".join(spoken)


@cache
def _by_phrase() -> dict[str, Fixed]:
    found = {_evened(phrase): fixed for fixed in FIXED for phrase in fixed.phrases}
    for entry in GLOSSARY:
        for word in entry.words:
            meaning = Fixed(entry.name, (), entry.means)
            for phrase in _asks_for(word):
                found.setdefault(_evened(phrase), meaning)
    return found


def _asks_for(word: str) -> tuple[str, ...]:
    """How one asks what a word means."""
    return (
        f"what is {word}", f"what is a {word}", f"what is an {word}", f"what is the {word}",
        f"what is my {word}", f"what are {word}", f"who is my {word}", f"who is the {word}",
        f"who are {word}", f"what does {word} mean", f"what does an {word} do",
        f"what does a {word} do", f"what does my {word} do", f"what do {word} mean",
        f"what do {word} do", f"who is {word}",
    )  # fmt: skip


def every_answer() -> dict[str, Text]:
    """By name: for a channel that carries only the name of what is said next."""
    return {fixed.name: fixed.says for fixed in _by_phrase().values()}
