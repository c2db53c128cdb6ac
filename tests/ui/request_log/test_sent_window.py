"""A request is shown as it was sent: the one that really went to a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w
from PySide6.QtCore import QUrl
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Message
from grokdesk.model.requests import Purpose, RequestRecord
from grokdesk.paths import resources
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.services import Services, services_from
from grokdesk.store.request_log.request_log import Wanted
from grokdesk.store.settings.profiles import find_profile
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.request_log.sent_document import read_picture
from grokdesk.ui.request_log.sent_window import GONE, NOTHING, SentWindow
from grokdesk.ui.request_log.windows import RequestLogWindows
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from grokdesk.usage.recent import SentRequest
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.images.images import encoded, quarters
from tests.support.images.pictures import prepared_image
from tests.support.servers.outgoing_requests import ending, outgoing
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore

SECRET = "xai-planted-key-0123456789"
QUESTION = 'Größe?\n<b>"quoted"</b>'


class Stage:
    """A question was asked of a server; ``leaving`` shows what left."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, home: Path, server: ScriptedServer) -> None:
        self.qtbot, self.server, self.saved_as = qtbot, server, ""
        # First of all: who reads the settings earlier gives the key to the usual address.
        xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1", "model": "m"}
        file = home / "config" / "settings.toml"
        file.parent.mkdir()
        file.write_text(tomli_w.dumps({"profiles": [xai]}), encoding="utf-8")
        self.services: Services = services_from(
            {"GROKDESK_HOME": str(home)}, lambda _sentence: None, MemoryStore({"xai": SECRET})
        )
        theme, hotkeys = Theme(qapp, resources() / "icons"), HotkeyBindings(PlayedHotkeys().choose)
        self.preferences = Preferences(self.services, theme, QIcon(), hotkeys, plain_copier)
        self.leaving = RequestLogWindows(
            self.services,
            self.preferences,
            theme,
            QIcon(),
            plain_copier,
            choose_file=lambda _window, _title, _name: self.saved_as,
        )
        self.image = prepared_image("salary.png", 40, 30)

    def ask(self, ticket: str, **purpose: object) -> None:
        profile = find_profile(self.services.settings.load(), "xai")
        message = Message(QUESTION, (self.image,), purpose=Purpose(ticket=ticket, **purpose))  # type: ignore[arg-type]  # its own fields
        list(self.services.remote(profile).answer(message, [], CancelSwitch()))

    def show(self, ticket: str) -> SentWindow:
        self.leaving.show_sent(ticket)
        window = self.leaving.sent_window
        assert window is not None
        self.qtbot.addWidget(window)
        return window

    def shown(self, ticket: str) -> SentWindow:
        window = self.show(ticket)
        self.qtbot.waitUntil(window.copy_button.isEnabled)
        return window


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    with ScriptedServer() as server:
        server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
        yield Stage(qtbot, qapp, tmp_path, server)


def test_it_is_shown_as_it_left(stage: Stage) -> None:
    stage.ask("t")
    window = stage.shown("t")
    text = window.body.toPlainText()
    assert f"POST {stage.server.url}/v1/responses" in text
    assert '"text": "Größe?\\n<b>\\"quoted\\"</b>"' in text
    assert "Authorization: (not shown" in text
    assert f"SHA-256 {stage.image.sha256}" in text
    assert "40 × 30" in text
    assert SECRET not in text + window.body.toHtml()
    assert not window.choice.isVisible()


def test_copying_leaves_the_base64_out(stage: Stage, qapp: QApplication) -> None:
    stage.ask("t")
    window = stage.shown("t")
    with stage.qtbot.waitSignal(window.copy_requested):
        window.copy_button.click()
    assert f"base64,<40 × 30, {len(stage.image.data)} bytes, SHA-256 {stage.image.sha256}>" in qapp.clipboard().text()
    stage.qtbot.waitUntil(lambda: window.notice.words == "Copied.")


def test_the_body_is_saved_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    stage.ask("t")
    window = stage.shown("t")
    stage.saved_as = str(tmp_path / "request.json")
    window.save_button.click()
    stage.qtbot.waitUntil(lambda: window.notice.words == "Saved as request.json.")
    assert (tmp_path / "request.json").read_bytes() == stage.server.requests[0].body


def test_a_picture_is_saved_as_it_left(stage: Stage, tmp_path: Path) -> None:
    stage.ask("t")
    window = stage.shown("t")
    stage.saved_as = str(tmp_path / "sent.png")
    window.body.anchorClicked.emit(QUrl("save:0"))
    stage.qtbot.waitUntil(lambda: window.notice.words == "Saved as sent.png.")
    assert (tmp_path / "sent.png").read_bytes() == stage.image.data
    stage.saved_as = str(tmp_path)
    window.save_button.click()
    stage.qtbot.waitUntil(lambda: "cannot be written" in window.notice.words)


def test_several_requests_of_one_answer_can_be_chosen(stage: Stage) -> None:
    busy = Reply.json({"error": "busy"}, 503, {"retry-after": "0"})
    stage.server.on("POST", "/v1/responses", busy, Reply.stream(responses_stream("Yes.")))
    stage.ask("t")
    window = stage.shown("t")
    choices = [window.choice.itemText(number) for number in range(window.choice.count())]
    assert choices == ["1 of 2: Question · Refused", "2 of 2: Question, retried · Answered"]
    window.choice.setCurrentIndex(0)
    window.choice.activated.emit(0)
    stage.qtbot.waitUntil(window.copy_button.isEnabled)
    assert "HTTP 503" in window.body.toPlainText()


def test_an_answer_of_this_computer_has_sent_nothing(stage: Stage) -> None:
    window = stage.show("nothing-left")
    assert window.body.toPlainText() == NOTHING
    assert not window.copy_button.isEnabled()


def test_after_a_restart_the_facts_are_said(stage: Stage) -> None:
    request_log = stage.services.accounts().request_log
    stage.leaving.show()
    assert stage.leaving.log_window is not None
    stage.qtbot.addWidget(stage.leaving.log_window)
    entry_id = request_log.begin(outgoing(), ending())
    entry = request_log.get(entry_id)
    assert entry is not None
    stage.leaving.log_window.sent_requested.emit(entry)
    window = stage.leaving.sent_window
    assert window is not None
    stage.qtbot.addWidget(window)
    assert window.body.toPlainText().startswith(GONE)
    assert "https://api.x.ai/v1/responses" in window.body.toPlainText()


def test_a_row_of_the_ledger_leads_to_its_request(stage: Stage) -> None:
    stage.ask("t")
    (entry,) = stage.services.accounts().request_log.page(Wanted())
    stage.leaving.show_entry(entry)
    window = stage.leaving.sent_window
    assert window is not None
    stage.qtbot.addWidget(window)
    stage.qtbot.waitUntil(window.copy_button.isEnabled)
    assert "Größe" in window.body.toPlainText()


def test_what_there_was_no_room_for_is_said(stage: Stage) -> None:
    window = stage.show("t")
    window.show_requests([SentRequest(1, RequestRecord(1, outgoing(), ending()), "t", None)])
    assert window.body.toPlainText().startswith(GONE)


def test_what_is_forgotten_is_not_shown_any_more(stage: Stage) -> None:
    stage.ask("t", conversation="one", is_temporary=True)
    window = stage.shown("t")
    stage.leaving.forget("two")
    assert window.copy_button.isEnabled()
    stage.leaving.forget("one")
    assert window.body.toPlainText() == NOTHING
    assert not window.copy_button.isEnabled()


def test_what_is_deleted_in_the_window_of_the_ledger_is_not_shown_any_more(stage: Stage) -> None:
    stage.ask("t")
    sent = stage.shown("t")
    stage.leaving.show()
    window = stage.leaving.log_window
    assert window is not None
    stage.qtbot.addWidget(window)
    stage.qtbot.waitUntil(window.delete.isEnabled)
    window.delete.click()
    with stage.qtbot.waitSignal(window.deleted):
        next(button for button in window.notice.findChildren(QPushButton) if button.text() == "Delete").click()
    assert sent.body.toPlainText() == NOTHING
    with stage.qtbot.waitSignal(window.model.choices_came):
        window.reload()


def test_the_size_of_the_window_is_remembered(stage: Stage) -> None:
    stage.leaving.show()
    window = stage.leaving.log_window
    assert window is not None
    stage.qtbot.addWidget(window)
    window.resize(777, 555)
    window.close()
    settings = stage.services.settings.load()
    assert (settings.ledger_width, settings.ledger_height) == (777, 555)


def test_the_bookkeepers_words_come_to_this_thread(stage: Stage) -> None:
    stage.leaving.follow(True)
    with stage.qtbot.waitSignal(stage.leaving.notice_requested) as told:
        stage.services.accounts().tell("80 % is used.")
    assert told.args == ["80 % is used."]


def test_a_picture_has_a_thumbnail_of_the_size_that_fits() -> None:
    shown = read_picture(encoded(quarters(480, 240), "JPEG"), open_picture, CancelSwitch())
    assert (shown.size.toTuple(), shown.thumbnail.size().toTuple()) == ((480, 240), (240, 120))
    assert shown.thumbnail.pixelColor(5, 5).red() > 230


def test_what_is_no_picture_has_no_thumbnail() -> None:
    shown = read_picture(b"no picture", open_picture, CancelSwitch())
    assert shown.thumbnail.isNull()
    assert (shown.file_ending, shown.words.startswith("10 bytes")) == ("bin", True)
