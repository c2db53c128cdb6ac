"""What can be done with whole profiles: copy, remove and put back, write to a file and read from one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.model import Profile
from grokdesk.store.settings.profile_changes import copy_of, is_built_in
from grokdesk.store.settings.profile_exchange import LONGEST, exported_text, import_changes, imported
from grokdesk.translation import N_, _
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.placing import fit_to_screen
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.add_profile import AddProfile
from grokdesk.ui.settings.connection import Connections

if TYPE_CHECKING:
    from grokdesk.providers.models.local_servers import FoundServer

T = TypeVar("T")
_KIND = N_("Profiles (*.json);;All files (*)")


@dataclass(slots=True)
class _Removed:
    """What it takes to undo a removal."""

    profile: Profile
    at: int
    was_active: bool
    key: str = field(default="", repr=False)
    is_undone: bool = False


class Profiles(Connections, Protocol):
    """What can be done with profiles, beside what the form of one does."""

    def own(self) -> tuple[Profile, ...]:
        """Those that the person made or changed."""
        ...

    def remove(self, profile: Profile) -> int:
        """Forget a profile, or what was changed of a built-in one. Its place among the person's own; its key stays."""
        ...

    def find_servers(self, cancel: CancelSwitch) -> Iterable[FoundServer]:
        """What answers questions on this computer. Blocks; raises Cancelled."""
        ...

    def put_back(self, profile: Profile, at: int) -> None:
        """A removed one, at the place that it had."""
        ...

    def keep_header(self, profile: Profile, name: str, value: str) -> None:
        """Put the value of a secret header into the keyring. May block; raises KeyringTrouble, UsageError."""
        ...

    def take_key(self, profile: Profile) -> str:
        """Remove its key from where it is kept, and tell it so that it can be put back; "" for none. May block."""
        ...


class ProfileActions(QObject):
    changed = Signal(str)
    """The id of the profile to show from now on."""

    added = Signal(object)
    """A new Profile was kept."""

    def __init__(self, profiles: Profiles, notice: Notice, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.adding: AddProfile | None = None
        """The window in which a profile is being added."""
        self._profiles, self._notice, self._window = profiles, notice, parent

    def fill(self, menu: QMenu, profile: Profile) -> None:
        """With what can be done with this profile, and with all."""
        menu.clear()
        menu.addAction(_("Duplicate")).triggered.connect(lambda: self.duplicate(profile))
        if is_built_in(profile):
            reset = menu.addAction(_("Reset to defaults"))
            reset.setEnabled(profile in self._profiles.own())
            reset.triggered.connect(lambda: self.remove(profile))
        else:
            menu.addAction(_("Remove")).triggered.connect(lambda: self.remove(profile))
        menu.addSeparator()
        menu.addAction(_("Import…")).triggered.connect(self._choose_import)
        menu.addAction(_("Export…")).triggered.connect(lambda: self._choose_export([profile]))
        menu.addAction(_("Export all…")).triggered.connect(lambda: self._choose_export(self._profiles.own()))

    # --- adding ---

    def add(self) -> AddProfile:
        """Let the person begin a new profile. The window looks for servers on this computer."""
        if self.adding is not None:
            self.adding.reject()
        self.adding = AddProfile(self._profiles.find_servers, self._profiles.profiles(), self._theme, self._window)
        self.adding.added.connect(self._keep_new)
        self.adding.finished.connect(self._forget)
        fit_to_screen(self.adding)
        self.adding.show()
        return self.adding

    @Slot()
    def _forget(self) -> None:
        if self.adding is not None:
            self.adding.deleteLater()
            self.adding = None

    @Slot(object)
    def _keep_new(self, profile: Profile) -> None:
        if self._succeeds(lambda: self._profiles.save(profile)):
            self.changed.emit(profile.id)
            self.added.emit(profile)

    # --- copying, removing ---

    def duplicate(self, profile: Profile) -> None:
        copy = copy_of(profile, self._profiles.profiles())
        if self._succeeds(lambda: self._profiles.save(copy)):
            self.changed.emit(copy.id)

    def remove(self, profile: Profile) -> None:
        """At once, with the offer to undo it. A built-in profile keeps its key."""
        was_active = self._profiles.active().id == profile.id
        places: list[int] = []
        if not self._succeeds(lambda: places.append(self._profiles.remove(profile))):
            return
        words = (
            _("{name} was reset to defaults.").format(name=profile.name)
            if is_built_in(profile)
            else _("{name} removed.").format(name=profile.name)
        )
        removed = _Removed(profile, places[0], was_active)
        self._notice.show_offer(words, "Undo", partial(self._undo, removed))
        self.changed.emit(profile.id if is_built_in(profile) else self._profiles.active().id)
        if not is_built_in(profile):
            self._run(single(partial(self._profiles.take_key, profile)), partial(self._take_key, removed))

    def _take_key(self, removed: _Removed, key: str) -> None:
        removed.key = key
        if removed.is_undone:
            self._put_key_back(removed)

    def _undo(self, removed: _Removed) -> None:
        profile = removed.profile
        if not self._succeeds(lambda: self._profiles.put_back(profile, removed.at)):
            return
        if removed.was_active:
            self._succeeds(lambda: self._profiles.choose(profile))
        self.changed.emit(profile.id)
        removed.is_undone = True
        self._put_key_back(removed)

    def _put_key_back(self, removed: _Removed) -> None:
        """Once it is known: the keyring may still be asked for it."""
        if removed.key:
            self._run(single(partial(self._profiles.set_key, removed.profile, removed.key)), lambda _where: None)

    # --- files ---

    def import_from(self, file: Path) -> None:
        def read() -> list[Profile]:
            with file.open("rb") as opened:
                return imported(opened.read(LONGEST), file.name, self._profiles.profiles())

        self._run(single(_translating(read, file)), self._take_imported)

    def _take_imported(self, profiles: list[Profile]) -> None:
        """What would let others read what is sent is shown first, and kept only after a plain yes."""
        risks = [each.sentence for each in import_changes(profiles, self._profiles.profiles()) if each.is_risky]
        if risks:
            words = _("Not imported yet. {changes}").format(changes=" ".join(risks))
            self._notice.show_offer(words, _("Import anyway"), partial(self._keep_imported, profiles))
        else:
            self._keep_imported(profiles)

    def _keep_imported(self, profiles: list[Profile]) -> None:
        for profile in profiles:
            if not self._succeeds(partial(self._profiles.save, profile)):
                return
        if profiles:
            self.changed.emit(profiles[0].id)
            names = ", ".join(profile.name for profile in profiles)
            self._notice.show_words(_("Imported: {names}. Keys are not part of the file.").format(names=names))

    def export_to(self, file: Path, profiles: Sequence[Profile]) -> None:
        def write() -> list[str]:
            text, left_out = exported_text(profiles)
            file.write_text(text, encoding="utf-8")
            return left_out

        def say(left_out: list[str]) -> None:
            self._notice.show_words(" ".join([_("Written to {name}, without keys.").format(name=file.name), *left_out]))

        self._run(single(_translating(write, file)), say)

    def _choose_import(self) -> None:
        name, _chosen = QFileDialog.getOpenFileName(self._window, _("Import profiles"), "", _(_KIND))
        if name:
            self.import_from(Path(name))

    def _choose_export(self, profiles: Sequence[Profile]) -> None:
        name, _chosen = QFileDialog.getSaveFileName(
            self._window, _("Export profiles"), "grokdesk-profiles.json", _(_KIND)
        )
        if name:
            self.export_to(Path(name), profiles)

    # --- doing ---

    def _run(self, work: Callable[..., Any], then: Callable[[Any], object]) -> None:
        job: Job[Any] = Job(work, "profiles", self)
        job.arrived.connect(lambda items: then(items[-1]))
        job.failed.connect(self._say)
        job.start()

    def _say(self, error: GrokDeskError) -> None:
        self._notice.show_notice(error.title, error.hint)

    def _succeeds(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except GrokDeskError as error:
            self._say(error)
            return False
        return True


def _translating(act: Callable[[], T], file: Path) -> Callable[[], T]:
    def translated() -> T:
        try:
            return act()
        except OSError as error:
            raise UsageError(
                _("{name} cannot be read or written.").format(name=file.name), error.strerror or _("Choose another.")
            ) from error

    return translated
