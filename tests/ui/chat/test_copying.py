from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.ui.chat.answer_view import AnswerView
from grokdesk.ui.chat.copying import html_of, mime_of
from grokdesk.ui.kit.theme import Theme

ANSWER = """The **build** costs $5, see [here](https://example.com/?a=1&b=2).

| a | b |
|---|--:|
| 1 | 2 |

```
code
```

![chart](https://example.com/chart.png) <img src="https://example.com/x.png">
"""


def test_both_kinds_of_text_go_together(qapp: QApplication) -> None:
    data = mime_of(ANSWER)
    assert set(data.formats()) == {"text/plain", "text/html"}
    assert data.text() == ANSWER


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rich_text_keeps_its_structure_and_loses_our_colours(theme: Theme, scheme: str) -> None:
    theme.choose(scheme)
    html = html_of(ANSWER)
    for role in ("text", "surface", "raised", "accent", "line"):
        assert getattr(theme.scheme, role) not in html
    assert "<body>" in html
    pasted = QTextDocument()
    pasted.setHtml(html)
    assert "build costs $5, see here." in pasted.toPlainText()
    assert html.count("<td") == html.count("<th>") + html.count("<th ") == 2
    assert 'href="https://example.com/?a=1&amp;b=2"' in html


def test_rich_text_loads_nothing_where_it_is_pasted(qapp: QApplication) -> None:
    html = html_of(ANSWER)
    assert "<img" not in html
    assert "[picture: chart]" in html
    assert "&lt;img src=" in html


# --- what is selected ---


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> AnswerView:
    made = AnswerView(theme)
    qtbot.addWidget(made)
    made.resize(500, 10)
    return made


def selected(view: AnswerView, start: int = 0, end: int | None = None) -> QMimeData:
    cursor = QTextCursor(view.document())
    cursor.setPosition(start)
    if end is None:
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    else:
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    return view.createMimeDataFromSelection()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_selection_has_none_of_our_colours_and_fonts(theme: Theme, view: AnswerView, scheme: str) -> None:
    theme.choose(scheme)
    view.show_whole(ANSWER)
    html = selected(view).html()
    assert not re.search(r"color|background|bgcolor|font-|#[0-9a-f]{6}", html)
    assert "<table" in html
    assert "<pre><code>code</code></pre>" in html
    assert "<strong>build</strong>" in html


def test_a_selected_table_pastes_as_a_table(view: AnswerView) -> None:
    view.show_whole("Before\n\n| a | b |\n|---|--:|\n| 1<br>2 | **x** |\n| 3 | |\n\nAfter")
    data = selected(view)
    assert data.text() == "Before\na\tb\n1 2\tx\n3\t\nAfter"
    pasted = QTextDocument()
    pasted.setHtml(data.html())
    (table,) = [frame for frame in pasted.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    assert (table.rows(), table.columns()) == (3, 2)
    assert data.html().count("<th") == 2
    assert 'style="text-align:right"' in data.html()


def test_selected_cells_paste_as_a_table(view: AnswerView) -> None:
    view.show_whole("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |")
    (table,) = [frame for frame in view.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]
    start, end = table.cellAt(1, 0).firstPosition(), table.cellAt(2, 1).lastPosition()
    assert selected(view, start, end).text() == "1\t2\n3\t4"


def test_a_part_of_a_line_is_that_part(view: AnswerView) -> None:
    view.show_whole("One **two** three.")
    data = selected(view, 4, 7)
    assert data.text() == "two"
    assert "<strong>two</strong>" in data.html()


def test_a_long_line_of_code_is_one_line(view: AnswerView) -> None:
    line = '{"key": [1, 2, 3]}, ' * 1000 + "x" * 5000
    view.show_whole(f"```json\n{line}\nnext\n```\n")
    assert view.document().blockCount() > 5
    data = selected(view)
    assert data.text() == f"{line}\nnext"
    assert line.replace('"', '"') in data.html()


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("1. a\n2. b\n   - c\n3. d", "<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n\n  more\n- b", "<ul><li>a<p>more</p></li><li>b</li></ul>"),
        ("> a\n>\n> b\n\nc", "<blockquote><p>a</p><p>b</p></blockquote><p>c</p>"),
        ("> - a\n\nb", "<blockquote><ul><li>a</li></ul></blockquote><p>b</p>"),
        ("> > a\n>\n> b", "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote>"),
        ("- ```\n  x\n  ```\n- b", "<ul><li><pre><code>x</code></pre></li><li>b</li></ul>"),
        ("# A\n\n---\n\n`c` ~~d~~ *e*", "<h1>A</h1><hr><p><code>c</code> <s>d</s> <em>e</em></p>"),
        ("- [x] a\n- [ ] b", "<ul><li>☑ a</li><li>☐ b</li></ul>"),
        ("a  \nb & <c>", "<p>a<br>b &amp; &lt;c&gt;</p>"),
    ],
)
def test_the_structure_is_that_of_the_markdown(qapp: QApplication, markdown: str, html: str) -> None:
    made = html_of(markdown).partition("<body>")[2].partition("</body>")[0]
    assert made.replace("\n", "") == html


def test_a_long_table_is_pasted_as_one(view: AnswerView) -> None:
    rows = "".join(f"| {number} | x |\n" for number in range(250))
    text = f"| a | b |\n|---|---|\n{rows}\n| c |\n|---|\n| d |\n"
    view.show_whole(text)
    view.selectAll()
    data = view.createMimeDataFromSelection()
    assert data.text() == "a\tb\n" + "".join(f"{number}\tx\n" for number in range(250)) + "c\nd"
    for html in (data.html(), html_of(text)):
        assert html.count("<table") == html.count("</table>") == 2
        assert html.count("<tr>") == 253
