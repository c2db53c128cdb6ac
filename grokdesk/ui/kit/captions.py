"""What is said about an answer in small print, with the digits of the person's locale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QLocale

from grokdesk.model import FAILED, Answer, PreparedImage, Usage, ending_of
from grokdesk.translation import N_, _, ngettext
from grokdesk.ui.kit.quantities import byte_size, pixel_size

PREPARING = N_("Preparing…")
WAITING = N_("Waiting for the answer…")
PAUSED = N_("Paused while text is selected")
REPLACED = N_("Retried below.")


def locale() -> QLocale:
    """The person's; American English where none is set, because the "C" locale knows no money."""
    own = QLocale()
    return QLocale("en_US") if own.language() == QLocale.Language.C else own


def sending(images: Sequence[PreparedImage]) -> str:
    """``Sending 1284 × 716 PNG, 212 kB…``"""
    if not images:
        return _(WAITING)
    size = byte_size(sum(len(image.data) for image in images))
    if len(images) > 1:
        words = ngettext("Sending {count} image, {size}…", "Sending {count} images, {size}…", len(images))
        return words.format(count=locale().toString(len(images)), size=size)
    only = images[0]
    kind, pixels = only.media_type.removeprefix("image/").upper(), pixel_size(only.width, only.height)
    return _("Sending {pixels} {kind}, {size}…").format(pixels=pixels, kind=kind, size=size)


def retrying(why: str, seconds_left: float) -> str:
    left = math.ceil(seconds_left)
    if left <= 0:
        return _("{reason} Trying again…").format(reason=why)
    return _("{reason} Trying again in {seconds} s…").format(reason=why, seconds=locale().toString(left))


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
        (_("Input: {tokens}"), usage.input_tokens),
        (_("of which images: {tokens}"), usage.image_tokens),
        (_("of which cached: {tokens}"), usage.cached_tokens),
        (_("Output: {tokens}"), usage.output_tokens),
        (_("of which reasoning: {tokens}"), usage.reasoning_tokens),
    )
    lines = [words.format(tokens=tokens(count)) for words, count in counts if count is not None]
    if answer.first_token_seconds is not None:
        lines.append(_("First token after {time}").format(time=duration(answer.first_token_seconds)))
    return "\n".join(lines)


def answered_by(model: str, asked_model: str) -> str:
    if model and asked_model and model != asked_model:
        return _("{model} answered instead of {requested}").format(model=model, requested=asked_model)
    return model


def tokens(count: int | None) -> str:
    if count is None:
        return ""
    return ngettext("{count} token", "{count} tokens", count).format(count=locale().toString(count))


def cost(dollars: Decimal | None, *, is_estimate: bool) -> str:
    """Cents, or the first two digits of what is less than a cent."""
    if dollars is None:
        return ""
    decimals = 1 - dollars.adjusted() if 0 < dollars < Decimal("0.01") else 2
    words = locale().toCurrencyString(float(dollars), "$", decimals)
    return _("about {amount}").format(amount=words) if is_estimate else words


def duration(seconds: float) -> str:
    if seconds < 60:
        return _("{seconds} s").format(seconds=locale().toString(seconds, "f", 1 if seconds < 10 else 0))
    return _("{minutes} min").format(minutes=minutes(seconds))


def _total(usage: Usage) -> int | None:
    if usage.total_tokens is not None:
        return usage.total_tokens
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)
