from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

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
