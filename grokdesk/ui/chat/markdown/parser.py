"""GitHub's Markdown as models write it, by markdown-it (https://markdown-it-py.readthedocs.io) and rules of our own.

- Mathematics between ``\\(..\\)``, ``\\[..\\]``, ``$$..$$`` or ``\\begin{x}..\\end{x}`` stays as it is written; a
  single ``$`` is money, unless what follows can only be a formula.
- ``<br>`` breaks the line; every other HTML is text.
- Bold and italic work beside CJK punctuation, see ``_State.scanDelims``.
- A fence with a language within a fence waits for its own end, see ``fences``.
- With ``env["open"]`` the text breaks off: its last marks count as closed, so that no mark is seen and then vanishes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, backtick
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token

from grokdesk.ui.chat.markdown.fences import FenceDepth
from grokdesk.ui.chat.markdown.open_marks import mended

_NESTING = 100
"""Levels of lists and quotes in each other; what is deeper markdown-it would drop."""

_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_MATH_ENDS = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_ENVIRONMENT = re.compile(r"\\begin\{([A-Za-z]{1,20}\*?)\}")
_FORMULA = re.compile(r"\$(?=[^\s$])([^$\n`]{0,300}?[^\s$\\])\$(?![\d$])")
_FORMULA_SIGNS = re.compile(r"[\\^_*]")


def _made() -> MarkdownIt:
    made = MarkdownIt("gfm-like", {"html": False, "maxNesting": _NESTING})
    made.inline = _Inline()
    made.inline.ruler.enableOnly(_INLINE_RULES)
    made.inline.ruler2.enableOnly(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    made.inline.ruler.before("escape", "math", _math)
    made.inline.ruler.before("autolink", "line_break", _line_break)
    made.inline.ruler.at("backticks", _code_span)
    made.inline.ruler2.after("balance_pairs", "open_marks", _close_open_marks)
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    made.block.ruler.at("fence", _fence, interrupts)  # type: ignore[arg-type]
    made.block.ruler.before("fence", "math_block", _math_block, interrupts)  # type: ignore[arg-type]
    made.core.ruler.before("inline", "open_end", _mend_open_end)
    made.linkify = _Links()
    # What an answer names is only ever opened by a person, who is shown where it goes (kit/link_menu.py); a link that
    # is refused here would be shown with its marks.
    made.validateLink = _is_any_link  # type: ignore[method-assign]
    made.normalizeLinkText = _as_written  # type: ignore[method-assign]
    return made


def _is_any_link(url: str) -> bool:  # noqa: ARG001 - markdown-it's signature
    return True


def _as_written(link: str) -> str:
    return link


def parse(
    markdown: str, references: dict[str, Any], *, is_open: bool = False, blocks_only: bool = False
) -> list[Token]:
    """markdown-it's tokens. ``references`` takes up the addresses that the text gives names to; ``blocks_only``:
    what is within paragraphs is not looked at."""
    env: dict[str, Any] = {"references": references, "open": is_open, "blocks_only": blocks_only}
    return _PARSER.parse(markdown, env)


def parse_inline(text: str, references: dict[str, Any]) -> list[Token]:
    """The tokens within a paragraph of one line."""
    (whole,) = _PARSER.parseInline(text, {"references": references})
    return whole.children or []


# --- marks ---

_INLINE_RULES = ["text", "linkify", "newline", "escape", "backticks", "strikethrough", "emphasis", "link", "image",
                 "autolink", "entity"]  # fmt: skip


class _State(StateInline):
    @property
    def is_open(self) -> bool:
        """The text breaks off at the end of this paragraph."""
        return self.src is self.env.get("open_text")

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """As CommonMark has it, but that CJK punctuation counts as letters, and other punctuation as beside a blank
        where a CJK letter is beside it: without blanks between words ``**重要。**今天`` would not be bold.
        https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md

        A star behind ``^`` is one of mathematics.
        """
        marker, end = self.src[start], start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        blank_before, blank_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
        sign_before, sign_after = _is_sign(before), _is_sign(after)
        cjk_before, cjk_after = _is_cjk(before), _is_cjk(after)
        hard_before, hard_after = sign_before and not cjk_before, sign_after and not cjk_after
        left = not blank_after and (not hard_after or blank_before or hard_before or cjk_before)
        right = not blank_before and (not hard_before or blank_after or hard_after or cjk_after)
        if before == "^":
            left = right = False
        can_open = left and (canSplitWord or not right or sign_before)
        can_close = right and (canSplitWord or not left or sign_after)
        return Scanned(can_open, can_close, end - start)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        if env.get("blocks_only"):
            return tokens
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_sign(letter: str) -> bool:
    return isMdAsciiPunct(ord(letter)) or isPunctChar(letter)


def _is_cjk(letter: str) -> bool:
    return ord(letter) > 0x10FF and unicodedata.east_asian_width(letter) in "WFH"


def _is_open(state: StateInline) -> bool:
    return isinstance(state, _State) and state.is_open and state.posMax == len(state.src)


def _code_span(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] == "`" and _is_open(state):
        rest = state.src[start:].lstrip("`")
        marks = state.src[start : len(state.src) - len(rest)]
        if not re.search(rf"(?<!`){marks}(?!`)", rest):
            if not silent and rest.strip():
                token = state.push("code_inline", "code", 0)
                token.content = rest.lstrip(" ").replace("\n", " ").rstrip("`")
            state.pos = state.posMax
            return True
    return backtick(state, silent)


def _line_break(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<" or not (found := _BREAK.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _math(state: StateInline, silent: bool) -> bool:
    start, text = state.pos, state.src
    if text[start] not in "\\$":
        return False
    begins = text[start : start + 2]
    end = -1
    if closing := _MATH_ENDS.get(begins):
        end = text.find(closing, start + 2, state.posMax)
    elif environment := _ENVIRONMENT.match(text, start, state.posMax):
        closing = f"\\end{{{environment[1]}}}"
        end = text.find(closing, start, state.posMax)
    elif (formula := _FORMULA.match(text, start, state.posMax)) and _FORMULA_SIGNS.search(formula[1]):
        closing, end = "", formula.end()
    if closing is None:
        return False
    if end < 0:
        if not _is_open(state):
            return False
        closing, end = "", state.posMax
    if not silent:
        token = state.push("math", "", 0)
        token.content = text[start : end + len(closing)]
    state.pos = end + len(closing)
    return True


def _close_open_marks(state: StateInline) -> None:
    """Bold, italic and struck text that breaks off is so up to its end."""
    if not _is_open(state):
        return
    delimiters, last_break, covered = state.delimiters, -1, -1
    for number, token in enumerate(state.tokens):
        if token.type == "softbreak":
            last_break = number
    waiting = []
    for number, delimiter in enumerate(delimiters):
        if delimiter.end >= 0:
            covered = max(covered, delimiter.end)
        elif delimiter.open and number > covered and (delimiter.length > 1 or delimiter.token > last_break):
            waiting.append(delimiter)
    for opened in reversed(waiting):
        token = Token("text", "", 0, content=state.tokens[opened.token].content)
        state.tokens.append(token)
        opened.end = len(delimiters)
        delimiters.append(Delimiter(opened.marker, opened.length, len(state.tokens) - 1, -1, False, True))


def _mend_open_end(state: StateCore) -> None:
    if not state.env.get("open"):
        return
    for token in reversed(state.tokens):
        if token.type in {"fence", "code_block", "math_block", "hr"}:
            return
        if token.type == "inline" and (token.content or token.level < 3):
            # A string of its own: it is known again by its identity.
            token.content = state.env["open_text"] = "".join([mended(token.content), ""])
            return


# --- blocks ---


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    opening = re.compile(r"`{3,}(?=[^`\n]*$)|~{3,}").match(_line(state, start))
    if opening is None:
        return False
    if silent:
        return True
    line, closed, plain_end = start, False, -1
    info = _line(state, start)[len(opening[0]) :]
    depth, plain = FenceDepth(opening[0], info), FenceDepth(opening[0])
    while not closed:
        line += 1
        if line >= end or (state.sCount[line] < state.blkIndent and not state.isEmpty(line)):
            break
        text = " " * max(0, state.sCount[line] - state.blkIndent) + _line(state, line)
        closed = depth.ends_with(text)
        if plain_end < 0 and plain.ends_with(text, nesting=False):
            plain_end = line
    if not closed and depth.is_in_doubt and plain_end >= 0 and not state.env.get("open"):
        line, closed = plain_end, True
    state.line = line + closed
    token = state.push("fence", "code", 0)
    token.info = info
    token.content = state.getLines(start + 1, line, state.sCount[start], True)
    token.markup = opening[0]
    token.map = [start, state.line]
    token.meta = {"closed": closed}
    return True


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = _line(state, start)
    if environment := _ENVIRONMENT.match(first):
        begins, closing = environment[0], f"\\end{{{environment[1]}}}"
    elif first.startswith(("\\[", "$$")):
        begins = first[:2]
        closing = _MATH_ENDS[begins]
    else:
        return False
    line, text = start, first[len(begins) :]
    while (found := text.find(closing)) < 0:
        line += 1
        if line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            if line < end or not state.env.get("open"):
                return False
            line -= 1
            break
        text = _line(state, line)
    if found >= 0 and text[found + len(closing) :].strip():
        return False
    if silent:
        return True
    state.line = line + 1
    token = state.push("math_block", "", 0)
    token.content = state.getLines(start, state.line, state.blkIndent, False).strip()
    token.map = [start, state.line]
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


# --- addresses ---

_CJK_MARKS = re.compile("[\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—]")
_MAY_BE_ADDRESS = re.compile(r"://|www\.|@|mailto:", re.IGNORECASE)
_TAKEN = ("http:", "https:", "ftp:", "mailto:")


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    text: str
    index: int
    last_index: int
    schema: str


class _Links:
    """Bare addresses, found by linkify-it between CJK marks: those stand beside an address without a blank.

    ``main.py`` and ``README.md`` look like hosts, so an address begins with its scheme or ``www.``.
    """

    def __init__(self) -> None:
        self._find = LinkifyIt()

    def pretest(self, text: str) -> bool:
        return _MAY_BE_ADDRESS.search(text) is not None

    test = pretest

    def match(self, text: str) -> list[_Link]:
        found, start = [], 0
        ends = [mark.start() for mark in _CJK_MARKS.finditer(text)] + [len(text)]
        for end in ends:
            part = text[start:end]
            if self.pretest(part):
                found += [_shifted(link, start) for link in self._find.match(part) or () if _is_address(link)]
            start = end + 1
        return found

    def match_at_start(self, text: str) -> _Link | None:
        mark = _CJK_MARKS.search(text)
        link = self._find.match_at_start(text[: mark.start()] if mark else text)
        return _shifted(link, 0) if link is not None and _is_address(link) else None


def _is_address(link: Any) -> bool:
    return link.schema in _TAKEN or (not link.schema and link.text.lower().startswith("www."))


def _shifted(link: Any, by: int) -> _Link:
    return _Link(link.url, link.text, link.index + by, link.last_index + by, link.schema)


_PARSER = _made()
