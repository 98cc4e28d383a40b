"""How far something is that takes a while: a bar on a terminal, nothing anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], object]]:
    """Call what this gives with how many more of how many are done."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _more, _of: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda more, of: progress.update(task, advance=more, total=of)
