"""Clipboards for tests: one in memory at our own protocol, and programs that play wl-copy and its relatives."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import Content
from grokdesk.system.part_state import PartState

READY = PartState("ok", "memory", "A clipboard in memory.")


@dataclass
class MemoryClipboard:
    """Keeps one form, as the tools do. With ``trouble`` every operation raises it."""

    forms: dict[str, bytes] = field(default_factory=dict)
    trouble: NotPossibleHere | None = None
    state: PartState = READY
    copied: list[Content] = field(default_factory=list)

    def kinds(self) -> tuple[str, ...]:
        self._check()
        return tuple(self.forms)

    def read(self, kind: str) -> bytes:
        self._check()
        return self.forms.get(kind, b"")

    def copy(self, content: Content) -> tuple[str, ...]:
        self._check()
        self.copied.append(content)
        self.forms = {content.main: content.forms[content.main]}
        return (content.main,)

    def clear(self) -> None:
        self._check()
        self.forms = {}

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble


_PLAYED = """#!{python}
import os, pathlib, sys, time
folder, words = pathlib.Path({folder!r}), sys.argv[1:]
with open(folder / "calls", "a") as calls:
    calls.write(" ".join([{name!r}, *words, *sorted(n for n in os.environ if n.endswith("_API_KEY"))]) + "\\n")
kind = (words + ["text/plain"])[words.index("--type") + 1] if "--type" in words else "text/plain"
file = folder / kind.replace("/", "_")
if {name!r} == "wl-copy":
    {behaviour}
    for old in folder.glob("*_*"):
        old.unlink()
    if "--clear" not in words:
        file.write_bytes(sys.stdin.buffer.read())
elif "--list-types" in words:
    print("\\n".join(old.name.replace("_", "/") for old in folder.glob("*_*")))
elif file.exists():
    sys.stdout.buffer.write(file.read_bytes())
else:
    sys.exit("Nothing is copied")
"""


def played_tools(folder: Path, environment: Mapping[str, str], behaviour: str = "pass") -> dict[str, str]:
    """The environment for programs that play wl-copy and wl-paste and keep what was copied in ``folder``.

    ``behaviour`` is a line of Python that wl-copy runs first. The file ``calls`` has a line for each start.
    """
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name in ("wl-copy", "wl-paste"):
        file = programs / name
        file.write_text(
            _PLAYED.format(python=sys.executable, folder=str(folder), name=name, behaviour=behaviour), encoding="utf-8"
        )
        file.chmod(0o755)
    return {**environment, "PATH": f"{programs}:{environment['PATH']}"}
