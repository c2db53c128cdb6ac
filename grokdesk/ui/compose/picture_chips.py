"""The pictures of a question that is being written: a row of thumbnails that can be removed, and a way to add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from grokdesk.model import PreparedImage, Region
from grokdesk.providers.models.picture_tokens import TokenRange
from grokdesk.translation import _, ngettext
from grokdesk.ui.compose.picture_canvas import suggestion_fill
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.quantities import byte_size, number, pixel_size
from grokdesk.ui.kit.theme import CAPTION_SCALE, GAP_S, GAP_XS, HIT_TARGET, RADIUS_CONTROL, Theme

THUMBNAIL = QSize(52, 36)
NAME_WIDTH = 132


@dataclass(frozen=True, slots=True)
class ChipState:
    """One picture as the composer shows it. ``prepared`` is None until it is known how the picture will leave."""

    id: int
    name: str
    thumbnail: QImage | None = None
    prepared: PreparedImage | None = None
    error: str = ""
    """A sentence that says why it cannot be sent."""
    suggested: tuple[Region, ...] = ()
    """What is suggested to be redacted, in pixels of ``prepared``."""
    found: str = ""
    """The same in words."""
    is_scanning: bool = False
    """True while it is scanned for sensitive data."""
    redactions: int = 0
    """How many boxes are burnt in."""
    frame: int = 0
    """Which of the file's frames or pages it is; the first is 0."""

    @property
    def in_words(self) -> str:
        if self.error or self.found:
            return self.error or self.found.partition(":")[0]
        image = self.prepared
        if image is None:
            return _("Preparing…")
        size = pixel_size(image.width, image.height)
        if image.frames > 1:
            words = _("page {number} of {count}") if image.frame_word == "page" else _("frame {number} of {count}")
            size = f"{words.format(number=self.frame + 1, count=image.frames)} · {size}"
        return _("{size} · scanning…").format(size=size) if self.is_scanning else size

    @property
    def notes(self) -> tuple[str, ...]:
        count = self.redactions
        boxes = (ngettext("{count} redaction.", "{count} redactions.", count).format(count=count),) if count else ()
        return (*self.prepared.notes, *boxes) if self.prepared else ()


TokenRule = Callable[[Sequence[PreparedImage]], TokenRange | None]


def no_tokens(_images: Sequence[PreparedImage]) -> TokenRange | None:
    return None


def caption_of(pictures: Sequence[ChipState], tokens_of: TokenRule = no_tokens) -> str:
    """The pictures as they will leave: what one was and becomes, number and bytes of several; and tokens."""
    usable = [picture.prepared for picture in pictures if not picture.error]
    ready = [image for image in usable if image is not None]
    if len(ready) < len(usable):
        return _("Preparing…")
    if not ready:
        return ""
    tokens = tokens_of(ready)
    cost = []
    if tokens:
        words = _("about {least}–{most} tokens")
        cost = [words.format(least=number(tokens.least), most=number(tokens.most))]
    if len(ready) > 1:
        size = byte_size(sum(len(image.data) for image in ready))
        return "\n".join(
            [
                ngettext("{count} picture   {size}", "{count} pictures   {size}", len(ready)).format(
                    count=len(ready), size=size
                ),
                *cost,
            ]
        )
    only = ready[0]
    kind = only.media_type.removeprefix("image/").upper()
    leaves = f"{pixel_size(only.width, only.height)}   {kind}   {byte_size(len(only.data))}"
    came = _as_it_came(only, kind)
    return "\n".join([*([came, f"→  {leaves}"] if came else [leaves]), *cost])


def _as_it_came(image: PreparedImage, kind: str) -> str:
    """What the picture was before, if it leaves as something else."""
    size = pixel_size(image.source_width, image.source_height)
    is_whole = (image.source_width, image.source_height) == (image.width, image.height)
    if not image.source_format:
        return "" if is_whole else size
    if is_whole and image.source_format == kind and abs(image.source_bytes - len(image.data)) < image.source_bytes / 50:
        return ""
    return f"{size}   {image.source_format}   {byte_size(image.source_bytes)}"


class ThumbnailButton(QAbstractButton):
    """The thumbnail, which opens the picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setFixedSize(THUMBNAIL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard in the text
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def pixmap(self) -> QPixmap:
        return self._pixmap

    def show_picture(self, pixmap: QPixmap, words: str) -> None:
        self._pixmap = pixmap
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._pixmap)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_CONTROL - 2, RADIUS_CONTROL - 2)


class PictureChip(QFrame):
    """A thumbnail with its name, what it is, a menu, and a button that removes it; Delete does that too."""

    removed = Signal(int)
    opened = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, state: ChipState, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "picture")
        self._thumbnail, self._name, self._words = ThumbnailButton(self), QLabel(self), QLabel(self)
        self._thumbnail.clicked.connect(self._open)
        for label in (self._name, self._words):
            label.setFont(theme.font(CAPTION_SCALE))
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._more, self._remove = QToolButton(self), QToolButton(self)
        for button, slot in ((self._more, self._ask_menu), (self._remove, self._ask_removal)):
            button.setProperty("look", "icon")
            button.clicked.connect(slot)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self._name)
        texts.addWidget(self._words)
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_XS, GAP_XS, GAP_XS, GAP_XS)
        row.setSpacing(GAP_S)
        row.addWidget(self._thumbnail)
        row.addLayout(texts)
        row.addWidget(self._more)
        row.addWidget(self._remove)
        self.state = state
        self.show_state(state)
        theme.changed.connect(self._restyle)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard stops, in its order."""
        return self._thumbnail, self._more, self._remove

    @Slot()
    def _restyle(self) -> None:
        self.show_state(self.state)

    def show_state(self, state: ChipState) -> None:
        self.state = state
        self._thumbnail.show_picture(self._picture(), _("View {name} and redact parts of it").format(name=state.name))
        metrics = self._name.fontMetrics()
        for label, text in ((self._name, state.name), (self._words, state.in_words)):
            label.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, NAME_WIDTH))
        self._words.setProperty("look", "bad" if state.error else "caption")
        self._words.style().polish(self._words)
        self._remove.setIcon(self._theme.icon("close", "muted"))
        self._remove.setAccessibleName(_("Remove {name}").format(name=state.name))
        self._remove.setToolTip(_("Remove {name}").format(name=state.name))
        self._more.setIcon(self._theme.icon("more", "muted"))
        self._more.setAccessibleName(_("More for {name}").format(name=state.name))
        self._more.setToolTip(_("Send original, in parts, or cropped"))
        self._more.setVisible(not state.error)
        self.setToolTip("\n".join((state.name, state.found or state.in_words, *state.notes)))
        self.setAccessibleName(f"{state.name}: {state.found or state.in_words}")
        self.updateGeometry()

    def _picture(self) -> QPixmap:
        """The thumbnail, filled to the edges, with round corners; an icon while there is none."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(THUMBNAIL * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        whole = QRectF(0, 0, THUMBNAIL.width(), THUMBNAIL.height())
        path = QPainterPath()
        path.addRoundedRect(whole, RADIUS_CONTROL - 2, RADIUS_CONTROL - 2)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.fillRect(whole, self._theme.color("surface"))
        image = self.state.thumbnail
        if image is None or image.isNull():
            icon = self._theme.pixmap("warning" if self.state.error else "image", 20, "muted")
            painter.drawPixmap((THUMBNAIL.width() - 20) // 2, (THUMBNAIL.height() - 20) // 2, icon)
        else:
            shown = QSize(image.size()).scaled(THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRectF(0, 0, shown.width(), shown.height())
            place.moveCenter(whole.center())
            painter.drawImage(place, image)
            self._draw_suggested(painter, place)
        painter.end()
        return pixmap

    def _draw_suggested(self, painter: QPainter, place: QRectF) -> None:
        """Outlines, at least so large that they are seen: nothing is redacted yet, and nothing looks as if it were."""
        image = self.state.prepared
        if image is None:
            return
        for region in self.state.suggested:
            across, down = place.width() / image.width, place.height() / image.height
            box = QRectF(place.x() + region.x * across, place.y() + region.y * down, 0, 0)
            box.setSize(QSizeF(max(4.0, region.width * across), max(3.0, region.height * down)))
            painter.fillRect(box, suggestion_fill(self._theme))
            painter.setPen(QPen(self._theme.color("warn"), 1))
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self.state.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._thumbnail.hasFocus() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask_removal()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.state.error:
            self.menu_requested.emit(self.state.id, event.globalPos())

    @Slot()
    def _ask_menu(self) -> None:
        self.menu_requested.emit(self.state.id, self._more.mapToGlobal(self._more.rect().bottomLeft()))

    @Slot()
    def _ask_removal(self) -> None:
        self.removed.emit(self.state.id)


class PictureRow(QWidget):
    """Chips in the order of the question, then the button that adds one."""

    removed = Signal(int)
    opened = Signal(int)
    menu_requested = Signal(int, QPoint)
    add_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: dict[int, PictureChip] = {}
        self._flow = FlowLayout(self, GAP_S)
        self._add = QToolButton(self)
        self._add.setToolTip(_("Add a picture"))
        self._add.setAccessibleName(_("Add a picture"))
        self._add.setText(_("Add a picture"))
        self._add.setIconSize(QSize(20, 20))
        self._add.clicked.connect(self.add_requested)
        self._flow.addWidget(self._add)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def chips(self) -> tuple[PictureChip, ...]:
        return tuple(self._chips.values())

    @property
    def pictures(self) -> tuple[ChipState, ...]:
        return tuple(chip.state for chip in self._chips.values())

    @property
    def is_preparing(self) -> bool:
        return any(picture.prepared is None and not picture.error for picture in self.pictures)

    def set_pictures(self, pictures: Sequence[ChipState]) -> None:
        """Show these; chips of pictures that stay are kept, so that the focus stays too."""
        kept = {picture.id for picture in pictures}
        for gone in [chip for id_, chip in self._chips.items() if id_ not in kept]:
            self._flow.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        chips: dict[int, PictureChip] = {}
        for index, picture in enumerate(pictures):
            chip = self._chips.get(picture.id)
            if chip is None:
                chip = PictureChip(picture, self._theme, self)
                chip.removed.connect(self.removed)
                chip.opened.connect(self.opened)
                chip.menu_requested.connect(self.menu_requested)
                self._flow.insert_widget(index, chip)
                chip.show()
            else:
                chip.show_state(picture)
            chips[picture.id] = chip
        self._chips = chips
        before: QWidget = self
        for stop in (stop for chip in chips.values() for stop in chip.stops):
            QWidget.setTabOrder(before, stop)
            before = stop
        self._restyle()
        self.updateGeometry()

    @Slot()
    def _restyle(self) -> None:
        self._add.setIcon(self._theme.icon("add", "muted"))
        words = Qt.ToolButtonStyle.ToolButtonIconOnly if self._chips else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self._add.setToolButtonStyle(words)
        self._add.setProperty("look", "icon" if self._chips else "flush")
        self._add.style().polish(self._add)
        self._add.setFixedHeight(THUMBNAIL.height() + 2 * GAP_XS if self._chips else HIT_TARGET)
