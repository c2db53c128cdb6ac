"""Who is compared: every profile with the models of its server, to be checked; found by typing, or added by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from grokdesk.model import Profile
from grokdesk.providers.models.models import ModelInfo
from grokdesk.questions.compare import LEAST, MOST
from grokdesk.translation import N_, _
from grokdesk.ui.kit.theme import GAP_S

FEW = 20
"""A list of so many models is shown at once."""
_WORDS = Qt.ItemDataRole.UserRole
_IMAGE_SUPPORT = {True: "", False: N_("  (no image support)"), None: ""}


class CompareChoice(QWidget):
    """``chosen`` are words as on the command line: PROFILE or PROFILE/MODEL, in the order in which they were chosen."""

    changed = Signal()
    left = Signal()
    """Esc: the person has chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: list[str] = []
        self._profiles: dict[str, QTreeWidgetItem] = {}
        self.filter = QLineEdit(placeholderText=_("Find a model, or type profile/model and press Enter"))
        self.filter.setAccessibleName(_("Find a model"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._find)
        self.filter.returnPressed.connect(self._add_typed)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(_("Models to compare"))
        self.tree.itemChanged.connect(self._take)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("look", "caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_S)
        for part in (self.filter, self.tree, self.words):
            layout.addWidget(part)
        self._tell()

    # --- what it shows ---

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(self._chosen)

    def show_profiles(self, profiles: Sequence[Profile], chosen: Sequence[str]) -> None:
        """``chosen`` that no longer exist are left out."""
        with QSignalBlocker(self.tree):
            self.tree.clear()
            self._profiles.clear()
            for profile in profiles:
                name = f"{profile.name} · {profile.model}" if profile.model else profile.name
                item = _row(name, profile.id)
                self._profiles[profile.id] = item
                self.tree.addTopLevelItem(item)
            self._chosen = []
            for words in chosen[:MOST]:
                self._choose(words)
        self._tell()

    def show_models(self, profile_id: str, models: Sequence[ModelInfo]) -> None:
        """The list of a profile's server has come."""
        item = self._profiles.get(profile_id)
        if item is None:
            return
        with QSignalBlocker(self.tree):
            known = {child.data(0, _WORDS) for child in _children(item)}
            for model in models:
                words = f"{profile_id}/{model.id}"
                if words not in known:
                    item.addChild(_row(f"{model.id}{_IMAGE_SUPPORT[model.supports_images]}", words))
        self._find(self.filter.text())

    # --- what the person does ---

    @Slot(QTreeWidgetItem, int)
    def _take(self, item: QTreeWidgetItem, _column: int) -> None:
        words, is_checked = str(item.data(0, _WORDS)), item.checkState(0) == Qt.CheckState.Checked
        if is_checked and words not in self._chosen:
            if len(self._chosen) >= MOST:
                with QSignalBlocker(self.tree):
                    item.setCheckState(0, Qt.CheckState.Unchecked)
                self._tell(_("Choose at most {count} models.").format(count=MOST))
                return
            self._chosen.append(words)
        elif not is_checked and words in self._chosen:
            self._chosen.remove(words)
        self._tell()
        self.changed.emit()

    @Slot()
    def _add_typed(self) -> None:
        """What was typed as PROFILE/MODEL, also a model that no list has; else the first row that was found."""
        typed = self.filter.text().strip()
        if not typed:
            self.left.emit()
        elif typed.partition("/")[0] in self._profiles and len(self._chosen) < MOST:
            with QSignalBlocker(self.tree):
                self._choose(typed)
            self.filter.clear()
            self._tell()
            self.changed.emit()
        elif (found := self._first_found()) is not None:
            found.setCheckState(0, Qt.CheckState.Checked)
            self.filter.clear()
        else:
            self._tell(
                _("No profile or model is called {name}. Profiles: {profiles}.").format(
                    name=typed, profiles=", ".join(self._profiles)
                )
            )

    @Slot(str)
    def _find(self, text: str) -> None:
        text = text.strip().casefold()
        for item in self._profiles.values():
            shown = 0
            for child in _children(item):
                hidden = text not in str(child.data(0, _WORDS)).casefold() and text not in child.text(0).casefold()
                child.setHidden(hidden)
                shown += not hidden
            item.setHidden(not shown and text not in item.text(0).casefold())
            item.setExpanded(bool(text and shown) or self._has_chosen(item) or item.childCount() <= FEW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # --- rows ---

    def _choose(self, words: str) -> None:
        """Check a row, which is made for a model that no list has."""
        profile_id, _, model = words.partition("/")
        parent = self._profiles.get(profile_id)
        if parent is None or words in self._chosen:
            return
        item = next((row for row in self._rows(parent) if row.data(0, _WORDS) == words), None)
        if item is None:
            item = _row(model, words)
            parent.insertChild(0, item)
        item.setCheckState(0, Qt.CheckState.Checked)
        parent.setExpanded(parent.childCount() > 0)
        self._chosen.append(words)

    def _rows(self, parent: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        return [parent, *_children(parent)]

    def _has_chosen(self, parent: QTreeWidgetItem) -> bool:
        return any(str(row.data(0, _WORDS)) in self._chosen for row in self._rows(parent)[1:])

    def _first_found(self) -> QTreeWidgetItem | None:
        rows = (row for parent in self._profiles.values() for row in self._rows(parent)[::-1])
        text = self.filter.text().strip().casefold()
        free = (row for row in rows if not row.isHidden() and row.data(0, _WORDS) not in self._chosen)
        return next((row for row in free if text in str(row.data(0, _WORDS)).casefold()), None)

    def _tell(self, words: str = "") -> None:
        count = len(self._chosen)
        few = _("Choose {least} to {most}.") if count < LEAST else _("{count} of at most {most}.")
        few = few.format(least=LEAST, most=MOST, count=count)
        self.words.setText(words or few)


def _row(text: str, words: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setData(0, _WORDS, words)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    return item


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (item.child(at) for at in range(item.childCount()))
    return [child for child in found if child is not None]
