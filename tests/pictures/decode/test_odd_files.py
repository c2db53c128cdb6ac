"""Whole files that are unlike what most programs write: each is opened, and shows what it holds."""

from __future__ import annotations

import gzip
import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from grokdesk.errors import NotAPicture, PictureTooLarge
from grokdesk.model import ImageLimits, Picture
from grokdesk.pictures.decode.file_types import describe_type, sniff
from grokdesk.pictures.decode.opened import SIZE_ALONE, OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.decode.proportions import true_size
from grokdesk.pictures.prepare.bare_file import bare_file
from grokdesk.pictures.prepare.preparing import prepare
from tests.support.images.images import encoded, photo, quarters
from tests.support.images.png_files import chunk, with_chunk

STRETCHED = "Its pixels are not square, so it was stretched to its real proportions."


def opened(data: bytes, enough: int | None = None) -> OpenedPicture:
    return open_picture(Picture("odd", data), enough=enough)


def noise(size: int) -> bytes:
    return random.Random(5).randbytes(size)  # noqa: S311 - no secret


def xmp(orientation: int, size: int) -> bytes:
    words = f'<x tiff:Orientation="{orientation}"/>'.encode() + b" " * size
    return b"XML:com.adobe.xmp\0\0\0\0\0" + words


BIG_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + noise(2_000_000)


@pytest.mark.parametrize(
    ("data", "removed"),
    [
        (with_chunk(encoded(quarters(), "PNG"), b"tEXt", b"Comment\0" + b"x" * 2_000_000), ("comments",)),
        (with_chunk(encoded(quarters(), "PNG"), b"zTXt", b"a\0\0" + zlib.compress(b"x" * 3_000_000)), ("comments",)),
        (with_chunk(encoded(quarters(), "PNG"), b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b"x" * 9**7)), ("comments",)),
        (with_chunk(encoded(quarters(), "PNG"), b"iTXt", xmp(1, 2_000_000)), ("editing data",)),
        (encoded(quarters(), "PNG", icc_profile=BIG_PROFILE), ("colour profile",)),
    ],
    ids=["text", "packed text", "packed words", "editing data", "profile"],
)
def test_a_png_with_much_beside_its_pixels_is_whole(data: bytes, removed: tuple[str, ...]) -> None:
    picture = opened(data)
    assert (picture.notes, picture.removed) == ((), removed)
    assert picture.image.tobytes() == quarters().convert("RGB").tobytes()
    small = with_chunk(data, b"tEXt", b"Author\0me")
    prepared = prepare(Picture("odd", small), ImageLimits())
    assert prepared.notes == (f"Removed: {', '.join(dict.fromkeys((*removed, 'comments')))}.",) or len(removed) == 1
    assert "damaged" not in " ".join(prepared.notes)


def test_seventy_megabytes_of_text_are_no_damage() -> None:
    data = encoded(quarters(), "PNG")
    body = b"Comment\0" + b"x" * 1_000_000
    many = data[:33] + chunk(b"tEXt", body) * 70 + data[33:]
    assert opened(many).notes == ()


def test_the_turn_in_long_editing_data_is_kept() -> None:
    picture = opened(with_chunk(encoded(quarters(48, 32), "PNG"), b"iTXt", xmp(6, 2_000_000)))
    assert picture.image.size == (32, 48) == (picture.width, picture.height)


def test_an_animation_without_frames_shows_its_picture() -> None:
    data = with_chunk(encoded(quarters(), "PNG"), b"acTL", struct.pack(">II", 3, 0))
    picture = opened(data)
    assert (picture.frames, picture.notes) == (1, ())
    assert picture.image.tobytes() == quarters().convert("RGB").tobytes()


@pytest.mark.parametrize("before", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"  \t\n", b"\xef\xbb\xbf\r\n"])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_line_ends_before_the_signature(before: bytes, file_format: str) -> None:
    data = encoded(quarters(), file_format)
    assert sniff(before + data) == sniff(data)
    assert opened(before + data).image.tobytes() == opened(data).image.tobytes()


def test_line_ends_before_words_are_words() -> None:
    assert describe_type(b"\n\nwords") == "a text file"


def without_tables(data: bytes) -> bytes:
    """As a film's frame: the standard Huffman tables are left out."""
    kept, at = [data[:2]], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != 0xC4:
            kept.append(data[at:end])
        at = end
    return b"".join((*kept, data[at:]))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_without_tables_gets_some(mode: str) -> None:
    whole = encoded(photo(64, 48).convert(mode), "JPEG", quality=90)
    film = without_tables(whole)
    assert opened(film).image.tobytes() == opened(whole).image.tobytes()
    assert bare_file(film) is None
    for lossless in (False, True):
        leaving = prepare(Picture("film", film), ImageLimits(), lossless=lossless)
        assert leaving.media_type != "image/jpeg" or b"\xff\xc4" in leaving.data


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"subsampling": "4:2:0"}])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_with_its_tables_stays_as_it_is(options: dict[str, object], mode: str) -> None:
    assert bare_file(encoded(photo(64, 48).convert(mode), "JPEG", **options)) is not None


def exif(**tags: object) -> Image.Exif:
    found = Image.Exif()
    for name, value in tags.items():
        found[{"across": 282, "down": 283, "unit": 296, "turn": 274}[name]] = value
    return found


def gif(aspect: int) -> bytes:
    data = bytearray(encoded(quarters(100, 100), "GIF"))
    data[12] = aspect
    return bytes(data)


def avif(wide: int, high: int, turn: int = 1) -> bytes:
    """With the proportions of a pixel in the place of its bits, which are as long."""
    data = bytearray(encoded(quarters(100, 100), "AVIF", exif=exif(turn=turn)))
    at = data.index(b"pixi")
    data[at : at + 12] = b"pasp" + struct.pack(">II", wide, high)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (encoded(quarters(204, 98).convert("1"), "TIFF", compression="group4", dpi=(204, 98)), (204, 204)),
        (encoded(quarters(204, 196).convert("1"), "TIFF", compression="group3", dpi=(204, 196)), (204, 204)),
        (encoded(quarters(200, 100), "TIFF", dpi=(100, 200)), (400, 100)),
        (encoded(quarters(204, 98), "PNG", dpi=(204, 98)), (204, 204)),
        (with_chunk(encoded(quarters(100, 100), "PNG"), b"pHYs", struct.pack(">IIB", 2, 1, 0)), (100, 200)),
        (encoded(quarters(204, 98), "JPEG", dpi=(204, 98)), (204, 204)),
        (encoded(quarters(204, 98), "BMP", dpi=(204, 98)), (204, 204)),
        (encoded(quarters(204, 98), "TIFF", exif=exif(across=204.0, down=98.0, turn=6)), (204, 204)),
        (encoded(quarters(100, 50), "TIFF", exif=exif(across=200.0, down=100.0, turn=6)), (100, 100)),
        (gif(113), (200, 100)),
        (gif(17), (100, 200)),
        (gif(49), (100, 100)),
        (gif(255), (422, 100)),
        (avif(2, 1), (200, 100)),
        (avif(1, 2), (100, 200)),
        (avif(10, 11), (100, 110)),
        (avif(1, 1), (100, 100)),
        (avif(0, 0), (100, 100)),
        (avif(1, 2, turn=6), (200, 100)),
        (encoded(quarters(204, 98), "PNG", dpi=(300, 301)), (204, 98)),
        (encoded(quarters(204, 98), "PNG", dpi=(72, 72)), (204, 98)),
        (encoded(quarters(204, 98), "JPEG", dpi=(1, 200)), (204, 98)),
        (encoded(quarters(204, 98), "JPEG", dpi=(0, 72)), (204, 98)),
    ],
)
def test_pixels_that_are_not_square_are_stretched(data: bytes, size: tuple[int, int]) -> None:
    picture = opened(data)
    stored = Image.open(BytesIO(data)).size
    is_stretched = size != stored and size != stored[::-1]
    assert (picture.width, picture.height) == picture.image.size == size
    assert picture.notes == ((STRETCHED,) if is_stretched else ())
    alone = opened(data, SIZE_ALONE)
    assert (alone.width, alone.height) == size
    smaller = opened(data, 51)
    assert max(smaller.image.size) == 51
    leaving = prepare(Picture("fax", data), ImageLimits())
    assert (leaving.width, leaving.height) == size


def test_the_pixels_of_a_heic_are_stretched() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    picture = opened(encoded(quarters(100, 100), "HEIF", pixel_aspect_ratio=(2, 1)))
    assert (picture.width, picture.height) == (200, 100)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_boxes_that_are_cut_off_say_nothing_wrong(cut: int) -> None:
    data = avif(2, 1)
    with Image.open(BytesIO(data)) as image:
        for broken in (data[:cut], data[:cut] + bytes(40), data[:cut] + b"\xff" * 40, data[:cut] + data[cut + 3 :]):
            assert true_size(image, broken, 10**6) in ((100, 100), (200, 100), (100, 200))


def test_a_turned_fax_is_stretched_along_its_own_sides() -> None:
    data = encoded(quarters(204, 98), "JPEG", exif=exif(turn=6), dpi=(204, 98))
    assert opened(data).image.size == (204, 204)
    picture = opened(encoded(quarters(100, 100), "JPEG", exif=exif(turn=6), dpi=(200, 100)))
    assert picture.image.size == (200, 100) == (picture.width, picture.height)


@pytest.mark.parametrize(
    "data",
    [
        b"P1\n3 1\n0 1 0\n",
        b"P1\n# made by hand\n3 1\n010\n",
        b"P2 3 1 255 255 0 255\n",
        b"P2\n# a comment\n3 # another\n1\n255\n255 0 255\n",
        b"P3\n3 1\n1\n1 1 1 0 0 0 1 1 1\n",
        b"P5\n3 1\n255\n\xff\0\xff",
        b"Pf\n3 1\n-1.0\n" + struct.pack("<3f", 1, 0, 1),
    ],
)
def test_pnm_in_words_and_in_bytes(data: bytes) -> None:
    assert describe_type(data) == "a PNM picture"
    assert list(opened(data).image.convert("L").tobytes()) == [255, 0, 255]


@pytest.mark.parametrize("text", [b"P1 is the best\n", b"P3", b"P2: 3 pages, 1 line", b"P1\n", b"Pf 1"])
def test_words_that_begin_like_pnm_are_words(text: bytes) -> None:
    assert describe_type(text) == "a text file"


@pytest.mark.parametrize("reserved", [0, 0x01020304, 0xFFFFFFFF])
@pytest.mark.parametrize("header", [40, 124])
def test_a_bmp_with_odd_reserved_bytes(reserved: int, header: int) -> None:
    plain = encoded(quarters(), "BMP")
    fields = plain[14:54] + bytes(header - 40)
    fields = struct.pack("<I", header) + fields[4:]
    head = b"BM" + struct.pack("<III", len(plain) + header - 40, reserved, 14 + header)
    assert opened(head + fields + plain[54:]).image.tobytes() == quarters().convert("RGB").tobytes()


def test_words_that_begin_like_a_bitmap_are_words() -> None:
    assert describe_type(b"BMW is a car, and this is a sentence about one.") == "a text file"


@pytest.mark.parametrize("side", [17_000, 60_000])
def test_an_avif_that_says_it_is_huge_is_too_large_and_not_damaged(side: int) -> None:
    data = encoded(photo(64, 64), "AVIF")
    at = data.index(b"ispe") + 8
    huge = data[:at] + struct.pack(">II", side, side) + data[at + 8 :]
    with pytest.raises(PictureTooLarge):
        opened(huge)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM"])
def test_the_size_alone_is_the_size_of_the_picture(file_format: str) -> None:
    options = {"exif": exif(turn=8)} if file_format in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF") else {}
    data = encoded(quarters(48, 32), file_format, **options)
    whole, alone = opened(data), opened(data, SIZE_ALONE)
    assert (alone.width, alone.height, alone.frames) == (whole.width, whole.height, whole.frames)
    assert alone.image.size == (1, 1)


def test_a_packed_drawing_opens_and_another_packed_file_does_not() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="4" height="2"/></svg>'
    assert opened(gzip.compress(drawing)).image.getpixel((9, 9)) == (0, 0, 0)
    with pytest.raises(NotAPicture, match="gzip"):
        opened(gzip.compress(b"words"))


def test_a_tiff_of_an_unknown_kind_is_not_called_damaged() -> None:
    data = bytearray(encoded(quarters(), "TIFF"))
    at = data.index(struct.pack("<HHII", 262, 3, 1, 2))
    data[at + 8] = 9
    with pytest.raises(NotAPicture, match="does not open"):
        opened(bytes(data))


def test_pnginfo_is_still_told() -> None:
    texts = PngInfo()
    texts.add_text("Author", "me")
    assert opened(encoded(quarters(), "PNG", pnginfo=texts)).removed == ("comments",)
