"""The pictures of a request as a server has received them, and a look for secrets that knows two colours."""

from __future__ import annotations

import base64
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Finding, PreparedImage, Region
from tests.support.servers.replies import ReceivedRequest

RED = (230, 20, 20)


def pictures_of(request: ReceivedRequest) -> list[bytes]:
    """Of the last question of a chat.completions request, in their order."""
    messages: Any = request.json["messages"]
    content = messages[-1]["content"]
    urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"] if content else []
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


def shows_secret(data: bytes) -> bool:
    """Whether the red box of ``secret_image`` is still to be seen."""
    return red_box(data) is not None


def red_box(data: bytes) -> tuple[int, int, int, int] | None:
    with Image.open(BytesIO(data)) as image:
        image.load()
        red, green, blue = image.convert("RGB").split()
    reds = red.point(lambda value: 255 if value > 180 else 0)
    others = Image.composite(Image.new("L", red.size), reds, green.point(lambda value: 255 if value > 90 else 0))
    only = Image.composite(Image.new("L", red.size), others, blue.point(lambda value: 255 if value > 90 else 0))
    # Single pixels of noise are red by chance.
    return (
        only.resize((max(1, only.width // 8), max(1, only.height // 8)), Image.Resampling.BOX)
        .point(lambda value: 255 if value > 200 else 0)
        .getbbox()
    )


def secret_image(width: int = 320, height: int = 240) -> Image.Image:
    """Noise, so that it leaves as JPEG unless every pixel is wanted, with a red box that stands for a card number."""
    image = Image.merge("RGB", [Image.effect_noise((width, height), 40) for _ in range(3)])
    image.paste(RED, (40, 40, 120, 80))
    return image


@dataclass
class SeesRed:
    """A Look that takes the red box for a card number; ``scanned`` has the bytes that it was given."""

    scanned: set[bytes] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, image: PreparedImage, _words: Sequence[str], cancel: CancelSwitch, /) -> tuple[Finding, ...]:
        cancel.check()
        with self.lock:
            self.scanned.add(image.data)
        box = red_box(image.data)
        if box is None:
            return ()
        left, top, right, bottom = (8 * each for each in box)
        region = Region(max(0, left - 16), max(0, top - 16), right - left + 32, bottom - top + 32)
        whole = Region(0, 0, image.width, image.height)
        return (Finding("card number", (region.intersected(whole),)),)
