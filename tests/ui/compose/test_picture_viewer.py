from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from grokdesk.model import Region
from grokdesk.paths import resources
from grokdesk.questions.scan import NO_PROMISE
from grokdesk.ui.compose.picture_boxes import Box, Boxes
from grokdesk.ui.compose.picture_canvas import PictureCanvas
from grokdesk.ui.compose.picture_viewer import PictureViewer
from grokdesk.ui.kit.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")

LEFT = Qt.MouseButton.LeftButton
WHOLE = Region(0, 0, 800, 400)
FOUND = Box(Region(100, 100, 200, 50), "card number")


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, resources() / "icons")
    yield theme
    theme.choose("system")


@pytest.fixture
def viewer(qtbot: QtBot, theme: Theme) -> PictureViewer:
    """Shows a grey picture of half the size of what it stands for."""
    viewer = PictureViewer(theme, QIcon(), QSize(500, 500))
    qtbot.addWidget(viewer)
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    viewer.show_picture(image, WHOLE, Boxes((FOUND,)), "a.png", "1 item found: card number.", "800 × 400")
    return viewer


def at(canvas: PictureCanvas, x: int, y: int) -> QPoint:
    """Where a pixel of the picture is on the canvas."""
    return QPoint(round(x * canvas.zoom), round(y * canvas.zoom))


def drag(qtbot: QtBot, canvas: PictureCanvas, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)


def test_the_whole_picture_is_seen_and_what_it_cannot_promise_is_said(viewer: PictureViewer) -> None:
    canvas = viewer.canvas
    assert canvas.width() <= 500
    assert canvas.zoom == pytest.approx(canvas.width() / 800, abs=0.01)
    said = [label.text() for label in viewer.findChildren(type(viewer._promise))]
    assert NO_PROMISE in said
    assert "1 item found: card number." in said
    assert viewer.windowTitle() == "GrokDesk: a.png"


def test_only_what_is_redacted_is_black_and_a_suggestion_leaves_the_picture_readable(
    qtbot: QtBot, viewer: PictureViewer
) -> None:
    canvas, middle = viewer.canvas, at(viewer.canvas, 200, 125)
    burnt = Box(Region(400, 100, 200, 50), "IBAN", is_burnt=True)
    suggested = canvas.grab().toImage().pixelColor(middle)
    assert min(suggested.red(), suggested.green(), suggested.blue()) > 80
    assert suggested != QColor("#808080")
    canvas.take(Boxes((FOUND, burnt)))
    assert canvas.grab().toImage().pixelColor(at(canvas, 500, 125)) == QColor("black")
    qtbot.mouseClick(canvas, LEFT, pos=middle)
    assert canvas.boxes.kept == (FOUND.region,)
    assert canvas.grab().toImage().pixelColor(middle) == QColor("#808080")


def test_a_drag_covers_more_and_another_moves_it(qtbot: QtBot, viewer: PictureViewer) -> None:
    canvas = viewer.canvas
    drag(qtbot, canvas, at(canvas, 400, 200), at(canvas, 600, 300))
    added = canvas.boxes.boxes[1]
    assert added.rule == ""
    assert abs(added.region.x - 400) <= 2
    assert abs(added.region.width - 200) <= 4
    drag(qtbot, canvas, at(canvas, 500, 250), at(canvas, 540, 250))
    assert abs(canvas.boxes.boxes[1].region.x - 440) <= 4
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.boxes.boxes == (FOUND,)


def test_the_keyboard_does_it_all(qtbot: QtBot, viewer: PictureViewer) -> None:
    canvas = viewer.canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.accessibleDescription() == "card number, redacted"
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.accessibleDescription() == "card number, not redacted"
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    assert canvas.accessibleName() == "Picture with 2 boxes"
    before = canvas.boxes.boxes[1].region
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    after = canvas.boxes.boxes[1].region
    assert (after.x, after.y) == (before.x + 1, before.y + 10)
    assert (after.width, after.height) == (before.width + 1, before.height)
    for _ in range(4):
        qtbot.keyClick(viewer, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(canvas.boxes.boxes) == 1
    qtbot.keyClick(viewer, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert len(canvas.boxes.boxes) == 2
    with qtbot.waitSignal(viewer.applied) as applied:
        qtbot.keyClick(viewer, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert applied.args[0].kept == (FOUND.region,)
    assert not viewer.isVisible()


def test_tab_leaves_behind_the_last_box(qtbot: QtBot, viewer: PictureViewer) -> None:
    for _ in range(2):
        qtbot.keyClick(viewer.canvas, Qt.Key.Key_Tab)
    assert viewer.canvas.boxes.selected is None
    assert not viewer.canvas.hasFocus()


def test_zoom(qtbot: QtBot, viewer: PictureViewer) -> None:
    canvas = viewer.canvas
    fitting = canvas.zoom
    qtbot.keyClick(viewer, Qt.Key.Key_Plus)
    assert canvas.zoom == pytest.approx(fitting * 1.25)
    viewer.resize(620, 500)
    assert canvas.zoom == pytest.approx(fitting * 1.25)
    qtbot.keyClick(viewer, Qt.Key.Key_1)
    assert canvas.zoom == pytest.approx(1 / viewer.devicePixelRatioF())
    qtbot.keyClick(viewer, Qt.Key.Key_0)
    assert fitting < canvas.zoom < 1
    spot = QPointF(canvas.rect().center())
    turn = QWheelEvent(
        spot,
        spot,
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = canvas.zoom
    QApplication.sendEvent(canvas, turn)
    assert canvas.zoom == pytest.approx(before / 1.25)


def test_escape_changes_nothing_and_tells_the_size(qtbot: QtBot, viewer: PictureViewer) -> None:
    with qtbot.assertNotEmitted(viewer.applied), qtbot.waitSignal(viewer.closed) as closed:
        qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert closed.args == [viewer.size()]
    assert viewer.canvas.boxes == Boxes()


def test_every_tool_has_a_name_and_only_those_that_work_are_on(viewer: PictureViewer) -> None:
    tools = {tool.accessibleName(): tool.isEnabled() for tool in viewer.findChildren(QToolButton) if tool.toolTip()}
    assert tools["Undo (Ctrl+Z)"] is False
    assert tools["Add a box (B)"] is True
    assert len(tools) == 7
