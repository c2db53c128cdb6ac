from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageOps
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from grokdesk.pictures.prepare.bare_file import bare_file
from tests.support.images.images import decoded, encoded, page_of_text, photo, quarters

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
OTHER = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
"""Not a profile for pictures, but one that is not sRGB."""


def talkative(turn: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Orientation] = turn
    exif[Base.Make] = "SECRET maker"
    exif.get_ifd(IFD.Exif)[Base.UserComment] = b"ASCII\0\0\0SECRET comment"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif


def jpeg(image: Image.Image, **options: object) -> bytes:
    return encoded(image, "JPEG", xmp=b"<x:xmpmeta>SECRET</x:xmpmeta>", comment=b"SECRET", **options) + b"SECRET"


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": "4:4:4", "quality": 100}, {"keep_rgb": True}]
)
def test_a_jpeg_keeps_its_pixels_and_loses_its_words(mode: str, options: dict[str, object]) -> None:
    data = jpeg(photo().convert(mode), exif=talkative(), icc_profile=SRGB, restart_marker_rows=2, **options)
    bare = bare_file(data)
    assert bare is not None
    assert (bare.media_type, bare.is_plain) == ("image/jpeg", True)
    assert b"SECRET" not in bare.data
    assert b"ICC_PROFILE" not in bare.data
    assert b"Exif" not in bare.data
    assert decoded(bare.data).mode == mode
    assert decoded(bare.data).tobytes() == decoded(data).tobytes()
    assert bare_file(bare.data) == bare


@pytest.mark.parametrize("turn", range(2, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_turn_is_all_that_is_kept_of_the_camera_data(turn: int, file_format: str) -> None:
    data = encoded(quarters(), file_format, exif=talkative(turn))
    bare = bare_file(data)
    assert bare is not None
    assert not bare.is_plain
    assert b"SECRET" not in bare.data
    shown, meant = ImageOps.exif_transpose(decoded(bare.data)), ImageOps.exif_transpose(decoded(data))
    assert shown.size == meant.size
    assert ImageChops.difference(shown, meant).getbbox() is None


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_profile_that_changes_the_colours_is_kept(file_format: str) -> None:
    bare = bare_file(encoded(quarters(), file_format, icc_profile=OTHER, exif=talkative()))
    assert bare is not None
    assert not bare.is_plain
    assert decoded(bare.data).info["icc_profile"] == OTHER
    assert b"SECRET" not in bare.data


def test_a_large_profile_is_put_together_again() -> None:
    profile = OTHER + bytes(range(256)) * 400
    bare = bare_file(encoded(quarters(), "JPEG", icc_profile=profile))
    assert bare is not None
    assert decoded(bare.data).info["icc_profile"] == profile


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_a_png_keeps_its_pixels_and_loses_its_words(mode: str) -> None:
    texts = PngInfo()
    texts.add_text("Author", "SECRET")
    texts.add_itxt("XML:com.adobe.xmp", "SECRET")
    image = page_of_text(["All work"] * 5).convert(mode)
    data = encoded(
        image, "PNG", pnginfo=texts, icc_profile=SRGB if mode != "L" else None, exif=talkative(), dpi=(72, 72)
    )
    bare = bare_file(data + b"SECRET")
    assert bare is not None
    assert (bare.media_type, bare.is_plain) == ("image/png", True)
    assert b"SECRET" not in bare.data
    assert decoded(bare.data).mode == mode
    assert decoded(bare.data).tobytes() == image.tobytes()
    assert bare_file(bare.data) == bare


@pytest.mark.parametrize(
    "data",
    [
        encoded(quarters().convert("CMYK"), "JPEG"),
        encoded(quarters(), "JPEG")[:-40],
        encoded(quarters(), "PNG")[:-20],
        encoded(quarters(), "WEBP"),
        encoded(quarters(), "PNG", save_all=True, append_images=[quarters().rotate(90)]),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
    ids=["CMYK", "cut JPEG", "cut PNG", "WebP", "animation", "JPEG head", "JPEG segment", "PNG head", "nothing"],
)
def test_others_are_left_to_decoding(data: bytes) -> None:
    assert bare_file(data) is None


@pytest.mark.parametrize("image", [quarters().convert("RGBA"), Image.new("I;16", (9, 9))], ids=["alpha", "16 bit"])
def test_a_png_that_not_every_program_shows_alike_is_not_plain(image: Image.Image) -> None:
    bare = bare_file(encoded(image, "PNG"))
    assert bare is not None
    assert not bare.is_plain


def test_what_an_editor_left_behind_the_rows_does_not_leave() -> None:
    """A shortened picture whose pixel data still hold the end of the longer one."""
    rows = zlib.compress(b"\0\0\0\0" * 1) + b"SECRET"

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert decoded(data).size == (1, 1)
    assert bare_file(data) is None


JPEG, PNG = jpeg(photo(60, 40), exif=talkative(6), icc_profile=OTHER), encoded(quarters(), "PNG", exif=talkative(6))


@given(st.sampled_from([JPEG, PNG]), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6))
def test_damage_raises_nothing(data: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    bare = bare_file(bytes(damaged))
    assert bare is None or BytesIO(bare.data).read(3) in (b"\xff\xd8\xff", b"\x89PN")


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize(
    "body",
    [
        b"MPF\0MM\0*\0\0\0\x08SECRET",
        b"FPXR\0SECRET",
        b"ICC_PROFILE SECRET",
        b"urn:iso:std:iso:ts:21496:-1\0SECRET",
        b"SECRET",
    ],
)
def test_what_phones_put_beside_a_profile_does_not_leave_as_one(body: bytes) -> None:
    plain = encoded(photo(64, 48), "JPEG")
    bare = bare_file(with_segment(plain, 0xE2, body))
    assert bare is not None
    assert bare == bare_file(plain) or (bare.data, bare.is_plain) == (bare_file(plain).data, True)  # type: ignore[union-attr]
    assert b"SECRET" not in bare.data
    assert b"\xff\xe2" not in bare.data[:100]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"s\0R\0G\0B", b"o\0t\0h\0e")
    both = bare_file(with_segment(encoded(photo(64, 48), "JPEG", icc_profile=profile), 0xE2, body))
    assert both is not None
    assert b"SECRET" not in both.data
    assert decoded(both.data).info["icc_profile"] == profile
