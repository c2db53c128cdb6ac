"""What the overlay says: the line of keys that fits the moment, and what a screen reader hears."""

from __future__ import annotations

from dataclasses import dataclass

from grokdesk.model import Region
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Mode

TITLE = "Select a region of the screen"
SPOKEN_KEYS = (
    "Drag with the mouse, or press an arrow key to begin. Arrows move, with Control by ten pixels, Shift and arrows "
    "resize, Space takes the whole screen, W picks a window, Enter accepts, Escape cancels, F1 lists all keys."
)
_MODES: dict[Mode, str] = {
    "region": "Selecting a region",
    "window": "Picking a window. Tab goes to the next one, Enter takes it",
    "redact": "Drawing boxes. An arrow key begins one, Enter keeps it, X ends",
}


def hints_for(choosing: Choosing) -> tuple[tuple[str, str], ...]:
    """The keys that matter most now; how to get out comes last."""
    if choosing.entry:
        return (("Enter", "apply"), ("Backspace", "correct"), ("Esc", "drop"))
    if choosing.mode == "window":
        return (("Click", "take a window"), ("Ctrl+click", "adjust first"), ("Tab", "next"), ("Enter", "take"),
                ("Esc", "back"))  # fmt: skip
    if choosing.mode == "redact":
        enter = ("Enter", "keep the box") if choosing.box else ("Enter", "accept")
        return (("Drag", "an opaque box"), ("Arrows", "place one"), enter, ("Delete", "remove"), ("X", "done"),
                ("Esc", "back"))  # fmt: skip
    if choosing.marks.region is not None:
        return (("Enter", "accept"), ("Arrows", "move"), ("Shift+arrows", "resize"), ("X", "redact"), ("F1", "keys"),
                ("Esc", "back"))  # fmt: skip
    window = (("Click", "a window"),) if choosing.stage.windows else ()
    last = (("L", "last region"),) if choosing.stage.last else ()
    return (("Drag", "a region"), *window, ("Space", "screen"), *last, ("F1", "keys"), ("Esc", "cancel"))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener knows; taken before an input, it tells afterwards what is new."""

    region: Region | None
    boxes: tuple[Region, ...]
    mode: Mode
    entry: str
    magnifies: bool
    screen: int

    @classmethod
    def of(cls, choosing: Choosing) -> Heard:
        return cls(
            choosing.region, choosing.boxes, choosing.mode, choosing.entry, choosing.magnifies, choosing.screen
        )  # fmt: skip


def spoken_change(before: Heard, choosing: Choosing) -> str:
    """In a sentence what an input changed; "" when nothing did."""
    now = Heard.of(choosing)
    said: list[str] = []
    if now.mode != before.mode:
        said.append(_MODES[now.mode])
    elif now.screen != before.screen and now.region == before.region:
        said.append(f"Screen {now.screen + 1} of {len(choosing.stage.screens)}")
    if now.entry != before.entry and now.entry:
        said.append(now.entry)
    if now.region != before.region:
        said.append(place_in_words(now.region, choosing) if now.region else "Nothing is selected")
    if now.boxes != before.boxes:
        said.append(_boxes_in_words(before.boxes, now.boxes, choosing))
    if now.magnifies != before.magnifies:
        said.append("Magnifier on" if now.magnifies else "Magnifier off")
    if choosing.notice:
        said.append(choosing.notice.rstrip("."))
    return ". ".join(said)


def place_in_words(region: Region, choosing: Choosing) -> str:
    """``400 × 400 at 200, 200``, counted from the corner of the screen that has all of it."""
    origin = choosing.bounds_of(region)
    return f"{pixel_size(region.width, region.height)} at {region.x - origin.x}, {region.y - origin.y}"


def _boxes_in_words(before: tuple[Region, ...], now: tuple[Region, ...], choosing: Choosing) -> str:
    if len(now) < len(before):
        return f"Box removed, {len(now)} left"
    return f"Box {place_in_words(now[-1], choosing)}"
