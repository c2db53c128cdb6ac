"""Two ways to do the same work, timed in turns, so that other load on the machine falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Pairs = Sequence[tuple[float, float]]
"""What one and the other cost, round by round."""


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
    pairs = interleaved(rounds, lambda: _seconds(a, timer), lambda: _seconds(b, timer))
    ms_a, ms_b = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"{label_a} / {label_b}: {ratio_of(pairs):.2f} x   ({ms_a:.1f} ms / {ms_b:.1f} ms, {rounds} rounds)")
    return ratio_of(pairs)


def interleaved(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> Pairs:
    """What both measure, one after the other in each round. One more round goes first to warm up."""
    return [(ours(), theirs()) for _ in range(rounds + 1)][1:]


def ratio_of(pairs: Pairs) -> float:
    return statistics.median(one / other for one, other in pairs)


def report(what: str, pairs: Pairs, goal: float | None, unit: str = "ms", scale: float = 1000) -> float:
    """Print the ratio of ``what`` ("ours / theirs") beside its goal, and the medians ``scale``d to ``unit``."""
    ours, theirs = (statistics.median(column) * scale for column in zip(*pairs, strict=True))
    beside = f"goal <= {goal:<5g}" if goal is not None else "no goal     "
    medians = f"{ours:.1f} {unit} / {theirs:.1f} {unit}, {len(pairs)} rounds"
    print(f"{what:58} {ratio_of(pairs):6.2f} x   {beside}   ({medians})", flush=True)
    return ratio_of(pairs)


def _seconds(work: Callable[[], None], timer: Callable[[], float]) -> float:
    began = timer()
    work()
    return timer() - began
