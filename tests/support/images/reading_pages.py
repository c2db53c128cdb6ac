"""Pictures of a known text as screens show them, drawn with the typefaces of this computer: what reading is measured
on.

``text`` of a page is what a person would type who copies it: rows of a table one by one, code with its indentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from tests.support.images.secret_pages import DARK, LIGHT, typeface

Colours = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReadingPage:
    name: str
    image: Image.Image = field(repr=False)
    text: str = field(repr=False)
    keeps_blanks: bool = False
    """Code and terminals: the blanks within and before lines belong to the text."""


PYTHON = """\
class Cache:
    def __init__(self, size: int = 0) -> None:
        self._items: dict[str, int] = {}
        self.size = size

    def get(self, key: str) -> int | None:
        if key not in self._items:
            return None
        for i, l in enumerate(self._items):
            if l == key and i > 10:
                self.size += 1
        return self._items[key]

if __name__ == "__main__":
    print(Cache(size=10).get("O0l1"))"""

C_CODE = """\
#include <stdio.h>

static int sum(const int *v, size_t n)
{
    int s = 0;
    for (size_t i = 0; i < n; ++i) {
        if (v[i] != 0x1F && v[i] >= 0)
            s += v[i] << 2;
    }
    return s;
}"""

YAML = """\
services:
  web:
    image: nginx:1.27.3-alpine
    ports:
      - "8080:80"
    environment:
      LOG_LEVEL: debug
      MAX_CONN: 100
  db:
    image: postgres:16
    restart: always"""

SCRIPT = """\
const load = async (id) => {
  const res = await fetch(`/api/v1/items/${id}`);
  if (!res.ok) {
    throw new Error(res.status);
  }
  return res.json();
};"""

GIT_LOG = """\
$ git log --oneline -5
a1b2c3d Fix the build on arm64
9fceb02 Add option -O2 to the release profile
0d1e8f1 Merge branch 'feature/login'
c0ffee1 Revert "Use TLS 1.0"
5e1l0o2 Update docs"""

LISTING = """\
$ ls -l /dev/sd*
brw-rw---- 1 root disk 8,  0 Nov 25 02:30 /dev/sda
brw-rw---- 1 root disk 8,  1 Nov 25 02:30 /dev/sda1
brw-rw---- 1 root disk 8,  2 Nov 25 02:30 /dev/sda2
brw-rw---- 1 root disk 8, 16 Nov 25 02:31 /dev/sdb
$ gcc -O2 -Wall -o main main.c -lm
$ echo $?
0"""

DISKS = """\
Filesystem      Size  Used Avail Use% Mounted on
udev            7.8G     0  7.8G   0% /dev
tmpfs           1.6G  2.1M  1.6G   1% /run
/dev/nvme0n1p2  468G  211G  234G  48% /
/dev/sda1       916G  804G   66G  93% /mnt/backup"""

FAILURE = """\
Traceback (most recent call last):
  File "/srv/app/main.py", line 41, in <module>
    run(sys.argv[1:])
  File "/srv/app/main.py", line 17, in run
    raise ValueError(f"bad port: {port!r}")
ValueError: bad port: '80l0'"""

PROSE = (
    "The quick report shows that version 3.14 of the client",
    "could not connect because the certificate expired on Monday.",
    "Please restart the application, then open Settings and choose",
    "Network from the list. If the problem remains, write to",
    "help@example.org and give the error code 0x80070057.",
    "Total amount due: 1,249.50 EUR before March 27, 2026",
)

SHEET = (
    ("Date", "Client", "Hours", "Rate", "Amount"),
    ("2026-03-02", "Oak Ltd", "12", "80.00", "960.00"),
    ("2026-03-09", "Birch & Co", "7", "95.00", "665.00"),
    ("2026-03-17", "Maple", "31", "80.00", "2,480.00"),
    ("2026-03-24", "Willow", "5", "110.00", "550.00"),
    ("2026-03-31", "Oak Ltd", "16", "80.00", "1,280.00"),
)
PEOPLE = (
    ("Name", "Role", "City", "Since"),
    ("Ada Byron", "Engineer", "London", "2019"),
    ("Jan Novak", "Designer", "Brno", "2021"),
    ("Li Wei", "Analyst", "Taipei", "2018"),
    ("Maria Rossi", "Manager", "Milano", "2015"),
)
MONTHS = (("Jan", 42), ("Feb", 55), ("Mar", 38), ("Apr", 61), ("May", 74), ("Jun", 69))
RECEIPT = (
    ("Corner Shop", ""),
    ("12 High Street, Springfield", ""),
    ("Apples 1 kg", "3.49"),
    ("Milk 1 l", "1.29"),
    ("Bread", "2.80"),
    ("Olive oil 0.5 l", "7.95"),
    ("Subtotal", "15.53"),
    ("VAT 7 %", "1.02"),
    ("Total EUR", "15.53"),
    ("Card", "15.53"),
)


def reading_pages() -> Iterator[ReadingPage]:
    """56 of them: code, terminals, tables, charts, receipts, dialogs, coloured and small text, signs and scans."""
    yield from _code_pages()
    yield from _terminals()
    yield from _tables()
    yield from _charts_and_receipts()
    yield from _dialogs()
    yield from _prose()


def _code_pages() -> Iterator[ReadingPage]:
    for name, text in (("python", PYTHON), ("c", C_CODE), ("yaml", YAML), ("javascript", SCRIPT)):
        for size, colours in ((13, DARK), (16, LIGHT), (20, DARK)):
            ground = "dark" if colours is DARK else "light"
            yield ReadingPage(f"code {name} {size} {ground}", _lines(text, "mono", size, colours), text, True)


def _terminals() -> Iterator[ReadingPage]:
    for name, text in (("git", GIT_LOG), ("ls", LISTING), ("df", DISKS), ("traceback", FAILURE)):
        for size, colours in ((13, ("#00d700", "#000000")), (17, LIGHT)):
            yield ReadingPage(f"terminal {name} {size}", _lines(text, "mono", size, colours), text, True)


def _tables() -> Iterator[ReadingPage]:
    for rows in (SHEET, PEOPLE):
        for size, is_ruled, colours in (
            (13, True, LIGHT),
            (16, True, LIGHT),
            (15, True, DARK),
            (13, False, LIGHT),
            (18, False, DARK),
        ):
            name = f"table {'ruled' if is_ruled else 'plain'} {len(rows)} {size}"
            text = "\n".join(" ".join(row) for row in rows)
            yield ReadingPage(name, _table(rows, size, is_ruled, colours), text)
    large = _table(SHEET, 48, True, LIGHT)
    yield ReadingPage("table scanned 48", _scanned(large), "\n".join(" ".join(row) for row in SHEET))


def _charts_and_receipts() -> Iterator[ReadingPage]:
    for size, colours in ((13, LIGHT), (16, LIGHT), (14, DARK)):
        values = " ".join(str(value) for _, value in MONTHS)
        text = f"Orders per month\n{values}\n{' '.join(month for month, _ in MONTHS)}"
        yield ReadingPage(f"chart {size} {colours[1]}", _chart(size, colours), text)
    for kind, size in (("mono", 14), ("mono", 18), ("sans", 16)):
        text = "\n".join(" ".join(filter(None, row)) for row in RECEIPT)
        yield ReadingPage(f"receipt {kind} {size}", _receipt(kind, size), text)


def _dialogs() -> Iterator[ReadingPage]:
    for size, theme in (
        (11, "dark"),
        (12, "light"),
        (13, "light"),
        (15, "light"),
        (13, "dark"),
        (16, "dark"),
        (19, "light"),
    ):
        image, text = _dialog(size, theme)
        yield ReadingPage(f"dialog {size} {theme}", image, text)


def _prose() -> Iterator[ReadingPage]:
    text = "\n".join(PROSE)
    for kind, size in (("sans", 9), ("sans", 10), ("sans", 11), ("serif", 12), ("sans", 13), ("condensed", 14)):
        yield ReadingPage(f"prose {kind} {size}", _lines(text, kind, size, LIGHT), text)
    for size, colours in ((14, ("#c01c28", "#ffffff")), (13, ("#8f8f8f", "#ffffff")), (14, ("#ffffff", "#1c71d8"))):
        yield ReadingPage(f"coloured {colours[0]} {colours[1]}", _lines(text, "sans", size, colours), text)
    for word, size in (("Disk full", 13), ("EXIT", 40)):
        yield ReadingPage(f"sign {word}", _lines(word, "sans", size, LIGHT), word)
    yield ReadingPage("scan prose 44", _scanned(_lines(text, "serif", 44, LIGHT)), text)


def _lines(text: str, kind: str, size: int, colours: Colours) -> Image.Image:
    lines, face, step = text.split("\n"), typeface(kind, size), round(size * 1.35)
    width = 40 + max(round(face.getlength(line)) for line in lines)
    image = Image.new("RGB", (width, 30 + step * len(lines)), colours[1])
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((20, 14 + step * number), line, colours[0], face)
    return image


def _table(rows: Sequence[Sequence[str]], size: int, is_ruled: bool, colours: Colours) -> Image.Image:
    face, step, pad = typeface("sans", size), round(size * 1.8), round(size * 0.7)
    widths = [round(max(face.getlength(row[at]) for row in rows)) + 2 * pad for at in range(len(rows[0]))]
    if not is_ruled:
        widths = [width + 2 * size for width in widths]
    image = Image.new("RGB", (sum(widths) + 41, step * len(rows) + 41), colours[1])
    draw = ImageDraw.Draw(image)
    rule = "#808080" if colours is LIGHT else "#606060"
    for down, row in enumerate(rows):
        left = 20
        for cell, width in zip(row, widths, strict=True):
            top = 20 + step * down
            if is_ruled:
                draw.rectangle((left, top, left + width, top + step), outline=rule)
            is_number = down > 0 and cell.replace(",", "").replace(".", "").isdigit()
            at = left + width - pad - round(face.getlength(cell)) if is_number else left + pad
            draw.text((at, top + (step - size) // 2 - size // 8), cell, colours[0], face)
            left += width
    return image


def _chart(size: int, colours: Colours) -> Image.Image:
    face, gap, height = typeface("sans", size), size * 4, size * 14
    image = Image.new("RGB", (gap * len(MONTHS) + 60, height + size * 6), colours[1])
    draw = ImageDraw.Draw(image)
    draw.text((30, size // 2), "Orders per month", colours[0], typeface("sans", size + 3))
    foot = height + size * 3
    for number, (month, value) in enumerate(MONTHS):
        left = 30 + gap * number
        # As most charts have it, each value stands inside the top of its bar or just above it, here all on one height.
        top = foot - round(height * 0.9 * value / 80)
        draw.rectangle((left, top, left + gap - size, foot), fill="#3584e4")
        place = left + (gap - size) / 2
        draw.text((place - face.getlength(str(value)) / 2, top - size * 1.4), str(value), colours[0], face)
        draw.text((place - face.getlength(month) / 2, foot + size // 2), month, colours[0], face)
    draw.line((20, foot, image.width - 20, foot), fill=colours[0])
    return image


def _receipt(kind: str, size: int) -> Image.Image:
    face, step, width = typeface(kind, size), round(size * 1.5), size * 24
    image = Image.new("RGB", (width, 50 + step * len(RECEIPT)), "#fdfcf7")
    draw = ImageDraw.Draw(image)
    for number, (what, price) in enumerate(RECEIPT):
        draw.text((20, 20 + step * number), what, "#202020", face)
        draw.text((width - 20 - face.getlength(price), 20 + step * number), price, "#202020", face)
    return image


def _dialog(size: int, theme: str) -> tuple[Image.Image, str]:
    ink, ground, raised = ("#2e3436", "#f6f5f4", "#ffffff") if theme == "light" else ("#eeeeec", "#353535", "#4a4a4a")
    face, bold = typeface("sans", size), typeface("sans", size + 1)
    texts = ("Save changes before closing?", "If you don't save, changes from the last 5 minutes", "will be lost.")
    buttons = ("Don't Save", "Cancel", "Save")
    width = round(face.getlength(texts[1])) + 120
    image = Image.new("RGB", (width + 80, size * 15 + 80), "#77767b" if theme == "light" else "#1e1e1e")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((40, 40, 40 + width, 40 + size * 15), 8, fill=ground, outline="#a0a0a0")
    draw.text((40 + (width - bold.getlength("Text Editor")) / 2, 48), "Text Editor", ink, bold)
    draw.line((40, 54 + size * 2, 40 + width, 54 + size * 2), fill="#a0a0a0")
    draw.text((70, 40 + size * 4), texts[0], ink, bold)
    draw.text((70, 40 + size * 6), texts[1], ink, face)
    draw.text((70, 40 + round(size * 7.5)), texts[2], ink, face)
    left = 40 + width - 20
    for label in reversed(buttons):
        wide = round(face.getlength(label)) + size * 2
        box = (left - wide, 40 + size * 11, left, 40 + size * 13 + size // 2)
        fill, text_ink = ("#3584e4", "#ffffff") if label == "Save" else (raised, ink)
        draw.rounded_rectangle(box, 5, fill=fill, outline="#b0b0b0")
        draw.text((left - wide + size, box[1] + size // 2), label, text_ink, face)
        left -= wide + size
    return image, "\n".join(("Text Editor", *texts, " ".join(buttons)))


def _scanned(image: Image.Image) -> Image.Image:
    """A little soft, with grain, on paper that is not white."""
    grain = Image.effect_noise(image.size, 18).convert("RGB")
    soft = image.filter(ImageFilter.GaussianBlur(1.2)).point(lambda value: 30 + value * 200 // 255)
    return ImageChops.add(soft, grain, scale=1, offset=-128)


def has_typefaces() -> bool:
    """Without real typefaces all pages would be drawn in the same one, and the numbers mean nothing."""
    return all(isinstance(typeface(kind, 12), ImageFont.FreeTypeFont) for kind in ("sans", "mono"))


def similarity(page: ReadingPage, found: str) -> float:
    """0 to 100: how much of the page and of what was read stays when one is turned into the other. Blanks and line
    breaks count as one blank, but in code and terminals as they are."""
    if page.keeps_blanks:
        wanted, found = ("\n".join(filter(str.strip, text.split("\n"))) for text in (page.text, found))
    else:
        wanted, found = " ".join(page.text.split()), " ".join(found.split())
    return 100 * (1 - distance(wanted, found) / max(len(wanted), len(found), 1))


def distance(one: str, other: str) -> int:
    """Letters to change, add or leave out (Levenshtein), by the bits of one long number a column:
    https://doi.org/10.1145/316542.316550"""
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for at, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << at
    every, top = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, steps = every, 0, len(one)
    for letter in other:
        same = places.get(letter, 0)
        across = (((same & up) + up) ^ up) | same
        more, less = down | (every & ~(across | up)), up & across
        steps += bool(more & top) - bool(less & top)
        more, less = ((more << 1) | 1) & every, (less << 1) & every
        up, down = less | (every & ~((same | down) | more)), (same | down) & more
    return steps
