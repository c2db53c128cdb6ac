"""A question with a 20 MB picture: what making and sending it costs (rows E3 and N1).

``python -m tests.benchmarks.upload [--rounds N]``. Made against ``json.dumps`` and a plain httpx request; sent against
a bare ``sendall`` of a body that is ready. Goals: at most 2 MB of memory, the first byte in under 1/50 of the time that
the plain way needs for its body, 0.3 x its CPU, 1.5 x the bare upload (1.25 x with TLS).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Message, PreparedImage, Profile
from grokdesk.providers.dialects import chat_completions
from grokdesk.providers.formats.json_pieces import json_pieces
from grokdesk.providers.formats.protocol import About
from grokdesk.providers.http.transport import Transport
from tests.benchmarks.rows import Row, tell
from tests.benchmarks.side_by_side import compare

ROOT = Path(__file__).parents[2]
SIZE = 20_000_000
PICTURE = PreparedImage("a.png", os.urandom(SIZE), "image/png", 1, 1, "", 1, 1)
NO_CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def sink(certificate: str) -> None:
    """Reads requests for ever, for the process that started it."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        buffer = memoryview(bytearray(1 << 20))
        while True:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) if context else connection as stream:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += stream.recv(65536)
                head, _, body = head.partition(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                left = int(length.split(b":")[1]) - len(body)
                while left > 0:
                    left -= stream.recv_into(buffer)
                stream.sendall(REPLY)


@contextmanager
def started_sink(certificate: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.upload", "--sink", certificate]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def plain_body() -> bytes:
    """What everybody does."""
    url = f"data:image/png;base64,{base64.b64encode(PICTURE.data).decode()}"
    parts = [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "m", "messages": [{"role": "user", "content": parts}], "stream": True}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def our_body(url: str = "http://127.0.0.1") -> Any:
    """As it is when a question is asked: the ledger knows the picture, and does not take its fingerprint again."""
    profile = Profile("p", "P", "chat-completions", url, "m")
    request = chat_completions.build(profile, Message("?", (PICTURE,)), [])
    return replace(request, about=About("question", profile.name, profile.model, (PICTURE,)))


def first_byte() -> None:
    next(iter(json_pieces(our_body().body)))


def whole_body() -> None:
    for _ in json_pieces(our_body().body):
        pass


def send_ours(url: str, context: ssl.SSLContext | None) -> None:
    """The program makes its TLS context once, when nobody waits for it."""
    transport = Transport(trust=lambda: context or NO_CONTEXT)
    with transport.stream(our_body(url), {}, CancelSwitch()) as reply:
        assert b"".join(reply.chunks) == b"{}"


def send_plain(url: str, context: ssl.SSLContext | None) -> None:
    import httpx

    with httpx.Client(verify=context or False, trust_env=False) as client:
        assert client.post(url, content=plain_body()).content == b"{}"


def send_bare(url: str, context: ssl.SSLContext | None, body: bytes) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
        stream = context.wrap_socket(connection, server_hostname="127.0.0.1") if context else connection
        with stream:
            stream.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body))
            stream.sendall(body)
            assert stream.recv(65536).endswith(b"{}")


def peak(work: Callable[[], None]) -> float:
    """MB of memory beyond what there was, as the kernel counts it; Linux only."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return (_status("VmHWM") - before) / 1000


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def memory(way: str, url: str) -> None:
    """In a process of its own, warmed up with a small picture: the allocator keeps what it once had."""
    global PICTURE  # noqa: PLW0603
    large, PICTURE = PICTURE, PreparedImage("a.png", b"x" * 1000, "image/png", 1, 1, "", 1, 1)
    send = send_ours if way == "ours" else send_plain
    send(url, None)
    PICTURE = large
    print(f"{peak(lambda: send(url, None)):.1f}")


def peak_of(way: str, url: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.upload", "--memory", way, url]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a question with a large picture costs.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sink", help=argparse.SUPPRESS)
    parser.add_argument("--memory", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sink is not None:
        sink(options.sink)
    if options.memory:
        memory(*options.memory)
        return
    rounds = options.rounds
    cpu = time.process_time
    compare("E3 first byte, ours / json.dumps", first_byte, plain_body, 0.02, rounds)
    compare("E3 body, CPU, ours / json.dumps", whole_body, plain_body, 0.3, rounds, cpu)
    body = plain_body()
    with started_sink("") as port:
        url = f"http://127.0.0.1:{port}"
        if sys.platform == "linux":
            mine, theirs = peak_of("ours", url), peak_of("plain", url)
            tell(Row("E3 memory while sending, ours / json.dumps + httpx", f"{mine} MB", f"{theirs} MB", "", "<= 2 MB"))
        ours, bare, plain = (partial(send, url, None) for send in (send_ours, send_bare, send_plain))
        compare("N1 upload, ours / sendall", ours, partial(bare, body), 1.5, rounds)
        compare("N1 upload, ours / json.dumps + httpx", ours, plain, 1, rounds)
    with tempfile.TemporaryDirectory() as folder:
        authority, file = trustme.CA(), Path(folder) / "server.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
        context = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
        with started_sink(str(file)) as port:
            safe = f"https://127.0.0.1:{port}"
            ours, bare = partial(send_ours, safe, context), partial(send_bare, safe, context, body)
            compare("N1 upload with TLS, ours / sendall", ours, bare, 1.25, rounds)


if __name__ == "__main__":
    main()
