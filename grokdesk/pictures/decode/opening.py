"""Any picture becomes pixels that may be looked at; a file is told by its content and limited before it is decoded."""

from __future__ import annotations

from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotAPicture, PictureError, PictureTooLarge
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decode.decoding import check_type, decode_file
from grokdesk.pictures.decode.file_types import HEAD_BYTES, sniff
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.raw_pixels import image_of
from grokdesk.translation import _

MOST_BYTES = 200 * 1024 * 1024
"""The largest file that is read into memory."""


def read_picture_file(path: Path) -> Picture:
    """Read a file and check by its first bytes that it is a picture; nothing is decoded yet.

    Raises NotAPicture, PictureTooLarge, or PictureError when it cannot be read.
    """
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise NotAPicture(
                _("{name} is a folder, not a picture.").format(name=name), _("Choose the pictures inside it.")
            )
        if not path.exists():
            raise PictureError(
                _("{name} does not exist.").format(name=name), _("Looked for {path}.").format(path=path.absolute())
            )
        if not path.is_file():
            raise NotAPicture(_("{name} is not a file.").format(name=name), _("Choose a picture file."))
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            check_type(name, sniff(head))
            data = head + file.read(MOST_BYTES + 1 - len(head))
    except PermissionError as error:
        raise PictureError(
            _("{name} may not be read.").format(name=name), _("Check the permissions of the file.")
        ) from error
    except (OSError, ValueError) as error:
        raise PictureError(
            _("{name} could not be read.").format(name=name), _("The system says: {reason}.").format(reason=error)
        ) from error
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(
            _("{name} is larger than {size} MB.").format(name=name, size=MOST_BYTES // 1024**2),
            _("Save a smaller version of it and use that."),
        )
    return Picture(name, data)


def open_picture(
    picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
) -> OpenedPicture:
    """Satisfies ``Opener`` in this process, for pictures of our own making; ``Decoder.open`` is for foreign files."""
    if cancel is not None:
        cancel.check()
    if isinstance(picture.content, Pixels):
        return open_capture(picture.content)
    return decode_file(picture.name, picture.content, enough, picture.frame)


def open_capture(pixels: Pixels) -> OpenedPicture:
    return OpenedPicture(image_of(pixels), pixels.width, pixels.height)
