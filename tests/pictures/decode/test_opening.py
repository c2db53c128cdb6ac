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
from PIL import Image, ImageChops, ImageStat

from grokdesk.errors import NotAPicture, NotInstalled, PictureError, PictureTooLarge
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decode.decoding import MOST_PIXELS
from grokdesk.pictures.decode.frames import MOST_FRAMES, count_frames
from grokdesk.pictures.decode.opening import MOST_BYTES, open_picture, read_picture_file
from tests.support.images.images import encoded, photo, quarters
from tests.support.ordinary_user import as_ordinary_user

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
            "art.psd",
            b"8BPS\0\1",
            "art.psd is a Photoshop picture, a type that GrokDesk does not open.",
        ),
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


@pytest.mark.skipif(sys.platform == "win32", reason="who may read is asked otherwise there")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(quarters(), "PNG"))
    secret.chmod(0)
    with pytest.raises(PictureError, match="may not be read"):
        as_ordinary_user(lambda: read_picture_file(secret))


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


@pytest.mark.parametrize("file_format", ["WEBP", "AVIF"])
def test_formats_without_rows_are_damaged_when_they_are_cut_off(file_format: str) -> None:
    whole = encoded(photo(64, 48), file_format)
    for share in (0.05, 0.25, 0.5, 0.75, 0.9):
        cut = Picture("cut.bin", whole[: int(len(whole) * share)])
        with pytest.raises(NotAPicture, match=r"cut\.bin is .* damaged or cut off|cut\.bin is a file of an unknown"):
            open_picture(cut)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM"])
def test_of_a_cut_off_file_is_shown_what_can_be_seen(file_format: str) -> None:
    image = photo(320, 240)
    whole = encoded(image, file_format)
    opened = open_picture(Picture("cut.bin", whole[: len(whole) * 3 // 4]))
    assert (opened.width, opened.height) == (320, 240)
    assert opened.notes == ("The file is damaged or cut off: only a part of the picture can be seen.",)
    seen = (0, 140, 320, 240) if file_format == "BMP" else (0, 0, 320, 100)  # a BMP begins with the lowest row
    assert max(ImageStat.Stat(ImageChops.difference(opened.image.crop(seen), image.crop(seen))).mean) < 20
    with pytest.raises(NotAPicture, match=r"damaged or cut off|unknown type"):
        open_picture(Picture("cut.bin", whole[:40]))


def test_the_next_picture_is_not_taken_for_damaged() -> None:
    whole = encoded(photo(64, 48), "PNG")
    open_picture(Picture("cut.png", whole[: len(whole) // 2]))
    assert open_picture(Picture("whole.png", whole)).notes == ()
    with pytest.raises(NotAPicture):
        open_picture(Picture("cut.webp", encoded(photo(64, 48), "WEBP")[:200]))


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


def frames_of(file_format: str) -> bytes:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 250))]
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_another_frame_can_be_chosen(file_format: str) -> None:
    data = frames_of(file_format)
    opened = open_picture(Picture("moving", data, frame=2))
    word = "page" if file_format == "TIFF" else "frame"
    assert opened.notes == (f"Only {word} 3 of 3 is sent.",)
    red, _, blue = opened.image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # RGB: three numbers
    assert blue > 200
    assert red < 60
    with pytest.raises(PictureError) as raised:
        open_picture(Picture("moving", data, frame=3))
    assert raised.value.title == f"moving has 3 {word}s, so there is no {word} 4."


def test_endless_pages_are_counted_to_a_limit() -> None:
    page = b"\x01\0" + struct.pack("<HHII", 256, 3, 1, 1)
    chain = b"II*\0\x08\0\0\0"
    for _ in range(3 * MOST_FRAMES):
        chain += page + struct.pack("<I", len(chain) + len(page) + 4)
    assert count_frames(chain, "TIFF", 1) == MOST_FRAMES
    loop = b"II*\0\x08\0\0\0" + page + struct.pack("<I", 8)
    assert count_frames(loop, "TIFF", 1) == 1
    gif = frames_of("GIF")
    image = gif.index(b",\0\0\0\0")
    assert count_frames(gif[:image] + gif[image:-1] * MOST_FRAMES, "GIF", 1) == MOST_FRAMES


@given(st.sampled_from(["GIF", "TIFF"]), st.binary(max_size=400), st.integers(0, 60))
def test_counting_frames_takes_any_bytes(file_format: str, noise: bytes, kept: int) -> None:
    assert 1 <= count_frames(frames_of(file_format)[:kept] + noise, file_format, 1) <= MOST_FRAMES


def test_a_photo_of_a_phone_in_heic_opens() -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    image = photo(320, 240)
    opened = open_picture(Picture("IMG_1.jpg", encoded(image, "HEIF")))
    assert opened.image.size == (320, 240)
    assert max(ImageStat.Stat(ImageChops.difference(opened.image, image)).mean) < 20


def test_a_missing_heic_decoder_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(NotInstalled) as raised:
        open_picture(Picture("IMG_1.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"))
    assert raised.value.title == "IMG_1.jpg is a HEIC picture, and the part that opens these is not installed."
    assert "grokdesk[heic]" in raised.value.hint
