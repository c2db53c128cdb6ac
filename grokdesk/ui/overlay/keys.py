"""The keys of the overlay: what each does, and the table of them that F1 shows. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from grokdesk.translation import N_
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.typed_entry import goes_on
from grokdesk.ui.overlay.values import Outcome

STEP, LARGE_STEP = 1, 10
ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
TABLE: tuple[tuple[str, str], ...] = (
    (N_("Drag"), N_("select and accept")),
    (N_("Ctrl+drag"), N_("select, then adjust")),
    (N_("Click"), N_("select the window below the pointer")),
    (N_("Enter, double-click"), N_("accept")),
    (N_("Esc, right click"), N_("cancel this step, then leave")),
    (N_("Arrows, Ctrl+arrows"), N_("begin; move by 1 or 10 pixels")),
    (N_("Shift+arrows, Ctrl+Shift+arrows"), N_("resize by 1 or 10 pixels")),
    (N_("Shift while dragging"), N_("keep the shape")),
    (N_("Space"), N_("this screen")),
    (N_("1 to 9"), N_("screen with this number")),
    (N_("A"), N_("all screens")),
    (N_("L"), N_("last region")),
    (N_("W"), N_("pick a window; Tab goes through them")),
    (N_("800x600"), N_("typed: a region of this size")),
    (N_("16:9"), N_("typed: keep this shape")),
    (N_("Tab"), N_("next screen, or the buttons of the selection")),
    (N_("Z"), N_("magnifier")),
    (N_("X"), N_("draw opaque boxes; Delete removes one")),
    (N_("Ctrl+Z, Ctrl+Y"), N_("undo, redo")),
    (N_("Ctrl+C, Ctrl+S"), N_("copy or save without asking")),
    (N_("Alt+1 to 9"), N_("accept and run this action")),
    (N_("F1, ?"), N_("these keys")),
)


class Key(NamedTuple):
    """``name`` is a character in lower case, or a word such as "left", "enter" or "f1"."""

    name: str
    ctrl: bool = False
    shift: bool = False
    alt: bool = False
    repeated: bool = False


def press(choosing: Choosing, key: Key) -> Outcome:
    """Do what ``key`` means now. A held key repeats arrows, Tab, undo and erasing alone."""
    if key.repeated and not (key.name in ARROWS or key.name in ("tab", "backspace") or key.ctrl):
        return None
    choosing.begin_input()
    if key.name == "escape":
        return choosing.step_back()
    if key.name in ("f1", "?"):
        choosing.show_keys(not choosing.shows_keys)
        return None
    choosing.show_keys(False)
    if choosing.dragging:
        if key.name == "z" and not key.ctrl:
            choosing.toggle_magnifier()
        return None
    if key.name in ARROWS:
        _arrow(choosing, key)
        return None
    return _command(choosing, key)


def _arrow(choosing: Choosing, key: Key) -> None:
    across, down = ARROWS[key.name]
    step = LARGE_STEP if key.ctrl else STEP
    choosing.arrow(across * step, down * step, resize=key.shift)


def _command(choosing: Choosing, key: Key) -> Outcome:
    if key.alt:
        number = int(key.name) if key.name in "123456789" else 0
        if 1 <= number <= len(choosing.stage.actions):
            return choosing.accept(choosing.stage.actions[number - 1])
        return None
    if key.ctrl:
        return _with_ctrl(choosing, key)
    if len(key.name) == 1 and goes_on(choosing.entry, key.name):
        choosing.type(key.name)
        return None
    if key.name == "backspace" and choosing.entry:
        choosing.erase()
        return None
    if key.name == "enter":
        return choosing.accept()
    if key.name == "space":
        return choosing.take_screen()
    action = _PLAIN.get(key.name)
    if action is not None:
        choosing.drop_typed()
        action(choosing, key)
    return None


def _with_ctrl(choosing: Choosing, key: Key) -> Outcome:
    if key.name in ("c", "s"):
        return choosing.accept({"c": "copy", "s": "save"}[key.name])
    if key.name == "y" or (key.name == "z" and key.shift):
        choosing.redo()
    elif key.name == "z":
        choosing.undo()
    elif key.name == "tab":
        choosing.go_on(-1 if key.shift else 1)
    return None


_PLAIN: dict[str, Callable[[Choosing, Key], None]] = {
    "a": lambda choosing, _key: choosing.take_all(),
    "0": lambda choosing, _key: choosing.take_all(),
    "l": lambda choosing, _key: choosing.take_last(),
    "w": lambda choosing, _key: choosing.choose_windows(),
    "x": lambda choosing, _key: choosing.choose_boxes(),
    "z": lambda choosing, _key: choosing.toggle_magnifier(),
    "delete": lambda choosing, _key: choosing.remove_box(),
    "backspace": lambda choosing, _key: choosing.remove_box(),
    "tab": lambda choosing, key: choosing.go_on(-1 if key.shift else 1),
}
