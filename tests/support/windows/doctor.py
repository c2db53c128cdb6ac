"""What doctor says on a desktop, compared with what is expected of it.

``tests/data/doctor/<desktop>.json`` has the expected state of every part, or a list of states where more than one is
right: ``{"session": "ok", "capture": ["ok", "desktop-decides"], ...}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "doctor"


def differences(desktop: str, report: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each part whose state is not the expected one; ``report`` is what ``doctor --json`` printed."""
    expected = json.loads((FOLDER / f"{desktop}.json").read_text(encoding="utf-8"))
    lines = [f"{part}: expected in {desktop}.json but not reported" for part in expected if part not in report]
    for part, found in report.items():
        wanted = expected.get(part, [])
        states = [wanted] if isinstance(wanted, str) else wanted
        if found["state"] not in states:
            lines.append(f"{part}: {found['state']} and not {' or '.join(states)}: {found['why']}")
    return lines
