"""A panel to test: what is shown to it, what it said, and its clock."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.errors import GrokDeskError
from grokdesk.model import FINISHED, Answer, Ended, Message, PreparedImage, Question, Turn
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.kit.theme import Theme

LONG = "".join(f"Paragraph {n} of a long answer that has to be scrolled.\n\n" for n in range(60))
IMAGE = PreparedImage("shot", b"x" * 217_000, "image/png", 1284, 716, "0", 1284, 716)


class Desk:
    """A panel with a clock that is set by hand, and what it told a screen reader."""

    def __init__(self, theme: Theme) -> None:
        self.said: list[str] = []
        self.now = 100.0
        self.panel = ConversationPanel(
            theme, clock=lambda: self.now, announcer=lambda _widget, words: self.said.append(words)
        )

    def answer(self) -> AnswerCard:
        return self.panel.transcript.answers[-1]

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.answer().count()


def ended(
    text: str = "",
    images: tuple[PreparedImage, ...] = (),
    *,
    finish: str = FINISHED,
    error: GrokDeskError | None = None,
    **facts: object,
) -> Ended:
    answer = Answer(text=text, finish=finish, **facts)  # type: ignore[arg-type]  # the fields of Answer
    return Ended(Turn(Question("q"), Message("q", images), answer, "xAI", datetime.now(UTC)), error)


def ask(desk: Desk, text: str = "What is this?") -> None:
    desk.panel.show_question(text, [])
    desk.panel.begin_answer()


def settle(desk: Desk, qtbot: QtBot) -> None:
    """Wait until everything that was taken is painted and laid out."""
    qtbot.waitUntil(lambda: not desk.panel.has_to_paint)
    for _ in range(5):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def visible_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget) and label.text()]


def image(width: int = 300, height: int = 200) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor("teal"))
    return made
