"""What a paste or a drop brings: pictures, files, links, text, and sentences about what cannot be used.

Nothing is read or downloaded here, so it is quick enough for the GUI thread; only pixels are copied.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QSysInfo, QUrl
from PySide6.QtGui import QColorSpace, QImage, QPixmap

from grokdesk.addresses import file_of
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decode.raw_pixels import opaque_pixels
from grokdesk.translation import N_, _
from grokdesk.ui.clipboard.web_page import WebPage, page_in

PASTED = N_("Pasted picture")
MAX_DATA_URL = 28 * 1024 * 1024
"""Characters of a ``data:`` link: 20 MiB of picture as base64."""
MOST_FROM_A_PAGE = 8
"""Of a part of a page that was copied, all of its pictures were hardly meant."""
_FILES = ("image/png", "image/jpeg", "image/webp")
_RICH = ("text/rtf", "application/rtf", "text/richtext")


@dataclass(frozen=True, slots=True)
class Incoming:
    """``refused`` holds a sentence for everything that was offered and cannot be taken."""

    pictures: tuple[Picture, ...] = ()
    files: tuple[Path, ...] = ()
    links: tuple[str, ...] = ()
    text: str = ""
    refused: tuple[str, ...] = ()

    @property
    def has_pictures(self) -> bool:
        """True when there are pictures, here or still to be fetched."""
        return bool(self.pictures or self.files or self.links)

    @property
    def is_empty(self) -> bool:
        return not (self.has_pictures or self.text or self.refused)


def may_be_taken(mime: QMimeData) -> bool:
    """Quick look while something is dragged over a window."""
    return mime.hasImage() or mime.hasUrls() or mime.hasText() or mime.hasHtml()


def incoming_from(mime: QMimeData) -> Incoming:
    """Sort out the formats of one paste or drop, which often say the same thing in several ways.

    Local files win: what comes with them is their names and icons. Pixels come next: links beside them only tell
    where they are from. Office programs add a picture of every text they copy, so text that comes with a rich
    version of itself is kept beside the picture, and the receiver may ask. A browser that has no pixels for a picture
    tells where it is in a piece of its page; the link beside it is where a click on the picture leads.
    """
    urls = mime.urls() if mime.hasUrls() else []
    if any(url.scheme().lower() == "file" for url in urls):
        return _from_urls(urls)
    if mime.hasImage():
        content = _file_in(mime) or _pixels_in(mime)
        if content:
            text = mime.text() if mime.hasText() and any(mime.hasFormat(each) for each in _RICH) else ""
            return Incoming(pictures=(Picture(_(PASTED), content),), text=text)
        if not urls and not mime.hasText() and not mime.hasHtml():
            return Incoming(refused=(_("The picture on the clipboard cannot be read."),))
    page = page_in(mime.html()) if mime.hasHtml() else WebPage()
    if page.pictures and (not page.words or (urls and len(page.pictures) == 1)):
        return _from_page(page)
    if urls and not _is_plain_words(urls, mime):
        return _from_urls(urls)
    return _from_text(mime, page)


def _from_text(mime: QMimeData, page: WebPage) -> Incoming:
    text = mime.text() if mime.hasText() else page.words
    if not page.pictures:
        nothing = Incoming(refused=(_nothing_usable(),)) if mime.formats() else Incoming()
        return Incoming(text=text) if text else nothing
    beside = _from_page(page)
    return Incoming(beside.pictures, links=beside.links, text=text) if text.strip() else beside


def _nothing_usable() -> str:
    return _("GrokDesk can't use this. Save the picture as a file and drop that.")


def _from_page(page: WebPage) -> Incoming:
    found = _from_urls([QUrl(address) for address in page.pictures[:MOST_FROM_A_PAGE]], is_of_page=True)
    return found if not found.is_empty else Incoming(refused=(_nothing_usable(),))


def _file_in(mime: QMimeData) -> bytes:
    """The picture as the other program wrote it: what is foreign is not made into pixels in this process."""
    for kind in _FILES:
        if mime.hasFormat(kind) and (content := bytes(mime.data(kind).data())):
            return content
    return b""


def _pixels_in(mime: QMimeData) -> Pixels | None:
    """Where there is no file that the decoder knows, Qt makes pixels of it."""
    data = mime.imageData()
    image = data.toImage() if isinstance(data, QPixmap) else data
    return pixels_of(image) if isinstance(image, QImage) and not image.isNull() else None


def pixels_of(image: QImage) -> Pixels:
    """A copy of ``image`` as BGRX rows in sRGB; what is transparent gets a ground that shows what is drawn."""
    if image.colorSpace().isValid() and image.colorSpace() != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    if image.hasAlphaChannel():
        straight = image.convertToFormat(QImage.Format.Format_ARGB32)
        return opaque_pixels(straight.constBits(), straight.width(), straight.height())
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    return Pixels(bytes(flat.constBits()), flat.width(), flat.height())


def _is_plain_words(urls: Iterable[QUrl], mime: QMimeData) -> bool:
    """Some programs call a word with a colon in it a link; then the text is what is meant."""
    return mime.hasText() and all(not url.isValid() or not url.scheme() for url in urls)


def _from_urls(urls: Iterable[QUrl], *, is_of_page: bool = False) -> Incoming:
    """``is_of_page``: the addresses were written by a web page, which may not choose files of this computer."""
    pictures: list[Picture] = []
    files: list[Path] = []
    links: list[str] = []
    refused: list[str] = []
    for url in urls:
        scheme = url.scheme().lower()
        if scheme == "file" and not is_of_page:
            _take_file(url, files, refused)
        elif scheme in ("http", "https") and url.host():
            links.append(_encoded(url))
        elif scheme == "data":
            _take_data_url(_encoded(url), pictures, refused)
        elif scheme:
            what = _("GrokDesk cannot open {scheme}: links. Save the picture as a file and drop that.")
            refused.append(what.format(scheme=scheme))
        else:
            refused.append(_("GrokDesk cannot open such links. Save the picture as a file and drop that."))
    return Incoming(tuple(pictures), tuple(files), tuple(links), refused=tuple(refused))


def _encoded(url: QUrl) -> str:
    return bytes(url.toEncoded().data()).decode("ascii")


def _take_file(url: QUrl, files: list[Path], refused: list[str]) -> None:
    """Also where a file manager writes this computer's name into the address."""
    try:
        file = file_of(_encoded(url), QSysInfo.machineHostName())
    except ValueError as error:
        refused.append(f"{error} {_('Copy it to this computer first.')}")
        return
    if file is None:
        return
    if file.is_dir():
        refused.append(_("{name} is a folder. Drop the pictures in it instead.").format(name=file.name or file))
    else:
        files.append(file)


def _take_data_url(url: str, pictures: list[Picture], refused: list[str]) -> None:
    """``data:[type][;base64],content``: https://www.rfc-editor.org/rfc/rfc2397"""
    if len(url) > MAX_DATA_URL:
        refused.append(_("The picture in the link is larger than 20 MiB. Save it as a file and drop that."))
        return
    head, comma, content = url[len("data:") :].partition(",")
    media_type, *parameters = head.lower().split(";")
    if not comma or not media_type.strip().startswith("image/"):
        kind = media_type.strip() or _("text")
        refused.append(_("The link contains {kind}, not a picture.").format(kind=kind))
        return
    data = unquote_to_bytes(content)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error:
            refused.append(_("The picture in the link is damaged."))
            return
    pictures.append(Picture(_(PASTED), data))
