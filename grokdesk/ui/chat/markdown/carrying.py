"""What is open where a block had to be cut: lists and their items, quotes, a fence, a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grokdesk.ui.chat.markdown.pieces import HELD, Carry, open_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_CLOSE = {"list_item_close", "bullet_list_close", "ordered_list_close", "blockquote_close"}
_ITEM = r"(?:[ \t>]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|\Z))"


def carry_after(text: str, before: Carry, number: int, *, joins: bool) -> Carry:
    """For the block behind ``text``, which is cut; ``joins``: within a line."""
    from grokdesk.ui.chat.markdown.parser import parse

    source = before.prefix + before.inside + text
    tokens = parse(source, {}, blocks_only=True)
    lines = source.split("\n")
    items, quoted = _open_items(tokens)
    last_line = lines[-1] if joins else ""
    heads = _heads(items, lines)
    prefix = "".join(f"{head}{HELD}\n\n" for head in heads)
    inside = _inside(heads, last_line) if heads or quoted else ""
    lists = open_lists(tokens, number, before)[: len(items)] if items else ()
    leaf = _leaf(tokens)
    if leaf is not None and leaf.type == "fence" and leaf.map and not leaf.meta.get("closed"):
        opening = lines[leaf.map[0]]
        opening = opening[len(_marks_of(opening)) :].lstrip()
        prefix += f"{inside or _indent(heads)}{opening}\n"
        return Carry(prefix, inside if joins else "", lists, in_code=True, joins=joins)
    if leaf is not None and leaf.type == "code_block":
        return Carry(prefix, f"{inside}    " if joins else "", lists, in_code=True, joins=joins)
    if leaf is not None and leaf.type == "table_close":
        table = next(token.map for token in reversed(tokens) if token.type == "table_open" and token.map)
        head = "".join(f"{line}\n" for line in lines[table[0] : table[0] + 2])
        return Carry(prefix + head, inside if joins else "", lists, in_table=True)
    if joins and leaf is not None and leaf.type == "heading_close":
        inside += f"{leaf.markup} "
    return Carry(prefix, inside if joins else "", lists, joins=joins)


def _leaf(tokens: Sequence[Token]) -> Token | None:
    return next((token for token in reversed(tokens) if token.type not in _CLOSE), None)


def _open_items(tokens: Sequence[Token]) -> tuple[list[int], bool]:
    """The first lines of the items that end with the text, outermost first, and whether it ends in a quote."""
    depth, quoted = 0, False
    for token in reversed(tokens):
        if token.type not in _CLOSE:
            break
        depth += token.type == "list_item_close"
        quoted = quoted or token.type == "blockquote_close"
    begun: list[int] = []
    path: list[int] = []
    for token in tokens:
        if token.type == "list_item_open" and token.map:
            path.append(token.map[0])
            begun = list(path)
        elif token.type == "list_item_close":
            path.pop()
    return begun[:depth], quoted


def _heads(items: Sequence[int], lines: Sequence[str]) -> list[str]:
    """For each line with open items what stands before their text, such as ``"  1. "``."""
    heads = []
    for line in dict.fromkeys(items):
        found = re.match(_ITEM + f"{{{items.count(line)}}}", lines[line])
        if found is not None:
            heads.append(found[0] if found[0].endswith((" ", "\t")) else found[0] + " ")
    return heads


def _inside(heads: Sequence[str], line: str) -> str:
    """What a new line needs in front of it to belong where ``line`` or, without one, the last head does."""
    return _indent(heads) if heads else line[: len(line) - len(line.lstrip(" \t>"))]


def _indent(heads: Sequence[str]) -> str:
    return re.sub(r"[^ \t>]", " ", heads[-1]) if heads else ""


def _marks_of(line: str) -> str:
    found = re.match(rf"{_ITEM}*[ \t>]*", line)
    return found[0] if found else ""
