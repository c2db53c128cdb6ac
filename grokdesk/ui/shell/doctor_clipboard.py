"""Qt's clipboard, tried in the running program without losing what is on it."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard

from grokdesk.system.part_state import PartState
from grokdesk.translation import _
from grokdesk.ui.clipboard.clipboard import put

IMAGE = "application/x-qt-image"
"""How Qt lists a picture; it has no bytes of its own."""
MOST_FORMATS, MOST_BYTES = 12, 64 * 1024 * 1024
NOT_FOR_HISTORIES = "x-kde-passwordManagerHint"
"""Clipboard managers keep nothing that has it."""


def check_qt_clipboard(clipboard: QClipboard) -> PartState:
    """Not written to when not everything on it could be put back."""
    there = clipboard.mimeData()
    before = _copy_of(there) if there is not None else QMimeData()
    if before is None:
        return PartState(
            "ok", "qt", _("Qt reads the clipboard. Not tested further: its content could not be restored.")
        )
    formats = set(before.formats())
    test = QMimeData()
    test.setText(_("GrokDesk doctor {token_hex}").format(token_hex=secrets.token_hex(4)))
    test.setHtml(f"<b>{test.text()}</b>")
    test.setData(NOT_FOR_HISTORIES, b"secret")
    works = put(clipboard, test)
    if not formats:
        clipboard.clear()
        is_back = True
    else:
        is_back = put(clipboard, before)
    if not works:
        return PartState(
            "degraded", "qt", _("The clipboard did not keep a test value."), _("Another program may be using it.")
        )
    if not is_back:
        return PartState("degraded", "qt", _("The clipboard content could not be restored."), _("Copy it again."))
    kept = _("What you had copied was restored.") if formats else _("It was empty and is empty again.")
    return PartState("ok", "qt", _("Rich and plain text were copied and read back. {kept}").format(kept=kept))


def _copy_of(data: QMimeData) -> QMimeData | None:
    """All of it, or None when some of it cannot be had."""
    formats = data.formats()
    if len(formats) > MOST_FORMATS:
        return None
    copy, size = QMimeData(), 0
    for kind in formats:
        if kind == IMAGE:
            copy.setImageData(data.imageData())
            continue
        content = data.data(kind)
        size += content.size()
        if content.isEmpty() or size > MOST_BYTES:
            return None
        copy.setData(kind, content)
    return copy
