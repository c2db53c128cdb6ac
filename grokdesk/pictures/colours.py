"""Any colour mode and profile becomes eight bit grey or sRGB, opaque, on a ground that shows what is drawn on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

_PROFILE_MODES = {"RGB ": ("RGB", "RGBA"), "GRAY": ("L",), "CMYK": ("CMYK",)}
"""The colour spaces a profile may be for (ICC.1:2022, table 19), and the modes here that it then fits."""
_UNKNOWN = 1e30
"""What is beyond stands for "not measured" in maps and scans."""
_STRIP_PIXELS = 1 << 20
"""Larger images are converted some rows at a time: a second and third copy of the largest one would take gigabytes."""


def in_eight_bits(image: Image.Image, *, white_is_zero: bool = False, is_unsigned: bool = False) -> Image.Image:
    """The same picture in mode L, RGB, RGBA (with the alpha unmultiplied) or CMYK: the modes that shrink well.

    ``white_is_zero`` and ``is_unsigned`` (of 32 bits) are for numbers of a TIFF, which Pillow gives as they are stored.
    """
    mode = image.mode
    if mode.startswith("I;16") or mode in ("I", "F"):
        return _grey(image, white_is_zero=white_is_zero, is_unsigned=is_unsigned)
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
    """Colours of ``profile`` become sRGB; the mode afterwards is L, RGB or RGBA. A broken profile is left aside.

    A large ``image`` with a profile may itself be changed.
    """
    if profile and (convert := _from_profile(image, profile)):
        return _by_strips(image, image.mode if image.mode in ("L", "RGBA") else "RGB", convert, is_ours=True)
    return _by_strips(image, "RGB", lambda strip: strip.convert("RGB")) if image.mode == "CMYK" else image


def is_one_colour(image: Image.Image) -> bool:
    """Whether nothing can be seen on it. ``image`` is in mode L or RGB."""
    from PIL import Image

    # Nearly every picture shows in a few pixels that it has more than one colour; only the others are looked through.
    few = image.resize((min(16, image.width), min(16, image.height)), Image.Resampling.NEAREST)
    return _range(few) <= _SAME and _range(image) <= _SAME


def _by_strips(
    image: Image.Image, mode: str, change: Callable[[Image.Image], Image.Image], *, is_ours: bool = False
) -> Image.Image:
    """``is_ours``: it may be written into, where the mode stays."""
    if image.width * image.height <= _STRIP_PIXELS:
        return change(image)
    from PIL import Image

    result = image if is_ours and image.mode == mode else Image.new(mode, image.size)
    for top, strip in _strips(image):
        result.paste(change(strip), (0, top))
    result.info = image.info
    return result


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


# --- A ground for what is transparent -----------------------------------------------------------------------

WHITE, ALPHA_IGNORED = 255, -1
GROUNDS = (WHITE, 0, 128, 192, 64)
"""White unless ink gets lost on it; then the one of these greys on which the least is lost."""
_SAME = 3
"""How far apart values may be and still count as one: rounding of a lossy file."""
_SAMPLE_EDGE = 1024
_STEP = 48
"""By how much neighbours in the alpha channel differ at the edge of something; a shadow is softer."""
_LOST_STEP = 16
"""Below this the edge cannot be seen any more."""
_FAINT = 24
_MOST_LOST = 0.01
_NEARLY_ALL = 0.8
_NEARLY_NOTHING = 0.001


def on_ground(image: Image.Image) -> tuple[Image.Image, int | None]:
    """The image without its alpha, and the grey that shows through: None when nothing is transparent, ALPHA_IGNORED
    when the alpha is the same everywhere, or hides a picture that is there. ``image`` is in mode L, RGB or RGBA.

    Light ink on nothing would be lost on white, as dark ink would on black.
    """
    if image.mode != "RGBA":
        return image, None
    low, high = cast("tuple[int, int]", image.getchannel("A").getextrema())
    if low == high == 255:
        return _without_alpha(image), None
    sample = image.reduce(-(-max(image.size) // _SAMPLE_EDGE)) if max(image.size) > _SAMPLE_EDGE else image
    if high - low <= _SAME or _hides_a_picture(sample, high):
        return _without_alpha(image), ALPHA_IGNORED
    stretch = 255 / high if high < _STEP else 1.0
    ground = _best_ground(_stretched_alpha(sample, stretch))
    return _by_strips(image, "RGB", lambda strip: _over(_stretched_alpha(strip, stretch), ground)), ground


def _without_alpha(image: Image.Image) -> Image.Image:
    return _by_strips(image, "RGB", lambda strip: strip.convert("RGB"))


def _over(image: Image.Image, ground: int) -> Image.Image:
    from PIL import Image

    result = Image.new("RGB", image.size, (ground, ground, ground))
    result.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return result


def _stretched_alpha(image: Image.Image, factor: float) -> Image.Image:
    if factor == 1.0:
        return image
    stretched = image.copy()
    stretched.putalpha(image.getchannel("A").point([min(255, round(value * factor)) for value in range(256)]))
    return stretched


def _hides_a_picture(sample: Image.Image, high: int) -> bool:
    """Colours that differ below an alpha that lets next to nothing of them through."""
    alpha = sample.getchannel("A").histogram()
    hidden = sum(alpha[:_STEP]) >= (1 - _NEARLY_NOTHING) * sum(alpha)
    return (high < _STEP or hidden) and _range(sample.convert("RGB")) >= _FAINT


def _best_ground(sample: Image.Image) -> int:
    over = {ground: _over(sample, ground) for ground in GROUNDS}
    ranges = {ground: _range(image) for ground, image in over.items()}
    if ranges[WHITE] < _FAINT:
        return max(GROUNDS, key=ranges.__getitem__)  # the first of those that are alike
    alpha = sample.getchannel("A")
    if sum(alpha.histogram()[250:]) >= _NEARLY_ALL * sample.width * sample.height:
        # The corners and the frame of a window that was cut out are no ink; letters that are cut out of a sign are.
        box = (sample.width // 10, sample.height // 10, -(-sample.width * 9 // 10), -(-sample.height * 9 // 10))
        alpha, over = alpha.crop(box), {ground: image.crop(box) for ground, image in over.items()}
    edges = [step.point(_from(_STEP)) for step in _steps(alpha)]
    most = sum(edge.histogram()[255] for edge in edges) * _MOST_LOST
    lost, seen = {}, {}
    for ground, image in over.items():
        steps = list(_steps(image))
        lost[ground] = sum(_both(edge, step.point(_below(_LOST_STEP))) for edge, step in zip(edges, steps, strict=True))
        seen[ground] = sum(
            value * count
            for edge, step in zip(edges, steps, strict=True)
            for value, count in enumerate(step.histogram(edge))
        )
        if ground == WHITE and lost[WHITE] <= most:
            return WHITE
    least = min(lost.values())
    return max((ground for ground in GROUNDS if lost[ground] <= least + most), key=seen.__getitem__)


def _steps(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """How much each pixel differs from the one beside it and from the one below, in the channel where it is most."""
    from PIL import ImageChops

    width, height = image.size
    found = []
    for first, second in (
        ((0, 0, max(1, width - 1), height), (min(1, width - 1), 0, width, height)),
        ((0, 0, width, max(1, height - 1)), (0, min(1, height - 1), width, height)),
    ):
        bands = ImageChops.difference(image.crop(first), image.crop(second)).split()
        step = bands[0]
        for band in bands[1:]:
            step = ImageChops.lighter(step, band)
        found.append(step)
    return found[0], found[1]


def _from(least: int) -> list[int]:
    return [0] * least + [255] * (256 - least)


def _below(limit: int) -> list[int]:
    return [255] * limit + [0] * (256 - limit)


def _both(first: Image.Image, second: Image.Image) -> int:
    from PIL import ImageChops

    return ImageChops.darker(first, second).histogram()[255]


def _range(image: Image.Image) -> float:
    """The widest that a channel goes."""
    bounds: Any = image.getextrema()  # one band: two numbers
    return max(float(high - low) for low, high in (bounds if image.mode == "RGB" else (bounds,)))


# --- Numbers and colour spaces ------------------------------------------------------------------------------


def _grey(image: Image.Image, *, white_is_zero: bool, is_unsigned: bool) -> Image.Image:
    """Numbers without a fixed range: 0 to 1, 0 to 255 and 0 to 65535 are taken as such, others fill their range."""
    start, span, key = 0.0, 65535.0, None
    if image.mode.startswith("I;16"):
        key = image.info.get("transparency")
    else:
        low, high = _bounds(image, is_unsigned=is_unsigned)
        if not -_UNKNOWN < low <= high < _UNKNOWN:
            image, low, high = _known(image)
        if low < 0 or high > 65535:
            start, span = low, (high - low) or 1.0
        elif high <= 255:
            span = 1.0 if image.mode == "F" and high <= 1 else 255.0

    def change(strip: Image.Image) -> Image.Image:
        numbers = _numbers(strip, is_unsigned=is_unsigned)
        grey = numbers.point(lambda value: value * (255 / span) + (0.5 - start * 255 / span)).convert("L")
        if white_is_zero:
            grey = grey.point([255 - value for value in range(256)])
        if isinstance(key, int):
            grey = _keyed(grey, numbers, key)
        return grey

    return _by_strips(image, "RGBA" if isinstance(key, int) else "L", change)


def _numbers(image: Image.Image, *, is_unsigned: bool) -> Image.Image:
    """In mode F. Pillow reads 32 bits as signed."""
    numbers = image.convert("I") if image.mode.startswith("I;16") else image
    numbers = numbers.convert("F")
    if not is_unsigned or image.mode != "I":
        return numbers
    from PIL import ImageMath

    return cast(
        "Image.Image",
        ImageMath.lambda_eval(lambda bands: bands["n"] + (bands["n"] < 0) * 4294967296.0, n=numbers),
    )


def _bounds(image: Image.Image, *, is_unsigned: bool) -> tuple[float, float]:
    low, high = cast("tuple[float, float]", image.getextrema())
    if not is_unsigned or image.mode != "I" or low >= 0:
        return float(low), float(high)
    bounds = [
        cast("tuple[float, float]", _numbers(strip, is_unsigned=True).getextrema()) for _, strip in _strips(image)
    ]
    return min(low for low, _ in bounds), max(high for _, high in bounds)


def _known(image: Image.Image) -> tuple[Image.Image, float, float]:
    """With the lowest known number for what is no number, or one that stands for "not measured"; and both bounds."""
    from PIL import ImageMath

    def bounded(most: float) -> tuple[float, float]:
        # The functions take what is no number for the smaller and for the larger one.
        known = ImageMath.lambda_eval(
            lambda bands: (
                bands["min"](bands["max"](bands["n"], -_UNKNOWN), _UNKNOWN)
                * ((bands["n"] > -_UNKNOWN) * (bands["n"] < _UNKNOWN))
                + most * (1.0 - (bands["n"] > -_UNKNOWN) * (bands["n"] < _UNKNOWN))
            ),
            n=image,
        )
        return cast("tuple[float, float]", cast("Image.Image", known).getextrema())

    low, high = bounded(_UNKNOWN)[0], bounded(-_UNKNOWN)[1]
    if low > high:
        low = high = 0.0
    clean = ImageMath.lambda_eval(lambda bands: bands["min"](bands["max"](bands["n"], low), high), n=image)
    return cast("Image.Image", clean), low, high


def _keyed(grey: Image.Image, numbers: Image.Image, key: int) -> Image.Image:
    """Transparent where the sixteen bits are those that the file names."""
    from PIL import ImageMath

    differs = ImageMath.lambda_eval(lambda bands: (bands["n"] != float(key)) * 255.0, n=numbers)
    result = grey.convert("RGBA")
    result.putalpha(cast("Image.Image", differs).convert("L"))
    return result


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    # None is returned only for a change in place.
    return cast("Image.Image", ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB"))


def _from_profile(image: Image.Image, profile: bytes) -> Callable[[Image.Image], Image.Image] | None:
    """What converts the image, or a strip of it; None for a profile that changes nothing or does not fit."""
    from PIL import ImageCms

    mode = "RGB" if image.mode == "RGBA" else image.mode
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        fits = image.mode in _PROFILE_MODES.get(source.profile.xcolor_space, ())
        if not fits or (source.profile.profile_description or "").startswith("sRGB"):
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        log.info("colour profile left aside: %s", error)
        return None

    def convert(strip: Image.Image) -> Image.Image:
        colours = strip.convert("RGB") if strip.mode == "RGBA" else strip
        # None is returned only for a change in place.
        converted = cast("Image.Image", ImageCms.applyTransform(colours, transform))
        if strip.mode == "RGBA":
            converted.putalpha(strip.getchannel("A"))
        return converted.convert("L") if strip.mode == "L" else converted

    return convert
