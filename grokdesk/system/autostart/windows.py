"""Autostart on Windows: the person's Run key, and what the Task Manager says about it.

Sources: https://learn.microsoft.com/en-us/windows/win32/setupapi/run-and-runonce-registry-keys; the values below
StartupApproved are written by Task Manager and Settings: their first byte is odd when the entry is switched off.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Protocol

from grokdesk.errors import NotPossibleHere
from grokdesk.system.launch import Launch
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

NAME = "GrokDesk"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
BACKEND = "Run key"


class Registry(Protocol):
    """The person's own part of the registry. Methods raise OSError."""

    def read(self, key: str, name: str) -> str | bytes | None:
        """None when there is no such value."""
        ...

    def write(self, key: str, name: str, value: str) -> None: ...

    def delete(self, key: str, name: str) -> None:
        """Does nothing when there is no such value."""
        ...


class WindowsAutostart:
    def __init__(self, registry: Registry, launch: Launch) -> None:
        self._registry = registry
        self._launch = launch

    def is_on(self) -> bool:
        try:
            return bool(self._command()) and not self._is_disabled()
        except OSError:
            return False

    @property
    def state(self) -> PartState:
        try:
            command, disabled = self._command(), self._is_disabled()
        except OSError as error:
            return PartState(
                "impossible", "none", _("The registry cannot be read: {value}.").format(value=error.strerror or error)
            )
        if not command:
            return PartState("ok", BACKEND, _("GrokDesk does not start at login."))
        if disabled:
            return PartState(
                "desktop-decides",
                BACKEND,
                _("Turned off in Windows settings."),
                _("Turn it on here."),
            )
        program = _program_of(command)
        if not Path(program).exists():
            why = _("The Run key starts {program}, which no longer exists.").format(program=program)
            return PartState("degraded", BACKEND, why, _("Repair it to start this GrokDesk."))
        if command != self._wanted():
            why = _("The Run key starts another GrokDesk: {command}.").format(command=command)
            return PartState("degraded", BACKEND, why, _("Repair it to start this GrokDesk."))
        return PartState("ok", BACKEND, _("GrokDesk starts when you log in."))

    def switch(self, on: bool) -> None:
        try:
            if on:
                self._registry.write(RUN, NAME, self._wanted())
            else:
                self._registry.delete(RUN, NAME)
            # Without a value here the entry counts; a remembered "off" would silently win.
            self._registry.delete(APPROVED, NAME)
        except OSError as error:
            raise NotPossibleHere(
                _("The Run key could not be changed."), f"{error.strerror or type(error).__name__}."
            ) from error

    def _wanted(self) -> str:
        return subprocess.list2cmdline((*self._launch.words, "--background"))

    def _command(self) -> str:
        command = self._registry.read(RUN, NAME)
        return command if isinstance(command, str) else ""

    def _is_disabled(self) -> bool:
        approved = self._registry.read(APPROVED, NAME)
        return isinstance(approved, bytes) and bool(approved) and approved[0] & 1 == 1


def _program_of(command: str) -> str:
    """The first word: up to the closing quote, or up to the first space."""
    return command[1:].partition('"')[0] if command.startswith('"') else command.partition(" ")[0]


if sys.platform == "win32":
    import winreg

    class CurrentUserRegistry:
        """HKEY_CURRENT_USER."""

        def read(self, key: str, name: str) -> str | bytes | None:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    value, _kind = winreg.QueryValueEx(opened, name)
            except FileNotFoundError:
                return None
            return value if isinstance(value, (str, bytes)) else None

        def write(self, key: str, name: str, value: str) -> None:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def delete(self, key: str, name: str) -> None:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return
