"""How one hotkey fares, what it is for, and what a person can bind instead of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grokdesk.system.hotkey import Hotkey
from grokdesk.system.part_state import PartState, StateName
from grokdesk.translation import N_, _

COMMANDS: Mapping[str, str] = {
    "region": "grokdesk capture --region",
    "alt_text": "grokdesk capture --region --action alt-text",
    "last": "grokdesk capture --last",
    "clipboard": "grokdesk capture --clipboard",
    "panel": "grokdesk",
}
"""The name of each binding, and the command that does the same."""
PURPOSES: Mapping[str, str] = {
    "region": N_("Capture a region and ask"),
    "alt_text": N_("Copy alt text of a region"),
    "last": N_("Capture last region again"),
    "clipboard": N_("Ask about clipboard image"),
    "panel": N_("Open GrokDesk"),
}
"""What a desktop shows beside each key."""


def command_of(binding: str) -> str:
    return COMMANDS.get(binding, "grokdesk")


@dataclass(frozen=True, slots=True)
class HotkeyState(PartState):
    """``keys`` is what has to be pressed, "" while that does nothing or only the desktop knows it.

    ``configurable``: the desktop's own settings can change it, and ``Hotkeys.configure`` opens them.
    """

    keys: str = ""
    configurable: bool = False


Changed = Callable[[Mapping[str, HotkeyState]], None]
"""Hears of the states that are new."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a key cannot be had."""

    state: StateName
    why: str
    what_to_do: str = field(default_factory=lambda: _("Choose another hotkey."))
    configurable: bool = False


def active(backend: str, hotkey: Hotkey) -> HotkeyState:
    return HotkeyState("ok", backend, _("{hotkey} is active.").format(hotkey=hotkey), keys=str(hotkey))


def taken(backend: str, binding: str, why: str, what_to_do: str | None = None) -> HotkeyState:
    what_to_do = _("Choose another hotkey.") if what_to_do is None else what_to_do
    return HotkeyState("taken", backend, why, what_to_do, command_of(binding))


def impossible(backend: str, binding: str, why: str, what_to_do: str) -> HotkeyState:
    return HotkeyState("impossible", backend, why, what_to_do, command_of(binding))


def refused(backend: str, binding: str, refusal: Refusal) -> HotkeyState:
    return HotkeyState(
        refusal.state,
        backend,
        refusal.why,
        refusal.what_to_do,
        command_of(binding),
        configurable=refusal.configurable,
    )


def doubles(backend: str, wanted: Mapping[str, Hotkey]) -> dict[str, HotkeyState]:
    """The bindings whose chord an earlier one has, each with its state."""
    first: dict[Hotkey, str] = {}
    states: dict[str, HotkeyState] = {}
    for binding, hotkey in wanted.items():
        if first.setdefault(hotkey, binding) != binding:
            states[binding] = taken(backend, binding, _("{hotkey} is already used in GrokDesk.").format(hotkey=hotkey))
    return states
