"""What the search for secrets finds on drawn pages, and what it takes for one: recall and false alarms.

    python -m tests.benchmarks.redaction [SEEDS]

Each page has one planted secret between two lines without any. "Hidden" is the share of secrets whose letters the boxes
cover to at least 97 %, "named" the share that also has the right name. A false alarm is a finding on a page that has
no secret; there are as many lines on these pages as the table says.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

from grokdesk.model import Region
from grokdesk.pictures.read.reading import Engine
from grokdesk.pictures.read.secret_scan import scan
from tests.benchmarks.rows import Row, tell
from tests.support.images.secret_pages import BENIGN, DARK, LIGHT, OWN_WORDS, hidden_share, page, secret_pages

SETS = [(kind, size) for kind in ("sans", "mono", "serif", "condensed") for size in (12, 16, 24)]
ENOUGH = 0.97


def main() -> int:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    engine = Engine()
    missed: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    print(f"{'typeface':10} {'px':>3} {'ground':6} {'hidden':>9} {'named':>9} {'false alarms':>13} {'ms a page':>10}")
    for kind, size in SETS:
        for ground, colours in (("light", LIGHT), ("dark", DARK)):
            hidden = named = pages = 0
            began = time.perf_counter()
            for seed in range(1, seeds + 1):
                for drawn in secret_pages(kind, size, colours, seed):
                    found = find(engine, drawn.image)
                    covers = [(box.x, box.y, box.width, box.height) for _, boxes in found for box in boxes]
                    is_hidden = hidden_share(drawn, covers) >= ENOUGH
                    is_named = is_hidden and any(rule in drawn.secret.rules for rule, _ in found)
                    counts = missed[drawn.secret.rules[0]]
                    counts[0] += 1
                    counts[1] += is_hidden
                    counts[2] += is_named
                    pages, hidden, named = pages + 1, hidden + is_hidden, named + is_named
            milliseconds = (time.perf_counter() - began) / pages * 1000
            alarms = [rule for rule, _ in find(engine, page(BENIGN, kind, size, colours)[0])]
            told = f"{len(alarms)} of {len(BENIGN)}"
            print(
                f"{kind:10} {size:3} {ground:6} {hidden:4}/{pages:<4} {named:4}/{pages:<4} {told:>13} "
                f"{milliseconds:10.0f} {', '.join(alarms)}"
            )
    print()
    for rule, (pages, hidden, named) in missed.items():
        print(f"{rule:20} hidden {hidden:4}/{pages:<4} named {named:4}/{pages:<4}")
    pages, hidden, named = map(sum, zip(*missed.values(), strict=True))
    for what, count in (("hidden", hidden), ("named", named)):
        tell(Row(f"secrets {what}", f"{count} of {pages}", "", f"{100 * count / pages:.1f} %"))
    return 0


def find(engine: Engine, image: object) -> list[tuple[str, tuple[Region, ...]]]:
    from PIL import Image

    assert isinstance(image, Image.Image)
    grey = image.convert("L")
    whole = Region(0, 0, grey.width, grey.height)
    lines = engine.lines(grey, is_thorough=False)
    findings = scan(lines, engine.codes(grey), OWN_WORDS, whole, engine.lines_unscaled(grey, lines))
    return [(finding.rule, finding.regions) for finding in findings]


if __name__ == "__main__":
    sys.exit(main())
