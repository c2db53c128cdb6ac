"""Two ways to do the same work, timed in turns, so that other load on the machine falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def compare(
    label_a: str,
    a: Callable[[], None],
    label_b: str,
    b: Callable[[], None],
    rounds: int = 7,
    timer: Callable[[], float] = time.perf_counter,
) -> float:
    """How many times as long ``a`` takes as ``b``: the median of the rounds' ratios. Prints one line.

    One more round goes first to warm up. ``timer`` gives seconds; ``time.process_time`` leaves waiting out.
    """
    pairs = [(_seconds(a, timer), _seconds(b, timer)) for _ in range(rounds + 1)][1:]
    ratio = statistics.median(one / other for one, other in pairs)
    ms_a, ms_b = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"{label_a} / {label_b}: {ratio:.2f} x   ({ms_a:.1f} ms / {ms_b:.1f} ms, {rounds} rounds)")
    return ratio


def _seconds(work: Callable[[], None], timer: Callable[[], float]) -> float:
    began = timer()
    work()
    return timer() - began
