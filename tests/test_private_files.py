"""Folders and files of ours are closed to others whatever the umask is and whatever was there before."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grokdesk.private_files import create_private, make_private_folder, mend_folders, open_private, write_private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")

UMASKS = (0o000, 0o002, 0o022, 0o077, 0o277)


@pytest.fixture(params=UMASKS, ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_new_folders_with_their_parents_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / part) for part in ("a", "a/b", "a/b/c")] == [0o700] * 3


@pytest.mark.usefixtures("umask")
def test_new_files_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    create_private(tmp_path / "a" / "created")
    write_private(tmp_path / "a" / "written", b"x")
    os.close(open_private(tmp_path / "a" / "opened", os.O_CREAT | os.O_WRONLY))
    assert {mode(file) for file in (tmp_path / "a").iterdir()} == {0o600}


def test_a_folder_and_a_file_that_were_open_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "history").write_text("x")
    (folder / "history").chmod(0o666)
    create_private(folder / "history")
    assert (mode(folder), mode(folder / "history")) == (0o700, 0o600)
    assert (folder / "history").read_text() == "x"


def test_what_an_earlier_version_left_open_is_mended(tmp_path: Path) -> None:
    folders = [tmp_path / "home" / name for name in ("config", "data", "cache", "run")]
    for folder in folders[:3]:
        (folder / "logs").mkdir(parents=True)
        (folder / "file").write_text("x")
        for path in (folder, folder / "logs"):
            path.chmod(0o777)
        (folder / "file").chmod(0o664)
    (tmp_path / "elsewhere").write_text("not ours")
    (tmp_path / "elsewhere").chmod(0o644)
    (folders[0] / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "home").chmod(0o755)
    assert mend_folders(folders, tmp_path / "home") == []
    assert {mode(path) for folder in folders[:3] for path in (folder, folder / "logs")} == {0o700}
    assert {mode(folder / "file") for folder in folders[:3]} == {0o600}
    assert mode(tmp_path / "home") == 0o700
    assert mode(tmp_path / "elsewhere") == 0o644
    assert not folders[3].exists()


def test_a_folder_that_also_holds_other_things_is_only_closed_to_their_writing(tmp_path: Path) -> None:
    home = tmp_path / "stick"
    (home / "data").mkdir(parents=True)
    (home / "a photo").touch()
    home.chmod(0o777)
    mend_folders([home / "data"], home)
    assert mode(home) == 0o755


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_belongs_to_another_user_is_refused_by_name(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "history").touch(mode=0o600)
    theirs = folder if what == "folder" else folder / "history"
    if sys.platform != "win32":
        os.chown(theirs, 12345, 12345)
    with pytest.raises(PermissionError, match="belongs to another user") as refused:
        create_private(folder / "history")
    assert refused.value.filename == str(theirs)
    with pytest.raises(PermissionError, match="belongs to another user"):
        mend_folders([folder])


@pytest.mark.parametrize("obstacle", ["file", "dangling link"])
def test_what_stands_in_the_way_is_an_error_that_names_it(tmp_path: Path, obstacle: str) -> None:
    if obstacle == "file":
        (tmp_path / "a").touch()
    else:
        (tmp_path / "a").symlink_to(tmp_path / "nowhere")
    with pytest.raises((FileExistsError, NotADirectoryError)) as refused:
        make_private_folder(tmp_path / "a")
    assert refused.value.filename == str(tmp_path / "a")


def test_a_run_under_any_umask_leaves_nothing_open(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    code = (
        "import os, sys; os.umask(0); from grokdesk.cli import main; sys.exit(main(['settings','set','theme','dark']))"
    )
    environment = {**os.environ, "GROKDESK_HOME": str(home)}
    words = [sys.executable, "-c", code, "settings", "set", "theme", "dark"]
    subprocess.run(words, env=environment, check=True, timeout=60)
    made = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    assert {mode(path) for path in made if path.is_dir()} == {0o700}
    assert {mode(path) for path in made if path.is_file()} == {0o600}
