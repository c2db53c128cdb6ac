"""What was measured: a row is printed as soon as it is known, and all of them as a table at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

KEPT = "GROKDESK_BENCHMARK_ROWS"
"""Names the file that a benchmark, which runs in a process of its own, leaves its rows in."""


@dataclass(frozen=True, slots=True)
class Row:
    """In words, with units; "" where there is no such thing."""

    row: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    goal: str = ""


def tell(row: Row, more: str = "") -> None:
    """``more`` is printed with it and not kept."""
    about = ", ".join(part for part in (f"{row.ours} / {row.baseline}" if row.baseline else "", more) if part)
    goal = f"goal {row.goal}" if row.goal else "no goal"
    print(f"{row.row:58} {row.ratio or row.ours:>9}   {goal:15} {f'({about})' if about else ''}".rstrip(), flush=True)
    if file := os.environ.get(KEPT):
        with Path(file).open("a", encoding="utf-8") as rows:
            rows.write(json.dumps(astuple(row)) + "\n")


def kept(file: Path) -> list[Row]:
    return [Row(*json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def table(rows: Iterable[Row]) -> str:
    lines = [tuple(field.name for field in fields(Row)), *map(astuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join((line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:]))).rstrip() for line in lines
    )
