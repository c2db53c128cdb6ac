"""Takes pictures with grim, on Wayland desktops that let a program copy their outputs, but not as we can ourselves.

Each output is taken by itself, in its own pixels: of all at once grim makes one image at the largest scale, which
enlarges every other output and takes several times as long.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Monitor, Pixels
from grokdesk.system.arranging import arranged, bounds, composed
from grokdesk.system.capture.wayland_compositor import Output, ask_compositor
from grokdesk.system.part_state import PartState
from grokdesk.system.programs import run_together
from grokdesk.translation import _

log = logging.getLogger(__name__)

SECONDS = 10.0
"""How long grim may take; 4K takes a tenth of a second."""

PROTOCOLS = ("zwlr_screencopy_manager_v1", "ext_image_copy_capture_manager_v1")
"""What grim needs one of; the second since its version 1.5."""

_PPM = re.compile(rb"P6\s(\d{1,6})\s(\d{1,6})\s255\s")


@dataclass(frozen=True, slots=True)
class GrimGrabber:
    """``environment`` names the compositor, and says where programs are."""

    environment: Mapping[str, str]
    state: PartState = field(
        default_factory=lambda: PartState("ok", "grim", _("This desktop allows screen capture through grim."))
    )

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        if cancel is not None:
            cancel.check()
        compositor = ask_compositor(self.environment)
        if not compositor.interfaces.intersection(PROTOCOLS):
            raise NotPossibleHere(_("This desktop does not allow grim to capture the screen."))
        if not compositor.outputs:
            raise NotPossibleHere(_("No screen is on."), _("Turn a screen on."))
        images = _images(compositor.outputs, self.environment, cancel)
        places = [output.place for output in compositor.outputs]
        regions = arranged(places, [(image.width, image.height) for image in images])
        monitors = tuple(
            Monitor(output.name, region, place=output.place)
            for output, region in zip(compositor.outputs, regions, strict=True)
        )
        desktop = bounds(places)
        return Capture(composed(regions, images), monitors, desktop.x, desktop.y)

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        """Nothing: these desktops ask nobody."""

    def close(self) -> None:
        pass


def _images(outputs: Sequence[Output], environment: Mapping[str, str], cancel: CancelSwitch | None) -> list[Pixels]:
    """All outputs are copied at the same time, so that they show the same moment."""
    commands = [("grim", "-t", "ppm", "-o", output.name, "-") for output in outputs]
    images = []
    for done in run_together(commands, environment, seconds=SECONDS, cancel=cancel):
        if done.code != 0:
            log.info("grim failed: %s", done.complaint[:500])
            raise NotPossibleHere(_("grim could not capture the screen."), _("Try again."))
        images.append(pixels_from_ppm(done.output))
    return images


def pixels_from_ppm(data: bytes) -> Pixels:
    """Raises NotPossibleHere for anything but the PPM that grim writes."""
    head = _PPM.match(data)
    width, height = (int(head[1]), int(head[2])) if head else (0, 0)
    if head is None or width < 1 or height < 1 or len(data) != head.end() + width * height * 3:
        raise NotPossibleHere(_("grim returned an invalid image."), _("Update the package grim."))
    start = head.end()
    # Slices with a step are as quick as a decoder, and need no library.
    rows = bytearray(width * height * 4)
    for colour in range(3):
        rows[colour::4] = data[start + 2 - colour :: 3]
    return Pixels(rows, width, height)
