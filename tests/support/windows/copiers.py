"""What copies to the clipboard of the test's own Qt, with no other program to help."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from grokdesk.system.session import Session
from grokdesk.ui.clipboard.clipboard import Copier
from tests.support.desktops.clipboards import MemoryClipboard


def plain_copier() -> Copier:
    return Copier(QGuiApplication.clipboard(), MemoryClipboard(), Session("x11", display=":0"))
