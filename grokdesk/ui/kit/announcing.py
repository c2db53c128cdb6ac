"""Tells screen readers what happened, once, without moving the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6 import QtGui
from PySide6.QtWidgets import QWidget

Announcer = Callable[[QWidget, str], None]


def announce(widget: QWidget, words: str) -> None:
    """Polite: it waits until what is being read is over. Qt has announcements since 6.8."""
    event = getattr(QtGui, "QAccessibleAnnouncementEvent", None)
    if event is not None:
        QtGui.QAccessible.updateAccessibility(event(widget, words))
