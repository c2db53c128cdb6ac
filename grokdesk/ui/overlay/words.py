"""What the overlay says: the line of keys that fits the moment, and what a screen reader hears."""

from __future__ import annotations

from dataclasses import dataclass

from grokdesk.model import Region
from grokdesk.translation import N_, _
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Mode

TITLE = N_("Select a region of the screen")
SPOKEN_KEYS = N_(
    "Drag with the mouse, or press an arrow key to begin. Arrows move, with Control by ten pixels, Shift and arrows "
    "resize, Space takes the whole screen, W picks a window, Enter accepts, Escape cancels, F1 lists all keys."
)
_MODES: dict[Mode, str] = {
    "region": N_("Selecting a region"),
    "window": N_("Picking a window. Tab goes to the next one, Enter takes it"),
    "redact": N_("Drawing boxes. An arrow key begins one, Enter keeps it, X ends"),
}


def hints_for(choosing: Choosing) -> tuple[tuple[str, str], ...]:
    """The keys that matter most now; how to get out comes last."""
    if choosing.entry:
        return ((_("Enter"), _("apply")), (_("Backspace"), _("correct")), (_("Esc"), _("drop")))
    if choosing.mode == "window":
        return (
            (_("Click"), _("take a window")),
            (_("Ctrl+click"), _("adjust first")),
            (_("Tab"), _("next")),
            (_("Enter"), _("take")),
            (_("Esc"), _("back")),
        )
    if choosing.mode == "redact":
        enter = (_("Enter"), _("keep the box")) if choosing.box else (_("Enter"), _("accept"))
        return (
            (_("Drag"), _("an opaque box")),
            (_("Arrows"), _("place one")),
            enter,
            (_("Delete"), _("remove")),
            (_("X"), _("done")),
            (_("Esc"), _("back")),
        )
    if choosing.marks.region is not None:
        return (
            (_("Enter"), _("accept")),
            (_("Arrows"), _("move")),
            (_("Shift+arrows"), _("resize")),
            (_("X"), _("redact")),
            (_("F1"), _("keys")),
            (_("Esc"), _("back")),
        )
    window = ((_("Click"), _("a window")),) if choosing.stage.windows else ()
    last = ((_("L"), _("last region")),) if choosing.stage.last else ()
    return (
        (_("Drag"), _("a region")),
        *window,
        (_("Space"), _("screen")),
        *last,
        (_("F1"), _("keys")),
        (_("Esc"), _("cancel")),
    )


@dataclass(frozen=True, slots=True)
class Announced:
    """What a listener knows; taken before an input, it tells afterwards what is new."""

    region: Region | None
    boxes: tuple[Region, ...]
    mode: Mode
    entry: str
    magnifies: bool
    screen: int

    @classmethod
    def of(cls, choosing: Choosing) -> Announced:
        return cls(
            choosing.region, choosing.boxes, choosing.mode, choosing.entry, choosing.magnifies, choosing.screen
        )  # fmt: skip


def spoken_change(before: Announced, choosing: Choosing) -> str:
    """In a sentence what an input changed; "" when nothing did."""
    now = Announced.of(choosing)
    said: list[str] = []
    if now.mode != before.mode:
        said.append(_(_MODES[now.mode]))
    elif now.screen != before.screen and now.region == before.region:
        said.append(_("Screen {number} of {count}").format(number=now.screen + 1, count=len(choosing.stage.screens)))
    if now.entry != before.entry and now.entry:
        said.append(now.entry)
    if now.region != before.region:
        said.append(place_in_words(now.region, choosing) if now.region else _("Nothing is selected"))
    if now.boxes != before.boxes:
        said.append(_boxes_in_words(before.boxes, now.boxes, choosing))
    if now.magnifies != before.magnifies:
        said.append(_("Magnifier on") if now.magnifies else _("Magnifier off"))
    if choosing.notice:
        said.append(choosing.notice.rstrip("."))
    return ". ".join(said)


def place_in_words(region: Region, choosing: Choosing) -> str:
    """``400 × 400 at 200, 200``, counted from the corner of the screen that has all of it."""
    origin = choosing.bounds_of(region)
    return _("{size} at {x}, {y}").format(
        size=pixel_size(region.width, region.height), x=region.x - origin.x, y=region.y - origin.y
    )


def _boxes_in_words(before: tuple[Region, ...], now: tuple[Region, ...], choosing: Choosing) -> str:
    if len(now) < len(before):
        return _("Box removed, {count} left").format(count=len(now))
    return _("Box {place}").format(place=place_in_words(now[-1], choosing))
