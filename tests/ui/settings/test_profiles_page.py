"""The page with the profiles, over real settings, before a keyring in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from grokdesk.errors import KeyringLocked
from grokdesk.model import Profile
from grokdesk.store.settings.profile_tables import _KINDS, table_of
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI
from grokdesk.ui.kit.two_lines import ABOUT, WHAT
from grokdesk.ui.settings.profile_fields import FileField, HeadersField, NumberField, ProxyField, SwitchField, TextField
from grokdesk.ui.settings.profiles_page import ProfilesPage
from grokdesk.ui.settings.settings_dialog import SettingsDialog
from tests.support.windows.keystores import MemoryStore
from tests.ui.settings.test_preferences import Stage

SECRET = "sk-planted-key-0123456789"
HOUSE = Profile("house", "House", "chat-completions", "http://127.0.0.1:9/v1", "m", needs_key=False, is_local=True)
AWAY = Profile("away", "Away", "chat-completions", "https://example.org/v1")


@dataclass
class Scene:
    qtbot: QtBot
    stage: Stage
    window: SettingsDialog

    @property
    def page(self) -> ProfilesPage:
        return self.window.profiles

    @property
    def kept(self) -> dict[str, Profile]:
        return {profile.id: profile for profile in self.stage.services.settings.load().profiles}

    @property
    def shown(self) -> list[str]:
        return [self.page.list.item(at).data(WHAT) for at in range(self.page.list.count())]

    def select(self, profile_id: str) -> None:
        self.page.list.setCurrentRow(self.shown.index(profile_id))

    def about(self, profile_id: str) -> str:
        return str(self.page.list.item(self.shown.index(profile_id)).data(ABOUT))

    def action(self, words: str) -> QAction:
        self.menu = QMenu()
        self.page.actions_.fill(self.menu, self.page.form.profile)
        return next(action for action in self.menu.actions() if action.text() == words)

    def undo(self) -> None:
        self.page.notice.findChildren(type(self.page.use))[0].click()

    def type(self, key: str, value: object) -> None:
        field = self.page.details.fields[key]
        field.show_value(value)
        field.edited.emit()


@pytest.fixture
def scene(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Scene:
    stage = Stage(qapp, tmp_path, MemoryStore({"house": SECRET}))
    stage.services.settings.change(profiles=(HOUSE, AWAY), profile="house")
    stage.preferences.settings = stage.services.settings.load()
    with qtbot.waitSignal(stage.preferences.profile_found):
        stage.preferences.look_for_profile()
    window = stage.preferences.show("Connection")
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: "key" in window.form.key_status.text() and "Looking" not in window.form.key_status.text())
    return Scene(qtbot, stage, window)


# --- the list ---


def test_the_list_says_which_one_answers_and_where_each_leads(scene: Scene) -> None:
    assert scene.shown == ["xai", "on-this-computer", "house", "away"]
    assert scene.about("house") == "In use · m · http://127.0.0.1:9/v1"
    assert scene.page.form.profile.id == "house"
    assert not scene.page.use.isEnabled()


def test_another_one_is_shown_without_being_used_and_used_by_its_button(scene: Scene) -> None:
    scene.select("away")
    assert scene.stage.preferences.profile.id == "house"
    with scene.qtbot.waitSignal(scene.stage.preferences.profile_found):
        scene.page.use.click()
    assert scene.stage.preferences.profile.id == "away"
    assert scene.about("away").startswith("In use")
    assert scene.page.use.text() == "In use"


def test_a_profile_is_renamed_in_place(scene: Scene) -> None:
    name = scene.page.name
    assert isinstance(name, TextField)
    name.line.setText("At home")
    name.line.editingFinished.emit()
    assert scene.kept["house"].name == "At home"
    assert scene.page.list.currentItem().text() == "At home"
    name.line.clear()
    name.line.editingFinished.emit()
    assert name.line.text() == "At home"


def test_a_copy_is_shown_and_shares_no_key(scene: Scene) -> None:
    scene.action("Duplicate").trigger()
    assert scene.page.form.profile.id == "house-copy"
    assert scene.kept["house-copy"] == replace(HOUSE, id="house-copy", name="House copy")
    assert list(scene.stage.store.kept.values()) == [SECRET]


def test_a_removed_profile_takes_its_key_along_and_comes_back_with_it(scene: Scene) -> None:
    scene.action("Remove").trigger()
    assert scene.shown == ["xai", "on-this-computer", "away"]
    scene.qtbot.waitUntil(lambda: scene.stage.store.kept == {})
    assert scene.page.notice.words == "House removed."
    scene.undo()
    scene.qtbot.waitUntil(lambda: list(scene.stage.store.kept.values()) == [SECRET])
    scene.qtbot.waitUntil(lambda: scene.stage.preferences.profile.id == "house")
    assert scene.shown == ["xai", "on-this-computer", "house", "away"]
    assert scene.kept["house"] == HOUSE


def test_a_built_in_profile_is_reset_and_keeps_its_key(scene: Scene) -> None:
    scene.select("xai")
    assert not scene.action("Reset to defaults").isEnabled()
    scene.stage.store.kept["xai"] = SECRET
    scene.type("effort", "low")
    assert scene.kept["xai"].effort == "low"
    scene.action("Reset to defaults").trigger()
    assert "xai" not in scene.kept
    assert scene.page.form.profile == XAI
    scene.undo()
    assert scene.kept["xai"].effort == "low"
    assert scene.stage.store.kept["xai"] == SECRET


def test_profiles_go_to_a_file_without_secrets_and_come_back(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    scene.type("headers", {"X-Title": "GrokDesk", "X-Session": "s3cret"})
    scene.qtbot.waitUntil(lambda: scene.kept["house"].connection.secret_headers == ("X-Session",))
    assert "s3cret" in scene.stage.store.kept.values()
    shown = scene.page.details.fields["headers"].value()
    assert shown == {"X-Title": "GrokDesk", "X-Session": "(kept in the keyring)"}
    scene.page.actions_.export_to(file, [scene.kept["house"]])
    scene.qtbot.waitUntil(lambda: "Written to profiles.json" in scene.page.notice.words)
    assert "X-Session is left out" in scene.page.notice.words
    text = file.read_text(encoding="utf-8")
    assert "s3cret" not in text
    assert SECRET not in text
    scene.action("Remove").trigger()
    scene.page.actions_.import_from(file)
    scene.qtbot.waitUntil(lambda: "Imported: House." in scene.page.notice.words)
    assert scene.kept["house"].connection.headers == (("X-Title", "GrokDesk"),)
    assert scene.page.form.profile.id == "house"


@pytest.mark.parametrize("content", [None, "no JSON", json.dumps({"profiles": [{"id": "x", "dialect": "latin"}]})])
def test_a_file_that_holds_no_profiles_is_said_in_words(scene: Scene, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "other.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    scene.page.actions_.import_from(file)
    scene.qtbot.waitUntil(lambda: scene.page.notice.words != "")
    assert len(scene.kept) == 2


# --- the fields ---


def test_an_address_in_any_usual_form_is_shown_as_it_will_be_used(scene: Scene) -> None:
    scene.page.form.address.setText("localhost:11434/v1/chat/completions")
    scene.page.form.address.editingFinished.emit()
    assert scene.page.form.address.status.text() == "Used as http://localhost:11434/v1"
    assert scene.about("house").endswith("http://localhost:11434/v1")


def test_an_address_that_is_none_stays_typed_with_its_reason_and_hinders_nothing(scene: Scene) -> None:
    form = scene.page.form
    form.address.setText("http://exa mple")
    form.models.setEditText("other-model")
    form.address.editingFinished.emit()
    assert "not a valid server address" in form.address.status.text()
    assert scene.kept["house"] == replace(HOUSE, model="other-model")
    scene.select("away")
    assert form.address.text() == AWAY.base_url
    scene.select("house")
    assert form.address.text() == "http://exa mple"
    assert "not a valid server address" in form.address.status.text()


def test_a_key_that_is_not_saved_yet_stays_with_its_profile(scene: Scene) -> None:
    scene.qtbot.keyClicks(scene.page.form.key, "sk-half")
    scene.select("away")
    assert scene.page.form.key.text() == ""
    scene.select("house")
    assert scene.page.form.key.text() == "sk-half"
    assert "sk-half" not in repr(scene.page.form._typed)


WAY = HOUSE.connection
CHANGES: list[tuple[str, object, Profile]] = [
    ("dialect", "xai-responses", replace(HOUSE, dialect="xai-responses")),
    ("needs_key", True, replace(HOUSE, needs_key=True)),
    ("is_local", False, replace(HOUSE, is_local=False)),
    ("effort", "high", replace(HOUSE, effort="high")),
    ("long_edge", 1024, replace(HOUSE, limits=replace(HOUSE.limits, long_edge=1024))),
    ("max_images", 3, replace(HOUSE, limits=replace(HOUSE.limits, max_images=3))),
    ("formats", ["jpeg"], replace(HOUSE, limits=replace(HOUSE.limits, formats=("jpeg",)))),
    ("counts_base64", False, replace(HOUSE, limits=replace(HOUSE.limits, counts_base64=False))),
    ("scan", "block", replace(HOUSE, scan="block")),
    ("request_tokens", 9_000, replace(HOUSE, request=replace(HOUSE.request, max_tokens=9_000))),
    ("proxy", "none", replace(HOUSE, connection=replace(WAY, proxy="none"))),
    ("proxy", "socks5://127.0.0.1:1080", replace(HOUSE, connection=replace(WAY, proxy="socks5://127.0.0.1:1080"))),
    ("connect_seconds", 5, replace(HOUSE, connection=replace(WAY, connect_seconds=5))),
    ("idle_seconds", 900, replace(HOUSE, connection=replace(WAY, idle_seconds=900))),
    ("headers", {"X-Title": "G"}, replace(HOUSE, connection=replace(WAY, headers=(("X-Title", "G"),)))),
]


def test_every_detail_counts_at_once(scene: Scene) -> None:
    for key, value, expected in CHANGES:
        scene.type(key, value)
        assert scene.kept["house"] == expected, key
        scene.stage.preferences.change("profiles", (HOUSE, AWAY))
        scene.page.refresh()


def test_megabytes_are_counted_as_bytes_and_left_alone_when_not_changed(scene: Scene) -> None:
    field = scene.page.details.fields["max_bytes"]
    assert isinstance(field, NumberField)
    field.number.setValue(4)
    assert scene.kept["house"].limits.max_bytes == 4 * 1024 * 1024
    field.show_value(4_300_000)
    assert field.value() == 4_300_000


WRONG: list[tuple[str, object, object, str]] = [
    ("proxy", "ftp://proxy", "system", "is not system, none, or an address"),
    ("proxy", "http://name:secret@proxy:1", "system", "must not hold a name or a password"),
    ("headers", {"just words": None}, {}, "cannot be the name of an extra header"),
    ("ca_file", "/there/is/no/such.pem", "", "There is no file"),
]


def test_what_cannot_be_kept_says_why_beside_its_field_and_is_not_lost(scene: Scene) -> None:
    for key, value, usual, why in WRONG:
        scene.type(key, value)
        field = scene.page.details.fields[key]
        assert why in field.error.text()
        assert scene.kept["house"] == HOUSE
        scene.select("away")
        assert field.error.text() == ""
        scene.select("house")
        assert why in field.error.text()
        assert field.value() == value
        scene.type(key, usual)
        assert field.error.text() == ""


def test_a_proxy_of_ones_own_is_kept_when_its_address_is_there(scene: Scene) -> None:
    field = scene.page.details.fields["proxy"]
    assert isinstance(field, ProxyField)
    scene.page.advanced.unfold()
    field.choice.setCurrentIndex(2)
    field.choice.activated.emit(2)
    assert field.line.isVisible()
    assert scene.kept["house"] == HOUSE
    field.line.setText("proxy:3128")
    field.line.editingFinished.emit()
    assert scene.kept["house"].connection.proxy == "http://proxy:3128"


def test_headers_are_kept_when_their_field_is_left(scene: Scene) -> None:
    field = scene.page.details.fields["headers"]
    assert isinstance(field, HeadersField)
    scene.page.advanced.unfold()
    field.text.setFocus()
    scene.qtbot.keyClicks(field.text, "X-Title: GrokDesk")
    scene.page.name.control.setFocus()
    assert scene.kept["house"].connection.headers == (("X-Title", "GrokDesk"),)


def test_a_server_elsewhere_cannot_be_marked_as_local(scene: Scene) -> None:
    scene.select("away")
    assert not scene.page.details.fields["is_local"].isEnabled()
    scene.select("house")
    local = scene.page.details.fields["is_local"]
    assert isinstance(local, SwitchField)
    assert local.isEnabled()
    assert local.box.isChecked()


def test_this_computer_has_picture_limits_and_no_more(scene: Scene) -> None:
    scene.page.advanced.unfold()
    scene.select(ON_THIS_COMPUTER.id)
    visible = {key for key, field in scene.page.details.fields.items() if field.isVisible()}
    assert visible == {"long_edge", "max_bytes", "max_images", "formats", "counts_base64"}


def test_closing_the_window_keeps_what_is_being_typed(scene: Scene) -> None:
    effort = scene.page.details.fields["effort"]
    assert isinstance(effort, TextField)
    assert isinstance(scene.page.details.fields["ca_file"], FileField)
    scene.page.advanced.unfold()
    effort.line.setFocus()
    scene.qtbot.keyClicks(effort.line, "medium")
    scene.window.close()
    assert scene.kept["house"].effort == "medium"


@pytest.mark.parametrize(("place", "field"), [("key", "key"), ("address", "address")])
def test_an_error_leads_to_the_field_that_cures_it(scene: Scene, place: str, field: str) -> None:
    scene.stage.preferences.show("Connection", place)
    assert scene.window.focusWidget() is getattr(scene.page.form, field)
    scene.stage.preferences.show("Connection", "ca_file")
    assert scene.page.details.fields["ca_file"].isVisible()
    assert scene.window.focusWidget() is scene.page.details.fields["ca_file"].control


def test_in_a_narrow_window_the_list_is_above(scene: Scene) -> None:
    scene.window.resize(420, 640)
    QApplication.processEvents()
    assert scene.window.width() == 420
    left, right = scene.page.list.mapTo(scene.page, scene.page.list.rect().bottomLeft()), scene.page.about.pos()
    assert left.y() < right.y()


# --- adding ---


def test_a_profile_begins_from_a_pattern(scene: Scene) -> None:
    window = scene.page.actions_.add()
    assert window in scene.stage.preferences.windows
    titles = [window.list.item(at).text() for at in range(window.list.count())]
    window.list.setCurrentRow(titles.index("OpenRouter"))
    scene.qtbot.keyClick(window.list, Qt.Key.Key_Return)
    assert window not in scene.stage.preferences.windows
    assert scene.kept["openrouter"].base_url == "https://openrouter.ai/api/v1"
    assert scene.page.form.profile.id == "openrouter"
    assert scene.window.focusWidget() is scene.page.form.key
    assert scene.stage.preferences.profile.id == "house"


def test_every_detail_of_a_profile_has_a_field(scene: Scene) -> None:
    elsewhere = {"id", "name", "base_url", "model", "secret_headers"}  # the last among the headers
    assert set(scene.page.details.fields) == set(_KINDS) - elsewhere


def test_an_import_that_weakens_something_waits_for_a_yes(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    table = {**table_of(HOUSE), "scan": "off", "proxy": "http://proxy.example.org:1"}
    file.write_text(json.dumps({"profiles": [table]}))
    scene.page.actions_.import_from(file)
    scene.qtbot.waitUntil(lambda: "through the proxy" in scene.page.notice.words)
    assert "no scan" in scene.page.notice.words
    assert scene.kept["house"] == HOUSE
    scene.undo()
    assert scene.kept["house"].scan == "off"


def test_a_secret_header_that_cannot_be_kept_stays_typed_with_its_reason(scene: Scene) -> None:
    scene.stage.store.trouble = KeyringLocked("The keyring is locked.")
    field = scene.page.details.fields["headers"]
    scene.type("headers", {"X-Auth-Token": "planted"})
    scene.qtbot.waitUntil(lambda: "locked" in field.error.text())
    assert scene.kept["house"] == HOUSE
    assert field.value() == {"X-Auth-Token": "planted"}
