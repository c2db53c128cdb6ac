from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotAPicture
from grokdesk.model import Ended, ImageLimits, Picture, PreparedImage
from grokdesk.paths import resources
from grokdesk.ui.capture.popup import Popup
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from tests.support.images.pictures import picture, prepare_plainly
from tests.support.servers.providers import CATALOGUE, PROFILE, Scripted, asker
from tests.support.windows.popups import asking_in

ANCHOR = QRect(10, 10, 20, 20)
ONE = Incoming(pictures=(picture(),))
BROKEN = Incoming(pictures=(Picture("broken.png", b""),))


def prepare(
    picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
) -> PreparedImage:
    if picture.content == b"":
        raise NotAPicture("broken.png is empty.")
    return prepare_plainly(picture, limits, lossless=lossless)


@pytest.fixture
def popup(qtbot: QtBot, qapp: QApplication) -> Iterator[Popup]:
    controller = Controller(lambda: asker(Scripted()), lambda: PROFILE)
    composer = Composer(Theme(qapp, resources() / "icons"))
    composer.set_actions(CATALOGUE.actions, "ask")
    draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare)
    popup = Popup(DraftComposer(draft, composer), asking_in(controller))
    qtbot.addWidget(popup.window)
    yield popup
    controller.shut_down(5)


def test_it_opens_with_what_came_and_keeps_what_was_there(qtbot: QtBot, popup: Popup) -> None:
    for _ in range(2):
        with qtbot.waitSignal(popup.opened):
            popup.open(ONE, ANCHOR)
    assert popup.window.isVisible()
    assert len(popup.question.draft.entries) == 2


def test_a_typed_question_goes_and_the_window_with_it(qtbot: QtBot, popup: Popup) -> None:
    popup.open(ONE, ANCHOR)
    qtbot.waitUntil(lambda: popup.question.draft.is_ready)
    with qtbot.waitSignal(popup.asked):
        popup.question.submit("What is it?", "ask")
    assert not popup.window.isVisible()
    assert popup.question.draft.entries == ()


def test_an_action_is_asked_without_the_window_and_its_end_is_told(qtbot: QtBot, popup: Popup) -> None:
    heard: list[Ended | GrokDeskError] = []
    with qtbot.waitSignal(popup.asked):
        popup.ask(ONE, "alt-text", heard.append, quiet=True)
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], Ended)
    assert heard[0].turn.answer.text == "Hello"
    assert not popup.window.isVisible()


def test_a_picture_that_is_refused_is_told(qtbot: QtBot, popup: Popup) -> None:
    heard: list[Ended | GrokDeskError] = []
    popup.ask(BROKEN, "alt-text", heard.append, quiet=False)
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], NotAPicture)


def test_discarding_forgets_the_draft_and_tells_who_waits(qtbot: QtBot, popup: Popup) -> None:
    heard: list[Ended | GrokDeskError] = []
    popup.ask(ONE, "alt-text", heard.append, quiet=False)
    with qtbot.waitSignal(popup.discarded):
        popup.question.composer.discarded.emit()
    assert [type(outcome) for outcome in heard] == [Cancelled]
    assert popup.question.draft.entries == ()
    popup.question.bring_back()
    assert len(popup.question.draft.entries) == 1
