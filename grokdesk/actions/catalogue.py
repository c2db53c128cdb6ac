"""Loads actions from TOML files: the built-in ones, then the person's own, which may replace a built-in one.

A file looks like ``resources/actions/describe.toml``::

    id = "describe"                 # lower case letters, digits, hyphens
    title = "Describe"              # what the chip says
    order = 20                      # chips are sorted by it
    prompt = "Describe ... {{text}}"
    empty = "What is this?"         # optional: the whole prompt when nothing was typed
    system = "..."                  # optional
    needs_understanding = true      # optional: false when reading text is enough
    result = "markdown"             # or "plain": shown as it is, without what models put around it
    one_line = false                # optional: a plain result in one line
    then = "show"                   # or "copy": the answer also goes to the clipboard

    [images]
    lossless = false                # optional: keep every pixel, for small text
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grokdesk.actions.cleaning import cleaned, cleaned_copy
from grokdesk.errors import UsageError
from grokdesk.translation import _

log = logging.getLogger(__name__)

ASK = "ask"
"""The action of a question in the person's own words."""
ALT_TEXT = "alt-text"
VARIABLES = frozenset({"text"})
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_KEYS = {
    "id": str,
    "title": str,
    "order": int,
    "prompt": str,
    "empty": str,
    "system": str,
    "needs_understanding": bool,
    "result": str,
    "one_line": bool,
    "then": str,
    "images": dict,
}
_IMAGE_KEYS = {"lossless": bool}


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    title: str
    prompt: str
    system: str = ""
    empty: str = ""
    """The prompt when the person typed nothing."""
    order: int = 1000
    needs_understanding: bool = True
    result: Literal["markdown", "plain"] = "markdown"
    then: Literal["show", "copy"] = "show"
    lossless: bool = False
    one_line: bool = False

    def result_of(self, answer: str) -> str:
        """The result as it is kept, shown, copied and printed."""
        if self.result != "plain":
            return answer
        if not self.needs_understanding:
            return cleaned_copy(answer)
        # Files of one's own for alternative text are older than the key.
        return cleaned(answer, title=self.title, one_line=self.one_line or self.id == ALT_TEXT)

    def filled(self, text: str) -> str:
        """The prompt with what the person typed in the place of ``{{text}}``, else appended."""
        text = text.strip()
        if not text and self.empty:
            return self.empty.strip()
        filled = _VARIABLE.sub(lambda _: text, self.prompt).strip()
        if text and not _VARIABLE.search(self.prompt):
            filled = f"{filled}\n\n{text}" if filled else text
        return filled


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All actions, sorted for display."""

    actions: tuple[Action, ...]
    broken: tuple[str, ...] = ()
    """A sentence for each file that could not be used."""

    def has(self, action_id: str) -> bool:
        return any(action.id == action_id for action in self.actions)

    def get(self, action_id: str) -> Action:
        """Raises UsageError that names the known ones."""
        for action in self.actions:
            if action.id == action_id:
                return action
        known = ", ".join(action.id for action in self.actions)
        raise UsageError(
            _("There is no action called {name}.").format(name=repr(action_id)),
            _("Known actions: {names}.").format(names=known),
        )


def load_catalogue(folders: Iterable[Path]) -> Catalogue:
    """Read every ``*.toml`` in the folders, in their order; a later action replaces an earlier one of the same id.

    A file that is not valid is left out, logged, and named in ``broken``; it never stops the program.
    """
    actions: dict[str, Action] = {}
    broken: list[str] = []
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            try:
                action = parse_action(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, RecursionError) as error:
                broken.append(f"{file.name}: {error}")
                log.info("action left out: %s: %s", file, error)
            else:
                actions[action.id] = action
    return Catalogue(tuple(sorted(actions.values(), key=lambda a: (a.order, a.title))), tuple(broken))


def parse_action(text: str) -> Action:
    """One action from TOML text. Raises ValueError with a sentence that names the wrong line or key."""
    table = tomllib.loads(text)
    _check_types(table, _KEYS, "")
    images: dict[str, Any] = table.pop("images", {})
    _check_types(images, _IMAGE_KEYS, "images.")
    for required in ("id", "title", "prompt"):
        if required not in table:
            raise ValueError(_("the key {name} is missing").format(name=repr(required)))
    if not _ID.fullmatch(table["id"]):
        raise ValueError(_("id {id}: use lower case letters, digits and hyphens").format(id=repr(table["id"])))
    if unknown := set(_VARIABLE.findall(table["prompt"])) - VARIABLES:
        raise ValueError(f"unknown variable {{{{{min(unknown)}}}}}; known: {{{{text}}}}")
    for key, allowed in (("result", ("markdown", "plain")), ("then", ("show", "copy"))):
        if table.get(key, allowed[0]) not in allowed:
            raise ValueError(f"{key} = {table[key]!r}: use {' or '.join(allowed)}")
    return Action(**table, **images)


def _check_types(table: dict[str, Any], known: Mapping[str, type], prefix: str) -> None:
    for key, value in table.items():
        if key not in known:
            raise ValueError(_("unknown key {name}").format(name=repr(prefix + key)))
        if type(value) is not known[key]:
            raise ValueError(_("{name} must be a {kind}").format(name=f"{prefix}{key}", kind=known[key].__name__))
