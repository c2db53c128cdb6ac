"""A provider that is a server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import ModelNotFound
from grokdesk.logs import Redactor
from grokdesk.model import AnswerEvent, Message, Noticed, Profile, Turn
from grokdesk.providers.exchange import exchange
from grokdesk.providers.model_memory import ModelMemory
from grokdesk.providers.models import choose_model, list_models
from grokdesk.providers.protocol import Dialect
from grokdesk.providers.transport import Transport

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remote:
    """Answers for one profile with one key. ``key`` may be empty; ``redactor`` learns it."""

    transport: Transport
    profile: Profile
    dialect: Dialect
    key: str = field(repr=False)
    redactor: Redactor
    memory: ModelMemory

    def __post_init__(self) -> None:
        self.redactor.remember(self.key)

    def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        """Raises like ``exchange``. A profile without a model gets the one that ``choose_model`` takes; when it has
        gone since it was remembered, it is chosen anew, once."""
        if self.profile.model:
            yield from self._ask(self.profile.model, message, past, cancel)
            return
        remembered = self.memory.recall(self.profile)
        answered = False
        try:
            for event in self._ask(remembered or self._choose(cancel), message, past, cancel):
                answered = answered or not isinstance(event, Noticed)
                yield event
        except ModelNotFound:
            self.memory.forget(self.profile)
            if answered or not remembered:
                raise
        else:
            return
        log.info("%s is gone, choosing anew", remembered)
        yield from self._ask(self._choose(cancel), message, past, cancel)

    def _ask(self, model: str, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        profile = replace(self.profile, model=model)
        return exchange(
            self.transport,
            self.dialect,
            profile,
            self.key,
            message,
            past,
            cancel,
            redactor=self.redactor,
            memory=self.memory,
        )

    def _choose(self, cancel: CancelSwitch) -> str:
        models = list_models(self.transport, self.dialect, self.profile, self.key, cancel, self.redactor)
        model = choose_model(models)
        self.memory.remember(self.profile, model)
        log.info("chose %s among %d models", model, len(models))
        return model
