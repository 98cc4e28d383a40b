"""What young people ask Sayso back, and the fixed answers. Nothing here is made up as it goes.

Only a whole message counts: “who reads this?” is asked, “I don't know who reads this at school” is
said. So words are matched whole, after small differences of typing are evened out; a message that
merely holds such words is an answer like any other.
"""

import re
from dataclasses import dataclass
from functools import cache

from conversations import texts, texts_later
from conversations.glossary import GLOSSARY
from conversations.wording import Text

LONGEST_ASKED = 80
"""Characters; whoever writes more is telling something."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One answer. `phrases` are what it answers, in small letters and as `_evened` leaves them;
    `(a|b|)` is one of these or nothing."""

    name: str
    phrases: tuple[str, ...]
    says: Text

    @property
    def examples(self) -> tuple[str, ...]:
        """The first way of each phrase, for people to read."""
        return tuple(_first_way(phrase) for phrase in self.phrases)


_THEIRS = (
    "carer", "carers", "foster carer", "foster carers", "foster mum", "foster dad", "mum", "dad",
    "parents", "family", "nan", "teacher",
)  # fmt: skip

_THEM = "|".join((*_THEIRS, "parent", "key worker", "keyworker", "foster parents", "foster parent"))

FIXED: tuple[Fixed, ...] = (
    Fixed(
        "real",
        (
            "(are you|you|is this|is it) (|really |actually )real",
            "(are you|is this|is it|am i talking to|am i speaking to|is this chat"
            "|are we talking to) (a|an|) (real|actual|real life|) (person|human|human being|robot"
            "|bot|computer|ai|machine)( typing| talking|)",
            "are you (a|) (robot|bot|computer) or (a |)(real|human|person|real person)",
            "is (there |)(a|an|some|any) (real |actual |)(one|person|human|body)"
            "( actually|) (there|here|reading this|typing)( now|)",
            "is (someone|anyone|somebody|anybody|there someone|there anyone|anyone actually"
            "|someone actually) (there|here|reading this)",
            "are you (alive|human|ai|chatgpt|chat gpt|siri|my iro|my social worker|a man or a woman"
            "|a boy or a girl|my review officer|my pa)",
            "is this (ai|chatgpt|chat gpt|my social worker|my iro|my pa)",
            "(who are you|what are you|who is this)( really|)",
            "who am i (talking|speaking|writing) to",
            "what is your name",
            "do you have (feelings|a name)",
            "how old are you",
        ),
        texts.FAQ_REAL,
    ),
    Fixed(
        "reads",
        (
            "who (reads|sees|gets|hears|looks at|checks) (this|it|my answers"
            "|what i (say|write|put))",
            "who (will|can|is going to|gets to|is allowed to) (read|see|hear|get|know)"
            " (this|it|my answers|what i (say|said|write|wrote|put)|all of this)",
            "who else (reads|sees|can see|can read|will see|gets) (this|it|my answers)",
            "who is (reading|seeing|looking at|getting) (this|it)",
            "(does|do|can|will) (anyone|anybody|people|everyone|everybody|other people|others"
            "|someone)( else|) (see|read|get|hear|know) (this|it|what i (say|said|write|wrote|put)"
            "|my answers)",
            "who (do|will) you (tell|send it to|send this to|show|show this to)",
            "who (does (this|it) go to|is (this|it) for)",
            "where (does (this|it)|do my answers|does what i (say|write)) go",
            "(is this|is it) (all |)(private|secret|confidential|anonymous|safe to say"
            "|just between us)",
            "(do you|will you|are you going to|you going to) tell (anyone|anybody|someone|people"
            "|my social worker|my iro|the police)( what i (say|said)|)",
            "(does|will|can|do) my (social worker|iro|review officer|pa|personal adviser"
            "|school|mates|friends) (see|read|get|hear|know) (this|it|my answers"
            "|what i (say|said|write|put))",
            "(does|will|can) the (police|court|judge|council|school) (see|read|get|hear) (this|it)",
            "what (happens to my answers|happens with (this|it))",
            "what do you do with (it|this|my answers)",
        ),
        texts.FAQ_READS,
    ),
    Fixed(
        "swear",
        (
            "(can i|can we|can you|may i|am i allowed to|are we allowed to|are you allowed to"
            "|can i just) (swear|cuss|curse|be rude)( on here| on this| in this| here| in here|)",
            "(can i|can we|may i|am i allowed to|are we allowed to) (use|say|write|type)"
            " (swear words|swearwords|bad words|rude words|bad language|swears|fuck|shit"
            "|the f word)( here| on here|)",
            "is (swearing|cussing|bad language) (ok|okay|allowed|fine|alright|bad|all right)",
            "is it (ok|okay|fine|alright|all right|bad) (to|if i) swear",
            "do you mind (if i swear|swearing)",
            "does it matter if i swear",
            "what if i swear",
            "(will i|do i|can i) get (in trouble|into trouble|told off) (for swearing|if i swear)",
        ),
        texts.FAQ_SWEAR,
    ),
    Fixed(
        "carer",
        (
            f"(will|can|does|do) my ({_THEM}) (see|read|hear|get|know|find out) (this|it|about this"
            "|about it|what i (say|said|write|wrote|put)|my answers)",
            f"(will|do) my ({_THEM}) find out",
            f"(will you|do you|are you going to) (tell|show) my ({_THEM})"
            "( this| what i (say|said)|)",
        ),
        texts.FAQ_CARER,
    ),
    Fixed(
        "trouble",
        (
            "(will i|can i|could i|do i|am i going to|will this) (get|be|get me) (in|into) trouble"
            "( for (this|saying this|saying that|what i say)|)",
            "(will i|can i|am i going to) get told off( for this|)",
            "am i in trouble( for this|)",
        ),
        texts.FAQ_TROUBLE,
    ),
    Fixed(
        "long",
        (
            "how long (is|does|will) (this|it)( take| going to take| going to be|)",
            "how long is this going to take",
            "how many( more|) (questions|)( are (left|there)| is left|)",
            "how much (longer|more is there|is left|more)",
            "is (it|this)( going to|)( take|) long",
            "is there much (more|left)",
            "are there (many|lots of|a lot of) questions",
            "when (does it end|is it finished)",
            "am i (nearly|almost) (done|finished|there)",
        ),
        texts.FAQ_LONG,
    ),
    Fixed(
        "must",
        (
            "(do i have to|do i need to|must i)( do( this| it)| say| answer( this| it| them all"
            "| everything| all the questions| all of them|)|)( all of them|)",
            "what if i do not (want to|want to answer|answer)( this| it|)",
            "what happens if i do not (answer|do it|do this)",
        ),
        texts.FAQ_MUST,
    ),
    Fixed(
        "skip",
        (
            "(can i|may i) (skip|miss|leave|not answer)( this| it| that| this one| that one|)",
            "can i stop( now| here|)",
            "can i (do this|finish) (later|another time)",
        ),
        texts.FAQ_SKIP,
    ),
    Fixed(
        "why",
        (
            "why (are you|do you) (asking|ask)( me|)( this| that| these| all this|)",
            "what is (this|it) for",
            "what is (this|the point)( of this|)",
            "why (do|should) i( have to|)( do this| do it| answer| say|)",
            "why do you (want|need) to know( this| that|)",
        ),
        texts.FAQ_WHY,
    ),
    Fixed(
        "change",
        (
            "can i (change|edit|undo|delete|take back|take) (it|this|that|my answer|my answers"
            "|my mind|what i (say|said|wrote|put))( later| back| back later| after|)",
            "can i undo",
        ),
        texts.FAQ_CHANGE,
    ),
    Fixed(
        "dont_know",
        (
            "what (do|should|can|am i meant to|am i supposed to) (i |)(say|write|put)( here|)",
            "what do you (want me to (say|write|put)|mean)",
            "what does (this|that|it) mean",
            "(i |)do not (understand|get)( it| this| the question|)",
            "(i |)do not know what (to|i should) (say|write|put)( here|)",
        ),
        texts.FAQ_DONT_KNOW,
    ),
    Fixed(
        "remind",
        (
            "(can you|will you|could you|) remind me( later| tomorrow| again| another day|)",
            "can i (get|have) a reminder",
            "(send|give) me a reminder",
        ),
        texts_later.FAQ_REMIND,
    ),
    Fixed(
        "over",
        (
            "(can i|how do i|how can i) (start over|restart|start"
            " it over|begin anew)( from the start| from the beginning|)",
        ),
        texts_later.FAQ_OVER,
    ),
)
"""Each phrase is a whole message. What is left out is kept as an answer, which is no harm; so
nothing stands here that could be one."""

_SHORT = {
    "u": "you", "ur": "your", "r": "are", "ru": "are you", "whats": "what is", "wats": "what is",
    "wat": "what", "wot": "what", "wots": "what is", "whos": "who is", "hoo": "who", "im": "i am",
    "dont": "do not", "cant": "can not", "c": "see", "y": "why", "gonna": "going to",
    "gunna": "going to", "meen": "mean", "rly": "really", "sumone": "someone", "ppl": "people",
    "idk": "i do not know", "dunno": "do not know", "aloud": "allowed", "wanna": "want to",
}  # fmt: skip
"""As it is typed in a hurry; the same on both sides."""

_BEFORE = frozenset(
    {
        "hi", "hey", "hello", "but", "so", "and", "wait", "ok", "okay", "um", "er", "sayso", "btw",
        "omg", "lol", "like", "well", "oh", "please", "wtf", "just", "bro", "erm",
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
    evened = _evened(words)
    found = _patterns().fullmatch(f"{evened} ")
    if found is not None and found.lastgroup is not None:
        return _BY_NAME[found.lastgroup]
    return _meanings().get(evened)


def _evened(words: str) -> str:
    bare = re.sub(r"['’‘`]", "", words.casefold())
    found = re.findall(r"[^\W_]+", bare)
    spoken = " ".join(_SHORT.get(word, word) for word in found).split()
    while spoken and spoken[0] in _BEFORE:
        del spoken[0]
    while spoken and spoken[-1] in _AFTER:
        del spoken[-1]
    return " ".join(spoken)


_BY_NAME = {fixed.name: fixed for fixed in FIXED}


@cache
def _meanings() -> dict[str, Fixed]:
    """By every way of asking what a word of the glossary means."""
    found: dict[str, Fixed] = {}
    for entry in GLOSSARY:
        for word in entry.words:
            meaning = Fixed(entry.name, (), entry.means)
            for phrase in _asks_for(word):
                found.setdefault(_evened(phrase), meaning)
    return found


def _first_way(pattern: str) -> str:
    """`(a|b) c( d|)` is `a c`."""
    while (inner := re.search(r"\(([^()]*)\)", pattern)) is not None:
        first, *others = inner[1].split("|")
        left_out = first.startswith(" ") and "" in others
        pattern = pattern[: inner.start()] + ("" if left_out else first) + pattern[inner.end() :]
    return " ".join(pattern.split())


def _as_regex(pattern: str) -> str:
    """`(a|b|) c` finds `a c `, `b c ` and `c `: each word with a space after it, so that what
    may be left out leaves no gap."""
    parts = re.findall(r"[a-z0-9]+|[()|]", pattern)
    return "".join({"(": "(?:", ")": ")", "|": "|"}.get(part, f"{part} ") for part in parts)


@cache
def _patterns() -> "re.Pattern[str]":
    """All of them at once, each in a group of its name."""
    return re.compile(
        "|".join(f"(?P<{fixed.name}>{'|'.join(map(_as_regex, fixed.phrases))})" for fixed in FIXED)
    )


def _asks_for(word: str) -> tuple[str, ...]:
    """How one asks what a word means."""
    return (
        f"what is {word}", f"what is a {word}", f"what is an {word}", f"what is the {word}",
        f"what is my {word}", f"what are {word}", f"who is my {word}", f"who is the {word}",
        f"who are {word}", f"what does {word} mean", f"what does an {word} do",
        f"what does a {word} do", f"what does my {word} do", f"what do {word} mean",
        f"what do {word} do", f"who is {word}", f"what even is an {word}", f"what even is {word}",
        f"what the hell is an {word}", f"what does {word} stand for", f"what is {word} short for",
        f"what do you mean by {word}", f"explain {word}", f"can you explain {word}",
        f"can you tell me what an {word} is", f"i do not know what an {word} is",
        f"i do not know what {word} means", f"i do not know what {word} is",
        f"what is the {word} for", f"what is an {word} for", f"who is an {word}",
        f"who even is my {word}", f"what does the {word} do", f"do i have an {word}",
        f"who are {word}s", f"what do {word}s do", f"is an {word} a social worker",
        f"is my {word} my social worker", f"is an {word}",
    )  # fmt: skip


def every_answer() -> dict[str, Text]:
    """By name: for a channel that carries only the name of what is said next."""
    return {fixed.name: fixed.says for fixed in (*FIXED, *_meanings().values())}
