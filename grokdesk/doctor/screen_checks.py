"""Capture and hotkeys: a test shot that is thrown away, and the person's hotkey taken and let go."""

from __future__ import annotations

from collections.abc import Callable

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture
from grokdesk.pictures.decode.probe import shows_nothing
from grokdesk.system.part_state import PartState
from grokdesk.translation import _


def check_capture(grab: Callable[[], Capture], state: Callable[[], PartState]) -> PartState:
    """``state`` is the back end's own, after the grab. The picture is looked at and forgotten."""
    try:
        capture = grab()
    except NotPossibleHere as error:
        told = state()
        return told if not told.works else PartState("impossible", told.backend, error.title, error.hint)
    told, pixels = state(), capture.pixels
    count = len(capture.monitors)
    screens = f"{count} screen{'' if count == 1 else 's'}"
    shot = f"A test shot has {pixels.width} x {pixels.height} pixels on {screens}"
    if shows_nothing(pixels.data):
        what_to_do = _("Unless your screen really is black: start GrokDesk from within your desktop session.")
        return PartState("degraded", told.backend, _("{shot}, and all of it is black.").format(shot=shot), what_to_do)
    return PartState(told.state, told.backend, f"{shot}. {told.why}", told.what_to_do, told.command)


def check_hotkey(hotkey: str, bind: Callable[[], PartState], state: PartState) -> PartState:
    """``bind`` takes the hotkey and says how that went; ``state`` is the back end's own."""
    if not state.works:
        return state
    if not hotkey:
        return PartState(
            "ok", state.backend, _("You have chosen no hotkey. {why}").format(why=state.why), command="grokdesk capture"
        )
    bound = bind()
    if not bound.works:
        return bound
    return PartState("ok", state.backend, _("{hotkey} can be taken. {why}").format(hotkey=hotkey, why=state.why))
