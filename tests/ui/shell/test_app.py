from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
from grokdesk.ui.shell.app import run

def make_services(tell):
    raise ValueError("planted")

try:
    run(make_services, {"GROKDESK_HOME": HOME}, ("background",))
except ValueError as error:
    print(error)
"""


def test_a_program_that_cannot_be_made_ends_and_says_why(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("HOME}", f"{str(tmp_path)!r}}}")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "planted\n", done.stderr
    assert "Traceback" not in done.stderr
