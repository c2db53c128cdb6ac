"""Which declarations of its style sheets hold for an element, as far as a drawing needs it: variables, which the
renderer does not know, and the look of words that are written as web text.

CSS Custom Properties: https://www.w3.org/TR/css-variables-1/. Selectors of elements, classes, ids and attributes, one
inside another, are known; others match nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from grokdesk.pictures.decode.svg_tree import Element

MOST_RULES = 5_000
_MOST_LETTERS = 4_000
"""Of a value: variables that name each other twice grow without end."""
_MOST_DEEP = 16
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(r"\*|[#.]?[\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?")
_NEEDS_VALUE = re.compile(r"\bvar\(|\blight-dark\(", re.IGNORECASE)
_IS_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark|\bprint\b", re.IGNORECASE)

Declarations = dict[str, tuple[str, bool]]
"""By property: the value, and whether it is marked as important."""


@dataclass(frozen=True, slots=True)
class Rule:
    parts: tuple[tuple[str, str], ...]
    """From the inmost outwards: what joins it to the one inside (" " or ">"), and the selector without blanks."""
    weight: tuple[int, int, int]
    declarations: Declarations


def declarations(text: str) -> Declarations:
    """Of a style attribute or of what stands between braces."""
    found: Declarations = {}
    for piece in _split(text, ";"):
        name, colon, value = piece.partition(":")
        name = name.strip()
        if not colon or not name:
            continue
        value = value.strip()
        is_important = value.lower().endswith("!important")
        if is_important:
            value = value[: -len("!important")].rstrip()
        found[name if name.startswith("--") else name.lower()] = (value, is_important)
    return found


class Styles:
    """Of one document. An element is asked about as often as is needed; its answers are remembered."""

    def __init__(self, sheet: str) -> None:
        self._rules: dict[str, list[tuple[int, Rule]]] = {}
        for number, rule in enumerate(islice(_rules(_COMMENT.sub("", sheet)), MOST_RULES)):
            self._rules.setdefault(_COMPOUND.findall(rule.parts[0][1])[0], []).append((number, rule))
        self._known: dict[Element, dict[str, str]] = {}
        self._variables: dict[Element, Mapping[str, str]] = {}

    def of(self, element: Element) -> dict[str, str]:
        """Every property that a style sheet or the element's own style sets, with variables put in."""
        if element not in self._known:
            won = self._won(element)
            values = ((name, self.value(element, text)) for name, text in won.items() if not name.startswith("--"))
            self._known[element] = {name: text for name, text in values if text is not None}
        return self._known[element]

    def needed(self, element: Element) -> dict[str, str]:
        """Those of them that the renderer could not find out by itself."""
        won = self._won(element)
        return {name: text for name, text in self.of(element).items() if _NEEDS_VALUE.search(won[name])}

    def value(self, element: Element, text: str) -> str | None:
        """With variables put in; None when one of them has no value."""
        return _resolved(text, self.variables(element)) if _NEEDS_VALUE.search(text) else text

    def variables(self, element: Element) -> Mapping[str, str]:
        if element not in self._variables:
            above = self.variables(element.parent) if element.parent is not None else {}
            own = {name: text for name, text in self._won(element).items() if name.startswith("--")}
            self._variables[element] = {**above, **own} if own else above
        return self._variables[element]

    def inherited(self, element: Element, name: str) -> str:
        """From the element or what it lies in; attributes of the same name count least. "" when nobody says."""
        place: Element | None = element
        while place is not None:
            found = self.of(place).get(name) or place.attributes.get(name, "")
            if found and found not in ("inherit", "unset"):
                return found
            place = place.parent
        return ""

    def _near(self, element: Element) -> Iterator[tuple[int, Rule]]:
        """The rules whose first word fits: few of all."""
        words = [element.local, f"#{element.attributes.get('id', '')}"]
        words += (f".{name}" for name in set(element.attributes.get("class", "").split()))
        for word in words:
            yield from self._rules.get(word, ())
        for word, rules in self._rules.items():
            if word[0] in "*[:":
                yield from rules

    def _won(self, element: Element) -> dict[str, str]:
        best: dict[str, tuple[tuple[bool, bool, tuple[int, int, int], int], str]] = {}
        for number, rule in self._near(element):
            if _matches(element, rule.parts):
                for name, (text, is_important) in rule.declarations.items():
                    rank = (is_important, False, rule.weight, number)
                    if name not in best or rank > best[name][0]:
                        best[name] = (rank, text)
        for name, (text, is_important) in declarations(element.attributes.get("style", "")).items():
            rank = (is_important, True, (0, 0, 0), 0)
            if name not in best or rank > best[name][0]:
                best[name] = (rank, text)
        return {name: text for name, (_, text) in best.items()}


def needs_values(text: str) -> bool:
    return _NEEDS_VALUE.search(text) is not None


def _rules(sheet: str) -> Iterator[Rule]:
    for selector, body in _blocks(sheet):
        if selector.startswith("@"):
            if "{" in body and not _IS_DARK.search(selector) and not selector.startswith(("@keyframes", "@font-face")):
                yield from _rules(body)
            continue
        found = declarations(body)
        for one in _split(selector, ","):
            parts = _parts(one)
            if parts and found:
                yield Rule(parts, _weight(parts), found)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (start := sheet.find("{", at)) >= 0:
        end, depth = start + 1, 1
        while depth and end < len(sheet):
            opened, closed = sheet.find("{", end), sheet.find("}", end)
            if closed < 0:
                end = len(sheet)
                break
            depth += 1 if 0 <= opened < closed else -1
            end = (opened if 0 <= opened < closed else closed) + 1
        # Statements without a block, such as @import, stand before it.
        yield sheet[at:start].rpartition(";")[2].strip(), sheet[start + 1 : end - 1]
        at = end


def _parts(selector: str) -> tuple[tuple[str, str], ...]:
    """Empty for what is not known."""
    words = selector.replace(">", " > ").split()
    if not words or any(word in ("+", "~", "||") for word in words):
        return ()
    parts: list[tuple[str, str]] = []
    join = " "
    for word in reversed(words):
        if word == ">":
            join = ">"
        elif "".join(_COMPOUND.findall(word)) != word:
            return ()
        else:
            parts.append((join, word))
            join = " "
    return tuple(parts)


def _weight(parts: tuple[tuple[str, str], ...]) -> tuple[int, int, int]:
    """Ids, classes, names: https://www.w3.org/TR/selectors-4/#specificity-rules"""
    pieces = [piece for _, word in parts for piece in _COMPOUND.findall(word)]
    ids = sum(piece.startswith("#") for piece in pieces)
    classes = sum(piece.startswith((".", "[", ":")) for piece in pieces)
    return ids, classes, sum(piece != "*" for piece in pieces) - ids - classes


def _matches(element: Element, parts: tuple[tuple[str, str], ...]) -> bool:
    if not _is(element, parts[0][1]):
        return False
    place = element.parent
    for join, word in parts[1:]:
        if join == ">":
            if place is None or not _is(place, word):
                return False
        else:
            while place is not None and not _is(place, word):
                place = place.parent
            if place is None:
                return False
        place = place.parent
    return True


def _is(element: Element, word: str) -> bool:
    return all(_fits(element, piece) for piece in _COMPOUND.findall(word))


def _fits(element: Element, piece: str) -> bool:
    if piece == "*":
        return True
    if piece[0] == "#":
        return element.attributes.get("id") == piece[1:]
    if piece[0] == ".":
        return piece[1:] in element.attributes.get("class", "").split()
    if piece[0] == "[":
        name, equals, value = piece[1:-1].partition("=")
        found = element.attributes.get(name.strip())
        return found is not None and (not equals or found == value.strip().strip("\"'"))
    if piece[0] == ":":
        return piece == ":root" and element.parent is None
    return element.local == piece


def _resolved(text: str, variables: Mapping[str, str], depth: int = 0) -> str | None:
    if depth > _MOST_DEEP:
        return None
    while (found := _NEEDS_VALUE.search(text)) is not None:
        end = _closing(text, found.end())
        words = _split(text[found.end() : end], ",")
        if found[0].lower().startswith("var"):
            name = words[0].strip() if words else ""
            value = variables.get(name)
            if value is not None:
                value = _resolved(value, variables, depth + 1)
            if value is None and len(words) > 1:
                value = _resolved(",".join(words[1:]).strip(), variables, depth + 1)
        else:
            # What leaves is light: most models were shown far more of those.
            value = words[0].strip() if words else None
        if value is None:
            return None
        text = text[: found.start()] + value + text[end + 1 :]
        if len(text) > _MOST_LETTERS:
            return None
    return text


def _closing(text: str, at: int) -> int:
    depth = 1
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def _split(text: str, separator: str) -> list[str]:
    """Where it stands outside of brackets and quotes."""
    pieces, start, depth, quote = [], 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == separator and depth <= 0:
            pieces.append(text[start:place])
            start = place + 1
    pieces.append(text[start:])
    return pieces
