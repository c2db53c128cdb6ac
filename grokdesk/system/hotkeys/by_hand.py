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
from grokdesk.translation import N_, _

_LINES: Mapping[str, tuple[str, Callable[[Hotkey, str], str]]] = {
    "sway": (N_("Add this line to the sway configuration and reload it."), sway_line),
    "hyprland": (N_("Add this line to hyprland.conf."), hyprland_line),
    "niri": (N_("Add this line to the binds section of config.kdl."), niri_line),
}
_PLACES: Mapping[str, str] = {
    "gnome": N_(
        "In Settings > Keyboard > View and customize shortcuts > Custom shortcuts, bind a key to this command."
    ),
    "kde": N_("In System Settings > Keyboard > Shortcuts > Add new > Command, bind a key to this command."),
    "xfce": N_("In Settings > Keyboard > Application shortcuts, bind a key to this command."),
    "mate": N_("In Control centre > Keyboard shortcuts, bind a key to this command."),
    "x-cinnamon": N_("In Settings > Keyboard > Shortcuts > Custom shortcuts, bind a key to this command."),
    "cosmic": N_("In Settings > Keyboard > Keyboard shortcuts > Custom, bind a key to this command."),
}
ANYWHERE = N_("In your desktop's keyboard settings, bind a key to this command.")
OURS_ANYWHERE = N_("Assign a key in your desktop's shortcut settings.")
_OURS: Mapping[str, str] = {
    "gnome": N_("Assign a key in Settings > Apps > GrokDesk > Global shortcuts."),
    "kde": N_("Assign a key in System Settings > Keyboard > Shortcuts, under GrokDesk."),
    "hyprland": N_("Add this line to hyprland.conf."),
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
        sentence = line[0] if line else _PLACES.get(self.desktop, ANYWHERE)
        return _(sentence)

    @property
    def where_ours_are(self) -> str:
        """Where a desktop shows the hotkeys that programs have asked for."""
        place = _OURS.get(self.desktop, OURS_ANYWHERE)
        return _(place)

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
            raise NotPossibleHere(_("GrokDesk can't open this desktop's settings."), self.what_to_do)
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
            _("{word} could not be started.").format(word=words[0]), _("Open the settings manually.")
        ) from error
    # Somebody has to take its exit code, or it stays in the process table.
    threading.Thread(target=process.wait, name=words[0], daemon=True).start()
