"""Memory that is shared with a real X server: a picture stays what it was as long as somebody holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.system.capture.mss import MssGrabber
from grokdesk.system.capture.screen_memory_x11 import NoSharedMemory, ScreenMemory
from tests.support.desktops.desktop import Desktop

SIZE = (64, 48)


@pytest.fixture
def memory(desktop: Desktop) -> Iterator[ScreenMemory]:
    memory = ScreenMemory(desktop.environment["DISPLAY"])
    yield memory
    memory.close()


def show_noise(desktop: Desktop, file: Path) -> None:
    Image.frombytes("RGB", (desktop.width, desktop.height), os.urandom(desktop.width * desktop.height * 3)).save(file)
    desktop.set_wallpaper(file)


def shared_mappings() -> int:
    return sum("SYSV" in line for line in Path("/proc/self/maps").read_text().splitlines())


def test_a_picture_that_is_held_is_not_written_to(desktop: Desktop, memory: ScreenMemory, tmp_path: Path) -> None:
    show_noise(desktop, tmp_path / "noise.png")
    held = memory.grab(0, 100, *SIZE)
    before = bytes(held)
    part = held[400:800]
    del held
    show_noise(desktop, tmp_path / "noise.png")
    new = memory.grab(0, 100, *SIZE)
    assert bytes(new) != before
    assert bytes(part) == before[400:800]


def test_memory_that_nobody_holds_is_used_again(memory: ScreenMemory) -> None:
    before = shared_mappings()
    for _ in range(5):
        memory.grab(0, 0, *SIZE)
    assert shared_mappings() == before + 1
    held = [memory.grab(0, 0, *SIZE) for _ in range(3)]
    assert shared_mappings() == before + 3
    held.clear()
    memory.grab(0, 0, *SIZE)
    assert shared_mappings() == before + 1


def test_another_size_gets_other_memory(memory: ScreenMemory) -> None:
    before = shared_mappings()
    assert len(memory.grab(0, 0, *SIZE)) == 64 * 48 * 4
    assert len(memory.grab(0, 0, 128, 96)) == 128 * 96 * 4
    assert shared_mappings() == before + 1


def test_a_picture_outlives_the_connection(desktop: Desktop) -> None:
    before = shared_mappings()
    memory = ScreenMemory(desktop.environment["DISPLAY"])
    memory.grab(0, 0, *SIZE)
    held = memory.grab(0, 0, *SIZE)
    pixels = bytes(held)
    memory.close()
    assert bytes(held) == pixels
    del held
    assert shared_mappings() == before


def test_the_pixels_cannot_be_written(memory: ScreenMemory) -> None:
    with pytest.raises(TypeError, match="read-only"):
        memory.grab(0, 0, *SIZE)[0] = 1


def test_what_lies_outside_the_screen_is_refused(desktop: Desktop, memory: ScreenMemory) -> None:
    before = shared_mappings()
    with pytest.raises(NoSharedMemory):
        memory.grab(0, 0, desktop.width + 1, desktop.height)
    assert shared_mappings() == before


def test_a_server_that_shares_no_memory_is_read_by_copying(desktop: Desktop) -> None:
    words = ("-displayfd", "{}", "-screen", "0", "64x48x24", "-nolisten", "tcp", "-noreset", "-extension", "MIT-SHM")
    display = ":" + desktop._start_and_ask("Xvfb", *words)
    with pytest.raises(NoSharedMemory):
        ScreenMemory(display)
    grabber = MssGrabber(display)
    for _ in range(2):
        capture = grabber.grab()
        assert (capture.pixels.width, capture.pixels.height) == SIZE
    grabber.close()


def test_no_server() -> None:
    with pytest.raises(NoSharedMemory):
        ScreenMemory(":9999")
