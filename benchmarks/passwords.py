"""How long one password takes: `python -m benchmarks.passwords`. About 100 ms is meant.

Prints one JSON object: milliseconds for a check, alone and two at once, and how late the event loop
was meanwhile.
"""

import asyncio
import json
import statistics
import time

from bot.access.passwords import AT_ONCE, HASHER, Passwords

_TRIES = 20


async def _measure() -> dict[str, float]:
    passwords = Passwords()
    kept = await passwords.hash("kettle marble otter 7")
    late: list[float] = []

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - before - 0.005)

    async def one() -> float:
        before = time.perf_counter()
        await passwords.matches(kept, "a guess")
        return time.perf_counter() - before

    alone = [await one() for _ in range(_TRIES)]
    beating = asyncio.create_task(beat())
    together = []
    for _ in range(_TRIES // AT_ONCE):
        together += await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    beating.cancel()
    passwords.close()
    return {
        "memory_kib": HASHER.memory_cost,
        "passes": HASHER.time_cost,
        "fastest_ms": round(min(alone) * 1000, 1),  # what a machine that does nothing else takes
        "alone_ms": round(statistics.median(alone) * 1000, 1),
        "two_at_once_ms": round(statistics.median(together) * 1000, 1),
        "loop_late_ms_p99": round(sorted(late)[int(len(late) * 0.99) - 1] * 1000, 1),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure())))
