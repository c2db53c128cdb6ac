"""The history as text for other programs: Markdown to read, JSON to process. Written piece by piece."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from decimal import Decimal

from grokdesk.model import Usage
from grokdesk.store.history.comparisons import Compared
from grokdesk.store.history.history import HistoryEntry, HistoryImage


def as_json(entries: Iterable[HistoryEntry]) -> Iterator[str]:
    """One JSON array of objects, indented."""
    separator = "[\n"
    for entry in entries:
        yield separator + json.dumps(entry_object(entry), ensure_ascii=False, indent=2)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def as_markdown(entries: Iterable[HistoryEntry]) -> Iterator[str]:
    """A heading for every entry, what was asked, what was answered, and a line about how."""
    yield "# GrokDesk history\n"
    for entry in entries:
        yield "\n" + markdown_of(entry)


def markdown_of(entry: HistoryEntry) -> str:
    when = entry.asked_at.astimezone().strftime("%Y-%m-%d %H:%M")
    asked = entry.question.strip() or f"({entry.action_id})"
    blocks = [
        f"## {entry.id}. {when}",
        "\n".join(f"- picture: {_code(image.name)}, {image.width} x {image.height}" for image in entry.images),
        "\n".join(f"> {line}" for line in asked.splitlines()),
        entry.answer.rstrip(),
        f"**{entry.error.title}** {entry.error.hint}".rstrip() if entry.error else "",
    ]
    about = [entry.profile, entry.model, entry.finish]
    if entry.usage is not None and entry.usage.total_tokens is not None:
        about.append(f"{entry.usage.total_tokens} tokens")
    if entry.usage is not None and entry.usage.cost_usd is not None:
        about.append(f"${entry.usage.cost_usd:f}")
    if entry.compared is not None:
        about.append(entry.compared.in_words)
    blocks.append(f"*{' · '.join(word for word in about if word)}*")
    return "\n\n".join(block for block in blocks if block) + "\n"


def entry_object(entry: HistoryEntry) -> dict[str, object]:
    """What ``--json`` prints of an entry."""
    return {
        "id": entry.id,
        "conversation": entry.conversation_id,
        "asked_at": entry.asked_at.isoformat(),
        "question": entry.question,
        "prompt": entry.prompt,
        "action": entry.action_id,
        "profile": entry.profile,
        "model": entry.model,
        "answer": entry.answer,
        "reasoning": entry.reasoning,
        "finish": entry.finish,
        "error": None if entry.error is None else {"title": entry.error.title, "hint": entry.error.hint},
        "usage": usage_object(entry.usage),
        "cost_usd": cost_number(entry.usage),
        "cost_is_estimate": bool(entry.usage and entry.usage.cost_is_estimate),
        "first_token_seconds": entry.first_token_seconds,
        "seconds": entry.seconds,
        "images": [image_object(image) for image in entry.images],
        "compared": compared_object(entry.compared),
    }


def compared_object(compared: Compared | None) -> dict[str, object] | None:
    """``position`` 0 is the judge; None for a question that was asked alone."""
    if compared is None:
        return None
    return {
        "comparison": compared.comparison_id,
        "position": compared.position,
        "voted_best": compared.voted_best,
        "judged_best": compared.judged_best,
    }


def usage_object(usage: Usage | None) -> dict[str, int | None] | None:
    """The tokens; None when the server told nothing."""
    if usage is None:
        return None
    return {item.name: getattr(usage, item.name) for item in fields(Usage) if item.name.endswith("_tokens")}


def cost_number(usage: Usage | None) -> float | None:
    cost: Decimal | None = usage.cost_usd if usage else None
    return None if cost is None else float(cost)


def image_object(image: HistoryImage) -> dict[str, object]:
    return {
        "name": image.name,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "media_type": image.media_type,
        "sha256": image.sha256,
    }


def _code(text: str) -> str:
    """The text as Markdown code, whatever is in it."""
    text = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{text}{fence}" if len(fence) == 1 else f"{fence} {text} {fence}"
