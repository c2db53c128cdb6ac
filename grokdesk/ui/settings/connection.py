"""The form that connects GrokDesk to something that answers: profile, address, model, key, test.

Everything slow (keyring, network) runs as a Job; the key field can be written and never read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.store.settings.profiles import PRESETS, Preset, new_profile
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.theme import GAP_S
from grokdesk.ui.settings.address_field import AddressField

T = TypeVar("T")


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


class Connections(Protocol):
    """What the form works with. Those about keys, and ``test``, may block and run on a worker thread."""

    def profiles(self) -> tuple[Profile, ...]: ...

    def active(self) -> Profile: ...

    def choose(self, profile: Profile) -> None:
        """Make it the active profile. Raises SettingsBroken."""
        ...

    def save(self, profile: Profile) -> None:
        """Keep a changed or new profile. Raises UsageError for an address that is none, SettingsBroken."""
        ...

    def key_state(self, profile: Profile) -> str:
        """A sentence that says where the key is, or that there is none. Raises KeyringTrouble."""
        ...

    def set_key(self, profile: Profile, key: str) -> str:
        """Keep a key and say where it is now. Raises UsageError for what cannot be a key."""
        ...

    def delete_key(self, profile: Profile) -> str:
        """Raises KeyringTrouble."""
        ...

    def test(self, profile: Profile, cancel: CancelSwitch) -> TestResult:
        """Raises what asking would raise."""
        ...


class ConnectionForm(QWidget):
    profile_chosen = Signal(object)
    """The Profile that is active from now on."""
    key_saved = Signal()
    model_requested = Signal(object)
    """The person wants to choose a model of this Profile from a list."""

    def __init__(self, connections: Connections, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connections = connections
        self._jobs: dict[str, Job[Any]] = {}
        self._profile = connections.active()
        self._is_shown = False
        self._left: dict[str, Typed] = {}
        self._build()
        self.reload()

    # --- what it looks like ---

    def _build(self) -> None:
        self.profiles = QComboBox()
        self.profiles.activated.connect(self._choose)
        self.add = QPushButton("Add server")
        menu = QMenu(self.add)
        for preset in PRESETS:
            menu.addAction(preset.title).triggered.connect(partial(self._add, preset))
        self.add.setMenu(menu)
        self.address = AddressField()
        self.address.editingFinished.connect(self._edited)
        self.models = QComboBox(editable=True)
        self.models.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.models.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        model = QLineEdit(placeholderText="Chosen from the server's list")
        model.editingFinished.connect(self._edited)
        self.models.setLineEdit(model)
        self.models.activated.connect(self._edited)
        self.pick = QPushButton("Choose…")
        self.pick.setAccessibleName("Choose a model")
        self.pick.clicked.connect(self._request_model)
        self.key = QLineEdit(echoMode=QLineEdit.EchoMode.Password, placeholderText="Paste an API key")
        self.key.returnPressed.connect(self._save_key)
        self.save_key = QPushButton("Save key")
        self.save_key.setEnabled(False)
        self.save_key.clicked.connect(self._save_key)
        self.key.textChanged.connect(self._key_typed)
        self.key.editingFinished.connect(self._leave_key)
        self.remove_key = QPushButton("Remove key")
        self.remove_key.clicked.connect(self._remove_key)
        self.key_status = self._status()
        self.test = QPushButton("Test connection")
        self.test.clicked.connect(self._test)
        self.test_status = self._status()
        self._form = form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(GAP_S)
        self._choice_row = _row(self.profiles, self.add)
        form.addRow("Ask", self._choice_row)
        form.addRow("Address", self.address)
        form.addRow("", self.address.status)
        self._model_row = _row(self.models, self.pick)
        form.addRow("Model", self._model_row)
        self._key_row = _row(self.key, self.save_key, self.remove_key)
        form.addRow("Key", self._key_row)
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
        self._form.setContentsMargins(0, 0, 0, 0)

    def insert_row(self, name: str, field: QWidget) -> None:
        """Above the address."""
        self._form.insertRow(1, name, field)

    def show_profile(self, profile: Profile) -> None:
        """Another one, or the same as it was changed elsewhere. What was typed and could not be kept is shown again
        when its profile is."""
        is_same = self._is_shown and self._profile.id == profile.id
        if self._is_shown:
            self._left[self._profile.id] = self._typed
        self._profile, self._is_shown = profile, True
        typed = self._left.pop(profile.id, Typed())
        is_server = profile.dialect != "on-this-computer"
        for widget in (self.address, self._model_row, self._key_row, self.key_status):
            self._form.setRowVisible(widget, is_server)
        self.address.show_profile(profile, typed.address)
        self.models.setEditText(profile.model)
        self.key.setText(typed.key)
        self._show_address()
        if is_same:
            return
        self.models.clear()
        self.models.setEditText(profile.model)
        self.test_status.clear()
        self.key_status.setText("Looking for the key…" if is_server else "")
        self.remove_key.setEnabled(False)
        if is_server:
            self._run("key", single(partial(self._connections.key_state, profile)), self._show_key_state)

    @property
    def _typed(self) -> Typed:
        """What is in the fields and is not kept."""
        return Typed(self.address.typed, self.key.text())

    def _show_address(self, error: GrokDeskError | None = None) -> None:
        self.address.show_outcome(self._profile, error)
        is_server = self._profile.dialect != "on-this-computer"
        self._form.setRowVisible(self.address.status, is_server and bool(self.address.status.text()))

    def _show_key_state(self, sentence: str) -> None:
        self.key_status.setText(sentence)
        self.remove_key.setEnabled(True)

    # --- what it does ---

    @Slot(int)
    def _choose(self, index: int) -> None:
        chosen = self.profiles.itemData(index)
        profile = next(profile for profile in self._connections.profiles() if profile.id == chosen)
        if self._succeeds(lambda: self._connections.choose(profile)):
            self.show_profile(profile)
            self.profile_chosen.emit(profile)

    def _add(self, preset: Preset) -> None:
        taken = {profile.id for profile in self._connections.profiles()}
        profile = new_profile(preset, taken)
        if self._succeeds(lambda: self._connections.save(profile)) and self._succeeds(
            lambda: self._connections.choose(profile)
        ):
            self.reload()
            self.profile_chosen.emit(profile)
            (self.key if preset.base_url else self.address).setFocus()

    @Slot()
    def _edited(self) -> None:
        typed, error = self.address.typed, None
        changed = replace(self._profile, model=self.models.currentText().strip())
        for made in (changed if typed is None else replace(changed, base_url=typed), changed):
            if made == self._profile:
                break
            try:
                self._connections.save(made)
            except GrokDeskError as refused:
                error = error or refused  # the address may be wrong, and the model is kept all the same
            else:
                self._profile = made
                self.profile_chosen.emit(made)
                break
        self._show_address(error)

    @Slot()
    def _request_model(self) -> None:
        self.model_requested.emit(self._profile)

    @Slot()
    def _leave_key(self) -> None:
        if self.key.text().strip():
            self.key_status.setText("This key is not kept yet: press Save key.")

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
        self.key_status.setText("Saving the key…")
        self._run("key", single(partial(self._connections.set_key, self._profile, key)), self._key_kept)

    def _key_kept(self, sentence: str) -> None:
        self._show_key_state(sentence)
        self.key_saved.emit()
        self._test()

    @Slot()
    def _remove_key(self) -> None:
        self._run("key", single(partial(self._connections.delete_key, self._profile)), self._show_key_state)

    @Slot()
    def _test(self) -> None:
        self.test.setEnabled(False)
        self.test_status.setText("Testing…")
        profile = self._profile
        self._run("test", lambda cancel: [self._connections.test(profile, cancel)], self._show_test)
        self._jobs["test"].ended.connect(lambda: self.test.setEnabled(True))

    def _show_test(self, result: TestResult) -> None:
        self.test_status.setText(result.sentence)
        chosen = self.models.currentText()
        self.models.clear()
        self.models.addItems(list(result.models))
        self.models.setEditText(chosen)

    def _run(self, what: str, work: Callable[[CancelSwitch], Iterable[T]], show: Callable[[T], None]) -> None:
        """One job of a kind at a time; the newest wins."""
        if old := self._jobs.get(what):
            old.drop()
        status = self.key_status if what == "key" else self.test_status
        job = Job(work, what, self)
        job.arrived.connect(lambda items: show(items[-1]))
        job.failed.connect(lambda error: status.setText(str(error)))
        self._jobs[what] = job
        job.start()


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
