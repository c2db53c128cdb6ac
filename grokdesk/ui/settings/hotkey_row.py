"""One hotkey in the settings: its recorder, what holds for it in words and by an icon, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.store.settings.settings import Setting
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.part_state import WORDS, StateName
from grokdesk.translation import _
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.clipboard.copy_button import CopyButton
from grokdesk.ui.kit.controls import announce
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.theme import GAP_M, GAP_S, GAP_XS, Theme
from grokdesk.ui.settings.hotkey_field import HotkeyField

_LOOKS: dict[StateName, tuple[str, str]] = {
    "ok": ("check", "good"),
    "degraded": ("warning", "warn"),
    "taken": ("warning", "bad"),
    "desktop-decides": ("settings", "text"),
    "impossible": ("block", "text"),
    "missing": ("info", "muted"),
}
"""Each state's icon and its colour: the shapes differ as well."""


def words_of(state: HotkeyState) -> str:
    """What holds, as short as it can be said."""
    if state.state in ("missing", "taken"):
        return state.sentence
    if state.state == "ok":
        return _("Active. {what_to_do}").format(what_to_do=state.what_to_do).strip()
    words = WORDS[state.state]
    why = "" if words in state.why else f"{words[0].upper()}{words[1:]}. "
    return f"{why}{state.sentence}"


class HotkeyRow(QWidget):
    """A widget of its own beside the title."""

    configure_requested = Signal()
    retry_requested = Signal()

    def __init__(
        self, setting: Setting, hotkey: str, refuse: Callable[[str], str], theme: Theme, copier: Copier
    ) -> None:
        super().__init__()
        self._setting = setting
        self._theme = theme
        self._is_refused = False
        self._state = HotkeyState("missing", "none", _("The hotkey is being set up."))
        self.field = HotkeyField(hotkey, refuse)
        self.field.setAccessibleName(_(setting.title))
        self.field.refused.connect(self._say)
        self.reset = self._button(
            "Reset", _("{title}: reset to {default}").format(title=_(setting.title), default=setting.default)
        )
        self.reset.clicked.connect(self._reset)
        self.icon, self.words = QLabel(), QLabel(wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command = QLabel(wordWrap=True)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy = CopyButton(_("Copy the command"), copier)
        self.copy.setAccessibleName(_("{title}: copy the command to bind instead").format(title=_(setting.title)))
        self.copy.failed.connect(lambda error: self._say(str(error)))
        self.configure = self._button(
            _("Open the desktop's settings"), _("{title}: open the desktop's settings").format(title=_(setting.title))
        )
        self.configure.clicked.connect(self.configure_requested)
        self.retry = self._button(_("Try again"), _("{title}: try again").format(title=_(setting.title)))
        self.retry.clicked.connect(self.retry_requested)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self.show_state(self._state)

    def show_state(self, state: HotkeyState) -> None:
        self._state = state
        if not self.field.is_recording:
            self._say("")
        offers_command = state.state in ("desktop-decides", "impossible") and bool(state.command)
        self.command.setText(state.command)
        self.command.setVisible(offers_command)
        self.copy.offer(state.command if offers_command else "")
        self.configure.setVisible(state.configurable)
        offers_retry = state.state in ("taken", "impossible", "desktop-decides")
        self.retry.setVisible(offers_retry)
        self.buttons.setVisible(offers_command or offers_retry or state.configurable)

    def _say(self, refusal: str) -> None:
        """Why a chord was refused, or what holds."""
        words = refusal or words_of(self._state)
        if words != self.words.text():
            self.words.setText(words)
            self.field.setAccessibleDescription(f"{words} {_(self._setting.help)}")
            if self.isVisible():
                announce(self.field, f"{_(self._setting.title)}: {words}")
        self._is_refused = bool(refusal)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        icon, role = _LOOKS["taken" if self._is_refused else self._state.state]
        self.icon.setPixmap(self._theme.pixmap(icon, 16, role))
        self.reset.setEnabled(self.field.hotkey != self._setting.default)

    @Slot()
    def _reset(self) -> None:
        self.field.reset_to(str(self._setting.default))
        self.field.setFocus()

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GAP_M)
        layout.setSpacing(GAP_XS)
        top = QHBoxLayout()
        top.setSpacing(GAP_S)
        top.addWidget(self.field, 1)
        top.addWidget(self.reset)
        layout.addLayout(top)
        about = QLabel(_(self._setting.help), wordWrap=True)
        about.setProperty("look", "caption")
        layout.addWidget(about)
        line = QHBoxLayout()
        line.setSpacing(GAP_S)
        line.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        layout.addLayout(line)
        layout.addWidget(self.command)
        self.buttons = QWidget()
        buttons = FlowLayout(self.buttons, GAP_S)
        for button in (self.copy, self.configure, self.retry):
            buttons.addWidget(button)
        layout.addWidget(self.buttons)
