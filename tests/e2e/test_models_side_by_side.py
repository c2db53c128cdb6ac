"""Who answers: several models side by side, one from the composer's menu, one in the place of another that has gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.program import CHAT, MakeProgram, RunningProgram, place_of
from tests.support.servers.replies import ReceivedRequest, Reply
from tests.support.servers.sent import questions_to
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream, script_xai

COMPARE, PICKER = "compare models", "Models of xAI"
GONE = {"error": {"message": "The model grok-old does not exist.", "code": "model_not_found"}}


@pytest.fixture
def program(desktop: Desktop, program_on: MakeProgram, answering: ScriptedServer, tmp_path: Path) -> RunningProgram:
    """Running, its window open, with two profiles; the first asks a model that the server does not list any more."""
    script_xai(answering, models=("grok-4.5", "grok-mini"))
    way = {"base_url": f"{answering.url}/v1"}
    xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "model": "grok-old", **way}
    other = {"id": "other", "name": "Other", "dialect": "chat-completions", "model": "llava", **way}
    program = program_on(desktop, profiles=[xai, other], compare_with="xai, other")
    program.start()
    program.command()
    program.focus(CHAT)
    wait_until(lambda: place_of("grok-old", desktop.screenshot(tmp_path / "composer.png")), "who answers")
    return program


def say(program: RunningProgram, text: str) -> None:
    program.focus(CHAT)
    program.type(text)
    program.key("Return")


def test_two_models_answer_side_by_side_and_one_is_voted_for(
    program: RunningProgram, answering: ScriptedServer, tmp_path: Path
) -> None:
    answering.on("POST", "/v1/responses", Reply.stream(responses_stream("Twelve walnuts.", model="grok-old")))
    answering.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Seven cherries.", model="llava")))
    program.type("How many?")
    program.key("Tab", "Tab", "space")  # who answers, then the button that compares
    program.focus(COMPARE)
    program.key("Return")  # the question came along

    def both() -> bool:
        text = program.text_in_window(tmp_path / "answers.png")
        return "Twelve walnuts." in text and "Seven cherries." in text

    wait_until(both, "both answers on the screen")
    program.click_on("Prefer", tmp_path / "vote.png")

    def votes() -> dict[str, bool]:
        entries = json.loads(program.command("history", "list", "--json").stdout)
        found = {entry["answer"]: entry["compared"]["voted_best"] for entry in entries}
        return found if any(found.values()) else {}

    assert wait_until(votes, "a kept vote") == {"Twelve walnuts.": True, "Seven cherries.": False}
    program.key("Escape")
    program.desktop.wait_for_no_window(COMPARE)


def test_a_model_from_the_menu_answers_the_next_question(
    program: RunningProgram, answering: ScriptedServer, tmp_path: Path
) -> None:
    program.type("Who are you?")
    program.click_on("grok-old", tmp_path / "composer.png")
    program.click_on("Choose", tmp_path / "menu.png")
    program.focus(PICKER)
    program.type("mini")
    wait_until(lambda: "grok-mini" in program.text_in_window(tmp_path / "list.png"), "the list of the server")
    program.key("Return")
    program.focus(CHAT)
    program.key("Return")
    wait_until(program.turns, "a kept turn")
    [body] = questions_to(answering)
    assert body["model"] == "grok-mini"
    assert "Who are you?" in str(body)


def test_another_model_answers_when_one_has_gone(
    program: RunningProgram, answering: ScriptedServer, tmp_path: Path
) -> None:
    def answer(request: ReceivedRequest) -> Reply:
        model = str(request.json["model"])
        return (
            Reply.json(GONE, 404) if model == "grok-old" else Reply.stream(responses_stream("Two pears.", model=model))
        )

    answering.on("POST", "/v1/responses", answer)
    say(program, "What is it?")
    program.click_on("Choose", tmp_path / "error.png", occurrence=1)  # the button below the hint
    program.focus(PICKER)
    program.type("mini")
    wait_until(lambda: "grok-mini" in program.text_in_window(tmp_path / "list.png"), "the list of the server")
    program.key("Return")
    wait_until(lambda: "Two pears." in program.text_in_window(tmp_path / "answer.png"), "an answer")
    assert [body["model"] for body in questions_to(answering)] == ["grok-old", "grok-mini"]
