"""Where a capture goes that is saved without asking, and what the file is called."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from grokdesk.translation import _


def pictures_folder(chosen: str) -> Path:
    """``chosen`` by the person, else the system's folder for pictures, else their home."""
    if chosen.strip():
        return Path(chosen.strip()).expanduser().absolute()
    place = QStandardPaths.StandardLocation
    named = QStandardPaths.writableLocation(place.PicturesLocation)
    return Path(named or QStandardPaths.writableLocation(place.HomeLocation))


def new_file(folder: Path, now: datetime) -> Path:
    """A name in ``folder`` that is not taken; the folder is made if it is missing. Raises OSError.

    The time stands in it without colons, which Windows does not allow.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = now.strftime(_("GrokDesk %Y-%m-%d %H.%M.%S"))
    names = (f"{stem}.png", *(f"{stem} ({number}).png" for number in range(2, 1000)))
    return next((folder / name for name in names if not (folder / name).exists()), folder / names[-1])
