"""Both ends of the socket that joins two starts of the program."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.paths import Paths
from grokdesk.system.instance_client import Reply, send, socket_name
from grokdesk.ui.shell.instance import InstanceServer, Request


def paths_below(runtime: Path) -> Paths:
    runtime.mkdir(parents=True)
    return Paths(runtime, runtime, runtime, runtime)


@pytest.mark.parametrize("folder", ["run", "far/" * 40])
def test_words_and_reply_pass_between_two_starts(qtbot: QtBot, tmp_path: Path, folder: str) -> None:
    paths = paths_below(tmp_path / folder)
    server = InstanceServer(socket_name(paths), tmp_path / "lock")
    assert server.claim()
    server.listen()
    replies: list[Reply | None] = []
    client = threading.Thread(target=lambda: replies.append(send(paths, ("capture", "ä"), 10)))
    with qtbot.waitSignal(server.requested) as requested:
        client.start()
    request: Request = requested.args[0]
    assert request.words == ("capture", "ä")
    request.reply(4, "out\n", "größer")
    qtbot.waitUntil(lambda: not client.is_alive())
    assert replies == [Reply(4, "out\n", "größer")]
    server.close()
    assert send(paths, ("capture",), 10) is None
