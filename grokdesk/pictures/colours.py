"""Any colour mode and profile becomes eight bit grey or sRGB on a white ground."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

_PROFILE_MODES = {"RGB ": ("RGB", "RGBA"), "GRAY": ("L",), "CMYK": ("CMYK",)}
"""The colour spaces a profile may be for (ICC.1:2022, table 19), and the modes here that it then fits."""


def in_eight_bits(image: Image.Image) -> Image.Image:
    """The same picture in mode L, RGB, RGBA (with the alpha unmultiplied) or CMYK: the modes that shrink well."""
    mode = image.mode
    if mode.startswith("I;16"):
        return image.point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    if mode in ("I", "F"):
        return _stretched(image)
    if image.has_transparency_data:
        return image if mode == "RGBA" else image.convert("RGBA")
    if mode in ("L", "RGB", "CMYK"):
        return image
    if mode == "1":
        return image.convert("L")
    if mode == "LAB":
        return _from_lab(image)
    return image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours of ``profile`` become sRGB; the mode afterwards is L, RGB or RGBA. A broken profile is left aside."""
    if profile:
        image = _with_profile(image, profile)
    return image.convert("RGB") if image.mode == "CMYK" else image


def on_white(image: Image.Image) -> tuple[Image.Image, bool]:
    """The image without its alpha, and whether anything shone through. ``image`` is in mode L, RGB or RGBA."""
    if image.mode != "RGBA":
        return image, False
    from PIL import Image

    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB"), False
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image.convert("RGB"), mask=alpha)
    return ground, True


def _stretched(image: Image.Image) -> Image.Image:
    """Numbers without a fixed range: 0 to 1, 0 to 255 and 0 to 65535 are taken as such, others fill their range."""
    low, high = (float(bound) for bound in image.getextrema())  # type: ignore[arg-type]  # one band: two numbers
    start, span = 0.0, 65535.0
    if low < 0 or high > 65535:
        start, span = low, (high - low) or 1.0
    elif high <= 255:
        span = 1.0 if image.mode == "F" and high <= 1 else 255.0
    if image.mode == "I":
        image = image.convert("F")
    return image.point(lambda value: value * (255 / span) + (0.5 - start * 255 / span)).convert("L")


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    # None is returned only for a change in place.
    return cast("Image.Image", ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB"))


def _with_profile(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        fits = image.mode in _PROFILE_MODES.get(source.profile.xcolor_space, ())
        if not fits or (source.profile.profile_description or "").startswith("sRGB"):
            return image
        colours = image.convert("RGB") if image.mode == "RGBA" else image
        srgb = ImageCms.createProfile("sRGB")
        # None is returned only for a change in place.
        converted = cast("Image.Image", ImageCms.profileToProfile(colours, source, srgb, outputMode="RGB"))
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        log.info("colour profile left aside: %s", error)
        return image
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    return converted.convert("L") if image.mode == "L" else converted
