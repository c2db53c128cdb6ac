from __future__ import annotations

import json

from grokdesk import __version__
from grokdesk.doctor.running import Running, as_line, ask_running, parts_from
from grokdesk.paths import paths_from
from grokdesk.system.part_state import PartState

TAKEN = PartState("taken", "x11", "Another program has it.", "Choose another.", "grokdesk capture")


def test_what_one_end_writes_the_other_reads() -> None:
    assert parts_from(as_line({"hotkeys": TAKEN})) == Running(__version__, {"hotkeys": TAKEN})


def test_what_makes_no_sense_is_left_out() -> None:
    parts = {
        "hotkeys": {"state": "splendid", "backend": "", "why": "", "what_to_do": "", "command": ""},
        "tray": {"state": "ok"},
        "weather": {"state": "ok", "backend": "", "why": "", "what_to_do": "", "command": ""},
        "clipboard": 7,
    }
    assert parts_from(json.dumps({"version": "9", "parts": parts})) == Running("9")
    for line in ("", "[]", "{}", '{"version": "9", "parts": 3}'):
        assert parts_from(line) == Running("")


def test_nobody_runs(home: object) -> None:
    assert ask_running(paths_from({"GROKDESK_HOME": str(home)})) is None
