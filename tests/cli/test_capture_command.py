"""What the words after ``grokdesk capture`` mean; carrying it out is tests/e2e."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grokdesk.cli.capture import add_arguments, request_from
from grokdesk.cli.parsing import Parser
from grokdesk.errors import EXIT_CANCELLED, EXIT_OK, EXIT_USAGE, GrokDeskError, PictureError, UsageError
from grokdesk.model import Region
from grokdesk.system.capture_request import CaptureRequest
from tests.cli.conftest import CommandLine
from tests.cli.test_start import running_program


def request(*words: str) -> CaptureRequest:
    parser = Parser(prog="grokdesk capture")
    add_arguments(parser)
    return request_from(parser.parse_args(words))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), CaptureRequest()),
        (("--region",), CaptureRequest()),
        (("--window",), CaptureRequest("window")),
        (("--screen", "2"), CaptureRequest("screen", screen=2)),
        (("--all", "--copy"), CaptureRequest("all", copy=True)),
        (("--last", "--action", "ask"), CaptureRequest("last", action_id="ask")),
        (("--rect", "1,2,3,4"), CaptureRequest("rect", rect=Region(1, 2, 3, 4))),
        (("--rect=-10,2,3,4",), CaptureRequest("rect", rect=Region(-10, 2, 3, 4))),
        (("--clipboard",), CaptureRequest("clipboard")),
        (("--delay", "2.5"), CaptureRequest(delay=2.5)),
    ],
)
def test_words(words: tuple[str, ...], wanted: CaptureRequest) -> None:
    assert request(*words) == wanted


def test_a_file_is_named_from_where_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert request("--out", "shot.png").out == str(tmp_path / "shot.png")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("--all", "--last"), UsageError, "not allowed with"),
        (("--screen", "0"), UsageError, "starting at 1"),
        (("--screen", "left"), UsageError, "starting at 1"),
        (("--rect", "1,2,3"), UsageError, "X,Y,WIDTH,HEIGHT"),
        (("--delay", "-1"), UsageError, "0 to 600"),
        (("--delay", "nan"), UsageError, "0 to 600"),
        (("--delay", "soon"), UsageError, "0 to 600"),
        (("--out", "shot.bmp"), PictureError, "does not write .bmp"),
        (("--out", "/nowhere/at/all/shot.png"), UsageError, "There is no folder"),
        (("--clipboard", "--copy"), UsageError, "is already on the clipboard"),
    ],
)
def test_words_that_make_no_sense(words: tuple[str, ...], error: type[GrokDeskError], said: str) -> None:
    with pytest.raises(error) as raised:
        request(*words)
    assert said in str(raised.value)


def test_an_action_that_is_not_there_is_said_before_the_screen_freezes(grokdesk: CommandLine) -> None:
    done = grokdesk("capture", "--action", "dance")
    assert done.code == EXIT_USAGE
    assert "dance" in done.err


REPORT = {
    "x": 1,
    "y": 2,
    "width": 3,
    "height": 4,
    "file": None,
    "copied": False,
    "action": "alt-text",
    "answer": "A red square.\n",
    "error": None,
}


def test_the_answer_is_the_output_and_with_json_all_of_it(grokdesk: CommandLine) -> None:
    reply = {"exit_code": EXIT_OK, "out": json.dumps(REPORT), "err": ""}
    with running_program(str(grokdesk.home), reply):
        done = grokdesk("capture", "--action", "alt-text")
    assert (done.code, done.out, done.err) == (EXIT_OK, "A red square.\n", "")


def test_json_prints_the_report(grokdesk: CommandLine) -> None:
    report = {**REPORT, "answer": None, "error": {"title": "Stopped.", "hint": ""}}
    reply = {"exit_code": EXIT_CANCELLED, "out": json.dumps(report), "err": "Stopped.\n"}
    with running_program(str(grokdesk.home), reply):
        done = grokdesk("capture", "--json")
    assert (done.code, done.err) == (EXIT_CANCELLED, "grokdesk: Stopped.\n")
    assert json.loads(done.out) == report


def test_nothing_to_quit_is_no_error(grokdesk: CommandLine) -> None:
    done = grokdesk("--quit")
    assert (done.code, done.err) == (EXIT_OK, "grokdesk: GrokDesk is not running.\n")
