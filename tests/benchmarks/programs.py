"""The programs that benchmarks start: ours as a person starts it, and the least that could do the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.desktops.desktop import Desktop, wait_until

GROKDESK = str(Path(sys.executable).with_name("grokdesk"))
HOTKEY = (0xFFE3, 0xFFE9, ord("g"))
"""Control_L, Alt_L and g, as keysyms: the hotkey that a capture has at first."""
ESCAPE = 0xFF1B

BARE_TRAY = """
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

app = QApplication([])
picture = QPixmap(32, 32)
picture.fill("red")
tray = QSystemTrayIcon(QIcon(picture))
tray.show()
app.exec()
"""

BARE_WINDOW = """
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

app = QApplication([])
window = QWidget()
window.resize(640, 720)
inside = QVBoxLayout(window)
for part in (QTextBrowser(), QPlainTextEdit(), QPushButton("Ask")):
    inside.addWidget(part)
window.show()
app.exec()
"""


def home_in(folder: Path) -> dict[str, str]:
    """An environment in which GrokDesk has been started before and keeps everything below ``folder``."""
    config = folder / "home" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "settings.toml").write_text("first_run_done = true\n")
    return {"GROKDESK_HOME": str(folder / "home")}


def script_in(folder: Path, code: str) -> tuple[str, str]:
    """The command that runs ``code``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "script.py"
    file.write_text(code)
    return sys.executable, str(file)


def start_in_background(desktop: Desktop, folder: Path) -> subprocess.Popen[bytes]:
    """GrokDesk in the tray, with its hotkey bound, which the tool tip tells."""
    process = desktop.start(GROKDESK, "--background", environment=home_in(folder))
    item = desktop.wait_for_tray_item("GrokDesk")
    wait_until(lambda: "Ctrl+Alt+G" in str(item.read("ToolTip")), "a bound hotkey")
    return process
