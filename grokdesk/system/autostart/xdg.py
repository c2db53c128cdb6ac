"""Autostart on Linux desktops: an entry in the autostart folder.

Source: https://specifications.freedesktop.org/autostart-spec/latest/ and, for the key that GNOME writes,
https://gitlab.gnome.org/GNOME/gnome-session/-/blob/main/gnome-session/gsm-autostart-app.c
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from grokdesk.errors import NotPossibleHere
from grokdesk.system.autostart.desktop_entry import escape, quote_command, read_entry, split_command, write_entry
from grokdesk.system.launch import Launch
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

FILE = "io.github.grokdesk.GrokDesk.desktop"
BACKGROUND = "--background"
BACKEND = "autostart folder"
GNOME_KEY = "X-GNOME-Autostart-enabled"

# Window managers that start nothing from the folder by themselves.
BARE = {"sway", "i3", "hyprland", "river", "niri", "bspwm", "awesome", "openbox", "fluxbox", "dwm", "qtile"}


def autostart_folders(environment: Mapping[str, str]) -> tuple[Path, list[Path]]:
    """The person's own folder, and those of the system, the most important first."""
    home = environment.get("HOME") or str(Path.home())
    own = environment.get("XDG_CONFIG_HOME") or str(Path(home, ".config"))
    others = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return Path(own, "autostart"), [Path(folder, "autostart") for folder in others.split(":") if folder]


class XdgAutostart:
    def __init__(
        self, folder: Path, launch: Launch, icon: Path, *, others: Sequence[Path] = (), desktop: str = ""
    ) -> None:
        """``others`` are folders of the system, where an entry of ours may lie too; ``desktop`` as in Session."""
        self.file = folder / FILE
        self._others = [other / FILE for other in others]
        self._launch = launch
        self._icon = icon
        self._desktop = desktop

    def is_on(self) -> bool:
        entry = self._entry()
        return entry is not None and not _is_disabled(entry)

    @property
    def state(self) -> PartState:
        entry = self._entry()
        if entry is None:
            return PartState("ok", BACKEND, _("GrokDesk does not start at login."))
        if _is_disabled(entry):
            return PartState(
                "desktop-decides",
                BACKEND,
                _("Turned off in your desktop's settings."),
                _("Turn it on here."),
            )
        if trouble := self._trouble(split_command(entry.get("Exec", ""))):
            return PartState("degraded", BACKEND, trouble, _("Repair it to start this GrokDesk."))
        if self._desktop in BARE:
            return PartState(
                "desktop-decides",
                BACKEND,
                _("The entry exists, but {desktop} does not read it.").format(desktop=self._desktop),
                _("If GrokDesk does not start, add this to its configuration."),
                "exec " + shlex.join(self._words()),
            )
        return PartState("ok", BACKEND, _("GrokDesk starts when you log in."))

    def switch(self, on: bool) -> None:
        try:
            if on:
                self._write(self._new_entry(self._entry() or {}))
            elif any(other.exists() for other in self._others):
                # Only an entry of the same name hides that of the system.
                self._write({"Type": "Application", "Name": "GrokDesk", "Hidden": "true"})
            else:
                self.file.unlink(missing_ok=True)
        except OSError as error:
            raise NotPossibleHere(
                _("The autostart entry could not be changed."),
                f"{self.file}: {error.strerror or type(error).__name__}.",
            ) from error

    def _words(self) -> tuple[str, ...]:
        """GROKDESK_HOME belongs to this start of the program, and a login would not know it."""
        home = ("env", f"GROKDESK_HOME={self._launch.home}") if self._launch.home else ()
        return (*home, *self._launch.words, BACKGROUND)

    def _new_entry(self, old: Mapping[str, str]) -> dict[str, str]:
        """What others have added, such as a delay, stays."""
        ours = {
            "Type": "Application",
            "Name": "GrokDesk",
            "Comment": _("Ask about what is on the screen"),
            "Exec": quote_command(self._words()),
            "TryExec": escape(self._launch.program),
            "Icon": escape(str(self._icon)),
            "Terminal": "false",
            GNOME_KEY: "true",
        }
        return {**ours, **{key: value for key, value in old.items() if key not in {*ours, "Hidden"}}}

    def _write(self, entry: Mapping[str, str]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(write_entry(entry), encoding="utf-8")

    def _entry(self) -> dict[str, str] | None:
        """The entry that counts: the person's own, else the first of the system."""
        for file in (self.file, *self._others):
            try:
                return read_entry(file.read_text(encoding="utf-8", errors="replace"))
            except OSError:
                continue
        return None

    def _trouble(self, words: Sequence[str]) -> str:
        """Why the entry does not start this program, as a sentence; "" when it does."""
        home = ""
        words = list(words)
        if words and Path(words[0]).name == "env":
            words.pop(0)
            while words and "=" in words[0]:
                name, _is, value = words.pop(0).partition("=")
                home = value if name == "GROKDESK_HOME" else home
        if not words:
            return _("The autostart entry starts nothing.")
        program = shutil.which(words[0])
        if program is None:
            return _("The autostart entry starts {word}, which no longer exists.").format(word=words[0])
        ours = self._launch.words
        same = _are_the_same(program, ours[0]) and tuple(words[1 : len(ours)]) == ours[1:]
        if not same:
            return _("The autostart entry starts another GrokDesk: {names}.").format(names=shlex.join(words))
        if home != self._launch.home:
            return _("The autostart entry starts GrokDesk with another GROKDESK_HOME.")
        return ""


def _is_disabled(entry: Mapping[str, str]) -> bool:
    return entry.get("Hidden", "").lower() == "true" or entry.get(GNOME_KEY, "").lower() == "false"


def _are_the_same(program: str, ours: str) -> bool:
    """Not through links: a virtual environment's Python is a link to one that knows nothing of us."""
    return os.path.normpath(program) == os.path.normpath(ours)
