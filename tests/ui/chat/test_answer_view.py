from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QHelpEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from grokdesk.ui.chat.answer_document import CODE_BEGINS, is_code
from grokdesk.ui.chat.answer_view import AnswerView
from grokdesk.ui.chat.fitted_text import line_width
from grokdesk.ui.chat.markdown.blocks import LONG, LONG_FENCE, LONG_LINE, split_whole
from grokdesk.ui.chat.markdown.pieces import Piece, Table, build
from grokdesk.ui.kit.theme import DARK, LIGHT, Theme
from tests.benchmarks.rendering import mixed_markdown
from tests.ui.chat.markdown.test_cases import CASES

MIXED = """# Title with *emphasis*

The **build** fails because `libfoo.h` is missing. It costs $5 and $6, see https://example.com/x.
A second line.

1. Install:

   ```sh
   apt-get install libfoo

   make
   ```
2. Run
   - nested **item**
   - another

```python
def f() -> int:

    return 1
```
- tight
- list
---

| a | b |
|---|--:|
| `1` | 2 |
| x | y |

> quote
> goes on

    indented

    code

- [ ] task
- [x] done

~~~
tilde
~~~

<b>HTML</b> stays, 你好 😀 مرحبا.

مرحبا بالعالم
"""


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> AnswerView:
    made = AnswerView(theme)
    qtbot.addWidget(made)
    made.resize(500, 10)
    made.show()
    return made


def lines(document: QTextDocument) -> list[str]:
    """Without the empty lines that a document needs around tables and for rules."""
    return [line for line in document.toPlainText().split("\n") if line]


def look(document: QTextDocument) -> list[tuple[object, ...]]:
    """Everything about every block that a person can see."""
    return [_look(block) for block in blocks(document)]


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _look(block: QTextBlock) -> tuple[object, ...]:
    lines, items = block.blockFormat(), block.textList()
    margins = (lines.topMargin(), lines.bottomMargin(), lines.leftMargin(), lines.indent(), lines.lineHeight())
    runs: list[tuple[str, str, str, str]] = []
    for position, length, letters in formats_of(block):
        cursor = QTextCursor(block)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        text = cursor.selectedText()
        ground = letters.background().color().name() if letters.background().style() != Qt.BrushStyle.NoBrush else ""
        run = (text, letters.font().toString(), letters.anchorHref(), ground)
        if runs and runs[-1][1:] == run[1:]:
            run = (runs.pop()[0] + text, *run[1:])
        runs.append(run)
    return (
        block.text(),
        margins,
        is_code(lines),
        lines.headingLevel(),
        items.itemText(block) if items else "",
        QTextCursor(block).currentTable() is not None,
        runs,
    )


def formats_of(block: QTextBlock) -> Iterator[tuple[int, int, QTextCharFormat]]:
    part = block.begin()
    while not part.atEnd():
        run = part.fragment()
        yield run.position(), run.length(), run.charFormat()
        part += 1


def whole(theme: Theme, markdown: str) -> list[tuple[object, ...]]:
    made = AnswerView(theme)
    made.show_whole(markdown)
    seen = look(made.document())
    made.deleteLater()
    return seen


def stream(view: AnswerView, markdown: str, *, seed: int = 1, longest: int = 30) -> None:
    """In pieces of up to ``longest`` characters, uneven and the same each time."""
    position = 0
    while position < len(markdown):
        step = 1 + (position * 31 + seed * 17) % longest
        view.stream(markdown[position : position + step])
        position += step
    view.finish()


# --- the same text, however it comes ---


@pytest.mark.parametrize("longest", [1, 7, 200, 10_000])
def test_a_streamed_answer_reads_like_one_that_came_at_once(view: AnswerView, theme: Theme, longest: int) -> None:
    stream(view, MIXED, longest=longest)
    assert look(view.document()) == whole(theme, MIXED)
    assert view.received == MIXED


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_streamed_answer_looks_like_one_that_came_at_once(view: AnswerView, theme: Theme, seed: int) -> None:
    text = "".join(mixed_markdown(800, seed))
    stream(view, text, seed=seed)
    assert look(view.document()) == whole(theme, text)
    assert view.received == text


@pytest.mark.parametrize("kind", CASES)
def test_every_case_looks_the_same_letter_by_letter(theme: Theme, kind: str) -> None:
    for text, _wanted in CASES[kind]:
        view = AnswerView(theme)
        stream(view, text, longest=1)
        assert look(view.document()) == whole(theme, text), text
        view.deleteLater()


def test_what_is_drawn_is_the_text(view: AnswerView) -> None:
    view.show_whole("# A\n\n1. b\n   - c\n\n> d\n\n| e |\n|---|\n| f |\n\n- [x] g\n")
    assert lines(view.document()) == ["A", "b", "c", "d", "e", "f", "g"]
    kinds = {block.text(): block for block in blocks(view.document())}
    assert kinds["A"].blockFormat().headingLevel() == 1
    assert kinds["b"].textList().itemText(kinds["b"]) == "1."
    assert kinds["c"].textList().format().indent() == 2
    assert QTextCursor(kinds["e"]).currentTable().rows() == 2
    assert kinds["g"].blockFormat().marker() == QTextBlockFormat.MarkerType.Checked


MARKS = (
    "**",
    "`",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "```\n",
    "    ",
    "> ",
    "# ",
    "$5 ",
    "---\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
)
WORDS = ("word ", "מילה ", "字", "😀", "[l](http://x.y) ", "![p](http://x.y/p.png) ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(pieces=st.lists(st.sampled_from(MARKS + WORDS), max_size=30), seed=st.integers(0, 1000))
@example(pieces=["    ", "\n", "```\n"], seed=0)
@example(pieces=["\t\n", "   ```\n", "word"], seed=1)
def test_any_text_in_any_pieces_looks_like_at_once(theme: Theme, qtbot: QtBot, pieces: list[str], seed: int) -> None:
    text = "".join(pieces)
    view = AnswerView(theme)
    stream(view, text, seed=seed, longest=9)
    assert look(view.document()) == whole(theme, text)
    view.deleteLater()


@settings(deadline=None, max_examples=200)
@given(pieces=st.lists(st.sampled_from(MARKS + WORDS), max_size=20))
@example(pieces=["```\n", "    "])
@example(pieces=["```\n", "word ", "\n", "    "])
@example(pieces=["```\n", "    ", "\n"])
def test_blocks_mean_the_same_alone_as_together(pieces: list[str]) -> None:
    text = "".join(pieces)
    cut = [piece for block in split_whole(text) for piece in block]
    assert [shown(piece) for piece in cut] == [shown(piece) for piece in build(text, {})]


def shown(piece: Piece) -> object:
    """What a person sees, without the keys of lists."""
    if isinstance(piece, Table):
        return piece
    marker = (piece.item.depth, piece.item.number, piece.item.checked) if piece.item else None
    return (piece.kind, piece.runs, piece.level, piece.quotes, piece.indent, marker)


@pytest.mark.parametrize(
    "text",
    [
        "word " * (LONG // 2),
        "".join(f"- item {n} of **many** {'more words ' * 10}\n" for n in range(80)),
        "".join(f"- [ ] task {n} {'more words ' * 8}\n  - [x] **part** {n}\n" for n in range(60)),
        "| a | b |\n|---|---|\n" + "".join(f"| {n} | **x** {'more words ' * 10}|\n" for n in range(80)),
        "| a | b |\n|---|---|\n" + "".join(f"| {n} | x |\n" for n in range(250)) + "\nafter",
        "```\n" + ("code " * 20 + "\n") * 120 + "```\n",
    ],
    ids=["paragraph", "list", "tasks", "table", "rows", "code"],
)
def test_a_very_long_block_ends_up_right(view: AnswerView, theme: Theme, text: str) -> None:
    stream(view, text, longest=400)
    assert look(view.document()) == whole(theme, text)


def test_code_grows_line_by_line(view: AnswerView) -> None:
    view.stream("```py\nx = 1\n")
    view.stream("y")
    view.stream(" = 2\n``")
    assert view.document().toPlainText() == "x = 1\ny = 2"
    assert all(is_code(block.blockFormat()) for block in blocks(view.document()))


def test_marks_are_closed_while_their_text_comes(view: AnswerView) -> None:
    view.stream("**The build fa")
    assert view.document().toPlainText() == "The build fa"
    view.stream("ils** because of `libf")
    assert view.document().toPlainText() == "The build fails because of libf"
    view.stream("oo.h`, see [the manual](https://exa")
    assert view.document().toPlainText() == "The build fails because of libfoo.h, see the manual"


def test_prices_stay(view: AnswerView) -> None:
    stream(view, "From $5 to $10, or $x$ and \\$3.", longest=2)
    assert view.document().toPlainText() == "From $5 to $10, or $x$ and $3."


def test_links_that_are_named_elsewhere_work_in_the_end(view: AnswerView) -> None:
    stream(view, "See [the manual][1].\n\nMore text.\n\n[1]: https://example.com/manual\n")
    assert lines(view.document()) == ["See the manual.", "More text."]
    assert "https://example.com/manual" in view.toHtml()


def test_a_changed_text_replaces_the_streamed_one(view: AnswerView, theme: Theme) -> None:
    stream(view, "One.\n\nTwo.")
    view.show_whole("One.\n\nThree.")
    assert view.received == "One.\n\nThree."
    assert look(view.document()) == whole(theme, "One.\n\nThree.")


# --- what is finished stays ---


def test_finished_blocks_are_not_touched_again(view: AnswerView) -> None:
    text = "".join(mixed_markdown(600))
    touched: list[int] = []
    view.document().contentsChange.connect(lambda position, _removed, _added: touched.append(position))
    for start in range(0, len(text), 11):
        finished = view.document().characterCount() if not view._splitter.open_length else view._drawing.start
        touched.clear()
        view.stream(text[start : start + 11])
        assert all(position >= finished - 1 for position in touched), (start, finished, touched)


def test_an_update_costs_the_same_at_the_end_as_at_the_start(view: AnswerView) -> None:
    """Counted in characters that are written anew, not in seconds."""
    text = "".join(mixed_markdown(1000))
    written: list[int] = []
    view.document().contentsChange.connect(lambda _position, _removed, added: written.append(added))
    for start in range(0, len(text), 16):
        view.stream(text[start : start + 16])
    half = len(written) // 2
    assert sum(written[half:]) < 2 * sum(written[:half])


BASE64 = "iVBORw0KGgoAAAANSUhEUgAAB4AAAAQ4CAYAAADo08FDAAAgAElEQVR4nOzdd3wU1d4G"
JSON = '{"id": 123, "values": [1.5, 2.25, null]}, '
LONG_LINES = {
    "base64": BASE64 * 600,
    "words": "some **bold** words of `code` and more " * 1000,
    "code": f"```\n{BASE64 * 600}\n```\nafter",
    "JSON in code": f"```json\n[{JSON * 1000}]\n```\nafter",
    "JSON": f"[{JSON * 1000}]",
    "list item": f"- {BASE64 * 600}\n- next",
    "words in a list item": "1. " + "some **bold** words " * 2000 + "\n2. next",
    "code in a list item": f"1. Run\n\n   ```\n   {JSON * 1000}\n   ```\n2. next",
    "quote": f"> {BASE64 * 600}\n> more\n\nafter",
    "heading": f"# {JSON * 1000}",
    "cell": f"| a | b |\n|---|---|\n| {BASE64 * 600} | c |\n\nafter",
    "code span": f"`{BASE64 * 600}`",
    "link": f"[text](https://example.com/{BASE64 * 600})",
    "info of a fence": "```" + BASE64 * 600,
    "stars": "*a_" * 14_000,
    "brackets": "[" * 40_000,
}


@pytest.mark.parametrize("text", LONG_LINES.values(), ids=LONG_LINES)
def test_the_cost_of_a_very_long_line_is_in_proportion(view: AnswerView, theme: Theme, text: str) -> None:
    """Counted in characters that are laid out anew, not in seconds: a document lays out each block as a whole."""
    written: list[int] = []
    view.document().contentsChange.connect(lambda _position, _removed, added: written.append(added))
    for start in range(0, len(text), 1000):
        view.stream(text[start : start + 1000])
        assert max(block.length() for block in blocks(view.document())) <= LONG_LINE + 2
        assert view._splitter.open_length <= LONG_FENCE + LONG_LINE
    assert sum(written) < 8 * len(text)
    written.clear()
    view.finish()
    assert sum(written) <= 2 * LONG_FENCE
    assert look(view.document()) == whole(theme, text)


@pytest.mark.parametrize("name", ["base64", "code", "JSON in code", "list item", "quote", "brackets"])
def test_a_very_long_line_is_whole_and_one_line(view: AnswerView, name: str) -> None:
    stream(view, LONG_LINES[name], longest=997)
    view.selectAll()
    shown = view.createMimeDataFromSelection().text()
    (longest,) = [line for line in LONG_LINES[name].split("\n") if len(line) > 1000]
    assert longest.lstrip("->1. ") in shown.replace("\n", "") if name == "list item" else longest.lstrip("> -") in shown


def test_a_picture_in_an_address_costs_nothing(view: AnswerView) -> None:
    picture = f"data:image/png;base64,{BASE64 * 3000}=="
    text = f"See ![a chart]({picture}) and [b][1].\n\n![][2]\n\nAfter.\n\n[1]: {picture}\n[2]: <{picture}>\n"
    for start in range(0, len(text), 1000):
        view.stream(text[start : start + 1000])
        assert view._splitter.open_length < 1000
    view.finish()
    assert lines(view.document()) == ["See [picture: a chart] and b.", "[picture]", "After."]
    assert view.received == text


def test_a_list_that_is_cut_goes_on(view: AnswerView) -> None:
    text = "".join(f"1. item {n} " + "with words " * 40 + "\n   - inner\n\n     more\n" for n in range(30))
    stream(view, text, longest=300)
    items = [b for b in blocks(view.document()) if b.textList() and b.text().startswith("item")]
    assert [b.textList().itemText(b) for b in items] == [f"{n}." for n in range(1, 31)]
    inner = [b for b in blocks(view.document()) if b.text() == "inner"]
    assert {b.textList().format().indent() for b in inner} == {2}
    assert {b.blockFormat().indent() for b in blocks(view.document()) if b.text() == "more"} == {2}


def test_code_in_a_list_that_is_cut_goes_on(view: AnswerView) -> None:
    code = "".join(f"line {n} of {'some code ' * 12}\n" for n in range(360))
    text = "1. Run\n\n   ```sh\n" + "".join(f"   {line}\n" for line in code.splitlines()) + "   ```\n2. Done\n"
    stream(view, text, longest=500)
    shown = [block for block in blocks(view.document()) if is_code(block.blockFormat())]
    assert "".join(block.text() + "\n" for block in shown) == code
    assert sum(block.blockFormat().hasProperty(CODE_BEGINS) for block in shown) == 1
    assert view.document().lastBlock().text() == "Done"
    assert view.document().lastBlock().textList().itemText(view.document().lastBlock()) == "2."


# --- selection ---


def select(view: AnswerView, start: int, end: int) -> None:
    cursor = view.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)


def test_nothing_changes_under_a_selection(view: AnswerView, qtbot: QtBot) -> None:
    view.stream("Done.\n\nThe open **para")
    select(view, 8, 12)
    with qtbot.waitSignal(view.paused) as paused:
        view.stream("graph**\n\nNext.")
    assert paused.args == [True]
    assert view.document().toPlainText() == "Done.\nThe open para"
    assert view.textCursor().selectedText() == "e op"
    with qtbot.waitSignal(view.paused) as paused:
        select(view, 0, 0)
    assert paused.args == [False]
    assert view.document().toPlainText() == "Done.\nThe open paragraph\nNext."


def test_a_selection_in_finished_text_holds_nothing_back(view: AnswerView) -> None:
    view.stream("Done.\n\nOpen")
    select(view, 0, 4)
    view.stream(" and more.\n\nNext")
    assert view.document().toPlainText() == "Done.\nOpen and more.\nNext"
    assert view.textCursor().selectedText() == "Done"


def test_text_that_comes_is_not_selected_by_the_cursor_at_the_end(view: AnswerView) -> None:
    view.stream("One")
    select(view, 3, 3)
    view.stream(" two")
    view.stream(" three\n\nfour")
    assert not view.has_selection
    assert view.document().toPlainText() == "One two three\nfour"


def test_selected_text_can_be_reached_by_key(view: AnswerView, qtbot: QtBot) -> None:
    stream(view, "Alpha beta.")
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert view.textCursor().selectedText().strip() == "Alpha"


# --- safety ---


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server that notes who connects."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(100))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_nothing_is_loaded(view: AnswerView, listener: tuple[str, list[bytes]], qtbot: QtBot) -> None:
    address, asked = listener
    stream(
        view,
        f'![chart]({address}/a.png)\n\n<img src="{address}/b.png">\n\n| ![c]({address}/c.png) |\n|---|\n',
        longest=3,
    )
    view.grab()
    QApplication.processEvents()
    assert lines(view.document())[:2] == ["[picture: chart]", f'<img src="{address}/b.png">']
    assert "\ufffc" not in view.document().toPlainText()
    assert asked == []
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as probe:
        probe.sendall(b"probe")
    qtbot.waitUntil(lambda: asked == [b"probe"])  # it would have been noticed


def test_resources_are_empty(view: AnswerView) -> None:
    for name in ("http://127.0.0.1/x.png", "file:///etc/hostname", "data:image/gif;base64,R0lGODlhAQABAAAAACw="):
        assert view.loadResource(int(QTextDocument.ResourceType.ImageResource.value), QUrl(name)) is None


def test_html_is_text(view: AnswerView) -> None:
    stream(view, "<script>alert(1)</script>\n\n<b>bold</b> &lt;i&gt; <!-- gone? -->")
    assert lines(view.document()) == ["<script>alert(1)</script>", "<b>bold</b> <i> <!-- gone? -->"]


def test_a_link_is_only_reported(view: AnswerView, qtbot: QtBot) -> None:
    stream(view, "[harmless](http://evil.example/a b?x=1&y=2)".replace(" b", "%20b"))
    place = view.cursorRect(view.textCursor()).center() + QPoint(4, 0)
    with qtbot.waitSignal(view.link_clicked) as clicked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args is not None
    assert clicked.args[0] == "http://evil.example/a%20b?x=1&y=2"
    assert view.document().toPlainText() == "harmless"


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_tool_tip_shows_where_a_link_goes(view: AnswerView, qtbot: QtBot) -> None:
    stream(view, '[harmless](http://evil.example/ "<b>title</b>")')
    place = view.cursorRect().center() + QPoint(4, 0)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert QToolTip.text() == "http://evil.example/"
    QToolTip.hideText()


# --- looks ---


def test_the_view_is_as_high_as_its_text(view: AnswerView, qtbot: QtBot) -> None:
    assert view.height() == 0
    heights = []
    for _ in range(3):
        view.stream("A paragraph.\n\n")
        QApplication.processEvents()
        heights.append(view.height())
    assert heights == sorted(set(heights))
    stream(view, MIXED)
    assert view.verticalScrollBar().maximum() == 0
    before = view.height()
    view.resize(200, before)
    qtbot.waitUntil(lambda: view.height() > before)


def test_lines_are_as_wide_as_reads_well(view: AnswerView) -> None:
    view.resize(2000, 100)
    stream(view, "It is a truth universally acknowledged that a program in want of users must be quick. " * 20)
    view.document().size()
    layout = view.document().begin().layout()
    longest = max(layout.lineAt(n).textLength() for n in range(layout.lineCount() - 1))
    assert 60 <= longest <= 125
    assert 680 <= view.maximumWidth() <= 760
    assert view.maximumWidth() == line_width(view.font())


def test_another_scheme_dresses_the_answer_again(view: AnswerView, theme: Theme) -> None:
    stream(view, MIXED)
    before = lines(view.document())
    assert LIGHT.raised in view.toHtml()
    theme.choose("dark")
    assert lines(view.document()) == before
    assert DARK.raised in view.toHtml()
    assert LIGHT.raised not in view.toHtml()
    view.stream("\n\nAnd more.")
    view.finish()
    assert lines(view.document())[-1] == "And more."


def test_an_open_answer_can_be_dressed_again(view: AnswerView, theme: Theme) -> None:
    view.stream("Done.\n\n```\nopen co")
    theme.choose("dark")
    view.stream("de\n```\nafter")
    view.finish()
    assert lines(view.document()) == ["Done.", "open code", "after"]


@pytest.mark.parametrize("after", ["", "\n\nText."])
def test_code_at_the_start_is_not_cut(view: AnswerView, theme: Theme, after: str) -> None:
    view.show_whole(f"```\ncode\n```{after}")
    image = view.grab().toImage()
    middle = image.width() // 2
    column = [image.pixelColor(middle, y).name() for y in range(image.height())]
    assert column.index(theme.scheme.raised) <= 1
    assert image.pixelColor(0, 0).name() == theme.scheme.surface, "the corner is round, so the ground ends here"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_and_tables_stand_out(view: AnswerView, theme: Theme, scheme: str) -> None:
    theme.choose(scheme)
    stream(view, "```\ncode\n```\n\n| a |\n|---|\n| b |\n")
    image = view.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(image.height())}
    assert {theme.scheme.raised, theme.scheme.line} <= seen


def test_right_to_left_text_begins_at_the_right(view: AnswerView) -> None:
    stream(view, "مرحبا بالعالم\n\nHello\n\n```\nمرحبا = 1\n```\n")
    view.document().size()
    arabic, hello, code = blocks(view.document())
    assert arabic.textDirection() == Qt.LayoutDirection.RightToLeft
    assert hello.textDirection() == Qt.LayoutDirection.LeftToRight
    assert code.blockFormat().layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_the_wheel_scrolls_what_is_around(view: AnswerView) -> None:
    stream(view, "text\n\n" * 20)
    wheel = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    size = view.font().pointSizeF()
    QApplication.sendEvent(view.viewport(), wheel)
    assert not wheel.isAccepted()
    assert view.font().pointSizeF() == size


def test_words_of_cjk_and_emoji_survive_any_cut(view: AnswerView) -> None:
    text = "你好，世界 👩‍👩‍👧‍👦 **重要**\n\n日本語 `コード`"
    stream(view, text, longest=1)
    assert lines(view.document()) == [re.sub(r"[*`]", "", line) for line in text.split("\n") if line]
