"""The one place that owns numbers and colours: grid, radii, roles, palette, style sheet, icons.

Colours are asked for by role. Text roles have a contrast of at least 4.5:1 on ``window``, ``surface`` and
``raised``; ``line`` and ``accent`` of at least 3:1 (a test measures it).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from grokdesk.ui.kit.svg import draw_svg

GAP_XS, GAP_S, GAP_M, GAP_L, GAP_XL = 4, 8, 12, 16, 24
RADIUS_CONTROL, RADIUS_CARD = 6, 10
HIT_TARGET = 28
LINE_LENGTH = 90
"""Characters a line of an answer has at most, as far as LINE_WIDTH allows."""
LINE_WIDTH = (680, 760)
"""Pixels that a line of an answer has at least and at most where there is room, in a font of up to
``USUAL_FONT_PIXELS``; more in a larger one."""
USUAL_FONT_PIXELS = 15
CAPTION_SCALE, TITLE_SCALE = 0.85, 1.25
MOTION_MS = 140
PAINT_INTERVAL_MS = 33
"""Streams are painted at most this often."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A colour for each role, as #rrggbb."""

    window: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    warn: str
    bad: str
    selection: str
    on_selection: str
    scrim: str

    def color(self, role: str) -> QColor:
        return QColor(getattr(self, role))


LIGHT = Scheme(
    window="#f4f5f7",
    surface="#ffffff",
    raised="#eceef2",
    line="#868d98",
    text="#1b1f26",
    muted="#565e6b",
    accent="#2f5fd0",
    on_accent="#ffffff",
    good="#1d6b3a",
    warn="#7d5200",
    bad="#b3261e",
    selection="#cfdcfb",
    on_selection="#1b1f26",
    scrim="#000000",
)
DARK = Scheme(
    window="#181b20",
    surface="#20242b",
    raised="#2b3038",
    line="#7a828f",
    text="#e9ecf1",
    muted="#aab2bf",
    accent="#8ab0ff",
    on_accent="#10131a",
    good="#7fd6a0",
    warn="#f0c36b",
    bad="#ff9d94",
    selection="#2f4a86",
    on_selection="#e9ecf1",
    scrim="#000000",
)


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(color: QColor) -> float:
        channels = (
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (color.redF(), color.greenF(), color.blueF())
        )
        return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), channels, strict=True))

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Theme(QObject):
    """Follows the system between light and dark, live, and dresses the application."""

    changed = Signal()

    def __init__(self, app: QApplication, icons: Path) -> None:
        super().__init__(app)
        self._app = app
        self._icons = icons
        self._chosen = "system"
        self._drawn: dict[tuple[str, str, bool], QIcon] = {}
        self.scheme = LIGHT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    def choose(self, name: str) -> None:
        """``"light"``, ``"dark"``, or ``"system"`` to follow the desktop."""
        self._chosen = name
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # Where the platform can, its own dialogs and title bars follow too.
        self._app.styleHints().setColorScheme(schemes.get(name, Qt.ColorScheme.Unknown))
        self._follow()

    @property
    def is_dark(self) -> bool:
        return self.scheme is DARK

    @Slot()
    def _follow(self) -> None:
        system_is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._chosen == "dark" or (self._chosen == "system" and system_is_dark)
        self.scheme = DARK if dark else LIGHT
        self._app.setPalette(palette(self.scheme))
        sheet = style_sheet(self.scheme)
        if self._app.styleSheet() != sheet:  # every widget is polished again
            self._app.setStyleSheet(sheet)
        self.changed.emit()

    def color(self, role: str) -> QColor:
        return self.scheme.color(role)

    def font(self, scale: float = 1.0, *, bold: bool = False) -> QFont:
        font = QFont(self._app.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setBold(bold)
        return font

    def icon(self, name: str, role: str = "text") -> QIcon:
        """A line icon of ``resources/icons``, drawn in the colour of ``role`` at 16, 20, 24 and 32 px."""
        key = (name, role, self.is_dark)
        if (drawn := self._drawn.get(key)) is not None:
            return QIcon(drawn)
        icon = self._drawn[key] = QIcon()
        for size in (16, 20, 24, 32):
            icon.addPixmap(self.pixmap(name, size, role))
            disabled = self.pixmap(name, size, "line")
            icon.addPixmap(disabled, QIcon.Mode.Disabled)
        return icon

    def pixmap(self, name: str, size: int, role: str = "text") -> QPixmap:
        return draw_svg(self._icons / f"{name}.svg", QSize(size, size), self.color(role))


def palette(scheme: Scheme) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: scheme.window,
        QPalette.ColorRole.WindowText: scheme.text,
        QPalette.ColorRole.Base: scheme.surface,
        QPalette.ColorRole.AlternateBase: scheme.raised,
        QPalette.ColorRole.Text: scheme.text,
        QPalette.ColorRole.PlaceholderText: scheme.muted,
        QPalette.ColorRole.Button: scheme.raised,
        QPalette.ColorRole.ButtonText: scheme.text,
        QPalette.ColorRole.BrightText: scheme.bad,
        QPalette.ColorRole.Highlight: scheme.selection,
        QPalette.ColorRole.HighlightedText: scheme.on_selection,
        QPalette.ColorRole.Link: scheme.accent,
        QPalette.ColorRole.LinkVisited: scheme.accent,
        QPalette.ColorRole.ToolTipBase: scheme.raised,
        QPalette.ColorRole.ToolTipText: scheme.text,
        QPalette.ColorRole.Accent: scheme.accent,
    }
    made = QPalette()
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(scheme.line))
    return made


def style_sheet(scheme: Scheme) -> str:
    """Widgets choose a look by an object property: ``look`` = primary, chip, quiet, flush, icon, card, composer,
    picture, notice, bubble, bad-card, bare, caption, good, bad; in the panel also answer, fold, key, drop,
    drop-hint, note, floating, over-picture."""
    values = {field.name: getattr(scheme, field.name) for field in fields(scheme)}
    inside = {"hit": HIT_TARGET - 10, "icon": HIT_TARGET - 2, "icon_focused": HIT_TARGET - 4}
    return _STYLE.format(**values, **inside, control=RADIUS_CONTROL, card=RADIUS_CARD)


_STYLE = """
QPushButton, QToolButton {{
    border: 1px solid {line}; border-radius: {control}px; padding: 4px 10px; min-height: {hit}px;
    background: {surface}; color: {text};
}}
QPushButton:hover, QToolButton:hover {{ background: {raised}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {line}; }}
QPushButton[look="primary"], QToolButton[look="primary"] {{
    background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600;
}}
QPushButton[look="primary"]:focus, QToolButton[look="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[look="primary"]:disabled, QToolButton[look="primary"]:disabled {{
    background: {raised}; color: {muted}; border-color: {line};
}}
QPushButton[look="chip"] {{ border-radius: 14px; padding: 4px 12px; background: {raised}; border-color: {raised}; }}
QPushButton[look="chip"]:hover {{ border-color: {line}; }}
QPushButton[look="chip"]:checked {{ background: {selection}; color: {on_selection}; border-color: {accent}; }}
QPushButton[look="chip"]:focus {{ border: 2px solid {accent}; padding: 3px 11px; }}
QPushButton[look="quiet"], QToolButton[look="quiet"] {{ background: transparent; border-color: transparent; }}
QPushButton[look="quiet"]:hover, QToolButton[look="quiet"]:hover {{ background: {raised}; }}
QPushButton[look="quiet"]:focus, QToolButton[look="quiet"]:focus {{ border: 2px solid {accent}; }}
QToolButton[look="icon"] {{
    background: transparent; border-color: transparent; padding: 0; min-width: {icon}px; min-height: {icon}px;
}}
QToolButton[look="icon"]:hover {{ background: {raised}; border-color: {line}; }}
QToolButton[look="icon"]:focus {{
    border: 2px solid {accent}; padding: 0; min-width: {icon_focused}px; min-height: {icon_focused}px;
}}
QToolButton[look="over-picture"], QToolButton[look="over-picture"]:focus {{ padding: 0; min-height: 0; }}
QPushButton[look="flush"], QToolButton[look="flush"] {{
    background: transparent; border-color: transparent; padding: 4px 5px;
}}
QPushButton[look="flush"] {{ text-align: left; }}
QPushButton[look="flush"]:hover, QToolButton[look="flush"]:hover {{ background: {raised}; }}
QPushButton[look="flush"]:focus, QToolButton[look="flush"]:focus {{ border: 2px solid {accent}; padding: 3px 4px; }}
QPushButton[look="fold"] {{
    background: transparent; border-color: transparent; padding: 4px 6px 4px 0; color: {muted}; text-align: left;
}}
QPushButton[look="fold"]:hover {{ color: {text}; }}
QPushButton[look="fold"]:focus {{ border: 2px solid {accent}; padding: 3px 5px 3px 0; }}
QToolButton::menu-indicator {{ image: none; }}
QCheckBox::indicator:unchecked, QTreeView::indicator:unchecked {{
    width: 14px; height: 14px; background: {surface}; border: 1px solid {line}; border-radius: 3px;
}}
QFrame[look="card"] {{ background: {surface}; border: 1px solid {raised}; border-radius: {card}px; }}
QFrame[look="composer"] {{ background: {surface}; border: 1px solid {line}; border-radius: {card}px; }}
QFrame[look="picture"] {{ background: {raised}; border: none; border-radius: {control}px; }}
QFrame[look="notice"] {{ background: {raised}; border: none; border-radius: {control}px; }}
QFrame[look="bubble"] {{ background: {raised}; border: none; border-radius: {card}px; }}
QFrame[look="bad-card"] {{ background: {surface}; border: 1px solid {bad}; border-radius: {card}px; }}
QFrame[look="card"][focused="true"] {{ border-color: {accent}; }}
QFrame[look="drop"] {{ background: transparent; border: 1px dashed {line}; border-radius: {card}px; }}
QLabel[look="drop-hint"] {{
    background: {surface}; border: 2px dashed {accent}; border-radius: {card}px; font-weight: 600;
    qproperty-alignment: AlignCenter;
}}
QLabel[look="key"] {{
    background: {surface}; border: 1px solid {line}; border-bottom-width: 3px; border-radius: {control}px;
    padding: 4px 12px;
}}
QLabel[look="note"] {{
    background: {text}; color: {window}; border-radius: {control}px; padding: 6px 12px;
}}
QPushButton[look="floating"] {{ background: {surface}; border-radius: 14px; }}
QLabel[look="caption"] {{ color: {muted}; }}
QLabel[look="bad"] {{ color: {bad}; }}
QLabel[look="good"] {{ color: {good}; }}
QLineEdit, QPlainTextEdit, QTextEdit {{
    background: {surface}; color: {text}; border: 1px solid {line}; border-radius: {control}px; padding: 4px;
    selection-background-color: {selection}; selection-color: {on_selection}; placeholder-text-color: {muted};
}}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {accent}; padding: 3px; }}
QPlainTextEdit[look="bare"], QPlainTextEdit[look="bare"]:focus {{ background: transparent; border: none; padding: 0; }}
QComboBox, QSpinBox {{ min-height: {hit}px; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus, QSpinBox QLineEdit, QSpinBox QLineEdit:focus {{
    border: none; padding: 0 2px; background: transparent; }}
QTextBrowser[look="answer"] {{ background: transparent; border: none; padding: 0; }}
QTextBrowser[look="answer"]:focus {{ border: none; padding: 0; }}
QScrollArea {{ border: none; background: {window}; }}
QScrollBar:vertical {{ background: transparent; border: none; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; border: none; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
"""
