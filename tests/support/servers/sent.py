"""What became of a capture: the picture that reached the server."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from functools import partial

from PIL import Image

from tests.support.desktops.private_desktop import try_until
from tests.support.desktops.program import COMPOSER, HOTKEY, AnyDesktop, ProgramOn
from tests.support.servers.server import ScriptedServer


def questions_to(server: ScriptedServer) -> list[dict[str, object]]:
    return [request.json for request in server.requests if request.path == "/v1/responses"]


def sent_pixels(body: Mapping[str, object]) -> Image.Image:
    """The picture in a request, the first of several."""
    return sent_pictures(body)[0]


def sent_pictures(body: object) -> list[Image.Image]:
    """The pictures in a request, decoded by another library than ours."""
    addresses = [part for part in json.dumps(body).split('"') if part.startswith("data:image/")]
    return [Image.open(io.BytesIO(base64.b64decode(each.partition(",")[2]))).convert("RGB") for each in addresses]


def capture_and_send(
    program: ProgramOn[AnyDesktop],
    server: ScriptedServer,
    drag: tuple[int, int, int, int],
    *,
    screens: int = 1,
    begin: Callable[[], object] | None = None,
) -> Image.Image:
    """Press the hotkey or ``begin`` otherwise, drag from one place to the other, ask for the text.

    The picture that was sent comes back; that question sends it lossless.
    """
    before = len(questions_to(server))
    if begin is None:
        begin = partial(program.key, HOTKEY)
    begin()
    program.select(*drag, screens=screens)
    program.focus(COMPOSER)
    # Is refused while the picture is still on its way into the composer.
    ask = partial(program.key, "alt+3")
    try_until(ask, lambda: len(questions_to(server)) > before, "a question at the server")
    return sent_pixels(questions_to(server)[before])
