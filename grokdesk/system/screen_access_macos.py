"""Whether macOS lets this program see the screen. Without that it delivers pictures of the empty desktop, silently.

Source: https://developer.apple.com/documentation/coregraphics/cgpreflightscreencaptureaccess() and
cgrequestscreencaptureaccess(), both since macOS 10.15.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from grokdesk.errors import NotPossibleHere, PermissionNeeded
from grokdesk.translation import N_, _

CORE_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
_TITLE = N_("macOS does not allow GrokDesk to record the screen yet.")
_WHERE = N_("System Settings > Privacy & Security > Screen & System Audio Recording")

Answer = Callable[[str], bool]
"""Calls a function without arguments of Core Graphics, by its name."""


def _core_graphics(name: str) -> bool:
    """True as well where the function is missing: so old a system asks nobody."""
    try:
        function = getattr(ctypes.CDLL(CORE_GRAPHICS), name)
    except (OSError, AttributeError):
        return True
    function.argtypes, function.restype = (), ctypes.c_bool
    return bool(function())


def check_screen_access(answer: Answer = _core_graphics) -> None:
    """Raises PermissionNeeded. Shows nothing."""
    if not answer("CGPreflightScreenCaptureAccess"):
        raise PermissionNeeded(
            _(_TITLE), _("macOS will ask you next. Allow GrokDesk in {where}, then restart it.").format(where=_(_WHERE))
        )


def ask_for_screen_access(answer: Answer = _core_graphics) -> None:
    """Let macOS ask, which it does once; later only its settings help. Raises NotPossibleHere until it is allowed.

    A program that runs when the person allows it does not see the screen before its next start.
    """
    if not answer("CGPreflightScreenCaptureAccess") and not answer("CGRequestScreenCaptureAccess"):
        raise NotPossibleHere(
            _(_TITLE), _("Allow GrokDesk in {where}, then quit and restart it.").format(where=_(_WHERE))
        )
