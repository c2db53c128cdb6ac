"""Bodies of the servers we talk to, in the shapes that were recorded: event streams, model lists, the key's state.

A stream is a list of byte strings, one complete event each, so that a script can stop between any two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from tests.support.servers.replies import ReceivedRequest, Reply, Responder
from tests.support.servers.server import ScriptedServer

DONE = b"data: [DONE]\n\n"


def event(payload: object, name: str = "") -> bytes:
    """One event with a JSON payload; with an ``event:`` line when it is named."""
    named = f"event: {name}\n" if name else ""
    return f"{named}data: {json.dumps(payload, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def pieces(text: str) -> list[str]:
    """The text in pieces about as large as tokens."""
    return re.findall(r"\s*\w{1,6}|\s*[^\w\s]|\s+", text)


def responses_usage(
    *, prompt: int = 216, cached: int = 192, reasoning: int = 20, output: int = 50, ticks: int | None = 3_054_000
) -> dict[str, object]:
    """Usage as xAI's Responses API tells it: ``output`` includes ``reasoning``; 10^10 ticks are one dollar."""
    usage: dict[str, object] = {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": prompt + output,
    }
    return usage if ticks is None else {**usage, "cost_in_usd_ticks": ticks}


def chat_usage(
    *, prompt: int = 165, cached: int = 164, reasoning: int = 129, output: int = 2, ticks: int | None = 739_000
) -> dict[str, object]:
    """Usage as xAI's chat.completions tells it: ``output`` is without ``reasoning``, the total is with it."""
    usage: dict[str, object] = {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output + reasoning,
        "prompt_tokens_details": {"text_tokens": prompt, "image_tokens": 0, "cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    return usage if ticks is None else {**usage, "cost_in_usd_ticks": ticks}


def responses_stream(
    text: str, *, model: str = "grok-4.5", reasoning: str = "", usage: Mapping[str, object] | None = None
) -> list[bytes]:
    """``POST /v1/responses`` with ``stream: true``, from response.created to ``[DONE]``."""
    whole = {"id": "resp_1", "object": "response", "model": model, "output": [], "store": False, "error": None}
    payloads: list[dict[str, object]] = [
        {"type": "response.created", "response": {**whole, "status": "in_progress"}},
        {"type": "response.in_progress", "response": {**whole, "status": "in_progress"}},
    ]
    output: list[dict[str, object]] = []
    if reasoning:
        at: dict[str, object] = {"item_id": "rs_1", "output_index": len(output), "summary_index": 0}
        part = {"type": "summary_text", "text": reasoning}
        item: dict[str, object] = {"id": "rs_1", "type": "reasoning", "summary": [part], "status": "completed"}
        payloads.append({"type": "response.output_item.added", "item": {**item, "summary": []}, **at})
        payloads += [{"type": "response.reasoning_summary_text.delta", "delta": p, **at} for p in pieces(reasoning)]
        payloads.append({"type": "response.reasoning_summary_text.done", "text": reasoning, **at})
        payloads.append({"type": "response.output_item.done", "item": item, **at})
        output.append(item)
    at = {"item_id": "msg_1", "output_index": len(output), "content_index": 0}
    part = {"type": "output_text", "text": text}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": [part], "status": "completed"}
    payloads.append({"type": "response.output_item.added", "item": {**item, "content": []}, **at})
    payloads += [{"type": "response.output_text.delta", "delta": piece, **at} for piece in pieces(text)]
    payloads.append({"type": "response.output_text.done", "text": text, **at})
    payloads.append({"type": "response.output_item.done", "item": item, **at})
    output.append(item)
    done = {**whole, "status": "completed", "output": output, "usage": responses_usage() if usage is None else usage}
    payloads.append({"type": "response.completed", "response": done})
    return [event({"sequence_number": at, **payload}) for at, payload in enumerate(payloads)] + [DONE]


def chat_stream(
    text: str,
    *,
    model: str = "grok-4-fast-reasoning",
    reasoning: str = "",
    usage: Mapping[str, object] | None = None,
    finish: str = "stop",
) -> list[bytes]:
    """``POST /v1/chat/completions`` with ``stream: true`` and ``include_usage``."""

    def chunk(choices: list[object], **more: object) -> bytes:
        whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model}
        return event({**whole, "choices": choices, **more})

    deltas = [{"reasoning_content": piece} for piece in pieces(reasoning)]
    deltas += [{"content": piece} for piece in pieces(text)]
    if deltas:
        deltas[0]["role"] = "assistant"
    return [
        *(chunk([{"index": 0, "delta": delta}]) for delta in deltas),
        chunk([{"index": 0, "delta": {}, "finish_reason": finish}]),
        chunk([], usage=chat_usage() if usage is None else usage),
        DONE,
    ]


def models_body(ids: Iterable[str]) -> dict[str, object]:
    """``GET /v1/models``; the first is the newest."""
    entries = [
        {"id": name, "object": "model", "created": 1_790_000_000 - at, "owned_by": "xai"} for at, name in enumerate(ids)
    ]
    return {"object": "list", "data": entries}


def language_models_body(ids: Iterable[str]) -> dict[str, object]:
    """xAI's ``GET /v1/language-models``; the first is the newest, all of them see."""
    entries = [
        {
            "id": name,
            "object": "model",
            "created": 1_790_000_000 - at,
            "owned_by": "xai",
            "input_modalities": ["text", "image"],
            "output_modalities": ["text"],
            "aliases": [f"{name}-latest"],
        }
        for at, name in enumerate(ids)
    ]
    return {"models": entries}


def api_key_body(**changes: object) -> dict[str, object]:
    """xAI's ``GET /v1/api-key`` for a key in good order."""
    return {
        "redacted_api_key": "xai-...b14o",
        "name": "my key",
        "acls": ["api-key:model:*", "api-key:endpoint:*"],
        "team_blocked": False,
        "api_key_blocked": False,
        "api_key_disabled": False,
        **changes,
    }


WRONG_KEY = {
    "code": "Client specified an invalid argument",
    "error": "Incorrect API key provided: na***ys. You can obtain an API key from https://console.x.ai.",
}
"""What xAI answers to a wrong key, with status 400."""


def keyed(key: str, reply: Reply | Responder) -> Responder:
    """The reply for those who bring this key, xAI's refusal for all others."""

    def respond(request: ReceivedRequest) -> Reply:
        if request.headers.get("authorization") != f"Bearer {key}":
            return Reply.json(WRONG_KEY, 400)
        return reply if isinstance(reply, Reply) else reply(request)

    return respond


def script_xai(
    server: ScriptedServer, text: str = "Two pears.", *, key: str = "", models: Iterable[str] = ("grok-4.5",)
) -> None:
    """Script every route of a well-behaved xAI; ``key`` "" accepts any key. Routes may be scripted anew later."""
    ids = list(models)
    replies = {
        ("GET", "/v1/models"): Reply.json(models_body(ids)),
        ("GET", "/v1/language-models"): Reply.json(language_models_body(ids)),
        ("GET", "/v1/api-key"): Reply.json(api_key_body()),
        ("POST", "/v1/responses"): Reply.stream(responses_stream(text, model=ids[0])),
        ("POST", "/v1/chat/completions"): Reply.stream(chat_stream(text, model=ids[0])),
    }
    for (method, path), reply in replies.items():
        server.on(method, path, keyed(key, reply) if key else reply)
