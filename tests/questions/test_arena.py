"""A comparison that the server holds: every answer is kept as it ended, whoever ends it and whatever goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Bug, ServerTrouble, UsageError
from grokdesk.logs import Redactor
from grokdesk.model import Ended, Profile, Question, TextDelta
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.questions.arena import MOST_COLUMNS, battle, check_battle
from grokdesk.questions.ask import Asker
from grokdesk.questions.compare import AtPlace, Comparison, Opened
from grokdesk.store.history.comparisons import Place
from grokdesk.store.history.history import History
from tests.support.images.pictures import picture
from tests.support.servers.providers import Scripted, asker
from tests.support.servers.replies import Reply, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import DONE, event

CON = Profile("con", "Con", "concurred-vision", "http://127.0.0.1:9", "a")
MODELS = ("a", "b")
BOTH = ({"model": "a", "delta": "One."}, {"model": "b", "delta": "Two."})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.sqlite3")


class Stage:
    def __init__(self, server: ScriptedServer, history: History, folder: Path) -> None:
        profile = replace(CON, base_url=server.url)
        memory = ModelMemory(folder / "models.json", lambda: 0.0)
        self.server, self.history = server, history
        self.remote = Remote(Transport(), profile, dialect_for(profile.dialect), "", Redactor(), memory)
        self.comparison = Comparison("compared", Question("Why?"), history)

    def says(self, *told: object, end: Sequence[Stall] = ()) -> None:
        streamed = [*(event(each) for each in told), *([] if end else [DONE])]
        self.server.on("POST", "/api/v1/battle", Reply.stream(streamed, end=tuple(end)))

    def hold(self, own: Asker | None = None) -> Generator[Opened | AtPlace, None, None]:
        return battle(own or asker(Scripted()), self.comparison, self.remote, "battle", MODELS, CancelSwitch())

    def kept(self) -> dict[int, tuple[str, str]]:
        entries = self.history.list()
        return {entry.compared.position: (entry.answer, entry.finish) for entry in entries if entry.compared}


@pytest.fixture
def stage(server: ScriptedServer, history: History, tmp_path: Path) -> Stage:
    return Stage(server, history, tmp_path)


def test_whoever_leaves_early_keeps_what_came_as_stopped(stage: Stage) -> None:
    stage.says(*BOTH, end=[Stall()])
    with closing(stage.hold()) as happened:
        for each in happened:
            if isinstance(each, AtPlace) and each.event == TextDelta("Two."):
                break
    assert stage.kept() == {1: ("One.", "stopped"), 2: ("Two.", "stopped")}


def test_a_fault_of_our_own_ends_every_answer(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.says(*BOTH)
    asked = itertools.count(1)

    def clock() -> float:
        """Stumbles when the second begins to speak."""
        if next(asked) == 3:
            raise ZeroDivisionError
        return 0.0

    happened = list(stage.hold(replace(asker(Scripted()), clock=clock)))
    caplog.clear()
    (ended,) = [each.event for each in happened if isinstance(each, AtPlace) and isinstance(each.event, Ended)]
    assert isinstance(ended.error, Bug)
    assert stage.kept() == {1: ("One.", "cut")}


def test_an_empty_answer_is_an_error(stage: Stage) -> None:
    stage.says()
    with pytest.raises(ServerTrouble):
        list(stage.hold())
    assert stage.kept() == {}


def test_too_many_speakers_share_the_last_column(stage: Stage) -> None:
    stage.says(*({"model": f"m{number}", "delta": f"{number} "} for number in range(MOST_COLUMNS + 2)))
    ended = [each for each in stage.hold() if isinstance(each, AtPlace) and isinstance(each.event, Ended)]
    assert len(ended) == MOST_COLUMNS
    assert stage.kept()[MOST_COLUMNS] == ("15 16 17 ", "stop")


def test_a_turn_knows_by_which_ticket_its_request_left(stage: Stage) -> None:
    stage.says(*BOTH)
    turns = [each.event.turn for each in stage.hold() if isinstance(each, AtPlace) and isinstance(each.event, Ended)]
    assert len({turn.message.purpose.ticket for turn in turns}) == 1
    assert turns[0].message.purpose.ticket


def test_a_vote_belongs_to_a_place(stage: Stage) -> None:
    stage.says(*BOTH)
    list(stage.hold())
    assert stage.history.mark_best(Place("compared", 2))


@pytest.mark.parametrize(
    ("question", "profiles"),
    [
        (Question(" "), (CON, replace(CON, model="b"))),
        (Question("?", (picture("a.png"),)), (CON, replace(CON, model="b"))),
        (Question("?", effort="high"), (CON, replace(CON, model="b"))),
        (Question("?"), (CON,)),
        (Question("?"), (CON, replace(CON, model=""))),
        (Question("?"), (CON, replace(CON, model="b", id="other"))),
        (Question("?"), (replace(CON, dialect="chat-completions"),) * 2),
    ],
)
def test_what_a_battle_cannot_hold(question: Question, profiles: tuple[Profile, ...]) -> None:
    with pytest.raises(UsageError):
        check_battle("battle", question, profiles)


@pytest.mark.parametrize("address", ["concurred.ai", "https://concurred.ai/api/v1", "https://agent-heavy.vercel.app"])
def test_concurred_is_known_by_its_address(address: str) -> None:
    gateway = replace(CON, dialect="chat-completions", base_url=address)
    assert check_battle("battle", Question("?"), (gateway, replace(gateway, model="b"))) == gateway
