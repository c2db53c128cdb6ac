"""Capture and hotkeys: a test shot that is thrown away, and the person's hotkey taken and let go."""

from __future__ import annotations

from collections.abc import Callable

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture
from grokdesk.pictures.decode.probe import shows_nothing
from grokdesk.system.part_state import PartState
from grokdesk.translation import _, ngettext


def check_capture(grab: Callable[[], Capture], state: Callable[[], PartState]) -> PartState:
    """``state`` is the back end's own, after the grab. The picture is looked at and forgotten."""
    try:
        capture = grab()
    except NotPossibleHere as error:
        after = state()
        return after if not after.works else PartState("impossible", after.backend, error.title, error.hint)
    after, pixels = state(), capture.pixels
    count = len(capture.monitors)
    shot = ngettext(
        "Test screenshot: {width} x {height} pixels, {count} screen",
        "Test screenshot: {width} x {height} pixels, {count} screens",
        count,
    ).format(width=pixels.width, height=pixels.height, count=count)
    if shows_nothing(pixels.data):
        what_to_do = _("If your screen is not really black, start GrokDesk from within your desktop session.")
        return PartState("degraded", after.backend, _("{shot}, all black.").format(shot=shot), what_to_do)
    return PartState(after.state, after.backend, f"{shot}. {after.why}", after.what_to_do, after.command)


def check_hotkey(hotkey: str, bind: Callable[[], PartState], state: PartState) -> PartState:
    """``bind`` takes the hotkey and says how that went; ``state`` is the back end's own."""
    if not state.works:
        return state
    if not hotkey:
        return PartState(
            "ok", state.backend, _("No hotkey is set. {why}").format(why=state.why), command="grokdesk capture"
        )
    bound = bind()
    if not bound.works:
        return bound
    return PartState("ok", state.backend, _("{hotkey} is available. {why}").format(hotkey=hotkey, why=state.why))
