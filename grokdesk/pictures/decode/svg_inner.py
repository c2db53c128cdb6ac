"""A drawing inside another one becomes a part of it: the renderer draws no text in one that an address holds."""

from __future__ import annotations

import re

from grokdesk.pictures.decode.svg_styles import Styles
from grokdesk.pictures.decode.svg_tree import Element, refuse

_MOST_DEEP = 120
"""Together with what it lies in, below what takes the renderer's stack."""
_REFERENCE = re.compile(r"url\(\s*([\"']?)#([^)\"']+)\1\s*\)")
_PLAIN = {"fill": "#000", "stroke": "none", "stroke-width": "1", "font-size": "16", "font-weight": "normal"}
"""What an inner drawing does not take over from around it."""
_OF_THE_PLACE = ("x", "y", "width", "height", "preserveAspectRatio")


def become_inner(image: Element, root: Element, width: float, height: float) -> None:
    """``image`` is changed into a group that holds ``root``, whose size is ``width`` x ``height``."""
    if _depth(root) + _above(image) > _MOST_DEEP:
        refuse()
    _set_apart(root, f"i{id(root):x}-")
    box = {name: image.attributes.pop(name) for name in _OF_THE_PLACE if name in image.attributes}
    box = {"width": f"{width:g}", "height": f"{height:g}", **box}
    if "viewBox" not in root.attributes:
        root.attributes["viewBox"] = f"0 0 {width:g} {height:g}"
    kept = {name: text for name, text in root.attributes.items() if name not in (*_OF_THE_PLACE, "overflow")}
    root.attributes = {**_PLAIN, **kept, **box, "overflow": "hidden"}
    prefix = image.name.rpartition(":")[0]
    image.name = f"{prefix}:g" if prefix else "g"
    image.children = [root]
    root.parent = image


def _set_apart(root: Element, prefix: str) -> None:
    """Its names and its style sheets hold for itself alone."""
    everything = list(root.everything())
    styles = Styles("\n".join(each.text() for each in everything if each.local == "style"))
    inline = {each: styles.of(each) for each in everything}
    for element in everything:
        if element.local == "style":
            element.children = []
        if found := inline[element]:
            element.attributes["style"] = ";".join(f"{name}:{text}" for name, text in found.items())
        element.attributes.pop("class", None)
        for name, text in element.attributes.items():
            if name == "id":
                element.attributes[name] = prefix + text
            elif name.rpartition(":")[2] == "href" and text.strip().startswith("#"):
                element.attributes[name] = f"#{prefix}{text.strip()[1:]}"
            elif "url(" in text:
                element.attributes[name] = _REFERENCE.sub(lambda found: f"url(#{prefix}{found[2]})", text)


def _depth(root: Element) -> int:
    depths = {root: 1}
    for element in root.everything():
        for child in element.elements():
            depths[child] = depths[element] + 1
    return max(depths.values())


def _above(element: Element) -> int:
    count = 0
    place: Element | None = element
    while place is not None:
        place, count = place.parent, count + 1
    return count
