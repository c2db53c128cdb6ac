from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from grokdesk.errors import NotAPicture, PictureError, PictureTooLarge
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decoding import MOST_PIXELS
from grokdesk.pictures.opening import MOST_BYTES, open_picture, read_picture_file
from tests.support.images import encoded, photo, quarters

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PPM"]


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", ["right", "wrong.txt", "misleading.pdf"])
@pytest.mark.parametrize("file_format", FORMATS)
def test_formats_are_told_by_content(tmp_path: Path, file_format: str, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(encoded(quarters(), file_format, **({"sizes": [(32, 16)]} if file_format == "ICO" else {})))
    opened = open_picture(read_picture_file(file))
    assert (opened.width, opened.height, opened.frames) == (32, 16, 1)
    red, green, blue = opened.image.convert("RGB").getpixel((4, 4))  # type: ignore[misc]  # RGB: three numbers
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("notes.pdf", b"%PDF-1.7\n", "notes.pdf is a PDF document, not a picture."),
        ("holiday.png", b"%PDF-1.7\n", "holiday.png is a PDF document, not a picture."),
        ("letter.txt", b"Dear all,\n", "letter.txt is a text file, not a picture."),
        ("nothing.png", b"", "nothing.png is empty."),
        (
            "IMG_1.jpg",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "IMG_1.jpg is a HEIC picture, a type that GrokDesk does not open.",
        ),
        ("logo.svg", b"<svg xmlns='x'/>", "logo.svg is an SVG drawing, a type that GrokDesk does not open."),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, name: str, data: bytes, title: str) -> None:
    with pytest.raises(NotAPicture) as from_memory:
        open_picture(Picture(name, data))
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotAPicture) as from_file:
        read_picture_file(tmp_path / name)
    assert from_memory.value.title == from_file.value.title == title
    assert from_memory.value.hint


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotAPicture, match="is a folder"):
        read_picture_file(tmp_path)
    with pytest.raises(PictureError, match=r"gone\.png does not exist"):
        read_picture_file(tmp_path / "gone.png")


def test_a_pipe_is_named(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("pipes have no place in a folder there")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAPicture, match="is not a file"):
        read_picture_file(tmp_path / "pipe")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(quarters(), "PNG"))
    secret.chmod(0)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(PictureError, match="may not be read"):
        read_picture_file(secret)


def test_a_huge_file_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "huge.png"
    with file.open("wb") as sparse:
        sparse.write(encoded(quarters(), "PNG"))
        sparse.truncate(MOST_BYTES + 1)
    with pytest.raises(PictureTooLarge, match="larger than 200 MB"):
        read_picture_file(file)


def too_large_files() -> dict[str, bytes]:
    """Headers that claim more pixels than the bytes behind them could ever be."""
    jpeg = bytearray(encoded(quarters(), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60000, 60000)
    gif = bytearray(encoded(quarters(), "GIF"))
    gif[6:10] = struct.pack("<HH", 60000, 60000)
    bmp = bytearray(encoded(quarters(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60000, 60000)
    webp = bytearray(encoded(quarters(), "WEBP", save_all=True, append_images=[quarters().rotate(180)]))
    at = webp.index(b"VP8X") + 12
    webp[at : at + 6] = (16383).to_bytes(3, "little") * 2
    return {
        "png": png_header(60000, 60000),
        "a little too large": png_header(12000, MOST_PIXELS // 12000 + 1),
        "jpeg": bytes(jpeg),
        "gif": bytes(gif),
        "bmp": bytes(bmp),
        "webp": bytes(webp),
        "ppm": b"P6\n60000 60000\n255\n" + b"\0" * 100,
    }


@pytest.mark.parametrize(("name", "data"), list(too_large_files().items()))
def test_too_many_pixels_are_refused_by_the_header(name: str, data: bytes) -> None:
    with pytest.raises(PictureTooLarge) as raised:
        open_picture(Picture("bomb.bin", data))
    assert raised.value.title == "bomb.bin has more than 120 million pixels."


def test_more_pixels_than_pillow_warns_of_are_opened_in_silence() -> None:
    image = Image.new("1", (10_000, 9_500))
    assert Image.MAX_IMAGE_PIXELS is not None
    assert image.width * image.height > Image.MAX_IMAGE_PIXELS
    opened = open_picture(Picture("large.png", encoded(image, "PNG")))
    assert (opened.width, opened.height) == image.size


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM"])
def test_truncated_files_are_said_to_be_damaged(file_format: str) -> None:
    whole = encoded(photo(64, 48), file_format)
    for share in (0.05, 0.25, 0.5, 0.75, 0.9):
        cut = Picture("cut.bin", whole[: int(len(whole) * share)])
        with pytest.raises(NotAPicture, match=r"cut\.bin is .* damaged or cut off|cut\.bin is a file of an unknown"):
            open_picture(cut)


SEEDS = {
    **{name: encoded(photo(40, 30), name) for name in FORMATS},
    "TIFF LZW": encoded(photo(40, 30), "TIFF", compression="tiff_lzw"),
    "palette": encoded(photo(40, 30).convert("P"), "PNG", transparency=3),
    "animated": encoded(quarters(), "GIF", save_all=True, append_images=[quarters().rotate(180)]),
    "CMYK": encoded(photo(40, 30).convert("CMYK"), "JPEG"),
}


@settings(max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(sorted(SEEDS)),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 4000) | st.none(),
)
def test_damaged_files_open_or_raise_a_picture_error(
    seed: str, changes: list[tuple[int, int]], cut: int | None
) -> None:
    data = bytearray(SEEDS[seed])
    for position, value in changes:
        data[position % len(data)] = value
    try:
        opened = open_picture(Picture("odd.bin", bytes(data[:cut])))
    except PictureError as error:
        title = error.title
    else:
        title = "odd.bin has pixels" if opened.image.tobytes() else ""
    assert title.startswith("odd.bin ")


@pytest.mark.parametrize(
    ("file_format", "word"),
    [("GIF", "frame"), ("WEBP", "frame"), ("PNG", "frame"), ("AVIF", "frame"), ("TIFF", "page")],
)
def test_the_first_frame_is_decoded_and_all_are_counted(file_format: str, word: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 250))]
    opened = open_picture(Picture("moving", encoded(frames[0], file_format, save_all=True, append_images=frames[1:])))
    assert (opened.frames, opened.frame_word) == (3, word)
    red, green, _ = opened.image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # RGB: three numbers
    assert red > 200
    assert green < 60


def test_the_second_image_in_a_photo_is_no_frame() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[quarters(8, 8)])
    assert open_picture(Picture("phone.jpg", data)).frames == 1


def test_a_damaged_second_frame_leaves_the_first() -> None:
    data = encoded(quarters(), "GIF", save_all=True, append_images=[quarters().rotate(180)])
    opened = open_picture(Picture("half.gif", data[:-30]))
    assert opened.image.convert("RGB").getpixel((2, 2)) == (255, 0, 0)


def test_what_pillow_warns_of_does_not_reach_anybody() -> None:
    whole = encoded(quarters(), "PNG")
    no_frames = struct.pack(">I", 8) + b"acTL" + bytes(8)
    data = whole[:33] + no_frames + struct.pack(">I", zlib.crc32(no_frames[4:])) + whole[33:]
    with pytest.warns(UserWarning, match="Invalid APNG"), Image.open(io.BytesIO(data)) as image:
        image.load()
    assert open_picture(Picture("odd.png", data)).width == 32


def test_raw_pixels_keep_their_colours() -> None:
    pixels = Pixels(bytes((10, 20, 30, 0, 40, 50, 60, 255)), 2, 1)
    image = open_picture(Picture("capture", pixels)).image
    assert [image.getpixel((x, 0)) for x in (0, 1)] == [(30, 20, 10), (60, 50, 40)]


def test_a_large_picture_comes_back_as_large_as_is_enough() -> None:
    data = encoded(photo(1600, 1200), "JPEG")
    opened = open_picture(Picture("photo.jpg", data), enough=300)
    assert (opened.width, opened.height) == (1600, 1200)
    assert opened.image.size == (300, 225)
