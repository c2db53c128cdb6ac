"""How high the lines of text in a picture are: an estimate in some milliseconds, without reading anything.

The strokes of letters are where a pixel differs from its neighbour in the row, dark on light or light on dark. In
columns as wide as a few letters, lines of text are runs of rows with strokes between runs without; a line of text has
others of its height near it.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_COLUMN = 64
"""Pixels of a row that count together."""
_CONTRAST = 24
"""By how much neighbours differ at the edge of a stroke."""
_STROKES = 16
"""Of 255, how much of a column's row has to be such edges: two letters in a column."""
_HIGHEST = 48
"""What is higher is legible anyway, or no text."""
_ALIKE = 1.5
_LEAST_LINES = 8
"""Pieces of lines, below which nothing is said."""
_RUN = re.compile(rb"\x01+")


def line_height(image: Image.Image) -> float:
    """The usual height of a line from the top of its tall letters to the foot of its low ones; 0 without text.

    ``image`` is in mode L or RGB.
    """
    heights = [height for column in _columns(image) for height in _heights(column)]
    return statistics.median(heights) if len(heights) >= _LEAST_LINES else 0.0


def _columns(image: Image.Image) -> Iterator[bytes]:
    """Each column's rows from top to bottom: 1 where there are strokes."""
    from PIL import Image, ImageChops

    grey = image.convert("L")
    steps = ImageChops.difference(grey, grey.transform(grey.size, Image.Transform.AFFINE, (1, 0, 1, 0, 1, 0)))
    strokes = steps.point([0] * _CONTRAST + [255] * (256 - _CONTRAST))
    count = max(1, grey.width // _COLUMN)
    share = strokes.resize((count, grey.height), Image.Resampling.BOX)
    marked = share.point([0] * _STROKES + [1] * (256 - _STROKES)).transpose(Image.Transpose.TRANSPOSE).tobytes()
    for start in range(0, len(marked), grey.height):
        yield marked[start : start + grey.height]


def _heights(column: bytes) -> Iterator[int]:
    """Of the runs that have another of about their height right above or below."""
    runs = [(run.start(), run.end()) for run in _RUN.finditer(column)]
    lines: dict[tuple[int, int], None] = {}
    for above, below in pairwise(runs):
        first, second = above[1] - above[0], below[1] - below[0]
        gap = below[0] - above[1]
        if max(first, second) <= min(_HIGHEST, _ALIKE * min(first, second)) and gap <= 2 * max(first, second):
            lines.update({above: None, below: None})
    yield from (end - start for start, end in lines if end - start >= 3)
