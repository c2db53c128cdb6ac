"""The fields of a profile that most people leave as they are: one class a kind, each shows and reads one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from grokdesk.translation import N_, _
from grokdesk.ui.kit.theme import GAP_S, GAP_XS

MEGABYTE = 1024 * 1024


class Field(QWidget):
    """A value of a profile's table, with what is wrong with it below."""

    edited = Signal()

    def __init__(self, control: QWidget, name: str, beside: QWidget | None = None) -> None:
        super().__init__()
        self.control = control
        self.setFocusProxy(control)
        control.setAccessibleName(name)
        self.error = QLabel(wordWrap=True)
        self.error.setProperty("look", "bad")
        self.error.hide()
        row = QHBoxLayout()
        row.setSpacing(GAP_S)
        row.addWidget(control, 1)
        if beside is not None:
            row.addWidget(beside)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP_XS)
        self.column.addLayout(row)
        self.column.addWidget(self.error)

    def show_error(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
        self.control.setAccessibleDescription(words)

    def show_value(self, value: Any) -> None:
        raise NotImplementedError

    def value(self) -> Any:
        """As it stands in the table of a profile; whether it can stay is for others to say."""
        raise NotImplementedError


class TextField(Field):
    def __init__(self, name: str, placeholder: str = "", beside: QWidget | None = None) -> None:
        self.line = QLineEdit(placeholderText=placeholder)
        super().__init__(self.line, name, beside)
        self.line.editingFinished.connect(self.edited)

    def show_value(self, value: Any) -> None:
        self.line.setText(str(value))

    def value(self) -> str:
        return self.line.text().strip()


class FileField(TextField):
    def __init__(self, name: str, placeholder: str, kinds: str) -> None:
        self._kinds = kinds
        choose = QPushButton(_("Choose…"))
        choose.setAccessibleName(_("Choose: {name}").format(name=name))
        choose.clicked.connect(self._choose)
        super().__init__(name, placeholder, choose)

    @Slot()
    def _choose(self) -> None:
        file, _chosen = QFileDialog.getOpenFileName(self, _("Choose a file"), self.value(), self._kinds)
        if file:
            self.line.setText(file)
            self.edited.emit()


class SwitchField(Field):
    def __init__(self, title: str) -> None:
        self.box = QCheckBox(title)
        super().__init__(self.box, title)
        self.box.clicked.connect(self.edited)

    def show_value(self, value: Any) -> None:
        self.box.setChecked(bool(value))

    def value(self) -> bool:
        return self.box.isChecked()


class ChoiceField(Field):
    def __init__(self, name: str, choices: Mapping[str, str]) -> None:
        self.choice = QComboBox()
        for value, title in choices.items():
            self.choice.addItem(_(title), value)
        super().__init__(self.choice, name)
        self.choice.activated.connect(self.edited)

    def show_value(self, value: Any) -> None:
        self.choice.setCurrentIndex(self.choice.findData(value))

    def value(self) -> Any:
        return str(self.choice.currentData())


class FormatsField(ChoiceField):
    """In the table a list of formats."""

    def __init__(self, name: str) -> None:
        super().__init__(name, {"png jpeg": N_("PNG and JPEG"), "jpeg": N_("JPEG only"), "png": N_("PNG only")})

    def show_value(self, value: Any) -> None:
        super().show_value(" ".join(value))

    def value(self) -> Any:
        return str(super().value()).split()


class Number(QSpinBox):
    """Turning the wheel over a page scrolls it and changes no number."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(Field):
    """``factor``: the table counts in smaller units than the person, bytes for example. ``usual``: the word for 0."""

    def __init__(self, name: str, least: int, most: int, unit: str, *, factor: int = 1, usual: str = "") -> None:
        self.number, self._factor, self._given = Number(), factor, 0
        self.number.setRange(least, most)
        self.number.setSuffix(f" {unit}" if unit else "")
        self.number.setSpecialValueText(usual)
        super().__init__(self.number, name)
        self.number.valueChanged.connect(self.edited)

    def show_value(self, value: Any) -> None:
        self._given = int(value)
        self.number.blockSignals(True)
        self.number.setValue(round(self._given / self._factor))
        self.number.blockSignals(False)

    def value(self) -> int:
        """What was given, to the last byte, while its rounded form was not changed."""
        shown = self.number.value()
        return self._given if shown == round(self._given / self._factor) else shown * self._factor


IN_KEYRING = N_("(kept in the keyring)")
"""Stands for the value of a header that nobody may read."""


class HeadersField(Field):
    """One ``Name: value`` a line."""

    def __init__(self, name: str) -> None:
        self.text = QPlainTextEdit(placeholderText="X-Title: GrokDesk", tabChangesFocus=True)
        self.text.setFixedHeight(3 * self.text.fontMetrics().height() + 2 * GAP_S)
        super().__init__(self.text, name)
        self.text.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.edited.emit()
        return super().eventFilter(watched, event)

    def show_value(self, value: Any) -> None:
        self.text.setPlainText("\n".join(name if text is None else f"{name}: {text}" for name, text in value.items()))

    def value(self) -> dict[str, str | None]:
        """None for a line without a colon."""
        headers: dict[str, str | None] = {}
        for line in self.text.toPlainText().splitlines():
            name, colon, text = line.partition(":")
            if line.strip():
                headers[name.strip()] = text.strip() if colon else None
        return headers


class ProxyField(Field):
    def __init__(self, name: str) -> None:
        self.choice = QComboBox()
        for value, title in (("system", _("System default")), ("none", _("None")), ("", _("Custom:"))):
            self.choice.addItem(_(title), value)
        self.line = QLineEdit(placeholderText="http://proxy:3128 or socks5://127.0.0.1:1080")
        self.line.setAccessibleName(_("Address of the proxy"))
        super().__init__(self.choice, name)
        self.column.insertWidget(1, self.line)
        self.choice.activated.connect(self._choose)
        self.line.editingFinished.connect(self.edited)

    def show_value(self, value: Any) -> None:
        at = self.choice.findData(value)
        self.choice.setCurrentIndex(at if at >= 0 else self.choice.findData(""))
        self.line.setText("" if at >= 0 else str(value))
        self.line.setVisible(at < 0)

    def value(self) -> str:
        return str(self.choice.currentData()) or self.line.text().strip()

    @Slot()
    def _choose(self) -> None:
        by_hand = not self.choice.currentData()
        self.line.setVisible(by_hand)
        if by_hand and not self.line.text():
            self.line.setFocus()  # there is nothing to keep before an address is typed
        else:
            self.edited.emit()
