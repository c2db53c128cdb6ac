"""A line that counts the earlier pictures that go along, and the list behind it in which each can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from grokdesk.model.request_limits import Place
from grokdesk.questions.context.context import Context, EarlierPicture
from grokdesk.translation import _, ngettext
from grokdesk.ui.kit.controls import caption_label
from grokdesk.ui.kit.placing import within
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.theme import CAPTION_SCALE, GAP_M, GAP_S, GAP_XS, Theme

LIST_WIDTH, LIST_HEIGHT = 340, 320
NAME_WIDTH = LIST_WIDTH - 80


class EarlierLine(QPushButton):
    """Hidden while there is nothing to say."""

    chosen = Signal(object)
    """The EarlierPicture for which the person wants the other thing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ""
        self.setProperty("look", "flush")
        self.setIconSize(QSize(16, 16))
        self.setFont(theme.font(CAPTION_SCALE))
        self.setToolTip(_("Choose which pictures are included with the next question"))
        self.list = EarlierList(theme, self)
        self.list.chosen.connect(self.chosen)
        self.clicked.connect(self._open)
        self.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_context(self, context: Context) -> None:
        self._say(words_for(context))
        self.list.show_pictures(context.pictures)
        self.setEnabled(bool(context.pictures))

    def show_problem(self, words: str) -> None:
        """The question cannot go at all."""
        self._say(words)

    def show_nothing(self) -> None:
        self._say("")

    @property
    def words(self) -> str:
        """What it says, whole."""
        return self._words

    def _say(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if not words:
            self.list.hide()
        self._fit()

    def _fit(self) -> None:
        room = max(80, self.width() - 40)
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _open(self) -> None:
        self.list.open_above(self.mapToGlobal(QPoint(0, 0)))

    @Slot()
    def _restyle(self) -> None:
        self.setIcon(self._theme.icon("image", "muted"))


class EarlierList(QFrame):
    """A popup with a box for each picture, the newest last, as in the conversation."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme, self._line = theme, parent
        self._pictures: dict[Place, EarlierPicture] = {}
        self._rows: dict[Place, _Row] = {}
        self.setProperty("look", "composer")
        self.setAccessibleName(_("Earlier pictures"))
        self.setWindowTitle(_("Earlier pictures"))
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(GAP_M, GAP_S, GAP_M, GAP_S)
        self._column.setSpacing(GAP_S)
        self._column.addStretch(1)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._area)

    def show_pictures(self, pictures: Sequence[EarlierPicture]) -> None:
        """Rows of pictures that stay are kept, so that the focus stays too."""
        self._pictures = {picture.place: picture for picture in pictures}
        for place in [place for place in self._rows if place not in self._pictures]:
            row = self._rows.pop(place)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for at, (place, picture) in enumerate(self._pictures.items()):
            if place not in self._rows:
                self._rows[place] = _Row(self._theme)
                self._rows[place].pressed.connect(partial(self._press, place))
                self._column.insertWidget(at, self._rows[place])
            self._rows[place].show_picture(picture)

    @property
    def boxes(self) -> list[QCheckBox]:
        return [row.box for row in self._rows.values()]

    def open_above(self, corner: QPoint) -> None:
        """With its lower left corner there, in global coordinates, and on the screen."""
        wanted = self._content.sizeHint().height() + 4
        self.setFixedSize(LIST_WIDTH, min(LIST_HEIGHT, wanted))
        place = QPoint(corner.x(), corner.y() - self.height() - GAP_XS)
        self.move(within(place, self.size(), self._line.screen().availableGeometry()))
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if boxes := self.boxes:
            boxes[-1].setFocus(Qt.FocusReason.PopupFocusReason)
            self._area.ensureWidgetVisible(boxes[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _press(self, place: Place) -> None:
        self.chosen.emit(self._pictures[place])


class _Row(QWidget):
    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.box, self._why = QCheckBox(), caption_label(theme)
        self.box.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.box)
        column.addWidget(self._why)

    def show_picture(self, picture: EarlierPicture) -> None:
        size = f", {pixel_size(picture.width, picture.height)}" if picture.width else ""
        whole = picture.name + size
        fitting = self.box.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, NAME_WIDTH)
        self.box.setText(fitting.replace("&", "&&"))
        self.box.setAccessibleName(whole)
        self.box.setChecked(picture.goes)
        why = f"{picture.why[:1].upper()}{picture.why[1:]}." if picture.why else ""
        if picture.why and not picture.may_go:
            why += " " + _("Choose it to add it to your question.")
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.box.setAccessibleDescription(why)


def words_for(context: Context) -> str:
    """``2 earlier pictures included, 3 not``"""
    going = sum(picture.goes for picture in context.pictures)
    staying = len(context.pictures) - going
    parts = []
    if going and staying:
        sentence = ngettext(
            "{count} earlier picture included, {rest} not", "{count} earlier pictures included, {rest} not", going
        )
        parts.append(sentence.format(count=going, rest=staying))
    elif going:
        parts.append(
            ngettext("{count} earlier picture included", "{count} earlier pictures included", going).format(count=going)
        )
    elif staying:
        sentence = ngettext("{count} earlier picture not included", "{count} earlier pictures not included", staying)
        parts.append(sentence.format(count=staying))
    if context.left_out:
        sentence = ngettext(
            "the oldest question does not fit", "the {count} oldest questions do not fit", context.left_out
        )
        parts.append(sentence.format(count=context.left_out))
    words = "; ".join(parts)
    return words[:1].upper() + words[1:]
