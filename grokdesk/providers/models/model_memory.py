"""What is remembered of a server's models: its choice, so that the list is not asked for before every question, and
what each model refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from grokdesk.model import Profile
from grokdesk.model.money import Prices
from grokdesk.providers.models.cache_file import CacheFile
from grokdesk.providers.models.image_sizes import ImageSizes, documented_sizes
from grokdesk.providers.models.models import ModelInfo

KEPT_SECONDS = 24 * 60 * 60
REFUSALS_SECONDS = 30 * KEPT_SECONDS


class ModelMemory:
    """Kept in memory and in files of the cache folder, ``file`` and its neighbours; any thread may use it.

    ``file`` None keeps nothing beyond this run. ``now`` gives seconds since 1970. ``redact`` masks keys: a server may
    repeat one as the name of a model.
    """

    def __init__(self, file: Path | None, now: Callable[[], float], redact: Callable[[str], str] = str) -> None:
        self._redact = redact
        beside = file and file.with_name("refused-parameters.json")
        self._chosen = CacheFile(file, now, KEPT_SECONDS)
        self._refused = CacheFile(beside, now, REFUSALS_SECONDS)
        self._lists = CacheFile(file and file.with_name("model-lists.json"), now, KEPT_SECONDS)
        self._sizes = CacheFile(file and file.with_name("image-sizes.json"), now, REFUSALS_SECONDS)
        self._sight = CacheFile(file and file.with_name("sight.json"), now, REFUSALS_SECONDS)

    def recall(self, profile: Profile) -> str:
        """The model chosen within the last day, or ""."""
        model = self._chosen.get(_name(profile))
        return model if isinstance(model, str) else ""

    def remember(self, profile: Profile, model: str) -> None:
        self._chosen.put(_name(profile), self._redact(model))

    def forget(self, profile: Profile) -> None:
        self._chosen.drop(_name(profile))

    def models(self, profile: Profile) -> tuple[ModelInfo, ...] | None:
        """The server's list as it was told within the last day, with what asking has settled; None without one."""
        told = self._lists.get(_name(profile))
        if not isinstance(told, list):
            return None
        models = (_model_from(entry) for entry in told if isinstance(entry, dict))
        return tuple(self.settled(profile, model) for model in models if model is not None)

    def age_of_models(self, profile: Profile) -> float | None:
        """Seconds since the server told its list, None without one."""
        return self._lists.age(_name(profile))

    def remember_models(self, profile: Profile, models: Sequence[ModelInfo]) -> None:
        self._lists.put(_name(profile), [_object_of(self._redacted(model)) for model in models])

    def _redacted(self, model: ModelInfo) -> ModelInfo:
        return replace(model, id=self._redact(model.id), aliases=tuple(map(self._redact, model.aliases)))

    def settled(self, profile: Profile, model: ModelInfo) -> ModelInfo:
        """The model with what was found out by asking it whether it sees."""
        supports_images = self._sight.get(f"{_name(profile)} {model.id}")
        return replace(model, supports_images=supports_images) if isinstance(supports_images, bool) else model

    def remember_vision(self, profile: Profile, model: str, *, supports_images: bool) -> None:
        self._sight.put(f"{_name(profile)} {model}", supports_images)

    def refuses(self, profile: Profile, parameter: str, value: object) -> bool:
        """True when the profile's model has refused this parameter, or this value of it."""
        refused = self._refused.get(f"{_name(profile)} {profile.model}")
        return isinstance(refused, list) and (parameter in refused or _with_value(parameter, value) in refused)

    def remember_refusal(self, profile: Profile, parameter: str, value: object = None) -> None:
        """``value`` None: the parameter is refused whatever it says."""
        name = f"{_name(profile)} {profile.model}"
        before = self._refused.get(name)
        known = before if isinstance(before, list) else []
        self._refused.put(name, [*known, parameter if value is None else _with_value(parameter, value)])

    def image_sizes(self, profile: Profile) -> ImageSizes:
        """Which images the profile's model accepts, as it is documented and as the server has said it."""
        told = self._sizes.get(f"{_name(profile)} {profile.model}")
        if not (isinstance(told, list) and len(told) == 3 and all(type(each) is int and each >= 0 for each in told)):
            return documented_sizes(profile.model)
        return documented_sizes(profile.model).and_(ImageSizes(*told))

    def remember_image_sizes(self, profile: Profile, sizes: ImageSizes) -> None:
        """The server has refused others, for this profile's model."""
        if sizes != ImageSizes():
            both = self.image_sizes(profile).and_(sizes)
            told = [both.least_edge, both.least_pixels, both.most_ratio]
            self._sizes.put(f"{_name(profile)} {profile.model}", told)


def _object_of(model: ModelInfo) -> dict[str, object]:
    prices = model.prices and [str(model.prices.input), str(model.prices.output), _text(model.prices.cached)]
    return {**asdict(model), "prices": prices}


def _model_from(told: dict[str, Any]) -> ModelInfo | None:
    """None for what is no model: another version, or another program, may have written the file. A field that is not
    what it should be counts as one that the server did not tell."""
    name = told.get("id")
    if not isinstance(name, str) or not name:
        return None
    supports_images = told.get("supports_images", told.get("sees"))  # "sees" is its name of version 0
    created, context, aliases = told.get("created"), told.get("context"), told.get("aliases")
    return ModelInfo(
        name,
        supports_images if isinstance(supports_images, bool) else None,
        created if type(created) is int else 0,
        tuple(alias for alias in aliases if isinstance(alias, str)) if isinstance(aliases, (list, tuple)) else (),
        context if type(context) is int else None,
        _prices_from(told.get("prices")),
    )


def _prices_from(told: object) -> Prices | None:
    match told:
        case [str(read), str(written), str(cached)]:
            try:
                amounts = [Decimal(read), Decimal(written), Decimal(cached or 0)]
            except InvalidOperation:
                return None
            if all(amount.is_finite() for amount in amounts):
                return Prices(amounts[0], amounts[1], amounts[2] if cached else None)
    return None


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)


def _name(profile: Profile) -> str:
    return f"{profile.id} {profile.dialect} {profile.base_url}"


def _with_value(parameter: str, value: object) -> str:
    return f"{parameter}={json.dumps(value, sort_keys=True)}"
