"""Frames that sway never sends, from a compositor that a test plays. Real grabs: tests/e2e."""

from __future__ import annotations

import array
import mmap
import os
import socket
import struct
import sys

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotPossibleHere
from grokdesk.model import Pixels
from grokdesk.system.capture.screencopy import ScreencopyGrabber
from tests.support.desktops.played_compositor import Answer, PlayedCompositor, event, offer, text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shares memory as Linux does")

BGRX, RGBX, DEEP = 1, 0x34324258, 0x30335258
WIDTH, HEIGHT = 2, 2
FIRST_ROW, SECOND_ROW = bytes(range(8)), bytes(range(8, 16))


def words(*numbers: int) -> bytes:
    return struct.pack(f"={len(numbers)}I", *numbers)


def told_outputs(client: socket.socket) -> None:
    """Ids: 2 registry, 3 sync, 4 places, 5 output, 6 its place, 7 sync; then 8 manager, 9 memory, 10 frame."""
    client.recv(4096)
    interfaces = ("wl_output", "zxdg_output_manager_v1", "zwlr_screencopy_manager_v1", "wl_shm")
    client.sendall(b"".join(offer(number, name, 3) for number, name in enumerate(interfaces)) + event(3, 0, bytes(4)))
    client.recv(4096)
    place = event(6, 0, words(0, 0)) + event(6, 1, words(WIDTH, HEIGHT)) + event(6, 3, text("A"))
    client.sendall(place + event(7, 0, bytes(4)))
    client.recv(4096)


def paints(kind: int, rows: bytes, *, stride: int = WIDTH * 4, flags: int = 0) -> Answer:
    def answer(client: socket.socket) -> None:
        told_outputs(client)
        client.sendall(event(10, 0, words(kind, WIDTH, HEIGHT, stride)))
        descriptor = received_descriptor(client)
        with mmap.mmap(descriptor, len(rows)) as memory:
            memory[:] = rows
        os.close(descriptor)
        client.sendall(event(10, 1, words(flags)) + event(10, 2, words(0, 0, 0)))
        client.recv(4096)

    return answer


def received_descriptor(client: socket.socket) -> int:
    """The one that comes beside a request, sooner or later. Raises OSError when the client leaves instead."""
    if sys.platform == "win32":
        raise OSError("no descriptors here")
    found = array.array("i")
    while not found:
        data, beside, _flags, _address = client.recvmsg(4096, 64)
        if not data:
            raise OSError("the client hung up")
        for _level, _kind, raw in beside:
            found.frombytes(raw)
    return found[0]


def grabbed(play: PlayedCompositor, answer: Answer) -> Pixels:
    return ScreencopyGrabber(play(answer)).grab().pixels


def test_a_frame_is_taken_as_it_is(play: PlayedCompositor) -> None:
    assert bytes(grabbed(play, paints(BGRX, FIRST_ROW + SECOND_ROW)).data) == FIRST_ROW + SECOND_ROW


def test_red_and_blue_change_places(play: PlayedCompositor) -> None:
    pixels = grabbed(play, paints(RGBX, FIRST_ROW + SECOND_ROW))
    assert bytes(pixels.data[:8]) == bytes([2, 1, 0, 3, 6, 5, 4, 7])


def test_a_frame_that_is_upside_down_with_padded_rows(play: PlayedCompositor) -> None:
    rows = SECOND_ROW + bytes(4) + FIRST_ROW + bytes(4)
    assert bytes(grabbed(play, paints(BGRX, rows, stride=12, flags=1)).data) == FIRST_ROW + SECOND_ROW


def refuses(client: socket.socket) -> None:
    told_outputs(client)
    client.sendall(event(10, 3))


def offers_little(client: socket.socket) -> None:
    client.recv(4096)
    client.sendall(offer(1, "wl_output", 4) + event(3, 0, bytes(4)))


def hangs_up(client: socket.socket) -> None:
    told_outputs(client)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (paints(DEEP, FIRST_ROW + SECOND_ROW), "pixel format"),
        (paints(BGRX, FIRST_ROW, stride=4), "pixel format"),
        (refuses, "could not capture"),
        (offers_little, "does not allow"),
        (hangs_up, "cannot be reached"),
    ],
)
def test_what_cannot_be_copied_is_a_sentence(play: PlayedCompositor, answer: Answer, sentence: str) -> None:
    with pytest.raises(NotPossibleHere, match=sentence):
        grabbed(play, answer)


def test_the_switch_ends_the_wait(play: PlayedCompositor) -> None:
    cancel = CancelSwitch()

    def says_nothing(client: socket.socket) -> None:
        told_outputs(client)
        cancel.throw()
        while client.recv(4096):
            pass

    with pytest.raises(Cancelled):
        ScreencopyGrabber(play(says_nothing)).grab(cancel)
