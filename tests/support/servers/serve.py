"""The scripted server on the command line: ``python -m tests.support.servers.serve SCRIPT.json [--port N] [--tls]``.

Prints one line of JSON with ``url`` and, with TLS, ``ca_file``; then one line for every request. A line on standard
input releases who stalls; its end stops the server. The script maps "METHOD /path" to a list of replies:

    {"POST /v1/responses": [{"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": "slow down"}},
                            {"responses": {"text": "Two pears.", "reasoning": "Let me see."}, "every": 0.02}],
     "GET /v1/models":     [{"models": ["grok-4.5", "grok-4.3"]}],
     "POST /v1/chat/completions": [{"chat": {"text": "Hello"}, "end": ["stall", "cut"]},
                                   {"file": "tests/data/streams/chat_text.sse"}, {"before": ["stall"], "text": "late"}]}

Steps of ``before`` and ``end``: "stall", "cut" (an end without the last chunk), "reset", or a pause in seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.servers.replies import Cut, Pause, ReceivedRequest, Reply, Responder, Stall, Step
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, language_models_body, models_body, responses_stream


def reply_from(script: Mapping[str, Any]) -> Reply:
    """One reply of a script. Raises KeyError or TypeError when it makes no sense."""
    end = tuple(_step(word) for word in script.get("end", ()))
    every = float(script.get("every", 0))
    if "responses" in script:
        reply = Reply.stream(responses_stream(**script["responses"]), every=every, end=end)
    elif "chat" in script:
        reply = Reply.stream(chat_stream(**script["chat"]), every=every, end=end)
    elif "file" in script:
        parts = Path(script["file"]).read_bytes().split(b"\n\n")
        reply = Reply.stream([part + b"\n\n" for part in parts if part.strip()], every=every, end=end)
    elif "models" in script:
        reply = Reply.json(models_body(script["models"]))
    elif "language_models" in script:
        reply = Reply.json(language_models_body(script["language_models"]))
    elif "json" in script:
        reply = Reply.json(script["json"])
    else:
        reply = Reply.text(script["text"])
    return replace(
        reply,
        status=int(script.get("status", reply.status)),
        headers={**reply.headers, **script.get("headers", {})},
        before=tuple(_step(word) for word in script.get("before", ())),
        length=script.get("length"),
    )


def _step(word: str | float) -> Step:
    if isinstance(word, (int, float)):
        return Pause(float(word))
    steps: dict[str, Step] = {"stall": Stall(), "cut": Cut(), "reset": Cut(reset=True)}
    return steps[word]


def _telling(reply: Reply) -> Responder:
    def respond(request: ReceivedRequest) -> Reply:
        _tell({"method": request.method, "path": request.path, "bytes": len(request.body)})
        return reply

    return respond


def _tell(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted server on loopback.")
    parser.add_argument("script", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="scripted-server-") as folder,
        ScriptedServer(port=options.port, tls=options.tls) as server,
    ):
        for route, replies in json.loads(options.script.read_text()).items():
            method, path = route.split()
            server.on(method, path, *(_telling(reply_from(reply)) for reply in replies))
        ca_file = str(server.write_ca(Path(folder))) if options.tls else None
        _tell({"url": server.url, "ca_file": ca_file})
        for _ in sys.stdin:
            server.release()


if __name__ == "__main__":
    main()
