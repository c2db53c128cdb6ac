from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import cast

import pytest
from PIL import Image, ImageCms, ImageDraw

from grokdesk.model import Picture
from grokdesk.pictures.colours import ALPHA_IGNORED, WHITE, in_eight_bits, in_srgb, is_one_colour, on_ground
from grokdesk.pictures.decode.opening import open_picture
from tests.support.images.images import encoded, quarters


def plain(data: bytes) -> Image.Image:
    """A file through everything this module does."""
    image = open_picture(Picture("test", data)).image
    return on_ground(in_srgb(in_eight_bits(image), image.info.get("icc_profile")))[0]


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
        ("F", (100.0, float("nan"), 65535.0), [0, 0, 255]),
        ("F", (float("nan"), -100.0, 612.0), [0, 0, 255]),
        ("F", (-3.4e38, 100.0, 70_000.0), [0, 0, 255]),
        ("F", (float("-inf"), 0.5, float("inf")), [128, 128, 128]),
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


def test_a_ground_is_told_only_when_something_shone_through() -> None:
    assert on_ground(quarters().convert("RGBA"))[1] is None
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    image.putpixel((0, 0), (0, 0, 0, 255))
    assert on_ground(image)[1] == WHITE


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


Shape = tuple[tuple[int, int, int, int], tuple[int, int, int, int]]


def ink(*shapes: Shape, size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Boxes on nothing: ``((left, top, right, bottom), colour with alpha)``."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for box, colour in shapes:
        draw.rectangle(box, colour)
    return image


BLACK_INK, WHITE_INK = ((10, 10, 40, 14), (0, 0, 0, 255)), ((10, 40, 40, 44), (255, 255, 255, 255))
GREY_INK = ((70, 40, 90, 44), (128, 128, 128, 255))
YELLOW_INK = ((10, 40, 40, 44), (255, 255, 150, 255))


@pytest.mark.parametrize(
    ("image", "ground"),
    [
        (ink(BLACK_INK), {WHITE}),
        (ink(GREY_INK), {WHITE}),
        (ink(WHITE_INK), {0}),
        (ink(((10, 10, 40, 14), (250, 248, 246, 255))), {0}),
        (ink(((10, 10, 40, 14), (255, 255, 255, 60))), {0}),
        (ink(BLACK_INK, WHITE_INK), {64, 128, 192}),
        (ink(BLACK_INK, ((10, 20, 110, 24), (0, 0, 0, 255)), ((90, 60, 94, 62), (255, 255, 255, 255))), {64, 128, 192}),
        (ink(BLACK_INK, WHITE_INK, GREY_INK), {64, 192}),
        (ink(((0, 0, 119, 79), (255, 255, 255, 255)), ((5, 5, 60, 9), (0, 0, 0, 255))), {None}),
        (ink(((2, 2, 117, 77), (255, 255, 255, 255)), BLACK_INK, size=(120, 80)), {WHITE}),
        (ink(YELLOW_INK, BLACK_INK), {WHITE}),
    ],
    ids=[
        "dark", "grey", "white", "nearly white", "faint white", "both", "a little white", "three", "opaque", "window",
        "yellow",
    ],
)  # fmt: skip
def test_the_ground_shows_what_is_drawn_on_it(image: Image.Image, ground: set[int | None]) -> None:
    for mode, file_format in (("RGBA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "TIFF")):
        options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
        stored = Image.open(BytesIO(encoded(image.convert(mode), file_format, **options)))
        flat, found = on_ground(in_eight_bits(stored))
        assert found in ground
        assert not is_one_colour(flat)


def test_letters_cut_out_of_a_white_sign_are_not_lost() -> None:
    image = Image.new("RGBA", (200, 120), "white")
    ImageDraw.Draw(image).rectangle((90, 50, 110, 54), (255, 255, 255, 0))
    ImageDraw.Draw(image).rectangle((60, 30, 140, 34), (0, 0, 0, 255))
    assert on_ground(image)[1] not in (None, WHITE)


@pytest.mark.parametrize("alpha", [0, 1, 100, 200, 254])
def test_an_alpha_that_is_the_same_everywhere_is_ignored(alpha: int) -> None:
    image = quarters().convert("RGBA")
    image.putalpha(alpha)
    flat, ground = on_ground(image)
    assert ground == ALPHA_IGNORED
    assert flat.tobytes() == quarters().convert("RGB").tobytes()


def test_an_alpha_that_hides_a_picture_is_ignored() -> None:
    image = quarters(800, 400).convert("RGBA")
    image.putalpha(0)
    image.putpixel((3, 3), (0, 0, 0, 255))
    assert on_ground(image)[1] == ALPHA_IGNORED
    nearly = quarters().convert("RGBA")
    nearly.putalpha(Image.linear_gradient("L").resize(nearly.size).point([value // 32 for value in range(256)]))
    assert on_ground(nearly)[1] == ALPHA_IGNORED


def test_ink_that_can_hardly_be_seen_is_made_strong() -> None:
    flat, _ = on_ground(ink(((10, 10, 40, 14), (0, 0, 0, 9))))
    assert sorted({pixel(flat, 0, 0)[0], pixel(flat, 20, 12)[0]}) == [0, 255]


def test_a_large_picture_gets_its_ground_in_strips() -> None:
    top, bottom = (0, 0, 2999, 9), (0, 1990, 2999, 1999)
    image = ink((top, (255, 255, 255, 255)), (bottom, (255, 255, 255, 255)), size=(3000, 2000))
    flat, ground = on_ground(image)
    assert ground == 0
    assert [pixel(flat, 5, y)[0] for y in (5, 15, 1000, 1985, 1995)] == [255, 0, 0, 0, 255]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (300, 200), 7), True),
        (Image.new("RGB", (1, 1), "red"), True),
        (quarters(), False),
        (ink(((100, 77, 101, 78), (9, 9, 9, 255)), size=(3000, 2000)).convert("RGB"), False),
    ],
)
def test_a_picture_of_one_colour(image: Image.Image, expected: bool) -> None:
    assert is_one_colour(image) is expected


def tiff(order: str, bits: int, sample_format: int, photometric: int, values: tuple[float, ...], packed: str) -> bytes:
    """One row, as a program wrote it that Pillow is not."""
    strip = struct.pack(f"{order}{len(values)}{packed}", *values)
    tags = {256: len(values), 257: 1, 258: bits, 259: 1, 262: photometric, 273: 0, 277: 1, 278: 1, 279: len(strip)}
    tags[339] = sample_format
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    body = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + body + bytes(4) + strip


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("bits", "sample_format", "packed", "values"),
    [
        (16, 1, "H", (0, 32896, 65535)),
        (32, 1, "I", (0, 2**31, 2**32 - 1)),
        (32, 2, "i", (0, 32896, 65535)),
        (32, 3, "f", (0.0, 0.5, 1.0)),
        (64, 3, "d", (0.0, 0.5, 1.0)),
    ],
)
def test_numbers_of_a_tiff_in_both_orders_and_directions(
    order: str, bits: int, sample_format: int, packed: str, values: tuple[float, ...]
) -> None:
    assert list(plain(tiff(order, bits, sample_format, 1, values, packed)).tobytes()) == [0, 128, 255]
    assert list(plain(tiff(order, bits, sample_format, 0, values, packed)).tobytes()) == [255, 127, 0]


def grey_png(depth: int, samples: tuple[int, ...], key: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    bits = "".join(format(sample, f"0{depth}b") for sample in samples)
    row = b"\0" + int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    header = struct.pack(">IIBBBBB", len(samples), 1, depth, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"tRNS", struct.pack(">H", key)), (b"IDAT", zlib.compress(row)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


@pytest.mark.parametrize(
    ("depth", "samples", "key", "expected"),
    [
        (16, (0, 32896, 65535), 0, [255, 128, 255]),
        (16, (256, 257, 0), 257, [1, 255, 0]),
        (8, (0, 7, 9), 7, [0, 255, 9]),
        (4, (0, 1, 15), 0, [255, 17, 255]),
        (2, (0, 1, 2), 1, [0, 255, 170]),
        (1, (0, 1, 0), 1, [0, 255, 0]),
    ],
)
def test_one_transparent_grey_of_any_depth(depth: int, samples: tuple[int, ...], key: int, expected: list[int]) -> None:
    result = plain(grey_png(depth, samples, key))
    assert [pixel(result, x)[0] for x in range(3)] == expected
