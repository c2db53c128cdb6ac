"""What is said about an answer in small print, with the digits of the person's locale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QLocale

from grokdesk.model import FAILED, Answer, PreparedImage, Usage, ending_of
from grokdesk.translation import _
from grokdesk.ui.kit.quantities import byte_size, pixel_size

PREPARING = "Preparing…"
WAITING = "Waiting for the first words…"
PAUSED = "Paused while text is selected."
REPLACED = "Asked again below."


def locale() -> QLocale:
    """The person's; American English where none is set, because the "C" locale knows no money."""
    own = QLocale()
    return QLocale("en_US") if own.language() == QLocale.Language.C else own


def sending(images: Sequence[PreparedImage]) -> str:
    """``Sending 1284 × 716 PNG, 212 kB…``"""
    if not images:
        return WAITING
    size = byte_size(sum(len(image.data) for image in images))
    if len(images) > 1:
        return f"Sending {locale().toString(len(images))} pictures, {size}…"
    only = images[0]
    return f"Sending {pixel_size(only.width, only.height)} {only.media_type.removeprefix('image/').upper()}, {size}…"


def retrying(why: str, seconds_left: float) -> str:
    left = math.ceil(seconds_left)
    return f"{why} Trying again in {locale().toString(left)} s…" if left > 0 else f"{why} Trying again…"


def minutes(seconds: float) -> str:
    """``0:12``"""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def mark(answer: Answer) -> str:
    """How the answer ended, when that is worth a word."""
    if said := ending_of(answer.finish):
        return said
    return "" if answer.text.strip() or answer.finish == FAILED else _("The answer is empty.")


def footer(answer: Answer, asked_model: str = "") -> str:
    """``grok-4.5 · 1,203 tokens · $0.0021 · 0.8 s``, as far as it is known; no line ends between a number and its
    unit."""
    numbers = []
    if usage := answer.usage:
        numbers += [tokens(_total(usage)), cost(usage.cost_usd, is_estimate=usage.cost_is_estimate)]
    if answer.seconds is not None:
        numbers.append(duration(answer.seconds))
    parts = [answered_by(answer.model, asked_model), *(part.replace(" ", "\N{NO-BREAK SPACE}") for part in numbers)]
    return " · ".join(part for part in parts if part)


def details(answer: Answer) -> str:
    """A line for everything that the footer leaves out."""
    usage = answer.usage or Usage()
    counts = (
        ("Input", usage.input_tokens),
        ("of that pictures", usage.image_tokens),
        ("of that cached", usage.cached_tokens),
        ("Output", usage.output_tokens),
        ("of that reasoning", usage.reasoning_tokens),
    )
    lines = [f"{name}: {tokens(count)}" for name, count in counts if count is not None]
    if answer.first_token_seconds is not None:
        lines.append(f"First words after {duration(answer.first_token_seconds)}")
    return "\n".join(lines)


def answered_by(model: str, asked_model: str) -> str:
    if model and asked_model and model != asked_model:
        return f"asked for {asked_model}, answered by {model}"
    return model


def tokens(count: int | None) -> str:
    if count is None:
        return ""
    return f"{locale().toString(count)} {'token' if count == 1 else 'tokens'}"


def cost(dollars: Decimal | None, *, is_estimate: bool) -> str:
    """Cents, or the first two digits of what is less than a cent."""
    if dollars is None:
        return ""
    decimals = 1 - dollars.adjusted() if 0 < dollars < Decimal("0.01") else 2
    words = locale().toCurrencyString(float(dollars), "$", decimals)
    return f"about {words}" if is_estimate else words


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{locale().toString(seconds, 'f', 1 if seconds < 10 else 0)} s"
    return f"{minutes(seconds)} min"


def _total(usage: Usage) -> int | None:
    if usage.total_tokens is not None:
        return usage.total_tokens
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)
