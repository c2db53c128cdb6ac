from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from grokdesk.errors import PictureError
from grokdesk.model import Pixels
from grokdesk.pictures.prepare.saving import check_name, save_picture


@pytest.fixture
def pixels() -> Pixels:
    """Three by two pixels, each of another colour."""
    return Pixels(bytes(value for n in range(6) for value in (n * 40, 255 - n * 40, n, 0)), 3, 2)


def colours(image: Image.Image) -> list[tuple[int, ...]]:
    return [image.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]  # type: ignore[misc]


@pytest.mark.parametrize("name", ["shot.png", "SHOT.PNG", "shot.webp", "shot"])
def test_the_file_has_the_pixels_and_nothing_else(pixels: Pixels, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"an older file")
    save_picture(pixels, file)
    with Image.open(file) as image:
        assert colours(image.convert("RGB")) == [(n, 255 - n * 40, n * 40) for n in range(6)]
        assert not {"exif", "comment", "icc_profile"} & image.info.keys()


def test_a_jpeg_is_written_where_the_name_asks_for_one(pixels: Pixels, tmp_path: Path) -> None:
    save_picture(pixels, tmp_path / "shot.jpg")
    with Image.open(tmp_path / "shot.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (3, 2))


def test_another_format_is_refused_before_anything_is_captured(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"does not write \.bmp"):
        check_name(tmp_path / "shot.bmp")


def test_a_folder_that_is_not_there_is_named(pixels: Pixels, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"shot\.png could not be saved"):
        save_picture(pixels, tmp_path / "nowhere" / "shot.png")
