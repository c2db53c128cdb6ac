"""Files that want to crash, hang, fill or fool whoever opens them, and files that are no pictures at all."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from tests.support.images import png_files
from tests.support.images.images import encoded, photo, quarters
from tests.support.images.png_files import chunk, header, png, with_chunk

OPENS, REFUSED, EITHER = "opens", "refused", "either"

Row = tuple[str, str, bytes, str]
"""Kind, name, content, and what becomes of it."""


def hostile() -> Iterator[Row]:
    for kind, make in (
        ("bombs", _bombs),
        ("liars", _liars),
        ("loops", _loops),
        ("drawings", _drawings),
        ("noise", _noise),
    ):
        for name, data, outcome in make():
            yield kind, name, data, outcome
    for name, data in _no_pictures().items():
        yield "no pictures", name, data, REFUSED


def deflated(length: int) -> bytes:
    """Zeros of that length, compressed in pieces."""
    squeeze, piece = zlib.compressobj(9), bytes(1 << 20)
    return b"".join(squeeze.compress(piece) for _ in range(length >> 20)) + squeeze.flush()


def _bombs() -> Iterator[tuple[str, bytes, str]]:
    whole = encoded(quarters(), "PNG")
    bomb = deflated(100 << 20)
    yield "text.png", with_chunk(whole, b"zTXt", b"Comment\0\0" + bomb), EITHER
    yield "itext.png", with_chunk(whole, b"iTXt", b"Comment\0\1\0\0\0" + bomb), EITHER
    yield "profile.png", with_chunk(whole, b"iCCP", b"icc\0\0" + bomb), EITHER
    yield "surplus.png", png(header(4, 4), chunk(b"IDAT", bomb)), EITHER
    yield "many-chunks.png", whole[:33] + chunk(b"teXt") * 100_000 + whole[33:], OPENS
    yield "many-texts.png", whole[:33] + chunk(b"tEXt", b"k\0" + b"v" * 1000) * 3000 + whole[33:], EITHER
    yield "canvas.gif", _gif_canvas(4000, 4000), OPENS
    moving = encoded(quarters(8, 8), "GIF", save_all=True, append_images=[quarters(8, 8).rotate(180)])
    image = moving.index(b",\0\0\0\0")
    yield "frames.gif", moving[:image] + moving[image:-1] * 20_000 + b";", OPENS
    yield "frames.png", _apng(2**31 - 1), EITHER
    yield "deflate.tif", _tiff(4000, 4000, 8, deflated(1 << 20)), EITHER
    yield "small-in-huge.webp", _webp_canvas(5000, 3000), EITHER


def slow() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """What takes seconds to make, to open or to be given up."""
    yield "huge-canvas-deflate.tif", lambda: _tiff(10_000, 12_000, 8, deflated(120_000_000 & ~0xFFFFF)), EITHER
    yield "huge-canvas.gif", lambda: _gif_canvas(10_900, 10_900), OPENS
    yield "huge-canvas.webp", lambda: _webp_canvas(16_384, 7000), EITHER
    yield "progressive.jpg", lambda: _scans(4000), EITHER
    yield "filter.svg", slow_filter, EITHER
    yield "uses.svg", lambda: _uses(12), EITHER


def _liars() -> Iterator[tuple[str, bytes, str]]:
    whole = encoded(quarters(), "PNG")
    idat = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    for width, height in ((0, 0), (0, 5), (5, 0), (2**31 - 1, 2**31 - 1), (2**32 - 1, 1), (60_000, 60_000)):
        yield f"{width}x{height}.png", png(header(width, height), idat), REFUSED
    yield "no-header.png", png(idat), REFUSED
    yield "two-headers.png", png(header(4, 4), header(9000, 9000), idat), EITHER
    yield "nothing.png", png(header(4, 4)), REFUSED
    yield "depth.png", png(header(4, 4, 7, 9), idat), REFUSED
    yield "no-palette.png", png(header(4, 4, 8, 3), chunk(b"IDAT", zlib.compress(bytes(20)))), EITHER
    yield "bad-sum.png", whole[:50] + b"\xff" + whole[51:], EITHER
    yield "long-chunk.png", whole[:33] + struct.pack(">I", 2**31 - 1) + whole[37:], EITHER
    yield "negative-chunk.png", whole[:33] + struct.pack(">I", 2**32 - 1) + whole[37:], EITHER
    jpeg = encoded(photo(64, 48), "JPEG")
    frame = jpeg.index(b"\xff\xc0")
    for width, height in ((60_000, 60_000), (0, 48), (64, 0), (65_535, 1)):
        outcome = EITHER if height == 1 else REFUSED
        yield (
            f"{width}x{height}.jpg",
            jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :],
            outcome,
        )
    for marker, name in ((b"\xff\xdb", "no-tables"), (b"\xff\xc4", "no-codes"), (b"\xff\xda", "no-scan")):
        at = jpeg.index(marker)
        yield f"{name}.jpg", jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :], EITHER
    yield "components.jpg", jpeg[: frame + 9] + b"\xff" + jpeg[frame + 10 :], EITHER
    for width, height in ((2**31 - 1, 2**31 - 1), (-5, 5), (0, 0), (5, -(2**31))):
        bmp = bytearray(encoded(quarters(), "BMP"))
        bmp[18:26] = struct.pack("<ii", width, height)
        yield f"{width}x{height}.bmp", bytes(bmp), REFUSED if width > 5 or height == 0 else EITHER
    run = bytearray(encoded(quarters().convert("P"), "BMP"))
    run[30:34] = struct.pack("<I", 1)
    yield "run-lengths.bmp", bytes(run) + b"\xff\xff" * 1000, EITHER
    yield "palette.bmp", bytes(run[:46]) + b"\xff\xff\xff\x7f" + bytes(run[50:]), EITHER
    for name, words in (
        ("huge", b"99999999999999999999 9"),
        ("negative", b"-5 5"),
        ("words", b"abc def"),
        ("none", b""),
    ):
        yield f"{name}.ppm", b"P6\n" + words + b"\n255\n" + bytes(60), REFUSED
    yield "most.ppm", b"P6\n2 2\n0\n" + bytes(12), EITHER
    ico = bytearray(encoded(photo(64, 64), "ICO", sizes=[(64, 64)]))
    yield "offset.ico", bytes(ico[:18]) + b"\xff\xff\xff\x7f" + bytes(ico[22:]), EITHER
    large = png(header(20_000, 20_000), idat)
    yield "png-inside.ico", bytes(ico[:14]) + struct.pack("<II", len(large), 22) + large, EITHER
    webp = encoded(photo(64, 48), "WEBP")
    yield "length.webp", webp[:4] + b"\xff\xff\xff\xff" + webp[8:], EITHER
    yield "inner-length.webp", webp[:16] + b"\xff\xff\xff\x7f" + webp[20:], EITHER
    avif = encoded(photo(64, 48), "AVIF")
    size = avif.index(b"ispe")
    yield "60000.avif", avif[: size + 8] + struct.pack(">II", 60_000, 60_000) + avif[size + 16 :], REFUSED
    yield "boxes.avif", avif[:40] + b"\xff\xff\xff\xff" + avif[44:], EITHER
    for name, tag, value in (
        ("strips", 279, 2**32 - 1),
        ("offset", 273, 2**32 - 1),
        ("samples", 277, 65_535),
        ("rows", 278, 0),
    ):
        yield f"{name}.tif", _tiff(16, 16, 1, bytes(256), {tag: value}), EITHER


def _loops() -> Iterator[tuple[str, bytes, str]]:
    entry = struct.pack("<HHII", 256, 4, 1, 5)
    yield "self.tif", b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8), EITHER
    whole = bytearray(_tiff(16, 16, 1, bytes(256)))
    yield "next-is-first.tif", bytes(whole[: -256 - 4]) + struct.pack("<I", 8) + bytes(whole[-256:]), EITHER
    inner = struct.pack("<HHIIHHII", 0x8769, 4, 1, 8, 0x8825, 4, 1, 8)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + inner + struct.pack("<I", 8)
    for file_format in ("JPEG", "PNG", "WEBP"):
        yield f"exif.{file_format.lower()}", encoded(quarters(), file_format, exif=exif), OPENS
    count = b"Exif\0\0II*\0" + struct.pack("<IHHHII", 8, 1, 0x010F, 2, 2**32 - 1, 0) + struct.pack("<I", 0)
    yield "exif-count.jpg", encoded(quarters(), "JPEG", exif=count), OPENS
    yield "exif-entries.jpg", encoded(quarters(), "JPEG", exif=b"Exif\0\0II*\0" + struct.pack("<IH", 8, 65_535)), OPENS


def _svg(inside: str, root: str = 'width="40" height="40"', before: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {names} {root}>{inside}</svg>".encode()


def slow_filter() -> bytes:
    return _svg(
        '<filter id="f"><feGaussianBlur stdDeviation="900"/>'
        + '<feMorphology operator="dilate" radius="400"/>' * 30
        + '</filter><rect width="40" height="40" filter="url(#f)"/>'
    )


def _uses(depth: int) -> bytes:
    groups = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, depth))
    return _svg(f'<defs><g id="g0"><rect width="1" height="1"/></g>{groups}</defs><use href="#g{depth - 1}"/>')


def _drawings() -> Iterator[tuple[str, bytes, str]]:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    yield "laughs.svg", _svg("<desc>&a11;</desc>", before=f"<!DOCTYPE svg [{entities}]>"), REFUSED
    yield "quadratic.svg", _svg("&a;" * 20_000, before=f'<!DOCTYPE svg [<!ENTITY a "{"x" * 20_000}">]>'), REFUSED
    yield "itself.svg", _svg("&a;", before='<!DOCTYPE svg [<!ENTITY a "&a;">]>'), REFUSED
    yield "deep.svg", _svg("<g>" * 50_000 + "</g>" * 50_000), REFUSED
    yield "many.svg", _svg("<g/>" * 250_000), REFUSED
    yield "file.svg", _svg('<image width="40" height="40" href="/etc/passwd"/>'), OPENS
    yield (
        "entity.svg",
        _svg("<text>&f;</text>", before='<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
        OPENS,
    )
    yield "script.svg", _svg('<script>while(1);</script><rect width="9" height="9"/>'), OPENS
    yield (
        "network.svg",
        _svg('<style>@import url("http://127.0.0.1:9/");</style><image href="http://127.0.0.1:9/"/>'),
        OPENS,
    )
    yield "use-itself.svg", _svg('<g id="a"><use href="#a"/></g>'), EITHER
    yield (
        "pattern-itself.svg",
        _svg(
            '<pattern id="a" width="1" height="1"><rect width="1" height="1" fill="url(#a)"/></pattern>'
            '<rect width="9" height="9" fill="url(#a)"/>'
        ),
        EITHER,
    )
    for root in (
        'width="1e30" height="1e30"',
        'width="99999999" height="1"',
        'width="0" height="0"',
        'width="NaN" height="x"',
        'width="-5" height="5"',
        'viewBox="0 0 1e38 1e38"',
        'viewBox="a b c d"',
    ):
        yield f"{root.translate({34: None})}.svg", _svg('<rect width="9" height="9"/>', root), EITHER
    inner = base64.b64encode(png(header(60_000, 60_000), chunk(b"IDAT", zlib.compress(bytes(100))))).decode()
    yield "png-inside.svg", _svg(f'<image width="40" height="40" href="data:image/png;base64,{inner}"/>'), EITHER
    nested = base64.b64encode(_svg('<image width="9" height="9" href="/etc/passwd"/>')).decode()
    yield "svg-inside.svg", _svg(f'<image width="40" height="40" href="data:image/svg+xml;base64,{nested}"/>'), OPENS
    yield (
        "path.svg",
        _svg(f'<path d="M0 0{" L1e9 1e9 L-1e9 3" * 3000}" stroke="#000" stroke-dasharray="0.001"/>'),
        EITHER,
    )


def _noise() -> Iterator[tuple[str, bytes, str]]:
    noise = bytes((number * 73 + number // 7) % 256 for number in range(3000))
    heads = {
        "png": png_files.SIGNATURE,
        "jpg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "bmp": encoded(quarters(), "BMP")[:30],
        "tif": b"II*\0",
        "webp": b"RIFF\xb0\x0b\0\0WEBPVP8 ",
        "avif": b"\0\0\0\x1cftypavif",
        "ico": b"\0\0\1\0\3\0",
        "heic": b"\0\0\0\x1cftypheic",
        "pgm": b"P5 ",
    }
    for name, head in heads.items():
        yield f"noise.{name}", head + noise, EITHER
        yield f"head.{name}", head, REFUSED
    yield "jpeg-in.png", encoded(photo(9, 9), "JPEG"), OPENS
    yield "also-archive.png", encoded(quarters(), "PNG") + _zip(), OPENS
    yield "also-page.gif", encoded(quarters(), "GIF", comment=b"<html><script>alert(1)</script>"), OPENS


def _no_pictures() -> dict[str, bytes]:
    return {
        "nothing.png": b"",
        "one.png": b"\x89",
        "zeros.png": bytes(5000),
        "letter.txt": "Grüße".encode(),
        "page.png": b"<!DOCTYPE html><html></html>",
        "data.json": b'{"a": 1}',
        "paper.pdf": b"%PDF-1.7\n",
        "run.exe": b"MZ" + bytes(99),
        "archive.png": _zip(),
        "film.mp4": b"\0\0\0\x20ftypisom" + bytes(40),
        "song.mp3": b"ID3\4" + bytes(40),
        "art.psd": b"8BPS\0\1" + bytes(40),
        "raw.cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
        "scan.jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
        "new.jxl": b"\xff\x0a" + bytes(40),
        "utf16.txt": "words".encode("utf-16"),
        "packed.svgz": b"\x1f\x8b" + bytes(40),
        "broken.svg": b"<svg",
    }


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", b"x")
    return buffer.getvalue()


def _apng(said: int) -> bytes:
    return with_chunk(encoded(quarters(), "PNG"), b"acTL", struct.pack(">II", said, 0))


def _tiff(width: int, height: int, compression: int, strip: bytes, changed: dict[int, int] | None = None) -> bytes:
    values = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 273: 0, 277: 1, 278: height, 279: len(strip)}
    values[273] = 8 + 2 + len(values) * 12 + 4
    values.update(changed or {})
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items())
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + struct.pack("<I", 0) + strip


def _gif_canvas(width: int, height: int) -> bytes:
    gif = encoded(quarters(), "GIF")
    return gif[:6] + struct.pack("<HH", width, height) + gif[10:]


def _webp_canvas(width: int, height: int) -> bytes:
    moving = bytearray(encoded(quarters(), "WEBP", save_all=True, append_images=[quarters().rotate(180)]))
    at = moving.index(b"VP8X") + 12
    moving[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(moving)


def _scans(count: int) -> bytes:
    """A progressive JPEG that repeats its last scan, each time over the whole of a large picture."""
    data = encoded(Image.new("L", (8000, 8000), 128), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]
