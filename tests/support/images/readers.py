"""Stand-ins for the child process that reads pictures: they speak its protocol and find what they are told to."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_REPLYING = """
import json, sys
print(json.dumps({"engine": "Stand-in 1"}), flush=True)
for reply in json.loads(sys.argv[1]):
    length = int.from_bytes(sys.stdin.buffer.read(8), "big")
    assert len(sys.stdin.buffer.read(length)) == length
    print(json.dumps(reply), flush=True)
sys.exit("no reply is left")
"""
_STALLING = """
import os, sys, threading
print('{"engine": "Stand-in 1"}', flush=True)
sys.stdin.buffer.read(8)
open(sys.argv[1], "w").write(str(os.getpid()))
threading.Event().wait()
"""


def replying(*replies: Mapping[str, Any]) -> Sequence[str]:
    """A command whose process gives one reply to each picture and fails when none is left."""
    return (sys.executable, "-I", "-S", "-c", _REPLYING, json.dumps(replies))


def stalling(marker: Path) -> Sequence[str]:
    """A command whose process takes a picture, writes its process id to ``marker``, and never answers."""
    return (sys.executable, "-I", "-S", "-c", _STALLING, str(marker))


def found(text: str = "", codes: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    return {"text": text, "codes": codes}
