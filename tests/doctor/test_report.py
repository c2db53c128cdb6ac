from __future__ import annotations

from pathlib import Path

import pytest

from grokdesk.doctor.examination import PARTS, Part
from grokdesk.doctor.report import Scrubber, is_broken, lines_of, object_of, scrubbed, verdict_of
from grokdesk.logs import Redactor
from grokdesk.system.part_state import WORDS, PartState, StateName


def scrubber(user: str = "ada") -> Scrubber:
    redactor = Redactor()
    redactor.remember("planted-Zq9w8e7r6t5y4u3i2o1p")
    return Scrubber(Path("/home/ada"), user, redactor.redact)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Look at /home/ada/.local/share/grokdesk.", "Look at ~/.local/share/grokdesk."),
        ("Look at /home/ada.", "Look at ~."),
        ("Look at /home/adam/x.", "Look at /home/adam/x."),
        ("The folder of ada is full.", "The folder of ~ is full."),
        ("Canada and ada-like stay.", "Canada and ada-like stay."),
        ("https://me:word@box.lan:8080/v1 is silent.", "https://box.lan:8080/v1 is silent."),
        ("http://box.lan/v1?token=abc was asked.", "http://box.lan/v1 was asked."),
        ("Is it on?", "Is it on?"),
        ("The key planted-Zq9w8e7r6t5y4u3i2o1p is wrong.", "The key [redacted] is wrong."),
        ("Bearer abcdef was sent.", "Bearer [redacted] was sent."),
        ("/run/user/1000/bus", "/run/user/1000/bus"),
    ],
)
def test_what_is_private_is_left_out(text: str, shown: str) -> None:
    assert scrubber()(text) == shown


def test_every_field_of_a_state_is_scrubbed() -> None:
    state = PartState("ok", "/home/ada/a", "/home/ada/b", "/home/ada/c", "/home/ada/d")
    assert scrubbed(state, scrubber()) == PartState("ok", "~/a", "~/b", "~/c", "~/d")


def test_without_a_name_only_the_folder_is_known() -> None:
    assert scrubber("")("ada is in /home/ada") == "ada is in ~"


@pytest.mark.parametrize(
    ("part", "state", "broken"),
    [
        ("tray", "ok", False),
        ("tray", "missing", False),
        ("tray", "impossible", False),
        ("hotkeys", "desktop-decides", False),
        ("hotkeys", "taken", True),
        ("keyring", "degraded", True),
        ("keyring", "missing", False),
        ("session", "missing", True),
        ("session", "impossible", False),
        ("network", "missing", True),
        ("reading", "impossible", True),
        ("provider", "ok", False),
    ],
)
def test_what_counts_as_broken(part: Part, state: StateName, broken: bool) -> None:
    found = PartState(state, "none", "")
    assert is_broken(part, found) == broken
    assert verdict_of({part: found}) == (f"Needs attention: {part}." if broken else "No problems found.")


def test_the_object_has_the_promised_fields_and_the_command() -> None:
    hotkeys = PartState("impossible", "none", "No.", "Bind this:", "grokdesk capture")
    assert object_of({"hotkeys": hotkeys}) == {
        "hotkeys": {
            "state": "impossible",
            "backend": "none",
            "why": "No.",
            "what_to_do": "Bind this: grokdesk capture",
        }
    }


@pytest.mark.parametrize("plain", [False, True])
def test_the_table_says_every_state_in_words(plain: bool) -> None:
    states: dict[Part, PartState] = {
        part: PartState(state, "backend", "why " * 60, "Do it.") for part, state in zip(PARTS, WORDS, strict=False)
    }
    lines = list(lines_of(states, 60, plain=plain))
    assert all(len(line) <= 60 for line in lines)
    for part, state in states.items():
        assert any(line[2:].startswith(part) and WORDS[state.state] in line for line in lines)
    if plain:
        assert "".join(lines).isascii()
