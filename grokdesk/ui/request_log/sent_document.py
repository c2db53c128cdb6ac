"""A request as it left, as text to read: its line, its headers, its body with pictures in place of their base64."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QImage, QTextCharFormat, QTextCursor, QTextDocument

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere, PictureError
from grokdesk.model import Picture
from grokdesk.pictures.decode.opened import Opener
from grokdesk.pictures.prepare.thumbnails import thumbnail
from grokdesk.providers.http.audit import AsSent
from grokdesk.translation import _, ngettext
from grokdesk.ui.kit.captions import locale
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.raw_image import image_from
from grokdesk.ui.kit.theme import Theme
from grokdesk.usage.recent import shown_body

log = logging.getLogger(__name__)

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
        count = ngettext("{count} byte", "{count} bytes", len(self.data)).format(
            count=locale().toString(len(self.data))
        )
        return f"{size}{count}, SHA-256 {self.sha256}"


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


def read_request(sent: AsSent, opener: Opener, cancel: CancelSwitch) -> ShownRequest:
    """Decodes and hashes, so not on the thread of a window. Raises Cancelled."""

    def parts() -> Iterator[str | ShownPicture]:
        yield "\n".join([f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers), "", ""])
        for part in shown_body(sent):
            cancel.check()
            yield part if isinstance(part, str) else read_picture(part.data, opener, cancel)

    return ShownRequest(tuple(parts()))


def read_picture(data: bytes, opener: Opener, cancel: CancelSwitch) -> ShownPicture:
    """What left may be a file's own pixels, so it is decoded where foreign files are. Raises Cancelled."""
    size, small = QSize(), QImage()
    try:
        opened = opener(Picture(_("Sent image"), data), enough=THUMBNAIL.width(), cancel=cancel)
    except (PictureError, NotPossibleHere) as error:
        log.info("no thumbnail of what was sent: %s", error)
    else:
        size = QSize(opened.width, opened.height)
        small = image_from(thumbnail(opened.image, THUMBNAIL.width(), THUMBNAIL.height()))
    return ShownPicture(data, hashlib.sha256(data).hexdigest(), size, small)


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
        cursor.insertText(_("Save as a file…"), link)
        cursor.insertText("\n", plain)
        count += 1
