"""How much later than at a bare socket with the same JSON decoder a token arrives, and what it costs (row N2).

``python -m tests.benchmarks.stream_latency [--rounds N] [--tokens N]``. Goals: 2.5 x the bare socket's median latency,
10 x its CPU. Another process writes each token's time of sending into the token.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.logs import Redactor
from grokdesk.model import Message, Profile, TextDelta
from grokdesk.providers.dialects import chat_completions
from grokdesk.providers.exchange import exchange
from grokdesk.providers.http.transport import Transport
from tests.benchmarks.side_by_side import report

ROOT = Path(__file__).parents[2]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def serve(tokens: int, every: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                connection.sendall(HEAD)
                for _ in range(tokens):
                    time.sleep(every)
                    chunk(connection, {"delta": {"content": f" {time.perf_counter_ns()}"}})
                chunk(connection, {"delta": {}, "finish_reason": "stop"})
                connection.sendall(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


def chunk(connection: socket.socket, choice: dict[str, object]) -> None:
    whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": [{"index": 0, **choice}]}
    data = f"data: {json.dumps(whole)}\n\n".encode()
    connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))


@contextmanager
def server(tokens: int, every: float) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.stream_latency", "--serve", str(tokens), str(every)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def ours(port: int) -> Iterator[str]:
    profile = Profile("p", "P", "chat-completions", f"http://127.0.0.1:{port}", "m")
    for event in exchange(Transport(), chat_completions, profile, "k", Message("?"), [], CancelSwitch(), Redactor()):
        if isinstance(event, TextDelta):
            yield event.text


def bare(port: int) -> Iterator[str]:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        rest = b""
        while data := connection.recv(65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line.startswith(b"data: {"):
                    delta = json.loads(line[6:])["choices"][0]["delta"]
                    if text := delta.get("content"):
                        yield text


def latencies(texts: Iterator[str], tokens: int) -> float:
    """The median in microseconds."""
    late = [time.perf_counter_ns() - int(text) for text in texts]
    assert len(late) == tokens
    return statistics.median(late) / 1000


def cpu(texts: Iterator[str], tokens: int) -> float:
    """Microseconds a token."""
    began = time.process_time()
    assert sum(1 for _ in texts) == tokens
    return (time.process_time() - began) / tokens * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description="Latency and CPU of a token against a bare socket.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(int(options.serve[0]), float(options.serve[1]))
    with server(options.tokens, 0.002) as port:
        pairs = [
            (latencies(ours(port), options.tokens), latencies(bare(port), options.tokens))
            for _ in range(options.rounds)
        ]
        report("N2 latency of a token, ours / bare socket", pairs, 2.5, "us", 1)
    many = options.tokens * 50
    with server(many, 0) as port:
        pairs = [(cpu(ours(port), many), cpu(bare(port), many)) for _ in range(options.rounds)]
        report("N2 CPU a token, ours / bare socket", pairs, 10, "us", 1)


if __name__ == "__main__":
    main()
