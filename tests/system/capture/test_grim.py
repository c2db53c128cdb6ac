"""What grim writes, read. Real grabs: tests/e2e."""

from __future__ import annotations

from pathlib import Path

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.capture.grim import GrimGrabber, pixels_from_ppm


def test_colours_change_their_order() -> None:
    pixels = pixels_from_ppm(b"P6\n2 1\n255\n" + bytes([1, 2, 3, 10, 11, 12]))
    assert (pixels.width, pixels.height) == (2, 1)
    assert bytes(pixels.data) == bytes([3, 2, 1, 0, 12, 11, 10, 0])


@pytest.mark.parametrize(
    "data",
    [b"", b"P6\n2 1\n255\n12345", b"P6\n2 1\n255\n1234567", b"P5\n2 1\n255\n12", b"P6\n0 0\n255\n", b"\x89PNG\r\n"],
)
def test_anything_else_is_a_sentence(data: bytes) -> None:
    with pytest.raises(NotPossibleHere, match="invalid image"):
        pixels_from_ppm(data)


def test_without_a_compositor(tmp_path: Path) -> None:
    grabber = GrimGrabber({"XDG_RUNTIME_DIR": str(tmp_path)})
    with pytest.raises(NotPossibleHere, match="compositor"):
        grabber.grab()
