"""A provider that is a server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, ModelNotFound
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
from grokdesk.translation import _

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
        """A profile without a model gets the one that ``choose_model`` takes; when it has
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

    def models(self, cancel: CancelSwitch, *, afresh: bool = False) -> tuple[ModelInfo, ...]:
        """The server's models, asked for once a day or ``afresh``. Raises like ``list_models``."""
        if not afresh and (known := self.memory.models(self.profile)) is not None:
            return known
        models = list_models(self.transport, self.dialect, self.profile, self.key, cancel, self.redactor)
        models = with_own_vision(self.transport, self.dialect, self.profile, self.key, models, cancel)
        self.memory.remember_models(self.profile, models)
        return tuple(self.memory.settled(self.profile, model) for model in models)

    def _ask(self, model: str, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        profile = replace(self.profile, model=model)
        known = next((info for info in self.memory.models(profile) or () if model in (info.id, *info.aliases)), None)
        answer = exchange(
            self.transport,
            self.dialect,
            profile,
            self.key,
            message,
            past,
            cancel,
            redactor=self.redactor,
            memory=self.memory,
            prices=known.prices if known else None,
        )
        said = ""
        for event in answer:
            match event:
                case ModelNamed(other) if other != said and _is_another(other, model, known):
                    said = other
                    yield Noticed(
                        _("{model} was requested, {other} answered.").format(model=model, other=other),
                        is_minor=True,
                        passed_over=model,
                    )
            yield event

    def _choose(self, cancel: CancelSwitch) -> str:
        models = self.models(cancel, afresh=True)
        model = choose_model(models)
        self.memory.remember(self.profile, model)
        log.info("chose %s among %d models", model, len(models))
        return model


def _is_another(answering: str, asked: str, known: ModelInfo | None) -> bool:
    """True when another model answers; a longer name of the same one, such as with a date, is no other."""
    names = {asked, *((known.id, *known.aliases) if known else ())}
    if "auto" in asked or answering in names:
        return False
    short = _short(answering)
    return not any(short == name or short.startswith((f"{name}-", f"{name}:")) for name in map(_short, names))


def _short(model: str) -> str:
    """Without its maker, and without what only says that it is the newest."""
    return model.rpartition("/")[2].lower().removesuffix("-latest")
