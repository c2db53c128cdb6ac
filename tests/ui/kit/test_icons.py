from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from grokdesk.paths import resources
from grokdesk.ui.kit.svg import draw_svg

FOLDER = resources() / "icons"
LINE_ICONS = sorted(file.stem for file in FOLDER.glob("*.svg") if file.stem != "app" and "tray-" not in file.stem)
TRAY_ICONS = ["tray-idle", "tray-busy", "tray-done", "tray-attention"]
SVG = "{http://www.w3.org/2000/svg}"


def ink(name: str, size: int) -> list[int]:
    """The alpha of every pixel, row by row."""
    image = draw_svg(FOLDER / f"{name}.svg", QSize(size, size), QColor("black")).toImage()
    assert (image.width(), image.height()) == (size, size)
    return [image.pixelColor(x, y).alpha() for y in range(size) for x in range(size)]


def numbers_of(file: Path) -> list[float]:
    """Every absolute or relative number in the drawing; on a 24 px grid none is larger than 24."""
    found: list[str] = []
    for element in ElementTree.parse(file).iter():  # noqa: S314 - our own files
        for key in ("d", "cx", "cy", "r", "x", "y", "width", "height"):
            if element.tag != f"{SVG}svg":
                found += re.findall(r"-?\d*\.?\d+", element.get(key, ""))
    return [float(number) for number in found]


def test_what_the_windows_ask_for_is_there() -> None:
    asked = {
        match
        for file in (Path(__file__).parents[3] / "grokdesk" / "ui").rglob("*.py")
        for match in re.findall(r"\b(?:icon|pixmap)\(\s*\"([a-z-]+)\"", file.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= set(LINE_ICONS) | {"app"}


@pytest.mark.parametrize("name", [*LINE_ICONS, *TRAY_ICONS])
def test_line_icons_are_of_one_family(name: str) -> None:
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()  # noqa: S314 - our own files
    assert root.get("viewBox") == "0 0 24 24"
    assert (root.get("stroke"), root.get("fill")) == ("currentColor", "none")
    assert (root.get("stroke-linecap"), root.get("stroke-linejoin")) == ("round", "round")
    if name in LINE_ICONS:
        assert root.get("stroke-width") == "1.75"
    colours = {value for element in root.iter() for key in ("fill", "stroke") if (value := element.get(key))}
    assert colours <= {"currentColor", "none"}
    assert all(abs(number) <= 24 for number in numbers_of(FOLDER / f"{name}.svg"))


@pytest.mark.parametrize("name", ["app", *LINE_ICONS, *TRAY_ICONS])
@pytest.mark.parametrize("size", [16, 20, 24])
def test_every_icon_can_be_seen_and_keeps_a_margin(qapp: QApplication, name: str, size: int) -> None:
    alphas = ink(name, size)
    assert sum(alpha > 127 for alpha in alphas) >= size // 3
    if name != "app":
        edge = [alphas[i * size + j] for i in range(size) for j in range(size) if {i, j} & {0, size - 1}]
        assert max(edge) < 200


@pytest.mark.parametrize("size", [16, 22])
def test_the_states_of_the_tray_differ_by_shape(qapp: QApplication, size: int) -> None:
    drawn = {name: ink(name, size) for name in TRAY_ICONS}
    for index, first in enumerate(TRAY_ICONS):
        for second in TRAY_ICONS[index + 1 :]:
            differing = sum(abs(a - b) > 100 for a, b in zip(drawn[first], drawn[second], strict=True))
            assert differing >= size // 2, (first, second)


def test_no_two_icons_are_the_same(qapp: QApplication) -> None:
    drawn = {tuple(ink(name, 24)) for name in [*LINE_ICONS, *TRAY_ICONS]}
    assert len(drawn) == len(LINE_ICONS) + len(TRAY_ICONS)


def test_the_app_icon_is_in_colour(qapp: QApplication) -> None:
    image = draw_svg(FOLDER / "app.svg", QSize(16, 16), QColor("black")).toImage()
    assert image.pixelColor(8, 1).saturation() > 100
    assert any(image.pixelColor(x, y).lightness() > 220 for x in range(16) for y in range(16))
