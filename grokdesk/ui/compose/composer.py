"""Where a question is written: pictures, text, quick actions, and where it goes. No business logic.

Enter sends: what was typed as a question, or, with nothing typed, the action that was used last, whose chip is
marked while that holds. The text stays until ``set_text`` or ``clear``, whatever happens to the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QVBoxLayout,
    QWidget,
)

from grokdesk.actions.catalogue import ASK, Action
from grokdesk.translation import N_, _
from grokdesk.ui.clipboard.incoming import Incoming, incoming_from, may_be_taken
from grokdesk.ui.compose.action_chips import NUMBERED, ActionChips
from grokdesk.ui.compose.picture_chips import ChipState, PictureRow, TokenRule, caption_of, no_tokens
from grokdesk.ui.compose.question_text import QuestionText
from grokdesk.ui.compose.scan_row import Choice, ScanRow
from grokdesk.ui.compose.send_row import SendRow
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.theme import CAPTION_SCALE, GAP_M, GAP_S, GAP_XS, Theme

__all__ = ["ChipState", "Composer"]

NARROW, LEAST_WIDTH = 460, 300
_ABOUT_PICTURE, _ABOUT_PICTURES, _FOLLOW_UP, _NOTHING_YET = (
    N_("Ask about this picture…"),
    N_("Ask about these pictures…"),
    N_("Ask a follow-up question…"),
    N_("Drop or paste a picture, or just ask…"),
)


class Composer(QFrame):
    submitted = Signal(str, str)
    """The text, without space around it, and the id of the action."""
    discarded = Signal()
    """Esc, while no answer is coming: the person wants to leave. Nothing may be lost by it that cannot be had back."""
    incoming = Signal(object)
    """An Incoming with pictures, files, links or refusals, from a paste or a drop."""
    add_requested = Signal()
    text_changed = Signal()
    default_changed = Signal()
    """Enter would run another action now."""
    picture_removed = Signal(int)
    """The ``id`` of the ChipState."""
    picture_opened = Signal(int)
    """The person wants to look at it, and perhaps to cover parts."""
    picture_menu_requested = Signal(int, QPoint)
    """The ``id`` of the ChipState, and where on the screen."""
    profile_requested = Signal(QRect)
    """Where on the screen its button stands."""
    compare_requested = Signal()
    """The draft is wanted in the window that asks several models; its pictures are all here."""
    stop_requested = Signal()
    """The Stop button, or Esc, while an answer is coming."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._last = ""
        self._busy = self._send_redacts = False
        self._default = ""
        self._follow_up = self._has_earlier = False
        self.is_over_limit = False
        self._tokens_of: TokenRule = no_tokens
        self.setProperty("look", "composer")
        self.setAcceptDrops(True)
        self._pictures = PictureRow(theme, self)
        self._caption = QLabel(self)
        self.scan_row, self.limit_row = ScanRow(theme, self), ScanRow(theme, self)
        self._text = QuestionText(self)
        self._notice = Notice(theme, self)
        self._actions = ActionChips(theme, self)
        self._foot = SendRow(theme, self)
        self._lay_out()
        self._connect()
        self._restyle()
        self._refresh()

    # --- what it shows --------------------------------------------------------------------------------------

    def text(self) -> str:
        return self._text.toPlainText()

    @property
    def caption(self) -> str:
        """How the pictures leave: sizes, format, bytes, tokens."""
        return self._caption.text()

    def set_text(self, text: str) -> None:
        self._text.setPlainText(text)
        self._text.moveCursor(QTextCursor.MoveOperation.End)

    def focus_text(self) -> None:
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Forget the text and what was said about it; the pictures are the caller's."""
        self._text.clear()
        self._notice.close_notice()

    def set_actions(self, actions: Sequence[Action], last: str) -> None:
        """Show these as chips; ``last`` is what Enter runs with nothing typed, the first one if it has no chip."""
        self._actions.set_actions([action for action in actions if action.id != ASK])
        self.set_last_action(last)

    def set_last_action(self, last: str) -> None:
        known = [chip.action_id for chip in self._actions.chips]
        self._last = last if last in known else known[0] if known else ASK
        self._refresh()

    def set_pictures(self, pictures: Sequence[ChipState]) -> None:
        had_focus = self._pictures.isAncestorOf(self.focusWidget() or self)
        self._pictures.set_pictures(pictures)
        self._caption.setText(caption_of(pictures, self._tokens_of))
        self._caption.setVisible(bool(self._caption.text()))
        notes = [f"{picture.name}: {note}" for picture in pictures for note in picture.notes]
        self._caption.setToolTip("\n".join(notes))
        self._caption.setAccessibleDescription(" ".join(notes))
        if not self._pictures.is_preparing:
            self._notice.end_progress()
        if had_focus and not pictures:
            self.focus_text()
        self._refresh()

    def set_profile(self, label: str) -> None:
        """``label`` says who will answer: profile and model."""
        self._foot.set_profile(label)

    def set_token_rule(self, tokens_of: TokenRule) -> None:
        """How many tokens pictures are said to cost where the question goes."""
        self._tokens_of = tokens_of
        self._caption.setText(caption_of(self._pictures.pictures, tokens_of))

    def show_below_text(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.indexOf(self._notice), widget)

    def set_busy(self, busy: bool) -> None:
        """While an answer is coming, Send is Stop."""
        self._busy = busy
        self._refresh()

    def set_follow_up(self, follow_up: bool, *, has_pictures: bool = False) -> None:
        """``has_pictures``: the conversation has some already, so that an action needs none of its own."""
        self._follow_up, self._has_earlier = follow_up, follow_up and has_pictures
        self._refresh()

    def set_limit(self, words: str, choices: Sequence[Choice] = ()) -> None:
        """Say what of the draft is more than can be sent; "" when all of it can. Until then nothing is."""
        self.is_over_limit = bool(words)
        if words:
            self.limit_row.say(words, choices, icon="warning", role="bad")
        else:
            self.limit_row.close_row()
        self._refresh()

    def show_problem(self, title: str, hint: str = "") -> None:
        """Say under the text what went wrong; the draft stays."""
        self._notice.show_notice(title, hint)

    def offer_compare(self) -> None:
        self._foot.offer_compare()

    def show_offer(self, words: str, button: str, accept: Callable[[], object]) -> None:
        """Say under the text what was done, with a button that does something about it."""
        self._notice.show_offer(words, button, accept)

    # --- sending --------------------------------------------------------------------------------------------

    @Slot()
    def _send_or_stop(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self.send_default()

    def _stop_or_discard(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self._notice.close_notice()
            self.discarded.emit()

    @Slot()
    def send_default(self) -> None:
        """As Enter does."""
        self._submit(self.default_action)

    @property
    def default_action(self) -> str:
        """The id of the action that Enter runs on what is written now."""
        return ASK if self.text().strip() else self._last

    def set_send_redacts(self, redacts: bool) -> None:
        """Whether Send redacts what was found first, so that its button says so."""
        self._send_redacts = redacts
        self._refresh()

    @Slot()
    def _compare(self) -> None:
        if self._pictures.is_preparing:
            self._notice.show_notice(_("The pictures are not ready yet."), _("Try again in a moment."))
        else:
            self.compare_requested.emit()

    @Slot(str)
    def _submit(self, action_id: str) -> None:
        text = self.text().strip()
        if self._busy or self.is_over_limit or not (text or self._has_subject) or (action_id == ASK and not text):
            return
        self._notice.close_notice()
        if self._pictures.is_preparing:
            self._notice.show_progress(_("Sending as soon as the pictures are ready."))
        self.submitted.emit(text, action_id)

    @property
    def _has_subject(self) -> bool:
        return self._has_earlier or any(not picture.error for picture in self._pictures.pictures)

    @property
    def _default_works(self) -> bool:
        """True when Enter with nothing typed has something to do."""
        return self._has_subject and self._last != ASK

    @Slot()
    def _refresh(self) -> None:
        """Bring buttons and words in line with what is there."""
        text, pictures = bool(self.text().strip()), self._pictures.pictures
        self._actions.set_checked(self._last if self._default_works and not text and not self._busy else "")
        may_send = not self._busy and not self.is_over_limit
        writes_more = text and self._follow_up
        self._actions.setEnabled(may_send and (self._has_subject or writes_more))
        self._foot.show_state(
            busy=self._busy,
            can_send=not self.is_over_limit and (text or self._default_works),
            redacts=self._send_redacts,
        )
        words = _NOTHING_YET
        if pictures:
            words = _ABOUT_PICTURE if len(pictures) == 1 else _ABOUT_PICTURES
        elif self._follow_up:
            words = _FOLLOW_UP
        self._text.setPlaceholderText(_(words))
        if self.default_action != self._default:
            self._default = self.default_action
            self.default_changed.emit()

    # --- coming in ------------------------------------------------------------------------------------------

    def bring(self, incoming: Incoming) -> None:
        """What was dropped or pasted: text joins the text, the rest is told by ``incoming``."""
        self._text.take(incoming)

    @Slot(object)
    def _take(self, incoming: Incoming) -> None:
        """Text that came with a picture of itself is what was meant; the picture is offered."""
        if incoming.text and incoming.has_pictures:
            alone = replace(incoming, text="")
            self._notice.show_offer(
                _("The clipboard also holds a picture."), _("Add it"), lambda: self.incoming.emit(alone)
            )
        else:
            self.incoming.emit(incoming)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if may_be_taken(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.bring(incoming_from(event.mimeData()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self._stop_or_discard()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.bring(incoming_from(QGuiApplication.clipboard().mimeData()))
        else:
            super().keyPressEvent(event)

    # --- building -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        top = self._top = QHBoxLayout()
        top.setSpacing(GAP_S)
        top.addWidget(self._pictures, 1)
        top.addWidget(self._caption, 0, Qt.AlignmentFlag.AlignTop)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        column.setSpacing(GAP_S)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # minimumSizeHint knows better
        column.addLayout(top)
        column.addWidget(self.limit_row)
        column.addWidget(self.scan_row)
        column.addWidget(self._text)
        column.addWidget(self._notice)
        column.addWidget(self._actions)
        column.addWidget(self._foot)
        self._caption.setProperty("look", "caption")
        self._caption.setContentsMargins(0, GAP_XS, 0, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a narrow composer the caption goes below the pictures.
        narrow = self.width() < NARROW
        self._top.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _connect(self) -> None:
        self._text.setAccessibleName(_("Your question"))
        self._caption.setAccessibleName(_("Upload details"))
        self._text.sent.connect(self.send_default)
        self._text.brought.connect(self._take)
        self._text.textChanged.connect(self._refresh)
        self._text.textChanged.connect(self.text_changed)
        self._pictures.removed.connect(self.picture_removed)
        self._pictures.opened.connect(self.picture_opened)
        self._pictures.add_requested.connect(self.add_requested)
        self._pictures.menu_requested.connect(self.picture_menu_requested)
        self._actions.chosen.connect(self._submit)
        self._foot.profile_requested.connect(self.profile_requested)
        self._foot.compare_requested.connect(self._compare)
        self._foot.clicked.connect(self._send_or_stop)
        self._theme.changed.connect(self._restyle)
        for number in range(1, NUMBERED + 1):
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(lambda chosen=number: self._actions.run(chosen))

    @Slot()
    def _restyle(self) -> None:
        self._caption.setFont(self._theme.font(CAPTION_SCALE))
