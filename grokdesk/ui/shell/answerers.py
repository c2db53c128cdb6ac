"""Who answers: the menu that changes it beside a question, and the window in which a model is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.services import Services
from grokdesk.store.settings.profile_changes import with_profile
from grokdesk.store.settings.profiles import all_profiles
from grokdesk.translation import N_, _
from grokdesk.ui.kit.placing import beside, fit_to_screen
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.kept_models import KeptModels
from grokdesk.ui.settings.preferences import Preferences

if TYPE_CHECKING:
    from grokdesk.ui.chat.controller import Controller
    from grokdesk.ui.settings.model_picker import ModelPicker

SETTINGS = N_("Connection settings…")


class Answerers(QObject):
    settings_requested = Signal()
    failed = Signal(object)
    """A GrokDeskError: the choice could not be kept."""

    def __init__(self, services: Services, preferences: Preferences, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._preferences, self._theme = services, preferences, theme
        self._then: Callable[[], None] | None = None
        self.menu: QMenu | None = None
        """The one that was shown last: nothing else keeps it."""
        self.picker: ModelPicker | None = None
        preferences.profile_found.connect(self._go_on)
        preferences.model_requested.connect(self.choose_model)
        preferences.more_windows.append(lambda: self.windows)

    @property
    def windows(self) -> list[QWidget]:
        """Those that are open."""
        return [self.picker] if self.picker is not None else []

    # --- the menu ---

    @Slot(QRect)
    def show_menu(self, button: QRect) -> None:
        """Beside a button that stands there on the screen."""
        self.menu = self.make_menu()
        screen = QApplication.screenAt(button.center()) or QApplication.primaryScreen()
        self.menu.popup(beside(button, self.menu.sizeHint(), screen.availableGeometry(), gap=0))

    def make_menu(self) -> QMenu:
        preferences = self._preferences
        menu = QMenu()
        menu.setAccessibleName(_("Profile and model"))
        for profile in all_profiles(preferences.settings):
            entry = menu.addAction(profile.name.replace("&", "&&"))
            entry.setCheckable(True)
            entry.setChecked(profile.id == preferences.profile.id)
            entry.triggered.connect(partial(self._use, profile))
        menu.addSeparator()
        model = menu.addAction(_("Choose a model…"))
        model.setEnabled(preferences.profile.dialect != "on-this-computer")
        model.triggered.connect(lambda: self.choose_model(preferences.profile))
        menu.addAction(_(SETTINGS)).triggered.connect(self.settings_requested)
        return menu

    def _use(self, profile: Profile) -> None:
        self._keep("profile", profile.id)

    def _keep(self, key: str, value: object) -> bool:
        try:
            self._preferences.change(key, value)
        except GrokDeskError as error:
            self.failed.emit(error)
            return False
        return True

    # --- the picker ---

    @Slot(object)
    def choose_model(self, profile: Profile, parent: QWidget | None = None) -> ModelPicker:
        """Let the person choose among the models of a profile; what is chosen is kept."""
        from grokdesk.ui.settings.model_picker import CHOOSE

        return self._open(profile, "", CHOOSE, parent or QApplication.activeWindow(), None)

    def choose_and_ask(self, controller: Controller, parent: QWidget | None = None) -> None:
        """The model of the last question does not serve: another one is chosen, and the question asked again."""
        from grokdesk.ui.settings.model_picker import CHOOSE_AND_ASK

        profile, turn = self._preferences.profile, controller.last_turn
        if profile.dialect == "on-this-computer":
            self.settings_requested.emit()
            return
        why = turn.answer.error.title if turn is not None and turn.answer.error is not None else ""
        self._open(profile, why, CHOOSE_AND_ASK, parent, controller.retry)

    def _open(
        self, profile: Profile, why: str, button: str, parent: QWidget | None, then: Callable[[], None] | None
    ) -> ModelPicker:
        from grokdesk.ui.settings.model_picker import ModelPicker

        if self.picker is not None:
            self.picker.close()
        self.picker = picker = ModelPicker(KeptModels(self._services), profile, self._theme, parent, why, button)
        picker.chosen.connect(partial(self._take, profile.id, then))
        picker.finished.connect(self._forget)
        fit_to_screen(picker)
        picker.show()
        picker.raise_()
        picker.activateWindow()
        picker.search.setFocus()
        return picker

    def _take(self, profile_id: str, then: Callable[[], None] | None, model: str) -> None:
        """The profile may have been changed meanwhile; which one counts now is found out on a thread."""
        profiles = all_profiles(self._preferences.settings)
        profile = next((each for each in profiles if each.id == profile_id), None)
        if profile is None:
            return
        self._then = then
        if not self._keep("profiles", with_profile(self._preferences.settings.profiles, replace(profile, model=model))):
            self._then = None

    @Slot()
    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    @Slot()
    def _forget(self) -> None:
        if self.picker is not None and self.sender() is self.picker:
            self.picker.deleteLater()
            self.picker = None
