"""An answer as what other programs paste."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextDocument

from grokdesk.ui.chat.answer_document import read, runs

_BODY = re.compile(r"<body[^>]*>")


def mime_of(markdown: str) -> QMimeData:
    """Rich text for word processors and the Markdown itself for everything else, together."""
    data = QMimeData()
    data.setText(markdown)
    data.setHtml(html_of(markdown))
    return data


def plain_mime_of(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def html_of(markdown: str) -> str:
    """HTML without our fonts and colours, so that what receives it uses its own; it loads nothing."""
    document = read(markdown)
    _forget_colours(document)
    return _BODY.sub("<body>", document.toHtml(), count=1)


def _forget_colours(document: QTextDocument) -> None:
    cursor = QTextCursor(document)
    for position, length, letters in list(runs(document)):
        if letters.isAnchor():
            letters.clearForeground()
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(letters)
