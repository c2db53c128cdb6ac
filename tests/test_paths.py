from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grokdesk.paths import paths_from, resources


def test_with_a_home_everything_is_below_it_and_nothing_is_made(tmp_path: Path) -> None:
    home = tmp_path / "new home"
    paths = paths_from({"GROKDESK_HOME": str(home)})
    for path in (
        paths.config,
        paths.data,
        paths.cache,
        paths.runtime,
        paths.settings_file,
        paths.actions_folder,
        paths.history_file,
        paths.socket_file,
    ):
        assert path.is_relative_to(home)
        assert path.is_absolute()
    assert not home.exists()


def test_a_relative_home_and_a_tilde_are_understood() -> None:
    assert paths_from({"GROKDESK_HOME": "portable"}).config == Path.cwd() / "portable" / "config"
    assert paths_from({"GROKDESK_HOME": "~/portable"}).config == Path.home() / "portable" / "config"


def test_without_a_home_the_folders_are_the_systems() -> None:
    paths = paths_from({})
    assert {"grokdesk"} <= set(paths.config.parts) & set(paths.data.parts) & set(paths.cache.parts)
    assert len({paths.config, paths.cache, paths.runtime}) == 3


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is not used there")
def test_the_socket_lies_in_the_sessions_folder_or_else_in_our_own() -> None:
    assert paths_from({"XDG_RUNTIME_DIR": "/run/user/7"}).socket_file == Path("/run/user/7/grokdesk/instance.sock")
    assert paths_from({}).runtime.is_relative_to(paths_from({}).cache)


def test_an_empty_home_counts_as_none() -> None:
    assert paths_from({"GROKDESK_HOME": ""}) == paths_from({})


def test_the_resources_are_there() -> None:
    assert (resources() / "actions").is_dir()
    assert (resources() / "icons" / "app.svg").is_file()
