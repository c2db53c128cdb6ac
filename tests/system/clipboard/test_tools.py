"""Small programs that copy, played by stand-ins; the real ones are in tests/e2e/test_clipboard.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.choice import choose_clipboard
from grokdesk.system.clipboard.content import HTML, PNG, TEXT, Content, text_content
from grokdesk.system.clipboard.tools import PBCOPY, WL_COPY, ToolClipboard
from grokdesk.system.session import Session
from tests.support.desktops.clipboards import played_tools

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return played_tools(tmp_path, os.environ)


@pytest.fixture
def clipboard(environment: dict[str, str]) -> ToolClipboard:
    return ToolClipboard(WL_COPY, environment)


def test_what_was_copied_is_read_back(clipboard: ToolClipboard) -> None:
    assert clipboard.kinds() == ()
    assert clipboard.copy(text_content("größe 😀\n\n")) == (TEXT,)
    assert clipboard.kinds() == (TEXT,)
    assert clipboard.read(TEXT).decode() == "größe 😀\n\n"
    clipboard.clear()
    assert clipboard.kinds() == ()
    assert clipboard.read(TEXT) == b""


def test_one_form_is_kept_the_one_that_pastes_everywhere(clipboard: ToolClipboard) -> None:
    assert clipboard.copy(Content({HTML: b"<b>a</b>", TEXT: b"a"})) == (TEXT,)
    assert clipboard.copy(Content({PNG: b"\x89PNG"})) == (PNG,)
    assert clipboard.read(PNG) == b"\x89PNG"


def test_nothing_that_is_copied_is_an_argument_and_no_key_goes_along(
    clipboard: ToolClipboard, environment: dict[str, str], tmp_path: Path
) -> None:
    ToolClipboard(WL_COPY, {**environment, "XAI_API_KEY": "x", "GITHUB_TOKEN": "x"}).copy(text_content("secret words"))
    assert "secret" not in (tmp_path / "calls").read_text()
    assert not {"XAI_API_KEY", "GITHUB_TOKEN"} & set((tmp_path / "calls").read_text().split())


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("sys.exit(1)", "could not reach"),
        ("sys.exit(0)", "did not accept"),
        ("time.sleep(60)", "within 0.3 s"),
    ],
    ids=["refuses", "forgets", "hangs"],
)
def test_copied_is_not_believed_when_it_is_not_there(tmp_path: Path, behaviour: str, sentence: str) -> None:
    environment = played_tools(tmp_path / "tools", os.environ, behaviour)
    clipboard = ToolClipboard(WL_COPY, environment, seconds=5 if "exit" in behaviour else 0.3)
    with pytest.raises(NotPossibleHere, match=sentence):
        clipboard.copy(text_content("a"))


def test_a_program_that_is_gone_is_a_sentence() -> None:
    with pytest.raises(NotPossibleHere, match="pbcopy could not be started"):
        ToolClipboard(PBCOPY, {"PATH": "/nonexistent"}).copy(text_content("a"))


def test_a_tool_for_text_refuses_a_picture() -> None:
    with pytest.raises(NotPossibleHere, match="text only"):
        ToolClipboard(PBCOPY, {}).copy(Content({PNG: b"\x89PNG"}))


@pytest.mark.parametrize(
    ("session", "installed", "state", "backend"),
    [
        (Session("x11", display=":0"), {"xclip"}, "ok", "xclip"),
        (Session("x11", display=":0"), {"xsel"}, "missing", "none"),
        (Session("wayland", display=":0", wayland_display="wayland-0"), {"xclip"}, "missing", "none"),
        (Session("wayland", wayland_display="wayland-0"), {"wl-copy", "wl-paste"}, "ok", "wl-copy"),
        (Session("macos"), {"pbcopy", "pbpaste"}, "ok", "pbcopy"),
        (Session("none"), {"xclip"}, "impossible", "none"),
    ],
)
def test_the_session_decides(session: Session, installed: set[str], state: str, backend: str) -> None:
    clipboard = choose_clipboard(session, {}, lambda name: name if name in installed else None)
    assert (clipboard.state.state, clipboard.state.backend) == (state, backend)


def test_without_a_tool_every_use_says_what_to_install() -> None:
    clipboard = choose_clipboard(Session("wayland", wayland_display="wayland-0"), {}, lambda _name: None)
    for use in (clipboard.kinds, clipboard.clear, lambda: clipboard.read(TEXT), lambda: clipboard.copy(Content({}))):
        with pytest.raises(NotPossibleHere, match="Install wl-clipboard"):
            use()
