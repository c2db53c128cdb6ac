from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grokdesk.errors import EXIT_FAILURE, EXIT_NETWORK, EXIT_OK, EXIT_USAGE
from grokdesk.paths import resources
from tests.cli.conftest import CommandLine, Done
from tests.support.images.pictures import png_bytes
from tests.support.servers.replies import Cut, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream, responses_usage
from tests.support.windows.keystores import MemoryStore

Ask = Callable[..., Done]

FIELDS = [
    "answer",
    "reasoning",
    "model",
    "finish",
    "usage",
    "cost_usd",
    "cost_is_estimate",
    "profile",
    "images",
    "error",
]


@pytest.fixture(autouse=True)
def pears(server: ScriptedServer) -> None:
    usage = responses_usage()
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.", reasoning="Hm.", usage=usage)))


def parts_of(server: ScriptedServer, kind: str, name: str) -> list[str]:
    """Of the last question, every part of a kind."""
    messages: Any = server.requests[-1].json["input"]
    return [part[name] for part in messages[-1]["content"] if part["type"] == kind]


def prompt_of(server: ScriptedServer) -> str:
    return parts_of(server, "input_text", "text")[0]


def images_of(server: ScriptedServer) -> list[str]:
    return parts_of(server, "input_image", "image_url")


# --- the answer --------------------------------------------------------------------------------------------


def test_the_answer_alone_is_on_standard_output(at_server: Ask, shot: str) -> None:
    assert at_server(shot, "-p", "What?") == Done(EXIT_OK, "Two pears.\n", "")


def test_an_answer_that_ends_in_a_line_gets_no_second_one(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("a\nb\n")))
    assert at_server(shot).out == "a\nb\n"


def test_json_is_one_object_with_the_promised_fields(at_server: Ask, shot: str) -> None:
    done = at_server(shot, "-p", "What?", "--json")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert list(done.json) == FIELDS
    assert done.json == {
        "answer": "Two pears.",
        "reasoning": "Hm.",
        "model": "grok-4.5",
        "finish": "stop",
        "usage": {
            "input_tokens": 216,
            "output_tokens": 50,
            "reasoning_tokens": 20,
            "cached_tokens": 192,
            "image_tokens": None,
            "total_tokens": 266,
        },
        "cost_usd": 0.0003054,
        "cost_is_estimate": False,
        "profile": "xAI",
        "images": done.json["images"],
        "error": None,
    }
    (image,) = done.json["images"]
    assert list(image)[:6] == ["name", "width", "height", "bytes", "media_type", "sha256"]
    assert list(image)[6:] == ["source_width", "source_height", "source_bytes", "tokens", "legible", "notes"]
    assert (image["name"], image["width"], image["height"], image["media_type"]) == ("shot.png", 4, 3, "image/png")


def test_the_images_of_the_report_are_those_that_left(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    import base64

    (image,) = at_server(shot, "--json").json["images"]
    (sent,) = images_of(server)
    data = base64.b64decode(sent.partition(",")[2])
    assert (image["bytes"], image["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_words_may_stand_in_any_order(at_server: Ask, shot: str, tmp_path: Path, server: ScriptedServer) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(png_bytes(7, 5))
    done = at_server(shot, "-p", "Which?", str(other), "--json")
    assert [image["name"] for image in done.json["images"]] == ["shot.png", "other.png"]
    assert prompt_of(server) == "Which?"


def test_standard_input_brings_a_picture(at_server: Ask) -> None:
    done = at_server("-", "--json", stdin=png_bytes(6, 2))
    assert [(image["name"], image["width"]) for image in done.json["images"]] == [("standard input", 6)]


def test_an_address_brings_a_picture(at_server: Ask, server: ScriptedServer) -> None:
    server.on("GET", "/pears.png", Reply(200, {"Content-Type": "image/png"}, Reply.json(png_bytes(5, 5)).steps))
    done = at_server(f"{server.url}/pears.png", "--json")
    assert done.code == EXIT_OK
    assert [(image["name"], image["width"]) for image in done.json["images"]] == [("pears.png", 5)]
    assert "authorization" not in server.requests[0].headers


def test_a_question_needs_no_picture(at_server: Ask, server: ScriptedServer) -> None:
    assert at_server("-p", "What is a pear?").code == EXIT_OK
    assert images_of(server) == []


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ((), "Describe the picture"),
        (("-p", "What?"), "What?"),
        (("-p", "  "), "Describe the picture"),
        (("--action", "ask"), "What is this?"),
        (("--action", "alt-text"), "Write the alternative text"),
    ],
)
def test_which_question_is_asked(
    at_server: Ask, shot: str, server: ScriptedServer, words: tuple[str, ...], begins: str
) -> None:
    at_server(shot, *words)
    assert prompt_of(server).startswith(begins)


def test_an_action_takes_words_along(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    at_server(shot, "--action", "alt-text", "-p", "In German.")
    assert prompt_of(server).endswith("In German.")


def test_the_model_of_the_command_is_asked(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    at_server(shot, "--model", "grok-next")
    assert server.requests[-1].json["model"] == "grok-next"


def test_undecodable_words_do_not_stop_it(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    assert at_server(shot, "-p", "caf\udce9?").code == EXIT_OK
    assert prompt_of(server) == "caf??"


# --- the history -------------------------------------------------------------------------------------------


def test_a_question_is_kept(at_server: Ask, grokdesk: CommandLine, shot: str) -> None:
    at_server(shot, "-p", "What?")
    (entry,) = grokdesk.history.list()
    assert (entry.question, entry.answer, entry.action_id, entry.profile) == ("What?", "Two pears.", "ask", "xAI")
    assert [image.name for image in entry.images] == ["shot.png"]


def test_nothing_is_kept_when_told_so(at_server: Ask, grokdesk: CommandLine, shot: str) -> None:
    at_server(shot, "--no-history")
    assert grokdesk.history.list() == ()


def test_nothing_is_kept_when_the_settings_say_so(at_server: Ask, grokdesk: CommandLine, shot: str) -> None:
    grokdesk("settings", "set", "keep_history", "no")
    assert at_server(shot).code == EXIT_OK
    assert grokdesk.history.list() == ()


def test_a_history_that_fails_is_told_and_the_answer_stands(at_server: Ask, grokdesk: CommandLine, shot: str) -> None:
    (grokdesk.home / "data").mkdir()
    (grokdesk.home / "data" / "history.sqlite3").mkdir()
    done = at_server(shot)
    assert (done.code, done.out) == (EXIT_OK, "Two pears.\n")
    assert "Not saved to history" in done.err


# --- what goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nothing to ask about"),
        (("-p", " "), "nothing to ask about"),
        (("--nonsense",), "Unknown option --nonsense"),
        (("-p",), "expected one argument"),
        (("shot", "--action", "no-such"), "no action called 'no-such'"),
        (("shot", "--profile", "no-such"), "no profile called 'no-such'"),
        (("shot", "--dialect", "telepathy"), "invalid choice: 'telepathy'"),
        (("shot", "--dialect", "chat-completions"), "needs an address"),
        (("shot", "--base-url", "no where"), "is not an address"),
        (("shot", "--profile", "xai", "--base-url", "https://example.org"), "has its own address"),
        (("-", "-"), "Standard input holds only one picture"),
    ],
)
def test_wrong_words_are_a_sentence_and_exit_code_2(
    at_server: Ask, shot: str, server: ScriptedServer, words: tuple[str, ...], sentence: str
) -> None:
    done = at_server(*(shot if word == "shot" else word for word in words))
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert sentence in done.err
    assert done.err.startswith("grokdesk: ")
    assert done.err.count("\n") == 1
    assert server.requests == []


def test_a_file_that_is_no_picture_is_named(at_server: Ask, tmp_path: Path, server: ScriptedServer) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("just words")
    done = at_server(str(file), "--json")
    assert done.code == EXIT_FAILURE
    assert "notes.txt" in done.err
    assert done.json["error"]["title"] in done.err
    assert (done.json["answer"], done.json["finish"], done.json["profile"]) == ("", "failed", "")
    assert server.requests == []


def test_a_missing_file_is_named(at_server: Ask, tmp_path: Path) -> None:
    done = at_server(str(tmp_path / "gone.png"), "--profile", "xai", "--json")
    assert done.code == EXIT_FAILURE
    assert "gone.png does not exist" in done.json["error"]["title"]
    assert done.json["profile"] == "xAI"


def test_standard_input_that_brings_nothing_is_said_so(at_server: Ask) -> None:
    done = at_server("-", stdin=b"")
    assert done.code == EXIT_FAILURE
    assert "standard input is empty" in done.err


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_server_that_refuses_is_a_sentence_and_exit_code_5(
    at_server: Ask, shot: str, server: ScriptedServer, status: int
) -> None:
    server.on("POST", "/v1/responses", Reply.json({"code": "x", "error": "No."}, status, {"Retry-After": "0"}))
    done = at_server(shot, "--json")
    assert done.code == EXIT_NETWORK
    assert set(done.json["error"]) == {"title", "hint"}
    assert done.json["error"]["title"] in done.err
    assert done.json["finish"] == "failed"
    assert len(done.json["images"]) == 1


def test_a_server_that_is_not_trusted_is_exit_code_5(grokdesk: CommandLine, shot: str) -> None:
    with ScriptedServer(tls=True) as stranger:
        done = grokdesk("ask", shot, "--base-url", f"{stranger.url}/v1", "--model", "m")
    assert (done.code, done.out) == (EXIT_NETWORK, "")
    assert "127.0.0.1" in done.err


def test_a_second_try_is_told_on_standard_error(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    busy = Reply.json({"code": "rate limited", "error": "Slow down."}, 429, {"Retry-After": "0"})
    server.on("POST", "/v1/responses", busy, Reply.stream(responses_stream("Now.")))
    done = at_server(shot)
    assert (done.code, done.out) == (EXIT_OK, "Now.\n")
    assert "Trying again in" in done.err


def test_an_answer_that_breaks_off_is_kept_as_far_as_it_came(
    at_server: Ask, grokdesk: CommandLine, shot: str, server: ScriptedServer
) -> None:
    events = responses_stream("Two pears and an apple.")
    half = next(number for number, event in enumerate(events) if b"pears" in event) + 1
    server.on("POST", "/v1/responses", Reply.stream(events[:half], end=(Cut(),)))
    done = at_server(shot)
    assert done.code == EXIT_NETWORK
    assert done.out.startswith("Two")
    assert done.out.endswith("\n")
    (entry,) = grokdesk.history.list()
    assert (entry.answer, entry.finish) == (done.out.rstrip("\n"), "cut")
    report = at_server(shot, "--json").json
    assert (report["answer"], report["finish"]) == (entry.answer, "cut")
    assert report["error"] == {"title": entry.error.title, "hint": entry.error.hint} if entry.error else False


def test_an_answer_of_which_the_end_is_missing_is_said_so(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    events = [
        event.replace(b"response.completed", b"response.incomplete").replace(
            b'"status":"completed"', b'"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}'
        )
        for event in responses_stream("Two pe")
    ]
    server.on("POST", "/v1/responses", Reply.stream(events))
    done = at_server(shot)
    assert (done.code, done.out) == (EXIT_FAILURE, "Two pe\n")
    assert "length limit" in done.err


# --- where it goes -----------------------------------------------------------------------------------------


def test_an_unsaved_profile_is_named_after_its_address(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    done = at_server(
        shot, "--dialect", "xai-responses", "--base-url", f"{server.url}/v1", "--model", "grok-4.5", "--json"
    )
    assert done.json["profile"] == f"127.0.0.1:{server.port}"


def test_the_environments_key_is_sent(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    at_server(shot)
    assert server.requests[-1].headers["authorization"] == "Bearer xai-key-of-these-tests"


def test_a_local_server_is_asked_without_a_key(grokdesk: CommandLine, shot: str, server: ScriptedServer) -> None:
    words = ("--dialect", "xai-responses", "--base-url", f"{server.url}/v1", "--model", "m")
    assert grokdesk("ask", shot, *words).out == "Two pears.\n"
    assert "authorization" not in server.requests[-1].headers


def test_without_a_key_a_named_profile_is_not_replaced(grokdesk: CommandLine, shot: str) -> None:
    done = grokdesk("ask", shot, "--profile", "xai")
    assert done.code == EXIT_FAILURE
    assert "grokdesk key set" in done.err or "XAI_API_KEY" in done.err


def test_without_a_key_a_model_is_not_forgotten(grokdesk: CommandLine, shot: str) -> None:
    done = grokdesk("ask", shot, "--model", "grok-4.5")
    assert done.code == EXIT_FAILURE
    assert "There is no key for xAI" in done.err


def test_settings_that_could_not_be_used_are_told_once(at_server: Ask, grokdesk: CommandLine, shot: str) -> None:
    file = grokdesk.home / "config" / "settings.toml"
    file.write_text('theme = "purple"\n' + file.read_text())
    done = at_server(shot)
    assert done.out == "Two pears.\n"
    assert done.err.count("theme") == 1


def test_a_bug_shows_no_traceback_and_logs_one(
    at_server: Ask, grokdesk: CommandLine, shot: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("grokdesk.cli.ask.object_of", broken)
    done = at_server(shot, "--json")
    assert done.code == EXIT_FAILURE
    assert "ZeroDivisionError" in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in grokdesk.log()
    (grokdesk.home / "data" / "logs" / "grokdesk.log").unlink()


def test_a_wide_reply_is_not_damaged(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    text = "Größe 東京 🍐 \u2028 “x”"
    server.on("POST", "/v1/responses", Reply.stream(responses_stream(text)))
    assert at_server(shot).out == text + "\n"
    assert json.loads(at_server(shot, "--json").out)["answer"] == text


# --- on this computer --------------------------------------------------------------------------------------

SAMPLE = str(resources() / "samples" / "error-dialog.png")


def test_without_a_key_the_picture_is_read_on_this_computer_and_it_is_said(grokdesk: CommandLine) -> None:
    done = grokdesk("ask", SAMPLE, "-p", "What is wrong?", keyring=MemoryStore())
    assert done.code == EXIT_OK
    assert "ModuleNotFoundError" in done.out
    assert "does not understand" in done.out
    assert "There is no key for xAI." in done.err
    assert done.err.count("\n") == 1
    (entry,) = grokdesk.history.list()
    assert entry.profile == "On this computer"


def test_reading_is_all_that_is_wanted_and_all_that_comes(grokdesk: CommandLine) -> None:
    done = grokdesk("ask", SAMPLE, "--action", "read-text", "--profile", "on-this-computer", "--json")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert "The project could not be built." in done.json["answer"]
    assert "understand" not in done.json["answer"]
    assert (done.json["profile"], done.json["cost_usd"], done.json["error"]) == ("On this computer", None, None)


def test_a_packaged_program_is_its_own_text_reader(grokdesk: CommandLine) -> None:
    with grokdesk.start("_read", stdin=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert "engine" in json.loads(reader.stdout.readline())
        reader.communicate(timeout=60)
    assert reader.returncode == EXIT_OK


def test_effort_and_schema_reach_the_server(at_server: Ask, server: ScriptedServer, tmp_path: Path) -> None:
    schema = tmp_path / "pears.json"
    schema.write_text('{"type": "object"}')
    assert at_server("-p", "Count.", "--effort", "low", "--schema", str(schema)).code == EXIT_OK
    body = server.requests[-1].json
    assert body["reasoning"] == {"effort": "low"}
    assert body["text"] == {
        "format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": True}
    }


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("{", "cannot be read"), ("[]", "not a JSON Schema")]
)
def test_a_schema_that_is_none(at_server: Ask, tmp_path: Path, content: str | None, words: str) -> None:
    schema = tmp_path / "schema.json"
    if content is not None:
        schema.write_text(content)
    done = at_server("-p", "Count.", "--schema", str(schema))
    assert done.code == EXIT_USAGE
    assert words in done.err
