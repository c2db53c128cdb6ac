"""Reads text (Tesseract) and codes (ZXing) in pictures: the child process that ``reader`` starts.

It runs apart so that the memory of the engine is given back, a crash of it is survived, and a person's Stop
can end it at once; and so that it has neither the network nor a person's files. The first line it writes is
``{"engine": ..., "confined": [...]}`` or ``{"missing": ...}``. Then, for each request on
standard input (``LENGTH_BYTES`` of length, a line of JSON that says what is wanted, and the PNG or JPEG), one line:

* ``{"text": ..., "missing_languages": [...], "codes": [[format, text, box], ...], "lines": [[text, confidence,
  [[word, box, confidence], ...]], ...]}`` when the text is wanted; a box is ``[x, y, width, height]`` in pixels of the
  picture, and missing languages are those that were asked for and are not installed;
* ``{"findings": [[rule, [box, ...]], ...]}`` when secrets are looked for: what they are does not leave this process.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from grokdesk.model import Region
from grokdesk.pictures.decode.confinement import confine, limit
from grokdesk.pictures.read import better_reading
from grokdesk.pictures.read.belief import READ_AGAIN, believed, confidence_of, is_plain, meet, with_rest, without_rules
from grokdesk.pictures.read.blanks import Blanks
from grokdesk.pictures.read.cells import Cells
from grokdesk.pictures.read.languages import LANGUAGE, known_languages, model_folders
from grokdesk.pictures.read.layout import arranged
from grokdesk.pictures.read.mending import mended
from grokdesk.pictures.read.page import Line, Word, join_lines
from grokdesk.pictures.read.reader import LENGTH_BYTES, Code
from grokdesk.pictures.read.scripts import in_reading_order
from grokdesk.pictures.read.shades import dark_on_light, grey_of, what_is_left, without_lines, without_thin_lines

if TYPE_CHECKING:
    from PIL import Image

    from grokdesk.pictures.read.better_reading import BetterLines

_BEST_LINE_HEIGHT = 36
"""Pixels from the top of an ascender to the foot of a descender at which the engine errs least. Text of a screen has
11 to 20, where scaling it up takes away half of the errors or more; text of a scan has 50 to 100."""
_RESOLUTION = 200
"""Dots per inch at which a line of 12 points has the best height."""
_MOST_SCALED_PIXELS = 40_000_000

_MOST_POOR_LINES = 60


class Engine:
    """Both engines, loaded. Raises FileNotFoundError without the language data, ImportError without an engine.

    Text that is in English is read by the better engine where that is installed.
    """

    def __init__(self, languages: str = LANGUAGE) -> None:
        import tesserocr
        import zxingcpp

        known, folder = known_languages(languages)
        names = known.split("+")
        self.missing_languages = tuple(name for name in languages.split("+") if name and name not in names)
        # English first would lose the accents of the others, as the engine prefers its first language.
        self.languages = "+".join(sorted(names, key=lambda name: name == LANGUAGE))
        self._tesseract = tesserocr.PyTessBaseAPI(path=f"{folder}{os.sep}", lang=self.languages)
        # All that it gets is dark on light; where it is unsure it would read a line once more the other way round.
        self._tesseract.SetVariable("invert_threshold", "0.0")
        self._levels = tesserocr.RIL
        self._modes = tesserocr.PSM
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
        grey = grey_of(data)
        lines = self._rows(grey)
        return {
            "text": join_lines(lines),
            "missing_languages": self.missing_languages,
            "codes": [[code.format, code.text, _box(code.region)] for code in self.codes(grey)],
            "lines": [
                [line.text, line.confidence, [[word.text, _box(word.region), word.confidence] for word in line.words]]
                for line in lines
            ],
        }

    def secrets(self, data: bytes, own_words: Sequence[str]) -> dict[str, Any]:
        """The reply when secrets are looked for. Lines that are not believed as text may still hold a number."""
        from grokdesk.pictures.read.secret_scan import scan

        grey = grey_of(data)
        whole = Region(0, 0, grey.width, grey.height)
        lines = self.lines(grey, is_thorough=False)
        findings = scan(lines, self.codes(grey), own_words, whole, self.lines_unscaled(grey, lines))
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
        return join_lines(self._rows(grey))

    def _rows(self, grey: Image.Image) -> list[Line]:
        flat = dark_on_light(grey)
        part = Blanks(flat).mended if self._better is None else None
        return mended(arranged(believed(self.lines(grey)), Cells(flat).mended, part))

    def lines(self, grey: Image.Image, *, is_thorough: bool = True) -> list[Line]:
        """Every line as the engine has it, with its words; all that it takes for text. ``is_thorough``: lines that were
        hardly read are read again, which takes a third more time."""
        if self._better is not None:
            return self._better.lines(grey)
        flat = dark_on_light(grey)
        scaled = without_thin_lines(self._scaled(flat))
        ways = grey.width / scaled.width, grey.height / scaled.height
        found = list(self._lines(scaled, self._modes.SINGLE_COLUMN, *ways))
        if is_thorough:
            found = self._read_poor_again(found, *ways)
        rest = self._lines(what_is_left(scaled, found, *ways), self._modes.SPARSE_TEXT, *ways)
        return without_rules(flat, with_rest(found, rest))

    def lines_unscaled(self, grey: Image.Image, known: Sequence[Line] = ()) -> list[Line]:
        """The same in the pixels of the picture: what is scaled gets blanks around dots and hyphens. Lines of ``known``
        that are plain words are left out, since nothing in them can have been broken: a page of prose takes a third
        less time."""
        if self._better is not None:
            return []
        flat = dark_on_light(grey)
        plain = [line for line in known if is_plain(line)]
        if plain:
            flat = without_lines(flat, plain)
        if flat.getextrema()[0] == flat.getextrema()[1]:
            return []
        return list(self._lines(flat, self._modes.SPARSE_TEXT, 1, 1))

    def _read_poor_again(self, lines: list[Line], across: float, down: float) -> list[Line]:
        """Each line that was hardly read once more as a line by itself, up to its neighbours: columns of prices and the
        like are cut within a word."""
        poor = [line for line in lines if line.words and min(word.confidence for word in line.words) < READ_AGAIN]
        self._tesseract.SetPageSegMode(self._modes.SINGLE_LINE)
        for line in poor[:_MOST_POOR_LINES]:
            place = _room_of(line, lines)
            left, top = max(0, math.floor(place.x / across)), max(0, math.floor(place.y / down))
            self._tesseract.SetRectangle(left, top, round(place.width / across), round(place.height / down))
            self._tesseract.Recognize()
            again = list(self._found(across, down))
            others = [word.region for other in lines if other is not line for word in other.words]
            if len(again) != 1 or any(meet(word.region, box) for word in again[0].words for box in others):
                continue
            is_whole = len(again[0].text) >= 0.9 * len(line.text)
            if is_whole and again[0].words and confidence_of(again[0]) > confidence_of(line) + 5:
                lines[lines.index(line)] = again[0]
        return lines

    def _show(self, grey: Image.Image) -> None:
        self._shown = grey.tobytes()  # kept: the engine's documentation reserves the right not to copy it
        self._tesseract.SetImageBytes(self._shown, grey.width, grey.height, 1, grey.width)
        # Otherwise it guesses from the heights of what it takes for letters, and takes rules and columns for others.
        self._tesseract.SetSourceResolution(_RESOLUTION)

    def _scaled(self, grey: Image.Image) -> Image.Image:
        """The picture with its text near the height that the engine reads best."""
        from PIL import Image

        self._tesseract.SetPageSegMode(self._modes.AUTO)
        self._show(grey)
        level, layout = self._levels.TEXTLINE, self._tesseract.AnalyseLayout()
        boxes = [line.BoundingBox(level) for line in self._walk(layout, level)] if layout else []
        heights = [box[3] - box[1] for box in boxes if box]
        # Where it sees no line at all, small text is what it overlooks.
        scale = min(2.0, max(0.3, _BEST_LINE_HEIGHT / max(1, statistics.median(heights)))) if heights else 2.0
        scale = min(scale, (_MOST_SCALED_PIXELS / (grey.width * grey.height)) ** 0.5)
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        return grey.resize(size, Image.Resampling.BICUBIC)

    def _lines(self, scaled: Image.Image, mode: int, across: float, down: float) -> Iterator[Line]:
        """``across`` and ``down`` lead back to the pixels of the picture."""
        self._tesseract.SetPageSegMode(mode)
        self._show(scaled)
        self._tesseract.Recognize()
        yield from self._found(across, down)

    def _found(self, across: float, down: float) -> Iterator[Line]:
        found, of_lines, of_words = self._tesseract.GetIterator(), self._levels.TEXTLINE, self._levels.WORD
        words: list[Word] = []
        line = Line("", 0.0, 0, 0)
        for item in self._walk(found, of_words) if found else ():
            if item.IsAtBeginningOf(of_lines):
                if line.text:
                    yield in_reading_order(replace(line, words=tuple(words)))
                line, words = _line_at(item, of_lines, down), []
            text, box = _text_of(item, of_words), item.BoundingBox(of_words)
            if text and box is not None:
                words.append(Word(text, _unscaled(box, across, down), item.Confidence(of_words)))
        if line.text:
            yield in_reading_order(replace(line, words=tuple(words)))


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


def _room_of(line: Line, lines: Sequence[Line]) -> Region:
    """The line with what is free of other words to its left and right, at most three heights of it."""
    top, bottom = min(word.region.y for word in line.words), max(word.region.bottom for word in line.words)
    left, right = min(word.region.x for word in line.words), max(word.region.right for word in line.words)
    height = bottom - top
    first, last = left - 3 * height, right + 3 * height
    for other in lines:
        for word in other.words if other is not line else ():
            box = word.region
            if box.bottom > top and box.y < bottom:
                first = max(first, box.right + height // 3) if box.right <= left else first
                last = min(last, box.x - height // 3) if box.x >= right else last
    first, last, rim = max(0, min(first, left)), max(last, right), max(1, height // 5)
    return Region(first, max(0, top - rim), last - first, height + 2 * rim)


def serve(requests: BinaryIO, replies: BinaryIO, confined: Sequence[str] = ()) -> None:
    """Answer until the requests end. ``confined`` is what it may not use."""
    try:
        engine = Engine()
    except (ImportError, FileNotFoundError, RuntimeError) as error:
        _reply(replies, {"missing": f"{type(error).__name__}: {error}"})
        return
    _reply(replies, {"engine": engine.name, "confined": confined})
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
    limit()
    # Before the engines are loaded, as they start threads.
    confined = confine(os.environ, readable_folders())
    with replies:
        serve(sys.stdin.buffer, replies, confined)
    return 0


def readable_folders() -> list[Path]:
    """Where the models of languages are."""
    with suppress(ImportError):  # said by ``serve``
        return list(model_folders())
    return []


def _reply(replies: BinaryIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply).encode("ascii") + b"\n")
    replies.flush()


def _code_name(name: str) -> str:
    return name.replace(" Code", " code")


def _installed_version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # a frozen program may come without its metadata
        return ""


if __name__ == "__main__":
    sys.exit(main())
