from __future__ import annotations

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits
from grokdesk.pictures.decode.probe import CODE_TEXT, number_picture, shows_nothing
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.read.reader import open_reader


def test_number_and_code_can_be_read() -> None:
    with open_reader(CancelSwitch()) as reader:
        for number in (10_000, 48_213, 77_777, 99_999):
            reading = reader.read(prepare(number_picture(number), ImageLimits()))
            assert str(number) in reading.text
            assert [(code.format, code.text) for code in reading.codes] == [("QR code", CODE_TEXT)]


@pytest.mark.parametrize("fourth", [0, 255])
def test_a_screen_that_may_not_be_seen_is_black(fourth: int) -> None:
    black = bytes((0, 0, 0, fourth)) * 12
    assert shows_nothing(black)
    assert shows_nothing(memoryview(black))
    for channel in range(3):
        seen = bytearray(black)
        seen[20 + channel] = 1
        assert not shows_nothing(seen)
    assert not shows_nothing(Image.new("RGBA", (3, 3), "white").tobytes())
