"""The program as it is put together, with folders of its own; no tray, no hotkeys and no screen are needed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import Known
from grokdesk.model import Message, Picture, Profile
from grokdesk.paths import paths_from, resources
from grokdesk.services import services_from
from grokdesk.ui.compose.draft import Draft
from grokdesk.ui.shell.notices import Notices, folder_troubles
from grokdesk.ui.shell.program import Program
from grokdesk.ui.shell.tray import Tray
from tests.support.images.pictures import picture
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream
from tests.support.windows.keystores import MemoryStore

Make = Callable[[], Program]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def make(qapp: QApplication, qtbot: QtBot, home: Path) -> Iterator[Make]:
    made: list[Program] = []

    def make() -> Program:
        environment = {"GROKDESK_HOME": str(home), "GROKDESK_API_KEY": "xai-of-this-test"}
        notices = Notices()
        services = services_from(environment, notices.tell, MemoryStore())
        program = Program(qapp, services, environment, Tray(resources() / "icons"), notices)
        program.start(("background",) if made else ("show",))
        made.append(program)
        return program

    yield make
    with ExitStack() as stack:
        for program in made:
            stack.callback(program.deleteLater)
            program.hotkeys.close()
            program.notifications.close()
            program.tray.hide()
            program.conversations.shut_down(5)
            program.conversations.window.hide()
            for window in program.preferences.windows:
                window.hide()


def notice_of(program: Program) -> str:
    return program.chat.question.composer._notice.words


def settings_file(home: Path) -> Path:
    return paths_from({"GROKDESK_HOME": str(home)}).settings_file


@pytest.mark.parametrize("damage", ["not TOML [", "\xff\xfe\x00", "a folder"])
def test_settings_that_cannot_be_read_are_said_in_the_window_and_are_no_first_run(
    qtbot: QtBot, make: Make, home: Path, damage: str
) -> None:
    file = settings_file(home)
    file.parent.mkdir(parents=True)
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_bytes(damage.encode("latin-1"))
    program = make()
    qtbot.waitUntil(lambda: "settings" in notice_of(program))
    assert program.preferences.windows == []


def test_a_folder_that_takes_nothing_is_said_in_the_window(qtbot: QtBot, make: Make, home: Path) -> None:
    home.mkdir()
    (home / "data").write_text("a file")
    program = make()
    qtbot.waitUntil(lambda: str(home / "data") in notice_of(program))
    assert "Questions and answers are not saved." in notice_of(program)


def test_one_notice_does_not_take_the_place_of_another(qtbot: QtBot, make: Make, home: Path) -> None:
    home.mkdir()
    (home / "data").write_text("a file")
    settings_file(home).parent.mkdir()
    settings_file(home).write_text("broken [")
    program = make()
    qtbot.waitUntil(lambda: str(home / "data") in notice_of(program))
    assert "settings" in notice_of(program)


def test_a_full_folder_is_found_and_nothing_stays_in_it(home: Path) -> None:
    resource = pytest.importorskip("resource")  # not on Windows
    paths = paths_from({"GROKDESK_HOME": str(home)})
    assert list(folder_troubles(paths)) == []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # the next best thing to a full disk
    try:
        found = list(folder_troubles(paths))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [str(folder) in sentence for folder, sentence in zip((paths.config, paths.data), found, strict=True)]
    assert list(paths.data.iterdir()) == []


def test_sentences_that_come_early_wait_for_somebody_to_show_them(qtbot: QtBot) -> None:
    notices, ready = Notices(), list[str]()
    notices.ready.connect(ready.append)
    for sentence in ("One.", "Two.", "One."):
        notices.tell(sentence)
    qtbot.waitUntil(lambda: len(notices._waiting) == 2)
    assert ready == []
    notices.show_from_now_on()
    notices.tell("Three.")
    qtbot.waitUntil(lambda: len(ready) == 2)
    assert ready == ["One. Two.", "Three."]
    assert notices.came_early == ["One.", "Two.", "One."]


# --- which signal leads where ---


def in_order(connections: list[Any]) -> list[Any]:
    return connections


def in_reverse(connections: list[Any]) -> list[Any]:
    return connections[::-1]


def in_halves(connections: list[Any]) -> list[Any]:
    return connections[1::2] + connections[::2]


@pytest.mark.parametrize("arranged", [in_order, in_reverse, in_halves])
def test_signals_lead_to_the_same_places_in_whatever_order_they_are_connected(
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    make: Make,
    home: Path,
    arranged: Callable[[list[Any]], list[Any]],
) -> None:
    declared = Program._connections
    monkeypatch.setattr(Program, "_connections", lambda program: arranged(declared(program)))
    settings_file(home).parent.mkdir(parents=True)
    settings_file(home).write_text("broken [")
    program = make()
    qtbot.waitUntil(lambda: "settings" in notice_of(program))  # it came before anything was connected
    assert program.preferences.windows == []
    program.tray.pause_toggled.emit(True)
    assert program.hotkeys.paused
    assert program.tray._paused
    program.tray.settings_requested.emit()
    assert [window.isVisible() for window in program.preferences.windows] == [True]
    program.hotkeys.problem.emit(Known("No hotkey.", "Choose another."))
    assert notice_of(program).startswith("No hotkey.")
    program.request_log.notice_requested.emit("Two requests left.")
    assert notice_of(program) == "Two requests left."
    program.chat.window.hide()
    program.notifications.clicked.emit("answer")
    assert program.chat.window.isVisible()


# --- questions from captures -----------------------------------------------------------------------------------


@pytest.fixture
def program(make: Make, home: Path, qtbot: QtBot) -> Iterator[Program]:
    with ScriptedServer() as server:
        server.on("POST", "/v1/responses", *[Reply.stream(responses_stream("Yes."))] * 5)
        services_from({"GROKDESK_HOME": str(home)}, print, MemoryStore()).settings.change(
            first_run_done=True,
            scan="off",
            profile="p",
            profiles=(Profile("p", "P", "xai-responses", f"{server.url}/v1", "grok-4.5", is_local=True),),
        )
        program = make()
        with qtbot.waitSignal(program.preferences.profile_found):
            program.preferences.look_for_profile()
        yield program


def ask_captured(program: Program, action_id: str, *, quiet: bool = False) -> None:
    draft: Draft = program._questions.make_apart().draft
    draft.add_picture(picture())
    program._ask_captured(draft, "" if action_id != "ask" else "What?", action_id, None, quiet=quiet)


def test_alt_text_by_a_hotkey_leaves_the_conversation_and_what_is_written(qtbot: QtBot, program: Program) -> None:
    chat = program.chat
    chat.question.submit("First", "ask")
    qtbot.waitUntil(lambda: len(chat.controller.turns) == 1 and not chat.controller.is_busy)
    chat.question.composer.set_text("And wh")
    ask_captured(program, "alt-text")
    qtbot.waitUntil(lambda: [each.state for each in program.conversations.chats] == ["draft", "answered"])
    assert program.chat is chat
    assert chat.question.composer.text() == "And wh"
    assert len(chat.controller.turns) == 1
    program.notifications.clicked.emit("answer")
    assert program.chat is program.conversations.chats[1]


def test_what_is_asked_beside_a_capture_is_shown_and_nothing_is_lost(qtbot: QtBot, program: Program) -> None:
    chat = program.chat
    chat.question.composer.set_text("half written")
    ask_captured(program, "ask")
    assert program.chat is not chat
    qtbot.waitUntil(lambda: not program.conversations.is_busy)
    program.conversations.show(chat)
    assert chat.question.composer.text() == "half written"


def test_what_is_typed_reads_no_files(
    qtbot: QtBot, program: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = program.chat
    chat.question.draft.add_picture(Picture("a.png", (resources() / "samples" / "error-dialog.png").read_bytes()))
    qtbot.waitUntil(lambda: chat.question.draft.is_ready)
    chat.question.submit("First", "ask")
    qtbot.waitUntil(lambda: len(chat.controller.turns) == 1 and not chat.controller.is_busy)
    chat.question.composer.set_text("x")
    opened: list[str] = []
    original = io.open

    def noted(file: Path, *args: Any, **options: Any) -> Any:
        opened.append(str(file))
        return original(file, *args, **options)

    monkeypatch.setattr("io.open", noted)  # what Path reads with
    monkeypatch.setattr("builtins.open", noted)
    context = chat.controller.context(Message("x"))
    assert len(context.pictures) == 1
    assert opened == []
