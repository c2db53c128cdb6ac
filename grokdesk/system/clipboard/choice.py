"""Which way to the clipboard there is without a window: for commands, and for windows that are not in front."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial

from grokdesk.system.clipboard.content import Clipboard
from grokdesk.system.clipboard.none import NoClipboard
from grokdesk.system.clipboard.tools import PBCOPY, WL_COPY, XCLIP, Tool, ToolClipboard
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session
from grokdesk.translation import _


def choose_clipboard(
    session: Session, environment: Mapping[str, str], find: Callable[[str], str | None] = shutil.which
) -> Clipboard:
    """``state`` of the result tells the reason. ``find`` says where a program is, None when it is not installed."""
    if session.kind == "windows":
        return _of_windows()
    if session.kind == "none":
        why = _("No display, so no clipboard.")
        return NoClipboard(
            PartState("impossible", "none", why, _("Redirect the answer to a file instead: > answer.txt"))
        )
    # Not xclip under Wayland: it would read back from XWayland what it wrote there, while the desktop has another. Not
    # xsel: on a busy computer it loses what it could just be asked for.
    tool = {"wayland": WL_COPY, "x11": XCLIP, "macos": PBCOPY}[session.kind]
    if not all(map(find, tool.programs)):
        why = _("{name} is not installed, and nothing else can copy without a window on {system}.").format(
            name=tool.name, system=session.system
        )
        return NoClipboard(
            PartState(
                "missing", "none", why, _("Install {package}.").format(package=tool.package) if tool.package else ""
            )
        )
    return _with(tool, session, environment)


def _with(tool: Tool, session: Session, environment: Mapping[str, str]) -> Clipboard:
    if tool is PBCOPY:
        # Without it pbcopy takes text for MacRoman when it is started by a program that has no locale.
        return ToolClipboard(tool, {**environment, "LC_CTYPE": "UTF-8"})
    if tool is XCLIP:
        from grokdesk.system.clipboard.selections_x11 import empty_clipboard

        return ToolClipboard(tool, environment, partial(empty_clipboard, session.display))
    return ToolClipboard(tool, environment)


def _of_windows() -> Clipboard:
    if sys.platform == "win32":
        from grokdesk.system.clipboard.windows import WindowsClipboard

        return WindowsClipboard()
    return NoClipboard(PartState("impossible", "none", _("This is not Windows.")))
