"""Key stores at our own protocol: one that works in memory, and ones that fail in the ways keyrings do."""

from __future__ import annotations

from dataclasses import dataclass, field

from grokdesk.errors import KeyringTrouble


@dataclass
class MemoryStore:
    """Keeps keys in ``kept``. With ``trouble`` every operation raises it and touches nothing."""

    kept: dict[str, str] = field(default_factory=dict)
    trouble: KeyringTrouble | None = None
    backend: str = "a keyring in memory"
    asked: list[tuple[str, str, float]] = field(default_factory=list)
    """What was done, for which account, within how many seconds."""

    def get(self, account: str, seconds: float) -> str | None:
        self._note("get", account, seconds)
        return self.kept.get(account)

    def set(self, account: str, key: str, seconds: float) -> None:
        self._note("set", account, seconds)
        self.kept[account] = key

    def delete(self, account: str, seconds: float) -> bool:
        self._note("delete", account, seconds)
        return self.kept.pop(account, None) is not None

    def _note(self, what: str, account: str, seconds: float) -> None:
        self.asked.append((what, account, seconds))
        if self.trouble is not None:
            raise self.trouble
