"""Where the screens of a desktop go in one image of it, when each has its own scale."""

from __future__ import annotations

from collections.abc import Sequence

from grokdesk.model import Monitor, Pixels, Region

Size = tuple[int, int]


def arranged(places: Sequence[Region], sizes: Sequence[Size]) -> tuple[Region, ...]:
    """A region of its own for each screen, beginning at 0, 0.

    ``places`` are where the screens lie in the desktop's coordinates, ``sizes`` what they have in pixels. With one
    scale the image is a true picture of the desktop. With mixed scales no image is; then they only keep their order,
    side by side and one above the other, so that no screen has to be enlarged to the scale of another.
    """
    scale = _common_scale(places, sizes)
    xs = _starts([(place.x, place.right) for place in places], [width for width, _height in sizes], scale)
    ys = _starts([(place.y, place.bottom) for place in places], [height for _width, height in sizes], scale)
    return tuple(Region(x, y, *size) for x, y, size in zip(xs, ys, sizes, strict=True))


def composed(regions: Sequence[Region], images: Sequence[Pixels]) -> Pixels:
    """One image with each of ``images`` in its region; black where there is none."""
    width, height = bounds(regions).right, bounds(regions).bottom
    if len(images) == 1 and (images[0].width, images[0].height) == (width, height):
        return images[0]
    data, stride = bytearray(width * height * 4), width * 4
    for region, image in zip(regions, images, strict=True):
        view, length = memoryview(image.data), region.width * 4
        for row in range(region.height):
            start = (region.y + row) * stride + region.x * 4
            data[start : start + length] = view[row * length : (row + 1) * length]
    return Pixels(data, width, height)


def monitors_in_image(names: Sequence[str], places: Sequence[Region], size: Size) -> tuple[Monitor, ...]:
    """Where the screens lie in an image of the whole desktop. Empty when the image shows something else.

    One ratio of the image to the desktop, never the scale of a screen: a desktop paints all of them at one scale.
    """
    if not places:
        return ()
    desktop = bounds(places)
    if desktop.is_empty or not same_shape(size, (desktop.width, desktop.height)):
        return ()
    left, top, across, down = desktop.x, desktop.y, size[0] / desktop.width, size[1] / desktop.height
    found = []
    for name, place in zip(names, places, strict=True):
        x, y = round((place.x - left) * across), round((place.y - top) * down)
        right, bottom = round((place.right - left) * across), round((place.bottom - top) * down)
        found.append(Monitor(name, Region(x, y, right - x, bottom - y), place=place))
    return tuple(found)


def bounds(regions: Sequence[Region]) -> Region:
    """The smallest region with all of them in it."""
    left, top = min(region.x for region in regions), min(region.y for region in regions)
    right, bottom = max(region.right for region in regions), max(region.bottom for region in regions)
    return Region(left, top, right - left, bottom - top)


def same_shape(size: Size, other: Size) -> bool:
    """True when one is the other at some scale, but for a rounded pixel."""
    (width, height), (other_width, other_height) = size, other
    return abs(width * other_height - height * other_width) <= max(width, height, other_width, other_height)


def _common_scale(places: Sequence[Region], sizes: Sequence[Size]) -> float:
    """0.0 when there is none. Sizes are whole numbers on both sides, so one pixel more or less is the same."""
    scale = sum(map(sum, sizes)) / sum(place.width + place.height for place in places)
    for place, (width, height) in zip(places, sizes, strict=True):
        if max(abs(place.width * scale - width), abs(place.height * scale - height)) > max(1.0, scale):
            return 0.0
    return scale


def _starts(spans: Sequence[Size], lengths: Sequence[int], scale: float) -> list[int]:
    """Where each span begins in the image: behind every one that ends before it, and with a scale at its place."""
    first = min(start for start, _end in spans)
    starts: dict[int, int] = {}
    for index in sorted(range(len(spans)), key=lambda each: spans[each]):
        begin = spans[index][0]
        behind = [starts[other] + lengths[other] for other in starts if spans[other][1] <= begin]
        starts[index] = max([*behind, round((begin - first) * scale), 0])
    return [starts[index] for index in range(len(spans))]
