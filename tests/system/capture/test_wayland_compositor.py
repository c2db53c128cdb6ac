"""The wire format against a compositor that a test plays. A real one: tests/e2e."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Region
from grokdesk.system.capture.wayland_compositor import Output, ask_compositor
from tests.support.desktops.played_compositor import PlayedCompositor, event, offer, text


def test_outputs_with_their_places(play: PlayedCompositor) -> None:
    """Ids are given out in order: 2 registry, 3 sync, 4 manager, 5 and 6 the first output, 7 and 8 the second."""

    def answer(client: socket.socket) -> None:
        client.recv(4096)
        offers = offer(1, "wl_output", 4) + offer(2, "zxdg_output_manager_v1", 3) + offer(3, "wl_output", 4)
        for byte in offers:  # as slowly as can be
            client.send(bytes([byte]))
        client.send(event(3, 0, bytes(4)))
        client.recv(4096)
        geometry = struct.pack("=iiiii", 0, 0, 600, 340, 0) + text("Maker") + text("Model 7") + struct.pack("=i", 3)
        client.send(
            event(5, 0, geometry) + event(5, 4, text("DP-1")) + event(5, 2) + event(6, 0, struct.pack("=ii", 1280, -20))
        )
        client.send(event(6, 1, struct.pack("=ii", 1920, 1080)))
        client.send(event(8, 0, struct.pack("=ii", 0, 0)) + event(8, 1, struct.pack("=ii", 1280, 720)))
        client.send(event(8, 3, text("eDP-1")) + event(9, 0, bytes(4)))

    compositor = ask_compositor(play(answer))
    assert compositor.interfaces == {"wl_output", "zxdg_output_manager_v1"}
    assert compositor.outputs == (
        Output("eDP-1", Region(0, 0, 1280, 720), id=7),
        Output("DP-1", Region(1280, -20, 1920, 1080), turn=3, id=5),
    )


def test_a_compositor_that_does_not_say_where_outputs_are(play: PlayedCompositor) -> None:
    def answer(client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(offer(1, "wl_output", 4) + event(3, 0, bytes(4)))

    assert ask_compositor(play(answer)).outputs == ()


def test_an_error_and_a_hang_up(play: PlayedCompositor) -> None:
    for reply in (event(1, 0, struct.pack("=II", 2, 0) + text("bad")), b""):
        with pytest.raises(NotPossibleHere, match="compositor cannot be reached"):
            ask_compositor(play(lambda client, reply=reply: client.sendall(reply)))  # type: ignore[misc]


def test_no_compositor(tmp_path: Path) -> None:
    for environment in ({}, {"XDG_RUNTIME_DIR": str(tmp_path)}, {"WAYLAND_DISPLAY": str(tmp_path / "gone")}):
        with pytest.raises(NotPossibleHere):
            ask_compositor(environment)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_anything_else_is_a_sentence(play: PlayedCompositor, reply: bytes) -> None:
    environment = play(lambda client: client.sendall(reply))
    with suppress(NotPossibleHere):
        ask_compositor(environment)
