"""The models of a server as they are kept, asked for, and tried: what the picker works with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Profile
from grokdesk.services import Services

if TYPE_CHECKING:
    from grokdesk.providers.models.models import ModelInfo
    from grokdesk.providers.remote import Remote


@dataclass(frozen=True, slots=True)
class ModelList:
    models: tuple[ModelInfo, ...]
    age: float = 0.0
    """Seconds since the server told it."""


class ModelSource(Protocol):
    """Every method may block and runs on a worker thread; each raises what asking raises."""

    def models(self, profile: Profile, cancel: CancelSwitch, *, afresh: bool) -> ModelList:
        """As it was told within the last day, or ``afresh`` from the server."""
        ...

    def supports_images(self, profile: Profile, model: str, cancel: CancelSwitch) -> bool:
        """Shows the model a picture, and remembers whether it could read it."""
        ...


@dataclass(frozen=True, slots=True)
class KeptModels:
    services: Services

    def models(self, profile: Profile, cancel: CancelSwitch, *, afresh: bool) -> ModelList:
        cancel.check()
        remote = self._remote(profile)
        models = remote.models(cancel, afresh=afresh)
        return ModelList(models, remote.memory.age_of_models(remote.profile) or 0.0)

    def supports_images(self, profile: Profile, model: str, cancel: CancelSwitch) -> bool:
        from grokdesk.providers.vision_probe import find_out

        return find_out(self._remote(profile), model, cancel)

    def _remote(self, profile: Profile) -> Remote:
        return self.services.remote(replace(profile, model=""))
