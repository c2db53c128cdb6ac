"""A battle and a fight in the window of comparisons, before a real server that speaks as Concurred's may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.questions.compare import HOLDER
from grokdesk.store.request_log.request_log import RequestLog, Wanted
from grokdesk.store.settings.profiles import find_profile
from grokdesk.ui.kit.notice import Notice
from tests.support.images.pictures import picture
from tests.support.servers.outgoing_requests import ending, outgoing
from tests.support.servers.replies import Reply, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import DONE, event
from tests.support.windows.comparing import CompareStage, saying
from tests.support.windows.keystores import MemoryStore

Make = Callable[..., CompareStage]
KEY = "con-key-of-these-tests"
SAID = [
    {"model": "grok", "round": 1, "delta": "One"},
    {"model": "claude", "delta": "Two"},
    {"model": "grok", "round": 1, "delta": " more."},
    {"type": "score", "grok": 3},
]


def told(*events: object) -> Reply:
    return Reply.stream([*(event(each) for each in events), DONE])


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Make]:
    stages: list[CompareStage] = []
    with ScriptedServer() as server:

        def make(
            *, key: str = KEY, dialect: str = "concurred-vision", scan: str = "off", **settings: object
        ) -> CompareStage:
            own = {"id": "con", "name": "Con", "dialect": dialect, "base_url": server.url, "scan": scan}
            server.on("GET", "/api/v1/vision", Reply.json({"models": ["grok", "claude"]}))
            keys = MemoryStore({"con": key} if key else {})
            replies = {"a": saying("x"), "b": saying("y")}
            stage = CompareStage(qapp, home, server, replies, keys=keys, profiles=(own,), **settings)
            stages.append(stage)
            qtbot.addWidget(stage.desk.window)
            stage.desk.open()
            return stage

        yield make
        for stage in stages:
            stage.desk.shut_down(5)


def ready(qtbot: QtBot, stage: CompareStage, title: str, *, profile: str = "con") -> None:
    ways = stage.desk.window.ways
    qtbot.waitUntil(ways.isEnabled)
    stage.choose("grok", "claude", profile=profile)
    ways.setCurrentIndex(next(at for at in range(ways.count()) if ways.itemText(at).startswith(title)))


def asked(stage: CompareStage) -> list[str]:
    """Where questions went."""
    ways = ("/battle", "/fight", "/completions")
    return [request.path for request in stage.server.requests if request.path.endswith(ways)]


def problem(stage: CompareStage) -> str:
    """What is said under the text."""
    return " ".join(notice.words for notice in stage.desk.question.composer.findChildren(Notice))


def test_a_column_is_opened_for_whoever_speaks(qtbot: QtBot, make: Make) -> None:
    stage = make()
    stage.server.on("POST", "/api/v1/fight", told(*SAID))
    ready(qtbot, stage, "Fight")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle and len(stage.desk.window.columns.columns) == 3)
    assert [stage.text(at) for at in (1, 2, 3)] == [
        "**Round 1**\n\nOne more.",
        "Two",
        '`{"type": "score", "grok": 3}`\n\n',
    ]
    assert [stage.column(at).contestant.label for at in (1, 2, 3)] == ["Con · grok", "Con · claude", "Con · Concurred"]
    (request,) = [request for request in stage.server.requests if request.path == "/api/v1/fight"]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json == {"message": "Why?", "mode": "fight", "models": ["grok", "claude"], "stream": True}
    assert stage.desk.question.composer.text() == "Why?"


def test_a_vote_for_one_of_them_is_kept(qtbot: QtBot, make: Make) -> None:
    stage = make()
    stage.server.on("POST", "/api/v1/battle", told(*SAID[:2]))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle and 2 in stage.desk.window.columns.columns)
    shown: list[str] = []
    stage.desk.sent_requested.connect(shown.append)
    card = stage.column(2).card
    assert card is not None
    card.foot.sent_button.click()
    (entry,) = [each.entry for each in stage.services.accounts().sent.of(shown[0])]
    assert entry.outgoing.address.endswith("/battle")
    stage.column(2).vote_button.click()
    qtbot.waitUntil(lambda: stage.kept()[2] == ("Two", True, False))
    assert stage.desk.window.judge_button.isEnabled()


def test_stop_keeps_what_came_of_all(qtbot: QtBot, make: Make) -> None:
    stage = make()
    stage.server.on("POST", "/api/v1/battle", Reply.stream([event(each) for each in SAID[:2]], end=(Stall(),)))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: 2 in stage.desk.window.columns.columns and stage.text(2) == "Two")
    assert not stage.column(1).stop_button.isVisible()
    stage.desk.window.stop_button.click()
    qtbot.waitUntil(lambda: stage.is_idle)
    assert {text for text, _, _ in stage.kept().values()} == {"**Round 1**\n\nOne", "Two"}
    assert {entry.finish for entry in stage.services.history.list()} == {"stopped"}


def test_it_can_be_stopped_before_anybody_speaks(qtbot: QtBot, make: Make) -> None:
    stage = make()
    stage.server.on("POST", "/api/v1/battle", Reply.stream([], end=(Stall(),)))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    stage.server.wait_until_stalled()
    assert stage.column(HOLDER).contestant.label == "Con · battle (experimental)"
    stage.column(HOLDER).stop_button.click()
    qtbot.waitUntil(lambda: stage.is_idle)
    assert stage.kept() == {}


def test_a_failure_is_a_card_and_the_question_stays(qtbot: QtBot, make: Make) -> None:
    stage = make()
    stage.server.on("POST", "/api/v1/battle", Reply.json({"error": {"message": "no"}}, 500))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle)
    card = stage.column(HOLDER).card
    assert card is not None
    assert card.error_card is not None
    assert stage.desk.question.composer.text() == "Why?"
    stage.server.on("POST", "/api/v1/battle", told(*SAID[:2]))
    stage.column(HOLDER).again_requested.emit(HOLDER)
    qtbot.waitUntil(lambda: stage.is_idle and 2 in stage.desk.window.columns.columns)
    assert HOLDER not in stage.desk.window.columns.columns


def test_one_that_breaks_off_keeps_what_came_beside_the_error(qtbot: QtBot, make: Make) -> None:
    stage = make()
    error = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down."}}
    stage.server.on("POST", "/api/v1/battle", told(*SAID[:2], error))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle and 2 in stage.desk.window.columns.columns)
    assert stage.text(2) == "Two"
    card = stage.column(2).card
    assert card is not None
    assert card.error_card is not None


# --- what it is not offered for, and what it does not take -------------------------------------------------


def test_without_a_key_the_reason_is_said(qtbot: QtBot, make: Make) -> None:
    stage = make(key="")
    ways = stage.desk.window.ways
    qtbot.waitUntil(ways.isVisible)
    assert not ways.isEnabled()
    assert "There is no key for Con." in ways.toolTip()
    assert ways.mode is None


def test_without_a_profile_of_concurred_it_is_not_there(make: Make) -> None:
    stage = make(dialect="chat-completions")
    assert stage.desk.window.isVisible()
    assert not stage.desk.window.ways.isVisible()


def test_a_key_that_comes_later_counts(qtbot: QtBot, make: Make) -> None:
    stage = make(key="")
    qtbot.waitUntil(stage.desk.window.ways.isVisible)
    stage.services.keys.set(find_profile(stage.preferences.settings, "con"), KEY)
    stage.desk.open()
    qtbot.waitUntil(stage.desk.window.ways.isEnabled)


def test_models_of_another_server_are_refused_in_words(qtbot: QtBot, make: Make) -> None:
    stage = make()
    ready(qtbot, stage, "Battle", profile="acme")
    stage.ask("Why?")
    assert "only Concurred does" in problem(stage)
    assert asked(stage) == []
    stage.desk.window.ways.setCurrentIndex(0)
    stage.replies |= {"grok": saying("x"), "claude": saying("y")}
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle)
    assert asked(stage) == ["/v1/chat/completions"] * 2


def test_no_picture_leaves(qtbot: QtBot, make: Make) -> None:
    stage = make()
    ready(qtbot, stage, "Battle")
    stage.desk.open("Why?", [picture("here.png")])
    qtbot.waitUntil(lambda: stage.desk.question.draft.is_ready)
    stage.ask("Why?")
    qtbot.waitUntil(lambda: "accepts text only" in problem(stage))
    assert [entry.name for entry in stage.desk.question.draft.entries] == ["here.png"]
    assert asked(stage) == []


def test_the_strictest_of_the_chosen_says_what_becomes_of_pictures(qtbot: QtBot, make: Make) -> None:
    stage = make(scan="block")
    stage.choose("a", "b")
    step = stage.desk.question.scan_step
    assert step is not None
    policies = [step.scan.policy]
    ready(qtbot, stage, "Battle")
    assert [*policies, step.scan.policy] == ["off", "block"]


def test_a_used_up_budget_holds_it_back_until_the_person_says_once(qtbot: QtBot, make: Make, home: Path) -> None:
    request_log = RequestLog(home / "data" / "ledger.sqlite3")
    request_log.begin(outgoing(datetime.now(UTC)), ending("0.10"))
    stage = make(monthly_budget_usd="0.05", budget_mode="stop")
    stage.server.on("POST", "/api/v1/battle", told(*SAID[:2]))
    ready(qtbot, stage, "Battle")
    stage.ask("Why?")
    qtbot.waitUntil(lambda: stage.is_idle)
    card = stage.column(HOLDER).card
    assert card is not None
    assert card.error_card is not None
    assert asked(stage) == []
    card.error_card.button.click()
    qtbot.waitUntil(lambda: stage.is_idle and 2 in stage.desk.window.columns.columns)
    battles = [each for each in request_log.page(Wanted()) if each.outgoing.address.endswith("/battle")]
    assert [each.ending.outcome for each in battles] == ["answered", "held back"]
    assert battles[0].outgoing.model == "grok, claude"
    stage.column(1).again_requested.emit(1)
    qtbot.waitUntil(lambda: stage.is_idle)
    assert asked(stage) == ["/api/v1/battle"]  # once was once
