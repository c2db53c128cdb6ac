from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotPossibleHere, PictureError
from grokdesk.model import ImageLimits, Picture, PreparedImage, Region
from grokdesk.paths import resources
from grokdesk.pictures.decode.opening import read_picture_file
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.read.page import Line, Word
from grokdesk.pictures.read.reader import Code, Reading, open_reader, read
from tests.support.images.images import encoded, page_of_text
from tests.support.images.pictures import prepared_image
from tests.support.images.readers import found, replying, stalling

PROMPT = 0.5
"""Seconds in which a person's Stop has to be felt."""


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_sample_receipt_is_read() -> None:
    receipt = prepare(read_picture_file(resources() / "samples" / "receipt.png"), ImageLimits())
    reading = read(receipt, CancelSwitch())
    assert "Total EUR 53.30" in reading.text.splitlines()
    [code] = reading.codes
    assert (code.format, code.text) == ("QR code", "https://shop.example.org/receipts/2026-0417")
    assert reading.engine.startswith("Tesseract 5.")


@pytest.mark.parametrize(
    ("name", "line"),
    [("error-dialog.png", "Exit code 1 after 3.2 seconds"), ("chart.png", "Orders per month, 2026 (thousands)")],
)
def test_the_other_samples_are_read(name: str, line: str) -> None:
    file = resources() / "samples" / name
    assert file.stat().st_size < 60_000
    assert line in read(prepare(read_picture_file(file), ImageLimits()), CancelSwitch()).text.splitlines()


def test_one_process_reads_several_pictures() -> None:
    pages = [prepare(Picture(word, encoded(page_of_text([word], 24), "PNG")), ImageLimits()) for word in ("one", "two")]
    with open_reader(CancelSwitch()) as reader:
        readings = [reader.read(page) for page in pages]
    assert [reading.text for reading in readings] == ["one", "two"]


def test_a_file_in_the_working_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    with open_reader(CancelSwitch()) as reader:
        assert reader.engine


def test_keys_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XAI_API_KEY", "xai-planted")
    monkeypatch.setenv("LC_OTHER", "kept")
    tell = "import json, os; print(json.dumps({'engine': ' '.join(os.environ)}))"
    with open_reader(CancelSwitch(), (sys.executable, "-c", tell)) as reader:
        assert "XAI_API_KEY" not in reader.engine
        assert "LC_OTHER" in reader.engine


def test_replies_become_readings() -> None:
    command = replying(found("Grüße\n\nzwei", [("QR code", "a\nb")]), found())
    with open_reader(CancelSwitch(), command) as reader:
        assert reader.read(prepared_image()) == Reading("Grüße\n\nzwei", (Code("QR code", "a\nb"),), "Stand-in 1")
        assert reader.read(prepared_image()) == Reading("", (), "Stand-in 1")


WORD = ["two", [1, 2, 30, 10], 91.5]
GOOD: dict[str, Any] = {"text": "two", "codes": [], "lines": [["two", 91.5, [WORD]]], "missing_languages": ["deu"]}


def test_a_good_reply_is_believed() -> None:
    with open_reader(CancelSwitch(), replying(GOOD)) as reader:
        reading = reader.read(prepared_image())
    assert reading.lines == (Line("two", 91.5, 2, 12, (Word("two", Region(1, 2, 30, 10), 91.5),)),)
    assert reading.missing_languages == ("deu",)


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": ["two"]},
        {"codes": {}},
        {"codes": [["QR code"]]},
        {"codes": [["QR code", 1]]},
        {"codes": [["QR code", "a", [1, 2, 3]]]},
        {"codes": [["QR code", "a", [1, 2, 3, 4.5]]]},
        {"codes": [["x" * 2000, "a"]]},
        {"codes": [["a", ""]] * 10_001},
        {"lines": "two"},
        {"lines": [["two", 90]]},
        {"lines": [["two", float("nan"), []]]},
        {"lines": [["two", True, []]]},
        {"lines": [["two", 90, [["two", [1, 2, -3, 4], 90]]]]},
        {"lines": [["two", 90, [["two", [1, 10**9, 3, 4], 90]]]]},
        {"lines": [["two", 90, [[2, [1, 2, 3, 4], 90]]]]},
        {"missing_languages": "deu"},
        {"missing_languages": [None]},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_reply_that_cannot_be_is_a_breakdown_with_a_sentence(change: dict[str, Any]) -> None:
    with (
        open_reader(CancelSwitch(), replying({**GOOD, **change})) as reader,
        pytest.raises(PictureError, match="the engine broke down") as raised,
    ):
        reader.read(prepared_image())
    assert raised.value.hint


@pytest.mark.parametrize("findings", [None, {}, [["rule"]], [[1, []]], [["rule", [[1, 2, 3]]]], [["rule", 1]]])
def test_findings_that_cannot_be_are_a_breakdown(findings: object) -> None:
    with (
        open_reader(CancelSwitch(), replying({"findings": findings})) as reader,
        pytest.raises(PictureError, match="the engine broke down"),
    ):
        reader.find_secrets(prepared_image())


_TRIES = """
import json, os, socket, sys
from pathlib import Path
from PIL import Image
from grokdesk.pictures.decode.confinement import confine, limit
from grokdesk.pictures.read.reading import Engine, readable_folders
limit()
done = confine(os.environ, readable_folders())
engine = Engine()
engine.text(Image.new("L", (90, 30), 255))
def fails(work):
    try: work()
    except OSError: return True
    return False
print(json.dumps([done, {
    "read": fails(lambda: Path(sys.argv[1]).read_bytes()),
    "write": fails(lambda: Path(sys.argv[1] + "x").write_bytes(b"")),
    "run": fails(lambda: __import__("subprocess").run([sys.argv[1]])),
    "socket": fails(lambda: socket.socket(socket.AF_INET)),
}]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
def test_the_engine_reads_without_files_and_network(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    secret.chmod(0o700)
    command = [sys.executable, "-c", _TRIES, str(secret)]
    done, tried = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    expected = {"files": {"read", "write", "run"}, "network": {"socket"}}
    assert {name for name, held in tried.items() if held} == set().union(*(expected.get(part, set()) for part in done))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_is_confined_and_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    monkeypatch.setenv("https_proxy", "http://user:planted@127.0.0.1:9/")
    with open_reader(CancelSwitch()) as reader:
        place = Path("/proc", str(reader._process.pid))
        status = dict(line.split(":\t") for line in (place / "status").read_text().splitlines())
        assert b"planted" not in (place / "environ").read_bytes()
        assert re.search(r"^Max core file size +0 ", (place / "limits").read_text(), re.MULTILINE)
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == ("2" if platform.machine() in ("x86_64", "aarch64") else "0")


def test_stop_wakes_a_reader_that_waits(tmp_path: Path) -> None:
    marker, cancel = tmp_path / "pid", CancelSwitch()
    raised: list[float] = []

    def work() -> None:
        with open_reader(cancel, stalling(marker)) as reader, pytest.raises(Cancelled):
            reader.read(prepared_image())
        raised.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: marker.exists() and marker.read_text() != "")
    pid = int(marker.read_text())
    began = time.perf_counter()
    cancel.throw()
    thread.join(30)
    assert raised[0] - began < PROMPT
    assert sys.platform == "win32" or not is_running(pid)


def test_stop_ends_the_real_engine_in_the_middle_of_a_page() -> None:
    cancel, thrown = CancelSwitch(), []
    line = "A long line of small words that keeps the engine at work for a good while, 0123456789. " * 3
    page = prepare(Picture("page", encoded(page_of_text([line] * 90, 16, width=2400), "PNG")), ImageLimits(4096))

    def throw() -> None:
        thrown.append(time.perf_counter())
        cancel.throw()

    with open_reader(cancel) as reader:
        person = threading.Timer(0.2, throw)
        person.start()
        with pytest.raises(Cancelled):
            reader.read(page)
        seconds = time.perf_counter() - thrown[0]
    assert seconds < PROMPT


def test_a_switch_thrown_before_starts_no_reading() -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled), open_reader(cancel, replying(found())):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX whether a process is there")
def test_the_process_ends_when_nobody_reads_on() -> None:
    say_pid = "import json, os, sys; print(json.dumps({'engine': str(os.getpid())}), flush=True); sys.stdin.read()"
    with open_reader(CancelSwitch(), (sys.executable, "-c", say_pid)) as reader:
        pid = int(reader.engine)
        assert is_running(pid)
    assert not is_running(pid)


def test_a_crash_becomes_a_sentence() -> None:
    crashing = 'import os, sys; print(\'{"engine": "x"}\', flush=True); sys.stdin.buffer.read(8); os._exit(9)'
    with open_reader(CancelSwitch(), (sys.executable, "-c", crashing)) as reader, pytest.raises(PictureError) as raised:
        reader.read(prepared_image("shot.png"))
    assert raised.value.title == "Reading shot.png failed: the engine broke down."
    assert raised.value.hint


def test_bytes_that_are_no_picture_break_only_the_child() -> None:
    broken = PreparedImage("shot.png", b"not a PNG", "image/png", 1, 1, "", 1, 1)
    with pytest.raises(PictureError, match=r"Reading shot\.png failed"):
        read(broken, CancelSwitch())


def test_a_large_picture_for_a_dead_process_becomes_a_sentence() -> None:
    large = PreparedImage("shot.png", bytes(4_000_000), "image/png", 1, 1, "", 1, 1)
    dying = 'print(\'{"engine": "x"}\', flush=True)'
    with (
        open_reader(CancelSwitch(), (sys.executable, "-c", dying)) as reader,
        pytest.raises(PictureError, match="broke down"),
    ):
        reader.read(large)


def test_a_reading_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    with (
        open_reader(CancelSwitch(), stalling(marker), seconds=0.2) as reader,
        pytest.raises(PictureError, match=r"Reading shot\.png took longer than 0\.2 seconds"),
    ):
        reader.read(prepared_image("shot.png"))


@pytest.mark.parametrize(
    "command",
    [("/nonexistent/python",), (sys.executable, "-c", 'print(\'{"missing": "No module named tesserocr"}\')')],
)
def test_a_missing_engine_is_said(command: tuple[str, ...]) -> None:
    with pytest.raises(NotPossibleHere) as raised:
        read(prepared_image(), CancelSwitch(), command)
    assert "reads text on this computer" in raised.value.title
    assert raised.value.hint
