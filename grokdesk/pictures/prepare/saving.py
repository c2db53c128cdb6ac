"""Raw pixels as a picture file, in the format that the file's name says."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from grokdesk.errors import PictureError
from grokdesk.model import Pixels
from grokdesk.pictures.decode.png import encode_png
from grokdesk.pictures.decode.raw_pixels import image_of
from grokdesk.translation import _

FORMATS = {"": "PNG", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_OPTIONS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 92, "subsampling": "4:4:4"},
    "WEBP": {"lossless": True, "method": 0},
}


def check_name(path: Path) -> None:
    """Raises PictureError when the name asks for a format that is not written."""
    if path.suffix.lower() not in FORMATS:
        raise PictureError(
            _("GrokDesk does not write {suffix} files.").format(suffix=path.suffix),
            _("Name the file .png, .jpg or .webp, without losses: .png."),
        )


def save_picture(pixels: Pixels, path: Path) -> None:
    """Write or replace the file. Takes time; thread-safe. Raises PictureError."""
    check_name(path)
    file_format = FORMATS[path.suffix.lower()]
    image = image_of(pixels)
    if file_format == "PNG":
        content = encode_png(image)
    else:
        buffer = BytesIO()
        image.save(buffer, file_format, **_OPTIONS[file_format])
        content = buffer.getvalue()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PictureError(
            _("{name} could not be saved.").format(name=path.name),
            _("{folder}: {reason}.").format(folder=path.parent, reason=error.strerror or type(error).__name__),
        ) from error
