from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("xcffib", exc_type=ImportError)

SCRIPT = """
import threading
from grokdesk.system.connection_x11 import load_xcffib

wrong = []

def read_through():
    # What xcffib does for each connection.
    try:
        for _ in range(2000):
            for _key, _value in load_xcffib().extensions.items():
                pass
    except RuntimeError as error:
        wrong.append(error)

threads = [threading.Thread(target=read_through) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(wrong)
"""


def test_extensions_are_loaded_before_anybody_reads_their_table() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
