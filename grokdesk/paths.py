"""Where everything of ours lives, and where the files that come with the program are."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grokdesk.errors import StoreError
from grokdesk.translation import _


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


def _absolute(home: str) -> Path:
    """Raises StoreError."""
    try:
        return Path(home).expanduser().absolute()
    except (RuntimeError, OSError, ValueError) as error:  # no home for ~, no current folder any more
        raise StoreError(
            _("GrokDesk cannot find the folder {folder}: {why}.").format(folder=home, why=str(error).rstrip(".")),
            _("Set GROKDESK_HOME to a whole path, such as /home/me/grokdesk."),
        ) from error


def paths_from(environment: Mapping[str, str]) -> Paths:
    """The folders for this person; all of them below GROKDESK_HOME when that is set. Nothing is created."""
    if home := environment.get("GROKDESK_HOME"):
        root = _absolute(home)
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


def unusable(error: OSError, paths: Paths) -> StoreError:
    """For a folder of ours that cannot be made or used: which one it is, and what decides where it lies."""
    folder = error.filename or paths.data
    return StoreError(
        _("GrokDesk cannot use the folder {folder}: {why}.").format(
            folder=folder, why=(error.strerror or type(error).__name__).lower()
        ),
        _("Look at its owner and permissions, or set GROKDESK_HOME to a folder of your own."),
    )


def resources() -> Path:
    """The folder of icons, actions and samples: inside the package when installed, beside it in a checkout."""
    installed = Path(__file__).parent / "resources"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "resources"
