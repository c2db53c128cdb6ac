"""Takes pictures by copying the outputs of a Wayland compositor that lets programs do so (sway, Hyprland, river, ...).

The compositor paints into memory that is shared with it: a third of the time that grim takes, with nothing to install.
Source: https://wayland.app/protocols/wlr-screencopy-unstable-v1 and wayland.xml (wl_shm)
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Monitor, Pixels
from grokdesk.system.arranging import arranged, bounds, composed
from grokdesk.system.capture.wayland_client import Event, Offer, WaylandClient, wayland_client, words
from grokdesk.system.capture.wayland_compositor import Output, outputs_of
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

MANAGER, MEMORY = "zwlr_screencopy_manager_v1", "wl_shm"

BGRX = frozenset({0, 1})
"""wl_shm's ARGB8888 and XRGB8888, named as one number: the bytes are blue, green, red, anything."""
RGBX = frozenset({0x34324258, 0x34324241})
"""XBGR8888 and ABGR8888: red and blue change places."""

_BUFFER, _FLAGS, _READY, _FAILED = 0, 1, 2, 3
_UPSIDE_DOWN = 1


@dataclass(frozen=True, slots=True)
class ScreencopyGrabber:
    """``environment`` names the compositor."""

    environment: Mapping[str, str]
    state: PartState = field(
        default_factory=lambda: PartState("ok", "screencopy", _("This desktop allows screen capture."))
    )

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        if cancel is not None:
            cancel.check()
        with wayland_client(self.environment, cancel) as client:
            offers = client.offers()
            by_interface = {offer.interface: offer for offer in offers}
            if MANAGER not in by_interface or MEMORY not in by_interface or not hasattr(os, "memfd_create"):
                raise NotPossibleHere(_("This desktop does not allow screen capture."))
            outputs = outputs_of(client, offers)
            if not outputs:
                raise NotPossibleHere(_("No screen is on."), _("Turn a screen on."))
            images = _copied(client, by_interface, outputs)
        if cancel is not None:
            cancel.check()
        places = [output.place for output in outputs]
        regions = arranged(places, [(image.width, image.height) for image in images])
        monitors = tuple(
            Monitor(output.name, region, place=output.place) for output, region in zip(outputs, regions, strict=True)
        )
        desktop = bounds(places)
        return Capture(composed(regions, images), monitors, desktop.x, desktop.y)

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        """Nothing: these desktops ask nobody."""

    def close(self) -> None:
        pass


@dataclass(slots=True)
class _Frame:
    """A copy of one output on its way."""

    output: Output
    format: int = -1
    width: int = 0
    height: int = 0
    stride: int = 0
    flags: int = 0
    is_ready: bool = False
    memory: mmap.mmap | None = None


def _copied(client: WaylandClient, offers: Mapping[str, Offer], outputs: Sequence[Output]) -> list[Pixels]:
    """All outputs are asked for before the first is waited for, so that they show nearly the same moment."""
    # Of version 1, so that a frame has one event for its buffer, which is in shared memory.
    manager, memory = client.bind(offers[MANAGER], 1), client.bind(offers[MEMORY], 1)
    frames: dict[int, _Frame] = {}
    for output in outputs:
        frame = client.new_id()
        client.send(manager, 0, words(frame, 0, output.id))  # capture_output, without the pointer
        frames[frame] = _Frame(output)
    with ExitStack() as stack:
        while not all(frame.is_ready for frame in frames.values()):
            event = client.next()
            if event.sender in frames:
                _advance(client, memory, frames[event.sender], event, stack)
        return [_upright(frame) for frame in frames.values()]


def _advance(client: WaylandClient, memory: int, frame: _Frame, event: Event, stack: ExitStack) -> None:
    """An event of zwlr_screencopy_frame_v1."""
    if event.opcode == _BUFFER:
        frame.format, frame.width, frame.height, frame.stride = struct.unpack_from("=4I", event.body)
        if frame.format not in BGRX | RGBX or frame.stride < frame.width * 4 or not frame.width * frame.height:
            raise NotPossibleHere(_("The screen uses an unsupported pixel format."))
        client.send(event.sender, 0, words(_shared_buffer(client, memory, frame, stack)))  # copy
    elif event.opcode == _FLAGS:
        (frame.flags,) = struct.unpack_from("=I", event.body)
    elif event.opcode == _READY:
        frame.is_ready = True
    elif event.opcode == _FAILED:
        raise NotPossibleHere(_("The desktop could not capture the screen."), _("Try again."))


def _shared_buffer(client: WaylandClient, memory: int, frame: _Frame, stack: ExitStack) -> int:
    """The id of a wl_buffer in memory that the compositor shares."""
    if sys.platform != "linux":
        raise NotPossibleHere(_("Memory could not be shared with the desktop."))
    size = frame.stride * frame.height
    descriptor = os.memfd_create("grokdesk", os.MFD_CLOEXEC)
    try:
        os.ftruncate(descriptor, size)
        frame.memory = mmap.mmap(descriptor, size)
        stack.callback(frame.memory.close)
        pool, buffer = client.new_id(), client.new_id()
        client.send(memory, 0, words(pool, size), descriptor)  # create_pool
    finally:
        os.close(descriptor)
    client.send(pool, 0, words(buffer, 0, frame.width, frame.height, frame.stride, frame.format))  # create_buffer
    return buffer


def _upright(frame: _Frame) -> Pixels:
    """The copy as a person sees it."""
    if frame.memory is None:
        raise NotPossibleHere(_("The desktop could not capture the screen."), _("Try again."))
    length, stride = frame.width * 4, frame.stride
    if frame.flags & _UPSIDE_DOWN or stride != length:
        rows = range(frame.height)
        order = reversed(rows) if frame.flags & _UPSIDE_DOWN else rows
        data = bytearray().join(frame.memory[row * stride : row * stride + length] for row in order)
    else:
        data = bytearray(frame.memory)
    if frame.format in RGBX:
        data[0::4], data[2::4] = data[2::4], data[0::4]
    pixels = Pixels(data, frame.width, frame.height)
    if not frame.output.turn:
        return pixels
    from grokdesk.pictures.decode.raw_pixels import turned

    return turned(pixels, frame.output.turn)
