from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from grokdesk.errors import NotPossibleHere, PermissionNeeded
from grokdesk.system.screen_access_macos import ask_for_screen_access, check_screen_access


def refusing(asked: list[str]) -> Callable[[str], bool]:
    def answer(name: str) -> bool:
        asked.append(name)
        return False

    return answer


def test_without_access_the_person_is_asked_first() -> None:
    asked: list[str] = []
    with pytest.raises(PermissionNeeded, match="Privacy & Security"):
        check_screen_access(refusing(asked))
    assert asked == ["CGPreflightScreenCaptureAccess"]


def test_what_was_allowed_counts_after_a_new_start() -> None:
    asked: list[str] = []
    with pytest.raises(NotPossibleHere, match="quit and restart it"):
        ask_for_screen_access(refusing(asked))
    assert asked == ["CGPreflightScreenCaptureAccess", "CGRequestScreenCaptureAccess"]


def test_with_access_nobody_is_asked() -> None:
    check_screen_access(lambda name: True)
    ask_for_screen_access({"CGPreflightScreenCaptureAccess": True}.__getitem__)


@pytest.mark.skipif(sys.platform == "darwin", reason="asks the real system there")
def test_a_system_without_the_question_allows_it() -> None:
    check_screen_access()
