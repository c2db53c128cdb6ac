"""A server's models as a test wants them told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from decimal import Decimal

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.model.money import Prices
from grokdesk.providers.models.models import ModelInfo
from grokdesk.ui.settings.kept_models import ModelList

MODELS = (
    ModelInfo("text-only", supports_images=False),
    ModelInfo("grok-4.5", True, 2, ("grok-latest",), 500_000, Prices(Decimal(2), Decimal(6))),
    ModelInfo("grok-mini", True, 1, (), None, Prices(Decimal("0.075"), Decimal("0.3"))),
    ModelInfo("riddle"),
)


@dataclass
class ToldModels:
    told: tuple[ModelInfo, ...] = MODELS
    age: float = 0.0
    error: GrokDeskError | None = None
    stalls: bool = False
    """True: it answers nothing until it is cancelled."""
    held: threading.Event | None = None
    """It answers when this is set."""
    seeing: bool = True
    asked: list[str] = field(default_factory=list)

    def models(self, profile: Profile, cancel: CancelSwitch, *, afresh: bool) -> ModelList:
        self.asked.append("afresh" if afresh else "kept")
        if self.stalls:
            cancel.sleep(60)
        while self.held and not self.held.is_set():
            cancel.sleep(0.01)
        if self.error:
            raise self.error
        return ModelList(self.told, self.age)

    def supports_images(self, profile: Profile, model: str, cancel: CancelSwitch) -> bool:
        self.asked.append(model)
        return self.seeing
