"""How this program was started, so that others can start it the same way."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Launch:
    """``words`` starts GrokDesk from any folder; ``home`` is the GROKDESK_HOME it has to have, "" for none."""

    words: tuple[str, ...]
    home: str = ""

    @property
    def program(self) -> str:
        """The file that has to be there."""
        return self.words[0]


def launch_of_this_process(environment: Mapping[str, str]) -> Launch:
    return launch_from(environment, sys.argv, sys.executable, frozen=bool(getattr(sys, "frozen", False)))


def launch_from(
    environment: Mapping[str, str],
    arguments: Sequence[str],
    executable: str,
    *,
    frozen: bool = False,
    platform: str = sys.platform,
) -> Launch:
    """An AppImage or packaged program is itself the file; an installed script is its own path; else Python with -m.

    Links are not followed: what is on the person's path stays there when a new version comes, and the Python of a
    virtual environment is a link.
    """
    home = environment.get("GROKDESK_HOME", "")
    home = str(Path(home).expanduser().absolute()) if home else ""
    if frozen:
        return Launch((environment.get("APPIMAGE") or executable,), home)
    interpreter = Path(executable)
    if platform == "win32":
        # Without a console window; the script in Scripts opens one.
        silent = interpreter.with_name("pythonw.exe")
        return Launch((str(silent if silent.exists() else interpreter), "-m", "grokdesk"), home)
    script = Path(arguments[0]).absolute() if arguments and arguments[0] else interpreter
    if script.name == "grokdesk" and script.is_file():
        return Launch((str(script),), home)
    return Launch((str(interpreter), "-m", "grokdesk"), home)
