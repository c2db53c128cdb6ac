"""The page of the settings with the profiles: which there are, which one answers, and everything about each."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import address_of
from grokdesk.translation import _
from grokdesk.ui.kit.fold import Fold
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.theme import GAP_L, GAP_S, Theme
from grokdesk.ui.kit.two_lines import WHAT, selected, two_line_list, two_lines
from grokdesk.ui.settings.connection import ConnectionForm
from grokdesk.ui.settings.profile_actions import ProfileActions, Profiles
from grokdesk.ui.settings.profile_details import ProfileDetails
from grokdesk.ui.settings.profile_fields import TextField

NARROW = 640
LIST_WIDTH, LIST_HEIGHT = 260, 190
_UNLIMITED = 16_777_215


class ProfilesPage(QWidget):
    """The list shows any profile; the one that answers is chosen with a button."""

    def __init__(self, profiles: Profiles, theme: Theme) -> None:
        super().__init__()
        self._profiles, self._theme = profiles, theme
        self.form = ConnectionForm(profiles)
        self.details = ProfileDetails(profiles.save, profiles.keep_header)
        self.notice = Notice(theme, self)
        self.actions_ = ProfileActions(profiles, self.notice, theme, self)
        self._build()
        self._connect()
        self.show_list(profiles.active().id)

    # --- what it looks like ---

    def _build(self) -> None:
        self.list = two_line_list(self._theme, "Profiles")
        self.add, self.use, more = QPushButton(_("Add…")), QPushButton(_("Use")), QPushButton(_("More"))
        self.menu = QMenu(more)
        more.setMenu(self.menu)
        self.name = TextField("Name")
        self.form.leave_choice_out()
        self.form.insert_row("Name", self.name)
        self.advanced = Fold(self._theme, _("Images, headers, proxy, limits"), self.details)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_S)
        for button in (self.add, self.use, more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._left, about = QWidget(), QWidget()
        left, right, column = QVBoxLayout(self._left), QVBoxLayout(about), QVBoxLayout(self)
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        for widget in (self.form, self.advanced):
            right.addWidget(widget)
        right.addStretch(1)
        self.about = QScrollArea(widgetResizable=True)
        self.about.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about.setWidget(about)
        self._sides = QHBoxLayout()
        self._sides.setSpacing(GAP_L)
        self._sides.addWidget(self._left)
        self._sides.addWidget(self.about, 1)
        column.addLayout(self._sides, 1)
        column.addWidget(self.notice)
        for layout in (left, right, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(GAP_S)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list beside what it leads to, or above where there is no room."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._left.setMaximumSize(*((_UNLIMITED, LIST_HEIGHT) if narrow else (LIST_WIDTH, _UNLIMITED)))

    def _connect(self) -> None:
        self.menu.aboutToShow.connect(lambda: self.actions_.fill(self.menu, self.form.profile))
        self.add.clicked.connect(self.actions_.add)
        self.actions_.added.connect(self._begin)
        self.actions_.changed.connect(self.show_list)
        self.list.currentRowChanged.connect(self._select)
        self.list.itemActivated.connect(self._use)
        self.use.clicked.connect(self._use)
        self.name.edited.connect(self._rename)
        self.form.profile_chosen.connect(self._refresh)
        self.details.kept.connect(self._refresh)

    # --- what it shows ---

    @Slot(str)
    def show_list(self, profile_id: str) -> None:
        """Every profile, and this one as the shown one."""
        active = self._profiles.active().id
        self.list.blockSignals(True)
        self.list.clear()
        shown = 0
        for at, profile in enumerate(self._profiles.profiles()):
            self.list.addItem(two_lines(profile.id, profile.name, _about(profile, active)))
            shown = at if profile.id == profile_id else shown
        self.list.setCurrentRow(shown)
        self.list.blockSignals(False)
        self._select(shown)

    @Slot()
    def refresh(self) -> None:
        """Something was changed, here or elsewhere."""
        self.show_list(str(selected(self.list) or ""))

    def _refresh(self, _profile: Profile) -> None:
        self.refresh()

    @Slot(int)
    def _select(self, row: int) -> None:
        item = self.list.item(row)
        profile = next((each for each in self._profiles.profiles() if item and each.id == item.data(WHAT)), None)
        if profile is None:
            return
        self.form.show_profile(profile)
        self.details.show_profile(profile)
        self.name.show_value(profile.name)
        self.name.show_error("")
        is_active = profile.id == self._profiles.active().id
        self.use.setEnabled(not is_active)
        self.use.setText(_("In use") if is_active else _("Use"))

    @Slot(object)
    def _begin(self, profile: Profile) -> None:
        """What a new profile still lacks comes first."""
        self._focus("key" if profile.needs_key and profile.base_url else "address")

    def show_place(self, place: str) -> None:
        """Put the keyboard where an error of the active profile is to be cured: "key", "address", or a field of the
        details."""
        self.show_list(self._profiles.active().id)
        self._focus(place)

    def _focus(self, place: str) -> None:
        if place in self.details.fields:
            self.advanced.unfold()
            target: QWidget = self.details.fields[place].control
        else:
            target = {"key": self.form.key, "address": self.form.address}.get(place, self.list)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.about.ensureWidgetVisible(target)

    # --- what it does ---

    @Slot()
    def _use(self) -> None:
        try:
            self._profiles.choose(self.form.profile)
        except GrokDeskError as error:
            self.notice.show_notice(error.title, error.hint)
        else:
            self.refresh()

    @Slot()
    def _rename(self) -> None:
        profile, name = self.form.profile, self.name.value()
        if name == profile.name:
            return
        if not name:
            self.name.show_value(profile.name)
            return
        try:
            self._profiles.save(replace(profile, name=name))
        except GrokDeskError as error:
            self.name.show_error(str(error))
        else:
            self.refresh()


def _about(profile: Profile, active: str) -> str:
    """``In use · grok-4.5 · https://api.x.ai/v1``"""
    parts = [_("In use") if profile.id == active else "", profile.model, address_of(profile)]
    if profile.dialect == "on-this-computer":
        parts[2] = _("Reads text and codes on this computer")
    return " · ".join(part for part in parts if part) or _("No address yet")
