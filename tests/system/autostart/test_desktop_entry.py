from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.system.autostart.desktop_entry import (
    escape,
    quote_command,
    read_entry,
    split_command,
    unescape,
    write_entry,
)
from tests.support.desktops.desktop import wait_until
from tests.support.desktops.needs import need_programs

PACKAGING = Path(__file__).parents[3] / "packaging"
AWKWARD = ["/opt/my apps/grok $HOME desk", 'a "quoted" word', "back\\slash", "`tick`", "100 %U", "größe;&|~", "", "%f"]

words = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1)


@given(words)
def test_every_command_can_be_read_again(command: list[str]) -> None:
    entry = write_entry({"Exec": quote_command(command)})
    assert split_command(read_entry(entry)["Exec"]) == tuple(command)


@given(st.text())
def test_every_text_can_be_read_again(text: str) -> None:
    assert unescape(escape(text)) == text


def test_a_command_as_others_write_it() -> None:
    assert split_command("grokdesk  --background %U") == ("grokdesk", "--background")
    assert split_command('"/opt/a b/grokdesk" %f') == ("/opt/a b/grokdesk",)


def test_other_groups_and_comments_are_not_ours() -> None:
    text = "# a comment\n[Desktop Entry]\nName = GrokDesk\n#Exec=no\n[Desktop Action capture]\nName=Capture\n"
    assert read_entry(text) == {"Name": "GrokDesk"}


def test_a_desktop_starts_what_was_meant(tmp_path: Path) -> None:
    """GLib reads the entry: the same words arrive."""
    need_programs("gio")
    program = tmp_path / "a $folder with `ticks`" / 'grok "desk"'
    program.parent.mkdir()
    heard = tmp_path / "heard"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{heard}.new'\nmv '{heard}.new' '{heard}'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    file = tmp_path / "test.desktop"
    file.write_text(
        write_entry({"Type": "Application", "Name": "Test", "Exec": quote_command([str(program), *AWKWARD])}),
        encoding="utf-8",
    )
    environment = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run(["gio", "launch", file], env=environment, check=True, capture_output=True, timeout=20)
    wait_until(heard.exists, "the started program")
    assert heard.read_text().split("\n")[:-1] == AWKWARD


@pytest.mark.parametrize("file", sorted(PACKAGING.glob("*.desktop")), ids=lambda file: file.name)
def test_the_entries_that_are_packaged_are_valid(file: Path) -> None:
    need_programs("desktop-file-validate")
    done = subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
