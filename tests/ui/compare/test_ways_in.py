"""The ways into a comparison: from the composer of the conversation and from the one beside a selection."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.services import services_from
from grokdesk.ui.capture.popup import Popup
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.compose.questions import Questions
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.images.pictures import picture
from tests.support.servers.providers import PROFILE, Scripted, asker
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore
from tests.support.windows.popups import asking_in


class Stage:
    def __init__(self, qapp: QApplication, home: Path) -> None:
        services = services_from({"GROKDESK_HOME": str(home)}, lambda _sentence: None, MemoryStore())
        theme, self.owner = Theme(qapp, resources() / "icons"), QObject()
        hotkeys = HotkeyBindings(PlayedHotkeys().choose)
        preferences = Preferences(services, theme, QIcon(), hotkeys, plain_copier, self.owner)
        self.questions = Questions(services, preferences, theme, self.owner)
        self.controller = Controller(lambda: asker(Scripted()), lambda: PROFILE, self.owner)
        self.drafts: list[tuple[str, list[str]]] = []
        self.questions.compare_requested.connect(self.take)

    def take(self, question: DraftComposer) -> None:
        self.drafts.append((question.composer.text(), [entry.name for entry in question.draft.entries]))


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Stage:
    return Stage(qapp, tmp_path)


def button(question: DraftComposer) -> IconButton:
    return next(
        each
        for each in question.composer.findChildren(IconButton)
        if each.accessibleName() == "Compare the answers of several models"
    )


def test_the_draft_is_offered_and_stays(qtbot: QtBot, stage: Stage) -> None:
    question = stage.questions.make()
    qtbot.addWidget(question.composer)
    question.composer.show()
    question.composer.set_text("Which?")
    with qtbot.waitSignal(stage.questions.compare_requested):
        button(question).click()
    assert stage.drafts == [("Which?", [])]
    assert question.composer.text() == "Which?"


def test_pictures_that_are_not_here_yet_are_waited_for(qtbot: QtBot, stage: Stage) -> None:
    question = stage.questions.make()
    qtbot.addWidget(question.composer)
    question.composer.show()
    question.draft.add_picture(picture())
    with qtbot.assertNotEmitted(stage.questions.compare_requested):
        button(question).click()
    question.draft.set_limits(PROFILE.limits)
    qtbot.waitUntil(lambda: question.draft.is_ready)
    button(question).click()
    assert stage.drafts == [("", ["shot.png"])]


def test_the_composer_beside_a_selection_hands_its_draft_over_and_goes(qtbot: QtBot, stage: Stage) -> None:
    popup = Popup(stage.questions.make(), asking_in(stage.controller))
    qtbot.addWidget(popup.window)
    popup.question.draft.set_limits(PROFILE.limits)
    popup.open(Incoming(pictures=(picture("cut.png"),)), QRect(10, 10, 50, 50))
    qtbot.waitUntil(lambda: popup.question.draft.is_ready)
    with qtbot.waitSignal(popup.discarded):
        button(popup.question).click()
    assert stage.drafts == [("", ["cut.png"])]
    assert not popup.window.isVisible()
    assert popup.question.draft.entries == ()
