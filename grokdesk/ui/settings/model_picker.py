"""The window in which a model is chosen: searched in the server's list, or typed as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import Clock, Profile
from grokdesk.translation import N_, _
from grokdesk.ui.kit.captions import locale, minutes
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.theme import GAP_L, GAP_S, Theme
from grokdesk.ui.kit.two_lines import WHAT, selected, two_line_list, two_lines
from grokdesk.ui.settings.kept_models import ModelList, ModelSource

if TYPE_CHECKING:
    from grokdesk.model.money import Prices
    from grokdesk.providers.models.models import ModelInfo


T = TypeVar("T")
CHOOSE, CHOOSE_AND_ASK = N_("Choose"), N_("Choose and retry")
_WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ORDER = {True: 0, None: 1, False: 2}


class ModelPicker(QDialog):
    """Not modal. Models that see come first, those that do not last; any other name may be typed."""

    chosen = Signal(str)
    """A model's id, "" to leave it to the rule. The window closes."""

    def __init__(
        self,
        source: ModelSource,
        profile: Profile,
        theme: Theme,
        parent: QWidget | None = None,
        why: str = "",
        button: str = CHOOSE,
        clock: Clock = time.monotonic,
    ) -> None:
        """``why`` says what was wrong with the model before."""
        super().__init__(parent)
        self._source, self._profile, self._theme, self._clock = source, profile, theme, clock
        self._models: tuple[ModelInfo, ...] = ()
        self._job: Job[Any] | None = None
        self._waiting_for, self._since = "", 0.0
        self._told = ""
        self._is_settled = False
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self.count)
        self.setWindowTitle(_("Models of {name}").format(name=profile.name))
        self.resize(460, 520)
        self._build(why, button)
        self._connect()
        self._show_rows()
        self.refresh(afresh=False)

    def _build(self, why: str, button: str) -> None:
        self.why = _words(why, "bad")
        self.search = QLineEdit(placeholderText=_("Search, or type any model name"), clearButtonEnabled=True)
        self.search.setAccessibleName(_("Model"))
        self.list = two_line_list(self._theme, _("Models of {name}").format(name=self._profile.name))
        self.status = _words("", "caption")
        self.refresh_button = QPushButton(_("Refresh"))
        self.cancel_button = QPushButton(_("Cancel"))
        self.check = QPushButton(_("Test image support"))
        self.check.setToolTip(_("Asks the selected model which number a small image shows. Costs one short question."))
        self.by_rule = QPushButton(_("Let GrokDesk choose"))
        self.by_rule.setToolTip(_("The server's newest vision model."))
        self.choose = QPushButton(_(button), default=True)
        self.choose.setProperty("look", "primary")
        for quiet in (self.refresh_button, self.cancel_button, self.check, self.by_rule):
            quiet.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        layout.setSpacing(GAP_S)
        for widget in (self.why, self.search, self.list, self.status):
            layout.addWidget(widget, 1 if widget is self.list else 0)
        layout.addLayout(_row(self.check, self.refresh_button, self.cancel_button))
        layout.addLayout(_row(self.by_rule, None, self.choose))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._unsettle)
        self.search.textChanged.connect(self._show_rows)
        self.search.installEventFilter(self)
        self.list.itemSelectionChanged.connect(self._show_buttons)
        self.list.itemActivated.connect(self._choose)
        self.refresh_button.clicked.connect(lambda: self.refresh(afresh=True))
        self.cancel_button.clicked.connect(self._cancel)
        self.check.clicked.connect(self._check)
        self.by_rule.clicked.connect(lambda: self._done(""))
        self.choose.clicked.connect(self._choose_of_list)

    # --- what it shows ---

    @property
    def selected(self) -> str:
        """The id of the selected model, "" for none."""
        return str(selected(self.list) or "")

    @Slot()
    def _show_rows(self) -> None:
        """What fits the search; what was typed is the last row unless it is the name of a model."""
        typed = self.search.text().strip()
        # What was typed stands alone until the list is there: its row was not preferred to any other.
        was_alone = self.list.count() == 1 and all(self.selected != model.id for model in self._models)
        before = (not was_alone and self.selected) or self._profile.model
        fitting = [model for model in self._models if _fits(model, typed)]
        self.list.clear()
        for model in sorted(fitting, key=lambda model: _ORDER[model.supports_images]):
            self.list.addItem(row_of(model, in_use=self._profile.model in (model.id, *model.aliases)))
        if typed and all(typed != model.id for model in fitting):
            self.list.addItem(typed_row(typed))
        ids = [str(self.list.item(at).data(WHAT)) for at in range(self.list.count())]
        if ids:
            self.list.setCurrentRow(ids.index(before) if before in ids else 0)
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        is_busy = self._job is not None
        self.cancel_button.setVisible(is_busy)
        self.refresh_button.setEnabled(not is_busy)
        self.check.setEnabled(not is_busy and bool(self.selected))
        self.choose.setEnabled(bool(self.selected))

    @Slot()
    def count(self) -> None:
        """Bring what is said about the wait up to date."""
        waited = self._clock() - self._since
        self.status.setText(f"{self._waiting_for} {minutes(waited)}" if waited >= 1 else self._waiting_for)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list while the keyboard is in the search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _WALKING:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    # --- what it does ---

    def refresh(self, *, afresh: bool) -> None:
        source, profile = self._source, self._profile

        def work(cancel: CancelSwitch) -> list[ModelList]:
            return [source.models(profile, cancel, afresh=afresh)]

        self._run(_("Loading models of {name}…").format(name=profile.name), work, self._take_list)

    def _take_list(self, told: ModelList) -> None:
        self._models = told.models
        self._told = _summary(told, self._profile)
        self._show_rows()

    @Slot()
    def _check(self) -> None:
        source, profile, model = self._source, self._profile, self.selected

        def work(cancel: CancelSwitch) -> list[bool]:
            return [source.supports_images(profile, model, cancel)]

        self._run(_("Testing image support of {model}…").format(model=model), work, partial(self._take_vision, model))

    def _take_vision(self, model: str, supports_images: bool) -> None:
        self._models = tuple(
            replace(each, supports_images=supports_images) if each.id == model else each for each in self._models
        )
        self._told = (
            _("{model} supports images: it read the number.").format(model=model)
            if supports_images
            else _("{model} did not read the number.").format(model=model)
        )
        self._show_rows()

    def _run(self, words: str, work: Callable[[CancelSwitch], Iterable[T]], show: Callable[[T], None]) -> None:
        """One job at a time; the newest wins."""
        self._drop()
        self._job = job = Job(work, "models", self)
        job.arrived.connect(lambda items: show(items[-1]))
        job.failed.connect(self._fail)
        job.ended.connect(self._finish)
        self._waiting_for, self._since = words, self._clock()
        self._ticking.start()
        self.count()
        self._show_buttons()
        job.start()

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        self._told = "" if isinstance(error, Cancelled) else str(error)

    @Slot()
    def _finish(self) -> None:
        self._job = None
        self._ticking.stop()
        self.status.setText(self._told)
        self._show_buttons()
        if self._is_settled:
            self._choose()

    @Slot()
    def _cancel(self) -> None:
        self._unsettle()
        self._drop()
        self._finish()

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
            self._job = None

    @Slot()
    def _unsettle(self) -> None:
        self._is_settled = False

    @Slot()
    def _choose_of_list(self) -> None:
        """Who types a part of a name and presses Return may be faster than the server is with its list.

        Pressing it again takes what was typed.
        """
        if self._job is not None and not self._models and not self._is_settled:
            self._is_settled = True
        else:
            self._choose()

    @Slot()
    def _choose(self) -> None:
        if self.selected:
            self._done(self.selected)

    def _done(self, model: str) -> None:
        self.accept()
        self.chosen.emit(model)

    def done(self, result: int) -> None:
        self._drop()
        super().done(result)


def _fits(model: ModelInfo, typed: str) -> bool:
    """Every word that was typed is somewhere in the model's names."""
    names = " ".join((model.id, *model.aliases)).casefold()
    return all(word in names for word in typed.casefold().split())


def _summary(told: ModelList, profile: Profile) -> str:
    count = len(told.models)
    if not count:
        return _("{name} lists no models. Type a model name.").format(name=profile.name)
    words = "1 model" if count == 1 else f"{count} models"
    hours = int(told.age // 3600)
    when = (
        "just now"
        if told.age < 60
        else _("{int} min ago").format(int=int(told.age // 60))
        if not hours
        else _("{hours} h ago").format(hours=hours)
    )
    return _("{words}, updated {when}.").format(words=words, when=when)


def _words(text: str, look: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    label.setVisible(bool(text) or look == "caption")
    return label


def _row(*widgets: QPushButton | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP_S)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    if None not in widgets:
        row.addStretch(1)
    return row


SUPPORT = {True: N_("Supports images"), False: N_("No image support"), None: N_("Image support unknown")}


def about(model: ModelInfo, *, in_use: bool) -> str:
    """``In use · Supports images · $1.25 in, $2.50 out per million tokens · 500,000 token context``"""
    parts = [_("In use")] if in_use else []
    parts.append(_(SUPPORT[model.supports_images]))
    if model.prices is not None:
        parts.append(price(model.prices))
    if model.context:
        parts.append(_("{count} token context").format(count=locale().toString(model.context)))
    return " · ".join(parts)


def price(prices: Prices) -> str:
    if not prices.input and not prices.output:
        return _("free")
    return _("{input} in, {output} out per million tokens").format(
        input=_dollars(prices.input), output=_dollars(prices.output)
    )


def _dollars(amount: Decimal) -> str:
    """With as many decimals as the price has, two at the least."""
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return locale().toCurrencyString(float(amount), "$", min(decimals, 6))


def row_of(model: ModelInfo, *, in_use: bool) -> QListWidgetItem:
    return two_lines(model.id, model.id, about(model, in_use=in_use))


def typed_row(text: str) -> QListWidgetItem:
    """For a model that the server's list does not have under this name."""
    return two_lines(text, _("Use “{text}”").format(text=text), _("Custom model, not in the list"))
