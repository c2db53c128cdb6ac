"""An answer while it comes in: what every dialect does with the parts it finds."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

from grokdesk.errors import ContentRefused, EmptyAnswer, GrokDeskError, Interrupted
from grokdesk.model import (
    FAILED,
    FILTERED,
    FINISHED,
    GAPS,
    LENGTH,
    TOOL_CALLS,
    AnswerEvent,
    Finished,
    ModelNamed,
    ReasoningDelta,
    TextDelta,
    TextReplaced,
    Usage,
    UsageReported,
)
from grokdesk.providers.formats.finish_reasons import reason_of
from grokdesk.providers.formats.protocol import THE_SERVER, ServerEvent
from grokdesk.providers.formats.server_errors import reported_error
from grokdesk.providers.formats.thinking import AnswerText, Split
from grokdesk.providers.formats.usage import usage_from
from grokdesk.translation import _

log = logging.getLogger(__name__)

_DONE = "[DONE]"
_decode = json.JSONDecoder(strict=False).raw_decode  # some servers leave line ends within strings as they are

LONGEST_ANSWER = 16_000_000
"""Characters, the reasoning included."""

_REPEATED, _REPEATED_AT_END = 8, 4
"""Letters: a shorter piece that says again all there was may well be a part of the answer."""
_BLANKS = 4
"""Letters by which a repetition may be shorter than what it repeats."""
_LONGEST_REASON = 80


def no_clock(_is_near: bool) -> None:
    """For an answer that is all there."""


class Answering:
    """Lives as long as one answer. Its methods give the events that a part of the answer causes.

    ``nearly_over`` is called with True when only numbers may follow, and with False when there was text after all.
    """

    def __init__(self, nearly_over: Callable[[bool], None] = no_clock) -> None:
        self._nearly_over = nearly_over
        self.finish = ""
        """Why it ended, in our words or the server's; "" until it says so."""
        self.closed = False
        """True once the server has said that nothing follows."""
        self.reasoned = False
        self.wants_tool = False
        """True once the model has called a tool."""
        self.model = ""
        """The one that answers, as the server last named it."""
        self.has_gap = False
        """True while a piece that could not be read may have held text."""
        self._answered = False
        self._pieces: list[str] = []
        self._repeat = ""
        """A piece that says again all there was: the end of some streams, unless more follows."""
        self._text = AnswerText()
        self._length = self._size = 0
        self._doubtful = False
        self._half, self._half_reason = "", ""

    @property
    def heard(self) -> bool:
        """True once the server has sent text, be it part of the answer or not."""
        return bool(self._pieces)

    def has_said(self, text: str) -> bool:
        """True when this, apart from blanks around it, is all the text there was."""
        return abs(len(text) - self._length) <= _BLANKS and text.strip() == "".join(self._pieces).strip()

    @property
    def length(self) -> int:
        """Letters of that text."""
        return self._length

    @property
    def is_ending(self) -> bool:
        """True once the server has said why it ended, in a way that can be relied upon."""
        return bool(self.finish) and not self._doubtful

    def read(self, event: ServerEvent) -> dict[str, object]:
        """The JSON object of an event; empty for anything else, so that one broken event does not end an answer."""
        text = event.data.strip()
        try:
            told, end = _decode(text)  # json.loads comes to the same, and looks for blanks twice more
        except (ValueError, RecursionError):
            end = -1
        if end != len(text):
            log.info("an event of %d characters is not JSON", len(event.data))
            self.has_gap = self.has_gap or (text.startswith("{") and not self.is_ending)
            return {}
        return told if isinstance(told, dict) else {}

    def name(self, model: object) -> list[AnswerEvent]:
        """The model that answers: told once, and again when it changes."""
        if not isinstance(model, str) or not model or model == self.model:
            return []
        self.model = model
        return [ModelNamed(mended(model))]

    def say(self, text: object, *, is_last: bool = False) -> list[AnswerEvent]:
        """The next piece of the text. ``is_last``: the server says that it ends the answer."""
        if not isinstance(text, str) or not text:
            return []
        if self.finish or self._repeat or len(text) + _BLANKS >= self._length:  # hardly ever after the first words
            if self._repeat:
                return [*self._released(), *self.say(text, is_last=is_last)]
            if self._repeats(text, _REPEATED_AT_END if is_last or self.finish else _REPEATED):
                self._repeat = text
                return []
            if self.finish:
                self._go_on(text)
        self._pieces.append(text)
        self._length += len(text)
        if text.isascii() and not self._half and self._text.is_plain and "<" not in text and "[" not in text:
            self._count(text)  # nearly always, and once a token
            self._text.given.append(text)
            self._answered = self._answered or not text.isspace()
            return [TextDelta(text)]
        return self._split(text)

    def say_whole(self, text: object, *, is_last: bool = True) -> list[AnswerEvent]:
        """A text that is meant to be the whole answer so far: what is new in it. ``is_last`` False: perhaps only the
        next piece, as servers differ in what they mean by it."""
        if not isinstance(text, str) or not text.strip():
            return self.say(text) if not is_last else []
        said = "".join(self._pieces)
        if not is_last and (text == said or not text.startswith(said)):
            return self.say(text)
        self.has_gap = self.has_gap and not is_last
        finish, self.finish = self.finish, ""  # it is no piece that follows the end
        if text.startswith(said):
            events = self.say(text[len(said) :])
        else:
            events = [] if text.strip() in said else self._replaced(text)
        self.finish = finish
        return events

    def reason(self, text: object) -> list[AnswerEvent]:
        if not isinstance(text, str) or not text:
            return []
        if self.finish:
            self._go_on(text)
        self.reasoned = True
        if self._half_reason or not text.isascii():
            text, self._half_reason = _without_half(self._half_reason + text)
        self._count(text)
        return [ReasoningDelta(text)] if text else []

    def use(self, told: object) -> list[AnswerEvent]:
        """No tokens at all are those of a server that does not count."""
        usage = usage_from(told) if isinstance(told, dict) else Usage()
        return [UsageReported(usage)] if usage.total_tokens != 0 and usage != Usage() else []

    def stop(self, told: object, *, with_text: bool = False) -> None:
        """Why the server ended. Of several reasons the one that says more than "finished" stays.

        Some servers say "stop" with every piece, or with the first: text that follows takes it back, and a reason that
        came before any text, or that was taken back once, starts no clock. ``with_text``: it came with a piece of text.
        """
        reason = reason_of(told)
        if not reason:
            return
        self._repeat = ""
        if self.finish in ("", FINISHED):
            self.finish = mended(reason)[:_LONGEST_REASON]
        first = not self._pieces or (with_text and len(self._pieces) == 1)
        self._doubtful = self._doubtful or (self.finish == FINISHED and first)
        if not self._doubtful:
            self._nearly_over(True)

    def rest(self) -> list[AnswerEvent]:
        """What was held back. To be called before the end, or an error, is told."""
        self._repeat = ""
        half, self._half = self._half, ""
        split = self._split(mended(half)) if half else []
        return [*split, *self._events(self._text.rest())]

    def end(self) -> Iterator[AnswerEvent]:
        """The end of the reply: Finished, or Interrupted when the answer was not over, or what explains that there was
        none."""
        yield from self.rest()
        if self.finish == FAILED:
            raise reported_error({})
        if not self._answered and (self.finish or self.closed):
            raise self._empty()
        if not self.closed and not self.finish:
            if self._answered or self.reasoned:
                raise Interrupted(_("The answer was cut off."), _("Try again."))
            raise Interrupted(_("The connection ended before the answer began."), _("Try again."))
        finish = self.finish or FINISHED
        yield Finished(GAPS if self.has_gap and finish == FINISHED else finish)

    def _empty(self) -> GrokDeskError:
        another = _("Try again, or choose another model.")
        if self.finish == TOOL_CALLS or self.wants_tool:
            return EmptyAnswer(_("The model tried to call a tool, which GrokDesk does not support."), another)
        if self.finish == LENGTH:
            return EmptyAnswer(
                _("The length limit was reached before the answer began."),
                _("Lower the reasoning effort, or choose another model."),
            )
        if self.finish == FILTERED:
            return ContentRefused(
                _("{server} declined to answer because of the content.").format(server=_(THE_SERVER)),
                _("Change the question or the picture."),
            )
        if self.finish in ("", FINISHED):
            return EmptyAnswer(_("{server} sent an empty answer.").format(server=_(THE_SERVER)), another)
        return EmptyAnswer(
            _("{server} sent an empty answer (finish reason: {reason}).").format(
                server=_(THE_SERVER), reason=self.finish
            ),
            another,
        )

    def _go_on(self, text: str) -> None:
        """Text after the end: it was none."""
        if not text.strip():
            return
        self.finish, self._doubtful = "", True
        self._nearly_over(False)

    def _repeats(self, text: str, least: int) -> bool:
        """True for a piece that says again all there was, in several pieces: a summary at the end of the stream."""
        return len(self._pieces) > 1 and len(text) >= least and self.has_said(text)

    def _released(self) -> list[AnswerEvent]:
        text, self._repeat = self._repeat, ""
        self._pieces.append(text)
        self._length += len(text)
        return self._split(text)

    def _replaced(self, text: str) -> list[AnswerEvent]:
        """The whole text in the place of what came: a piece of it was lost on the way."""
        whole = AnswerText()
        answer = "".join(part.text for part in (whole.split(mended(text)), whole.rest()))
        if not answer.strip() or answer == "".join(self._text.given):
            return []
        self._pieces, self._length, self._half, self._text = [text], len(text), "", whole
        self._answered = True
        return [TextReplaced(answer)]

    def _split(self, text: str) -> list[AnswerEvent]:
        if self._half or not text.isascii():
            text, self._half = _without_half(self._half + text)
        self._count(text)
        return self._events(self._text.split(text)) if text else []

    def _events(self, split: Split) -> list[AnswerEvent]:
        reasoning, text, taken_back = split
        if not reasoning and not taken_back:  # nearly always
            if not text:
                return []
            self._answered = self._answered or not text.isspace()
            return [TextDelta(text)]
        events: list[AnswerEvent] = []
        if taken_back:
            events.append(TextReplaced(""))
        if reasoning:
            self.reasoned = True
            events.append(ReasoningDelta(reasoning))
        if text:
            events.append(TextDelta(text))
        self._answered = (self._answered and not taken_back) or bool(text.strip())
        return events

    def _count(self, text: str) -> None:
        self._size += len(text)
        if self._size > LONGEST_ANSWER:
            raise Interrupted(
                _("The answer is too long."),
                _("It was stopped after {millions} million characters.").format(millions=LONGEST_ANSWER // 1_000_000),
            )


def mended(text: str) -> str:
    """The text without halves of characters, which JSON can spell but no file and no window can take.

    Two halves that belong together become the character they mean.
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_half(text: str) -> tuple[str, str]:
    """The text as far as it is whole, and the half of a character that ends it: the next piece may have the rest."""
    if "\ud800" <= text[-1] <= "\udbff":
        return mended(text[:-1]), text[-1]
    return mended(text), ""


def is_done(event: ServerEvent) -> bool:
    """The last event of many servers, which is no JSON."""
    return event.data.startswith(_DONE) or (event.data[:1] == " " and event.data.strip() == _DONE)
