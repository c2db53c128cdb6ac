"""What tests/benchmarks says; what it measures is for people to look at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.rows import KEPT, Row, kept, table, tell
from tests.benchmarks.side_by_side import report

ROOT = Path(__file__).parents[2]


def test_rows_are_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows"
    assert kept(file) == []
    monkeypatch.setenv(KEPT, str(file))
    report("start, ours / theirs", [(0.02, 0.01), (0.03, 0.01), (0.01, 0.01)], 1.25)
    tell(Row("wake-ups", "3", goal="0"), "in 30 s")
    assert kept(file) == [
        Row("start, ours / theirs", "20 ms", "10 ms", "2 x", "<= 1.25 x"),
        Row("wake-ups", "3", goal="0"),
    ]
    first, second = (" ".join(line.split()) for line in capsys.readouterr().out.splitlines())
    assert first == "start, ours / theirs 2 x goal <= 1.25 x (20 ms / 10 ms, 3 rounds)"
    assert second == "wake-ups 3 goal 0 (in 30 s)"


def test_the_table_has_a_column_for_each_question() -> None:
    rows = [Row("start, ours / theirs", "20 ms", "10 ms", "2 x", "<= 1.25 x"), Row("wake-ups", "3", goal="0")]
    assert table(rows).splitlines() == [
        "row                    ours  baseline  ratio       goal",
        "start, ours / theirs  20 ms     10 ms    2 x  <= 1.25 x",
        "wake-ups                  3                           0",
    ]


def test_a_name_that_is_none_gets_the_names_there_are() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "redacting"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no redacting. There are: capture, " in done.stderr
    assert "side_by_side" not in done.stderr
