from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QInputMethodEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.actions.catalogue import ASK, Action
from grokdesk.model import Pixels, PreparedImage
from grokdesk.paths import resources
from grokdesk.providers.models.picture_tokens import TokenRange
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.action_chips import ActionChip, ActionChips
from grokdesk.ui.compose.composer import ChipState, Composer
from grokdesk.ui.compose.picture_chips import PictureChip, PictureRow, ThumbnailButton, caption_of
from grokdesk.ui.compose.question_text import QuestionText
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.raw_image import image_from
from grokdesk.ui.kit.theme import HIT_TARGET, Theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
Part = TypeVar("Part", bound=QObject)
ACTIONS = tuple(Action(name, name.capitalize(), "...") for name in (ASK, "describe", "text", "critique"))


def prepared(width: int = 1284, height: int = 716, size: int = 217_088) -> PreparedImage:
    return PreparedImage("a.png", bytes(size), "image/png", width, height, "", 2 * width, height, ("It was shrunk.",))


READY = ChipState(7, "a.png", None, prepared())
PENDING = ChipState(8, "b.png")
BROKEN = ChipState(9, "notes.txt", error="notes.txt is not a picture.")


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, resources() / "icons")
    yield theme
    theme.choose("system")


@pytest.fixture
def composer(qtbot: QtBot, theme: Theme) -> Composer:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    composer.set_actions(ACTIONS, "text")
    composer.set_profile("xAI · grok-4.5")
    composer.resize(600, 200)
    composer.show()
    composer.focus_text()
    qtbot.waitUntil(lambda: field(composer).hasFocus())
    return composer


def part(parent: QObject, kind: type[Part]) -> Part:
    found = parent.findChild(kind)
    assert isinstance(found, kind)
    return found


def field(composer: QWidget) -> QuestionText:
    return part(composer, QuestionText)


def chips(composer: QWidget) -> list[ActionChip]:
    return composer.findChildren(ActionChip)


def words(composer: QWidget) -> str:
    return part(composer, Notice).words


def send_button(composer: QWidget) -> QPushButton:
    return next(button for button in composer.findChildren(QPushButton) if button.text() in ("Send", "Stop"))


def image() -> QImage:
    made = QImage(4, 3, QImage.Format.Format_RGB32)
    made.fill(QColor("#336699"))
    return made


def paste(qtbot: QtBot, composer: Composer, mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)
    qtbot.keyClick(field(composer), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


# --- sending ----------------------------------------------------------------------------------------------


def test_enter_sends_what_was_typed_as_a_question(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    qtbot.keyClicks(field(composer), "  why? ")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["why?", ASK]
    assert composer.text() == "  why? "


def test_the_enter_of_the_number_block_sends_too(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(field(composer), "why?")
    with qtbot.waitSignal(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)


def test_shift_enter_makes_a_line(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClicks(field(composer), "a")
        qtbot.keyClick(field(composer), Qt.Key.Key_Return, SHIFT)
        qtbot.keyClicks(field(composer), "b")
    assert composer.text() == "a\nb"


def test_enter_with_nothing_typed_runs_the_last_action(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["", "text"]
    composer.set_last_action("critique")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["", "critique"]


@pytest.mark.parametrize("last", [ASK, "gone", ""])
def test_without_a_last_action_the_first_chip_is_run(qtbot: QtBot, composer: Composer, last: str) -> None:
    composer.set_actions(ACTIONS, last)
    composer.set_pictures([READY])
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["", "describe"]


def test_the_marked_chip_is_what_enter_runs_now(qtbot: QtBot, composer: Composer) -> None:
    def marked() -> list[str]:
        return [chip.action_id for chip in chips(composer) if chip.isChecked()]

    assert marked() == []
    composer.set_pictures([READY])
    assert marked() == ["text"]
    qtbot.keyClicks(field(composer), "why?")
    assert marked() == []


def test_nothing_at_all_is_not_sent(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
        composer.set_pictures([BROKEN])
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert not send_button(composer).isEnabled()


def test_a_follow_up_to_words_alone_runs_no_action_on_enter(qtbot: QtBot, composer: Composer) -> None:
    composer.set_follow_up(True)
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
        qtbot.keyClick(field(composer), Qt.Key.Key_1, ALT)
    assert not send_button(composer).isEnabled()
    qtbot.keyClicks(field(composer), "And why?")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["And why?", ASK]


def test_more_than_can_be_sent_is_said_and_not_sent(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    removed: list[str] = []
    composer.set_limit("Too many.", [("Remove the last one", lambda: removed.append("last"))])
    assert composer.limit_row.words == "Too many."
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClicks(field(composer), "Why?")
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
        qtbot.keyClick(field(composer), Qt.Key.Key_1, ALT)
    assert (send_button(composer).isEnabled(), composer.text()) == (False, "Why?")
    qtbot.mouseClick(composer.limit_row.buttons[0], LEFT)
    assert removed == ["last"]
    composer.set_limit("")
    assert (send_button(composer).isEnabled(), composer.limit_row.words) == (True, "")


def test_a_follow_up_needs_no_picture_of_its_own(qtbot: QtBot, composer: Composer) -> None:
    composer.set_follow_up(True, has_pictures=True)
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert sent.args == ["", "text"]


def test_clicking_a_chip_runs_it_with_what_was_typed(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    qtbot.keyClicks(field(composer), "in German")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.mouseClick(chips(composer)[2], LEFT)
    assert sent.args == ["in German", "critique"]
    assert not chips(composer)[2].isChecked()


def test_alt_and_a_digit_runs_a_chip(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(field(composer), Qt.Key.Key_1, ALT)
    assert sent.args == ["", "describe"]
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_9, ALT)


def test_enter_on_a_focused_chip_runs_it(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    chips(composer)[0].setFocus()
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(chips(composer)[0], Qt.Key.Key_Return)
    assert sent.args == ["", "describe"]


def test_the_send_button_sends(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(field(composer), "why?")
    with qtbot.waitSignal(composer.submitted):
        qtbot.mouseClick(send_button(composer), LEFT)


def test_waiting_for_a_picture_is_said_until_it_is_here(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY, PENDING])
    qtbot.keyClicks(field(composer), "why?")
    with qtbot.waitSignal(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert "as soon as the pictures are ready" in words(composer)
    composer.set_pictures([READY, ChipState(8, "b.png", None, prepared())])
    assert words(composer) == ""


# --- input methods ----------------------------------------------------------------------------------------


def test_enter_while_an_input_method_is_composing_never_sends(qtbot: QtBot, composer: Composer) -> None:
    text = field(composer)
    qtbot.keyClicks(text, "Is this ")
    QApplication.sendEvent(text, QInputMethodEvent("にほ", []))
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(text, Qt.Key.Key_Return)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("日本")
    QApplication.sendEvent(text, commit)
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(text, Qt.Key.Key_Return)
    assert sent.args == ["Is this 日本", ASK]


# --- stopping and discarding ------------------------------------------------------------------------------


def test_esc_discards(qtbot: QtBot, composer: Composer) -> None:
    composer.show_problem("No longer of interest.")
    with qtbot.waitSignal(composer.discarded), qtbot.assertNotEmitted(composer.stop_requested):
        qtbot.keyClick(field(composer), Qt.Key.Key_Escape)
    assert words(composer) == ""


def test_while_an_answer_comes_send_is_stop_and_nothing_is_sent(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    composer.set_busy(True)
    assert send_button(composer).text() == "Stop"
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClicks(field(composer), "next")
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
        qtbot.keyClick(field(composer), Qt.Key.Key_1, ALT)
    assert composer.text() == "next"
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(send_button(composer), LEFT)
    with qtbot.waitSignal(composer.stop_requested), qtbot.assertNotEmitted(composer.discarded):
        qtbot.keyClick(field(composer), Qt.Key.Key_Escape)
    composer.set_busy(False)
    assert send_button(composer).text() == "Send"


# --- pictures ---------------------------------------------------------------------------------------------


def test_the_caption_says_how_the_picture_leaves() -> None:
    shrunk, whole = READY.prepared, replace(prepared(), source_width=1284)
    assert shrunk is not None
    file = replace(shrunk, source_bytes=4_300_000, source_format="PNG")
    same = replace(whole, source_bytes=218_000, source_format="PNG")
    leaves = "1284 × 716   PNG   212 kB"
    for image, caption in (
        (whole, leaves),
        (same, leaves),
        (shrunk, f"2568 × 716\n→  {leaves}"),
        (file, f"2568 × 716   PNG   4.1 MB\n→  {leaves}"),
        (replace(same, source_format="WEBP"), f"1284 × 716   WEBP   213 kB\n→  {leaves}"),
    ):
        assert caption_of([ChipState(7, "a.png", None, image)]) == caption
    assert caption_of([READY], lambda images: TokenRange(256, 768)).endswith("\nabout 256–768 tokens")
    assert caption_of([READY, READY, BROKEN]).split("   ") == ["2 pictures", "424 kB"]
    assert caption_of([READY, PENDING]) == "Preparing…"
    assert caption_of([BROKEN]) == caption_of([]) == ""


def test_a_chip_says_in_words_how_its_picture_is(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY, PENDING, BROKEN])
    said = [QAccessible.queryAccessibleInterface(chip).text(QAccessible.Text.Name) for chip in pictures(composer)]
    assert said == ["a.png: 1284 × 716", "b.png: Preparing…", "notes.txt: notes.txt is not a picture."]
    assert "It was shrunk." in pictures(composer)[0].toolTip()
    pages = replace(prepared(), frames=3, frame_word="page")
    assert ChipState(7, "a.tiff", None, pages, frame=1).in_words == "page 2 of 3 · 1284 × 716"


def pictures(composer: QWidget) -> tuple[PictureChip, ...]:
    return part(composer, PictureRow).chips


def test_a_picture_is_removed_by_button_and_by_key(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY, PENDING])
    button = next(
        each for each in pictures(composer)[1].findChildren(QToolButton) if each.accessibleName().startswith("Remove")
    )
    with qtbot.waitSignal(composer.picture_removed) as removed:
        qtbot.mouseClick(button, LEFT)
    assert removed.args == [8]
    part(pictures(composer)[0], QToolButton).setFocus()
    with qtbot.waitSignal(composer.picture_removed) as removed:
        qtbot.keyClick(part(pictures(composer)[0], QToolButton), Qt.Key.Key_Delete)
    assert removed.args == [7]


def test_the_focus_survives_news_about_a_picture_and_goes_to_the_text_with_it(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([PENDING])
    button = part(pictures(composer)[0], QToolButton)
    button.setFocus()
    composer.set_pictures([ChipState(8, "b.png", image(), prepared())])
    assert button.hasFocus()
    assert len(composer.findChildren(PictureChip)) == 1
    composer.set_pictures([])
    assert field(composer).hasFocus()


def test_the_thumbnail_is_shown(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([ChipState(8, "b.png", image(), prepared())])
    shown = part(pictures(composer)[0], ThumbnailButton).pixmap().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() // 2) == QColor("#336699")
    composer.focus_text()
    qtbot.mouseClick(part(pictures(composer)[0], ThumbnailButton), LEFT)
    assert field(composer).hasFocus()


# --- coming in --------------------------------------------------------------------------------------------


def test_a_pasted_image_becomes_a_picture(qtbot: QtBot, composer: Composer) -> None:
    mime = QMimeData()
    mime.setImageData(image())
    with qtbot.waitSignal(composer.incoming) as came:
        paste(qtbot, composer, mime)
    assert came.args is not None
    assert len(came.args[0].pictures) == 1
    assert composer.text() == ""


def test_pasted_text_goes_into_the_field(qtbot: QtBot, composer: Composer) -> None:
    mime = QMimeData()
    mime.setHtml("<b>why</b>")
    mime.setText("why")
    with qtbot.assertNotEmitted(composer.incoming):
        paste(qtbot, composer, mime)
    assert composer.text() == "why"


def test_pasted_files_become_pictures(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "ä b.png"))])
    with qtbot.waitSignal(composer.incoming) as came:
        paste(qtbot, composer, mime)
    assert came.args == [Incoming(files=(tmp_path / "ä b.png",))]


def test_text_that_brings_its_picture_is_inserted_and_the_picture_offered(qtbot: QtBot, composer: Composer) -> None:
    mime = QMimeData()
    mime.setImageData(image())
    mime.setText("Total 42")
    mime.setData("text/rtf", b"{\\rtf1 Total 42}")
    with qtbot.assertNotEmitted(composer.incoming):
        paste(qtbot, composer, mime)
    assert composer.text() == "Total 42"
    assert "also holds a picture" in words(composer)
    offer = next(button for button in composer.findChildren(QPushButton) if button.text() == "Add it")
    with qtbot.waitSignal(composer.incoming) as came:
        qtbot.mouseClick(offer, LEFT)
    assert came.args is not None
    assert (len(came.args[0].pictures), came.args[0].text) == (1, "")
    assert words(composer) == ""


def test_pasting_works_wherever_the_focus_is(qtbot: QtBot, composer: Composer) -> None:
    mime = QMimeData()
    mime.setImageData(image())
    QGuiApplication.clipboard().setMimeData(mime)
    send_button(composer).setFocus()
    with qtbot.waitSignal(composer.incoming):
        qtbot.keySequence(composer, QKeySequence("Ctrl+V"))


def test_drops_are_taken_anywhere(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png")), QUrl("https://example.org/b.png")])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(composer, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(composer.incoming) as came:
        QApplication.sendEvent(composer, drop)
    assert came.args == [Incoming(files=(tmp_path / "a.png",), links=("https://example.org/b.png",))]


def test_an_empty_drag_is_not_taken(qtbot: QtBot, composer: Composer) -> None:
    empty = QMimeData()
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, empty, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(composer, enter)
    assert not enter.isAccepted()


# --- looks ------------------------------------------------------------------------------------------------


def test_a_problem_is_said_and_keeps_the_draft(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(field(composer), "why?")
    composer.show_problem("xAI does not know this key.", "Check it in Settings.")
    assert words(composer) == "xAI does not know this key. Check it in Settings."
    assert composer.text() == "why?"
    with qtbot.waitSignal(composer.submitted):
        qtbot.keyClick(field(composer), Qt.Key.Key_Return)
    assert words(composer) == ""
    composer.show_problem("Again.")
    composer.clear()
    assert (words(composer), composer.text()) == ("", "")


def test_the_field_grows_to_six_lines_then_scrolls(qtbot: QtBot, composer: Composer) -> None:
    text = field(composer)
    line, heights = text.fontMetrics().lineSpacing(), []
    for lines in range(1, 9):
        composer.set_text("\n".join(["word"] * lines))
        heights.append(text.height())
    assert [height - heights[0] for height in heights] == [min(n, 5) * line for n in range(8)]
    composer.set_text("")
    assert text.height() == heights[0]
    composer.set_text("word " * 60)
    assert text.height() > heights[0]


def test_everything_has_a_name_and_a_size_that_can_be_hit(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY, BROKEN])
    composer.show_problem("A problem.", "A hint.")
    QApplication.processEvents()
    reachable = [
        widget
        for widget in composer.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(reachable) >= 9
    for widget in reachable:
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget
        if not isinstance(widget, QuestionText):
            assert widget.height() >= HIT_TARGET, widget
            assert widget.width() >= HIT_TARGET, widget


def test_tab_reaches_everything(qtbot: QtBot, composer: Composer) -> None:
    composer.set_pictures([READY])
    visited = set()
    for _ in range(20):
        qtbot.keyClick(composer.focusWidget(), Qt.Key.Key_Tab)
        visited.add(composer.focusWidget())
    assert {field(composer), send_button(composer), *chips(composer)} <= visited
    assert part(pictures(composer)[0], QToolButton) in visited


def test_icons_follow_the_scheme(qtbot: QtBot, theme: Theme, composer: Composer) -> None:
    composer.set_pictures([READY])
    button = part(pictures(composer)[0], QToolButton)
    seen = []
    for scheme in ("light", "dark"):
        theme.choose(scheme)
        seen.append([button.icon().pixmap(16).toImage(), send_button(composer).icon().pixmap(16).toImage()])
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


def test_actions_without_room_wait_in_a_menu(qtbot: QtBot, composer: Composer) -> None:
    many = tuple(Action(f"a{n}", f"Action number {n}", "...") for n in range(1, 13))
    composer.set_actions(many, "")
    composer.set_pictures([READY])
    QApplication.processEvents()
    row = part(composer, ActionChips)
    shown = [chip for chip in row.chips if chip.isVisible()]
    assert 0 < len(shown) < len(many)
    assert all(row.rect().contains(chip.geometry()) for chip in shown)
    waiting = part(row, QMenu).actions()
    assert [chip.text() for chip in shown] + [action.text() for action in waiting] == [
        chip.text() for chip in row.chips
    ]
    with qtbot.waitSignal(composer.submitted) as sent:
        waiting[-1].trigger()
    assert sent.args == ["", "a12"]


def test_a_long_profile_name_is_cut_short_but_told(qtbot: QtBot, composer: Composer) -> None:
    composer.set_profile("Somebody's very own server in the cellar · " + "model" * 20)
    button = next(each for each in composer.findChildren(QPushButton) if each.text().startswith("Somebody"))
    assert button.width() < 320
    assert "modelmodel" in QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    composer.focus_text()
    with qtbot.waitSignal(composer.profile_requested):
        qtbot.mouseClick(button, LEFT)
    assert not button.hasFocus()


def test_tab_walks_as_the_eye_does(composer: Composer) -> None:
    composer.set_profile("xAI")
    composer.offer_compare()
    composer.set_pictures([READY])
    composer.set_text("What is it?")
    composer.focus_text()
    names = []
    for _ in range(10):
        composer.focusNextPrevChild(False)
        focused = composer.focusWidget()
        names.append(focused.accessibleName() or getattr(focused, "text", str)())
    assert names[:3] == ["Add a picture", "Remove a.png", "More for a.png"]
    assert names[4:7] == ["Critique", "Text", "Describe"]
    assert names[7:] == ["Send", "Compare the answers of several models", "Answers come from xAI. Change"]


@pytest.mark.parametrize("width", [300, 400, 900])
def test_nothing_is_cut_off_at_any_width(qtbot: QtBot, composer: Composer, width: int) -> None:
    composer.set_profile("On this computer · reads text and codes, understands nothing")
    composer.set_pictures([ChipState(1, "a very long name of a picture.png", image(), prepared()), READY])
    composer.show_problem("Something went wrong.", "Do something about it.")
    composer.resize(width, 500)
    QApplication.processEvents()
    assert composer.width() == width
    for widget in composer.findChildren(QWidget):
        if widget.isVisible():
            place = QRect(widget.mapTo(composer, QPoint(0, 0)), widget.size())
            assert composer.rect().contains(place), widget
        if isinstance(widget, QLabel | QPushButton) and widget.isVisible() and not widget.property("wordWrap"):
            assert widget.width() >= widget.minimumSizeHint().width(), widget


def test_a_chip_shows_the_picture_itself(qtbot: QtBot, composer: Composer) -> None:
    red = Pixels(bytes((0x20, 0x30, 0xC0, 0)) * 60 * 40, 60, 40)
    composer.set_pictures([ChipState(1, "red.png", image_from(red), prepared(60, 40))])
    composer.show()
    [chip] = composer.findChildren(PictureChip)
    shown = chip.grab().toImage()
    assert QColor("#c03020") in [shown.pixelColor(x, chip.height() // 2) for x in range(8, 60, 8)]
