"""How many reviews the statutory clock judges a second of the processor: 200,000 asked.

python -m benchmarks.timescales
"""

from datetime import date, timedelta
from random import Random
from time import process_time

from bot.service.bank_holidays import england_and_wales
from conversations.timescales import Care, timed

_CHILDREN = 30_000
_REVIEWS = 8


def main() -> None:
    holidays = england_and_wales()
    chance = Random(1)
    histories = []
    for _ in range(_CHILDREN):
        began = date(2016, 1, 1) + timedelta(days=chance.randrange(2500))
        held, day = [], began
        for _review in range(_REVIEWS):
            day += timedelta(days=chance.choice((25, 30, 90, 180, 183)))
            held.append(day)
        histories.append(((Care(began),), held))
    started = process_time()
    judged = sum(len(timed(cares, held, holidays)) for cares, held in histories)
    took = process_time() - started
    print(f"{judged:,} reviews in {took:.2f} s: {judged / took:,.0f} a second.")


if __name__ == "__main__":
    main()
