from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, KeyRefused, KeyringTrouble, SettingsBroken, UsageError
from grokdesk.model import Profile
from grokdesk.providers.models.local_servers import FoundServer
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, PRESETS, XAI, new_profile
from grokdesk.ui.settings.connection import ConnectionForm, TestResult
from grokdesk.ui.settings.key_jobs import KeyState

SECRET = "xai-planted-key-0123456789"


def _answered() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Backstage:
    """Connections, kept in memory."""

    kept: dict[str, Profile] = field(default_factory=lambda: {p.id: p for p in (XAI, ON_THIS_COMPUTER)})
    active_id: str = "xai"
    keys: dict[str, str] = field(default_factory=dict)
    key_error: KeyringTrouble | None = None
    test_error: KeyRefused | None = None
    save_error: GrokDeskError | None = None
    servers: tuple[FoundServer, ...] = ()
    threads: set[int] = field(default_factory=set)
    prompt: threading.Event = field(default_factory=_answered)
    """Set when the person has answered the keyring's prompt."""

    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self.kept.values())

    def active(self) -> Profile:
        return self.kept[self.active_id]

    def choose(self, profile: Profile) -> None:
        self.active_id = profile.id

    def save(self, profile: Profile) -> None:
        if self.save_error:
            raise self.save_error
        self.kept[profile.id] = profile

    def own(self) -> tuple[Profile, ...]:
        return tuple(profile for profile in self.kept.values() if profile not in (XAI, ON_THIS_COMPUTER))

    def remove(self, profile: Profile) -> int:
        at = list(self.kept).index(profile.id)
        del self.kept[profile.id]
        return at

    def find_servers(self, cancel: CancelSwitch) -> tuple[FoundServer, ...]:
        return self.servers

    def put_back(self, profile: Profile, at: int) -> None:
        self.kept[profile.id] = profile

    def take_key(self, profile: Profile) -> str:
        return self.keys.pop(profile.id, "")

    def keep_header(self, profile: Profile, name: str, value: str) -> None:
        self.keys[name] = value

    def key_state(self, profile: Profile) -> KeyState:
        self.threads.add(threading.get_ident())
        has_key = profile.id in self.keys
        return KeyState("A key is kept." if has_key else "No key yet.", has_key)

    def set_key(self, profile: Profile, key: str) -> str:
        self.threads.add(threading.get_ident())
        self.prompt.wait(10)
        if self.key_error:
            raise self.key_error
        self.keys[profile.id] = key
        return "The key is kept."

    def delete_key(self, profile: Profile) -> str:
        self.keys.pop(profile.id, None)
        return "The key is gone."

    def test(self, profile: Profile, cancel: CancelSwitch) -> TestResult:
        self.threads.add(threading.get_ident())
        if self.test_error:
            raise self.test_error
        return TestResult("It works.", ("model-a", "model-b"))


@pytest.fixture
def backstage() -> Backstage:
    return Backstage()


@pytest.fixture
def form(qtbot: QtBot, backstage: Backstage) -> ConnectionForm:
    form = ConnectionForm(backstage)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitUntil(lambda: form.key_status.text() == "No key yet.")
    return form


def test_a_key_is_saved_tested_and_never_shown_again(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    assert form.key.echoMode() == QLineEdit.EchoMode.Password
    assert not form.save_key.isEnabled()
    qtbot.keyClicks(form.key, SECRET)
    with qtbot.waitSignal(form.key_saved):
        form.save_key.click()
    assert backstage.keys == {"xai": SECRET}
    assert form.key.text() == ""
    assert form.key_status.text() == "The key is kept."
    qtbot.waitUntil(lambda: form.test_status.text() == "It works.")
    assert [form.models.itemText(i) for i in range(form.models.count())] == ["model-a", "model-b"]
    assert threading.get_ident() not in backstage.threads


def test_a_keyring_that_refuses_is_said_in_words(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    backstage.key_error = KeyringTrouble("The keyring is locked.", "Unlock it.")
    qtbot.keyClicks(form.key, SECRET)
    form.save_key.click()
    qtbot.waitUntil(lambda: form.key_status.text() == "The keyring is locked. Unlock it.")


def test_a_failed_test_is_said_in_words_and_can_be_repeated(
    qtbot: QtBot, form: ConnectionForm, backstage: Backstage
) -> None:
    backstage.test_error = KeyRefused("The key was refused.", "Check it.")
    for _ in range(2):
        form.test.setFocus()
        form.test.click()
        assert form.test_status.text() == "Testing…"
        qtbot.waitUntil(lambda: form.test_status.text() == "The key was refused. Check it.")
        # A typed space must not press what stands next.
        assert form.focusWidget() is form.test


def test_removing_the_key(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    assert not form.remove_key.isEnabled()
    backstage.keys["xai"] = SECRET
    form.show_profile(ON_THIS_COMPUTER)
    form.show_profile(XAI)
    qtbot.waitUntil(form.remove_key.isEnabled)
    form.remove_key.click()
    qtbot.waitUntil(lambda: form.key_status.text() == "The key is gone.")
    assert backstage.keys == {}
    assert not form.remove_key.isEnabled()


def press_save(qtbot: QtBot, form: ConnectionForm, key: str = SECRET) -> None:
    form.key.setText(key)
    form.save_key.click()
    assert form.key.text() == ""


def test_a_key_is_kept_although_another_profile_is_shown_while_the_keyring_prompts(
    qtbot: QtBot, form: ConnectionForm, backstage: Backstage
) -> None:
    backstage.prompt.clear()
    press_save(qtbot, form)
    form.show_profile(ON_THIS_COMPUTER)
    with qtbot.waitSignal(form.key_saved):
        backstage.prompt.set()
    assert backstage.keys == {"xai": SECRET}
    assert form.test_status.text() == "xAI: The key is kept."


def test_a_key_that_was_not_kept_comes_back_to_its_profile(
    qtbot: QtBot, form: ConnectionForm, backstage: Backstage
) -> None:
    backstage.prompt.clear()
    backstage.key_error = KeyringTrouble("The keyring is locked.", "Unlock it.")
    press_save(qtbot, form)
    form.show_profile(ON_THIS_COMPUTER)
    backstage.prompt.set()
    qtbot.waitUntil(lambda: form.test_status.text() == "xAI: The keyring is locked. Unlock it.")
    assert form.key.text() == ""
    form.show_profile(XAI)
    assert form.key.text() == SECRET


def test_writes_end_as_they_were_pressed(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    backstage.prompt.clear()
    press_save(qtbot, form, "first-key-0123456789")
    press_save(qtbot, form, "second-key-0123456789")
    form.remove_key.setEnabled(True)
    form.remove_key.click()
    press_save(qtbot, form, "third-key-0123456789")
    backstage.prompt.set()
    qtbot.waitUntil(lambda: backstage.keys == {"xai": "third-key-0123456789"})
    qtbot.waitUntil(lambda: form.key_status.text() == "The key is kept.")


def test_a_key_is_kept_although_the_form_is_gone(qtbot: QtBot, backstage: Backstage) -> None:
    form = ConnectionForm(backstage)
    backstage.prompt.clear()
    press_save(qtbot, form)
    form.deleteLater()
    qtbot.wait(1)
    backstage.prompt.set()
    qtbot.waitUntil(lambda: backstage.keys == {"xai": SECRET})


def test_a_save_that_fails_puts_the_fields_back(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    backstage.save_error = SettingsBroken("The settings could not be saved.", "The disk is full.")
    line = form.models.lineEdit()
    assert line is not None
    line.setText("model-x")
    line.editingFinished.emit()
    assert form.models.currentText() == XAI.model
    assert "The disk is full." in form.address.status.text()


def test_another_address_asks_for_its_own_key(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    backstage.keys["xai"] = SECRET
    form.address.setText("https://example.org/v1")
    form.address.editingFinished.emit()
    assert form.key_status.text() == "Looking for the key…"
    qtbot.waitUntil(lambda: form.key_status.text() == "A key is kept.")


def test_this_computer_asks_for_no_key(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    with qtbot.waitSignal(form.profile_chosen):
        form.profiles.setCurrentIndex(1)
        form.profiles.activated.emit(1)
    assert backstage.active_id == ON_THIS_COMPUTER.id
    assert not form.key.isVisible()
    assert not form.address.isVisible()


def test_a_server_can_be_added_and_named_by_its_address(
    qtbot: QtBot, form: ConnectionForm, backstage: Backstage
) -> None:
    other = PRESETS[-1]
    with qtbot.waitSignal(form.add_requested):
        form.add.click()
    form.add_profile(new_profile(other, {profile.id for profile in backstage.profiles()}))
    assert form.profile.name == other.title
    form.address.setText("http://127.0.0.1:9/v1")
    form.address.editingFinished.emit()
    assert backstage.kept[form.profile.id].base_url == "http://127.0.0.1:9/v1"
    assert backstage.active_id == form.profile.id


def test_what_cannot_be_kept_is_said_and_not_taken(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    backstage.save_error = UsageError("The address has a blank in it.", "Example: https://api.x.ai/v1")
    form.address.setText("not an address")
    with qtbot.assertNotEmitted(form.profile_chosen):
        form.address.editingFinished.emit()
    assert "has a blank in it" in form.address.status.text()
    assert form.profile == XAI


def test_a_chosen_model_is_kept(qtbot: QtBot, form: ConnectionForm, backstage: Backstage) -> None:
    form.models.setEditText("model-b")
    form.models.lineEdit().editingFinished.emit()  # type: ignore[union-attr]  # it is editable
    assert backstage.kept["xai"].model == "model-b"


def test_ids_of_new_profiles_are_free() -> None:
    first = new_profile(PRESETS[1], set())
    second = new_profile(PRESETS[1], {first.id})
    assert first.id != second.id
    assert first.name != second.name
