"""What leaves, and how fast, against the best that could have: rows E2 and E4, and a 48 megapixel photo.

``python -m tests.benchmarks.choosing [--rounds N]``. E4: preparing takes time and so does sending; the sum, at links of
5 to 500 Mbit/s, against the best of many encoders for the same picture. Screens compete with what keeps every pixel,
photos with JPEGs that are no worse. Goals: at most 1.25 x in the median, 1.6 x in the worst. E2: pixels until the
server's 200 over TLS against what everybody does, at most 0.2 x.
"""

from __future__ import annotations

import argparse
import base64
import json
import ssl
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

import httpx
import trustme
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits, Message, Picture, Pixels, Profile
from grokdesk.pictures.decode.png import StandardZlib, encode_png, fastest_zlib
from grokdesk.pictures.decode.raw_pixels import image_of
from grokdesk.pictures.prepare.encoding import looks_drawn
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.providers.dialects import chat_completions
from grokdesk.providers.http.transport import Transport
from tests.benchmarks.png_encode import desktop_image
from tests.benchmarks.rows import Row, tell
from tests.benchmarks.side_by_side import compare
from tests.benchmarks.upload import started_sink
from tests.support.images.images import encoded, page_of_text, photo

LINKS = (5, 20, 50, 100, 500)
"""Mbit/s."""
LIMITS = ImageLimits(long_edge=8192)
Encoders = Mapping[str, Callable[[Image.Image], bytes]]


class Level:
    """zlib at another level than ours."""

    def __init__(self, level: int) -> None:
        self.level = level

    compressobj = staticmethod(zlib.compressobj)
    crc32 = staticmethod(zlib.crc32)


class FastLevel:
    def __init__(self, level: int) -> None:
        fastest = fastest_zlib()
        self.level, self.compressobj, self.crc32 = level, fastest.compressobj, fastest.crc32


def saved(file_format: str, **options: object) -> Callable[[Image.Image], bytes]:
    return lambda image: encoded(image, file_format, **options)


EXACT: Encoders = {
    "Pillow PNG": saved("PNG"),
    "Pillow PNG 1": saved("PNG", compress_level=1),
    **{f"zlib-ng {level}": partial(encode_png, deflate=FastLevel(level)) for level in (1, 2, 3, 6, 9)},
    "zlib 1": lambda image: encode_png(image, StandardZlib()),
    "zlib 6": lambda image: encode_png(image, Level(6)),
}
NO_WORSE: Encoders = {
    **EXACT,
    "JPEG 90": saved("JPEG", quality=90, subsampling="4:4:4"),
    "JPEG 90 optimized": saved("JPEG", quality=90, subsampling="4:4:4", optimize=True),
    "JPEG 90 progressive": saved("JPEG", quality=90, subsampling="4:4:4", progressive=True),
    "JPEG 95": saved("JPEG", quality=95, subsampling="4:4:4"),
}


def pictures() -> dict[str, Image.Image]:
    lines = ["def choose(self, picture: Picture) -> Format:  # the smaller one, unless it loses"] * 60
    wallpaper = photo(2560, 1440)
    on_photo = wallpaper.copy()
    on_photo.paste(desktop_image(1600, 900), (400, 300))
    return {
        "desktop 4K": desktop_image(),
        "desktop 1080p": desktop_image(1920, 1080, 2),
        "crop": desktop_image().crop((200, 200, 1800, 1100)),
        "page": page_of_text(lines, 20, width=1600),
        "dark code": page_of_text(lines, 18, "#9cdcfe", "#1e1e1e", width=1400),
        "windows on a photo": on_photo,
        "photo": wallpaper,
        "large photo": photo(4000, 3000),
        "grey photo": photo(1600, 1200).convert("L"),
    }


def pixels_of(image: Image.Image) -> Pixels:
    return Pixels(image.convert("RGB").tobytes("raw", "BGRX"), image.width, image.height)


def cpu_seconds(work: Callable[[], bytes], rounds: int) -> tuple[float, int]:
    spent, made = [], b""
    for _ in range(rounds):
        began = time.process_time()
        made = work()
        spent.append(time.process_time() - began)
    return statistics.median(spent), len(made)


def total(cost: tuple[float, int], link: int) -> float:
    """Seconds until the picture, as base64, is through."""
    return cost[0] + cost[1] * 4 / 3 * 8 / (link * 1_000_000)


def measure_choice(rounds: int) -> None:
    ratios: list[float] = []
    for name, image in pictures().items():
        pixels = pixels_of(image)
        ours, others = our_cost(pixels, rounds), other_costs(pixels, rounds)
        row = []
        for link in LINKS:
            best = min(others, key=lambda word: total(others[word], link))
            ratios.append(total(ours, link) / total(others[best], link))
            row.append(f"{ratios[-1]:.2f} ({best})")
        print(f"E4 {name:20} {ours[1] / 1000:7.0f} kB {ours[0] * 1000:5.0f} ms   {'   '.join(row)}", flush=True)
    for which, ratio, goal in (("median", statistics.median(ratios), 1.25), ("worst", max(ratios), 1.6)):
        tell(Row(f"E4 ours / best of all encoders, {which}", "", "", f"{ratio:.3g} x", f"<= {goal} x"))


def our_cost(pixels: Pixels, rounds: int) -> tuple[float, int]:
    return cpu_seconds(lambda: prepare(Picture("any", pixels), LIMITS).data, rounds)


def other_costs(pixels: Pixels, rounds: int) -> dict[str, tuple[float, int]]:
    """Each encoder, and what it takes to get at the pixels."""
    shown = image_of(pixels)
    reading = cpu_seconds(lambda: bytes(image_of(pixels).width), rounds)[0]
    costs = {}
    for word, encode in (EXACT if looks_drawn(shown) else NO_WORSE).items():
        spent, size = cpu_seconds(lambda encode=encode: encode(shown), rounds)  # type: ignore[misc]
        costs[word] = (spent + reading, size)
    return costs


def measure_to_reply(rounds: int) -> None:
    """Both with a connection of their own each time: the program warms its own up while somebody types."""
    pixels = pixels_of(desktop_image())
    with tempfile.TemporaryDirectory() as folder:
        authority, file = trustme.CA(), Path(folder) / "server.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
        context = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
        with started_sink(str(file)) as port:
            url = f"https://127.0.0.1:{port}"
            profile = Profile("p", "P", "chat-completions", url, "m")

            def ours() -> None:
                prepared = prepare(Picture("shot", pixels), LIMITS)
                request = chat_completions.build(profile, Message("?", (prepared,)), [])
                with Transport(trust=lambda: context).stream(request, {}, CancelSwitch()) as reply:
                    assert b"".join(reply.chunks) == b"{}"

            def naive() -> None:
                image = Image.frombytes("RGB", (pixels.width, pixels.height), bytes(pixels.data), "raw", "BGRX")
                buffer = BytesIO()
                image.save(buffer, "PNG")
                address = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
                parts = [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": address}}]
                body = json.dumps({"model": "m", "messages": [{"role": "user", "content": parts}], "stream": True})
                with httpx.Client(verify=context, trust_env=False) as client:
                    assert client.post(url, content=body.encode()).content == b"{}"

            compare("E2 4K pixels to 200 over TLS, ours / naive", ours, naive, 0.2, rounds)


def measure_large_photo(rounds: int) -> None:
    data = encoded(photo(8000, 6000), "JPEG", quality=90)
    small = ImageLimits(long_edge=2048)

    def ours() -> None:
        prepare(Picture("photo.jpg", data), small)

    def naive() -> None:
        with Image.open(BytesIO(data)) as image:
            smaller = image.resize((2048, 1536), Image.Resampling.LANCZOS)
        encoded(smaller, "JPEG", quality=90)

    compare("48 megapixel JPEG to 2048, ours / decode and resize", ours, naive, 0.5, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description="What leaves, and how fast.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    measure_to_reply(rounds)
    measure_large_photo(rounds)
    measure_choice(max(1, rounds // 2))


if __name__ == "__main__":
    main()
