from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from grokdesk import errors
from grokdesk.errors import GrokDeskError, Remedy
from grokdesk.model import (
    CUT,
    FAILED,
    STOPPED,
    Ended,
    Finished,
    ModelNamed,
    Noticed,
    Prepared,
    ReasoningDelta,
    Retrying,
    TextDelta,
    Usage,
    UsageReported,
)
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.error_card import ErrorCard
from tests.support.windows.panel import IMAGE, Desk, ask, ended, settle, visible_texts

# --- an answer from start to end ---


def test_an_answer_streams_and_ends(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    assert desk.panel.busy
    desk.panel.take([Prepared(()), ModelNamed("grok-4.5"), TextDelta("The **build")])
    desk.panel.take([TextDelta("** fails")])
    qtbot.waitUntil(lambda: desk.answer().view.toPlainText() == "The build fails")
    usage = Usage(input_tokens=1000, output_tokens=203, cost_usd=Decimal("0.0021"))
    desk.panel.take(
        [
            UsageReported(usage),
            Finished("stop"),
            ended("The **build** fails", model="grok-4.5", usage=usage, seconds=0.84),
        ]
    )
    qtbot.waitUntil(lambda: not desk.panel.busy)
    assert desk.answer().foot.caption.text() == "grok-4.5 · 1,203\u00a0tokens · $0.0021 · 0.8\u00a0s"
    assert desk.said == ["Asked. The answer is coming.", "The answer is complete."]


def test_what_happens_before_the_first_word_is_said(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    status = desk.answer().status
    assert status.text() == "Preparing…"
    desk.panel.take([Prepared((IMAGE,))])
    assert status.text() == "Sending 1284 × 716 PNG, 212 kB…"
    desk.wait(5)
    assert status.text() == "Sending 1284 × 716 PNG, 212 kB… 0:05"
    desk.panel.take([Retrying("The server asked to wait.", 3.0, 1)])
    qtbot.waitUntil(lambda: status.text() == "The server asked to wait. Trying again in 3 s…")
    desk.wait(2.5)
    assert status.text() == "The server asked to wait. Trying again in 1 s…"
    desk.wait(1)
    assert status.text() == "The server asked to wait. Trying again…"
    desk.panel.take([ModelNamed("grok-4.5")])
    qtbot.waitUntil(lambda: status.text() == "Waiting for the answer…")
    desk.panel.take([TextDelta("Yes")])
    qtbot.waitUntil(lambda: not status.isVisible())


def test_reasoning_is_folded_and_counted(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([Prepared(()), ReasoningDelta("Let me *see*.")])
    fold = desk.answer().fold
    desk.wait(12)
    assert fold.header.text() == "Thinking… 0:12"
    assert fold.view is None
    fold.header.click()
    assert fold.view is not None
    assert fold.view.toPlainText() == "Let me see."
    desk.panel.take([ReasoningDelta(" Yes.\n\nSo."), TextDelta("It is a cat."), ended("It is a cat.", reasoning="…")])
    qtbot.waitUntil(lambda: not desk.panel.busy)
    assert fold.header.text() == "Thought for 12 s"
    assert fold.view.toPlainText() == "Let me see. Yes.\nSo."
    fold.header.click()
    assert not fold.view.isVisible()


def test_the_final_text_is_exact(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([TextDelta("One tw")])
    desk.panel.take([ended("One two three")])
    qtbot.waitUntil(lambda: desk.answer().view.toPlainText() == "One two three")


def test_stop_keeps_what_came(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([TextDelta("Half an ans")])
    desk.panel.take([TextDelta("wer")])
    desk.panel.stop_shown()
    assert not desk.panel.busy
    assert desk.answer().view.toPlainText() == "Half an answer"
    assert "Stopped." in visible_texts(desk.answer())
    assert desk.said[-1] == "Stopped."
    desk.panel.take(
        [TextDelta(" and more"), ended("Half an answer", finish=STOPPED, error=errors.Cancelled(), model="m")]
    )
    settle(desk, qtbot)
    assert desk.answer().view.toPlainText() == "Half an answer"
    assert desk.answer().error_card is None
    assert desk.answer().foot.caption.text() == "m"


def test_a_turn_that_is_not_kept_says_so(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    turn = ended("Text").turn
    desk.panel.take([Ended(turn, None, errors.HistoryTooNew("The history is newer.", "Update GrokDesk."))])
    assert "Not saved in the history. The history is newer. Update GrokDesk." in visible_texts(desk.answer())


def test_what_was_done_otherwise_than_asked_stays_below_the_answer(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    sentence = "This model takes no effort, so none was asked for."
    turn = ended("Text").turn
    kept = replace(turn, answer=replace(turn.answer, notices=(sentence,)))
    desk.panel.take([Noticed(sentence), Ended(kept)])
    assert sentence in visible_texts(desk.answer())


def test_another_model_is_said_once_and_one_can_be_chosen(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    notice = Noticed("old was asked for; new answers.", is_minor=True, passed_over="old")
    desk.panel.take([notice, ModelNamed("new"), ended("Text", model="new")])
    said = [words for words in visible_texts(desk.answer()) if "new" in words]
    assert said == ["new answered instead of old"]
    button = desk.answer().foot.model_button
    assert button.isVisibleTo(desk.answer())
    assert button.accessibleName() == "Choose another model"
    with qtbot.waitSignal(desk.panel.other_model_requested):
        button.click()
    first = desk.answer()
    desk.panel.begin_answer("new")
    assert first.foot.model_button.isHidden()
    desk.panel.take([ModelNamed("new"), ended("Text", model="new")])
    assert desk.answer().foot.model_button.isHidden()


# --- errors ---


def too_long() -> GrokDeskError:
    return errors.RequestTooLarge("The question is too large.", "Begin anew.", remedy=Remedy.NEW_CONVERSATION)


REMEDIES: dict[Remedy, tuple[GrokDeskError, str]] = {
    Remedy.RETRY: (errors.Interrupted("The connection broke off.", "Try again."), "retry_requested"),
    Remedy.OPEN_SETTINGS: (errors.KeyRefused("The key is not accepted.", "Enter another."), "settings_requested"),
    Remedy.CHOOSE_MODEL: (errors.ModelNotFound("There is no such model.", "Choose one."), "model_requested"),
    Remedy.SEND_SMALLER: (errors.RequestTooLarge("The question is too large.", "Send less."), "smaller_requested"),
    Remedy.NEW_CONVERSATION: (too_long(), "new_requested"),
    Remedy.COPY_DETAILS: (errors.RequestRefused("The server refused.", "It said 400."), "details_requested"),
    Remedy.ADD_PICTURE: (errors.PictureMissing("There is no picture.", "Add one."), "picture_requested"),
    Remedy.ASK_ONCE: (errors.BudgetUsedUp("The budget is used up.", "Raise it."), "once_requested"),
}


def test_every_remedy_is_covered() -> None:
    assert set(REMEDIES) == set(Remedy)


@pytest.mark.parametrize("remedy", Remedy)
def test_an_error_card_has_exactly_one_button(desk: Desk, qtbot: QtBot, remedy: Remedy) -> None:
    error, signal = REMEDIES[remedy]
    ask(desk)
    desk.panel.take([TextDelta("Partial"), ended("Partial", (IMAGE,), finish=CUT, error=error, model="grok-4.5")])
    card = desk.answer().error_card
    assert card is not None
    assert error.title in visible_texts(card)
    assert error.hint in visible_texts(card)
    (button,) = [button for button in card.findChildren(QAbstractButton) if button.isVisibleTo(card)]
    assert button.text() == remedy.value
    with qtbot.waitSignal(getattr(desk.panel, signal)) as asked:
        button.click()
    if remedy is Remedy.COPY_DETAILS:
        assert asked.args is not None
        assert asked.args[0].splitlines()[1:] == [
            "RequestRefused: The server refused.",
            "It said 400.",
            "Model: grok-4.5",
        ]
    assert desk.answer().view.toPlainText() == "Partial"
    assert desk.said[-1] == str(error)
    settle(desk, qtbot)
    assert desk.answer().foot.retry_button.isVisible() == (remedy is not Remedy.RETRY)


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        (errors.KeyMissing("There is no key."), "key"),
        (errors.CreditsUsedUp("The credits are used up."), "key"),
        (errors.NotTrusted("The certificate is not trusted."), "ca_file"),
    ],
)
def test_the_settings_open_where_the_error_is_cured(
    desk: Desk, qtbot: QtBot, error: GrokDeskError, setting: str
) -> None:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=error)])
    card = desk.answer().error_card
    assert card is not None
    with qtbot.waitSignal(desk.panel.settings_requested) as asked:
        card.button.click()
    assert asked.args == [setting]


def test_a_question_without_pictures_cannot_be_sent_smaller(desk: Desk) -> None:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=errors.RequestTooLarge("The question is too large."))])
    card = desk.answer().error_card
    assert card is not None
    assert card.button.text() == "New conversation"


def test_an_error_is_not_changed_by_what_is_offered(desk: Desk) -> None:
    """The rows of a comparison may share it."""
    error = errors.RequestTooLarge("The question is too large.")
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=error)])
    assert error.remedy is Remedy.SEND_SMALLER


def slowed_down(desk: Desk, seconds: float = 90.0) -> ErrorCard:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=errors.RateLimited("Rate limited.", "", retry_after=seconds))])
    card = desk.answer().error_card
    assert card is not None
    return card


def test_a_break_that_the_server_wants_is_counted_down(desk: Desk, qtbot: QtBot) -> None:
    card = slowed_down(desk)
    assert card.button.text() == "Retry in 1:30"
    desk.now += 60
    card.count()
    assert card.button.text() == "Retry in 0:30"
    desk.now += 30
    card.count()
    assert card.button.text() == "Retry"
    with qtbot.waitSignal(desk.panel.retry_requested):
        card.button.click()


def test_pressed_sooner_it_asks_when_the_break_is_over(desk: Desk, qtbot: QtBot) -> None:
    card = slowed_down(desk)
    with qtbot.assertNotEmitted(desk.panel.retry_requested):
        card.button.click()
        assert card.button.text() == "Retrying in 1:30. Cancel"
        desk.now += 89
        card.count()
    desk.now += 1
    with qtbot.waitSignal(desk.panel.retry_requested):
        card.count()


def test_waiting_for_the_end_of_a_break_can_be_cancelled(desk: Desk, qtbot: QtBot) -> None:
    card = slowed_down(desk)
    card.button.click()
    card.button.click()
    assert card.button.text() == "Retry in 1:30"
    desk.now += 91
    with qtbot.assertNotEmitted(desk.panel.retry_requested):
        card.count()


def test_nothing_is_asked_again_from_above_a_newer_question(desk: Desk, qtbot: QtBot) -> None:
    card = slowed_down(desk)
    card.button.click()
    ask(desk)
    desk.now += 91
    with qtbot.assertNotEmitted(desk.panel.retry_requested):
        card.count()
    assert not card.button.isEnabled()


def test_trying_again_can_be_cancelled_where_it_is_counted(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([Prepared(()), Retrying("Rate limited.", 12.0, 1)])
    settle(desk, qtbot)
    button = desk.answer().cancel_wait
    assert button.isVisible()
    with qtbot.waitSignal(desk.panel.stop_requested):
        button.click()
    desk.panel.take([TextDelta("Text")])
    settle(desk, qtbot)
    assert not button.isVisible()


def test_an_error_without_any_text(desk: Desk) -> None:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=errors.KeyMissing("There is no key.", "Enter one."))])
    assert not desk.answer().view.isVisibleTo(desk.panel)
    assert not desk.answer().foot.copy_button.isVisibleTo(desk.panel)


def test_text_of_an_error_is_not_html(desk: Desk) -> None:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=errors.RequestRefused("<b>No</b>", "<img src='http://127.0.0.1/x'>"))])
    labels = desk.answer().findChildren(QLabel)
    assert "<b>No</b>" in [label.text() for label in labels]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels if label.text())


def test_an_answer_that_never_ended_can_be_given_up(desk: Desk) -> None:
    ask(desk)
    desk.panel.take([TextDelta("Some")])
    desk.panel.show_error(errors.Bug("GrokDesk hit an internal error.", "Please report it."))
    assert not desk.panel.busy
    assert desk.answer().error_card is not None


def test_retry_can_be_clicked(desk: Desk, qtbot: QtBot) -> None:
    """The card that holds the button goes away while it is being clicked."""
    desk.panel.retry_requested.connect(desk.panel.begin_answer)
    ask(desk)
    for _ in range(3):
        desk.panel.take([ended(finish=FAILED, error=errors.NotReachable("Not reachable.", ""))])
        settle(desk, qtbot)
        card = desk.answer().error_card
        assert card is not None
        qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
        settle(desk, qtbot)
        assert desk.panel.busy
        assert len(desk.panel.findChildren(AnswerCard)) == 1


def test_asking_again_replaces_an_empty_answer_and_keeps_a_partial_one(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([ended(finish=FAILED, error=errors.NotReachable("Not reachable.", ""))])
    desk.panel.begin_answer()
    settle(desk, qtbot)
    assert len(desk.panel.transcript.answers) == 1
    desk.panel.take([TextDelta("Half"), ended("Half", finish=CUT, error=errors.Interrupted("Cut off.", ""))])
    settle(desk, qtbot)
    desk.panel.begin_answer()
    first, second = desk.panel.transcript.answers
    assert first.view.toPlainText() == "Half"
    assert "The answer was cut off here. Retried below." in visible_texts(first)
    assert first.error_card is not None
    assert not first.error_card.button.isEnabled()
    assert second.stage == "preparing"


# --- painting ---


def test_a_burst_is_painted_at_most_thirty_times_a_second(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([TextDelta("Start ")])
    changes: list[int] = []
    desk.answer().view.document().contentsChanged.connect(lambda: changes.append(1))
    for number in range(500):
        desk.panel.take([TextDelta(f"{number} ")])
    assert changes == []
    qtbot.waitUntil(lambda: desk.answer().view.toPlainText().endswith("499"), timeout=1000)
    assert len(changes) == 1


def test_no_timer_runs_when_nothing_happens(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([ReasoningDelta("hm"), TextDelta("Text"), ended("Text")])
    desk.panel.show_note("Copied")
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in desk.panel.findChildren(QTimer)), timeout=4000)


@pytest.mark.parametrize("width", [420, 900])
def test_what_is_on_the_screen_is_what_a_full_repaint_would_draw(desk: Desk, qtbot: QtBot, width: int) -> None:
    """Growing answers are painted in parts only."""
    desk.panel.resize(width, 500)
    ask(desk)
    text = "A list:\n\n- one\n- two\n\n```\ncode\nmore\n```\n\n| a |\n|---|\n| b |\n\n> quote\n\n" * 4
    for start in range(0, len(text), 9):
        desk.answer().take([TextDelta(text[start : start + 9])])
        QApplication.processEvents()
        QApplication.processEvents()
    assert shown(desk.panel) == drawn(desk.panel)
    desk.panel.take([ended(text, model="m", seconds=1.0)])
    settle(desk, qtbot)
    assert shown(desk.panel) == drawn(desk.panel)
    desk.panel.resize(width + 60, 450)
    settle(desk, qtbot)
    assert shown(desk.panel) == drawn(desk.panel)


def shown(widget: QWidget) -> QImage:
    return widget.screen().grabWindow(widget.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
