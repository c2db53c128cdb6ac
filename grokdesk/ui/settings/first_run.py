"""The welcome page: what leaves this computer and when, then a key, or none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.kit.placing import fit_to_screen
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_XL, TITLE_SCALE, Theme
from grokdesk.ui.settings.add_profile import AddProfile, Find
from grokdesk.ui.settings.connection import ConnectionForm, Connections

PRIVACY = N_(
    "Nothing leaves this computer before you press Send. Then the picture and your words go to the server you "
    "choose, and nowhere else. Your key is stored in the system keyring, never in a file."
)
WITHOUT_A_KEY = N_(
    "Without a key, GrokDesk reads text and codes in pictures on this computer, without a network. It does not "
    "understand pictures."
)


class FirstRun(QWidget):
    done = Signal(bool)
    """True when something was connected, False for going on without a key."""

    def __init__(self, connections: Connections, find: Find, theme: Theme, hotkey: str, icon: QIcon) -> None:
        """``find`` looks for servers on this computer, once the person wants to add one."""
        super().__init__()
        self._connections, self._find, self._theme = connections, find, theme
        self.setWindowTitle(_("Welcome to GrokDesk"))
        self.setWindowIcon(icon)
        self.setMinimumWidth(520)
        self._finished = False
        title = QLabel(_("Capture anything on your screen and ask about it."))
        title.setFont(theme.font(TITLE_SCALE, bold=True))
        self.how = QLabel(wordWrap=True)
        self.show_hotkey(hotkey)
        self.form = ConnectionForm(connections)
        self.form.add_requested.connect(self._add)
        self.without = QPushButton(_("Continue without a key"))
        self.without.clicked.connect(lambda: self._finish(connected=False))
        self.start = QPushButton(_("Start"))
        self.start.setProperty("look", "primary")
        self.start.clicked.connect(lambda: self._finish(connected=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL, GAP_XL, GAP_XL, GAP_L)
        layout.setSpacing(GAP_M)
        for widget in (title, self.how, _text(_(PRIVACY)), self.form, _text(_(WITHOUT_A_KEY))):
            layout.addWidget(widget)
        layout.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.without)
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        layout.addLayout(buttons)
        self.form.key.setFocus()

    @Slot()
    def _add(self) -> None:
        self.adding = AddProfile(self._find, self._connections.profiles(), self._theme, self)
        self.adding.setModal(True)  # one at a time, as each would add its own
        self.adding.added.connect(self.form.add_profile)
        self.adding.finished.connect(self.adding.deleteLater)
        fit_to_screen(self.adding)
        self.adding.show()

    def show_hotkey(self, hotkey: str) -> None:
        """What works, "" when nothing does."""
        words = (
            _("Press {hotkey}, drag a region, ask.").format(hotkey=hotkey)
            if hotkey
            else _("Capture from the tray menu, then ask.")
        )
        self.how.setText(words)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._finish(connected=True)
        super().closeEvent(event)

    def _finish(self, *, connected: bool) -> None:
        if not self._finished:
            self._finished = True
            self.done.emit(connected)
            self.close()


def _text(words: str) -> QLabel:
    label = QLabel(words, wordWrap=True)
    label.setProperty("look", "caption")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
