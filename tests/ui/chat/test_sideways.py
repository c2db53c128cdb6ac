"""Tables and code that are wider than an answer: they scroll, each by itself, and everything works in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QTextBlock, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.ui.chat.answer_view import AnswerView
from grokdesk.ui.chat.sideways import Part
from grokdesk.ui.kit.theme import Theme

LONG_CODE = "".join(f"word{n:02} " for n in range(40)).rstrip()
CODE = f"```\nshort\n{LONG_CODE}\nend\n```\n"
WORDS = ("Characteristics", "Responsibilities", "Internationalization", "Uncharacteristically", "Straightforward")
TABLE = "| " + " | ".join(WORDS) + " |\n" + "|---" * 5 + "|\n| " + " | ".join(f"`{word}` x" for word in WORDS) + " |\n"
IN_ITEM, IN_QUOTE = CODE.replace("\n", "\n   "), TABLE.replace("\n", "\n> ")
EVERYTHING = f"Before it.\n\n{TABLE}\n1. Item\n\n   {IN_ITEM}\n> {IN_QUOTE}\n\n{CODE}\nBehind it."
NOTHING = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> AnswerView:
    made = AnswerView(theme)
    qtbot.addWidget(made)
    made.resize(370, 10)
    made.show()
    return made


def parts(view: AnswerView) -> list[Part]:
    QApplication.processEvents()
    return view.parts_in(QRectF(view.rect()))


def blocks(view: AnswerView) -> Iterator[QTextBlock]:
    block = view.document().begin()
    while block.isValid():
        yield block
        block = block.next()


def rows_of(block: QTextBlock) -> list[str]:
    """The text of each of its lines as it is laid out."""
    lines = (block.layout().lineAt(n) for n in range(block.layout().lineCount()))
    return [block.text()[line.textStart() : line.textStart() + line.textLength()] for line in lines]


def wheel(view: AnswerView, place: QPointF, degrees: QPoint, pixels: QPoint, keys: Qt.KeyboardModifier) -> bool:
    """Whether the view took it."""
    event = QWheelEvent(place, view.viewport().mapToGlobal(place), pixels, degrees, Qt.MouseButton.NoButton, keys,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)
    return event.isAccepted()


def place_of(view: AnswerView, text: str) -> QPoint:
    """In the viewport, in the middle of the first letter."""
    cursor = view.document().find(text)
    cursor.setPosition(cursor.selectionStart())
    return view.cursorRect(cursor).center() + QPoint(3, 0)


# --- what is wide ---


@pytest.mark.parametrize("width", [300, 370, 500, 680])
@pytest.mark.parametrize(
    "row",
    [
        WORDS,
        ("x", "Donaudampfschifffahrtsgesellschaft", "y"),
        ("**bold words** Responsibilities", "*Internationalization*", "`code_with_a_long_name()` or"),
        ("a short one", "and **Inter**nationalization", "a sentence that has a number of words, as sentences do " * 3),
        ("Internationalization<br>Characteristics", "[Responsibilities](https://example.com)", "\u202bمسؤوليات طويلة"),
    ],
)
def test_no_word_of_a_table_is_broken(view: AnswerView, width: int, row: tuple[str, ...]) -> None:
    view.resize(width, 10)
    head = "| " + " | ".join("Kind" for _cell in row) + " |\n" + "|---" * len(row) + "|\n"
    text = head + "| " + " | ".join(row) + " |\n"
    for start in range(0, len(text), 7):
        view.stream(text[start : start + 7])
    view.finish()
    view.document().size()
    for block in blocks(view):
        for line in rows_of(block)[:-1]:
            assert line.endswith((" ", "\u2028")), line


def test_a_table_that_fits_fills_no_more_than_it_needs(view: AnswerView) -> None:
    view.show_whole("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert parts(view) == []
    view.show_whole(f"| a | b |\n|---|---|\n| 1 | {'some words ' * 20}|\n")
    assert parts(view) == [], "sentences wrap"


def test_an_address_in_a_table_is_broken(view: AnswerView) -> None:
    view.show_whole(f"| a | b |\n|---|---|\n| 1 | https://example.com/{'x' * 600} |\n")
    assert parts(view) == []


def test_lines_of_code_stay_lines(view: AnswerView) -> None:
    view.show_whole(CODE)
    (part,) = parts(view)
    assert [rows_of(block) for block in blocks(view)] == [["short"], [LONG_CODE], ["end"]]
    assert part.most > 1000
    assert view.viewport().width() == part.place.right()


def test_a_line_of_code_without_end_wraps(view: AnswerView) -> None:
    view.show_whole("```\n" + "0123456789" * 1000 + "\n```\n")
    assert parts(view) == []
    assert len(list(blocks(view))) > 1


def test_each_part_has_its_own_place(view: AnswerView) -> None:
    view.show_whole(EVERYTHING)
    found = parts(view)
    assert len(found) == 4
    assert [part.place.left() > 10 for part in found] == [False, True, True, False], "within a list and a quote"
    assert all(part.bar.top() > part.place.top() + 20 and part.bar.bottom() <= part.place.bottom() for part in found)
    view.scroll_part(found[2], 50)
    assert [part.offset for part in parts(view)] == [0, 0, 50, 0]
    assert view.horizontalScrollBar().maximum() == 0, "the answer as a whole stays"


@pytest.mark.parametrize("text", [CODE, TABLE, f"> {IN_QUOTE}"], ids=["code", "table", "table in a quote"])
def test_the_bar_of_the_last_part_is_seen(view: AnswerView, text: str) -> None:
    for piece in text.splitlines(keepends=True):
        view.stream(piece)
    view.finish()
    (part,) = parts(view)
    assert part.bar.bottom() <= view.height()


def test_a_larger_window_has_more_room(view: AnswerView) -> None:
    view.show_whole(TABLE)
    (part,) = parts(view)
    view.scroll_part(part, part.most)
    view.resize(500, view.height())
    (larger,) = parts(view)
    assert larger.offset == larger.most < part.most
    view.setMaximumWidth(2000)
    view.resize(1500, view.height())
    assert parts(view) == []


def test_the_rows_of_a_table_that_was_cut_scroll_together(view: AnswerView) -> None:
    view.show_whole(TABLE + TABLE.rsplit("\n", 2)[1].join(["", "\n"]) * 60)
    found = parts(view)
    assert len(found) > 1
    assert len({part.key for part in found}) == 1
    assert [part.bar.isEmpty() for part in found] == [True] * (len(found) - 1) + [False]
    view.scroll_part(found[0], 40)
    assert {part.offset for part in parts(view)} == {40}


# --- scrolling ---


@pytest.mark.parametrize(
    ("degrees", "pixels", "keys", "moved"),
    [
        (QPoint(0, -120), QPoint(), Qt.KeyboardModifier.ShiftModifier, 60),
        (QPoint(-120, 0), QPoint(), NOTHING, 60),
        (QPoint(-8, 2), QPoint(-25, 6), NOTHING, 25),
        (QPoint(0, -120), QPoint(), NOTHING, None),
        (QPoint(2, -8), QPoint(6, -25), NOTHING, None),
    ],
    ids=["wheel with shift", "sideways wheel", "touchpad sideways", "wheel", "touchpad downwards"],
)
def test_the_wheel_scrolls_sideways(
    view: AnswerView, degrees: QPoint, pixels: QPoint, keys: Qt.KeyboardModifier, moved: int | None
) -> None:
    view.show_whole(EVERYTHING)
    before = parts(view)
    assert wheel(view, before[1].place.center(), degrees, pixels, keys) is (moved is not None)
    assert [part.offset for part in parts(view)] == [0, moved or 0, 0, 0]
    assert not wheel(view, QPointF(5, 3), degrees, pixels, keys), "nothing is wide there"


def test_the_wheel_stops_at_both_ends(view: AnswerView) -> None:
    view.show_whole(CODE)
    (part,) = parts(view)
    for degrees, end in ((-1 << 20, part.most), (1 << 20, 0)):
        wheel(view, part.place.center(), QPoint(degrees, 0), QPoint(), NOTHING)
        assert abs(parts(view)[0].offset - end) <= 1


def test_the_bar_is_dragged(view: AnswerView, qtbot: QtBot) -> None:
    view.show_whole(CODE)
    (part,) = parts(view)
    handle = part.handle().center().toPoint()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=handle)
    qtbot.mouseMove(view.viewport(), handle + QPoint(40, 30))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=handle + QPoint(40, 30))
    (moved,) = parts(view)
    assert abs(moved.handle().left() - part.handle().left() - 40) <= 1
    assert not view.has_selection
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(360, handle.y()))
    assert parts(view)[0].offset > moved.offset + 100, "a click beside the handle"


def test_keys_bring_the_text_cursor_into_sight(view: AnswerView, qtbot: QtBot) -> None:
    view.show_whole(f"Before.\n\n{CODE}")
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.setTextCursor(view.document().find("word00"))
    qtbot.keyClick(view, Qt.Key.Key_End)
    (part,) = parts(view)
    assert part.offset > 1000
    assert part.place.left() < view.cursorRect().left() < part.place.right()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert parts(view)[0].offset < 30
    assert view.cursorRect().left() >= 0


def test_what_is_found_is_brought_into_sight(view: AnswerView) -> None:
    view.show_whole(f"Before.\n\n{CODE}")
    view.setTextCursor(view.document().find("word30"))
    assert parts(view)[0].place.left() < view.cursorRect().left() < parts(view)[0].place.right()


# --- what a person does in a part that is scrolled ---


@pytest.mark.qt_log_ignore("not accepted by receiving widget", extend=True)  # as of any QTextBrowser
def test_text_is_selected_where_it_is_painted(view: AnswerView, qtbot: QtBot) -> None:
    view.show_whole(f"Before.\n\n{CODE}")
    view.scroll_part(parts(view)[0], 700)
    begin, end = place_of(view, "word16"), place_of(view, "word18")
    assert 0 < begin.x() < end.x() < 370
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=begin - QPoint(3, 0))
    qtbot.mouseMove(view.viewport(), end - QPoint(3, 0))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end - QPoint(3, 0))
    assert view.createMimeDataFromSelection().text() == "word16 word17 "
    assert parts(view)[0].offset == 700
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert view.textCursor().selectedText() == "word18"


@pytest.mark.qt_log_ignore("not accepted by receiving widget", extend=True)  # as of any QTextBrowser
def test_selecting_beyond_the_edge_scrolls(view: AnswerView, qtbot: QtBot) -> None:
    view.show_whole(CODE)
    begin = place_of(view, "word00")
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=begin)
    for step in range(8):
        outside = QPointF(420 + step % 2, begin.y())
        move = QMouseEvent(QEvent.Type.MouseMove, outside, view.viewport().mapToGlobal(outside),
                           Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, NOTHING)  # fmt: skip
        QApplication.sendEvent(view.viewport(), move)
    assert "word10" in view.textCursor().selectedText()
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=begin)
    assert parts(view)[0].offset > 100


def test_links_are_where_they_are_painted(view: AnswerView, qtbot: QtBot) -> None:
    row = " | ".join(f"[{word}](https://example.com/{word})" for word in WORDS)
    view.show_whole(TABLE.splitlines()[0] + "\n" + "|---" * 5 + f"|\n| {row} |\n")
    view.scroll_part(parts(view)[0], 300)
    for word in WORDS[2:4]:
        place = place_of(view, word)
        cursor = view.document().find(word, view.document().find(WORDS[-1]))
        place = view.cursorRect(cursor).center() - QPoint(4, 0)
        assert view.anchorAt(place) == f"https://example.com/{word}"
        with qtbot.waitSignal(view.link_clicked) as clicked:
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert clicked.args is not None
        assert clicked.args[0] == f"https://example.com/{word}"


def pixels(view: AnswerView, place: QRectF) -> QImage:
    return view.grab(place.toRect()).toImage()


@pytest.mark.parametrize("text", [CODE, TABLE], ids=["code", "table"])
def test_a_scrolled_part_is_painted_like_the_rest_of_it(view: AnswerView, theme: Theme, text: str) -> None:
    view.show_whole(f"Before.\n\n{text}\nBehind.")
    (part,) = parts(view)
    rest = QRectF(20, part.place.top() + 10, 300, part.bar.top() - part.place.top() - 12)
    first = pixels(view, rest)
    view.scroll_part(part, 100)
    scrolled = pixels(view, rest)
    assert first.copy(100, 0, 200, first.height()) == scrolled.copy(0, 0, 200, first.height())
    around = QRectF(0, 0, 370, part.place.top() - 2)
    before = pixels(view, around)
    view.scroll_part(part, 0)
    assert pixels(view, around) == before


def test_a_part_stays_scrolled_while_text_comes(view: AnswerView, theme: Theme) -> None:
    view.stream(f"Before.\n\n{CODE.removesuffix('```' + chr(10))}")
    view.scroll_part(parts(view)[0], 200)
    view.stream("more\n")
    view.stream(LONG_CODE + LONG_CODE + "\n```\nBehind.")
    (part,) = parts(view)
    assert part.offset == 200
    assert part.most > 3000, "the longest line counts"
    theme.choose("dark")
    assert parts(view)[0].offset == 200
    view.finish()
    assert parts(view)[0].offset == 200
    view.show_whole(f"Another.\n\n{CODE}")
    assert parts(view)[0].offset == 0


def test_a_larger_font_makes_wider_tables(view: AnswerView) -> None:
    view.show_whole(TABLE)
    (before,) = parts(view)
    font = view.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    view.setFont(font)
    assert parts(view)[0].most > before.most * 1.3
    font.setPointSizeF(font.pointSizeF() / 1.5)
    view.setFont(font)
    assert abs(parts(view)[0].most - before.most) < 3


def test_nothing_is_looked_for_where_everything_fits(view: AnswerView) -> None:
    view.show_whole("Text.\n\n```\nx = 1\n```\n\n| a |\n|---|\n| b |\n")
    assert view.document().documentLayout().documentSize().width() <= view.viewport().width()
    assert parts(view) == []
    cursor = QTextCursor(view.document())
    view.setTextCursor(cursor)
    assert view.cursorRect(cursor) == view.cursorRect()
