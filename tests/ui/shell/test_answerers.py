"""Changing who answers beside a question: the menu, the picker, and the way back from a model that has gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Ended, Profile
from grokdesk.paths import resources
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.shell.answerers import Answerers
from tests.support.images.pictures import picture, prepare_plainly
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream
from tests.support.windows.keystores import MemoryStore
from tests.ui.settings.test_preferences import Stage

GONE = Reply.json({"error": {"message": "The model old does not exist", "code": "model_not_found"}}, 404)
LIST = Reply.json({"object": "list", "data": [{"id": "new-one"}, {"id": "tiny"}]})


@dataclass
class Scene:
    server: ScriptedServer
    stage: Stage
    answerers: Answerers
    controller: Controller
    draft: Draft

    @property
    def kept(self) -> Profile:
        return self.stage.services.settings.load().profiles[0]

    def actions(self) -> dict[str, QAction]:
        self.menu = self.answerers.make_menu()
        return {action.text(): action for action in self.menu.actions()}


@pytest.fixture
def scene(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Scene]:
    with ScriptedServer() as server:
        stage = Stage(qapp, tmp_path, MemoryStore())
        house = Profile("house", "House", "chat-completions", f"{server.url}/v1", "old", needs_key=False, is_local=True)
        server.on("GET", "/v1/models", LIST)
        stage.services.settings.change(profiles=(house,), profile="house")
        stage.preferences.settings = stage.services.settings.load()
        with qtbot.waitSignal(stage.preferences.profile_found):
            stage.preferences.look_for_profile()
        parent = QObject()
        answerers = Answerers(stage.services, stage.preferences, Theme(qapp, resources() / "icons"), parent)
        controller = Controller(lambda: stage.services.asker(keep=False), lambda: stage.preferences.profile, parent)
        draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly, parent)
        yield Scene(server, stage, answerers, controller, draft)
        controller.shut_down(5)
        if answerers.picker is not None:
            answerers.picker.close()


def test_the_menu_shows_who_answers_and_changes_it(qtbot: QtBot, scene: Scene) -> None:
    actions = scene.actions()
    assert [name for name, action in actions.items() if action.isChecked()] == ["House"]
    with qtbot.waitSignal(scene.stage.preferences.profile_found):
        actions["On this computer"].trigger()
    assert scene.stage.preferences.profile.id == ON_THIS_COMPUTER.id
    assert not scene.actions()["Choose a model…"].isEnabled()


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform cannot
@pytest.mark.parametrize("bottom", [60, 795])
def test_the_menu_opens_beside_its_button_and_stays(qtbot: QtBot, scene: Scene, bottom: int) -> None:
    button = QRect(20, bottom - 29, 90, 30)
    scene.answerers.show_menu(button)
    menu = scene.answerers.menu
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    assert menu.x() == 20
    assert not menu.geometry().intersects(button)
    menu.close()


def test_a_model_chosen_from_the_menu_is_kept(qtbot: QtBot, scene: Scene) -> None:
    scene.actions()["Choose a model…"].trigger()
    picker = scene.answerers.picker
    assert picker is not None
    assert picker in scene.stage.preferences.windows
    qtbot.waitUntil(lambda: picker.list.count() == 2)
    with qtbot.waitSignal(scene.stage.preferences.profile_found):
        picker.choose.click()
    assert scene.kept.model == scene.stage.preferences.model == "new-one"
    assert scene.answerers.picker is None
    assert picker not in scene.stage.preferences.windows


def test_after_a_model_has_gone_the_same_question_goes_to_the_chosen_one(qtbot: QtBot, scene: Scene) -> None:
    scene.server.on("POST", "/v1/chat/completions", GONE, Reply.stream(chat_stream("A pear.", model="new-one")))
    endings: list[Ended] = []
    scene.controller.came.connect(lambda events: endings.extend(each for each in events if isinstance(each, Ended)))
    scene.controller.submit(scene.draft, "What is it?", "ask")
    qtbot.waitUntil(lambda: len(endings) == 1 and not scene.controller.is_busy)
    scene.draft.add_picture(picture())  # the next question is already being prepared
    scene.answerers.choose_and_ask(scene.controller)
    picker = scene.answerers.picker
    assert picker is not None
    assert picker.why.text() == "House does not have the model old."
    qtbot.waitUntil(lambda: picker.list.count() == 2)
    picker.choose.click()
    qtbot.waitUntil(lambda: len(endings) == 2)
    assert endings[-1].turn.answer.text == "A pear."
    asked = [request.json for request in scene.server.requests if request.path == "/v1/chat/completions"]
    assert [each["model"] for each in asked] == ["old", "new-one"]
    assert asked[0]["messages"] == asked[1]["messages"]
    assert len(scene.draft.entries) == 1


def test_leaving_the_picker_asks_nothing(qtbot: QtBot, scene: Scene) -> None:
    scene.answerers.choose_and_ask(scene.controller)
    assert scene.answerers.picker is not None
    scene.answerers.picker.reject()
    assert scene.kept.model == "old"
    assert not scene.controller.is_busy
