"""The settings while the program runs: their values, the profile they lead to, and the windows that change them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from grokdesk.errors import GrokDeskError, SettingsBroken
from grokdesk.model import Profile
from grokdesk.services import Services
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI, find_profile
from grokdesk.store.settings.settings import SETTINGS, Settings
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings

if TYPE_CHECKING:
    from grokdesk.ui.clipboard.clipboard import Copier
    from grokdesk.ui.settings.first_run import FirstRun
    from grokdesk.ui.settings.settings_dialog import SettingsDialog

log = logging.getLogger(__name__)


class Preferences(QObject):
    changed = Signal(str)
    """The key of a setting that has another value now."""
    profile_found = Signal(object, str)
    """The active Profile, and the model that will be asked or "" while none was chosen."""
    model_requested = Signal(object)
    """The person wants to choose a model of this Profile from a list."""
    welcomed = Signal()
    """The welcome page was left."""

    def __init__(
        self,
        services: Services,
        theme: Theme,
        icon: QIcon,
        hotkeys: HotkeyBindings,
        make_copier: Callable[[], Copier],
        parent: QObject | None = None,
        live_rows: Callable[[], Mapping[str, Sequence[QWidget]]] = dict,
    ) -> None:
        """``live_rows`` makes rows for the settings window that are no stored settings, by page."""
        super().__init__(parent)
        self._live_rows = live_rows
        self._services = services
        self._theme = theme
        self._icon = icon
        self._hotkeys = hotkeys
        self._make_copier = make_copier
        self._looking: Job[tuple[Profile, str]] | None = None
        self._window: SettingsDialog | None = None
        self._welcome: FirstRun | None = None
        self.more_windows: list[Callable[[], Sequence[QWidget]]] = []
        try:
            self.settings: Settings = services.settings.load()
        except SettingsBroken as error:
            self.settings = Settings()
            services.tell(str(error))
        self.profile: Profile = ON_THIS_COMPUTER
        """The active one; this computer until it was found out."""
        self.knows_profile = False
        self.model = ""
        """The one that will be asked, "" while none was chosen."""
        theme.choose(self.settings.theme)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._look_at_file)
        self._watcher.directoryChanged.connect(self._look_at_file)
        self._watch()

    # --- values ---

    def _watch(self) -> None:
        """Every save puts a new file in the place of the old one, which ends the watching of that; so the folder is
        watched as well, or the one above while it does not exist."""
        file = self._services.settings.path
        folder = next((each for each in file.parents if each.is_dir()), None)
        wanted = [str(each) for each in (file, folder) if each is not None and each.exists()]
        if missing := [path for path in wanted if path not in (*self._watcher.files(), *self._watcher.directories())]:
            self._watcher.addPaths(missing)

    @Slot()
    def _look_at_file(self) -> None:
        """Another program, or the person's editor, may have changed it: that counts as if it were changed here."""
        self._watch()
        before, self.settings = self.settings, self._services.settings.load()
        changed = [
            setting.key for setting in SETTINGS if getattr(before, setting.key) != getattr(self.settings, setting.key)
        ]
        self._take_over(changed)

    def change(self, key: str, value: object) -> None:
        """Save one setting; it counts at once. Raises SettingsBroken."""
        self._save({key: value})

    def remember(self, **values: object) -> None:
        """The same for what the program keeps by itself: when it cannot, only the log says so."""
        new = {key: value for key, value in values.items() if getattr(self.settings, key) != value}
        if not new:
            return
        try:
            self._save(new)
        except SettingsBroken as error:
            log.info("%s not kept: %s", ", ".join(new), error)

    def _save(self, values: Mapping[str, object]) -> None:
        self.settings = self._services.settings.change(**values)
        self._watch()
        self._take_over(values)

    def _take_over(self, keys: Collection[str]) -> None:
        if "theme" in keys:
            self._theme.choose(self.settings.theme)
        if not {"profile", "profiles"}.isdisjoint(keys):
            self.look_for_profile()
        for key in keys:
            if self._window is not None:
                self._window.refresh(key)
            self.changed.emit(key)

    def notice_model(self) -> None:
        """A question may have chosen the model of a profile that names none; no key is looked for."""
        model = self._services.model_of(self.profile)
        if model != self.model:
            self._use(self.profile, model)

    @Slot()
    def look_for_profile(self) -> None:
        """Which profile is active may depend on a key in the keyring, so it is found out on a thread."""
        if self._looking is not None:
            self._looking.drop()
        self._looking = Job(single(self._active_profile), "profile", self)
        self._looking.arrived.connect(lambda found: self._use(*found[-1]))
        self._looking.failed.connect(self._keyring_failed)
        self._looking.start()

    def _active_profile(self) -> tuple[Profile, str]:
        profile = self._services.active_profile()
        return profile, self._services.model_of(profile)

    @Slot(object)
    def _keyring_failed(self, error: GrokDeskError) -> None:
        """It may well have the key, so the next question goes to xAI and says what is wrong with the keyring."""
        log.info("the active profile depends on the keyring: %s", error)
        self._use(find_profile(self.settings, XAI.id), "")

    def _use(self, profile: Profile, model: str) -> None:
        was_known = self.knows_profile
        self.profile, self.model, self.knows_profile = profile, model, True
        if self._window is not None and not was_known:
            self._window.profiles.show_list(profile.id)  # it was opened sooner
        self.profile_found.emit(profile, model)

    # --- windows ---

    @property
    def windows(self) -> list[QWidget]:
        """Those that were made, and those of whoever works on the same settings."""
        adding = self._window.profiles.actions_.adding if self._window is not None else None
        own = [window for window in (self._window, adding, self._welcome) if window is not None]
        return [*own, *(window for windows in self.more_windows for window in windows())]

    def show(self, page: str, place: str = "") -> SettingsDialog:
        """Open the settings at a page, or bring them to the front; ``place`` as in ``SettingsDialog.show_page``."""
        from grokdesk.ui.kit.placing import present
        from grokdesk.ui.settings.kept_connections import KeptConnections
        from grokdesk.ui.settings.settings_dialog import SettingsDialog

        if self._window is None:
            connections = KeptConnections(self._services, lambda: self.profile, self.change)
            self._window = SettingsDialog(
                lambda: self.settings,
                self.change,
                connections,
                self._icon,
                self._hotkeys,
                self._theme,
                self._make_copier,
                self._live_rows(),
            )
            self._window.form.key_saved.connect(self.look_for_profile)
            self._window.form.model_requested.connect(self.model_requested)
            self.profile_found.connect(self._window.profiles.refresh)
        present(self._window)
        self._window.show_page(page, place)
        return self._window

    def welcome(self) -> None:
        """Show the welcome page. It offers a key for xAI first; nothing is chosen before the person chooses."""
        from grokdesk.ui.kit.placing import present
        from grokdesk.ui.settings.first_run import FirstRun
        from grokdesk.ui.settings.kept_connections import KeptConnections

        connections = KeptConnections(self._services, lambda: XAI, self.change)
        self._welcome = FirstRun(
            connections, connections.find_servers, self._theme, self.settings.hotkey_region, self._icon
        )
        self._welcome.form.key_saved.connect(self.look_for_profile)
        self._welcome.form.model_requested.connect(self.model_requested)
        self.profile_found.connect(self._welcome.form.refresh)
        self._hotkeys.state_changed.connect(self._show_hotkey)
        self._welcome.done.connect(self._leave_welcome)
        present(self._welcome)

    @Slot(str, object)
    def _show_hotkey(self, binding: str, state: HotkeyState) -> None:
        if binding == "region" and self._welcome is not None:
            self._welcome.show_hotkey(state.keys if state.works else "")

    @Slot(bool)
    def _leave_welcome(self, connected: bool) -> None:
        self.remember(first_run_done=True)
        if not connected:
            self.remember(profile=ON_THIS_COMPUTER.id)
        self.welcomed.emit()
