from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Profile
from grokdesk.paths import resources
from grokdesk.providers.models.local_servers import FoundServer
from grokdesk.providers.models.models import ModelInfo
from grokdesk.store.settings.profiles import PRESETS
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.kit.two_lines import ABOUT
from grokdesk.ui.settings.add_profile import AddProfile

OLLAMA = FoundServer("Ollama", "http://127.0.0.1:11434/v1", tuple(map(ModelInfo, ("a", "b", "c", "d", "e"))))
LOCKED = FoundServer("LiteLLM", "http://127.0.0.1:4000/v1", needs_key=True)
STRANGE = FoundServer("Server", "http://127.0.0.1:8080/v1")


class Looking:
    """Finds these servers, and then goes on looking until it may end or is stopped."""

    def __init__(self, *found: FoundServer, ends: bool = True) -> None:
        self._found, self._ends = found, ends
        self.stopped = threading.Event()

    def __call__(self, cancel: CancelSwitch) -> Iterator[FoundServer]:
        yield from self._found
        if not self._ends:
            with cancel.waking(self.stopped.set):
                self.stopped.wait(10)
            cancel.check()


def open_window(qtbot: QtBot, qapp: QApplication, find: Looking, *known: Profile) -> AddProfile:
    window = AddProfile(find, known, Theme(qapp, resources() / "icons"))
    qtbot.addWidget(window)
    window.show()
    return window


def added(qtbot: QtBot, window: AddProfile, row: int) -> Profile:
    window.list.setCurrentRow(row)
    with qtbot.waitSignal(window.added) as signal:
        window.add.click()
    profile = signal.args[0]
    assert isinstance(profile, Profile)
    return profile


def test_what_was_found_stands_above_the_patterns_with_its_models(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp, Looking(OLLAMA, LOCKED))
    assert window.status.text() == "Looking for servers on this computer…"
    qtbot.waitUntil(lambda: window.status.text() == "2 servers found on this computer.")
    rows = [window.list.item(at) for at in range(window.list.count())]
    assert [row.text() for row in rows] == [
        "Ollama on this computer",
        "LiteLLM on this computer",
        *(preset.title for preset in PRESETS),
    ]
    assert rows[0].data(ABOUT) == "a, b, c and 2 more · http://127.0.0.1:11434/v1"
    assert rows[1].data(ABOUT) == "Requires a key · http://127.0.0.1:4000/v1"
    assert window.list.currentRow() == 0


def test_nothing_found_is_said(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp, Looking())
    qtbot.waitUntil(lambda: window.status.text() == "No server found on this computer.")


def test_one_that_has_a_profile_says_so(qtbot: QtBot, qapp: QApplication) -> None:
    known = Profile("ollama", "Ollama", "chat-completions", "http://localhost:11434/v1")
    window = open_window(qtbot, qapp, Looking(OLLAMA), known)
    qtbot.waitUntil(lambda: "1 server" in window.status.text())
    assert window.list.item(0).data(ABOUT).startswith("Has a profile · ")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            0,
            Profile("ollama-2", "Ollama 2", "chat-completions", OLLAMA.base_url, needs_key=False, is_local=True),
        ),
        (1, Profile("litellm", "LiteLLM", "chat-completions", LOCKED.base_url, is_local=True)),
        (
            2,
            Profile(
                "server-on-this-computer",
                "Server on this computer",
                "chat-completions",
                STRANGE.base_url,
                needs_key=False,
                is_local=True,
            ),
        ),
    ],
)
def test_a_found_server_becomes_a_profile_that_leads_to_it(
    qtbot: QtBot, qapp: QApplication, row: int, expected: Profile
) -> None:
    taken = Profile("ollama", "Ollama", "chat-completions", "http://127.0.0.1:1/v1")
    window = open_window(qtbot, qapp, Looking(OLLAMA, LOCKED, STRANGE), taken)
    qtbot.waitUntil(lambda: "3 servers" in window.status.text())
    assert added(qtbot, window, row) == expected


def test_a_selection_is_not_moved_by_what_is_found_later(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp, Looking(OLLAMA))
    window.list.setCurrentRow(3)
    title = window.list.currentItem().text()
    qtbot.waitUntil(lambda: "1 server" in window.status.text())
    assert window.list.currentItem().text() == title


def test_leaving_stops_the_search(qtbot: QtBot, qapp: QApplication) -> None:
    find = Looking(OLLAMA, ends=False)
    window = open_window(qtbot, qapp, find)
    qtbot.waitUntil(lambda: window.list.count() > len(PRESETS))
    window.cancel_button.click()
    assert find.stopped.wait(5)
    assert not window.isVisible()
