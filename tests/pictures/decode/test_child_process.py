"""What a child process gets, what it may do, and what is believed of its answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grokdesk.errors import NotAPicture, NotPossibleHere, PictureError
from grokdesk.model import Picture
from grokdesk.pictures.decode.child_process import child_environment, read_line
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.decode.decoding import MOST_PIXELS
from grokdesk.pictures.decode.decoding_child import facts_in
from tests.support.images.decoders import answering, flooding, greeting
from tests.support.images.images import encoded, quarters

SHOT = Picture("shot.png", encoded(quarters(), "PNG"))
GOOD: dict[str, Any] = {
    "mode": "RGB",
    "image": [2, 1],
    "width": 4,
    "height": 2,
    "frames": 1,
    "frame_word": "frame",
    "removed": ["location"],
    "notes": [],
}
NAMES = """
XAI_API_KEY AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN GITHUB_TOKEN GH_TOKEN DATABASE_URL PGPASSWORD NPM_TOKEN
SSH_AUTH_SOCK
https_proxy HTTP_PROXY ALL_PROXY OPENAI_KEY DBUS_SESSION_BUS_ADDRESS KUBECONFIG PIP_INDEX_URL LD_PRELOAD LD_AUDIT
PYTHONSTARTUP PYTHONINSPECT MY_SECRET_PATH GROKDESK_API_KEY
"""
SECRETS = NAMES.split()


def test_a_child_gets_what_it_needs_and_no_more() -> None:
    environment = {**dict.fromkeys(SECRETS, "planted"), "PATH": "/bin", "LC_ALL": "C", "Path": "x", "HOME": "/h"}
    assert child_environment(environment) == {"PATH": "/bin", "LC_ALL": "C", "Path": "x", "HOME": "/h"}
    assert child_environment({"DISPLAY": ":1", "A": "b"}, ("DISPLAY",)) == {"DISPLAY": ":1"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_decoder_has_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        if not name.startswith("LD_"):
            monkeypatch.setenv(name, "planted")
    decoder = Decoder()
    decoder.open(SHOT)
    (child,) = decoder._idle
    assert b"planted" not in Path("/proc", str(child.pid), "environ").read_bytes()
    decoder.close()


def test_a_good_answer_is_believed() -> None:
    decoder = Decoder(answering(json.dumps(GOOD) + "\n", 6))
    opened = decoder.open(SHOT)
    assert (opened.image.tobytes(), opened.width, opened.removed) == (b"x" * 6, 4, ("location",))
    decoder.close()


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "RGBA"},
        {"mode": None},
        {"mode": ["RGB"]},
        {"image": [0, 1]},
        {"image": [-2, -1]},
        {"image": [2]},
        {"image": [2, 1, 1]},
        {"image": "21"},
        {"image": [2.0, 1]},
        {"image": [True, 1]},
        {"image": [5, 1]},
        {"image": [2, 3]},
        {"image": [1e308, 1]},
        {"width": MOST_PIXELS, "height": 2},
        {"width": 0},
        {"height": "2"},
        {"frames": 0},
        {"frames": 10**9},
        {"frames": None},
        {"frame_word": "<b>"},
        {"removed": "location"},
        {"removed": [1]},
        {"notes": ["x"] * 21},
        {"notes": ["x" * 9000]},
        {"notes": {}},
    ],
)
def test_facts_that_cannot_be_are_not_believed(change: dict[str, Any]) -> None:
    assert facts_in({**GOOD, **change}) is None


@pytest.mark.parametrize("name", GOOD)
def test_no_fact_may_be_missing(name: str) -> None:
    assert facts_in({key: value for key, value in GOOD.items() if key != name}) is None


@pytest.mark.parametrize(
    "line",
    [
        "\n",
        "words\n",
        "[1]\n",
        "null\n",
        "[" * 5000 + "\n",
        '{"error": "SystemExit", "title": "x.", "hint": ""}\n',
        '{"error": ["PictureError"], "title": "x.", "hint": ""}\n',
        '{"error": "PictureError", "title": 1, "hint": ""}\n',
        '{"error": "PictureError"}\n',
        '{"mode": "RGB", "image": [1, 1]}\n',
    ],
)
def test_another_answer_is_a_breakdown_with_a_sentence(line: str) -> None:
    decoder = Decoder(answering(line), seconds=20)
    with pytest.raises(PictureError, match="crashed") as raised:
        decoder.open(SHOT)
    assert raised.value.hint
    decoder.close()


def test_an_answer_without_an_end_is_cut_off() -> None:
    decoder = Decoder(flooding(), seconds=20)
    with pytest.raises(PictureError, match="crashed"):
        decoder.open(SHOT)
    decoder.close()


@pytest.mark.parametrize("line", ["\n", "{}\n", '{"ready": 1}\n', "[]\n"])
def test_a_greeting_that_is_none(line: str) -> None:
    decoder = Decoder(greeting(line))
    with pytest.raises(NotPossibleHere, match="does not start"):
        decoder.open(SHOT)
    decoder.close()


def test_an_error_steers_no_terminal() -> None:
    line = {"error": "NotAPicture", "title": "\x1b[2Jshot.png is no picture.", "hint": "No."}
    decoder = Decoder(answering(json.dumps(line) + "\n"))
    with pytest.raises(NotAPicture) as raised:
        decoder.open(SHOT)
    assert "\x1b" not in str(raised.value)
    decoder.close()


def test_lines_of_a_closed_pipe_are_none() -> None:
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read, "rb") as replies:
        assert read_line(replies) is None
    assert read_line(replies) is None


_TRIES = """
import json, os, socket, sys
from grokdesk.pictures.decode.confinement import confine
done = confine(os.environ)
def fails(work):
    try: work()
    except OSError: return True
    return False
from pathlib import Path
left, right = socket.socketpair()
tried = {
    "read": fails(lambda: Path(sys.argv[1]).read_bytes()),
    "list": fails(lambda: os.listdir(Path(sys.argv[1]).parent)),
    "write": fails(lambda: Path(sys.argv[1] + "x").write_bytes(b"")),
    "remove": fails(lambda: Path(sys.argv[1]).unlink()),
    "run": fails(lambda: __import__("subprocess").run([sys.argv[1]])),
    "socket": fails(lambda: socket.socket(socket.AF_INET)),
    "unix": fails(lambda: socket.socket(socket.AF_UNIX)),
    "netlink": fails(lambda: socket.socket(socket.AF_NETLINK)),
    "null": not fails(lambda: open(os.devnull, "wb")),
    "modules": not fails(lambda: __import__("PIL.AvifImagePlugin")),
}
print(json.dumps([done, tried]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
def test_a_confined_process_has_no_files_and_no_network(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    secret.chmod(0o700)
    ran = subprocess.run(
        [sys.executable, "-c", _TRIES, str(secret)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    done, tried = json.loads(ran.stdout)
    files, network = {"read", "list", "write", "remove", "run"}, {"socket", "unix", "netlink"}
    expected = {"null", "modules"} | (files if "files" in done else set()) | (network if "network" in done else set())
    assert {name for name, held in tried.items() if held} == expected
    assert done[:1] in ([], ["no new privileges"])


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
def test_a_decoder_says_how_far_it_is_confined(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "grokdesk.pictures.decode.decoding_child")
    decoder = Decoder()
    decoder.open(SHOT)
    decoder.close()
    assert any("confined" in record.message for record in caplog.records)
