"""Where everything of ours lives, and where the files that come with the program are."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    config: Path
    data: Path
    cache: Path
    runtime: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"

    @property
    def actions_folder(self) -> Path:
        """The person's own actions."""
        return self.config / "actions"

    @property
    def history_file(self) -> Path:
        return self.data / "history.sqlite3"

    @property
    def ledger_file(self) -> Path:
        return self.data / "ledger.sqlite3"

    @property
    def socket_file(self) -> Path:
        """Where the running program listens (a name under ``runtime``; on Windows the pipe is named after it)."""
        return self.runtime / "instance.sock"


def paths_from(environment: Mapping[str, str]) -> Paths:
    """The folders for this person; all of them below GROKDESK_HOME when that is set. Nothing is created."""
    if home := environment.get("GROKDESK_HOME"):
        root = Path(home).expanduser().absolute()
        return Paths(root / "config", root / "data", root / "cache", root / "run")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("grokdesk", appauthor=False)
    cache = Path(dirs.user_cache_dir)
    if sys.platform in ("win32", "darwin"):
        runtime = Path(dirs.user_runtime_dir)
    elif session := environment.get("XDG_RUNTIME_DIR"):
        runtime = Path(session) / "grokdesk"
    else:
        # Not below /tmp, where another person may have made the folder before us.
        runtime = cache / "run"
    return Paths(Path(dirs.user_config_dir), Path(dirs.user_data_dir), cache, runtime)


def resources() -> Path:
    """The folder of icons, actions and samples: inside the package when installed, beside it in a checkout."""
    installed = Path(__file__).parent / "resources"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "resources"
