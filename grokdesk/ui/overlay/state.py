"""What a person has chosen so far, and every way to change it. No widgets: keys and pointer lead here.

One ``Choosing`` serves all screens, so that only one of them has a selection. ``overlay_keys`` and
``overlay_pointer`` translate what the person does; windows show what they find here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from grokdesk.model import Region
from grokdesk.translation import N_, _
from grokdesk.ui.kit.steps import Steps
from grokdesk.ui.overlay.selection import (
    Point,
    around,
    fitted,
    middle,
    moved,
    of_size,
    pixel,
    resized_in_shape,
    window_at,
)
from grokdesk.ui.overlay.typed_entry import ScreenNumber, Shape, Size, Unclear, read_entry
from grokdesk.ui.overlay.values import Accept, Aids, KeyHolder, Leave, LiveDrag, Marks, Mode, Outcome, Stage, Typing

SELECT_FIRST = N_("Select a region first.")


class Choosing:
    def __init__(
        self,
        stage: Stage,
        mode: Literal["region", "window"] = "region",
        screen: int = 0,
        pointer: Point | None = None,
    ) -> None:
        cut = (window.intersected(stage.whole) for window in stage.windows)
        self.stage = replace(stage, windows=tuple(window for window in cut if not window.is_empty))
        self.mode: Mode = "region"
        self.steps = Steps(Marks())
        self.pointer = pointer
        self.pointed: Region | None = None
        """In window mode, what would be taken."""
        self.box: Region | None = None
        """A box that is placed by keys and not kept yet."""
        self._drag: LiveDrag | None = None
        self._typing = Typing()
        self._keys = KeyHolder(screen)
        self._aids = Aids()
        if mode == "window":
            self.choose_windows()
        self._home: Mode = self.mode

    # --- what it holds --------------------------------------------------------------------------------------

    @property
    def marks(self) -> Marks:
        return self.steps.now

    @property
    def screen(self) -> int:
        """The screen that has the keys."""
        return self._keys.screen

    @property
    def dragging(self) -> bool:
        return self._drag is not None

    @property
    def live(self) -> Region | None:
        """The selection or box while it is dragged."""
        return self._drag.live if self._drag is not None else None

    @property
    def entry(self) -> str:
        """What was typed and not applied yet."""
        return self._typing.text

    @property
    def notice(self) -> str:
        """A sentence about the last input."""
        return self._aids.notice

    @property
    def magnifies(self) -> bool:
        return self._aids.magnifies

    @property
    def shows_keys(self) -> bool:
        return self._aids.shows_keys

    @property
    def region(self) -> Region | None:
        """What is bright: the selection, also while it is dragged, or the window that would be taken."""
        if self.dragging and self.mode != "redact":
            return self.live
        return self.pointed if self.mode == "window" else self.marks.region

    @property
    def boxes(self) -> tuple[Region, ...]:
        extra = self.live if self.dragging and self.mode == "redact" else self.box
        return self.marks.boxes if extra is None else (*self.marks.boxes, extra)

    @property
    def is_adjusting(self) -> bool:
        """A selection exists and nothing moves it right now."""
        return self.marks.region is not None and self.mode != "window" and not self.dragging

    @property
    def magnified(self) -> Point | None:
        """The position in the capture that is shown enlarged."""
        return self._aids.pin or (self.pointer if self.dragging or self.magnifies else None)

    @property
    def screen_region(self) -> Region:
        return self.stage.screens[self.screen]

    def bounds_of(self, region: Region) -> Region:
        """Where ``region`` may go: its screen, or everywhere when it lies on several."""
        for screen in (self.screen_region, *self.stage.screens):
            if region.intersected(screen) == region:
                return screen
        return self.stage.whole

    # --- changes --------------------------------------------------------------------------------------------

    def begin_input(self) -> None:
        """What was said about the input before is over."""
        self._aids = replace(self._aids, notice="", pin=None)

    def say(self, sentence: str) -> None:
        self._aids = replace(self._aids, notice=sentence)

    def show_keys(self, shown: bool) -> None:
        self._aids = replace(self._aids, shows_keys=shown)

    def toggle_magnifier(self) -> None:
        self._aids = replace(self._aids, magnifies=not self.magnifies)

    def point_at(self, point: Point) -> None:
        """The pointer is there now, and what is enlarged with it."""
        self.pointer = point
        self._aids = replace(self._aids, pin=None)

    def give_keys_to(self, screen: int) -> None:
        self._keys = replace(self._keys, screen=screen)

    def hear_from(self, screen: int) -> None:
        """A key came through the window of ``screen``.

        The keys belong to that screen once they come through another window than before. Some desktops leave them in
        one window whatever is asked for; then they belong to the screen that was chosen last.
        """
        if screen != self._keys.heard_from:
            self._keys = KeyHolder(screen, screen)

    # --- dragging -------------------------------------------------------------------------------------------

    def drag_to(self, region: Region | None) -> None:
        """Begin a drag, or go on with it."""
        self._drag = LiveDrag(region)

    def end_drag(self) -> Region | None:
        """What it came to; it counts for nothing yet."""
        live, self._drag = self.live, None
        return live

    # --- selecting ------------------------------------------------------------------------------------------

    def select(self, region: Region | None, kind: str = "") -> None:
        """``region`` is the selection, which ends picking a window and typing."""
        if self.mode == "window":
            self.mode = "region"
        self._typing = Typing()
        self.steps.record(replace(self.marks, region=region), kind)

    def arrow(self, across: int, down: int, *, resize: bool) -> None:
        """Begin, move or resize: the box in redaction mode, the selection else."""
        if self.mode == "redact":
            self.box = self._first_box() if self.box is None else self._stepped(self.box, across, down, resize=resize)
            return
        region = self._region_here()
        if region is None:
            first = middle(self.screen_region)
            self.select(first if self.marks.aspect is None else fitted(first, self.marks.aspect))
        else:
            self.select(self._stepped(region, across, down, resize=resize), "resize" if resize else "move")

    def _region_here(self) -> Region | None:
        """The selection, unless it lies on other screens than the one with the keys."""
        region = self.region
        return None if region is None or region.intersected(self.screen_region).is_empty else region

    def _stepped(self, region: Region, across: int, down: int, *, resize: bool) -> Region:
        bounds = self.bounds_of(region)
        if not resize:
            stepped = moved(region, across, down, bounds)
            self._aids = replace(self._aids, pin=Point(stepped.x, stepped.y))
            return stepped
        stepped = resized_in_shape(region, across, down, bounds, None if self.box else self.marks.aspect)
        self._aids = replace(self._aids, pin=Point(stepped.right - 1, stepped.bottom - 1))
        return stepped

    def _first_box(self) -> Region:
        return middle(middle(self.marks.region or self.screen_region))

    def take_screen(self, number: int | None = None) -> Outcome:
        """Select the screen with the keys, or number ``number`` from 1; selecting it twice accepts it."""
        if number is not None:
            self.give_keys_to(number - 1)
        elif self.marks.region == self.screen_region and self.mode != "window":
            return self.accept()
        self.select(self.screen_region)
        return None

    def take_all(self) -> None:
        self.select(self.stage.whole)

    def take_last(self) -> None:
        if self.stage.last is None:
            self.say(_("No region has been captured yet."))
            return
        last = self.stage.last.intersected(self.stage.whole)
        if last.is_empty:
            self.say(_("The last region is no longer on any screen."))
            return
        self.select(last)
        self.go_to(last)

    def go_to(self, region: Region) -> None:
        """Give the keys to the screen that has the middle of ``region``."""
        x, y = region.x + region.width // 2, region.y + region.height // 2
        for index, screen in enumerate(self.stage.screens):
            if screen.x <= x < screen.right and screen.y <= y < screen.bottom:
                self.give_keys_to(index)

    def go_on(self, step: int) -> None:
        """The next or the previous window in window mode, else screen."""
        windows = self.stage.windows
        if self.mode == "window" and windows:
            at = windows.index(self.pointed) if self.pointed in windows else min(-step, 0)
            self.pointed = windows[(at + step) % len(windows)]
            self.go_to(self.pointed)
        else:
            self.give_keys_to((self.screen + step) % len(self.stage.screens))

    # --- windows --------------------------------------------------------------------------------------------

    def choose_windows(self) -> None:
        """Begin or end picking a window."""
        if self.mode == "window":
            self.mode = "region"
        elif not self.stage.windows:
            self.say(
                _("GrokDesk cannot tell where the windows are here. LiveDrag a region, or press Space for the screen.")
            )
        else:
            self.mode, self.box = "window", None
            self.pointed = self.stage.windows[0]
            if self.pointer is not None:
                self.point_at_window(self.pointer)

    def point_at_window(self, point: Point) -> None:
        """What lies there: a window, or the screen where there is none."""
        self.pointed = window_at(*point, self.stage.windows) or window_at(*point, self.stage.screens) or self.pointed

    def click(self, point: Point, *, adjust: bool) -> Outcome:
        """A press and a release in one place."""
        if self.mode == "window":
            self.point_at_window(point)
            if not adjust:
                return self.accept()
            self.select(self.pointed)
        elif self.mode == "region" and (self.marks.region is None or self.marks.region in self.stage.windows):
            window = window_at(*point, self.stage.windows)
            if window is not None:
                self.select(window)
        return None

    # --- boxes ----------------------------------------------------------------------------------------------

    def choose_boxes(self) -> None:
        """Begin or end drawing boxes."""
        if self.mode == "redact":
            self.keep_box()
            self.mode = "region"
            return
        if self.mode == "window":
            self.select(self.pointed)
        self.mode = "redact"

    def keep_box(self) -> None:
        if self.box is not None:
            self.add_box(self.box)
            self.box = None

    def add_box(self, box: Region) -> None:
        self.steps.record(replace(self.marks, boxes=(*self.marks.boxes, box)))

    def remove_box(self) -> None:
        """The one that is being placed, else the one under the pointer, else the last."""
        boxes = list(self.marks.boxes)
        if self.box is not None:
            self.box = None
        elif boxes:
            below = self.pointer and window_at(*self.pointer, tuple(reversed(boxes)))
            place = len(boxes) - 1 - boxes[::-1].index(below) if below else len(boxes) - 1
            del boxes[place]
            self.steps.record(replace(self.marks, boxes=tuple(boxes)))
        else:
            self.say(_("There is no box to remove. X draws one."))

    def undo(self) -> None:
        if self.box is not None:
            self.box = None
        elif not self.steps.undo():
            self.say(_("Nothing to undo."))

    def redo(self) -> None:
        if not self.steps.redo():
            self.say(_("Nothing to redo."))

    # --- typing ---------------------------------------------------------------------------------------------

    def type(self, character: str) -> None:
        """A further character; a first digit selects its screen at once, until more is typed."""
        self._give_screen_back()
        before, typing = self.entry, Typing(self.entry + character)
        if not before and isinstance(read_entry(character, len(self.stage.screens)), ScreenNumber):
            marks, screen = self.marks, self.screen
            self.take_screen(int(character))
            typing = replace(typing, took_screen=self.marks != marks, screen_before=screen)
        self._typing = typing

    def erase(self) -> None:
        self._typing = Typing(self.entry[:-1])

    def drop_entry(self) -> None:
        self._give_screen_back()
        self._typing = Typing()

    def _give_screen_back(self) -> None:
        if self._typing.took_screen:
            self.steps.take_back()
            self.give_keys_to(self._typing.screen_before)
            self._typing = Typing(self.entry)

    def apply_entry(self) -> None:
        """Do what was typed; what is not understood stays to be corrected, with a sentence."""
        meaning = read_entry(self.entry, len(self.stage.screens))
        if isinstance(meaning, Unclear):
            self.say(meaning.why)
        elif isinstance(meaning, ScreenNumber):
            self.take_screen(meaning.number)
        elif isinstance(meaning, Size):
            self._apply_size(meaning)
        else:
            self._apply_shape(meaning)

    def _apply_size(self, size: Size) -> None:
        now, screen = self._region_here(), self.screen_region
        if now is not None:
            region = of_size(size.width, size.height, now, self.bounds_of(now))
        else:
            at = self.pointer if self.pointer and window_at(*self.pointer, (screen,)) else None
            x = pixel(at.x, screen.x, screen.right) if at else screen.x + screen.width // 2
            y = pixel(at.y, screen.y, screen.bottom) if at else screen.y + screen.height // 2
            region = around(x, y, size.width, size.height, screen)
        self.select(region)
        self.steps.record(replace(self.marks, aspect=None), "size")
        if (region.width, region.height) != (size.width, size.height):
            self.say(_("Larger than the screen, so it was cropped."))

    def _apply_shape(self, shape: Shape) -> None:
        said, region = self.entry, self.region
        self.select(None if region is None else fitted(region, shape.aspect), "shape")
        self.steps.record(replace(self.marks, aspect=shape.aspect), "shape")
        self.say(_("Aspect ratio locked to {shape}. Ctrl+Z unlocks it.").format(shape=said))

    # --- ending ---------------------------------------------------------------------------------------------

    def accept(self, then: str = "") -> Outcome:
        """Enter, and the keys and buttons that say what comes next."""
        if self.entry:
            is_done = self._typing.took_screen
            self.drop_typed() if is_done else self.apply_entry()
            if self.entry or not (is_done or then):
                return None
        if self.box is not None:
            self.keep_box()
            if not then:
                return None
        if self.mode == "window":
            self.select(self.pointed)
        if self.marks.region is not None:
            return Accept(then)
        if self.mode == "redact" and not then:
            self.mode = "region"
        else:
            self.say(_(SELECT_FIRST))
        return None

    def drop_typed(self) -> None:
        """Forget the characters and keep what they did."""
        self._typing = Typing()

    def step_back(self) -> Outcome:
        """End what is open, then the selection, then leave."""
        if self.shows_keys:
            self.show_keys(False)
        elif self.entry:
            self.drop_entry()
        elif self.dragging:
            self._drag = None
        elif self.box is not None:
            self.box = None
        elif self.mode == "redact":
            self.mode = "region"
        elif self.mode == "region" and (self.marks.region or self.marks.boxes):
            self.steps.record(Marks(aspect=self.marks.aspect))
        elif self.marks.aspect is not None:
            self.steps.record(replace(self.marks, aspect=None))
        elif self.mode != self._home:
            self.mode = self._home
        else:
            return Leave()
        return None
