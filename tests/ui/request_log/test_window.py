"""The window of the request log, with a real ledger file behind it."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from grokdesk.model.requests import RequestRecord
from grokdesk.paths import resources
from grokdesk.store.months import month_of
from grokdesk.store.request_log.request_log import PAGE, RequestLog, Wanted
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.request_log.window import RequestLogWindow
from grokdesk.ui.request_log.words import COLUMNS, KINDS, OUTCOMES, facts, totals
from tests.support.servers.outgoing_requests import WHEN, ending, outgoing

PLACES = {name: place for place, (name, _) in enumerate(COLUMNS)}


class Stage:
    def __init__(self, qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.file = folder / "ledger.sqlite3"
        self.saved_as = ""
        self.request_log = RequestLog(self.file)
        theme = Theme(qapp, resources() / "icons")
        choose = lambda _window, _title, _name: self.saved_as  # noqa: E731
        self.budget = ""
        self.window = RequestLogWindow(
            self.request_log, lambda: self.budget, self.request_log.delete, theme, QIcon(), choose, QSize(900, 620)
        )
        qtbot.addWidget(self.window)

    def load(self) -> None:
        """Show what is there, and wait until all of it has come."""
        with self.qtbot.waitSignal(self.window.model.choices_came):
            self.window.reload()
        self.window.show()

    def column(self, name: str) -> list[str]:
        model = self.window.model
        return [str(model.data(model.index(row, PLACES[name]))) for row in range(model.rowCount())]


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Stage:
    return Stage(qtbot, qapp, tmp_path)


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.request_log.begin(
        outgoing(WHEN - timedelta(days=40), profile="Ollama", host="localhost:11434"), ending("0.5")
    )
    stage.request_log.begin(outgoing(), ending("0.25", is_estimate=True))
    stage.load()
    return stage


def multiply(file: Path, count: int) -> None:
    """So many copies of the one request that is there."""
    with closing(sqlite3.connect(file)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(request)")][1:]
        columns = ", ".join(names)
        numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)"
        copies = f"INSERT INTO request ({columns}) {numbers} SELECT {columns} FROM request, n"  # noqa: S608
        connection.execute(copies, (count,))
        connection.commit()


def test_the_newest_is_first_and_its_facts_are_shown(filled: Stage) -> None:
    assert filled.column("host") == ["api.x.ai", "localhost:11434"]
    assert filled.window.current is not None
    assert "https://api.x.ai/v1/responses" in filled.window.details.toPlainText()
    assert filled.window.totals.text() == (
        "2 requests · 2 images · 553 kB · 532 tokens · $0.75, about $0.25 of it estimated"
    )


def test_nothing_yet_is_said(stage: Stage) -> None:
    stage.load()
    assert stage.window.empty.isVisible()
    assert stage.window.empty.text() == "No requests yet."
    assert not stage.window.show_sent.isEnabled()
    assert not stage.window.delete.isEnabled()


def test_the_budget_is_said_when_there_is_one(filled: Stage) -> None:
    assert not filled.window.budget.isVisible()
    filled.budget = "This month: $6.00 of $10.00 budget."
    filled.load()
    assert filled.window.budget.isVisible()
    assert filled.window.budget.text() == filled.budget


def test_words_a_month_and_a_profile_narrow_it(qtbot: QtBot, filled: Stage) -> None:
    window = filled.window
    with qtbot.waitSignal(window.model.choices_came):
        window.filter.text.setText("OLLAMA")
    assert filled.column("profile") == ["Ollama"]
    assert window.totals.text().startswith("1 request ·")
    window.filter.text.clear()
    with qtbot.waitSignal(window.model.choices_came):
        window.filter.month.setCurrentIndex(window.filter.month.findData(month_of(WHEN)))
        window.filter.month.activated.emit(1)
    assert filled.column("profile") == ["xAI"]
    with qtbot.waitSignal(window.model.choices_came):
        window.filter.profile.setCurrentIndex(window.filter.profile.findData("Ollama"))
        window.filter.profile.activated.emit(1)
    assert window.empty.text() == "No matching requests."


def test_a_click_on_a_column_sorts(qtbot: QtBot, filled: Stage) -> None:
    with qtbot.waitSignal(filled.window.model.choices_came):
        filled.window.table.sortByColumn(PLACES["cost"], Qt.SortOrder.DescendingOrder)
    assert filled.column("profile") == ["Ollama", "xAI"]


def test_pages_come_while_the_person_scrolls(qtbot: QtBot, stage: Stage) -> None:
    stage.request_log.begin(outgoing(), ending())
    multiply(stage.file, PAGE + 100)
    stage.load()
    model = stage.window.model
    assert model.rowCount() == PAGE
    with qtbot.waitSignal(model.page_came):
        stage.window.table.scrollToBottom()
    assert model.rowCount() == PAGE + 101
    entries = [model.entry(row) for row in range(model.rowCount())]
    assert len({entry.id for entry in entries if entry}) == PAGE + 101
    assert not model.canFetchMore(model.index(-1, -1))


def test_a_hundred_thousand_open_with_a_page(qtbot: QtBot, stage: Stage) -> None:
    """Which takes about 70 ms; the sums of all follow."""
    stage.request_log.begin(outgoing(pictures=()), ending())
    multiply(stage.file, 100_000)
    with qtbot.waitSignal(stage.window.model.page_came):
        stage.window.reload()
        stage.window.show()
    assert stage.window.model.rowCount() == PAGE
    qtbot.waitUntil(lambda: stage.window.totals.text().startswith("100,001 requests"))


def test_what_is_shown_is_exported(qtbot: QtBot, filled: Stage, tmp_path: Path) -> None:
    window = filled.window
    window.filter.text.setText("ollama")
    with qtbot.waitSignal(window.model.choices_came):
        window.filter.text.returnPressed.emit()
    window.export.click()
    assert not list(tmp_path.glob("*.csv"))  # the person did not choose a file
    filled.saved_as = str(tmp_path / "out.csv")
    window.export.click()
    qtbot.waitUntil(lambda: "out.csv" in window.notice.words)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["profile"] for row in csv.DictReader(file)] == ["Ollama"]


def test_an_export_shows_how_far_it_is_and_can_be_cancelled(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    """The person presses the button when 499 of 40,001 are ready."""
    stage.request_log.begin(outgoing(pictures=()), ending())
    multiply(stage.file, 40_000)
    stage.load()
    window = stage.window
    stage.saved_as = str(tmp_path / "out.csv")
    window.export.click()
    assert not window.export.isEnabled()
    cancel = next(button for button in window.notice.findChildren(QPushButton) if button.text() == "Cancel")
    qtbot.waitUntil(lambda: " of 40,001" in window.notice.words)
    cancel.click()
    qtbot.waitUntil(lambda: window.notice.words == "Cancelled. No file was written.")
    assert not (tmp_path / "out.csv").exists()
    assert window.export.isEnabled()


def test_a_dismissed_progress_does_not_come_back(filled: Stage) -> None:
    notice = filled.window.notice
    notice.show_progress("Exporting…", lambda: None)
    notice.update_progress("Exporting… 500 of 1,000.")
    assert notice.words == "Exporting… 500 of 1,000."
    notice.close_notice()
    notice.update_progress("Exporting… 600 of 1,000.")
    assert notice.words == ""


def test_an_export_that_fails_is_told(qtbot: QtBot, filled: Stage, tmp_path: Path) -> None:
    filled.saved_as = str(tmp_path / "nowhere" / "out.csv")
    filled.window.export.click()
    qtbot.waitUntil(lambda: "cannot be written" in filled.window.notice.words)


def test_deleting_is_asked_first_and_takes_what_is_shown(qtbot: QtBot, filled: Stage) -> None:
    window = filled.window
    window.filter.text.setText("ollama")
    with qtbot.waitSignal(window.model.choices_came):
        window.filter.text.returnPressed.emit()
    window.delete.click()
    assert window.notice.words.startswith("Delete the 1 request shown?")
    assert filled.request_log.sums().requests == 2
    yes = next(button for button in window.notice.findChildren(QPushButton) if button.text() == "Delete")
    with qtbot.waitSignal(window.model.choices_came):
        yes.click()
    assert [entry.outgoing.profile for entry in filled.request_log.page(Wanted())] == ["xAI"]


def test_a_ledger_that_cannot_be_read_is_told(qtbot: QtBot, stage: Stage) -> None:
    stage.file.mkdir()
    stage.window.show()
    with qtbot.waitSignal(stage.window.model.failed):
        stage.window.reload()
    assert "The request log cannot be opened." in stage.window.notice.words


def test_where_it_is_narrow_the_most_important_stays(filled: Stage) -> None:
    def shown() -> list[str]:
        return [name for name, place in PLACES.items() if not filled.window.table.isColumnHidden(place)]

    assert shown() == list(PLACES)
    filled.window.resize(420, 600)
    assert shown() == ["at", "host", "cost", "outcome"]


def test_the_current_entry_stays_when_something_leaves(qtbot: QtBot, filled: Stage) -> None:
    filled.window.table.selectRow(1)
    filled.request_log.begin(outgoing(WHEN + timedelta(days=1)))
    filled.load()
    assert filled.window.table.currentIndex().row() == 2
    assert filled.window.current is not None
    assert filled.window.current.outgoing.profile == "Ollama"


def test_it_is_done_with_the_keyboard(qtbot: QtBot, filled: Stage) -> None:
    window = filled.window
    window.table.setFocus()
    qtbot.keyClick(window.table, Qt.Key.Key_Down)
    assert "Profile: Ollama" in window.details.toPlainText()
    with qtbot.waitSignal(window.sent_requested) as asked:
        qtbot.keyClick(window.show_sent, Qt.Key.Key_Space)
    assert isinstance(asked.args[0] if asked.args else None, RequestRecord)
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


def test_every_part_has_a_name(filled: Stage) -> None:
    window = filled.window
    parts = (window.table, window.details, window.totals, window.filter.text, window.filter.month)
    assert all(part.accessibleName() for part in (*parts, window.filter.profile))


# --- words -------------------------------------------------------------------------------------------------


def test_every_kind_and_outcome_has_words() -> None:
    for kind in KINDS:
        for outcome in OUTCOMES:
            entry = RequestRecord(1, outgoing(kind=kind), ending(outcome=outcome))
            assert all(facts(entry))


def test_facts_say_what_is_known_and_what_is_not() -> None:
    known = "\n".join(facts(RequestRecord(1, outgoing(), ending())))
    for words in (
        "Stored by provider: no",
        "2 redacted",
        "SHA-256 ab12",
        "266 tokens (216 input, 50 output)",
        "$0.0123, reported by the server",
    ):
        assert words in known
    temporary = outgoing(is_temporary=True, stored=None)
    unknown = "\n".join(facts(RequestRecord(1, temporary, ending(None, status=None, seconds=None))))
    for words in ("Temporary conversation", "provider default", "Cost not reported"):
        assert words in unknown


def test_totals_say_what_they_do_not_know(stage: Stage) -> None:
    stage.request_log.begin(outgoing(), ending(None))
    assert totals(stage.request_log.sums()).endswith("$0.00 · 1 with cost not reported")
