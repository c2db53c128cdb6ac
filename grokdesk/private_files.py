"""Folders and files that are the person's own business: whole or not at all, and open to nobody else.

The modes are set, not asked for: ``mkdir(mode=...)`` and ``open(..., 0o600)`` are narrowed and never widened by the
umask, but parents that are made on the way get the umask's mode, and what an earlier version made stays as it was.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
_HAS_MODES = os.name == "posix"


def make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents, each open to its owner only; narrow one that was open to others.

    Raises OSError, also for a folder that belongs to another user: whoever owns it could read or replace what is in it.
    """
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
        if folder == folder.parent:
            break
    for each in reversed(missing):
        try:
            each.mkdir(mode=FOLDER_MODE)
        except FileExistsError:
            if not each.is_dir():  # another program was quicker, or a link leads nowhere
                raise
        _narrow(each, FOLDER_MODE)  # a umask of 0o277 takes the owner's rights as well
    if missing:
        return
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    _narrow(folder, FOLDER_MODE)


def mend_folders(folders: Sequence[Path], root: Path | None = None) -> list[Path]:
    """Narrow those folders that exist and were open to others, with what lies directly in them. Creates nothing.

    ``root`` holds all of them: it is narrowed if it holds nothing else; otherwise only writing is taken from others,
    who could exchange whole folders in it. Returns what stays open to others, because its disk knows no modes or is
    read-only. Raises OSError, whose ``filename`` is what belongs to another user or cannot be looked at.
    """
    places: list[tuple[Path, int]] = []
    if root is not None and root.is_dir():
        is_ours_alone = {entry.name for entry in root.iterdir()} <= {folder.name for folder in folders}
        # A folder above ours may well be the system's; only nobody else may exchange what is in it.
        if is_ours_alone or root.stat().st_uid != 0 or _user() == 0:
            places.append((root, FOLDER_MODE if is_ours_alone else 0o755))
    for folder in filter(Path.is_dir, folders):
        places.append((folder, FOLDER_MODE))
        inside = (entry for entry in folder.iterdir() if not entry.is_symlink())
        places += [(entry, FOLDER_MODE if entry.is_dir() else FILE_MODE) for entry in inside if _is_usual(entry)]
    return [path for path, mode in places if not _narrow(path, mode)]


def write_private(path: Path, content: bytes) -> None:
    """Replace the file in one step, with mode 0600 where there are modes. A link keeps pointing where it did.

    Raises OSError; the old file is then as it was.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        make_private_folder(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _narrow(Path(name), FILE_MODE)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def free_name(path: Path) -> Path:
    """The path itself, or with ``-2``, ``-3`` ... appended: the first that does not exist."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def create_private(path: Path) -> None:
    """Make sure that the file exists in a folder of ours and is open to its owner only. Raises OSError."""
    make_private_folder(path.parent)
    os.close(open_private(path, os.O_CREAT | os.O_RDWR))


def open_private(path: str | Path, flags: int) -> int:
    """A descriptor, as ``open(..., opener=open_private)`` wants it; the file has mode 0600 from its first moment.

    Raises OSError, also for a file that belongs to another user.
    """
    handle = os.open(path, flags, FILE_MODE)
    try:
        _narrow(Path(path), FILE_MODE)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _user() -> int:
    if sys.platform == "win32":
        return -1
    return os.geteuid()


def _is_usual(path: Path) -> bool:
    """No socket, which is what it has to be already."""
    return path.is_dir() or path.is_file()


def _narrow(path: Path, mode: int) -> bool:
    """Take from others what ``mode`` does not give them, and give the owner what it does.

    False where that cannot be done. Raises OSError for what belongs to another user.
    """
    if not _HAS_MODES:
        return True
    about = path.stat()
    if about.st_uid != _user():
        raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
    now = stat.S_IMODE(about.st_mode)
    wanted = (now & mode) | (mode & 0o700)
    if now & 0o777 == wanted & 0o777:
        return True
    try:
        path.chmod(wanted)
    except OSError:
        return False  # FAT and some network disks keep no modes; that is no reason not to work there
    return stat.S_IMODE(path.stat().st_mode) & 0o077 & ~mode == 0
