"""Reads and writes what a picture file says to people who cannot see it, in the person's own file.

Writing changes no pixel and nothing else that the file tells. The original is there, under a name beside it, until the
new file was read back from the disk and found to be right.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from grokdesk.errors import NotAPicture, PictureError
from grokdesk.model import Picture
from grokdesk.pictures.decode.decoding import check_type
from grokdesk.pictures.decode.file_types import FileType, sniff
from grokdesk.pictures.decode.opened import Opener
from grokdesk.pictures.decode.opening import read_picture_file
from grokdesk.pictures.metadata.xmp import AltText, BrokenPacket, alt_text_in, clean, with_alt_text
from grokdesk.pictures.metadata.xmp_places import NoPlace, Place, place_in
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

KEPT_SUFFIX = ".grokdesk-original"

_UNTOUCHED = N_("The file was not changed.")


def read_alt_text(path: Path) -> AltText:
    """Empty texts for a picture without any. Raises NotAPicture, PictureTooLarge, PictureError."""
    data, file_type = _read(path)
    return _text_of(path.name, data, _place(path.name, file_type))


def write_alt_text(path: Path, text: AltText, opener: Opener) -> None:
    """Put both texts into the file; an empty one takes out what was there. ``opener`` decodes the file to compare.

    Takes time. Raises NotAPicture, PictureTooLarge, PictureError, NotPossibleHere; the file is then as it was.
    """
    path = _real(path)
    data, file_type = _read(path)
    place = _place(path.name, file_type)
    state = path.stat()
    if not os.access(path, os.W_OK):
        raise PictureError(
            _("{name} is write-protected.").format(name=path.name), f"{_(_UNTOUCHED)} {_('Allow changes to it first.')}"
        )
    try:
        changed = place.write(data, with_alt_text(place.read(data), text))
    except (NoPlace, BrokenPacket) as error:
        log.info("alt text not written: %s", error)
        title = _("{name} cannot take a description: its metadata is damaged or full.").format(name=path.name)
        raise PictureError(title, _(_UNTOUCHED)) from error
    pixels = _pixels(path.name, data, opener)
    wanted = AltText(clean(text.alt), clean(text.extended))

    def check(file: Path) -> None:
        written = file.read_bytes()
        right = written == changed and _text_of(path.name, written, place) == wanted
        if not right or _pixels(path.name, written, opener) != pixels:
            title = _("{name} with its description did not read back as it was written.").format(name=path.name)
            raise PictureError(title, _(_UNTOUCHED))

    try:
        with _beside(path, changed) as new:
            check(new)
            now = path.stat()
            if (now.st_mtime_ns, now.st_size) != (state.st_mtime_ns, state.st_size):
                title = _("{name} was changed by another program meanwhile.").format(name=path.name)
                raise PictureError(title, _("Try again."))
            _exchange(path, new, check)
    except OSError as error:
        title = _("{name} could not be written.").format(name=path.name)
        reason = _("The system says: {reason}.").format(reason=error.strerror or error)
        raise PictureError(title, f"{reason} {_(_UNTOUCHED)}") from error


def _exchange(path: Path, new: Path, check: Callable[[Path], None]) -> None:
    kept = path.with_name(path.name + KEPT_SUFFIX)
    if kept.exists():
        raise PictureError(
            _("{name} exists already, so an earlier change was interrupted.").format(name=kept.name),
            _("Look at both files and remove one."),
        )
    try:
        os.link(path, kept)
    except OSError:  # not every file system can have two names for a file
        shutil.copy2(path, kept)
    try:
        new.replace(path)
        check(path)
    except BaseException:
        kept.replace(path)
        raise
    kept.unlink()


@contextlib.contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A file in the same folder with this content, and with the rights of the original; gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        state = path.stat()
        if hasattr(os, "chown"):
            with contextlib.suppress(OSError):  # who may write a file need not own it
                os.chown(new, state.st_uid, state.st_gid)
        shutil.copystat(path, new)
        os.utime(new)
        yield new
    finally:
        new.unlink(missing_ok=True)


def _real(path: Path) -> Path:
    """What a link points to: the link stays one."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return path  # reading it says what is wrong


def _read(path: Path) -> tuple[bytes, FileType]:
    content = read_picture_file(path).content
    assert isinstance(content, bytes)  # noqa: S101 - of a file they always are
    file_type = sniff(content)
    check_type(path.name, file_type)
    return content, file_type


def _place(name: str, file_type: FileType) -> Place:
    place = place_in(file_type.pillow_format)
    if place is None:
        title = _("{name} is {type}, in which GrokDesk reads and writes no description.")
        title = title.format(name=name, type=_(file_type.description))
        raise NotAPicture(title, _("It does in JPEG, PNG, WebP and TIFF."))
    return place


def _text_of(name: str, data: bytes, place: Place) -> AltText:
    try:
        packet = place.read(data)
        return AltText() if packet is None else alt_text_in(packet)
    except (NoPlace, BrokenPacket) as error:
        log.info("alt text not read: %s", error)
        title = _("The metadata of {name} is damaged.").format(name=name)
        raise PictureError(title, _("Its pixels may be good.")) from error


def _pixels(name: str, data: bytes, opener: Opener) -> tuple[tuple[int, int], bytes]:
    image = opener(Picture(name, data)).image
    return image.size, image.tobytes()
