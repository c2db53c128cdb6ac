from __future__ import annotations

import struct
import zlib
from typing import cast

import pytest
from PIL import Image, ImageCms

from grokdesk.model import Picture
from grokdesk.pictures.colours import in_eight_bits, in_srgb, on_white
from grokdesk.pictures.decode.opening import open_picture
from tests.support.images.images import encoded, quarters


def plain(data: bytes) -> Image.Image:
    """A file through everything this module does."""
    image = open_picture(Picture("test", data)).image
    return on_white(in_srgb(in_eight_bits(image), image.info.get("icc_profile")))[0]


def png_of_sixteen_bits(colours: list[tuple[int, int, int]]) -> bytes:
    """One row of 16 bit RGB, which Pillow can read but not write."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + b"".join(struct.pack(">HHH", *colour) for colour in colours)
    header = struct.pack(">IIBBBBB", len(colours), 1, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")


def with_swapped_primaries() -> bytes:
    """The sRGB profile of littleCMS with red and green exchanged, under another name."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


def pixel(image: Image.Image, x: int = 0, y: int = 0) -> tuple[int, ...]:
    return cast("tuple[int, ...]", image.convert("RGB").getpixel((x, y)))


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_keep_their_range(file_format: str) -> None:
    image = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 32896, 65535)):
        image.putpixel((x, 0), value)
    result = plain(encoded(image, file_format))
    assert result.mode == "L"
    assert list(result.tobytes()) == [0, 128, 255]


def test_sixteen_bits_of_colour_keep_their_range() -> None:
    result = plain(png_of_sixteen_bits([(65535, 0, 32896), (0, 65535, 0)]))
    assert (pixel(result), pixel(result, 1)) == ((255, 0, 128), (0, 255, 0))


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("F", (0.0, 0.5, 1.0), [0, 128, 255]),
        ("F", (0.0, 128.0, 255.0), [0, 128, 255]),
        ("F", (-1.0, 0.0, 1.0), [0, 128, 255]),
        ("F", (-5.0, -5.0, -5.0), [0, 0, 0]),
        ("I", (0, 128, 255), [0, 128, 255]),
        ("I", (0, 32896, 65535), [0, 128, 255]),
        ("I", (0, 500_000, 1_000_000), [0, 128, 255]),
    ],
)
def test_numbers_without_a_range_become_grey(mode: str, values: tuple[float, ...], expected: list[int]) -> None:
    image = Image.new(mode, (3, 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    assert list(plain(encoded(image, "TIFF")).tobytes()) == expected


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_opaque_modes_keep_their_pixels(mode: str) -> None:
    image = quarters().convert(mode)
    assert plain(encoded(image, "PNG")).convert("RGB").tobytes() == image.convert("RGB").tobytes()


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_becomes_the_colours_that_were_meant(file_format: str) -> None:
    result = plain(encoded(quarters().convert("CMYK"), file_format))
    assert result.mode == "RGB"
    for point, meant in (((4, 4), (255, 0, 0)), ((28, 4), (0, 255, 0)), ((28, 12), (255, 255, 255))):
        assert max(abs(a - b) for a, b in zip(pixel(result, *point), meant, strict=True)) < 12


def test_lab_becomes_the_colours_that_were_meant() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(quarters(), srgb, lab, outputMode="LAB")
    assert image is not None
    red, green, blue = pixel(plain(encoded(image, "TIFF")), 4, 4)
    assert red > 245
    assert green < 12
    assert blue < 12


@pytest.mark.parametrize(("mode", "file_format"), [("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "TIFF")])
def test_alpha_lies_on_white(mode: str, file_format: str) -> None:
    image = Image.new("RGBA", (3, 1))
    for x, alpha in enumerate((0, 128, 255)):
        image.putpixel((x, 0), (0, 0, 0, alpha))
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    result = plain(encoded(image.convert(mode), file_format, **options))
    assert result.mode in ("RGB", "L")
    assert [pixel(result, x)[0] for x in range(3)] == [255, 127, 0]


def test_transparency_of_palettes_and_of_one_colour_lies_on_white() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([200, 0, 0, 0, 200, 0])
    palette.putpixel((1, 0), 1)
    with_palette = plain(encoded(palette, "PNG", transparency=0))
    assert (pixel(with_palette), pixel(with_palette, 1)) == ((255, 255, 255), (0, 200, 0))
    gif = plain(encoded(palette, "GIF", transparency=0))
    assert (pixel(gif), pixel(gif, 1)) == ((255, 255, 255), (0, 200, 0))
    keyed = plain(encoded(quarters(), "PNG", transparency=(255, 0, 0)))
    assert (pixel(keyed, 4, 4), pixel(keyed, 28, 4)) == ((255, 255, 255), (0, 255, 0))
    grey = plain(encoded(Image.new("L", (2, 2), 7), "PNG", transparency=7))
    assert pixel(grey) == (255, 255, 255)


def test_white_is_told_only_when_something_shone_through() -> None:
    assert on_white(quarters().convert("RGBA"))[1] is False
    assert on_white(Image.new("RGBA", (2, 2), (0, 0, 0, 254)))[1] is True


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_profile_is_turned_into_srgb(file_format: str) -> None:
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = encoded(
        Image.new("RGB", (16, 16), (255, 0, 0)), file_format, icc_profile=with_swapped_primaries(), **options
    )
    red, green, blue = pixel(plain(data), 8, 8)
    assert green > 245
    assert red < 12
    assert blue < 12


def test_a_profile_leaves_the_alpha_alone() -> None:
    image = Image.new("RGBA", (1, 1), (255, 0, 0, 128))
    result = in_srgb(image, with_swapped_primaries())
    red, green, _, alpha = cast("tuple[int, ...]", result.getpixel((0, 0)))
    assert (red, green, alpha) == (0, 255, 128)


def test_srgb_itself_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.merge("RGB", [Image.linear_gradient("L").rotate(angle) for angle in (0, 90, 180)])
    assert plain(encoded(image, "PNG", icc_profile=profile)).tobytes() == image.tobytes()


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 200, with_swapped_primaries()[:300]])
def test_a_broken_profile_is_left_aside(profile: bytes) -> None:
    assert pixel(plain(encoded(quarters(), "PNG", icc_profile=profile)), 4, 4) == (255, 0, 0)


def test_a_profile_for_other_modes_is_left_aside() -> None:
    image = Image.new("L", (4, 4), 99)
    assert pixel(plain(encoded(image, "PNG", icc_profile=with_swapped_primaries()))) == (99, 99, 99)
