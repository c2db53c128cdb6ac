"""Connections to a real X server while extensions of the library are loaded on other threads."""

from __future__ import annotations

import subprocess
import sys

from tests.support.desktops.desktop import Desktop

SCRIPT = """
import threading
from grokdesk.system.connection_x11 import connect, load_xcffib

wrong = []

def work(extensions):
    try:
        for name in extensions:
            load_xcffib(name)
            connect(None).disconnect()
    except Exception as error:
        wrong.append(repr(error))

names = ("randr", "shm", "xfixes", "damage", "composite", "shape", "sync", "render", "record", "xtest", "dpms", "res")
threads = [threading.Thread(target=work, args=(names[at:] + names[:at],)) for at in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(wrong)
"""


def test_nothing_is_loaded_while_something_connects(desktop: Desktop) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=desktop.environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]", done.stderr
