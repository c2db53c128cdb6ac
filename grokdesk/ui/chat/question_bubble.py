"""What the person asked: pictures and text, at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from grokdesk.questions.context.context import EarlierPicture
from grokdesk.translation import _
from grokdesk.ui.chat.asked_picture import AskedPicture
from grokdesk.ui.chat.fitted_text import FittedText
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.theme import GAP_M, GAP_S, Theme

SHARE = 0.85
"""Of the width there is, the most that a question takes."""


class QuestionBubble(QFrame):
    cursor_moved = Signal(QWidget)
    """The text cursor of this view was moved by the person."""
    picture_chosen = Signal(object)
    """The EarlierPicture whose button was pressed."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        thumbnails: Sequence[tuple[QImage, str]],
        width: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "bubble")
        self.setAccessibleName(_("Your question"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_M, GAP_S, GAP_M, GAP_S)
        layout.setSpacing(GAP_S)
        self._pictures = QWidget()
        row = FlowLayout(self._pictures, GAP_S)
        self.pictures = [AskedPicture(theme, image, name) for image, name in thumbnails]
        for picture in self.pictures:
            picture.chosen.connect(self.picture_chosen)
            row.addWidget(picture)
        if thumbnails:
            layout.addWidget(self._pictures)
        self.text = FittedText(theme, "raised")
        self.text.setAccessibleName(_("Your question"))
        self.text.setPlainText(text)
        if text:
            layout.addWidget(self.text)
        self.text.cursor_moved.connect(self._pass_cursor)
        self.number: int | None = None
        """That of its turn in the conversation, None while it has none."""
        self._room = width
        self.set_room(width)

    @property
    def has_selection(self) -> bool:
        return self.text.has_selection

    @Slot()
    def _pass_cursor(self) -> None:
        self.cursor_moved.emit(self.text)

    def show_earlier(self, pictures: Sequence[EarlierPicture]) -> None:
        """Its own pictures of a conversation's, once it has a turn: which go along with the next question."""
        for earlier in pictures:
            if earlier.place[0] == self.number and earlier.place[1] < len(self.pictures):
                self.pictures[earlier.place[1]].show_earlier(earlier)
        self.set_room(self._room)

    def set_room(self, width: int) -> None:
        """The panel has ``width`` pixels for messages."""
        self._room = width
        most = max(80, round(width * SHARE) - 2 * GAP_M)
        words, wraps = self.text.toPlainText(), Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        needed = QFontMetrics(self.text.font()).boundingRect(0, 0, most, 1 << 20, wraps, words).width()
        self.text.setFixedWidth(min(most, needed + 2))
        pictures = self._pictures.layout()
        if pictures is not None and pictures.count():
            self._pictures.setFixedWidth(min(most, pictures.sizeHint().width()))
            self._pictures.setFixedHeight(pictures.heightForWidth(self._pictures.width()))
