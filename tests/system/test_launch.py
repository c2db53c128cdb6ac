from __future__ import annotations

from pathlib import Path

from grokdesk.system.launch import Launch, launch_from, launch_of_this_process


def test_an_installed_script_is_its_own_path_and_links_are_not_followed(tmp_path: Path) -> None:
    real = tmp_path / "venv" / "grokdesk"
    real.parent.mkdir()
    real.touch()
    link = tmp_path / "grokdesk"
    link.symlink_to(real)
    assert launch_from({}, [str(link), "--background"], "/usr/bin/python3", platform="linux").words == (str(link),)


def test_python_m_is_started_by_the_same_python() -> None:
    launch = launch_from({}, ["/src/grokdesk/__main__.py"], "/venv/bin/python", platform="linux")
    assert launch == Launch(("/venv/bin/python", "-m", "grokdesk"))
    assert launch.program == "/venv/bin/python"


def test_a_packaged_program_is_the_file_itself() -> None:
    assert launch_from({}, ["grokdesk"], "/opt/grokdesk/grokdesk", frozen=True).words == ("/opt/grokdesk/grokdesk",)
    inside = {"APPIMAGE": "/home/a/GrokDesk.AppImage"}
    assert launch_from(inside, ["x"], "/mount/grokdesk", frozen=True).words == ("/home/a/GrokDesk.AppImage",)


def test_on_windows_there_is_no_console_window(tmp_path: Path) -> None:
    python, silent = tmp_path / "python.exe", tmp_path / "pythonw.exe"
    assert launch_from({}, [], str(python), platform="win32").program == str(python)
    silent.touch()
    assert launch_from({}, [], str(python), platform="win32").words == (str(silent), "-m", "grokdesk")


def test_a_home_of_its_own_is_carried(home: Path) -> None:
    assert launch_of_this_process({"GROKDESK_HOME": str(home)}).home == str(home)
    assert launch_of_this_process({}).home == ""
    assert Path(launch_of_this_process({"GROKDESK_HOME": "portable"}).home).is_absolute()
