"""How the chosen models are compared: each asked by itself, or in a battle or a fight that Concurred's server holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import is_concurred
from grokdesk.questions.compare import MOST
from grokdesk.translation import N_, _
from grokdesk.ui.kit.job import Job, single

if TYPE_CHECKING:
    from grokdesk.providers.dialects.concurred_arena import Mode

ALONE = N_("Side by side")
_WAYS: tuple[tuple[str, Mode | None], ...] = (
    (ALONE, None),
    (N_("Battle (experimental)"), "battle"),
    (N_("Fight (experimental)"), "fight"),
)
_HELP: dict[Mode | None, str] = {
    None: N_("Every model is asked by itself."),
    "battle": N_("Concurred's server lets 2 models answer. Text only, no pictures. Experimental."),
    "fight": N_("Concurred's server lets 2 to {most} models answer each other. Text only, no pictures. Experimental."),
}


class CompareWays(QComboBox):
    """Not there without a profile of Concurred, and not to be used while none has a key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("How to compare"))
        for title, mode in _WAYS:
            self.addItem(_(title), mode)
        self.currentIndexChanged.connect(lambda _index: self._explain())
        self.offer(exists=False, reason="")

    @property
    def mode(self) -> Mode | None:
        """None: each model is asked by itself."""
        return _WAYS[self.currentIndex()][1] if self.isEnabled() else None

    def offer(self, *, exists: bool, reason: str) -> None:
        """``exists``: there is a profile of Concurred; ``reason``: why it does not serve now."""
        self.setVisible(exists)
        self.setEnabled(exists and not reason)
        if not self.isEnabled():
            self.setCurrentIndex(0)
        self._explain(reason)

    def _explain(self, reason: str = "") -> None:
        words = reason or _(_HELP[self.mode]).format(most=MOST)
        self.setToolTip(words)
        self.setAccessibleDescription(words)


class ArenaKeys(QObject):
    """Finds out, on a thread of its own, whether a battle can be held: the keyring may take its time."""

    found = Signal(bool, str)
    """Whether a profile of Concurred exists, and why none of them serves, "" when one does."""

    def __init__(self, key_of: Callable[[Profile], str], parent: QObject) -> None:
        """``key_of`` raises KeyMissing, KeyringTrouble."""
        super().__init__(parent)
        self._key_of = key_of
        self._job: Job[str] | None = None

    def look(self, profiles: Sequence[Profile]) -> None:
        if self._job is not None:
            self._job.drop()
            self._job = None
        own = [profile for profile in profiles if is_concurred(profile)]
        if not own:
            self.found.emit(False, "")
            return
        self._job = Job(single(lambda: self._reason(own)), "arena-keys", self)
        self._job.arrived.connect(self._tell)
        self._job.start()

    def _reason(self, profiles: Sequence[Profile]) -> str:
        """On the job's thread, which also loads what the first battle would wait for."""
        import grokdesk.questions.arena  # noqa: F401  (imported for its cost alone)

        reasons = []
        for profile in profiles:
            try:
                self._key_of(profile)
            except GrokDeskError as error:
                reasons.append(error.title)
            else:
                return ""
        return _("A battle or a fight is not possible. {reason}").format(reason=reasons[0])

    @Slot(list)
    def _tell(self, reasons: list[str]) -> None:
        self.found.emit(True, reasons[-1])
