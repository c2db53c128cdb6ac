"""The program while it only waits in the tray: it has loaded nothing else, and nothing wakes it."""

from __future__ import annotations

import select
from pathlib import Path

from tests.benchmarks.idle import switches
from tests.benchmarks.programs import start_in_background
from tests.support.desktops.desktop import Desktop, wait_until

LATER = ("PySide6/QtNetwork", "PIL/_imaging", "cryptography/", "/_ssl.")
"""Libraries of Qt's network, pictures, the keyring and TLS, as they appear among the mapped files."""


def loaded(process: int) -> list[str]:
    mapped = Path(f"/proc/{process}/maps").read_text()
    return [name for name in LATER if name in mapped]


def test_it_loads_what_a_question_needs_when_one_comes_near(desktop: Desktop, tmp_path: Path) -> None:
    process = start_in_background(desktop, tmp_path)
    try:
        assert loaded(process.pid) == []
        desktop.key("ctrl+alt+g")
        wait_until(lambda: "/_ssl." in loaded(process.pid), "what a question needs")
        assert "PySide6/QtNetwork" not in loaded(process.pid)
        desktop.key("Escape")
    finally:
        desktop.end(process)


def test_nothing_wakes_it(desktop: Desktop, tmp_path: Path) -> None:
    process = start_in_background(desktop, tmp_path)
    try:
        counts = [switches(process.pid)]

        def is_quiet() -> bool:
            """For two seconds; right after the start the menu is still being told to the panel."""
            select.select([], [], [], 2)
            counts.append(switches(process.pid))
            return counts[-1] == counts[-2]

        wait_until(is_quiet, "a program that sleeps")
    finally:
        desktop.end(process)
