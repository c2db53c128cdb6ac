"""Pictures in which every pixel tells its own place, so that one that is a pixel off is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops

from grokdesk.model import Region

LIMIT = 4096
"""Places up to here can be told apart."""


def map_of_places(width: int, height: int) -> Image.Image:
    """The colour of a pixel is its place: twelve bits for the column, twelve for the row, and never black."""
    return _part_of_map(Region(0, 0, width, height))


def _part_of_map(region: Region) -> Image.Image:
    if min(region.x, region.y) < 0 or max(region.right, region.bottom) >= LIMIT:
        raise ValueError(f"{region} is too large to number")
    width, height = region.width, region.height
    columns, rows = range(region.x + 1, region.right + 1), range(region.y + 1, region.bottom + 1)

    def across(byte: Callable[[int], int]) -> Image.Image:
        return Image.frombytes("L", (width, 1), bytes(map(byte, columns))).resize(
            (width, height), Image.Resampling.NEAREST
        )

    def down(byte: Callable[[int], int]) -> Image.Image:
        return Image.frombytes("L", (1, height), bytes(map(byte, rows))).resize(
            (width, height), Image.Resampling.NEAREST
        )

    high = ImageChops.add(across(lambda x: x >> 8 << 4), down(lambda y: y >> 8))
    return Image.merge("RGB", (across(lambda x: x & 0xFF), down(lambda y: y & 0xFF), high))


def place_of_pixel(picture: Image.Image, x: int, y: int) -> tuple[int, int]:
    """The place on the map that a pixel of this picture was taken from."""
    pixel = picture.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return (blue >> 4 << 8 | red) - 1, ((blue & 15) << 8 | green) - 1


def region_on_map(picture: Image.Image) -> Region:
    """Which region of the map this picture shows. Raises ValueError when a pixel of it is not where it belongs."""
    left, top = place_of_pixel(picture, 0, 0)
    region = Region(left, top, picture.width, picture.height)
    if _part_of_map(region).tobytes() != picture.convert("RGB").tobytes():
        last = place_of_pixel(picture, picture.width - 1, picture.height - 1)
        raise ValueError(f"{picture.size} pixels from {(left, top)} to {last} are no region of the map")
    return region


def saved(picture: Image.Image, file: Path) -> Path:
    picture.save(file, compress_level=1)
    return file
