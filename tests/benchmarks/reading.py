"""How much of 56 drawn screens is read as it is, beside the engine used plainly, and which letters are confused.

    python -m tests.benchmarks.reading [PART OF A NAME ...]

Similarity is 0 to 100, letters to change over those there are; blanks count in code and terminals. "Plainly" is the
engine with its own page layout on the picture as it is, in the same run.
"""

from __future__ import annotations

import difflib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from PIL import Image

from grokdesk.pictures.read.languages import known_languages
from grokdesk.pictures.read.reading import Engine
from tests.support.images.reading_pages import ReadingPage, reading_pages, similarity

MOST_CONFUSED = 24


def main() -> int:
    pages = [page for page in reading_pages() if all(part in page.name for part in sys.argv[1:])]
    engine = Engine()
    ways: dict[str, Callable[[Image.Image], str]] = {
        "plainly": plain_reader(),
        engine.name: lambda image: engine.text(image.convert("L")),
    }
    found: dict[str, list[str]] = {}
    for name, read in ways.items():
        began = time.process_time()
        found[name] = [read(page.image) for page in pages]
        print(f"{name}: {(time.process_time() - began) / len(pages) * 1000:.0f} ms of processor time a page")
    plain, ours = found.values()
    kinds: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for page, one, other in zip(pages, plain, ours, strict=True):
        both = similarity(page, one), similarity(page, other)
        kinds[page.name.split()[0]].append(both)
        print(f"{page.name:34} {both[0]:6.1f} {both[1]:6.1f}")
    print()
    kinds["all"] = [both for scores in kinds.values() for both in scores]
    for kind, scores in kinds.items():
        means = [sum(side) / len(scores) for side in zip(*scores, strict=True)]
        print(f"{kind:10} {len(scores):3} pages {means[0]:6.1f} {means[1]:6.1f}")
    for name, texts in found.items():
        print(f"\nconfused {name}: " + ", ".join(confused(pages, texts)))
    return 0


def plain_reader() -> Callable[[Image.Image], str]:
    import tesserocr

    _, folder = known_languages("eng")
    plain = tesserocr.PyTessBaseAPI(path=f"{folder}/", lang="eng", psm=tesserocr.PSM.AUTO)

    def read(image: Image.Image) -> str:
        plain.SetImage(image)
        return str(plain.GetUTF8Text())

    return read


def confused(pages: list[ReadingPage], texts: list[str]) -> list[str]:
    """What was read for what, and how often; "" where a letter was lost or made up."""
    pairs: Counter[tuple[str, str]] = Counter()
    for page, text in zip(pages, texts, strict=True):
        wanted, got = "".join(page.text.split()), "".join(text.split())
        for kind, a, b, c, d in difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes():
            if kind != "equal" and b - a < 3 and d - c < 3:
                pairs[wanted[a:b], got[c:d]] += 1
    return [f"{one!r} as {other!r} {number}" for (one, other), number in pairs.most_common(MOST_CONFUSED)]


if __name__ == "__main__":
    sys.exit(main())
