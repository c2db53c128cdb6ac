from __future__ import annotations

import json
import os
from dataclasses import dataclass, field

import pytest

from grokdesk import __version__
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK, EXIT_USAGE, Cancelled
from grokdesk.model import Region
from grokdesk.system.capture_request import CaptureRequest, packed
from grokdesk.ui.capture.use import OnReport, Report
from grokdesk.ui.shell.instance import Request
from grokdesk.ui.shell.request_handler import ACTIVATION, Commands, RequestHandler


@dataclass
class World:
    """Writes down what the program is asked to do."""

    done: list[str] = field(default_factory=list)
    captured: list[CaptureRequest] = field(default_factory=list)
    report: Report = field(default_factory=lambda: Report(Region(1, 2, 3, 4), 3, 4))
    replies: list[tuple[int, str, str]] = field(default_factory=list)

    def start(self, request: CaptureRequest, told: OnReport) -> None:
        self.captured.append(request)
        told(self.report)

    def show(self) -> None:
        self.done.append(f"show {os.environ.get(ACTIVATION, '')}".strip())

    def ask(self, *words: str, version: str = __version__, token: str = "") -> tuple[int, str, str]:
        commands = Commands(
            show=self.show,
            start_hidden=lambda: self.done.append("hidden"),
            quit=lambda: self.done.append("quit"),
            captures=lambda: self,  # type: ignore[arg-type,return-value]  # one method of it is used
            has_action=lambda action_id: action_id == "alt-text",
            more={"doctor": lambda request: request.reply(EXIT_OK, "well")},
        )
        reply = lambda *answer: self.replies.append(answer)  # noqa: E731 - as short as what it does
        RequestHandler(commands).handle(Request(words, reply, version, token))
        [answer] = self.replies
        return answer


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("words", "done"), [((), "show"), (("show",), "show"), (("background",), "hidden"), (("quit",), "quit")]
)
def test_simple_words_work_for_every_version(world: World, words: tuple[str, ...], done: str) -> None:
    assert world.ask(*words, version="0.0.1") == (EXIT_OK, "", "")
    assert world.done == [done]


def test_a_window_is_raised_with_the_token_of_who_asked_and_of_nobody_else(world: World) -> None:
    world.ask("show", token="from-the-launcher")
    assert world.done == ["show from-the-launcher"]
    assert ACTIVATION not in os.environ


def test_a_capture_is_carried_out_and_reported(world: World) -> None:
    request = CaptureRequest("screen", screen=2, action_id="alt-text")
    code, out, err = world.ask("capture", packed(request))
    assert world.captured == [request]
    assert (code, err) == (EXIT_OK, "")
    assert json.loads(out)["width"] == 3


def test_leaving_is_reported(world: World) -> None:
    world.report = Report(error=Cancelled())
    assert world.ask("capture", packed(CaptureRequest()))[::2] == (EXIT_CANCELLED, "Stopped.\n")


def test_another_version_is_told_what_to_do(world: World) -> None:
    code, out, err = world.ask("capture", packed(CaptureRequest()), version="0.0.1")
    assert (code, out, world.captured) == (EXIT_FAILURE, "", [])
    assert f"version {__version__}" in err
    assert "version 0.0.1" in err
    assert "grokdesk --quit" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("capture", "{}"), "did not understand"),
        (("capture", packed(CaptureRequest(action_id="gone"))), "no action gone"),
        (("dance",), "does not know that command"),
    ],
)
def test_what_makes_no_sense_is_said(world: World, words: tuple[str, ...], said: str) -> None:
    code, _, err = world.ask(*words)
    assert code == EXIT_USAGE
    assert said in err
    assert world.captured == []


def test_more_words_reply_by_themselves(world: World) -> None:
    assert world.ask("doctor") == (EXIT_OK, "well", "")
