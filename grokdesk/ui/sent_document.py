"""A request as it left, as text to read: its line, its headers, its body with pictures in place of their base64."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QFontDatabase, QImage, QImageReader, QTextCharFormat, QTextCursor, QTextDocument

from grokdesk.accounts.sent import shown_body
from grokdesk.cancel import CancelSwitch
from grokdesk.providers.travel import AsSent
from grokdesk.ui.panel.captions import locale
from grokdesk.ui.quantities import pixel_size
from grokdesk.ui.theme import Theme

THUMBNAIL = QSize(240, 160)
SAVE = "save:"
"""The link below a picture: this and the picture's number."""
_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}


@dataclass(frozen=True, slots=True)
class ShownPicture:
    data: bytes = field(repr=False)
    sha256: str
    size: QSize
    thumbnail: QImage = field(repr=False)

    @property
    def file_ending(self) -> str:
        return next((kind for start, kind in _KINDS.items() if self.data.startswith(start)), "bin")

    @property
    def words(self) -> str:
        size = f"{pixel_size(self.size.width(), self.size.height())}, " if self.size.isValid() else ""
        return f"{size}{locale().toString(len(self.data))} bytes, SHA-256 {self.sha256}"


@dataclass(frozen=True, slots=True)
class ShownRequest:
    parts: tuple[str | ShownPicture, ...]

    @property
    def pictures(self) -> list[ShownPicture]:
        return [part for part in self.parts if isinstance(part, ShownPicture)]

    @property
    def text(self) -> str:
        """For the clipboard: a picture's base64 is its description in angle brackets."""
        return "".join(f"<{part.words}>" if isinstance(part, ShownPicture) else part for part in self.parts)


def read_request(sent: AsSent, cancel: CancelSwitch) -> ShownRequest:
    """Decodes and hashes, so not on the thread of a window. Raises Cancelled."""

    def parts() -> Iterator[str | ShownPicture]:
        yield "\n".join([f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers), "", ""])
        for part in shown_body(sent):
            cancel.check()
            yield part if isinstance(part, str) else read_picture(part.data)

    return ShownRequest(tuple(parts()))


def read_picture(data: bytes) -> ShownPicture:
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid():
        small = size.scaled(THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(small if small.width() < size.width() else size)
    return ShownPicture(data, hashlib.sha256(data).hexdigest(), size, reader.read())


def fill(document: QTextDocument, words: str, request: ShownRequest | None, theme: Theme) -> None:
    """``words`` about the request, and then the request itself as far as it is there."""
    document.clear()
    document.setDefaultFont(theme.font())
    cursor, plain, about = QTextCursor(document), QTextCharFormat(), QTextCharFormat()
    about.setForeground(theme.color("muted"))
    cursor.insertText(words, about)
    if request is None:
        return
    plain.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    cursor.insertText("\n\n", plain)
    count = 0
    for part in request.parts:
        if isinstance(part, str):
            cursor.insertText(part, plain)
            continue
        cursor.insertText("\n", plain)
        if not part.thumbnail.isNull():
            cursor.insertImage(part.thumbnail)
            cursor.insertText("\n", plain)
        cursor.insertText(f"{part.words} ", about)
        link = QTextCharFormat()
        link.setAnchor(True)
        link.setAnchorHref(f"{SAVE}{count}")
        link.setForeground(theme.color("accent"))
        link.setFontUnderline(True)
        cursor.insertText("Save as a file…", link)
        cursor.insertText("\n", plain)
        count += 1
