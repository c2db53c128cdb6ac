from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import UsageError
from grokdesk.system.hotkey import parse_hotkey


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ctrl+alt+g", "Ctrl+Alt+G"),
        ("Shift + Control + 4", "Ctrl+Shift+4"),
        ("cmd+shift+f12", "Shift+Super+F12"),
        ("PRINT", "Print"),
        ("alt+alt+space", "Alt+Space"),
        ("mediaplay", "MediaPlay"),
        ("option+cmd+enter", "Alt+Super+Return"),
    ],
)
def test_however_it_is_written(text: str, expected: str) -> None:
    assert str(parse_hotkey(text)) == expected


@pytest.mark.parametrize("text", ["", "+", "ctrl+", "ctrl+alt", "hyper+g", "ctrl+ä", "ctrl+gg", "f25"])
def test_what_is_no_hotkey(text: str) -> None:
    with pytest.raises(UsageError, match="is not a valid hotkey"):
        parse_hotkey(text)


@pytest.mark.parametrize("text", ["g", "shift+g", "7", "space", "shift+delete", "up"])
def test_typing_is_never_taken_away(text: str) -> None:
    with pytest.raises(UsageError, match="needed for typing"):
        parse_hotkey(text)


@pytest.mark.parametrize("text", ["ctrl+c", "Ctrl+V", "alt+tab", "Alt+F4"])
def test_what_every_program_needs_is_never_taken(text: str) -> None:
    with pytest.raises(UsageError, match="many other programs"):
        parse_hotkey(text)


@given(st.text(max_size=20))
def test_any_text_is_a_hotkey_or_a_usage_error(text: str) -> None:
    try:
        hotkey = parse_hotkey(text)
    except UsageError:
        return
    assert parse_hotkey(str(hotkey)) == hotkey
