"""What a server decodes is what the composer shows, for every kind of file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops
from PySide6.QtGui import QImage

from grokdesk.errors import PictureError
from grokdesk.model import ImageLimits, Picture
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.thumbnails import HEIGHT
from grokdesk.ui.compose.draft import thumbnail_of
from tests.support.images.image_corpus import whole_corpus
from tests.support.images.images import decoded

KINDS = ("modes", "PNG kinds", "TIFF", "others", "profiles", "frames", "cut off")
LIMITS = ImageLimits(long_edge=HEIGHT)
"""So that the thumbnail is the whole picture."""


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(kept_seconds=60)
    yield decoder
    decoder.close()


def in_pillow(image: QImage) -> Image.Image:
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(rgb.constBits())
    return Image.frombytes("RGB", (rgb.width(), rgb.height()), data, "raw", "RGB", rgb.bytesPerLine())


def test_a_server_sees_what_the_composer_shows(decoder: Decoder) -> None:
    compared = 0
    for member in whole_corpus():
        if member.kind not in KINDS:
            continue
        try:
            prepared = prepare(Picture(member.name, member.data, frame=member.frame), LIMITS, opener=decoder.open)
        except PictureError:
            continue
        thumbnail = thumbnail_of(prepared)
        assert thumbnail is not None
        seen, shown = decoded(prepared.data).convert("RGB"), in_pillow(thumbnail)
        assert seen.size == shown.size == (prepared.width, prepared.height)
        assert ImageChops.difference(seen, shown).getbbox() is None, member.name
        compared += 1
    assert compared > 200
