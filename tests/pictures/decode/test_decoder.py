from __future__ import annotations

import ast
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotAPicture, NotPossibleHere, PictureError, PictureTooLarge
from grokdesk.model import ImageLimits, Picture, Pixels
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.decode.decoding_child import DecodingChild, Request
from grokdesk.pictures.decode.decoding_process import CPU_SECONDS, MOST_MEMORY
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.services import services_from
from tests.support.images.decoders import boasting, crashing, cutting_off, stalling
from tests.support.images.images import encoded, photo, quarters
from tests.test_architecture import imports, modules

PROMPT = 0.5
"""Seconds in which a person's Stop has to be felt."""
SHOT = Picture("shot.png", encoded(quarters(), "PNG"))


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def wait_for(marker: Path) -> int:
    end = time.monotonic() + 30
    while not marker.exists() or not marker.read_text():
        assert time.monotonic() < end
        time.sleep(0.005)
    return int(marker.read_text())


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def failing(command: object, **options: float) -> PictureError:
    decoder = Decoder(command, **options)  # type: ignore[arg-type]
    with pytest.raises(PictureError) as raised:
        decoder.open(SHOT)
    return raised.value


def test_the_child_opens_exactly_as_this_process_does(decoder: Decoder) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    turned[0x010F] = "A maker"
    frames = {"save_all": True, "append_images": [quarters().rotate(180)]}
    for name, data in {
        "photo.jpg": encoded(photo(400, 300), "JPEG", exif=turned),
        "moving.gif": encoded(quarters(), "GIF", **frames),
        "clear.png": encoded(quarters().convert("RGBA").rotate(45), "PNG"),
        "grey.png": encoded(quarters().convert("L"), "PNG"),
        "\udce9 bytes\n.png": encoded(quarters(), "PNG"),
    }.items():
        for enough in (None, 20):
            there, here = (opens(Picture(name, data), enough=enough) for opens in (decoder.open, open_picture))
            assert there.image.tobytes() == here.image.tobytes()
            assert (there.image.mode, there.image.size) == (here.image.mode, here.image.size)
            for fact in ("width", "height", "frames", "frame_word", "removed", "notes"):
                assert getattr(there, fact) == getattr(here, fact)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"Dear all,", NotAPicture),
        (encoded(quarters(), "WEBP")[:60], NotAPicture),
        (b"P6\n60000 60000\n255\n" + bytes(100), PictureTooLarge),
    ],
)
def test_errors_are_those_of_this_process(decoder: Decoder, data: bytes, error: type[PictureError]) -> None:
    raised = []
    for opens in (decoder.open, open_picture):
        with pytest.raises(error) as caught:
            opens(Picture("odd.bin", data))
        raised.append((type(caught.value), caught.value.title, caught.value.hint))
    assert raised[0] == raised[1]


def test_a_captured_picture_goes_nowhere() -> None:
    pixels = Pixels(bytes(16), 2, 2)
    assert Decoder(("/nonexistent/python",)).open(Picture("capture", pixels)).image.size == (2, 2)


def test_what_is_no_picture_starts_no_process() -> None:
    with pytest.raises(NotAPicture, match="is a text file"):
        Decoder(("/nonexistent/python",)).open(Picture("letter.txt", b"Dear all,"))


def test_one_process_opens_several_pictures(decoder: Decoder) -> None:
    ours = set()
    for _ in range(3):
        decoder.open(SHOT)
        # Nothing is at work, so all that were started wait here. The system's lists of children leave some out while
        # another of them ends.
        ours |= {child.pid for child in decoder._idle}
    assert len(ours) == 1


def test_more_pictures_than_processes_all_open(decoder: Decoder) -> None:
    opened = []

    def work(size: int) -> None:
        opened.append(decoder.open(Picture(f"{size}", encoded(quarters(size, size), "PNG"))).image.size)

    threads = [threading.Thread(target=work, args=(size,)) for size in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(opened) == [(size, size) for size in range(2, 10)]


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX whether a process is there")
def test_an_idle_process_ends_by_itself() -> None:
    child = DecodingChild()
    child.open(Request("shot.png", SHOT.content), CancelSwitch(), 30)  # type: ignore[arg-type]
    assert is_running(child.pid)
    child.close()
    assert not is_running(child.pid)

    decoder = Decoder(kept_seconds=0.01)
    decoder.open(SHOT)
    timer = decoder._ending
    assert timer is not None
    timer.join(30)
    assert decoder._idle == []


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX whether a process is there")
def test_a_process_ends_with_its_decoder() -> None:
    decoder = Decoder()
    decoder.open(SHOT)
    pid = decoder._idle[0].pid
    del decoder
    assert not is_running(pid)


def test_a_crash_becomes_a_sentence_and_the_next_picture_a_new_process(tmp_path: Path) -> None:
    marker = tmp_path / "runs"
    decoder = Decoder(crashing(marker))
    for _ in range(2):
        with pytest.raises(PictureError) as raised:
            decoder.open(SHOT)
        assert raised.value.title == "shot.png could not be opened: the image decoder crashed."
        assert raised.value.hint
    assert marker.read_text() == "xx"


def test_a_hang_becomes_a_sentence(tmp_path: Path) -> None:
    error = failing(stalling(tmp_path / "pid"), seconds=0.2)
    assert error.title == "shot.png could not be opened within 0.2 seconds."
    assert sys.platform == "win32" or not is_running(wait_for(tmp_path / "pid"))


@pytest.mark.parametrize("command", [cutting_off(), boasting()])
def test_a_child_that_says_nonsense_becomes_a_sentence(command: object) -> None:
    assert failing(command).title == "shot.png could not be opened: the image decoder crashed."


def test_a_large_file_for_a_dead_process_becomes_a_sentence() -> None:
    dying = (sys.executable, "-I", "-S", "-c", "print('{\"ready\": true}', flush=True)")
    large = Picture("large.png", encoded(quarters(), "PNG") + bytes(4_000_000))
    with pytest.raises(PictureError, match="crashed"):
        Decoder(dying).open(large)


@pytest.mark.parametrize("command", [("/nonexistent/python",), (sys.executable, "-c", "raise ImportError")])
def test_a_child_that_does_not_start_is_said(command: tuple[str, ...]) -> None:
    with pytest.raises(NotPossibleHere) as raised:
        Decoder(command).open(SHOT)
    assert raised.value.title == "The part that opens picture files does not start."
    assert raised.value.hint


def test_stop_ends_a_child_at_work(tmp_path: Path) -> None:
    marker, cancel, raised = tmp_path / "pid", CancelSwitch(), []
    decoder = Decoder(stalling(marker))

    def work() -> None:
        with pytest.raises(Cancelled):
            decoder.open(SHOT, cancel=cancel)
        raised.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    pid = wait_for(marker)
    began = time.perf_counter()
    cancel.throw()
    thread.join(30)
    assert raised[0] - began < PROMPT
    assert sys.platform == "win32" or not is_running(pid)


def test_stop_wakes_who_waits_for_a_child(tmp_path: Path) -> None:
    decoder, ends = Decoder(stalling(tmp_path / "pid")), []
    switches = [CancelSwitch() for _ in range(4)]

    def work(cancel: CancelSwitch) -> None:
        with pytest.raises(Cancelled):
            decoder.open(SHOT, cancel=cancel)
        ends.append(cancel)

    threads = [threading.Thread(target=work, args=(cancel,)) for cancel in switches]
    for thread in threads:
        thread.start()
    wait_for(tmp_path / "pid")
    for cancel in switches:
        cancel.throw()
    for thread in threads:
        thread.join(30)
    assert len(ends) == len(switches)


def test_a_thrown_switch_starts_nothing() -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled):
        Decoder(("/nonexistent/python",)).open(SHOT, cancel=cancel)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the limits of a process in /proc")
def test_the_child_has_limits_and_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XAI_API_KEY", "xai-planted")
    child = DecodingChild()
    try:
        child.open(Request("shot.png", SHOT.content), CancelSwitch(), 30)  # type: ignore[arg-type]
        limits = Path("/proc", str(child.pid), "limits").read_text()
        rows = {line[:25].strip(): line[25:46].strip() for line in limits.splitlines()}
        assert rows["Max address space"] == str(MOST_MEMORY)
        assert CPU_SECONDS <= int(rows["Max cpu time"]) <= CPU_SECONDS + 2
        assert rows["Max core file size"] == "0"
        assert b"xai-planted" not in Path("/proc", str(child.pid), "environ").read_bytes()
    finally:
        child.close()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the most memory that a process had")
@pytest.mark.parametrize(
    ("file_format", "mode", "options"),
    [
        ("PNG", "RGB", {"compress_level": 0}),
        ("WEBP", "RGB", {"method": 0}),
        ("AVIF", "RGB", {"speed": 10}),
        ("TIFF", "RGB", {}),
        ("JPEG", "CMYK", {}),
    ],
)
def test_a_picture_takes_three_times_its_pixels(
    decoder: Decoder, file_format: str, mode: str, options: dict[str, object]
) -> None:
    """At four bytes a pixel, besides the file itself."""
    image = photo(200, 150).resize((2000, 1500)).convert(mode)
    small, large = encoded(image.resize((20, 15)), file_format), encoded(image, file_format, **options)
    decoder.open(Picture("small", small))
    place = Path("/proc", str(decoder._idle[0].pid))
    try:
        (place / "clear_refs").write_text("5")  # the most from now on
    except OSError:
        pytest.skip("another process's peak cannot be set back here")
    before = memory_of(place)
    decoder.open(Picture("large", large))
    assert memory_of(place) - before - len(large) < 3.4 * 4 * 2000 * 1500


def memory_of(place: Path) -> int:
    """The most so far, in bytes."""
    status = (place / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def test_a_file_in_the_working_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    decoder = Decoder()
    assert decoder.open(SHOT).width == 32
    decoder.close()


def test_the_program_decodes_no_foreign_file_itself(tmp_path: Path) -> None:
    (tmp_path / "drop.webp").write_bytes(encoded(quarters(), "WEBP"))
    code = f"""
import sys
from pathlib import Path
from grokdesk.model import ImageLimits
from grokdesk.services import services_from
services = services_from({{"GROKDESK_HOME": {str(tmp_path)!r}}}, print)
image = services.prepare(services.read_file(Path({str(tmp_path / "drop.webp")!r})), ImageLimits())
print(image.width, image.height, "PIL.WebPImagePlugin" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("32 16 False\n", "")


def test_a_decoder_that_does_not_start_is_never_replaced_by_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    services = services_from({"GROKDESK_HOME": str(tmp_path)}, print)
    with pytest.raises(NotPossibleHere, match="does not start"):
        services.prepare(SHOT, ImageLimits())


def test_a_packaged_program_decodes_by_its_own_verb(tmp_path: Path) -> None:
    decoder = Decoder((sys.executable, "-P", "-m", "grokdesk", "_decode"))
    assert decoder.open(SHOT).image.getpixel((4, 4)) == (255, 0, 0)
    decoder.close()


OPENING_HERE = {
    "grokdesk.pictures.decode.decoding.decode_file": {"pictures.decode.opening", "pictures.decode.decoding_process"},
    "grokdesk.pictures.decode.decoding.decode_stored": {"pictures.decode.raw_pixels"},
    "grokdesk.pictures.decode.raw_pixels.decode": {"system.capture.portal_file"},
    "grokdesk.pictures.decode.opening.open_picture": {"pictures.prepare.preparing"},
}
"""Who may decode a file in the program itself: for files of the desktop's own making, and as a default for tests."""


@pytest.mark.parametrize("name", OPENING_HERE)
def test_foreign_files_are_opened_by_the_decoder_alone(name: str) -> None:
    assert {module for module, targets in imported().items() if name in targets} == OPENING_HERE[name]


@cache
def imported() -> dict[str, frozenset[str]]:
    return {module: frozenset(item.target for item in imports(tree)) for module, tree in modules().items()}


DECODING = {
    "open": {
        "pictures.decode.decoding",
        "pictures.decode.drawings",
        "pictures.read.shades",
        "pictures.prepare.preparing",  # of a JPEG that was made here, for its thumbnail
    },
    "imageData": {"ui.clipboard.incoming", "ui.shell.doctor_clipboard"},
}
"""What makes pixels of the bytes of a file, and who may call it: the modules of child processes, and Qt for what is on
the clipboard as an image."""
QT_DECODERS = ("fromData", "loadFromData", "QImageReader", "QMovie", "QPicture")


def calls(tree: ast.Module) -> Iterator[str]:
    """Names and attributes that are called; of ``open`` only Pillow's, of ``load`` none."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id != "open":
            yield called.id
        if isinstance(called, ast.Attribute):
            of = called.value.id if isinstance(called.value, ast.Name) else ""
            if called.attr != "open" or of == "Image":
                yield called.attr


@cache
def called() -> dict[str, frozenset[str]]:
    return {module: frozenset(calls(tree)) for module, tree in modules().items()}


@pytest.mark.parametrize("name", [*DECODING, *QT_DECODERS])
def test_nobody_else_makes_pixels_of_a_file(name: str) -> None:
    assert {module for module, names in called().items() if name in names} == DECODING.get(name, set())


def test_what_leaves_with_its_own_pixels_is_not_decoded_here(tmp_path: Path) -> None:
    """Prepared, shown small and whole, covered and cut: the decoders of JPEG in this process stay unused."""
    (tmp_path / "drop.jpg").write_bytes(encoded(photo(300, 200), "JPEG"))
    code = f"""
from pathlib import Path
from PIL import Image
from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits, Region
from grokdesk.pictures.prepare.covering import covered
from grokdesk.pictures.prepare.tiles import in_tiles
from grokdesk.services import services_from
def refuse(*_arguments, **_options): raise AssertionError("decoded here")
Image.open = refuse
services = services_from({{"GROKDESK_HOME": {str(tmp_path)!r}}}, print)
picture = services.read_file(Path({str(tmp_path / "drop.jpg")!r}))
image = services.prepare(picture, ImageLimits())
print(image.data == picture.content, image.preview.width)
print(len(in_tiles(picture, ImageLimits(long_edge=200), services.open_picture)))
print(covered(picture, [Region(0, 0, 9, 9)], services.open_picture).content.redactions)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True 300\n2\n1\n", "")
