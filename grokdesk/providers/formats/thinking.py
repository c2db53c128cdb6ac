"""What a model's own format leaves in its answer: its thinking, and the marks that only its server should see.

A server without the right parser for a model passes both on as text. Thinking stands between two marks at the very
beginning, or before a closing mark alone where the template has written the opening one into the prompt.
Sources: the chat templates of the models named below; https://cookbook.openai.com/articles/openai-harmony
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_NAMES = "think|thinking|thought|thoughts|reasoning|reflection|seed:think|longcat_think|mm:think|antthinking"

# Each opening mark with what closes it, in lower case.
_PAIRS = {
    **{f"<{name}>": tuple(f"</{other}>" for other in _NAMES.split("|")) for name in _NAMES.split("|")},
    "[think]": ("[/think]",),  # Magistral
    "◁think▷": ("◁/think▷",),  # Kimi-VL
    "<|think|>": ("<|/think|>", "</think>"),
    "<|begin_of_thought|>": ("<|end_of_thought|>",),  # OpenThinker, Sky-T1
    "<|start_thinking|>": ("<|end_thinking|>",),  # Command A
    "<unused94>thought": ("<unused95>",),  # MedGemma
    "<|channel>thought": ("<channel|>",),  # Gemma 4
}
_CLOSING = tuple(dict.fromkeys(mark for marks in _PAIRS.values() for mark in marks))

# Harmony (gpt-oss): <|start|>assistant<|channel|>analysis<|message|>...<|end|>, and what is left of it where the
# special tokens were dropped: analysisWe need to ... assistantfinalTwo pears.
_CHANNEL_STARTS = ("<|start|>", "<|channel|>")
_CHANNEL = re.compile(
    r"(?:<\|start\|>\s*\w*\s*)?<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>", re.IGNORECASE
)
_LONGEST_CHANNEL = 200
_CHANNEL_ENDS = ("<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>")
_BARE = "analysis"
_BARE_ENDS = ("assistantfinal", "assistant final", "<|end|>")

_BOXES = ("<|begin_of_box|>", "<|end_of_box|>")  # GLM-V
_FIRST = (
    *("<s> ", "<s>\n", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<｜begin▁of▁sentence｜>", "<|assistant|>"),
    *("[/inst]", "<|im_start|>assistant", "<start_of_turn>model", "<|start_header_id|>assistant<|end_header_id|>"),
    *("<|start_response|>", "<|begin_of_solution|>", "<｜assistant｜>", "<|turn>model", *_BOXES),
)
"""May stand before the answer."""
_LAST = (
    *("</s>", "<eos>", "<pad>", "<end_of_turn>", "<end_of_utterance>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>"),
    *("<|eom_id|>", "<|end_of_text|>", "<|end|>", "<|return|>", "<|endofturn|>", "<|end_of_turn|>", "<|eos|>"),
    *("<|end_response|>", "<|end_of_turn_token|>", "<|end_of_solution|>", "<｜end▁of▁sentence｜>", "<|user|>"),
    *("<|observation|>", "<|im_start|>", "<|im_sep|>", "<turn|>", "<|role_end|>", "<|message_end|>", "[eos]"),
    *("[/inst]", "[end]", "</answer>"),
)
"""May stand behind the answer."""
_ANSWER, _ANSWER_END = "<answer>", "</answer>"
"""Around the answer, where a thought came before it."""
_STRUCK, _STRUCK_END = "<s>", "</s>"
"""In HTML they strike text out; a lone closing one is a mark."""

_ALL = frozenset({*_PAIRS, *_CLOSING, *_BOXES, *_LAST, _STRUCK})
_MARKS = re.compile("|".join(map(re.escape, sorted(_ALL, key=len, reverse=True))), re.IGNORECASE)
_BEGINNINGS = frozenset(mark[:n] for mark in _ALL for n in range(1, len(mark)))
_LONGEST = max(map(len, _ALL))
_SUSPECT = re.compile(r"[<\[◁]")
_BLANKS = re.compile(r"\s*")
_MOST = 200
"""Letters that are held back before the answer, or behind it; more of them are the answer."""
_MOST_MARKS = 50
"""Before the answer: each is a step deeper into the stack."""


class Split(NamedTuple):
    """Of one piece. ``taken_back``: all text so far was thinking; its ``reasoning`` holds that text."""

    reasoning: str = ""
    text: str = ""
    taken_back: bool = False


_NOTHING = Split()


class AnswerText:
    """Splits one text, piece by piece. Marks may be cut anywhere; ``rest`` has to be called when the text is over.

    What an answer says of marks stays: in code, in the middle of a sentence, or after an opening one of its own.
    """

    def __init__(self) -> None:
        self._step: Callable[[str], Split] = self._before
        self._held = ""
        self._ends: tuple[str, ...] = ()
        self._bare: list[str] = []
        """A thought that only its words tell, until its end has come: it may be an answer after all."""
        self._begun = False
        """True once something was cut off the beginning: then the blanks behind it are no part of the answer."""
        self._thought = False
        self._cut = 0
        self._opened: set[str] = set()
        """The opening marks that the answer itself speaks of."""
        self._answer_marked = False
        self._ticks = 0
        """Backticks up to ``_counted``; an odd number of them is within code."""
        self._counted = 0
        self.given: list[str] = []
        """The answer so far, in pieces."""
        self.is_plain = False
        """True while a piece without any of ``<``, ``[`` and ``◁`` is a part of the answer as it is: then whoever is in
        a hurry may add it to ``given`` by itself."""

    def split(self, piece: str) -> Split:
        """What of the next piece is reasoning and what is the answer; a part may be held back."""
        if self.is_plain and _SUSPECT.search(piece) is None:
            self.given.append(piece)
            return Split("", piece)
        self.is_plain = False
        return self._step(piece)

    def rest(self) -> Split:
        """What is still held back when the text is over."""
        held, self._held = self._held, ""
        if self._step == self._thinking:
            return self._give("".join((*self._bare, held))) if self._bare else Split(held)
        if self._step == self._before:
            return self._give(held.lstrip() if self._begun else held)
        return self._inside(held, is_end=True)

    def _before(self, piece: str) -> Split:
        """Nothing of the answer has come yet."""
        text = self._held + piece
        start = text.lstrip()
        low = start[:_LONGEST_CHANNEL].lower()
        if self._cut > _MOST_MARKS:
            return self._answer(text)
        for mark, ends in _PAIRS.items():
            if low.startswith(mark):
                return self._think(start[len(mark) :], ends)
        if low.startswith(_CHANNEL_STARTS):
            if (header := _CHANNEL.match(start)) is not None:
                behind = start[header.end() :]
                return self._answer(behind) if header[1].lower() == "final" else self._think(behind, _CHANNEL_ENDS)
            if len(start) < _LONGEST_CHANNEL:
                return self._hold(text)
        if low.startswith(_BARE) and start[len(_BARE) : len(_BARE) + 1].isupper() and not self._begun:
            self._bare = [text[: len(text) - len(start) + len(_BARE)]]
            return self._think(start[len(_BARE) :], _BARE_ENDS)
        for mark in (*_FIRST, *_CLOSING, *((_ANSWER,) if self._thought else ())):
            if low.startswith(mark):
                self._thought = self._thought or mark in _CLOSING
                self._answer_marked = mark == _ANSWER
                self._held, self._begun = "", True
                self._cut += 1
                return self._before(start[len(mark) :])
        if len(text) < _MOST and (not start or any(mark.startswith(low) for mark in _STARTS)):
            return self._hold(text)
        return self._answer(text)

    def _thinking(self, piece: str) -> Split:
        text = self._held + piece
        low = text.lower()
        found = min(((at, mark) for mark in self._ends if (at := low.find(mark)) >= 0), default=None)
        if found is None:
            kept = max((n for mark in self._ends for n in range(1, len(mark)) if low.endswith(mark[:n])), default=0)
            text, self._held = text[: len(text) - kept], text[len(text) - kept :]
            if self._bare:
                self._bare.append(text)
            return Split(text)
        at, mark = found
        thought, self._held, self._thought, self._begun = text[:at], "", True, True
        self._bare.clear()
        if mark in _BARE_ENDS[:2]:
            more = self._answer(text[at + len(mark) :])
        else:
            self._step = self._before
            more = self._before(text[at if mark in _CHANNEL_STARTS else at + len(mark) :])
        return Split(thought + more.reasoning, more.text)

    def _inside(self, piece: str, is_end: bool = False) -> Split:
        """Within the answer: boxes go, marks behind it are held back, and a closing mark alone ends a thought."""
        text, self._held = self._held + piece, ""
        ticks, counted = self._ticks_so_far(), 0
        given: list[str] = []
        at = more_from = 0
        end = len(text)
        for found in _MARKS.finditer(text):
            mark, begin = found[0].lower(), found.start()
            ticks += text.count("`", counted, begin)
            counted = begin
            if mark in _PAIRS or mark == _STRUCK:
                self._opened.add(mark)
            elif ticks % 2 or begin < more_from:
                pass
            elif mark in _BOXES:
                given.append(text[at:begin])
                at = found.end()
            elif mark not in _CLOSING:
                more_from = _behind_marks(text, begin) if self._may_be_last(mark) else 0
                if more_from == len(text):
                    end = begin
                    break
            elif found.end() == len(text) and not is_end:
                end = begin  # what follows tells what it is
            elif self._closes(text, begin, found.end(), "".join(given[-1:])):
                return self._take_back("".join(given) + text[at:begin], text[found.end() :], is_end)
        if not is_end:
            end = end if end < len(text) else end - _half_a_mark(text)
            end = end if len(text) - end <= _MOST else len(text)
            self._held = text[end:]
        self.is_plain = self._step == self._inside and not self._held
        return self._give("".join(given) + text[at:end])

    def _hold(self, text: str) -> Split:
        self._held = text
        return Split()

    def _think(self, text: str, ends: tuple[str, ...]) -> Split:
        self._held, self._ends, self._step = "", ends, self._thinking
        self._cut += 1
        return self._thinking(text)

    def _answer(self, text: str) -> Split:
        text = text.lstrip() if self._begun else text
        self._held, self._step = "", self._inside if text else self._answer
        return self._inside(text)

    def _give(self, text: str) -> Split:
        if text:
            self.given.append(text)
        return Split("", text)

    def _closes(self, text: str, begin: int, end: int, before: str) -> bool:
        """False for a closing mark that the answer speaks of."""
        if self._thought or self._opened:
            return False
        last = text[begin - 1 : begin] or (before or "".join(self.given[-1:]))[-1:]
        in_a_sentence = last in (*" \t\"'“‘(«",) and text[end : end + 1] in ("", *" \t,.;:!?\"'”’)»")
        return not in_a_sentence

    def _may_be_last(self, mark: str) -> bool:
        if mark == _STRUCK_END:
            return _STRUCK not in self._opened
        return mark != _ANSWER_END or self._answer_marked

    def _take_back(self, thought: str, behind: str, is_end: bool) -> Split:
        given = "".join(self.given)
        self.given.clear()
        self._ticks = self._counted = 0
        self._thought = self._begun = True
        self._step = self._before
        more = self._before(behind)
        if is_end:
            last = self.rest()
            more = Split(more.reasoning + last.reasoning, more.text + last.text)
        return Split(given + thought + more.reasoning, more.text, bool(given))

    def _ticks_so_far(self) -> int:
        for piece in self.given[self._counted :]:
            self._ticks += piece.count("`")
        self._counted = len(self.given)
        return self._ticks


_STARTS = (*_PAIRS, *_CHANNEL_STARTS, *_FIRST, *_CLOSING, _ANSWER, f"{_BARE}x")


def _behind_marks(text: str, at: int) -> int:
    """Where a row of marks that begins here ends; the end of the text where half a mark is all that follows."""
    while True:
        at = _end_of(_BLANKS, text, at)
        found = _MARKS.match(text, at)
        if found is None:
            return len(text) if len(text) - at < _LONGEST and text[at:].lower() in _BEGINNINGS else at
        at = found.end()


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _half_a_mark(text: str) -> int:
    """How many letters at the end may be the beginning of a mark."""
    for found in _SUSPECT.finditer(text, max(0, len(text) - _LONGEST)):
        if text[found.start() :].lower() in _BEGINNINGS:
            return len(text) - found.start()
    return 0
