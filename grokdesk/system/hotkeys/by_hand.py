"""How a person gives a key to GrokDesk in the desktop's own settings, where a program may not."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grokdesk.errors import NotPossibleHere
from grokdesk.pictures.decode.child_process import desktop_environment
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import command_of
from grokdesk.system.hotkeys.xkb_names import hyprland_line, niri_line, sway_line
from grokdesk.translation import _

_LINES: Mapping[str, tuple[str, Callable[[Hotkey, str], str]]] = {
    "sway": ("Add this line to the configuration of sway and reload it.", sway_line),
    "hyprland": ("Add this line to hyprland.conf.", hyprland_line),
    "niri": ("Add this line to the binds of config.kdl.", niri_line),
}
_PLACES: Mapping[str, str] = {
    "gnome": "In Settings > Keyboard > View and customise shortcuts > Custom shortcuts, bind a key to this command.",
    "kde": "In System Settings > Keyboard > Shortcuts > Add new > Command, bind a key to this command.",
    "xfce": "In Settings > Keyboard > Application shortcuts, bind a key to this command.",
    "mate": "In Control centre > Keyboard shortcuts, bind a key to this command.",
    "x-cinnamon": "In Settings > Keyboard > Shortcuts > Custom shortcuts, bind a key to this command.",
    "cosmic": "In Settings > Keyboard > Keyboard shortcuts > Custom, bind a key to this command.",
}
ANYWHERE = "In your desktop's keyboard settings, bind a key to this command."
_OURS: Mapping[str, str] = {
    "gnome": "Give it a key in Settings > Apps > GrokDesk > Global shortcuts.",
    "kde": "Give it a key in System Settings > Keyboard > Shortcuts, under GrokDesk.",
    "hyprland": "Add this line to hyprland.conf.",
}
_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "gnome": ("gnome-control-center", "keyboard"),
    "kde": ("systemsettings", "kcm_keys"),
    "xfce": ("xfce4-keyboard-settings",),
    "mate": ("mate-keybinding-properties",),
    "x-cinnamon": ("cinnamon-settings", "keyboard"),
}


@dataclass(frozen=True, slots=True)
class ByHand:
    """``desktop`` as in ``Session``."""

    desktop: str

    @property
    def what_to_do(self) -> str:
        line = _LINES.get(self.desktop)
        return line[0] if line else _PLACES.get(self.desktop, ANYWHERE)

    @property
    def where_ours_are(self) -> str:
        """Where a desktop shows the hotkeys that programs have asked for."""
        return _OURS.get(self.desktop, "Give it a key in your desktop's settings for shortcuts.")

    def command(self, binding: str, hotkey: Hotkey) -> str:
        """What to copy: a line for the compositor's configuration, or the command alone."""
        line = _LINES.get(self.desktop)
        return line[1](hotkey, command_of(binding)) if line else command_of(binding)

    @property
    def program(self) -> Sequence[str]:
        """The desktop's own settings for keys; empty where none is known or installed."""
        words = _PROGRAMS.get(self.desktop, ())
        return words if words and shutil.which(words[0]) else ()

    def open_settings(self) -> None:
        """Raises NotPossibleHere."""
        if not self.program:
            raise NotPossibleHere(_("GrokDesk does not know the settings of this desktop."), self.what_to_do)
        start(self.program)


def start(words: Sequence[str]) -> None:
    """Start a program of the desktop that outlives us. Raises NotPossibleHere."""
    import subprocess

    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=desktop_environment(os.environ),
            start_new_session=True,
        )
    except OSError as error:
        raise NotPossibleHere(
            _("{word} does not start.").format(word=words[0]), _("Open the settings by hand.")
        ) from error
    # Somebody has to take its exit code, or it stays in the process table.
    threading.Thread(target=process.wait, name=words[0], daemon=True).start()
