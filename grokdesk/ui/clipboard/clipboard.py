"""Putting something on the clipboard, and looking whether it is there before anybody says so.

Under Wayland only a window that has the keys may copy, and Qt does not notice when the compositor ignores it. So there
another program is the witness, and without the keys it is that program that copies (``system.clipboard.tools``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QClipboard, QGuiApplication, QImage

from grokdesk.errors import GrokDeskError, NotPossibleHere
from grokdesk.model import Pixels
from grokdesk.system.clipboard.content import HTML, PNG, TEXT, Clipboard, Content
from grokdesk.system.session import Session
from grokdesk.translation import _
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.raw_image import image_from

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copied:
    """What is on the clipboard now, as it was read back; ``sentence`` is what to tell the person."""

    backend: str
    kinds: tuple[str, ...]
    sentence: str = field(default_factory=lambda: _("Copied"))


class Copier(QObject):
    """Copies one thing after the other; the newest wins. One of the two signals follows, perhaps at once."""

    copied = Signal(object)
    """A Copied."""
    failed = Signal(object)
    """A GrokDeskError: nothing was copied."""

    def __init__(
        self,
        clipboard: QClipboard,
        tools: Clipboard,
        session: Session,
        parent: QObject | None = None,
        has_keys: Callable[[], bool] = lambda: QGuiApplication.focusWindow() is not None,
    ) -> None:
        """``has_keys`` is true while a window of ours is the one that a person types into."""
        super().__init__(parent)
        self._clipboard = clipboard
        self._tools = tools
        self._session = session
        self._has_keys = has_keys
        self._job: QObject | None = None

    def copy(self, data: QMimeData) -> None:
        """``data`` is taken over."""
        self._drop()
        content, had_keys = content_of(data), self._has_keys()
        on_wayland = self._session.kind == "wayland"
        if (on_wayland and not had_keys) or not put(self._clipboard, data):
            self._run(lambda: _copied_by(self._tools, content))
        elif on_wayland and self._may_watch():
            self._run(lambda: _witnessed(self._tools, content))
        else:
            self.copied.emit(Copied("qt", tuple(content.forms)))

    def copy_text(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        self.copy(data)

    def copy_picture(self, pixels: Pixels) -> None:
        """As a PNG and as what Qt makes of it for programs that want another format."""
        self._drop()
        image = image_from(pixels)
        job = self._job = Job(single(lambda: png_of(image)), "clipboard picture", self)
        job.arrived.connect(lambda encoded: self.copy(picture_mime(image, encoded[0])))
        job.failed.connect(self.failed)
        job.start()

    def _may_watch(self) -> bool:
        """GNOME lets a program without a window look only while it takes the keys from ours."""
        return self._session.desktop != "gnome" and self._tools.state.works

    def _run(self, work: Callable[[], Copied]) -> None:
        job = self._job = Job(single(work), "clipboard", self)
        job.arrived.connect(lambda results: self.copied.emit(results[-1]))
        job.failed.connect(self._fail)
        job.start()

    def _fail(self, error: GrokDeskError) -> None:
        log.info("not copied: %s", error)
        hint = error.hint or self._tools.state.what_to_do
        if self._session.kind == "wayland" and not self._has_keys():
            hint = f"{_('Click into the window and copy there.')} {hint}".strip()
        self.failed.emit(NotPossibleHere(_("Nothing was copied."), f"{error.title} {hint}".strip()))

    def _drop(self) -> None:
        if isinstance(self._job, Job):
            self._job.drop()
        self._job = None


def put(clipboard: QClipboard, data: QMimeData) -> bool:
    """Put ``data`` on the clipboard, which takes it over; True when every form and the text are there afterwards."""
    formats, text, html, has_image = set(data.formats()), data.text(), data.html(), data.hasImage()
    size = _bytes_of(data, PNG)
    clipboard.setMimeData(data)
    there = clipboard.mimeData()
    if there is None or not formats <= set(there.formats()):
        return False
    return (there.text(), there.html(), there.hasImage(), _bytes_of(there, PNG)) == (text, html, has_image, size)


def content_of(data: QMimeData) -> Content:
    """What another program can put on the clipboard."""
    forms = {}
    if data.hasText():
        forms[TEXT] = data.text().encode("utf-8", "replace")
    if data.hasHtml():
        forms[HTML] = data.html().encode("utf-8", "replace")
    if data.hasFormat(PNG):
        forms[PNG] = bytes(data.data(PNG).data())
    return Content(forms)


def png_of(image: QImage) -> bytes:
    """Any thread may encode."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # 100 is not compressed at all; less takes longer and gains little. The stub wants bytes, the binding text.
    image.save(buffer, "PNG", 90)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def picture_mime(image: QImage, png: bytes) -> QMimeData:
    data = QMimeData()
    data.setData(PNG, png)
    data.setImageData(image)
    return data


def _bytes_of(data: QMimeData, kind: str) -> int:
    return data.data(kind).size() if data.hasFormat(kind) else 0


def _copied_by(tools: Clipboard, content: Content) -> Copied:
    if not content.forms:
        raise NotPossibleHere(_("Nothing to copy."))
    kinds = tools.copy(content)
    lost_format = HTML in content.forms and HTML not in kinds
    return Copied(tools.state.backend, kinds, _("Copied without formatting") if lost_format else _("Copied"))


def _witnessed(tools: Clipboard, content: Content) -> Copied:
    """Another program has seen what Qt copied, or has copied it itself."""
    try:
        agrees = tools.read(content.main) == content.forms.get(content.main)
    except NotPossibleHere as error:
        # A compositor that shows the clipboard to no program without a window; ours has the keys, so it may copy.
        log.info("no witness: %s", error)
        return Copied("qt", tuple(content.forms))
    return Copied("qt", tuple(content.forms)) if agrees else _copied_by(tools, content)
