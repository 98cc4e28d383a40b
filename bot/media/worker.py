"""The process in which one file is made anew. It ends with it: what a file may do to the libraries
that read it, it does to no other file, no server and no disk.

    in:  the order as one line of JSON, then the file, to its end
    out: 1 and what it is as one line of JSON, then the content; or 0 and why not
"""

import json
import resource
import sys
from typing import BinaryIO

from bot.media.content import HEAD, kind
from bot.service.made import CannotMake, Limits, Made, Wrong
from conversations.attaching import Medium

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: the biggest picture that is let in takes half of it."""

CPU_SECONDS = 30
_FILES = 64


def confine() -> None:
    """From here on: so much memory and time, no file written, no child."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # its memory is somebody's picture


def remake(medium: Medium, limits: Limits, source: BinaryIO) -> Made:
    """`CannotMake`."""
    content = source.read(limits.bytes + 1)
    if not content:
        raise CannotMake(Wrong.EMPTY)
    if len(content) > limits.bytes:
        raise CannotMake(Wrong.TOO_BIG)
    found = kind(medium, content[:HEAD])
    if found is None:
        raise CannotMake(Wrong.NOT_THIS)
    try:
        if medium is Medium.PICTURE:
            from bot.media.pictures import picture  # noqa: PLC0415 - only what is needed

            return picture(content, found, limits)
        from bot.media.voice import voice  # noqa: PLC0415

        return voice(content, found, limits)
    except MemoryError:
        raise CannotMake(Wrong.TOO_LARGE) from None


def main() -> None:
    """One file, then the end."""
    confine()
    order = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    try:
        made = remake(Medium(order["medium"]), Limits(**order["limits"]), sys.stdin.buffer)
    except CannotMake as error:
        out.write(b"0" + error.wrong.value.encode())
        return
    what = {"media_type": made.media_type, "seconds": made.seconds}
    out.write(b"1" + json.dumps(what).encode() + b"\n")
    out.write(made.content)
    out.flush()


if __name__ == "__main__":
    main()
