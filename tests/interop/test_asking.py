"""What a person sees of servers that nobody here wrote: in the window and on the command line."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import EXIT_NETWORK, EXIT_OK
from grokdesk.model import CUT, FAILED, FINISHED, STOPPED, DialectName, Profile
from tests.support.images.pictures import png_bytes
from tests.support.servers.other_servers import FRUIT, KEY, LONG, PEAR, REASONING, OtherServer
from tests.support.windows.asking_window import AskingWindow

ROOT = Path(__file__).parents[2]
DIALECTS: tuple[DialectName, ...] = ("chat-completions", "xai-responses")
SHOWN = "There are two pears: größe 東京.\none\ntwo"
"""``FRUIT`` without its marks."""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.out)
        return read


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "pears.png"
    file.write_bytes(png_bytes(64, 48))
    return file


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> DialectName:
    chosen: DialectName = request.param
    return chosen


def grokdesk(home: Path, *words: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "grokdesk", *words],
        cwd=ROOT,
        env={**os.environ, "GROKDESK_HOME": str(home), "GROKDESK_API_KEY": KEY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    told = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in told.err
    assert KEY not in told.out + told.err
    return told


def ask(server: OtherServer, dialect: DialectName, folder: Path, *words: str) -> Done:
    way = ("--dialect", dialect, "--base-url", server.url)
    model = () if "--model" in words else ("--model", server.model)
    return grokdesk(folder / "home", "ask", *words, *way, *model)


@pytest.fixture
def window(server: OtherServer, dialect: DialectName, tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> AskingWindow:
    profile = Profile("other", server.name, dialect, server.url, server.model)
    window = AskingWindow(qapp, tmp_path / "home", profile, KEY)
    qtbot.addWidget(window.chat.window)
    return window


# --- the command line --------------------------------------------------------------------------------------


def test_the_whole_of_an_answer(server: OtherServer, dialect: DialectName, tmp_path: Path, picture: Path) -> None:
    done = ask(server, dialect, tmp_path, str(picture), "-p", "Which fruit?", "--json")
    assert (done.code, done.err) == (EXIT_OK, "")
    told = done.json
    assert (told["answer"], told["reasoning"], told["finish"]) == (FRUIT, REASONING, FINISHED)
    assert told["model"] in (server.model, "gpt-4o")
    assert told["usage"]["total_tokens"] == 110


@pytest.mark.parametrize(
    ("name", "dialect", "model"),
    [
        ("aimock", "chat-completions", "gpt-4o"),
        ("LiteLLM", "chat-completions", "passed-on"),
        ("LiteLLM", "xai-responses", "translated"),  # aimock does not show pictures that came by the Responses API
    ],
)
def test_a_picture_arrives_as_the_same_bytes(
    servers: dict[str, OtherServer], tmp_path: Path, picture: Path, name: str, dialect: DialectName, model: str
) -> None:
    server = servers[name]
    done = ask(server, dialect, tmp_path, str(picture), "-p", "Which fruit?", "--json", "--model", model)
    assert done.json["answer"] == FRUIT
    [image] = done.json["images"]
    [arrived] = server.pictures()
    assert len(arrived) == image["bytes"]
    assert hashlib.sha256(arrived).hexdigest() == image["sha256"]


def test_effort_and_schema_are_taken_or_left_out(server: OtherServer, dialect: DialectName, tmp_path: Path) -> None:
    """LiteLLM refuses the effort for this model, in words of its own."""
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {}, "additionalProperties": false}')
    words = ("-p", "Which fruit?", "--effort", "low", "--schema", str(schema))
    done = ask(server, dialect, tmp_path, *words)
    assert (done.code, done.out) == (EXIT_OK, f"{FRUIT}\n")
    notice = f"grokdesk: {server.model} does not support reasoning effort; sent without.\n"
    assert done.err == ("" if server.name == "aimock" else notice)
    before = len(server.journal())
    assert ask(server, dialect, tmp_path, *words).err == done.err
    assert len(server.journal()) == before + 1, "remembered"


def test_the_models_are_listed(server: OtherServer, dialect: DialectName, tmp_path: Path) -> None:
    done = grokdesk(tmp_path / "home", "models", "--dialect", dialect, "--base-url", server.url)
    assert done.code == EXIT_OK
    assert server.model in done.out


def test_an_answer_that_is_cut(server: OtherServer, dialect: DialectName, tmp_path: Path) -> None:
    done = ask(server, dialect, tmp_path, "-p", "Is it cut?", "--json")
    assert done.code == EXIT_NETWORK
    assert done.json["finish"] == CUT
    assert done.json["answer"]
    assert FRUIT.startswith(done.json["answer"])


def test_a_model_that_is_not_there(servers: dict[str, OtherServer], dialect: DialectName, tmp_path: Path) -> None:
    done = ask(servers["LiteLLM"], dialect, tmp_path, "-p", "Which fruit?", "--model", "grok-0")
    assert done.code == EXIT_NETWORK
    assert "does not have the model grok-0" in done.err


# --- the window --------------------------------------------------------------------------------------------


def test_an_answer_in_the_window(qtbot: QtBot, window: AskingWindow, picture: Path, tmp_path: Path) -> None:
    window.ask(qtbot, "Which fruit?", picture)
    assert window.card.error_card is None
    assert [line for line in window.answer.splitlines() if line] == SHOWN.splitlines()
    assert window.ended.turn.answer.reasoning == REASONING
    assert window.chat.window.grab().save(str(tmp_path / "answer.png"))


def test_a_follow_up_is_understood(qtbot: QtBot, window: AskingWindow, server: OtherServer, picture: Path) -> None:
    window.ask(qtbot, "Which fruit?", picture)
    window.ask(qtbot, "And which fruit is on the left?")
    assert window.card.error_card is None
    said = server.journal()[-1]["body"]["messages"]
    assert [part["role"] for part in said] == ["system", "user", "assistant", "user"]
    assert "two pears" in json.dumps(said[2])


def test_stop_is_heard(qtbot: QtBot, window: AskingWindow) -> None:
    window.begin("Is it endless?")
    qtbot.waitUntil(lambda: bool(window.card.text), timeout=20_000)
    window.stop(qtbot)
    assert window.ended.turn.answer.finish == STOPPED
    assert LONG.startswith(window.ended.turn.answer.text.rstrip())


def test_a_rate_limit_is_one(qtbot: QtBot, window: AskingWindow, server: OtherServer) -> None:
    window.begin("Are you busy?")
    words = f"{server.name} rate-limited the request. Trying again in"
    qtbot.waitUntil(lambda: any(shown.startswith(words) for shown in window.words), timeout=20_000)
    window.stop(qtbot)
    assert window.ended.turn.answer.finish == STOPPED


def test_a_letter_in_two_halves(qtbot: QtBot, window: AskingWindow, server: OtherServer) -> None:
    """aimock cuts it in two; LiteLLM cannot pass halves on, and says so in the middle of its answer."""
    ended = window.ask(qtbot, "Is it half?")
    if server.name == "aimock":
        assert window.answer == PEAR
        assert ended.error is None
    else:
        assert ended.error is not None
        assert "surrogates not allowed" in ended.error.hint
        assert window.card.error_card is not None
        assert PEAR.startswith(ended.turn.answer.text)
        assert ended.turn.answer.finish in (CUT, FAILED)
