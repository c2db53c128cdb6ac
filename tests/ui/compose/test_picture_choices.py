from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from grokdesk.model import ImageLimits, Picture, Pixels, Region
from grokdesk.paths import resources
from grokdesk.pictures.decode.opening import open_picture, read_picture_file
from grokdesk.pictures.prepare.preparing import RememberingPreparer
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.crop_dialog import CropDialog
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.compose.picture_choices import PictureChoices
from grokdesk.ui.compose.question_text import QuestionText
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.theme import Theme
from tests.support.images.images import decoded, encoded, page_of_text, photo, quarters
from tests.support.images.pictures import capture
from tests.ui.compose.test_draft import download

LIMITS = ImageLimits(long_edge=800, max_images=5)
PAGE = Picture(
    "page.png", encoded(page_of_text(["All work and no play makes Jack a dull boy."] * 40, width=1500), "PNG")
)
KEY, SHIFT, CONTROL = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resources() / "icons")


@pytest.fixture
def composer(qtbot: QtBot, theme: Theme) -> Composer:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    composer.resize(600, 300)
    composer.show()
    return composer


@pytest.fixture
def draft(composer: Composer) -> Draft:
    return Draft(PictureSources(read_picture_file, download), RememberingPreparer(), composer, LIMITS)


@pytest.fixture
def choices(draft: Draft, composer: Composer, theme: Theme) -> PictureChoices:
    DraftComposer(draft, composer)
    return PictureChoices(draft, composer, theme, open_picture)


def add(qtbot: QtBot, draft: Draft, picture: Picture = PAGE) -> None:
    draft.add_picture(picture)
    qtbot.waitUntil(lambda: draft.is_ready)


def names(draft: Draft) -> list[str]:
    return [entry.name for entry in draft.entries]


def undo(composer: Composer) -> None:
    notice = composer.findChild(Notice)
    assert isinstance(notice, Notice)
    button = next(button for button in notice.findChildren(QPushButton) if button.text() == "Undo")
    button.click()


def click(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_nothing_is_said_of_a_picture_that_stays_legible(qtbot: QtBot, choices: PictureChoices, draft: Draft) -> None:
    add(qtbot, draft, Picture("photo.jpg", encoded(photo(1500, 900), "JPEG")))
    assert choices.notice.words == ""


def test_a_page_is_sent_in_parts_and_that_can_be_undone(
    qtbot: QtBot, choices: PictureChoices, draft: Draft, composer: Composer
) -> None:
    add(qtbot, draft, Picture("other.png", encoded(photo(60, 40), "PNG")))
    add(qtbot, draft)
    assert choices.notice.words == "Text in page.png may become too small to read when shrunk."
    assert choices.notice.tiles.text() == "Send in 4 parts"
    choices.notice.tiles.setFocus()
    click(qtbot, choices.notice.tiles)
    qtbot.waitUntil(lambda: len(draft.entries) == 5 and draft.is_ready)
    assert isinstance(composer.focusWidget(), QuestionText)
    assert names(draft)[0] == "other.png"
    assert names(draft)[1] == "page.png, part 1 of 4, top left"
    assert choices.notice.words == ""
    undo(composer)
    assert names(draft) == ["other.png", "page.png"]


def test_parts_that_would_be_too_many_are_not_offered(qtbot: QtBot, choices: PictureChoices, draft: Draft) -> None:
    for _ in range(2):
        draft.add_picture(Picture("other.png", encoded(photo(60, 40), "PNG")))
    add(qtbot, draft)
    assert choices.notice.words
    assert choices.notice.tiles.isHidden()


def test_who_wants_to_send_it_anyway_is_not_asked_again(qtbot: QtBot, choices: PictureChoices, draft: Draft) -> None:
    add(qtbot, draft)
    click(qtbot, choices.notice.anyway)
    assert choices.notice.words == ""
    add(qtbot, draft, Picture("small.png", encoded(photo(60, 40), "PNG")))
    assert choices.notice.words == ""
    add(qtbot, draft, Picture("page 2.png", PAGE.content))
    assert "page 2.png" in choices.notice.words


def test_the_original_is_sent_and_not_sent_any_more(qtbot: QtBot, choices: PictureChoices, draft: Draft) -> None:
    add(qtbot, draft)
    for wanted in (True, False):
        menu = choices.menu_for(draft.entries[0])
        original = next(action for action in menu.actions() if action.text() == "Send original")
        assert original.isChecked() is not wanted
        original.trigger()
        qtbot.waitUntil(lambda: draft.is_ready)
        prepared = draft.entries[0].prepared
        assert prepared is not None
        assert (prepared.width == 1500) is wanted
        assert bool(choices.notice.words) is not wanted
        menu.deleteLater()


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)")  # said by the offscreen platform
def test_the_menu_opens_at_the_chip(qtbot: QtBot, choices: PictureChoices, draft: Draft, composer: Composer) -> None:
    add(qtbot, draft)
    composer.picture_menu_requested.emit(draft.entries[0].id, QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


def test_a_crop_takes_the_place_of_the_picture_and_can_be_undone(
    qtbot: QtBot, choices: PictureChoices, draft: Draft, composer: Composer
) -> None:
    add(qtbot, draft)
    click(qtbot, choices.notice.crop)
    qtbot.waitUntil(lambda: bool(composer.findChildren(CropDialog)))
    dialog = composer.findChildren(CropDialog)[0]
    dialog.view.choose(Region(10, 20, 700, 300))
    click(qtbot, dialog.keep)
    qtbot.waitUntil(lambda: names(draft) == ["page.png, cropped"] and draft.is_ready)
    content = draft.entries[0].picture.content if draft.entries[0].picture else b""
    assert isinstance(content, Pixels)
    assert (content.width, content.height) == (700, 300)
    assert choices.notice.words == ""
    undo(composer)
    assert names(draft) == ["page.png"]


def test_what_was_covered_meanwhile_is_not_uncovered(
    qtbot: QtBot, choices: PictureChoices, draft: Draft, composer: Composer
) -> None:
    add(qtbot, draft)
    choices.divide(draft.entries[0].id)
    draft.replace_picture(draft.entries[0].id, Picture("covered.png", PAGE.content))
    notice = composer.findChild(Notice)
    assert isinstance(notice, Notice)
    qtbot.waitUntil(lambda: notice.words == "The picture has changed meanwhile. Try it again.")
    assert len(draft.entries) == 1
    qtbot.waitUntil(lambda: draft.is_ready)


def test_what_is_gone_meanwhile_is_not_brought_back(qtbot: QtBot, choices: PictureChoices, draft: Draft) -> None:
    add(qtbot, draft)
    (entry,) = draft.entries
    draft.remove(entry.id)
    assert draft.exchange((entry.id,), (PAGE,)) == ()
    assert draft.entries == ()


# --- the window that crops ----------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> CropDialog:
    dialog = CropDialog("shot", capture(400, 300).pixels, theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # qtbot deletes it
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.view.setFixedSize(400, 300)
    QApplication.processEvents()
    return dialog


def test_the_keyboard_moves_and_resizes_the_frame(qtbot: QtBot, dialog: CropDialog) -> None:
    assert dialog.view.region == Region(100, 75, 200, 150)
    qtbot.keyClick(dialog.view, KEY.Key_Right)
    qtbot.keyClick(dialog.view, KEY.Key_Down, CONTROL)
    qtbot.keyClick(dialog.view, KEY.Key_Left, SHIFT)
    qtbot.keyClick(dialog.view, KEY.Key_Down, SHIFT | CONTROL)
    assert dialog.view.region == Region(101, 85, 199, 160)
    assert dialog.view.accessibleDescription() == "199 × 160 at 101, 85"
    with qtbot.waitSignal(dialog.cropped) as cropped:
        qtbot.keyClick(dialog.view, KEY.Key_Return)
    assert cropped.args == [Region(101, 85, 199, 160)]
    assert not dialog.isVisible()


def test_the_pointer_draws_moves_and_pulls_the_frame(qtbot: QtBot, dialog: CropDialog) -> None:
    left = Qt.MouseButton.LeftButton

    def drag(start: tuple[int, int], end: tuple[int, int]) -> Region:
        qtbot.mousePress(dialog.view, left, pos=QPoint(*start))
        qtbot.mouseMove(dialog.view, QPoint(*end))
        qtbot.mouseRelease(dialog.view, left, pos=QPoint(*end))
        return dialog.view.region

    assert drag((10, 10), (50, 40)) == Region(10, 10, 41, 31)
    assert drag((30, 25), (40, 35)) == Region(20, 20, 41, 31)
    assert drag((60, 50), (80, 90)) == Region(20, 20, 61, 71)
    assert drag((300, 200), (999, 999)) == Region(300, 200, 100, 100)


def test_escape_crops_nothing(qtbot: QtBot, dialog: CropDialog) -> None:
    with qtbot.assertNotEmitted(dialog.cropped):
        qtbot.keyClick(dialog.view, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_another_page_of_a_file_is_chosen_in_the_menu(
    qtbot: QtBot, choices: PictureChoices, draft: Draft, composer: Composer
) -> None:
    pages = [quarters(), quarters().rotate(180)]
    add(qtbot, draft, Picture("scan.tif", encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])))
    menu = choices.menu_for(draft.entries[0])
    next(action for action in menu.actions() if action.text() == "Page 1 of 2…").trigger()
    dialog = composer.findChild(QInputDialog)
    assert isinstance(dialog, QInputDialog)
    dialog.setIntValue(2)
    dialog.accept()
    qtbot.waitUntil(lambda: draft.is_ready)
    (entry,) = draft.entries
    assert entry.prepared is not None
    assert entry.prepared.notes == ("Only page 2 of 2 is sent.",)
    assert decoded(entry.prepared.data).convert("RGB").getpixel((30, 14)) == (255, 0, 0)
