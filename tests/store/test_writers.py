"""Rows of a process that was killed are closed by the next one; those of a living process stay as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grokdesk.model import ANSWERING, INTERRUPTED
from grokdesk.store.history.history import History
from grokdesk.store.request_log.request_log import RequestLog
from grokdesk.store.writers import is_alive, this_process

ASKING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from grokdesk.model import Answer, Message, Question, Turn
from grokdesk.model.requests import OutgoingRequest
from grokdesk.store.history.history import History
from grokdesk.store.request_log.request_log import RequestLog
folder = Path(sys.argv[1])
history, log = History(folder / "history"), RequestLog(folder / "log")
turn = Turn(Question("What is it?"), Message("Prompt"), Answer(), "xAI", datetime.now(UTC))
entry = history.begin("c1", turn)
history.note_answer(entry, Answer("Two pea", model="grok-4.5"))
log.begin(OutgoingRequest(datetime.now(UTC), "question", "POST", "api.x.ai", "https://api.x.ai/v1", "xAI"))
print("asked", flush=True)
time.sleep(60)
"""


@pytest.fixture
def asking(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", ASKING, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "asked\n"
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_question_and_what_came_of_its_answer_survive_a_kill(tmp_path: Path, asking: subprocess.Popen[str]) -> None:
    with asking:
        (living,) = History(tmp_path / "history").list()
        assert (living.question, living.answer, living.finish) == ("What is it?", "Two pea", ANSWERING)
        assert next(RequestLog(tmp_path / "log").all()).ending.outcome == "under way"
        asking.kill()
    (found,) = History(tmp_path / "history").list()
    assert (found.question, found.answer, found.model, found.finish) == (
        "What is it?",
        "Two pea",
        "grok-4.5",
        INTERRUPTED,
    )
    (entry,) = RequestLog(tmp_path / "log").all()
    assert entry.ending.outcome == "interrupted"


@pytest.mark.parametrize("writer", ["", "x", "0:", "-1:", "4194999:", "99999999999999:", "1e3:", "٣:", "1:other-boot"])
def test_what_is_no_living_process_is_dead(writer: str) -> None:
    assert not is_alive(writer)


def test_this_process_lives() -> None:
    assert is_alive(this_process())
