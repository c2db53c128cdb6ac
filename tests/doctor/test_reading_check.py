from __future__ import annotations

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.reading_check import check_reading
from grokdesk.pictures.decode.probe import CODE_TEXT
from grokdesk.pictures.prepare.preparing import prepare
from tests.support.images.readers import found, replying


def test_the_reader_reads() -> None:
    state = check_reading(prepare, None, CancelSwitch())
    assert state.state == "ok"
    assert state.backend.startswith("Tesseract")


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (found("", [("QR code", CODE_TEXT)]), "(read: -)."),
        (found("words"), "(read: words), the code."),
    ],
)
def test_what_is_misread_is_said(reply: dict[str, object], sentence: str) -> None:
    state = check_reading(prepare, replying(reply), CancelSwitch())
    assert (state.state, state.backend) == ("degraded", "Stand-in 1")
    assert state.why.startswith("It misread the number ")
    assert state.why.endswith(sentence)


def test_a_reader_that_is_not_installed() -> None:
    state = check_reading(prepare, ("/nonexistent/reader",), CancelSwitch())
    assert (state.state, state.backend) == ("missing", "none")
