"""How long reading for danger takes, and how much memory its phrases (`docs/safeguarding.md`).

python -m benchmarks.safeguarding [--rounds 30]

At most 1 ms for 1,000 characters of what a young person writes, and 20 MB. Hostile text may take
more, but no more for each character than a bound.
"""

import argparse
import subprocess
import sys
import time

from conversations.hearing import LONGEST
from conversations.safeguarding.detecting import detect

LIMIT_MILLISECONDS = 1.0  # for 1,000 characters
LIMIT_MEGABYTES = 20.0
_ORDINARY = (
    "I like living with my carers but sometimes my brother is annoying and I would like to see my "
    "mum more. School is ok, we did a science test and my teacher said it was good. "
)
_TEXTS = {
    "an ordinary answer": _ORDINARY,
    "disclosures": "my dad hits me and i want to die ",
    "negated": "i never want to die ",
    "no words": "zxcvbnmq ",
    "misspelt": "suicdal abuesd pregnent ",
}
_LOADING = """
import re
import tomllib, unicodedata, importlib.resources, dataclasses, conversations.hearing
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before = peak()
from conversations.safeguarding import language
language.languages()
print(peak() - before)
"""


def milliseconds(text: str, rounds: int) -> float:
    """Of the processor, for the text once; the best of some rounds: others may have the cores."""
    best = float("inf")
    for _round in range(rounds):
        begun = time.process_time()
        detect(text, "en")
        best = min(best, time.process_time() - begun)
    return best * 1000


def megabytes() -> float:
    """What loading the phrases takes at its peak, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.safeguarding", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    ordinary = 0.0
    for name, unit in _TEXTS.items():
        short = milliseconds((unit * LONGEST)[:1_000], rounds)
        long = milliseconds((unit * LONGEST)[:LONGEST], max(3, rounds // 10))
        print(f"{name}: {short:.2f} ms for 1,000 characters, {long:.2f} ms for {LONGEST:,}")
        ordinary = ordinary or short
    memory = megabytes()
    print(f"{memory:.1f} MB of memory")
    return 0 if ordinary <= LIMIT_MILLISECONDS and memory <= LIMIT_MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
