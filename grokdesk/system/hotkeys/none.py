"""The desktop where a program cannot take a hotkey, with the reason and the way around."""

from __future__ import annotations

from collections.abc import Mapping

from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import COMMANDS, HotkeyState
from grokdesk.system.hotkeys.by_hand import ByHand
from grokdesk.system.part_state import PartState


class NoHotkeys:
    def __init__(self, why: str, by_hand: ByHand) -> None:
        self.state = PartState("impossible", "none", why, by_hand.what_to_do, COMMANDS["region"])
        self._by_hand = by_hand

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
        why, what_to_do, has_settings = self.state.why, self.state.what_to_do, bool(self._by_hand.program)
        return {
            binding: HotkeyState(
                "impossible",
                "none",
                why,
                what_to_do,
                self._by_hand.command(binding, hotkey),
                configurable=has_settings,
            )
            for binding, hotkey in wanted.items()
        }

    def configure(self) -> None:
        self._by_hand.open_settings()

    def close(self) -> None:
        pass
