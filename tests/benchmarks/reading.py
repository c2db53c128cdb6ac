"""Characters read wrongly on drawn pages, by typeface, size and ground.

    python -m tests.benchmarks.reading

The error rate is the number of characters to change, add or leave out over those there are, in percent; runs of blanks
count as one.
"""

from __future__ import annotations

import statistics
import sys
import time

from grokdesk.pictures.read.reading import Engine
from tests.benchmarks.rows import Row, tell
from tests.pictures.read.test_reading import SENTENCES, error_rate
from tests.support.images.secret_pages import DARK, LIGHT, page

SIZES = (9, 11, 13, 16, 20, 28, 48)


def main() -> int:
    engine = Engine()
    print(engine.name)
    lines = [sentence for sentence in SENTENCES if sentence]
    print(f"{'typeface':10} {'ground':6} {' '.join(f'{size:>5} px' for size in SIZES)} {'ms a page':>10}")
    everywhere: list[float] = []
    for kind in ("sans", "mono", "serif", "condensed"):
        for ground, colours in (("light", LIGHT), ("dark", DARK)):
            rates = []
            began = time.perf_counter()
            for size in SIZES:
                image, _ = page(lines, kind, size, colours)
                rates.append(error_rate("\n".join(lines), engine.text(image.convert("L"))) * 100)
            milliseconds = (time.perf_counter() - began) / len(SIZES) * 1000
            everywhere += rates
            print(f"{kind:10} {ground:6} {' '.join(f'{rate:8.2f}' for rate in rates)} {milliseconds:10.0f}")
    tell(Row("characters read wrongly, mean", f"{statistics.mean(everywhere):.2f} %"), engine.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
