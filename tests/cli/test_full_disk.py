"""On a full disk the answer is printed all the same: its exit code counts, and what is lost is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grokdesk.errors import EXIT_NETWORK, EXIT_OK
from tests.cli.conftest import PROGRAM, ROOT, CommandLine, Done
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="disks are mounted and limited in other ways there")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; where none may be mounted, a folder."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(disk)]
    is_mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield disk
    if is_mounted:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, room: int) -> None:
    """Leave so many bytes."""
    free = shutil.disk_usage(disk).free
    if free > 2_000_000:
        pytest.skip("no disk may be mounted here")
    (disk / "filler").write_bytes(bytes(max(0, free - room)))


def words_for(server: ScriptedServer) -> tuple[str, ...]:
    return ("ask", "-p", "What?", "--base-url", f"{server.url}/v1", "--model", "m-1")


def check(done: Done, code: int, out: str) -> None:
    assert (done.code, done.out) == (code, out)
    assert "The disk is full." in done.err
    for words in ("Traceback", "I/O error", "internal error", "went wrong in GrokDesk"):
        assert words not in done.err


@pytest.mark.parametrize("room", [0, 8_000, 48_000])
def test_an_answer_that_came_is_a_success(
    grokdesk: CommandLine, server: ScriptedServer, small_disk: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setenv("GROKDESK_HOME", str(small_disk))
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Two pears.")))
    fill(small_disk, room)
    check(grokdesk(*words_for(server)), EXIT_OK, "Two pears.\n")


def test_a_refusal_stays_one(
    grokdesk: CommandLine, server: ScriptedServer, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROKDESK_HOME", str(small_disk))
    server.on("POST", "/v1/chat/completions", Reply.json({"error": "No."}, 400))
    fill(small_disk, 0)
    check(grokdesk(*words_for(server)), EXIT_NETWORK, "")


def test_files_that_may_not_grow_are_the_same_to_the_program(server: ScriptedServer, tmp_path: Path) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Two pears.")))
    limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", *PROGRAM, *words_for(server)]
    environment = {**os.environ, "GROKDESK_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(limited, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
    check(Done(done.returncode, done.stdout.decode(), done.stderr.decode()), EXIT_OK, "Two pears.\n")
