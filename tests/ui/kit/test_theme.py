from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.ui.kit.theme import DARK, LIGHT, Scheme, Theme, contrast


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("background", ["window", "surface", "raised"])
@pytest.mark.parametrize("role", ["text", "muted", "good", "warn", "bad"])
def test_text_can_be_read(scheme: Scheme, role: str, background: str) -> None:
    assert contrast(scheme.color(role), scheme.color(background)) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("background", ["window", "surface"])
@pytest.mark.parametrize("role", ["line", "accent"])
def test_controls_can_be_seen(scheme: Scheme, role: str, background: str) -> None:
    assert contrast(scheme.color(role), scheme.color(background)) >= 3


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_colour_can_be_read(scheme: Scheme) -> None:
    assert contrast(scheme.color("on_accent"), scheme.color("accent")) >= 4.5
    assert contrast(scheme.color("on_selection"), scheme.color("selection")) >= 4.5


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)


def test_choosing_a_scheme_dresses_the_application(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp, resources() / "icons")
    try:
        theme.choose("dark")
        assert theme.is_dark
        assert qapp.palette().window().color() == QColor(DARK.window)
        with qtbot.waitSignal(theme.changed):
            theme.choose("light")
        assert not theme.is_dark
        assert qapp.palette().window().color() == QColor(LIGHT.window)
    finally:
        theme.choose("system")
        theme.deleteLater()


def test_an_icon_is_drawn_once_a_scheme(qapp: QApplication) -> None:
    theme = Theme(qapp, resources() / "icons")
    try:
        theme.choose("light")
        light = theme.icon("stop", "muted")
        assert theme.icon("stop", "muted").cacheKey() == light.cacheKey()
        assert theme.icon("stop").cacheKey() != light.cacheKey()
        theme.choose("dark")
        dark = theme.icon("stop", "muted")
        assert dark.pixmap(16).toImage() != light.pixmap(16).toImage()
    finally:
        theme.choose("system")
        theme.deleteLater()
