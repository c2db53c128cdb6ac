"""Reads text (Tesseract) and codes (ZXing) in pictures: the child process that ``reader`` starts.

It runs apart so that the memory of the engine is given back, a crash of it is survived, and a person's Stop
can end it at once. The first line it writes is ``{"engine": ...}`` or ``{"missing": ...}``. Then, for each request on
standard input (``LENGTH_BYTES`` of length, a line of JSON that says what is wanted, and the PNG or JPEG), one line:

* ``{"text": ..., "codes": [[format, text, box], ...], "lines": [[text, confidence, [[word, box, confidence], ...]],
  ...]}`` when the text is wanted; a box is ``[x, y, width, height]`` in pixels of the picture;
* ``{"findings": [[rule, [box, ...]], ...]}`` when secrets are looked for: what they are does not leave this process.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import metadata
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from grokdesk.model import Region
from grokdesk.pictures.read import better_reading
from grokdesk.pictures.read.languages import LANGUAGE, known_languages
from grokdesk.pictures.read.page import Line, Word, join_lines
from grokdesk.pictures.read.reader import LENGTH_BYTES, Code

if TYPE_CHECKING:
    from PIL import Image

    from grokdesk.pictures.read.better_reading import BetterLines

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


class Engine:
    """Both engines, loaded. Raises FileNotFoundError without the language data, ImportError without an engine.

    Text that is in English is read by the better engine where that is installed.
    """

    def __init__(self, languages: str = LANGUAGE) -> None:
        import tesserocr
        import zxingcpp

        self._languages, folder = known_languages(languages)
        self._tesseract = tesserocr.PyTessBaseAPI(path=f"{folder}{os.sep}", lang=self._languages)
        self._levels = tesserocr.RIL
        self._walk = tesserocr.iterate_level
        self._zxing = zxingcpp
        self._shown = b""
        version = tesserocr.tesseract_version().split("\n")[0].removeprefix("tesseract").strip()
        reads = f"Tesseract {version}"
        self._better: BetterLines | None = None
        if languages == LANGUAGE and better_reading.is_installed():
            self._better = better_reading.BetterLines()
            reads = f"RapidOCR {_installed_version('rapidocr')}"
        self.name = f"{reads} + ZXing {_installed_version('zxing-cpp')}".strip()

    def read(self, data: bytes) -> dict[str, Any]:
        """The reply when the text is wanted."""
        grey = _grey(data)
        lines = believed(self.lines(grey))
        return {
            "text": join_lines(lines),
            "codes": [[code.format, code.text, _box(code.region)] for code in self.codes(grey)],
            "lines": [
                [line.text, line.confidence, [[word.text, _box(word.region), word.confidence] for word in line.words]]
                for line in lines
            ],
        }

    def secrets(self, data: bytes, own_words: Sequence[str]) -> dict[str, Any]:
        """The reply when secrets are looked for. Lines that are not believed as text may still hold a number."""
        from grokdesk.pictures.read.secret_scan import scan

        grey = _grey(data)
        findings = scan(self.lines(grey), self.codes(grey), own_words, Region(0, 0, grey.width, grey.height))
        return {"findings": [[finding.rule, [_box(region) for region in finding.regions]] for finding in findings]}

    def codes(self, grey: Image.Image) -> list[Code]:
        """Every QR, bar and other code, with the box around it."""
        # A shaped view owns its pixels; ZXing's own ImageView would point at them after they are freed.
        rows = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
        return [
            Code(_code_name(str(code.format)), code.text, _around(code.position))
            for code in self._zxing.read_barcodes(rows)
        ]

    def text(self, grey: Image.Image) -> str:
        """The text with its line breaks; an empty line between paragraphs. "" when there is none."""
        return join_lines(believed(self.lines(grey)))

    def lines(self, grey: Image.Image) -> list[Line]:
        """Every line in reading order, with its words; all that the engine takes for text."""
        if self._better is not None:
            return self._better.lines(grey)
        scaled = self._scaled(_dark_on_light(grey))
        return list(self._lines(scaled, grey.width / scaled.width, grey.height / scaled.height))

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

    def _lines(self, scaled: Image.Image, across: float, down: float) -> Iterator[Line]:
        """``across`` and ``down`` lead back to the pixels of the picture."""
        self._show(scaled)
        self._tesseract.Recognize()
        found, of_lines, of_words = self._tesseract.GetIterator(), self._levels.TEXTLINE, self._levels.WORD
        words: list[Word] = []
        line = Line("", 0.0, 0, 0)
        for item in self._walk(found, of_words) if found else ():
            if item.IsAtBeginningOf(of_lines):
                if line.text:
                    yield replace(line, words=tuple(words))
                line, words = _line_at(item, of_lines, down), []
            text, box = _text_of(item, of_words), item.BoundingBox(of_words)
            if text and box is not None:
                words.append(Word(text, _unscaled(box, across, down), item.Confidence(of_words)))
        if line.text:
            yield replace(line, words=tuple(words))


def _line_at(item: Any, level: Any, down: float) -> Line:
    box = item.BoundingBox(level) or (0, 0, 0, 0)
    text = _text_of(item, level)
    return Line(text, item.Confidence(level) if text else 0.0, round(box[1] * down), round(box[3] * down))


def _text_of(item: Any, level: Any) -> str:
    try:
        text: str = item.GetUTF8Text(level)
    except RuntimeError:  # the binding's way to say that there is no text
        return ""
    return text.strip()


def _unscaled(box: Sequence[int], across: float, down: float) -> Region:
    left, top = math.floor(box[0] * across), math.floor(box[1] * down)
    return Region(left, top, math.ceil(box[2] * across) - left, math.ceil(box[3] * down) - top)


def _around(position: Any) -> Region:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    left, top = min(corner.x for corner in corners), min(corner.y for corner in corners)
    return Region(
        left, top, max(corner.x for corner in corners) + 1 - left, max(corner.y for corner in corners) + 1 - top
    )


def _box(region: Region | None) -> list[int] | None:
    return None if region is None else [region.x, region.y, region.width, region.height]


def believed(lines: Sequence[Line]) -> list[Line]:
    """The lines without what the engine takes for letters in photos and icons."""
    letters = sum(len(line.text) for line in lines)
    if not letters:
        return []
    if sum(line.confidence * len(line.text) for line in lines) / letters >= _TRUSTED:
        return [line for line in lines if line.confidence >= _DOUBTFUL]
    return [line for line in lines if line.confidence >= _SURE and _has_word(line.text)]


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer until the requests end."""
    try:
        engine = Engine()
    except (ImportError, FileNotFoundError, RuntimeError) as error:
        _reply(replies, {"missing": f"{type(error).__name__}: {error}"})
        return
    _reply(replies, {"engine": engine.name})
    languages = LANGUAGE
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        request = requests.read(int.from_bytes(head, "big"))
        wish, _, data = request.partition(b"\n")
        wanted: dict[str, Any] = json.loads(wish)
        if (others := wanted.get("languages") or LANGUAGE) != languages:
            engine, languages = Engine(others), others
        if wanted["want"] == "secrets":
            _reply(replies, engine.secrets(data, wanted.get("own_words", ())))
        else:
            _reply(replies, engine.read(data))


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


def _grey(data: bytes) -> Image.Image:
    from PIL import Image, ImageOps

    with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
        # Boxes count in what is seen: a file that leaves as it is may say how to turn it.
        return ImageOps.exif_transpose(image).convert("L")


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


def _installed_version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # a frozen program may come without its metadata
        return ""


if __name__ == "__main__":
    sys.exit(main())
