"""What drawing a streamed answer costs, as ratios measured side by side in one process.

``python tests/benchmarks/rendering.py [--tokens N] [--rounds N]`` prints the CPU time of streaming mixed Markdown,
four tokens an update with a repaint after each:

- ours: the answer card of the panel in its scroll area, which follows the end;
- limit: ``QTextCursor.insertText`` of the same text into a QTextBrowser, without any Markdown (goal: at most 2.5 x);
- naive: ``setMarkdown`` of the whole text at each update (goal: at most 0.05 x at 32,000 tokens). It is quadratic, so
  only every ``STRIDE``-th update is run and its time counts for all that it stands for;
- a megabyte in one line, 4,000 characters an update (goal: under 1 s, no update over 50 ms).
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from grokdesk.model import TextDelta
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.following_area import FollowingArea
from grokdesk.ui.kit.theme import Theme
from tests.benchmarks.side_by_side import report

TOKENS_AN_UPDATE = 4
STRIDE = 40
WORDS = ("the", "build", "of", "this", "page", "fails", "because", "one", "header", "was", "moved", "and", "nobody")


def mixed_markdown(tokens: int, seed: int = 7) -> list[str]:
    """Tokens of about four characters: paragraphs, lists, code, tables, quotes, headings."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets

    def words(count: int) -> str:
        chosen = [chance.choice(WORDS) for _ in range(count)]
        chosen[count // 2] = f"**{chosen[count // 2]}**"
        return " ".join(chosen)

    def blocks() -> Iterator[str]:
        while True:
            yield f"## {words(4)}\n\n"
            yield f"{words(60)} costs $5 with `{words(1)}`.\n\n"
            yield "".join(f"{n}. {words(14)}\n" for n in range(1, 7)) + "\n"
            yield "```python\n" + "".join(f"    {words(6)}\n" for _ in range(12)) + "```\n\n"
            yield f"{words(40)}\n\n"
            rows = "".join(f"| {words(3)} | {n} | {words(2)} |\n" for n in range(6))
            yield "| what | count | why |\n|---|--:|---|\n" + rows + "\n"
            yield f"> {words(20)}\n\n"

    made: list[str] = []
    for block in blocks():
        made += [block[start : start + 4] for start in range(0, len(block), 4)]
        if len(made) >= tokens:
            return made[:tokens]
    raise AssertionError("blocks never end")


def updates(tokens: list[str]) -> list[str]:
    return ["".join(tokens[start : start + TOKENS_AN_UPDATE]) for start in range(0, len(tokens), TOKENS_AN_UPDATE)]


def ours(app: QApplication, theme: Theme, pieces: list[str]) -> float:
    """The scroll area of the panel with one answer in it."""
    area = FollowingArea(theme)
    card = AnswerCard(theme, time.monotonic)
    area.column.addWidget(card)
    _show(area)

    def finish() -> None:
        card.stop()
        assert card.text == "".join(pieces)

    return _timed(app, area, [*(partial(card.take, [TextDelta(piece)]) for piece in pieces), finish])


def long_lines(app: QApplication, theme: Theme) -> Iterator[tuple[str, float, float]]:
    """Name, CPU seconds, and those of the longest update."""
    data, json = "iVBORw0KGgoAAAANSUhEUgAAB4AAAAQ4CAY" * 28_000, '{"id": 1, "values": [1.5, 2.25, null]}, ' * 25_000
    for name, text in (
        ("picture", f"![a]({'data:image/png;base64,' + data[:400_000]})"),
        ("base64", data),
        ("code", f"```\n{data}\n```\n"),
        ("JSON", json),
        ("list item", f"- {data}"),
    ):
        area = FollowingArea(theme)
        card = AnswerCard(theme, time.monotonic)
        area.column.addWidget(card)
        _show(area)
        spent = []
        for start in range(0, len(text), 4000):
            update = partial(card.take, [TextDelta(text[start : start + 4000])])
            spent.append(_timed_once(app, update))
        spent.append(_timed_once(app, card.stop))
        area.close()
        yield name, sum(spent), max(spent)


def _timed_once(app: QApplication, step: Callable[[], None]) -> float:
    started = time.process_time()
    step()
    app.processEvents()
    return time.process_time() - started


def limit(app: QApplication, pieces: list[str]) -> float:
    browser = QTextBrowser()
    browser.setUndoRedoEnabled(False)
    _show(browser)
    bar = browser.verticalScrollBar()

    def add(piece: str) -> None:
        cursor = QTextCursor(browser.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        bar.setValue(bar.maximum())

    return _timed(app, browser, [partial(add, piece) for piece in pieces])


def naive(app: QApplication, pieces: list[str]) -> float:
    """Sampled: one update in STRIDE is run, at the middle of those it stands for."""
    browser = QTextBrowser()
    _show(browser)
    bar = browser.verticalScrollBar()

    def show(text: str) -> None:
        browser.setMarkdown(text)
        bar.setValue(bar.maximum())

    samples = range(STRIDE // 2, len(pieces), STRIDE)
    texts = ["".join(pieces[: index + 1]) for index in samples]
    return _timed(app, browser, [partial(show, text) for text in texts]) * len(pieces) / len(texts)


def _show(widget: QWidget) -> None:
    widget.resize(720, 900)
    widget.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    widget.show()


def _timed(app: QApplication, widget: QWidget, steps: Sequence[Callable[[], None]]) -> float:
    app.processEvents()
    started = time.process_time()
    for step in steps:
        step()
        app.processEvents()
    spent = time.process_time() - started
    widget.close()
    app.processEvents()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tokens", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    app = QApplication([])
    theme = Theme(app, Path(__file__).parents[2] / "resources" / "icons")
    pieces = updates(mixed_markdown(chosen.tokens))
    rounds = [(ours(app, theme, pieces), limit(app, pieces), naive(app, pieces)) for _ in range(chosen.rounds)]
    print(f"{chosen.tokens} tokens, {len(pieces)} updates, CPU, setMarkdown run for 1 in {STRIDE}")
    report("rendering, ours / insertText", [(ours, limit) for ours, limit, _ in rounds], 2.5)
    # At 32000 tokens; it is quadratic, and less far behind with fewer.
    report("rendering, ours / setMarkdown", [(ours, naive) for ours, _, naive in rounds], 0.05)
    for name, whole, longest in long_lines(app, theme):
        print(f"rendering, 1 MB of {name:10} {whole:.2f} s (goal <= 1), longest {longest * 1000:.0f} ms (goal <= 50)")


if __name__ == "__main__":
    main()
