"""A provider that is a server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.logs import Redactor
from grokdesk.model import (
    AnswerEvent,
    Message,
    ModelNamed,
    Noticed,
    Profile,
    ReasoningDelta,
    TextDelta,
    TextReplaced,
    Turn,
)
from grokdesk.providers.exchange import exchange
from grokdesk.providers.formats.protocol import Dialect
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.capabilities import with_own_vision
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.models.models import ModelInfo, choose_model, list_models

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
        """Raises like ``exchange``. What a server repeats of the key is masked, wherever it does so."""
        text, reasoning = self.redactor.stream(), self.redactor.stream()

        def held() -> Iterator[AnswerEvent]:
            if rest := reasoning.flush():
                yield ReasoningDelta(rest)
            if rest := text.flush():
                yield TextDelta(rest)

        try:
            for event in self._answer(message, past, cancel):
                match event:
                    case TextDelta(piece):
                        if shown := text.feed(piece):
                            yield TextDelta(shown)
                    case ReasoningDelta(piece):
                        if shown := reasoning.feed(piece):
                            yield ReasoningDelta(shown)
                    case TextReplaced():
                        text.flush()
                        yield self._masked(event)
                    case ModelNamed() | Noticed():
                        yield self._masked(event)
                    case _:
                        yield from held()
                        yield event
        except GrokDeskError:
            yield from held()
            raise
        yield from held()

    def _masked(self, event: TextReplaced | ModelNamed | Noticed) -> AnswerEvent:
        mask = self.redactor.redact_known
        match event:
            case TextReplaced(text):
                return TextReplaced(mask(text))
            case ModelNamed(model):
                return ModelNamed(mask(model))
            case Noticed(sentence):
                return replace(event, sentence=mask(sentence))

    def _answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        return exchange(
            self.transport,
            self.dialect,
            self.profile,
            self.key,
            message,
            past,
            cancel,
            self.redactor,
            memory=self.memory,
            choose=lambda: self._choose(cancel),
        )

    def models(self, cancel: CancelSwitch, *, afresh: bool = False) -> tuple[ModelInfo, ...]:
        """The server's models, asked for once a day or ``afresh``. Raises like ``list_models``."""
        if not afresh and (known := self.memory.models(self.profile)) is not None:
            return known
        models = list_models(self.transport, self.dialect, self.profile, self.key, cancel, self.redactor)
        models = with_own_vision(self.transport, self.dialect, self.profile, self.key, models, cancel)
        self.memory.remember_models(self.profile, models)
        return tuple(self.memory.settled(self.profile, model) for model in models)

    def _choose(self, cancel: CancelSwitch) -> str:
        models = self.models(cancel, afresh=True)
        model = choose_model(models)
        self.memory.remember(self.profile, model)
        log.info("chose %s among %d models", model, len(models))
        return model
