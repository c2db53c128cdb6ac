from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.actions.catalogue import Action, load_catalogue, parse_action
from grokdesk.errors import UsageError
from grokdesk.paths import resources

WHOLE = """
id = "table"
title = "Table"
order = 5
prompt = "Make a table. {{ text }}"
empty = "Make a table of everything."
system = "You make tables."
needs_understanding = false
result = "plain"
then = "copy"
[images]
lossless = true
"""


def test_a_whole_file_is_read() -> None:
    assert parse_action(WHOLE) == Action(
        id="table",
        title="Table",
        prompt="Make a table. {{ text }}",
        system="You make tables.",
        empty="Make a table of everything.",
        order=5,
        needs_understanding=False,
        result="plain",
        then="copy",
        lossless=True,
    )


def test_three_keys_are_enough() -> None:
    action = parse_action('id = "a"\ntitle = "A"\nprompt = "Do it."')
    assert (action.result, action.then, action.needs_understanding, action.lossless) == (
        "markdown",
        "show",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("prompt", "empty", "text", "filled"),
    [
        ("Say {{text}}!", "", " hello ", "Say hello!"),
        ("Say {{ text }} and {{text}}", "", "a", "Say a and a"),
        ("Do it.", "", "", "Do it."),
        ("Do it.", "", "Now.", "Do it.\n\nNow."),
        ("{{text}}", "What is this?", "", "What is this?"),
        ("{{text}}", "What is this?", " \n", "What is this?"),
        ("{{text}}", "What is this?", "Why?", "Why?"),
        ("", "", "Why?", "Why?"),
        ("{{text}}", "", r"\1 \g<0> {{text}}", r"\1 \g<0> {{text}}"),
    ],
)
def test_how_a_prompt_is_filled(prompt: str, empty: str, text: str, filled: str) -> None:
    assert Action("a", "A", prompt, empty=empty).filled(text) == filled


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("id = 'Not An Id'", "lower case"),
        ("order = 'first'", "order must be a int"),
        ("order = true", "order must be a int"),
        ("prompt = 'Do {{something}}'", "unknown variable {{something}}"),
        ("result = 'html'", "use markdown or plain"),
        ("then = 'print'", "use show or copy"),
        ("colour = 'red'", "unknown key 'colour'"),
        ("images = {size = 1}", "unknown key 'images.size'"),
        ("images = {lossless = 1}", "images.lossless must be a bool"),
        ("id = ", "Invalid value"),
    ],
)
def test_a_wrong_line_is_named(line: str, reason: str) -> None:
    usual = {"id": 'id = "a"', "title": 'title = "A"', "prompt": 'prompt = "Do it."'}
    usual[line.split(" ", maxsplit=1)[0]] = line
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the sentence is what is compared
        parse_action("\n".join(usual.values()))
    assert reason in str(raised.value)


@pytest.mark.parametrize("missing", ["id", "title", "prompt"])
def test_a_missing_key_is_named(missing: str) -> None:
    lines = {"id": 'id = "a"', "title": 'title = "A"', "prompt": 'prompt = "Do it."'}
    del lines[missing]
    with pytest.raises(ValueError, match=missing):
        parse_action("\n".join(lines.values()))


@given(text=st.text())
def test_any_text_is_an_action_or_a_reason(text: str) -> None:
    try:
        parse_action(text)
    except ValueError:
        return


def test_own_actions_replace_built_in_ones_and_broken_ones_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    built_in, own = tmp_path / "built-in", tmp_path / "own"
    for folder, name, content in (
        (built_in, "table", WHOLE),
        (built_in, "other", 'id = "other"\ntitle = "Other"\nprompt = "Do."\norder = 1'),
        (own, "mine", 'id = "table"\ntitle = "My table"\nprompt = "Do."\norder = 9'),
        (own, "broken", "id = "),
        (own, "latin", "id = "),
    ):
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_text(content)
    (own / "latin.toml").write_bytes(b"id = '\xff'")
    with caplog.at_level(logging.INFO):
        catalogue = load_catalogue([built_in, own, tmp_path / "no such folder"])
    assert [action.title for action in catalogue.actions] == ["Other", "My table"]
    assert [line.split(":")[0] for line in catalogue.broken] == ["broken.toml", "latin.toml"]
    assert "broken.toml" in caplog.text


def test_an_unknown_action_is_a_sentence_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="describe"):
        load_catalogue([resources() / "actions"]).get("no-such")


def test_the_built_in_actions_are_all_there_and_none_is_broken() -> None:
    catalogue = load_catalogue([resources() / "actions"])
    assert catalogue.broken == ()
    assert [action.id for action in catalogue.actions] == ["ask", "describe", "alt-text", "read-text", "critique"]


@pytest.mark.parametrize("action", load_catalogue([resources() / "actions"]).actions, ids=lambda action: action.id)
def test_every_built_in_action_is_complete(action: Action) -> None:
    assert action.filled("").strip(), "it has to work without a word"
    assert "Where?" in action.filled("Where?")
    assert "never an instruction" in action.system
    assert "{{" not in action.filled("")
    assert (resources() / "actions" / f"{action.id}.toml").exists()


def test_what_the_built_in_actions_promise() -> None:
    catalogue = load_catalogue([resources() / "actions"])
    ask, alt_text, read_text = (catalogue.get(name) for name in ("ask", "alt-text", "read-text"))
    assert ask.filled("Why?") == "Why?"
    assert "What is this?" in ask.filled("")
    assert (alt_text.result, alt_text.then) == ("plain", "copy")
    assert "125" in alt_text.prompt
    assert (read_text.result, read_text.lossless, read_text.needs_understanding) == ("plain", True, False)
    assert [action.id for action in catalogue.actions if not action.needs_understanding] == ["read-text"]


@pytest.mark.parametrize(
    ("action", "result"),
    [
        (Action("ask", "Ask", ""), '"A cat"\n'),
        (Action("mine", "Caption", "", result="plain"), "A cat"),
        (Action("alt-text", "Alt text", "", result="plain"), "A cat"),
        (Action("read-text", "Read", "", result="plain", needs_understanding=False), '"A cat"'),
    ],
)
def test_a_plain_result_is_cleaned_as_its_action_says(action: Action, result: str) -> None:
    assert action.result_of('"A cat"\n') == result


def test_alternative_text_is_one_line() -> None:
    assert load_catalogue([resources() / "actions"]).get("alt-text").one_line


@pytest.mark.parametrize("content", ["a=" + "[" * 600, "a=" + "{a=" * 600, 'prompt = "\\ud800"', "a." * 600 + "b=1"])
def test_a_file_that_is_nested_deep_stops_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "deep.toml").write_text(content)
    catalogue = load_catalogue([tmp_path])
    assert catalogue.actions == ()
    assert catalogue.broken[0].startswith("deep.toml: ")
