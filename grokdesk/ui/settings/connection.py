"""The form that connects GrokDesk to something that answers: profile, address, model, key, test.

Everything slow (keyring, network) runs as a Job; the key field can be written and never read back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from grokdesk.addresses import origin_of
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, SettingsBroken
from grokdesk.model import Profile
from grokdesk.store.settings.profile_changes import moved_to
from grokdesk.translation import _
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.theme import GAP_S
from grokdesk.ui.settings.address_field import AddressField
from grokdesk.ui.settings.key_jobs import KeyJobs, KeyKeeper, KeyState, KeyWrite


@dataclass(frozen=True, slots=True)
class TestResult:
    """What a test of the connection found, in a sentence, and the models that may be chosen."""

    __test__ = False  # pytest takes every class of this name for a group of tests

    sentence: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields and is not kept. ``address`` None: it is the kept one."""

    address: str | None = None
    key: str = field(default="", repr=False)


class Connections(KeyKeeper, Protocol):
    """What the form works with. Those about keys, and ``test``, may block and run on a worker thread."""

    def profiles(self) -> tuple[Profile, ...]: ...

    def active(self) -> Profile: ...

    def choose(self, profile: Profile) -> None:
        """Make it the active profile. Raises SettingsBroken."""
        ...

    def save(self, profile: Profile) -> None:
        """Keep a changed or new profile. Raises UsageError for an address that is none, SettingsBroken."""
        ...

    def test(self, profile: Profile, cancel: CancelSwitch) -> TestResult:
        """Raises what asking would raise."""
        ...


class ConnectionForm(QWidget):
    profile_chosen = Signal(object)
    """The Profile that is active from now on."""
    key_saved = Signal()
    add_requested = Signal()
    """The person wants another profile: see ``add_profile``."""
    model_requested = Signal(object)
    """The person wants to choose a model of this Profile from a list."""

    def __init__(self, connections: Connections, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connections = connections
        self._keys = KeyJobs(connections, self)
        self._keys.found.connect(self._show_key_state)
        self._keys.written.connect(self._key_written)
        self._keys.failed.connect(self._key_failed)
        self._testing: Job[TestResult] | None = None
        self._profile = connections.active()
        self._is_shown = False
        self._left: dict[str, Typed] = {}
        self._build()
        self.reload()

    # --- what it looks like ---

    def _build(self) -> None:
        self.profiles = QComboBox()
        self.profiles.activated.connect(self._choose)
        self.add = QPushButton(_("Add…"))
        self.add.clicked.connect(self.add_requested)
        self.address = AddressField()
        self.address.editingFinished.connect(self._edited)
        self.models = QComboBox(editable=True)
        self.models.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.models.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        model = QLineEdit(placeholderText=_("Chosen from the server's list"))
        model.editingFinished.connect(self._edited)
        self.models.setLineEdit(model)
        self.models.activated.connect(self._edited)
        self.pick = QPushButton(_("Choose…"))
        self.pick.setAccessibleName(_("Choose a model"))
        self.pick.clicked.connect(self._request_model)
        self.key = QLineEdit(echoMode=QLineEdit.EchoMode.Password, placeholderText=_("Paste an API key"))
        self.key.returnPressed.connect(self._save_key)
        self.save_key = QPushButton(_("Save key"))
        self.save_key.setEnabled(False)
        self.save_key.clicked.connect(self._save_key)
        self.key.textChanged.connect(self._key_typed)
        self.key.editingFinished.connect(self._leave_key)
        self.remove_key = QPushButton(_("Remove key"))
        self.remove_key.clicked.connect(self._remove_key)
        self.key_status = self._status()
        self.test = QPushButton(_("Test connection"))
        self.test.clicked.connect(self._test)
        self.test_status = self._status()
        self._form = form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(GAP_S)
        form.setContentsMargins(0, 0, 0, 0)  # in line with the text around it
        self._choice_row = _row(self.profiles, self.add)
        form.addRow(_("Ask"), self._choice_row)
        form.addRow(_("Address"), self.address)
        form.addRow("", self.address.status)
        self._model_row = _row(self.models, self.pick)
        form.addRow(_("Model"), self._model_row)
        self._key_row = _row(self.key, self.save_key, self.remove_key)
        form.addRow(_("Key"), self._key_row)
        form.addRow("", self.key_status)
        form.addRow("", _row(self.test, None))
        form.addRow("", self.test_status)
        for label, widget in (("Profile", self.profiles), ("Model", self.models), ("API key", self.key)):
            widget.setAccessibleName(label)

    @staticmethod
    def _status() -> QLabel:
        label = QLabel(wordWrap=True)
        label.setProperty("look", "caption")
        return label

    # --- what it shows ---

    @property
    def profile(self) -> Profile:
        return self._profile

    @Slot()
    def reload(self) -> None:
        """Show the active profile as it is kept."""
        self.profiles.clear()
        for profile in self._connections.profiles():
            self.profiles.addItem(profile.name, profile.id)
        self.show_profile(self._connections.active())
        self.profiles.setCurrentIndex(self.profiles.findData(self._profile.id))

    @Slot()
    def refresh(self) -> None:
        """Show the same profile as it is kept now."""
        kept = {profile.id: profile for profile in self._connections.profiles()}
        self.show_profile(kept.get(self._profile.id, self._profile))

    def leave_choice_out(self) -> None:
        """Which profile is shown is chosen elsewhere."""
        self._form.setRowVisible(self._choice_row, False)

    def insert_row(self, name: str, field: QWidget) -> None:
        """Above the address."""
        self._form.insertRow(1, name, field)

    def show_profile(self, profile: Profile) -> None:
        """Another one, or the same as it was changed elsewhere. What was typed and could not be kept is shown again
        when its profile is."""
        is_same = self._is_shown and self._profile.id == profile.id
        if self._is_shown:
            self._left[self._profile.id] = self._typed
        before, self._profile, self._is_shown = self._profile, profile, True
        typed = self._left.pop(profile.id, Typed())
        is_server = profile.dialect != "on-this-computer"
        for widget in (self.address, self._model_row, self._key_row, self.key_status):
            self._form.setRowVisible(widget, is_server)
        self.address.show_profile(profile, typed.address)
        self.models.setEditText(profile.model)
        self.key.setText(typed.key)
        self._show_address()
        if is_same and origin_of(before.base_url) == origin_of(profile.base_url):
            return
        self.models.clear()
        self.models.setEditText(profile.model)
        self.test_status.clear()
        self._stop_test()
        self.key_status.setText(_("Looking for the key…") if is_server else "")
        self.remove_key.setEnabled(False)
        self._keys.stop_looking()
        if is_server:
            self._keys.look(profile)

    @property
    def _typed(self) -> Typed:
        """What is in the fields and is not kept."""
        return Typed(self.address.typed, self.key.text())

    def _show_address(self, error: GrokDeskError | None = None) -> None:
        self.address.show_outcome(self._profile, error)
        is_server = self._profile.dialect != "on-this-computer"
        self._form.setRowVisible(self.address.status, is_server and bool(self.address.status.text()))

    @Slot(object, object)
    def _show_key_state(self, profile: Profile, state: KeyState | GrokDeskError) -> None:
        if not self._shows(profile):
            return
        self.key_status.setText(state.sentence if isinstance(state, KeyState) else str(state))
        # What cannot be read may be there all the same.
        self.remove_key.setEnabled(state.is_removable if isinstance(state, KeyState) else True)

    def _shows(self, profile: Profile) -> bool:
        """True for the same key: of the same profile at the same server."""
        return self._profile.id == profile.id and origin_of(self._profile.base_url) == origin_of(profile.base_url)

    # --- what it does ---

    @Slot(int)
    def _choose(self, index: int) -> None:
        chosen = self.profiles.itemData(index)
        profile = next(profile for profile in self._connections.profiles() if profile.id == chosen)
        if self._succeeds(lambda: self._connections.choose(profile)):
            self.show_profile(profile)
            self.profile_chosen.emit(profile)

    @Slot(object)
    def add_profile(self, profile: Profile) -> None:
        """Keep a new one, choose it and show it."""
        if self._succeeds(lambda: self._connections.save(profile)) and self._succeeds(
            lambda: self._connections.choose(profile)
        ):
            self.reload()
            self.profile_chosen.emit(profile)
            (self.key if profile.base_url else self.address).setFocus()

    @Slot()
    def _edited(self) -> None:
        typed = self.address.typed
        error: GrokDeskError | None = None
        changed = replace(self._profile, model=self.models.currentText().strip())
        for made in (changed if typed is None else replace(moved_to(changed, typed), base_url=typed), changed):
            if made == self._profile:
                break
            try:
                self._connections.save(made)
            except SettingsBroken as refused:  # it is as it was, and so are the fields
                self.address.setText(self._profile.base_url)
                self.models.setEditText(self._profile.model)
                error = refused
                break
            except GrokDeskError as refused:
                error = error or refused  # the address may be wrong, and the model is kept all the same
            else:
                has_moved = not self._shows(made)
                self._profile = made
                if has_moved:
                    self._look_again()
                self.profile_chosen.emit(made)
                break
        self._show_address(error)

    def _look_again(self) -> None:
        """A key belongs to one server, and the address leads to another one now."""
        self.remove_key.setEnabled(False)
        self.key_status.setText(_("Looking for the key…"))
        self._keys.look(self._profile)

    @Slot()
    def _request_model(self) -> None:
        self.model_requested.emit(self._profile)

    @Slot()
    def _leave_key(self) -> None:
        if self.key.text().strip():
            self.key_status.setText(_("This key is not saved yet: press Save key."))

    def _succeeds(self, act: Callable[[], None]) -> bool:
        """False, and said below the form, when it could not be done."""
        try:
            act()
        except GrokDeskError as error:
            self.test_status.setText(str(error))
            return False
        return True

    @Slot(str)
    def _key_typed(self, text: str) -> None:
        self.save_key.setEnabled(bool(text.strip()))

    @Slot()
    def _save_key(self) -> None:
        key = self.key.text().strip()
        if not key:
            return
        if not self._profile.needs_key:
            # A server that got a key is asked with it from now on.
            changed = replace(self._profile, needs_key=True)
            if not self._succeeds(lambda: self._connections.save(changed)):
                return
            self._profile = changed
        self.key.clear()
        self.key_status.setText(_("Saving the key…"))
        self._keys.save(self._profile, key)

    @Slot(object, str)
    def _key_written(self, write: KeyWrite, sentence: str) -> None:
        shown = self._shows(write.profile)
        if shown:
            self._show_key_state(write.profile, KeyState(sentence, bool(write.key)))
        else:
            self.test_status.setText(f"{write.profile.name}: {sentence}")
        if write.key:
            self.key_saved.emit()
            if shown:
                self._test()

    @Slot(object, object)
    def _key_failed(self, write: KeyWrite, error: GrokDeskError) -> None:
        """What was typed comes back to its profile, unless something else was typed there meanwhile."""
        if self._shows(write.profile):
            if not self.key.text():
                self.key.setText(write.key)
            self.key_status.setText(str(error))
            return
        left = self._left.get(write.profile.id, Typed())
        if not left.key:
            self._left[write.profile.id] = replace(left, key=write.key)
        self.test_status.setText(f"{write.profile.name}: {error}")

    @Slot()
    def _remove_key(self) -> None:
        self.key_status.setText(_("Removing the key…"))
        self._keys.remove(self._profile)

    @Slot()
    def _test(self) -> None:
        """Once at a time. The button stays enabled: a disabled one would hand the keyboard to the next control, where
        a typed space does something else."""
        if self._testing is not None:
            return
        self.test_status.setText(_("Testing…"))
        profile = self._profile
        self._testing = job = Job(lambda cancel: [self._connections.test(profile, cancel)], "test", self)
        job.arrived.connect(lambda results: self._show_test(results[-1]))
        job.failed.connect(lambda error: self.test_status.setText(str(error)))
        job.ended.connect(self._test_ended)
        job.start()

    @Slot()
    def _test_ended(self) -> None:
        self._testing = None

    def _stop_test(self) -> None:
        if self._testing is not None:
            self._testing.drop()
            self._testing = None

    def _show_test(self, result: TestResult) -> None:
        self.test_status.setText(result.sentence)
        chosen = self.models.currentText()
        self.models.clear()
        self.models.addItems(list(result.models))
        self.models.setEditText(chosen)


def _row(*widgets: QWidget | None) -> QWidget:
    """Widgets side by side, the first one wide; None is a stretch."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP_S)
    for number, widget in enumerate(widgets):
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget, 1 if number == 0 and len(widgets) > 1 and None not in widgets else 0)
    return row
