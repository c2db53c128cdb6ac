"""Draws the sample pictures in ``resources/samples``: ``python packaging/make_samples.py [FOLDER]``.

They show what GrokDesk is asked about: a receipt with a QR code, an error message, a chart. Everything in them is
made up; example.org is reserved for examples (RFC 2606).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from typing_extensions import Buffer

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"

RECEIPT_URL = "https://shop.example.org/receipts/2026-0417"
ITEMS = (
    ("Espresso beans 1 kg", 1, 18.90),
    ("Oat milk 1 l", 4, 2.15),
    ("Paper filters", 2, 3.40),
    ("Ceramic cup", 2, 9.50),
)
ERROR_LINES = (
    "The project could not be built.",
    "",
    "ModuleNotFoundError: No module named 'yaml'",
    'File "tools/build.py", line 12, in <module>',
    "Exit code 1 after 3.2 seconds",
)
SALES = (("Jan", 42), ("Feb", 38), ("Mar", 57), ("Apr", 61), ("May", 55), ("Jun", 74))

INK, PAPER, GREY = "#1b1d21", "#ffffff", "#d9dce1"


def font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface that comes with Pillow, so that the pictures are the same everywhere."""
    loaded = ImageFont.load_default(size)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise SystemExit("This Pillow was built without FreeType.")
    return loaded


def receipt() -> Image.Image:
    image = Image.new("RGB", (560, 790), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((280, 48), "Corner Coffee", INK, font(40), anchor="mm")
    draw.text((280, 92), "12 Harbour Street, Exampleton", INK, font(22), anchor="mm")
    draw.text((280, 122), "2026-04-17  09:41  Receipt 2026-0417", INK, font(22), anchor="mm")
    y = 170
    draw.line((40, y, 520, y), INK, 2)
    for name, count, price in ITEMS:
        y += 42
        draw.text((40, y), f"{count} x {name}", INK, font(24), anchor="ls")
        draw.text((520, y), f"{count * price:.2f}", INK, font(24), anchor="rs")
    y += 22
    draw.line((40, y, 520, y), INK, 2)
    total = sum(count * price for _, count, price in ITEMS)
    tax = total - total / 1.19
    for name, amount, size in (("Total EUR", total, 32), ("of which VAT 19 %", tax, 22), ("Paid by card", total, 22)):
        y += 46
        draw.text((40, y), name, INK, font(size), anchor="ls")
        draw.text((520, y), f"{amount:.2f}", INK, font(size), anchor="rs")
    code = qr_code(RECEIPT_URL, 6)
    image.paste(code, ((image.width - code.width) // 2, y + 24))
    draw.text((280, 756), "Thank you. Scan for a digital copy.", INK, font(20), anchor="mm")
    return image


def qr_code(text: str, scale: int) -> Image.Image:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=scale)
    height, width = code.shape
    # It has the buffer protocol, which its type stub does not say.
    return Image.frombytes("L", (width, height), bytes(cast("Buffer", code)))


def error_dialog() -> Image.Image:
    image = Image.new("RGB", (760, 360), "#e9ebef")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((12, 12, 748, 348), 12, PAPER, GREY, 2)
    draw.rounded_rectangle((12, 12, 748, 60), 12, "#2f343c", corners=(True, True, False, False))
    draw.text((36, 36), "Build failed", "#f4f5f7", font(22), anchor="lm")
    draw.text((722, 36), "x", "#f4f5f7", font(22), anchor="mm")
    draw.ellipse((40, 92, 104, 156), "#c62828")
    draw.text((72, 124), "!", PAPER, font(44), anchor="mm")
    for number, line in enumerate(ERROR_LINES):
        draw.text((136, 106 + 34 * number), line, INK, font(24 if number == 0 else 21), anchor="lm")
    for left, words, fill, ink in ((452, "Copy details", PAPER, INK), (608, "Close", "#2459c9", PAPER)):
        draw.rounded_rectangle((left, 288, left + 128, 328), 8, fill, "#8a919c", 1)
        draw.text((left + 64, 308), words, ink, font(20), anchor="mm")
    return image


def chart() -> Image.Image:
    image = Image.new("RGB", (800, 520), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((40, 44), "Orders per month, 2026 (thousands)", INK, font(28), anchor="lm")
    left, bottom, per_unit = 90, 460, 4.5
    for value in range(0, 81, 20):
        y = bottom - round(value * per_unit)
        draw.line((left, y, 770, y), GREY, 1)
        draw.text((left - 14, y), str(value), INK, font(20), anchor="rm")
    for number, (month, value) in enumerate(SALES):
        x = left + 30 + number * 112
        top = bottom - round(value * per_unit)
        draw.rectangle((x, top, x + 66, bottom), "#2459c9")
        draw.rectangle((x, top - 30, x + 66, top - 1), PAPER)  # no grid line through the number
        draw.text((x + 33, top - 16), str(value), INK, font(20), anchor="mm")
        draw.text((x + 33, bottom + 24), month, INK, font(20), anchor="mm")
    return image


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in (("receipt.png", receipt()), ("error-dialog.png", error_dialog()), ("chart.png", chart())):
        image.save(folder / name, optimize=True)
        print(f"{folder / name}: {image.width} x {image.height}, {(folder / name).stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
