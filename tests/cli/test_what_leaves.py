"""Whatever way a picture comes to the command line: a server gets the bytes that were scanned and are reported.

The same table as for the window, see ``tests/ui/test_what_leaves.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

from grokdesk import services as composition
from grokdesk.errors import EXIT_FAILURE, EXIT_OK
from grokdesk.model import SCAN_POLICIES
from grokdesk.questions.scan import Scanner
from grokdesk.store.settings.settings_file import SettingsFile
from tests.cli.conftest import CommandLine, Done
from tests.support.images.images import encoded
from tests.support.servers.left import SeesRed, pictures_of, secret_image, shows_secret
from tests.support.servers.replies import Reply, Send
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream

ACTIONS = ("describe", "read-text")
PLACES = [*((policy, False) for policy in SCAN_POLICIES), ("", True), ("ask", True)]
FLAGS = ((), ("--redact",), ("--as-is",))


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> SeesRed:
    """What scans in the place of the reading process, which takes a second for each picture."""
    look = SeesRed()
    make = composition.make_scanner

    def make_scanner(settings: SettingsFile) -> Scanner:
        usual = make(settings)
        return Scanner(look, usual._usual, usual._own_words)

    monkeypatch.setattr(composition, "make_scanner", make_scanner)
    return look


@pytest.fixture
def files(tmp_path: Path, server: ScriptedServer) -> dict[str, Path]:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Pears.")))
    png, gif, large = tmp_path / "secret.png", tmp_path / "moving.gif", tmp_path / "large.png"
    png.write_bytes(encoded(secret_image(), "PNG"))
    Image.new("RGB", (320, 240), "white").save(gif, save_all=True, append_images=[secret_image()])
    large.write_bytes(encoded(secret_image(400, 240), "PNG"))
    server.on("GET", "/secret.png", Reply(headers={"Content-Type": "image/png"}, steps=(Send(png.read_bytes()),)))
    return {"png": png, "gif": gif, "large": large}


Way = Callable[[dict[str, Path], ScriptedServer], tuple[tuple[str, ...], bytes]]
WAYS: dict[str, Way] = {
    "file": lambda files, _server: ((str(files["png"]),), b""),
    "several files": lambda files, _server: ((str(files["png"]), str(files["large"])), b""),
    "standard input": lambda files, _server: (("-",), files["png"].read_bytes()),
    "web address": lambda _files, server: ((f"{server.url}/secret.png",), b""),
    "frame": lambda files, _server: ((str(files["gif"]), "--frame", "2"), b""),
    "tiles": lambda files, _server: ((str(files["large"]), "--tiles"), b""),
    "original": lambda files, _server: ((str(files["png"]), "--original"), b""),
}


def write_profiles(grokdesk: CommandLine, server: ScriptedServer, policy: str, *, is_local: bool, edge: int) -> None:
    # A server on loopback may be one that is not local to its profile; that is what its policy is about.
    profile = {
        "id": "far",
        "name": "Far",
        "dialect": "chat-completions",
        "base_url": f"{server.url}/v1",
        "model": "m-1",
        "needs_key": False,
        "is_local": is_local,
        "long_edge": edge,
        "scan": policy,
    }
    grokdesk.write_settings(profiles=[profile, {**profile, "id": "also", "long_edge": edge + 40}], profile="far")


def check(done: Done, received: list[bytes], look: SeesRed, policy: str, flags: tuple[str, ...], case: str) -> None:
    is_sent = policy in ("", "off", "suggest") or "--redact" in flags or (policy == "ask" and "--as-is" in flags)
    assert done.code == (EXIT_OK if is_sent else EXIT_FAILURE), case
    assert bool(received) == is_sent, case
    if not is_sent:
        return
    assert [hashlib.sha256(data).hexdigest() for data in received] == [e["sha256"] for e in done.json["images"]], case
    is_scanned = "--redact" in flags or (policy not in ("", "off") and "--as-is" not in flags)
    assert not is_scanned or set(received) <= look.scanned, case
    assert any(map(shows_secret, received)) == ("--redact" not in flags), case


@pytest.mark.parametrize("way", WAYS)
def test_a_server_gets_what_was_scanned_and_is_reported(
    grokdesk: CommandLine, server: ScriptedServer, files: dict[str, Path], look: SeesRed, way: str
) -> None:
    for (policy, is_local), action, flags in product(PLACES, ACTIONS, FLAGS):
        if way not in ("file", "tiles") and action != "read-text":
            continue  # prepared like a file
        write_profiles(grokdesk, server, policy, is_local=is_local, edge=256)
        words, data = WAYS[way](files, server)
        before = len(server.requests)
        done = grokdesk("ask", *words, "--action", action, *flags, "--json", stdin=data)
        asked = [request for request in server.requests[before:] if request.method == "POST"]
        received = [data for request in asked for data in pictures_of(request)]
        check(done, received, look, policy, flags, f"{way}, {policy}, {is_local=}, {action}, {flags}")
        if action == "read-text":
            assert all(data.startswith(b"\x89PNG") for data in received)


@pytest.mark.parametrize("policy", SCAN_POLICIES)
def test_all_who_are_compared_get_the_same_bytes(
    grokdesk: CommandLine, server: ScriptedServer, files: dict[str, Path], look: SeesRed, policy: str
) -> None:
    write_profiles(grokdesk, server, policy, is_local=False, edge=256)
    done = grokdesk("compare", str(files["large"]), "--with", "far", "--with", "also", "--redact", "--json")
    assert done.code == EXIT_OK
    first, second = (pictures_of(request) for request in server.requests)
    assert first == second
    assert set(first) <= look.scanned
    assert not shows_secret(first[0])


def test_one_that_is_read_here_leaves_for_nowhere(
    grokdesk: CommandLine, server: ScriptedServer, files: dict[str, Path], look: SeesRed
) -> None:
    grokdesk.write_settings(profile="on-this-computer", scan="block")
    assert grokdesk("ask", str(files["png"]), "--action", "read-text").code in (EXIT_OK, EXIT_FAILURE)
    assert (server.requests, look.scanned) == ([], set())
