"""Our PNG writer against Pillow's, in time and in bytes: ``python -m tests.benchmarks.png_encode [--rounds N]``.

The picture is made here: 3840 x 2160, windows with text, title bars with a gradient, icons of noise. Goals: at most
0.12 times the time and 1.3 times the bytes; with the standard library alone 0.35 and 1.15 times.
"""

from __future__ import annotations

import argparse
import random
import time
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from grokdesk.pictures.decode.png import StandardZlib, encode_png
from tests.benchmarks.side_by_side import compare, report

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def desktop_image(width: int = 3840, height: int = 2160, seed: int = 1) -> Image.Image:
    """A desktop with fourteen windows and twelve icons."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    image = Image.new("RGB", (width, height), "#f3f3f3")
    for _ in range(14):
        _draw_window(image, chance)
    for _ in range(12):
        size = chance.randrange(48, 200)
        icon = Image.effect_noise((size, size), 30).convert("RGB")
        image.paste(icon, (chance.randrange(width - size), chance.randrange(height - size)))
    return image


def _draw_window(image: Image.Image, chance: random.Random) -> None:
    draw, typeface = ImageDraw.Draw(image), ImageFont.load_default(18)
    width, height = chance.randrange(600, 1600), chance.randrange(300, 900)
    left, top = chance.randrange(image.width - 800), chance.randrange(image.height - 500)
    ground, ink = ((30, 30, 30), (220, 220, 220)) if chance.random() < 0.4 else ((255, 255, 255), (20, 20, 20))
    draw.rectangle((left, top, left + width, top + height), ground, (120, 120, 120))
    for row in range(36):
        draw.line((left, top + row, left + width, top + row), (60 + row, 110 + row, 200 - row))
    for y in range(top + 50, top + height - 30, 26):
        words = (
            "".join(chance.choices(LETTERS, k=chance.randrange(2, 10))) for _ in range(chance.randrange(width // 70))
        )
        colour = ink if chance.random() < 0.7 else tuple(chance.randrange(256) for _ in "rgb")
        draw.text((left + 20, y), " ".join(words), colour, typeface)


def pillow_png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def with_zlib(image: Image.Image) -> bytes:
    return encode_png(image, StandardZlib())


def void(_value: object) -> None:
    """For the sake of the types."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    image, theirs, cpu = desktop_image(), pillow_png, time.process_time
    ways = (("PNG", encode_png, 0.12, 1.3), ("PNG with zlib", with_zlib, 0.35, 1.15))
    for what, way, goal, goal_of_bytes in ways:
        compare(f"{what}, CPU, ours / Pillow", partial(way, image), partial(theirs, image), goal, rounds, cpu)
        sizes = float(len(way(image))), float(len(theirs(image)))
        report(f"{what}, bytes, ours / Pillow", [sizes], goal_of_bytes, "kB", 0.001)


if __name__ == "__main__":
    main()
