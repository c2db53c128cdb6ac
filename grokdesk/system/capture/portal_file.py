"""The file in which a portal hands over a picture: read whole, then deleted, as nobody else does.

It is a file of the person with what was on their screen. It is deleted only when it is plainly the one that was just
written for us: a regular file of this person, in a place where portals write, not older than the request.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grokdesk.errors import NotPossibleHere, PictureError
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decode.opening import MOST_BYTES
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

CLOCK_SECONDS = 5.0
"""How much the clock of a file system may be behind ours."""

_TITLE = N_("The screenshot from your desktop cannot be read.")
_HINT = N_("Try again, or drop or paste a picture instead.")


def take_picture(uri: str, asked_at: float, environment: Mapping[str, str]) -> Pixels:
    """The picture in the file that ``uri`` names; the file is gone afterwards, whatever happens.

    ``asked_at``: seconds since the epoch when the portal was asked. Raises NotPossibleHere.
    """
    from grokdesk.pictures.decode.raw_pixels import decode

    try:
        return decode(Picture(_("The screenshot from your desktop"), _taken(path_in(uri), asked_at, environment)))
    except PictureError as error:
        raise NotPossibleHere(error.title, _(_HINT)) from error


def path_in(uri: str) -> Path:
    """Raises NotPossibleHere for anything but a file of this computer."""
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise NotPossibleHere(_(_TITLE), _(_HINT)) from error
    path = Path(unquote(parts.path))
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not path.is_absolute() or "\0" in str(path):
        log.info("no file of this computer: %s", uri)
        raise NotPossibleHere(_(_TITLE), _(_HINT))
    return path


def _taken(path: Path, asked_at: float, environment: Mapping[str, str]) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            status = os.fstat(file.fileno())
            if not _is_ours(status):
                log.info("%s is not a file of this person", path)
                raise NotPossibleHere(_(_TITLE), _(_HINT))
            try:
                if status.st_size > MOST_BYTES:
                    raise NotPossibleHere(_("The screenshot from your desktop is too large."), _(_HINT))
                return file.read()
            finally:
                if status.st_mtime >= asked_at - CLOCK_SECONDS and _is_where_portals_write(path, environment):
                    _delete(path)
                else:
                    log.info("left alone: %s", path)
    except OSError as error:
        log.info("the portal's file: %s", error)
        raise NotPossibleHere(_(_TITLE), _(_HINT)) from error


def _is_ours(status: os.stat_result) -> bool:
    owner = getattr(os, "getuid", lambda: status.st_uid)()
    return stat.S_ISREG(status.st_mode) and status.st_uid == owner


def _is_where_portals_write(path: Path, environment: Mapping[str, str]) -> bool:
    named = [
        environment.get(name, "")
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_PICTURES_DIR", "TMPDIR")
    ]
    folders = [Path(name).resolve() for name in (*named, "/tmp", tempfile.gettempdir()) if name]  # noqa: S108 - where they write
    resolved = path.parent.resolve() / path.name
    return any(resolved.is_relative_to(folder) for folder in folders)


def _delete(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        try:
            path.unlink()
        except OSError as error:
            # A folder that may not be written to; the picture is ours all the same.
            log.info("the portal's file stays: %s", error)
