"""Several hundred picture files of every kind that people have, made anew each time, and what becomes of each.

``python -m tests.support.images.image_corpus [FOLDER]`` opens them all, prints a table, and writes them into
the folder.
Hostile ones are in ``hostile_images``.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tests.support.images import hostile_images, png_files
from tests.support.images.images import encoded, photo, quarters
from tests.support.images.talkative import talkative_files

OPENS, REFUSED, EITHER = "opens", "refused", "either"
"""EITHER: both are right, as long as it is one of them."""

LOSSLESS: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True, "exact": True}}
ROTATING = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF")
MOVING = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")


@dataclass(frozen=True)
class Member:
    """``size`` is what the upright picture measures, when that is known."""

    kind: str
    name: str
    data: bytes = field(repr=False)
    outcome: str = OPENS
    size: tuple[int, int] | None = None
    frame: int = 0


def corpus() -> Iterator[Member]:
    for make in (
        _modes,
        _png_kinds,
        _tiffs,
        _others,
        _orientations,
        _profiles,
        _frames,
        _sizes,
        _cut,
        _names,
        _talkative,
    ):
        yield from make()
    for kind, name, data, outcome in hostile_images.hostile():
        yield Member(kind, name, data, outcome)


@cache
def whole_corpus() -> tuple[Member, ...]:
    """All of it, made once in a process."""
    return tuple(corpus())


def slow_corpus(wanted: str = "") -> Iterator[Member]:
    """What takes seconds to make, to open or to be given up; or the one of it that is ``wanted``."""
    if wanted in ("", "12000x10000.png"):
        largest = encoded(Image.new("1", (12_000, 10_000), 1), "PNG")
        yield Member("sizes", "12000x10000.png", largest, OPENS, (12_000, 10_000))
    for name, make, outcome in hostile_images.slow():
        if wanted in ("", name):
            yield Member("bombs", name, make(), outcome)


def _modes() -> Iterator[Member]:
    modes = {
        "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        "JPEG": ("L", "RGB", "CMYK"),
        "WEBP": ("L", "RGB", "RGBA", "P"),
        "GIF": ("1", "L", "P", "RGB", "RGBA"),
        "BMP": ("1", "L", "P", "RGB", "RGBA"),
        "AVIF": ("L", "RGB", "RGBA"),
        "PPM": ("1", "L", "RGB", "I;16"),
        "ICO": ("L", "P", "RGB", "RGBA"),
    }
    for file_format, names in modes.items():
        for mode in names:
            for what, image in (("drawing", quarters(48, 32)), ("photo", photo(96, 64))):
                options = {"sizes": [image.size]} if file_format == "ICO" else LOSSLESS.get(file_format, {})
                data = encoded(_in_mode(image, mode), file_format, **options)
                yield Member("modes", f"{what}-{mode}.{file_format.lower()}", data, OPENS, image.size)
    for options in (
        {"progressive": True},
        {"optimize": True},
        {"quality": 5},
        {"subsampling": "4:2:0"},
        {"quality": 100},
    ):
        data = encoded(photo(97, 65), "JPEG", **options)
        yield Member("modes", f"photo-{'-'.join(map(str, options.items()))}.jpg", data, OPENS, (97, 65))
    if find_spec("pillow_heif"):
        import pillow_heif

        pillow_heif.register_heif_opener()
        for mode in ("L", "RGB", "RGBA"):
            yield Member("modes", f"photo-{mode}.heic", encoded(_in_mode(photo(96, 64), mode), "HEIF"), OPENS, (96, 64))


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        wide = image.convert("L").convert("I").point(lambda value: value * 257)
        return wide.convert("I;16")
    if mode in ("RGBA", "LA"):
        image = image.convert("RGBA")
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image.convert(mode)


def _png_kinds() -> Iterator[Member]:
    for colour, depths in png_files.KINDS.items():
        for depth in depths:
            for interlaced in (False, True):
                data = png_files.png_of_kind(colour, depth, interlaced=interlaced)
                yield Member("PNG kinds", f"type{colour}-{depth}bit{'-adam7' * interlaced}.png", data, OPENS, (13, 9))
    for colour, transparent in ((0, b"\0\7"), (2, b"\0\7\0\7\0\7"), (3, b"\0\x80\xff")):
        data = png_files.png_of_kind(colour, 8)
        keyed = data.replace(png_files.chunk(b"IEND"), b"")
        at = keyed.index(b"IDAT") - 4
        data = keyed[:at] + png_files.chunk(b"tRNS", transparent) + keyed[at:] + png_files.chunk(b"IEND")
        yield Member("PNG kinds", f"type{colour}-keyed.png", data, OPENS, (13, 9))


def _tiffs() -> Iterator[Member]:
    image = photo(96, 64)
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"):
        yield Member("TIFF", f"{compression}.tif", encoded(image, "TIFF", compression=compression), OPENS, (96, 64))
    for compression in ("group3", "group4", "tiff_ccitt"):
        data = encoded(image.convert("1"), "TIFF", compression=compression)
        yield Member("TIFF", f"{compression}.tif", data, OPENS, (96, 64))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I;16", "I", "F"):
        if mode == "LAB":
            srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
            converted = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
            assert converted is not None
        else:
            converted = _in_mode(image, mode)
        yield Member("TIFF", f"{mode.replace(';', '')}.tif", encoded(converted, "TIFF"), OPENS, (96, 64))
    yield Member("TIFF", "big.tif", encoded(image, "TIFF", big_tiff=True), OPENS, (96, 64))
    yield Member("TIFF", "motorola.tif", _motorola_tiff(), OPENS, (2, 2))


def _motorola_tiff() -> bytes:
    tags = (
        (256, 3, 2 << 16),
        (257, 3, 2 << 16),
        (258, 3, 8 << 16),
        (262, 3, 1 << 16),
        (273, 4, 8 + 2 + 7 * 12 + 4),
        (278, 3, 2 << 16),
        (279, 4, 4),
    )
    entries = b"".join(struct.pack(">HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"MM\0*" + struct.pack(">IH", 8, len(tags)) + entries + struct.pack(">I", 0) + bytes((0, 85, 170, 255))


def _others() -> Iterator[Member]:
    # 16 bits a channel, and rows from top to bottom: Pillow does not write either.
    wide = b"P6\n2 2\n65535\n" + struct.pack(">12H", *range(0, 60000, 5000))
    yield Member("others", "sixteen.ppm", wide, OPENS, (2, 2))
    yield Member("others", "comment.pgm", b"P5\n# a comment\n2 2\n255\n" + bytes(4), OPENS, (2, 2))
    bmp = bytearray(encoded(quarters(), "BMP"))
    bmp[22:26] = struct.pack("<i", -16)
    yield Member("others", "topdown.bmp", bytes(bmp), OPENS, (32, 16))
    sizes = [(16, 16), (32, 32), (64, 64), (256, 256)]
    yield Member("others", "many.ico", encoded(photo(256, 256), "ICO", sizes=sizes), OPENS, (256, 256))
    yield Member("others", "bitmap.ico", encoded(photo(64, 64), "ICO", sizes=sizes[:3], bitmap_format="bmp"), OPENS)
    yield Member("others", "phone.jpg", encoded(photo(96, 64), "MPO", save_all=True, append_images=[photo(8, 8)]))
    yield Member("others", "moving-alpha.png", encoded(_in_mode(photo(48, 32), "RGBA"), "PNG"), OPENS, (48, 32))
    shape = b'<rect width="40" height="20" fill="#c00"/>'
    root = b'<svg xmlns="http://www.w3.org/2000/svg" '
    for name, before, attributes in (
        ("plain", b"", b'width="40" height="20"'),
        ("declared", b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a drawing -->\n', b'viewBox="0 0 40 20"'),
        (
            "doctype",
            b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">',
            b'width="40" height="20"',
        ),
        ("marked", b"\xef\xbb\xbf", b'width="4cm" height="2cm"'),
    ):
        yield Member("others", f"{name}.svg", before + root + attributes + b">" + shape + b"</svg>")


def _orientations() -> Iterator[Member]:
    for file_format in ROTATING:
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[0x0112] = orientation
            data = encoded(quarters(48, 32), file_format, exif=exif, **LOSSLESS.get(file_format, {}))
            size = (32, 48) if orientation >= 5 else (48, 32)
            yield Member("orientations", f"turn{orientation}.{file_format.lower()}", data, OPENS, size)
    for odd in (0, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = odd
        yield Member("orientations", f"turn{odd}.jpg", encoded(quarters(48, 32), "JPEG", exif=exif), OPENS, (48, 32))


def _profiles() -> Iterator[Member]:
    profiles = {
        name: ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes() for name in ("sRGB", "LAB", "XYZ")
    }
    profiles |= {
        "empty": b"",
        "noise": bytes(range(256)) * 4,
        "cut": profiles["sRGB"][:200],
        "huge": profiles["sRGB"] * 400,
    }
    for name, profile in profiles.items():
        for file_format, mode in (
            ("PNG", "RGB"),
            ("PNG", "RGBA"),
            ("JPEG", "L"),
            ("JPEG", "CMYK"),
            ("TIFF", "RGB"),
            ("WEBP", "RGB"),
        ):
            data = encoded(_in_mode(photo(48, 32), mode), file_format, icc_profile=profile)
            yield Member("profiles", f"{name}-{mode}.{file_format.lower()}", data, OPENS, (48, 32))


def _frames() -> Iterator[Member]:
    frames = [Image.new("RGB", (20, 10), (40 * number, 250 - 40 * number, 90)) for number in range(5)]
    for file_format in MOVING:
        data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
        for frame in range(7):
            outcome = OPENS if frame < 5 else REFUSED
            size = (20, 10) if frame < 5 else None
            yield Member("frames", f"moving.{file_format.lower()}", data, outcome, size, frame)


def _sizes() -> Iterator[Member]:
    for width, height in (
        (1, 1),
        (1, 2),
        (3, 1),
        (1, 3000),
        (3000, 1),
        (2047, 3),
        (2048, 3),
        (2049, 3),
        (63, 65),
        (64, 64),
    ):
        for file_format in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
            data = encoded(Image.new("RGB", (width, height), (9, 90, 200)), file_format)
            yield Member("sizes", f"{width}x{height}.{file_format.lower()}", data, OPENS, (width, height))
    for name, size, file_format in (
        ("widest", (65500, 1), "JPEG"),
        ("tallest", (1, 65500), "JPEG"),
        ("widest", (16383, 1), "WEBP"),
        ("widest", (65535, 1), "GIF"),
        ("wide", (300_000, 1), "PNG"),
    ):
        yield Member("sizes", f"{name}.{file_format.lower()}", encoded(Image.new("L", size), file_format), OPENS, size)
    # 120 million pixels are the most.
    yield Member("sizes", "12000x10001.png", png_files.png(png_files.header(12_000, 10_001, 1, 0)), REFUSED)
    for pixels in (120_000_001, 2**31):
        yield Member("sizes", f"1x{pixels}.png", png_files.png(png_files.header(1, pixels)), REFUSED)


def _cut() -> Iterator[Member]:
    for file_format in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM", "ICO"):
        whole = encoded(photo(64, 64), file_format, **({"sizes": [(64, 64)]} if file_format == "ICO" else {}))
        for share in (0, 1, 5, 20, 40, 60, 80, 95, 99):
            data = whole[: len(whole) * share // 100]
            outcome = REFUSED if share <= 1 or file_format in ("WEBP", "AVIF") else EITHER
            yield Member("cut off", f"{share}.{file_format.lower()}", data, outcome)


def _names() -> Iterator[Member]:
    data = encoded(quarters(), "PNG")
    odd = [
        "Grüße 😀.png",
        "two\nlines.png",
        "abc\u202egnp.exe",
        "x" * 250 + ".png",
        "\udcff\udcfe.png",
        "-rf.png",
        "con.png",
        "100%.png",
        "a'b\"c.png",
        " ",
        "..png",
        "<b>bold</b>.png",
        "nul\x07bell.png",
        "picture.txt",
        "picture",
    ]
    for name in odd:
        yield Member("names", name, data, OPENS, (32, 16))


def _talkative() -> Iterator[Member]:
    for name, data in talkative_files().items():
        yield Member("talkative", name, data)
    texts = PngInfo()
    for number in range(300):
        texts.add_text(f"Key {number}", "text" * 50)
    yield Member("talkative", "many-texts.png", encoded(quarters(), "PNG", pnginfo=texts), OPENS, (32, 16))


def main() -> int:
    from grokdesk.errors import GrokDeskError
    from grokdesk.model import Picture
    from grokdesk.pictures.decode.decoder import Decoder

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    rows: dict[str, list[tuple[str, float]]] = {}
    with_errors: dict[str, int] = {}
    decoder = Decoder()
    for number, member in enumerate(chain(corpus(), slow_corpus())):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            letters = "".join(
                letter if (letter.isascii() and letter.isalnum()) or letter in ".-" else "_" for letter in member.name
            )
            (folder / f"{number:03}-{member.kind.replace(' ', '-')}-{letters[-80:]}").write_bytes(member.data)
        began = time.perf_counter()
        try:
            decoder.open(Picture(member.name, member.data, frame=member.frame), enough=2048)
            outcome = OPENS
        except GrokDeskError as error:
            outcome = type(error).__name__
            with_errors[error.title.replace(member.name, "…")] = (
                with_errors.get(error.title.replace(member.name, "…"), 0) + 1
            )
        rows.setdefault(member.kind, []).append((outcome, time.perf_counter() - began))
    decoder.close()
    _print(rows, with_errors)
    return 0


def _print(rows: dict[str, list[tuple[str, float]]], sentences: dict[str, int]) -> None:
    write = partial(print, file=sys.stdout)
    write(f"{'kind':16}{'files':>6}{'opened':>8}{'refused':>9}{'slowest':>10}")
    for kind, results in rows.items():
        opened = sum(outcome == OPENS for outcome, _ in results)
        slowest = max(seconds for _, seconds in results)
        write(f"{kind:16}{len(results):6}{opened:8}{len(results) - opened:9}{slowest:9.2f}s")
    for sentence, count in sorted(sentences.items(), key=lambda item: -item[1]):
        write(f"{count:4}  {sentence}")


if __name__ == "__main__":
    sys.exit(main())
