"""What the running GrokDesk says of its own parts: it has the tray icon, the hotkeys and the window."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from grokdesk import __version__
from grokdesk.doctor.examination import PARTS, Part
from grokdesk.errors import GrokDeskError
from grokdesk.paths import Paths
from grokdesk.system.instance_client import send
from grokdesk.system.part_state import WORDS, PartState

log = logging.getLogger(__name__)

WORD = "doctor"
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """``version`` is "" for a program that cannot be asked: it hangs, or it is too old to know the question."""

    version: str
    parts: Mapping[Part, PartState] = field(default_factory=dict)


def ask_running(paths: Paths, seconds: float = SECONDS) -> Running | None:
    """None when no GrokDesk runs."""
    try:
        reply = send(paths, (WORD,), seconds)
    except GrokDeskError as error:
        log.info("the running program: %s", error)
        return Running("")
    if reply is None:
        return None
    return parts_from(reply.out) if reply.exit_code == 0 else Running("")


def as_line(parts: Mapping[Part, PartState]) -> str:
    """What the running program answers."""
    return json.dumps({"version": __version__, "parts": {part: asdict(state) for part, state in parts.items()}})


def parts_from(line: str) -> Running:
    """The other end of ``as_line``; what cannot be understood is left out."""
    try:
        told = json.loads(line)
        version, parts = str(told["version"]), dict(told["parts"])
    except (ValueError, KeyError, TypeError):
        return Running("")
    found: dict[Part, PartState] = {}
    for part in PARTS:
        try:
            about = parts[part]
            if about["state"] in WORDS:
                texts = (str(about[name]) for name in ("backend", "why", "what_to_do", "command"))
                found[part] = PartState(about["state"], *texts)
        except (KeyError, TypeError):
            continue
    return Running(version, found)
