"""CPU time per token of a streamed answer, ours against the openai SDK's, on the same bytes from another process.

``python -m tests.benchmarks.stream_cost [--rounds N] [--tokens N]`` (goal: at most 0.15 x). Ours is everything from the
socket to the answer events: connection, HTTP, event stream, JSON, dialect. The SDK's client is made once and warm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openai

from grokdesk.cancel import CancelSwitch
from grokdesk.logs import Redactor
from grokdesk.model import DialectName, Message, Profile, TextDelta
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.exchange import exchange
from grokdesk.providers.http.transport import Transport
from tests.benchmarks.side_by_side import interleaved, report

ROOT = Path(__file__).parents[2]
GOAL = 0.15


@contextmanager
def server(tokens: int) -> Iterator[str]:
    """The address of a scripted server in a process of its own, which streams so many tokens in both dialects."""
    text = " word" * tokens
    script = {
        "POST /v1/responses": [{"responses": {"text": text}}],
        "POST /v1/chat/completions": [{"chat": {"text": text}}],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.json"
        file.write_text(json.dumps(script))
        command = [sys.executable, "-m", "tests.support.servers.serve", str(file)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
            process.stdin.close()


def ours(url: str, dialect: DialectName) -> int:
    profile = Profile("p", "Server", dialect, url, "m")
    events = exchange(
        Transport(), dialect_for(dialect), profile, "key-123", Message("x"), [], CancelSwitch(), Redactor()
    )
    return sum(isinstance(event, TextDelta) for event in events)


def sdk_chat(client: openai.OpenAI) -> int:
    stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
    return sum(bool(chunk.choices and chunk.choices[0].delta.content) for chunk in stream)


def sdk_responses(client: openai.OpenAI) -> int:
    stream = client.responses.create(model="m", input="x", stream=True)
    return sum(event.type == "response.output_text.delta" for event in stream)


def cpu_seconds(work: Callable[[], int], tokens: int) -> float:
    began = time.process_time()
    heard = work()
    seconds = time.process_time() - began
    assert heard == tokens, f"{heard} of {tokens} tokens arrived"
    return seconds


def compare(name: str, rounds: int, tokens: int, one: Callable[[], int], other: Callable[[], int]) -> None:
    pairs = interleaved(rounds, lambda: cpu_seconds(one, tokens), lambda: cpu_seconds(other, tokens))
    report(f"CPU a token, {name}, ours / openai SDK", pairs, GOAL, "us", 1e6 / tokens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=20_000)
    options = parser.parse_args()
    with server(options.tokens) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="key-123", max_retries=0) as client:
        compare(
            "chat.completions",
            options.rounds,
            options.tokens,
            lambda: ours(url, "chat-completions"),
            lambda: sdk_chat(client),
        )
        compare(
            "responses",
            options.rounds,
            options.tokens,
            lambda: ours(url, "xai-responses"),
            lambda: sdk_responses(client),
        )


if __name__ == "__main__":
    main()
