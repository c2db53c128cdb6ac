"""The child process in which doctor starts Qt: one line of JSON about it, or whatever Qt says when it cannot start."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication


def main() -> int:
    app = QApplication(sys.argv[:1])
    screens = []
    for screen in app.screens():
        size, ratio = screen.geometry().size(), screen.devicePixelRatio()
        screens.append(f"{size.width()}x{size.height()}" + (f" at {ratio:g}" if ratio != 1 else ""))
    about = {"Qt": f"{qVersion()} on {app.platformName()}", "with": ", ".join(screens) or "no screen"}
    sys.stdout.write(json.dumps(about) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
