"""Whatever way a picture comes in: a server gets the bytes that were scanned and that the thumbnail was made of.

Every way, every policy, local and remote, every action; asked with Enter, and where the person has to decide, once with
each answer.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import SCAN_POLICIES, Picture, Pixels, Profile, Region, ScanPolicy
from grokdesk.paths import resources
from grokdesk.questions.scan import Scanner
from grokdesk.services import services_from
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.clipboard.incoming import Incoming, incoming_from
from grokdesk.ui.compose.draft import DraftPicture, thumbnail_of
from grokdesk.ui.compose.picture_choices import PictureChoices
from grokdesk.ui.compose.questions import Questions, prepare_for
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.images.images import encoded
from tests.support.servers.left import SeesRed, pictures_of, secret_image, shows_secret
from tests.support.servers.replies import Reply, Send
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore

ACTIONS = ("ask", "describe", "alt-text", "read-text", "critique")
LIMITED = 256
"""The longest edge that the profile takes: the pictures of these tests are shrunk, or cut into tiles."""


@dataclass
class Shown:
    """What the composer held when it let a question go."""

    data: list[bytes] = field(default_factory=list)
    thumbnails_match: bool = True


class Stage:
    def __init__(self, qtbot: QtBot, qapp: QApplication, home: Path, server: ScriptedServer) -> None:
        self.qtbot, self.server, self.look, self.owner = qtbot, server, SeesRed(), QObject()
        services = services_from({"GROKDESK_HOME": str(home)}, lambda _sentence: None, MemoryStore())
        self.services = replace(services, scanner=Scanner(self.look, lambda: "block", tuple))
        theme = Theme(qapp, resources() / "icons")
        hotkeys = HotkeyBindings(PlayedHotkeys().choose)
        preferences = Preferences(self.services, theme, QIcon(), hotkeys, plain_copier, self.owner)
        self.question = Questions(self.services, preferences, theme, self.owner).make_apart()
        qtbot.addWidget(self.question.composer)
        self.question.composer.show()
        self.profile = Profile("here", "Here", "chat-completions", f"{server.url}/v1", "m-1", needs_key=False)
        self.profile = replace(self.profile, limits=replace(self.profile.limits, long_edge=LIMITED))
        self.controller = Controller(lambda: self.services.asker(keep=False), lambda: self.profile, self.owner)
        self.question.submitted.connect(self.send)
        self.shown = Shown()
        self.choices = next(each for each in self.question.composer.children() if isinstance(each, PictureChoices))

    def begin(self, policy: ScanPolicy | None, *, is_local: bool) -> None:
        self.profile = replace(self.profile, scan=policy, is_local=is_local)
        prepare_for(self.question, self.profile, self.profile.limits)
        self.controller.start_conversation()
        self.question.discard()
        self.question.composer.set_text("")

    def send(self, text: str, action_id: str) -> None:
        entries = self.question.draft.entries
        self.shown = Shown(
            [entry.prepared.data for entry in entries if entry.prepared is not None],
            all(_matches(entry) for entry in entries),
        )
        self.controller.submit(self.question.draft, text, action_id)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=30_000)

    @property
    def row(self) -> list[str]:
        return [button.text() for button in self.question.composer.scan_row.buttons]

    def ask(self, action_id: str, answer: str) -> bool:
        """Ask, and when the person has to decide choose ``answer``; whether something was sent."""
        before = len(self.server.requests)
        scan, text = self.question.scan_step, "What?" if action_id == "ask" else ""
        assert scan is not None
        self.question.composer.set_text(text)
        self.question.submit(text, action_id)
        self.wait(lambda: scan.scan.state.decision in ("idle", "ask", "refuse"))
        if scan.scan.state.decision != "idle":
            if answer not in self.row:
                answer = "Cancel"
            button = self.question.composer.scan_row.buttons[self.row.index(answer)]
            self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            self.wait(lambda: scan.scan.state.decision in ("idle", "ask", "refuse"))
        if answer == "Cancel" or self.question.draft.entries:
            return False
        self.wait(lambda: len(self.server.requests) > before and not self.controller.is_busy)
        return True


def _matches(entry: DraftPicture) -> bool:
    if entry.prepared is None or entry.thumbnail is None:
        return False
    made = thumbnail_of(entry.prepared)
    with Image.open(io.BytesIO(entry.prepared.data)) as image:
        small = image.convert("RGB").resize((entry.thumbnail.width(), entry.thumbnail.height()), Image.Resampling.BOX)
    # The bytes themselves say what the thumbnail has to show: where there is a red box, and where it is black.
    rgb = entry.thumbnail.convertToFormat(QImage.Format.Format_RGB888)
    shown = Image.frombuffer("RGB", small.size, bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1)
    apart = ImageChops.difference(shown, small).convert("L").point(lambda value: value > 80 and 255)
    return made is not None and made == entry.thumbnail and apart.histogram()[255] <= shown.width * shown.height // 20


@pytest.fixture(scope="module")
def picture_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pictures") / "secret.png"
    file.write_bytes(encoded(secret_image(), "PNG"))
    plain = Image.new("RGB", (320, 240), "white")
    plain.save(file.with_name("moving.gif"), save_all=True, append_images=[secret_image()])
    return file


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path, picture_file: Path) -> Iterator[Stage]:
    with ScriptedServer() as server:
        server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Pears.")))
        server.on(
            "GET", "/secret.png", Reply(headers={"Content-Type": "image/png"}, steps=(Send(picture_file.read_bytes()),))
        )
        stage = Stage(qtbot, qapp, tmp_path, server)
        yield stage
        stage.question.draft.clear()
        stage.controller.shut_down(5)


@cache
def _pixels() -> Pixels:
    image = secret_image()
    return Pixels(image.convert("RGBA").tobytes("raw", "BGRA"), image.width, image.height)


def _pasted_pixels(stage: Stage, _file: Path) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(bytes(_pixels().data), 320, 240, QImage.Format.Format_RGB32))
    stage.question.composer.bring(incoming_from(mime))


def _dropped(stage: Stage, files: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    stage.question.composer.bring(incoming_from(mime))


def _gif(stage: Stage, file: Path) -> None:
    stage.question.draft.add_file(file.with_name("moving.gif"))
    _loaded(stage)
    [entry] = stage.question.draft.entries
    assert entry.picture is not None
    stage.question.draft.replace_picture(entry.id, replace(entry.picture, frame=1))


def _loaded(stage: Stage) -> None:
    stage.wait(lambda: stage.question.draft.is_ready)


def _tiled(stage: Stage, file: Path) -> None:
    stage.question.draft.add_file(file)
    _loaded(stage)
    stage.choices.divide(stage.question.draft.entries[0].id)
    stage.wait(lambda: len(stage.question.draft.entries) > 1)


def _cropped(stage: Stage, _file: Path) -> None:
    part = Picture("part", _pixels().cropped(Region(8, 8, 200, 160)))
    stage.question.draft.add_picture(Picture("whole", _pixels()))
    stage.question.draft.exchange([stage.question.draft.entries[0].id], [part])


def _original(stage: Stage, file: Path) -> None:
    stage.question.draft.add_file(file)
    _loaded(stage)
    stage.choices.toggle_original(stage.question.draft.entries[0].id)


def _link(stage: Stage, _file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(f"{stage.server.url}/secret.png")])
    stage.question.composer.bring(incoming_from(mime))


def _follow_up(stage: Stage, file: Path) -> None:
    stage.question.draft.add_picture(Picture("first", encoded(Image.new("RGB", (50, 50), "white"), "PNG")))
    assert stage.ask("ask", "Send as it is")
    stage.question.draft.add_file(file)


WAYS: dict[str, Callable[[Stage, Path], None]] = {
    "capture": lambda stage, _file: stage.question.take(Incoming(pictures=(Picture("Screen", _pixels()),))),
    "pasted pixels": _pasted_pixels,
    "pasted or dropped file": lambda stage, file: _dropped(stage, [file]),
    "several files": lambda stage, file: _dropped(stage, [file, file]),
    "web address": _link,
    "follow-up": _follow_up,
    "frame": _gif,
    "tiles": _tiled,
    "crop": _cropped,
    "original": _original,
}
PLACES: list[tuple[ScanPolicy | None, bool]] = [
    *((policy, False) for policy in SCAN_POLICIES),
    (None, True),
    ("ask", True),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_server_gets_what_was_scanned_and_shown(stage: Stage, picture_file: Path, way: str) -> None:
    answers = ("Send as it is", "Redact and send")
    for number, ((policy, is_local), action, answer) in enumerate(product(PLACES, ACTIONS, answers)):
        if policy in (None, "off", "suggest") and answer == answers[0] and action not in ("ask", "read-text"):
            continue  # there is nothing to answer
        if way not in ("capture", "tiles") and action not in ("ask", "read-text"):
            continue  # prepared like a question
        case = f"{way}, {policy}, {is_local=}, {action}, {answer}"
        stage.begin(policy, is_local=is_local)
        WAYS[way](stage, picture_file)
        if number % 2:  # as often before it is ready as behind
            _loaded(stage)
        sent = stage.ask(action, answer)
        assert sent == (policy != "block" or answer == "Redact and send"), case
        if not sent:
            continue
        received = pictures_of(stage.server.requests[-1])
        assert received == stage.shown.data, case
        assert stage.shown.thumbnails_match, case
        if policy not in (None, "off"):
            assert set(received) <= stage.look.scanned, case
        redacts = policy in ("ask", "block") and answer == "Redact and send"
        assert not (redacts and any(map(shows_secret, received))), case
        if policy in (None, "off") or (policy == "ask" and answer == "Send as it is"):
            assert any(map(shows_secret, received)), case
        if action == "read-text":
            assert all(data.startswith(b"\x89PNG") for data in received), case


def test_what_is_read_on_this_computer_leaves_for_nowhere(stage: Stage, picture_file: Path) -> None:
    stage.profile = Profile("here", "Here", "on-this-computer", needs_key=False, is_local=True)
    stage.begin("block", is_local=True)
    stage.question.draft.add_file(picture_file)
    _loaded(stage)
    stage.question.submit("", "read-text")
    stage.wait(lambda: stage.question.draft.entries == () and not stage.controller.is_busy)
    assert stage.server.requests == []
    assert stage.look.scanned == set()
