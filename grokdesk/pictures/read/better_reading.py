"""A better engine than Tesseract for text on screens and photos, for who has installed the extra ``better-reading``.

RapidOCR runs PaddleOCR's models, which are in its package, so it needs no network. It takes about a second to load,
several times as long to read, and up to 1.2 GB of memory while it does: https://github.com/RapidAI/RapidOCR
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from grokdesk.model import Region
from grokdesk.pictures.read.page import Line, Word

if TYPE_CHECKING:
    from PIL import Image

_THREADS = 2
"""More of them wait for each other on a busy computer, and then it takes four times as long."""

Corners = Sequence[Sequence[float]]
"""Four points, each x and y."""


def is_installed() -> bool:
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


class BetterLines:
    """Loaded when it is made."""

    def __init__(self) -> None:
        import onnxruntime
        import rapidocr

        # It reports its use to its maker otherwise: https://onnxruntime.ai/docs/api/python/api_summary.html
        onnxruntime.disable_telemetry_events()
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Global.use_cls": False,  # it looks for upside-down lines, and turns long upright ones
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            }
        )

    def lines(self, grey: Image.Image) -> list[Line]:
        """From top to bottom, each with its words."""
        import numpy

        found = self._engine(numpy.asarray(grey.convert("RGB")), return_word_box=True)
        if found.txts is None:
            return []
        return list(lines_of(found.boxes.tolist(), found.txts, found.scores, found.word_results))


def lines_of(
    boxes: Sequence[Corners],
    texts: Sequence[str],
    scores: Sequence[float],
    words: Sequence[Sequence[tuple[str, float, Corners | None]]],
) -> Iterator[Line]:
    """What the engine says, as pages have it; its scores are from 0 to 1."""
    for corners, text, score, parts in zip(boxes, texts, scores, words, strict=True):
        place = _around(corners)
        known = tuple(Word(part, _around(at), 100 * sure) for part, sure, at in parts if at)
        if text.strip():
            yield Line(text.strip(), 100 * score, place.y, place.bottom, known or (Word(text, place, 100 * score),))


def _around(corners: Corners) -> Region:
    left, top = (math.floor(min(point[axis] for point in corners)) for axis in (0, 1))
    right, bottom = (math.ceil(max(point[axis] for point in corners)) for axis in (0, 1))
    return Region(left, top, right - left, bottom - top)
