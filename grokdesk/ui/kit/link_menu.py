"""Asks before a link is opened, and shows where it really goes."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from grokdesk.translation import _

_OPENED = ("http", "https")
_LONGEST = 80


class LinkMenu(QMenu):
    open_requested = Signal(str)
    copy_requested = Signal(str)

    def __init__(self, address: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._address = address
        url = QUrl(address)
        self.setAccessibleName(_("Link to {address}").format(address=address))
        where = self.addAction(_shown(address))
        where.setEnabled(False)
        self.addSeparator()
        is_mail = url.scheme().lower() == "mailto" and bool(url.path())
        # Without a host a browser would look for a file or search the web for it.
        if is_mail or (url.scheme().lower() in _OPENED and _host(url)):
            what = _("Write an email") if is_mail else _("Open {host} in the browser").format(host=_host(url))
            self.setDefaultAction(self.addAction(what, self._open))
        self.addAction(_("Copy link address"), self._copy)

    @Slot()
    def _open(self) -> None:
        self.open_requested.emit(self._address)

    @Slot()
    def _copy(self) -> None:
        self.copy_requested.emit(self._address)


def _host(url: QUrl) -> str:
    """As it is looked up: letters that imitate others show as ``xn--``."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)


def _shown(address: str) -> str:
    """Shortened at the end, which a deceiver may fill; ``&`` would underline a letter."""
    short = address if len(address) <= _LONGEST else f"{address[:_LONGEST]}…"
    return short.replace("&", "&&")
