"""What a Wayland compositor can do, which outputs it has, and where they lie.

Source: wayland.xml (wl_output), https://wayland.app/protocols/xdg-output-unstable-v1
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grokdesk.model import Region
from grokdesk.system.capture.wayland_client import Event, Offer, WaylandClient, text, wayland_client, words

_PAIR = struct.Struct("=ii")
_OUTPUT, _OUTPUT_PLACES = "wl_output", "zxdg_output_manager_v1"


@dataclass(frozen=True, slots=True)
class Output:
    """``place`` is where it lies on the desktop, in the compositor's own coordinates (points).

    ``turn`` is the transform of wl_output: quarters of a turn that the picture of the output is away from upright, and
    4 more when it is mirrored. ``id`` names it on the connection that found it.
    """

    name: str
    place: Region
    turn: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Compositor:
    interfaces: frozenset[str]
    """What it offers to this client, such as ``"zwlr_screencopy_manager_v1"``."""
    outputs: tuple[Output, ...]
    """Those that show a part of the desktop, from left to right; none when it does not say where they lie."""


def ask_compositor(environment: Mapping[str, str]) -> Compositor:
    """Ask the compositor that the environment names. Raises NotPossibleHere."""
    with wayland_client(environment) as client:
        offers = client.offers()
        return Compositor(frozenset(offer.interface for offer in offers), outputs_of(client, offers))


@dataclass(slots=True)
class _OutputSoFar:
    id: int
    name: str = ""
    position: tuple[int, int] = (0, 0)
    size: tuple[int, int] = (0, 0)
    turn: int = 0


def outputs_of(client: WaylandClient, offers: Sequence[Offer]) -> tuple[Output, ...]:
    """From left to right. Raises OSError, ValueError, struct.error as the client does."""
    places = [offer for offer in offers if offer.interface == _OUTPUT_PLACES]
    if not places:
        return ()
    manager = client.bind(places[0], 3)
    plain: dict[int, _OutputSoFar] = {}
    placed: dict[int, _OutputSoFar] = {}
    for offer in offers:
        if offer.interface == _OUTPUT:
            output, place = client.bind(offer, 4), client.new_id()
            client.send(manager, 1, words(place, output))  # get_xdg_output
            plain[output] = placed[place] = _OutputSoFar(output)
    for event in client.events():
        if event.sender in plain:
            _describe(plain[event.sender], event)
        elif event.sender in placed:
            _locate(placed[event.sender], event)
    found = [Output(each.name, Region(*each.position, *each.size), each.turn, each.id) for each in plain.values()]
    shown = [output for output in found if output.name and not output.place.is_empty]
    return tuple(sorted(shown, key=lambda output: (output.place.x, output.place.y)))


def _describe(output: _OutputSoFar, event: Event) -> None:
    """An event of wl_output."""
    if event.opcode == 0:  # geometry: five numbers, maker and model, then the transform
        (output.turn,) = struct.unpack_from("=I", text(text(event.body[20:])[1])[1])
    elif event.opcode == 4:
        output.name = text(event.body)[0]


def _locate(output: _OutputSoFar, event: Event) -> None:
    """An event of zxdg_output_v1."""
    if event.opcode == 0:
        output.position = _PAIR.unpack_from(event.body)
    elif event.opcode == 1:
        output.size = _PAIR.unpack_from(event.body)
    elif event.opcode == 3:
        output.name = output.name or text(event.body)[0]
