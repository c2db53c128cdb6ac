"""Stand-ins for the child process that opens foreign files: they speak its protocol and misbehave."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_TAKING = """
import json, os, sys, threading
def take():
    line = sys.stdin.buffer.readline()
    if line:
        sys.stdin.buffer.read(json.loads(line)["bytes"])
print('{"ready": true}', flush=True)
take()
"""
_STALLING = 'open(sys.argv[1], "w").write(str(os.getpid()))\nthreading.Event().wait()'


def stalling(marker: Path) -> Sequence[str]:
    """A command whose process takes a picture, writes its process id to ``marker``, and never answers."""
    return _command(_TAKING + _STALLING, str(marker))


def crashing(marker: Path) -> Sequence[str]:
    """A command whose process notes in ``marker`` that it ran, and breaks down on its first picture."""
    return _command(_TAKING + 'open(sys.argv[1], "a").write("x")\nos._exit(9)', str(marker))


def cutting_off() -> Sequence[str]:
    """A command whose process promises more pixels than it gives."""
    facts = '{"mode": "RGB", "image": [10, 10], "width": 10, "height": 10}'
    return _command(_TAKING + f"print('{facts}')\nsys.stdout.write('x' * 100)")


def boasting() -> Sequence[str]:
    """A command whose process promises more pixels than any picture may have."""
    return _command(_TAKING + """print('{"mode": "RGB", "image": [1000000, 1000000]}')""")


def answering(line: str, pixels: int = 0) -> Sequence[str]:
    """A command whose process answers its first picture with this line, and bytes of pixels."""
    return _command(
        _TAKING + f"sys.stdout.write({line!r})\nsys.stdout.write('x' * {pixels})\nsys.stdout.flush()\ntake()"
    )


def greeting(line: str) -> Sequence[str]:
    """A command whose process begins with this line."""
    return _command(f"import sys\nsys.stdout.write({line!r})\nsys.stdout.flush()\nsys.stdin.read()")


def flooding() -> Sequence[str]:
    """A command whose process answers with a line that has no end."""
    return _command(_TAKING + "while True: sys.stdout.write('x' * 65536)")


def _command(code: str, *words: str) -> Sequence[str]:
    return (sys.executable, "-I", "-S", "-c", code, *words)
