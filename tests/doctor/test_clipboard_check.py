from __future__ import annotations

import pytest

from grokdesk.doctor.clipboard_check import check_clipboard
from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import PNG, TEXT, Content
from grokdesk.system.part_state import PartState
from tests.support.desktops.clipboards import MemoryClipboard


def test_an_empty_clipboard_is_empty_again() -> None:
    clipboard = MemoryClipboard()
    state = check_clipboard(clipboard)
    assert state == PartState("ok", "memory", "Text was copied and read back. It was empty and is empty again.")
    assert len(clipboard.copied) == 1
    assert clipboard.forms == {}


def test_text_comes_back() -> None:
    clipboard = MemoryClipboard({TEXT: "größe".encode()})
    assert check_clipboard(clipboard).why.endswith("What you had copied was restored.")
    assert len(clipboard.copied) == 2
    assert clipboard.forms == {TEXT: "größe".encode()}


@pytest.mark.parametrize("kind", [PNG, "text/html", "x-kde-passwordManagerHint", "text/uri-list"])
def test_what_could_not_be_put_back_is_not_touched(kind: str) -> None:
    clipboard = MemoryClipboard({TEXT: b"a", kind: b"b"})
    state = check_clipboard(clipboard)
    assert state.state == "ok"
    assert "Not tested" in state.why
    assert clipboard.copied == []
    assert clipboard.forms == {TEXT: b"a", kind: b"b"}


def test_text_that_cannot_be_read_is_not_touched() -> None:
    clipboard = MemoryClipboard({TEXT: b""})
    assert check_clipboard(clipboard).state == "degraded"
    assert clipboard.copied == []


def test_a_clipboard_that_fails_gets_its_text_back() -> None:
    class Failing(MemoryClipboard):
        def copy(self, content: Content) -> tuple[str, ...]:
            if b"GrokDesk" in content.forms[TEXT]:
                self.forms = {}
                raise NotPossibleHere("The clipboard did not accept the copy.", "Another program may be using it.")
            return super().copy(content)

    clipboard = Failing({TEXT: b"mine"})
    state = check_clipboard(clipboard)
    assert (state.state, state.what_to_do) == ("degraded", "Another program may be using it.")
    assert clipboard.forms == {TEXT: b"mine"}


def test_where_there_is_none_nothing_is_tried() -> None:
    missing = PartState("missing", "none", "xclip is not installed.", "Install xclip.")
    assert check_clipboard(MemoryClipboard(state=missing)) == missing
