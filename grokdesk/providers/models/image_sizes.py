"""Which images a model refuses for their size or shape, as far as that is documented or a server has said it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grokdesk.errors import PictureError
from grokdesk.model import PreparedImage
from grokdesk.translation import _, ngettext


@dataclass(frozen=True, slots=True)
class ImageSizes:
    """What a model accepts. 0: not known."""

    least_edge: int = 0
    """Pixels of the shorter side."""
    least_pixels: int = 0
    """Width times height."""
    most_ratio: int = 0
    """The longer side by the shorter one."""

    def and_(self, other: ImageSizes) -> ImageSizes:
        """What both accept."""
        ratios = [ratio for ratio in (self.most_ratio, other.most_ratio) if ratio]
        return ImageSizes(
            max(self.least_edge, other.least_edge),
            max(self.least_pixels, other.least_pixels),
            min(ratios, default=0),
        )


# https://www.alibabacloud.com/help/en/model-studio/vision: sides of more than 10 pixels, at most 200 to 1. The code of
# the models itself refuses the same shapes.
_DOCUMENTED = (
    (re.compile(r"qwen[\w.-]*-?vl|qvq|qwen-?omni", re.IGNORECASE), ImageSizes(least_edge=11, most_ratio=200)),
)


def documented_sizes(model: str) -> ImageSizes:
    """By the name of the model."""
    return next((sizes for names, sizes in _DOCUMENTED if names.search(model)), ImageSizes())


_RATIO = re.compile(r"ratio\D{0,60}?(\d+)", re.IGNORECASE)
_LEAST = re.compile(
    r"factor\D{0,3}(?P<factor>\d+)"
    r"|(?:larger|greater|bigger|more|higher) than\D{0,3}(?:or equal to\D{0,3}(?P<equal>\d+)|(?P<above>\d+))"
    r"|(?:at least|minimum|no less than|not be (?:less|smaller) than|smaller than)\D{0,40}?(?P<least>\d+)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"total pixels|pixels in total|number of pixels|pixel count|\barea\b", re.IGNORECASE)
_LARGEST_LEAST = 4096


def sizes_told(said: str, images: Sequence[PreparedImage]) -> ImageSizes:
    """What a server's words about an image that is too small or narrow say; ``images`` are those that it was sent.

    Words without a number say that the smallest of the images is too small.
    """
    if "ratio" in said.lower() and (told := _RATIO.search(said)) is not None:
        return ImageSizes(most_ratio=int(told[1]) if 1 < int(told[1]) <= _LARGEST_LEAST else 0)
    if (told := _LEAST.search(said)) is not None:
        groups = {name: int(number) for name, number in told.groupdict().items() if number}
        ((name, number),) = groups.items()
        number += name == "above"
        if _OF_ALL.search(said):
            return ImageSizes(least_pixels=number if number <= _LARGEST_LEAST**2 else 0)
        return ImageSizes(least_edge=number if number <= _LARGEST_LEAST else 0)
    edges = [min(image.width, image.height) for image in images if image.data]
    return ImageSizes(least_edge=min(edges) + 1 if edges and "ratio" not in said.lower() else 0)


def unfit(image: PreparedImage, sizes: ImageSizes, model: str) -> PictureError | None:
    """The error for an image that the model would refuse, None for one that it takes."""
    short, long = sorted((image.width, image.height))
    if not image.data or not short:
        return None
    about = {"picture": image.name, "model": model, "width": image.width, "height": image.height}
    if sizes.most_ratio and long > sizes.most_ratio * short:
        return PictureError(
            _("{picture} is too narrow for {model}: {width} x {height} pixels, and at most {ratio} to 1 is accepted.")
            .format(ratio=sizes.most_ratio, **about),
            _("Capture more around it, or crop it to its most important part."),
        )  # fmt: skip
    if short < sizes.least_edge:
        title = ngettext(
            "{picture} is too small for {model}: {width} x {height} pixels, and each side needs at least {count}.",
            "{picture} is too small for {model}: {width} x {height} pixels, and each side needs at least {count}.",
            sizes.least_edge,
        ).format(count=sizes.least_edge, **about)
        return PictureError(title, _("Capture more around it, or enlarge it first."))
    if image.width * image.height < sizes.least_pixels:
        title = _(
            "{picture} is too small for {model}: {width} x {height} pixels, and it needs at least {count} in all."
        )
        title = title.format(count=sizes.least_pixels, **about)
        return PictureError(title, _("Capture more around it, or enlarge it first."))
    return None
