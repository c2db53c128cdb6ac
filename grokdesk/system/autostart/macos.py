"""Autostart on macOS: a launch agent of the person.

Sources: launchd.plist(5) and launchctl(1). Login Items in System Settings can switch an agent off without touching
its file; ``launchctl print-disabled`` knows.
"""

from __future__ import annotations

import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from grokdesk.errors import NotPossibleHere
from grokdesk.pictures.decode.child_process import desktop_environment
from grokdesk.system.launch import Launch
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

LABEL = "io.github.grokdesk.GrokDesk"
BACKEND = "launch agent"
LAUNCHCTL_SECONDS = 3.0


def agents_folder() -> Path:
    return Path.home() / "Library" / "LaunchAgents"


class MacAutostart:
    def __init__(self, folder: Path, launch: Launch, launchctl: Callable[[Sequence[str]], str]) -> None:
        """``launchctl`` runs it with words and returns what it prints, "" when it cannot: see ``run_launchctl``."""
        self.file = folder / f"{LABEL}.plist"
        self._launch = launch
        self._launchctl = launchctl

    def is_on(self) -> bool:
        agent = self._agent()
        return agent is not None and bool(agent.get("RunAtLoad")) and not self._is_disabled()

    @property
    def state(self) -> PartState:
        agent = self._agent()
        if agent is None:
            return PartState("ok", BACKEND, _("GrokDesk does not start at login."))
        if not agent.get("RunAtLoad") or self._is_disabled():
            return PartState(
                "desktop-decides",
                BACKEND,
                _("Turned off in System Settings > Login Items."),
                _("Turn it on here."),
            )
        words = [str(word) for word in agent.get("ProgramArguments") or [""]]
        if not Path(words[0]).exists():
            why = _("The launch agent starts {value}, which no longer exists.").format(value=words[0] or "nothing")
            return PartState("degraded", BACKEND, why, _("Repair it to start this GrokDesk."))
        wanted = self._wanted()
        if words != wanted["ProgramArguments"] or agent.get("EnvironmentVariables") != wanted["EnvironmentVariables"]:
            why = _("The launch agent starts another GrokDesk: {names}.").format(names=" ".join(words))
            return PartState("degraded", BACKEND, why, _("Repair it to start this GrokDesk."))
        return PartState("ok", BACKEND, _("GrokDesk starts when you log in."))

    def switch(self, on: bool) -> None:
        try:
            if on:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self.file.write_bytes(plistlib.dumps(self._wanted()))
            else:
                self.file.unlink(missing_ok=True)
        except OSError as error:
            raise NotPossibleHere(
                _("The launch agent could not be changed."), f"{self.file}: {error.strerror or type(error).__name__}."
            ) from error
        if on and self._is_disabled():
            self._launchctl(("enable", f"{_domain()}/{LABEL}"))

    def _wanted(self) -> dict[str, Any]:
        return {
            "Label": LABEL,
            "ProgramArguments": [*self._launch.words, "--background"],
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
            "EnvironmentVariables": {"GROKDESK_HOME": self._launch.home} if self._launch.home else {},
        }

    def _agent(self) -> dict[str, Any] | None:
        try:
            agent = plistlib.loads(self.file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
            return {"RunAtLoad": True}
        return agent if isinstance(agent, dict) else {"RunAtLoad": True}

    def _is_disabled(self) -> bool:
        """Newer systems print "disabled", older ones "true"."""
        printed = self._launchctl(("print-disabled", _domain()))
        return re.search(rf'"{re.escape(LABEL)}" => (disabled|true)\b', printed) is not None


def _domain() -> str:
    if sys.platform == "win32":
        raise NotImplementedError
    return f"gui/{os.getuid()}"


def run_launchctl(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            ("launchctl", *words),
            capture_output=True,
            text=True,
            timeout=LAUNCHCTL_SECONDS,
            check=False,
            env=desktop_environment(os.environ),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
