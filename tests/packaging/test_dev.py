"""The parts of packaging/dev.py that decide something; what they decide is done by pip, apt-get and venv."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.desktops import desktop, gnome_desktop, keyring_daemon, kwin_desktop, sway_desktop

FILE = Path(__file__).parents[2] / "packaging" / "dev.py"


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("grokdesk_dev", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def make_venv_folder(dev: ModuleType, folder: Path, version: str = "") -> Path:
    """What venv leaves behind, as far as dev.py looks at it."""
    python = dev.program(folder, "python")
    python.parent.mkdir(parents=True)
    python.touch()
    (dev.libraries_of(folder) / "pip").mkdir(parents=True)
    version = version or f"{sys.version_info[0]}.{sys.version_info[1]}.7"
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    return folder


# --- any Python ---------------------------------------------------------------------------------------------


def test_python_3_6_can_read_the_file() -> None:
    ast.parse(FILE.read_text("utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_what_is_needed() -> None:
    pretend = f"import sys; sys.version_info = (3, 8, 2); exec(open({str(FILE)!r}, encoding='utf-8').read())"
    done = run("-c", pretend)
    assert done.returncode == 1
    assert "GrokDesk needs Python 3.11 or newer, and this is Python 3.8." in done.stderr
    assert "Traceback" not in done.stderr


# --- system packages ----------------------------------------------------------------------------------------


def test_only_what_is_not_there_is_missing(dev: ModuleType) -> None:
    wanted = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}
    assert dev.missing(wanted, lambda name: name == "libGL.so.1") == {"libEGL.so.1": "libegl1"}


def test_a_library_that_is_not_there_does_not_load(dev: ModuleType) -> None:
    assert not dev.loads("libgrokdesk-is-not-a-library.so.1")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names a library of Linux")
def test_a_library_that_is_there_loads(dev: ModuleType) -> None:
    assert dev.loads("libc.so.6")


def test_the_advice_is_a_command_where_apt_is(dev: ModuleType) -> None:
    advice = dev.advice({"import": "imagemagick", "display": "imagemagick", "Xvfb": "xvfb"}, apt=True)
    assert advice.endswith("sudo apt-get install imagemagick xvfb")


def test_the_advice_names_the_parts_where_apt_is_not(dev: ModuleType) -> None:
    assert "libEGL.so.1 (libegl1)" in dev.advice({"libEGL.so.1": "libegl1"}, apt=False)


def test_every_program_that_tests_need_has_its_package(dev: ModuleType) -> None:
    wanted_by_desktops = {*desktop.PROGRAMS, *keyring_daemon.PROGRAMS, *sway_desktop.PROGRAMS}
    wanted_by_some = {"desktop-file-validate", "exiftool", "fc-match", "gio", "xfce4-clipman"}
    assert wanted_by_desktops | wanted_by_some == set(dev.TEST_PROGRAMS)
    assert {*desktop.SERVICES, *sway_desktop.SERVICES} == set(dev.TEST_SERVICES)


def test_the_large_desktops_have_their_packages(dev: ModuleType) -> None:
    programs = {*dev.TEST_PROGRAMS, *dev.DESKTOP_PROGRAMS}
    services = {*dev.TEST_SERVICES, *dev.DESKTOP_SERVICES}
    assert {*gnome_desktop.PROGRAMS, *kwin_desktop.PROGRAMS} <= programs
    assert {*gnome_desktop.SERVICES, *kwin_desktop.SERVICES} <= services


def test_a_service_is_where_a_bus_looks_for_it(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", f"/nowhere:{tmp_path}")
    assert not dev.has_service("io.github.Tests")
    (tmp_path / "dbus-1" / "services").mkdir(parents=True)
    (tmp_path / "dbus-1" / "services" / "io.github.Tests.service").touch()
    assert dev.has_service("io.github.Tests")


# --- the environment ----------------------------------------------------------------------------------------


def test_a_good_environment_is_kept(dev: ModuleType, tmp_path: Path) -> None:
    assert dev.venv_trouble(make_venv_folder(dev, tmp_path / "venv")) == ""


def test_an_environment_of_another_python_is_made_again(dev: ModuleType, tmp_path: Path) -> None:
    assert "another version" in dev.venv_trouble(make_venv_folder(dev, tmp_path / "venv", "3.1.4"))


def test_an_environment_whose_python_is_gone_is_made_again(dev: ModuleType, tmp_path: Path) -> None:
    folder = make_venv_folder(dev, tmp_path / "venv")
    python = dev.program(folder, "python")
    python.unlink()
    python.symlink_to(tmp_path / "removed-by-an-upgrade")
    assert "is gone" in dev.venv_trouble(folder)


def test_an_environment_without_pip_is_made_again(dev: ModuleType, tmp_path: Path) -> None:
    folder = make_venv_folder(dev, tmp_path / "venv")
    (dev.libraries_of(folder) / "pip").rmdir()
    assert "no pip" in dev.venv_trouble(folder)


def test_a_folder_without_an_environment_gets_one(dev: ModuleType, tmp_path: Path) -> None:
    assert "not there" in dev.venv_trouble(tmp_path)


def test_the_running_environment_is_good(dev: ModuleType) -> None:
    if sys.prefix == sys.base_prefix:
        pytest.skip("the tests do not run in an environment")
    assert dev.venv_trouble(Path(sys.prefix)) == ""


def test_the_fingerprint_knows_the_requirements_and_the_place(dev: ModuleType, tmp_path: Path) -> None:
    here = dev.fingerprint(b"[project]", tmp_path)
    assert here == dev.fingerprint(b"[project]", tmp_path)
    assert here != dev.fingerprint(b"[project] ", tmp_path)
    assert here != dev.fingerprint(b"[project]", tmp_path / "moved")


def test_a_stamp_is_read_as_it_was_written(dev: ModuleType, tmp_path: Path) -> None:
    dev.write_stamp(tmp_path / "stamp", "abc", {"dev"})
    assert dev.read_stamp(tmp_path / "stamp") == ("abc", {"dev"})


@pytest.mark.parametrize("content", ["", "{", "[]", '"abc"', '{"fingerprint": "abc"}', '{"groups": []}'])
def test_a_stamp_that_cannot_be_read_means_install(dev: ModuleType, tmp_path: Path, content: str) -> None:
    (tmp_path / "stamp").write_text(content)
    assert dev.read_stamp(tmp_path / "stamp") == ("", frozenset())


@pytest.mark.parametrize(
    ("installed", "groups", "expected"),
    [
        (("same", frozenset()), frozenset(), False),
        (("same", frozenset({"dev"})), frozenset(), False),
        (("same", frozenset({"dev"})), frozenset({"dev"}), False),
        (("same", frozenset()), frozenset({"dev"}), True),
        (("other", frozenset({"dev"})), frozenset(), True),
        (("", frozenset()), frozenset(), True),
    ],
)
def test_installing_is_left_out_only_when_nothing_changed(
    dev: ModuleType, installed: tuple[str, frozenset[str]], groups: frozenset[str], expected: bool
) -> None:
    assert dev.must_install("same", groups, installed) is expected


@pytest.mark.parametrize(("version", "is_older"), [("23.0.1", True), ("25.0", True), ("25.1", False), ("26.3", False)])
def test_an_old_pip_is_recognised(dev: ModuleType, tmp_path: Path, version: str, is_older: bool) -> None:
    (tmp_path / f"pip-{version}.dist-info").mkdir()
    (tmp_path / "pip_tools-1.0.dist-info").mkdir()
    assert dev.pip_is_older_than((25, 1), tmp_path) is is_older


def test_an_extra_is_known_by_what_it_requires(dev: ModuleType) -> None:
    assert [word.split(">")[0] for word in dev.required_by(dev.PYPROJECT, "better-reading")] == [
        "rapidocr",
        "onnxruntime",
    ]


# --- start --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_displays(dev: ModuleType, platform: str, environment: dict[str, str], expected: bool) -> None:
    assert dev.has_display(platform, environment) is expected


def test_with_a_display_the_window_is_started(dev: ModuleType) -> None:
    assert dev.words_for_start([], "linux", {"DISPLAY": ":0"}) == []


def test_without_a_display_a_sample_is_asked_about(dev: ModuleType) -> None:
    command, sample = dev.words_for_start([], "linux", {})
    assert command == "ask"
    assert Path(sample).is_file()


def test_given_words_are_never_replaced(dev: ModuleType) -> None:
    assert dev.words_for_start(["--version"], "linux", {}) == ["--version"]


# --- check --------------------------------------------------------------------------------------------------


def names_of(steps: Iterable[Any]) -> list[str]:
    return [step.name for step in steps]


def test_every_platform_is_type_checked_beside_the_tests(dev: ModuleType) -> None:
    tests, reading = dev.check_lanes("python", "linux", quick=False)
    assert names_of(tests) == ["tests", "end-to-end tests"]
    assert names_of(reading) == ["ruff check", "ruff format", "mypy linux", "mypy win32", "mypy darwin"]
    assert all(step.environment == {"GROKDESK_TESTS": "all"} for step in tests)


@pytest.mark.parametrize(("platform", "quick"), [("linux", True), ("win32", False), ("darwin", False)])
def test_the_virtual_desktop_is_left_out(dev: ModuleType, platform: str, quick: bool) -> None:
    [step] = dev.check_lanes("python", platform, quick=quick)[0]
    assert (step.name, step.environment) == ("tests", {})


def test_the_large_desktops_are_for_themselves(dev: ModuleType) -> None:
    _, usual = dev.check_lanes("python", "linux", quick=False)[0]
    assert "not big_desktop" in usual.command
    [large] = dev.desktop_steps("python")
    assert large.command[-1] == "big_desktop"
    assert large.environment == {"GROKDESK_TESTS": "all"}


def test_servers_of_other_makers_are_for_themselves(dev: ModuleType) -> None:
    [step] = dev.interop_steps("python")
    assert step.command[-1] == "tests/interop"
    assert step.environment == {"GROKDESK_INTEROP": str(dev.INTEROP)}
    for lane in dev.check_lanes("python", "linux", quick=False):
        assert all("interop" not in " ".join(each.command) for each in lane)


def test_a_file_is_looked_for_below_the_root(dev: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "x86_64" / "qt5").mkdir(parents=True)
    below_root = str(tmp_path.relative_to(tmp_path.anchor))
    assert dev.has_file(f"{below_root}/*/qt5")
    assert not dev.has_file(f"{below_root}/*/qt6")


def python_step(dev: ModuleType, name: str, code: str, **environment: str) -> Any:
    return dev.Step(name, [sys.executable, "-c", code], environment)


def test_every_step_runs_and_tells_how_it_went(dev: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    first = python_step(dev, "first", "raise SystemExit(3)")
    second = python_step(dev, "second", "import os; print(os.environ['WORD'])", WORD="streamed")
    assert dev.told([first, second]) == 1
    output = capfd.readouterr().out
    assert output.index("first: FAILED") < output.index("streamed") < output.index("second: ok")
    assert output.index("What took how long") < output.rindex("second: ok") < output.index("FAILED: first (0:")


def test_lanes_run_side_by_side(dev: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    meet = (
        "import pathlib, sys, time\npathlib.Path({mine!r}).touch()\nprint({mine!r})\nend = time.monotonic() + 60\n"
        "while not pathlib.Path({other!r}).exists():\n    assert time.monotonic() < end\n    time.sleep(0.01)\n"
    )
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    steps = [
        python_step(dev, "left", meet.format(mine=one, other=other)),
        python_step(dev, "right", meet.format(mine=other, other=one)),
    ]
    assert dev.told([steps[0]], [steps[1]]) == 0
    output = capfd.readouterr().out
    assert output.index(other) < output.index("right: ok")
    assert "All checks passed (0:" in output


def test_an_unknown_word_gets_the_usage() -> None:
    done = run(str(FILE), "frobnicate")
    assert done.returncode == 2
    assert "dev.py start" in done.stdout


def test_check_refuses_words_it_does_not_know() -> None:
    done = run(str(FILE), "check", "--fast")
    assert done.returncode == 1
    assert "--quick" in done.stdout
