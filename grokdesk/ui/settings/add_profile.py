"""The window in which a new profile is begun: servers that were found on this computer, and patterns for others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import Profile
from grokdesk.store.settings.profiles import PRESETS, Preset, new_profile, profile_for_server
from grokdesk.translation import _, ngettext
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.theme import GAP_L, GAP_S, Theme
from grokdesk.ui.kit.two_lines import selected, two_line_list, two_lines

if TYPE_CHECKING:
    from grokdesk.providers.models.local_servers import FoundServer

Find = Callable[[CancelSwitch], Iterable["FoundServer"]]
"""Looks at this computer and at nothing else. Raises Cancelled."""


class AddProfile(QDialog):
    """Not modal. It looks for servers as long as it is open and they have not all answered."""

    added = Signal(object)
    """The new Profile, not kept yet. The window closes."""

    def __init__(self, find: Find, known: Iterable[Profile], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = tuple(known)
        self._found = 0
        self.setWindowTitle(_("Add a profile"))
        self.resize(460, 520)
        self.list = two_line_list(theme, _("Servers"))
        for preset in PRESETS:
            self.list.addItem(two_lines(preset, preset.title, _(preset.help)))
        self.status = QLabel(_("Looking for servers on this computer…"), wordWrap=True)
        self.status.setProperty("look", "caption")
        self.cancel_button, self.add = QPushButton(_("Cancel")), QPushButton(_("Add"), default=True)
        self.cancel_button.setAutoDefault(False)
        self.add.setProperty("look", "primary")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        layout.setSpacing(GAP_S)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.status)
        layout.addLayout(buttons)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._add)
        self.add.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.reject)
        self._job = self._look(find)

    def _look(self, find: Find) -> Job[FoundServer]:
        job: Job[FoundServer] = Job(find, "local-servers", self)
        job.arrived.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._finish)
        job.start()
        return job

    @Slot(list)
    def _take(self, servers: list[FoundServer]) -> None:
        """Above the patterns; what the person has selected stays so."""
        untouched = self._found == 0 and self.list.currentRow() == 0
        for server in servers:
            self.list.insertItem(
                self._found,
                two_lines(server, _("{program} on this computer").format(program=server.program), self._about(server)),
            )
            self._found += 1
        if untouched:
            self.list.setCurrentRow(0)

    def _about(self, server: FoundServer) -> str:
        from grokdesk.providers.models.local_servers import is_known

        return (
            _("Has a profile · {about}").format(about=about(server)) if is_known(server, self._known) else about(server)
        )

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        if not isinstance(error, Cancelled):
            self.status.setText(str(error))

    @Slot()
    def _finish(self) -> None:
        found = ngettext(
            "{count} server found on this computer.", "{count} servers found on this computer.", self._found
        ).format(count=self._found)
        self.status.setText(found if self._found else _("No server found on this computer."))

    @Slot()
    def _add(self) -> None:
        chosen: Any = selected(self.list)
        if chosen is None:
            return
        taken = {profile.id for profile in self._known}
        if isinstance(chosen, Preset):
            profile = new_profile(chosen, taken)
        else:
            profile = profile_for_server(chosen.program, chosen.base_url, taken, needs_key=chosen.needs_key)
        self.accept()
        self.added.emit(profile)

    def done(self, result: int) -> None:
        self._job.drop()
        super().done(result)


def about(server: FoundServer) -> str:
    """``qwen3-vl:8b, llava · http://127.0.0.1:11434/v1``"""
    names = [model.id for model in server.models[:3]]
    more = len(server.models) - len(names)
    words = ", ".join(names) + (f" and {more} more" if more else "")
    if not words:
        words = _("Requires a key") if server.needs_key else _("No models yet")
    return f"{words} · {server.base_url}"
