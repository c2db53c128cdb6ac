"""Which kept turns answer one question side by side, and which of them is the best.

A place is taken again when a column is asked again; a vote then counts for the newest turn there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

JUDGE = 0
"""The place of whoever judges; the answers have 1, 2, ..."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn stands in a comparison."""

    comparison_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What is kept of a turn's part in a comparison."""

    comparison_id: str
    position: int
    voted_best: bool = False
    """By the person."""
    judged_best: bool = False
    """By the judge."""

    @property
    def in_words(self) -> str:
        """``comparison 3f2a, column 2, voted best``"""
        words = [f"comparison {self.comparison_id[:8]}"]
        words.append("the judge" if self.position == JUDGE else f"column {self.position}")
        words += ["voted best"] * self.voted_best + ["judged best"] * self.judged_best
        return ", ".join(words)


def note_place(connection: sqlite3.Connection, turn_id: int, place: Place) -> None:
    connection.execute(
        "INSERT INTO compared (turn_id, comparison_id, position) VALUES (?, ?, ?)",
        (turn_id, place.comparison_id, place.position),
    )


def places_of(connection: sqlite3.Connection, turn_ids: Iterable[int]) -> dict[int, Compared]:
    found: dict[int, Compared] = {}
    for turn_id in turn_ids:
        row = connection.execute(
            "SELECT comparison_id, position, voted_best, judged_best FROM compared WHERE turn_id = ?", (turn_id,)
        ).fetchone()
        if row is not None:
            found[turn_id] = Compared(row[0], row[1], bool(row[2]), bool(row[3]))
    return found


def mark_best(connection: sqlite3.Connection, place: Place, *, by_judge: bool) -> bool:
    """Let the newest turn at this place be the best one of its comparison; False when there is none."""
    column = "judged_best" if by_judge else "voted_best"
    (turn_id,) = connection.execute(
        "SELECT max(turn_id) FROM compared WHERE comparison_id = ? AND position = ?",
        (place.comparison_id, place.position),
    ).fetchone()
    if turn_id is None:
        return False
    # The column is one of two words above; values are bound.
    connection.execute(
        f"UPDATE compared SET {column} = (turn_id = ?) WHERE comparison_id = ?",  # noqa: S608
        (turn_id, place.comparison_id),
    )
    return True
