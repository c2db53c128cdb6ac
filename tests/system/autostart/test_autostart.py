"""One contract for every way of starting at login, and what is special about each."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.autostart.choice import choose_autostart
from grokdesk.system.autostart.desktop_entry import read_entry, split_command
from grokdesk.system.autostart.macos import LABEL, MacAutostart, run_launchctl
from grokdesk.system.autostart.none import NoAutostart
from grokdesk.system.autostart.windows import APPROVED, NAME, RUN, WindowsAutostart
from grokdesk.system.autostart.xdg import FILE, XdgAutostart, autostart_folders
from grokdesk.system.launch import Launch
from grokdesk.system.protocols import Autostart
from grokdesk.system.session import Session
from tests.support.desktops.needs import need_programs

STARTS = "GrokDesk starts when you log in."
ICON = Path("/usr/share/icons/grokdesk.svg")


class MemoryRegistry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}
        self.broken = False

    def read(self, key: str, name: str) -> str | bytes | None:
        if self.broken:
            raise PermissionError(13, "Access is denied")
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        self.read(key, name)
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        self.read(key, name)
        self.values.pop((key, name), None)


class Launchctl:
    def __init__(self) -> None:
        self.disabled: set[str] = set()

    def __call__(self, words: Sequence[str]) -> str:
        if words[0] == "enable":
            self.disabled.discard(words[1].rpartition("/")[2])
        return "".join(f'\t\t"{label}" => disabled\n' for label in sorted(self.disabled))


class AutostartContract:
    """``program`` is an installed GrokDesk; ``make`` looks at one system through the eyes of one installation."""

    @pytest.fixture
    def program(self, tmp_path: Path) -> Path:
        program = tmp_path / "my apps" / "grokdesk"
        program.parent.mkdir()
        program.touch(0o755)
        return program

    @pytest.fixture
    def place(self, tmp_path: Path) -> object:
        return tmp_path / "place"

    def make(self, place: object, launch: Launch) -> Autostart:
        raise NotImplementedError

    def disable(self, place: object) -> None:
        """As the desktop's own settings do it."""
        raise NotImplementedError

    def test_it_is_off_until_it_is_switched_on(self, place: object, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        assert not autostart.is_on()
        assert (autostart.state.state, autostart.state.why) == ("ok", "GrokDesk does not start at login.")
        autostart.switch(False)
        assert not autostart.is_on()

    def test_on_and_off_again(self, place: object, program: Path) -> None:
        launch = Launch((str(program), "-m", "grokdesk"))
        self.make(place, launch).switch(True)
        again = self.make(place, launch)
        assert again.is_on()
        assert (again.state.state, again.state.why) == ("ok", STARTS)
        again.switch(False)
        assert not again.is_on()

    def test_what_was_disabled_elsewhere_stays_so_and_is_shown(self, place: object, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        autostart.switch(True)
        self.disable(place)
        assert not autostart.is_on()
        assert autostart.state.state == "desktop-decides"
        assert "Turned off" in autostart.state.why
        autostart.switch(True)
        assert autostart.is_on()
        assert autostart.state.why == STARTS

    def test_a_program_that_is_gone_is_noticed_and_repaired(self, place: object, program: Path, tmp_path: Path) -> None:
        self.make(place, Launch((str(program),))).switch(True)
        moved = tmp_path / "grokdesk"
        program.rename(moved)
        autostart = self.make(place, Launch((str(moved),)))
        assert autostart.is_on()
        assert autostart.state.state == "degraded"
        assert "no longer exists" in autostart.state.why
        assert str(program) in autostart.state.why
        autostart.switch(True)
        assert autostart.state.why == STARTS

    def test_an_entry_of_another_installation_is_noticed(self, place: object, program: Path, tmp_path: Path) -> None:
        self.make(place, Launch((str(program),))).switch(True)
        other = tmp_path / "grokdesk"
        other.touch(0o755)
        autostart = self.make(place, Launch((str(other),)))
        assert autostart.state.state == "degraded"
        assert "another GrokDesk" in autostart.state.why


class TestXdg(AutostartContract):
    def make(self, place: object, launch: Launch) -> XdgAutostart:
        assert isinstance(place, Path)
        return XdgAutostart(place, launch, ICON)

    def entry(self, place: object) -> dict[str, str]:
        assert isinstance(place, Path)
        return read_entry((place / FILE).read_text(encoding="utf-8"))

    def change(self, place: object, **values: str) -> None:
        assert isinstance(place, Path)
        file = place / FILE
        file.write_text(file.read_text() + "".join(f"{key}={value}\n" for key, value in values.items()))

    def disable(self, place: object) -> None:
        self.change(place, Hidden="true")

    def test_gnome_has_its_own_key(self, place: Path, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        autostart.switch(True)
        self.change(place, **{"X-GNOME-Autostart-enabled": "false"})
        assert not autostart.is_on()
        assert autostart.state.state == "desktop-decides"

    def test_what_others_added_stays(self, place: Path, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        autostart.switch(True)
        self.change(place, **{"X-GNOME-Autostart-Delay": "10"})
        autostart.switch(True)
        assert self.entry(place)["X-GNOME-Autostart-Delay"] == "10"

    def test_a_home_of_its_own_is_carried(self, place: Path, program: Path, tmp_path: Path) -> None:
        home = str(tmp_path / "my home")
        autostart = self.make(place, Launch((str(program),), home))
        autostart.switch(True)
        assert autostart.state.why == STARTS
        command = split_command(self.entry(place)["Exec"])
        assert command == ("env", f"GROKDESK_HOME={home}", str(program), "--background")
        assert self.entry(place)["TryExec"] == str(program)
        assert "another GROKDESK_HOME" in self.make(place, Launch((str(program),))).state.why

    def test_the_entry_of_the_system_is_seen_and_hidden(self, place: Path, program: Path, tmp_path: Path) -> None:
        system = tmp_path / "system"
        XdgAutostart(system, Launch((str(program),)), ICON).switch(True)
        autostart = XdgAutostart(place, Launch((str(program),)), ICON, others=[system])
        assert autostart.is_on()
        autostart.switch(False)
        assert not autostart.is_on()
        assert (system / FILE).exists()
        autostart.switch(True)
        assert autostart.is_on()

    def test_a_bare_window_manager_gets_the_command(self, place: Path, program: Path) -> None:
        autostart = XdgAutostart(place, Launch((str(program),)), ICON, desktop="sway")
        autostart.switch(True)
        assert autostart.state.state == "desktop-decides"
        assert autostart.state.command == f"exec '{program}' --background"

    def test_an_entry_that_starts_nothing(self, place: Path, program: Path) -> None:
        place.mkdir()
        (place / FILE).write_bytes(b"[Desktop Entry]\nType=Application\nName=\xff\n")
        assert "starts nothing" in self.make(place, Launch((str(program),))).state.why

    def test_a_folder_that_cannot_be_written_is_said(self, place: Path, program: Path) -> None:
        place.write_text("a file where the folder would be")
        with pytest.raises(NotPossibleHere, match="could not be changed"):
            self.make(place, Launch((str(program),))).switch(True)

    @pytest.mark.parametrize("home", ["", "/srv/my $home"])
    def test_the_entry_is_valid(self, place: Path, program: Path, home: str) -> None:
        self.make(place, Launch((str(program), "-m", "grokdesk"), home)).switch(True)
        need_programs("desktop-file-validate")
        done = subprocess.run(["desktop-file-validate", place / FILE], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


class TestWindows(AutostartContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> object:
        return MemoryRegistry()

    def make(self, place: object, launch: Launch) -> WindowsAutostart:
        assert isinstance(place, MemoryRegistry)
        return WindowsAutostart(place, launch)

    def disable(self, place: object) -> None:
        assert isinstance(place, MemoryRegistry)
        place.values[APPROVED, NAME] = bytes([3]) + bytes(11)

    def test_the_command_is_quoted(self, place: MemoryRegistry, program: Path) -> None:
        self.make(place, Launch((str(program), "-m", "grokdesk"))).switch(True)
        assert place.values[RUN, NAME] == f'"{program}" -m grokdesk --background'

    def test_what_the_task_manager_allows_is_on(self, place: MemoryRegistry, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        autostart.switch(True)
        place.values[APPROVED, NAME] = bytes([2]) + bytes(11)
        assert autostart.is_on()

    def test_a_registry_that_refuses_is_said(self, place: MemoryRegistry, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),)))
        place.broken = True
        assert not autostart.is_on()
        assert autostart.state.state == "impossible"
        with pytest.raises(NotPossibleHere, match="Access is denied"):
            autostart.switch(True)


class Mac:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.launchctl = Launchctl()


class TestMac(AutostartContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> object:
        return Mac(tmp_path / "LaunchAgents")

    def make(self, place: object, launch: Launch) -> MacAutostart:
        assert isinstance(place, Mac)
        return MacAutostart(place.folder, launch, place.launchctl)

    def disable(self, place: object) -> None:
        assert isinstance(place, Mac)
        place.launchctl.disabled.add(LABEL)

    def test_a_home_of_its_own_is_carried(self, place: Mac, program: Path) -> None:
        autostart = self.make(place, Launch((str(program),), "/srv/home"))
        autostart.switch(True)
        agent = plistlib.loads(autostart.file.read_bytes())
        assert agent["EnvironmentVariables"] == {"GROKDESK_HOME": "/srv/home"}
        assert agent["ProgramArguments"] == [str(program), "--background"]
        assert self.make(place, Launch((str(program),))).state.state == "degraded"

    @pytest.mark.parametrize("content", [b"nonsense", b"<plist><array/></plist>", b"<?xml"])
    def test_a_broken_agent_is_repaired(self, place: Mac, program: Path, content: bytes) -> None:
        autostart = self.make(place, Launch((str(program),)))
        place.folder.mkdir()
        autostart.file.write_bytes(content)
        assert autostart.state.state == "degraded"
        autostart.switch(True)
        assert autostart.state.why == STARTS

    def test_a_folder_that_cannot_be_written_is_said(self, place: Mac, program: Path) -> None:
        place.folder.write_text("a file where the folder would be")
        with pytest.raises(NotPossibleHere, match="could not be changed"):
            self.make(place, Launch((str(program),))).switch(False)

    @pytest.mark.skipif(shutil.which("launchctl") is not None, reason="this is macOS")
    def test_without_launchctl_nothing_is_known(self) -> None:
        assert run_launchctl(("print-disabled", "gui/501")) == ""


# --- the choice ---------------------------------------------------------------------------------------------


def test_the_folder_is_that_of_the_environment(tmp_path: Path) -> None:
    environment = {"HOME": "/home/a", "XDG_CONFIG_HOME": str(tmp_path), "XDG_CONFIG_DIRS": "/etc/a:/etc/b"}
    assert autostart_folders(environment) == (
        tmp_path / "autostart",
        [Path("/etc/a/autostart"), Path("/etc/b/autostart")],
    )
    assert autostart_folders({"HOME": "/home/a"}) == (
        Path("/home/a/.config/autostart"),
        [Path("/etc/xdg/autostart")],
    )


def test_each_system_has_its_own(tmp_path: Path) -> None:
    launch = Launch(("/usr/bin/grokdesk",))
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    chosen = choose_autostart(Session("x11", "xfce"), environment, launch, ICON)
    assert isinstance(chosen, XdgAutostart)
    assert chosen.file == tmp_path / "config" / "autostart" / FILE
    assert isinstance(choose_autostart(Session("macos"), environment, launch, ICON), MacAutostart)


def test_in_a_sandbox_it_is_said(tmp_path: Path) -> None:
    chosen = choose_autostart(Session("wayland"), {"SNAP_NAME": "grokdesk"}, Launch(("grokdesk",)), ICON)
    assert isinstance(chosen, NoAutostart)
    assert (chosen.is_on(), chosen.state.state) == (False, "impossible")
    with pytest.raises(NotPossibleHere, match="Sandboxed"):
        chosen.switch(True)


def test_the_program_of_a_path_is_the_same_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of a package names the program without its folder."""
    program = tmp_path / "grokdesk"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    folder = tmp_path / "autostart"
    folder.mkdir()
    (folder / FILE).write_text("[Desktop Entry]\nExec=grokdesk --background\n")
    assert XdgAutostart(folder, Launch((str(program),)), ICON).state.state == "ok"
