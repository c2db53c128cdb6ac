"""Two ways to do the same work, timed in turns, so that other load on the machine falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from tests.benchmarks.rows import Row, tell

Pairs = Sequence[tuple[float, float]]
"""What one and the other cost, round by round."""


def compare(
    what: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    goal: float | None,
    rounds: int = 7,
    timer: Callable[[], float] = time.perf_counter,
) -> None:
    """Tell how many times as long ``ours`` takes as ``theirs``: the median of the rounds' ratios.

    ``timer`` gives seconds; ``time.process_time`` leaves waiting out.
    """
    report(what, interleaved(rounds, lambda: _seconds(ours, timer), lambda: _seconds(theirs, timer)), goal)


def interleaved(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> Pairs:
    """What both measure, one after the other in each round. One more round goes first to warm up."""
    return [(ours(), theirs()) for _ in range(rounds + 1)][1:]


def ratio_of(pairs: Pairs) -> float:
    return statistics.median(one / other for one, other in pairs)


def report(what: str, pairs: Pairs, goal: float | None, unit: str = "ms", scale: float = 1000) -> None:
    """Tell the ratio of ``what`` ("ours / theirs") beside its goal, and the medians ``scale``d to ``unit``."""
    ours, theirs = (f"{statistics.median(column) * scale:.4g} {unit}" for column in zip(*pairs, strict=True))
    wanted = f"<= {goal:g} x" if goal is not None else ""
    tell(Row(what, ours, theirs, f"{ratio_of(pairs):.3g} x", wanted), f"{len(pairs)} rounds")


def _seconds(work: Callable[[], object], timer: Callable[[], float]) -> float:
    began = timer()
    work()
    return timer() - began
