"""The provider without key and network: reads the text and the codes in pictures, and says that this is all it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import PictureMissing
from grokdesk.model import (
    FINISHED,
    AnswerEvent,
    Finished,
    Message,
    ModelNamed,
    PreparedImage,
    TextDelta,
    Turn,
)
from grokdesk.pictures.read.page import markdown_of, tables_on
from grokdesk.pictures.read.reader import Code, open_reader
from grokdesk.translation import N_, _

WHAT_IT_DOES = N_(
    "This computer reads the text and the codes in pictures. It does not understand pictures and cannot answer "
    "questions about them. What it read follows."
)


class OnThisComputer:
    """Answers with what ``pictures.reader`` finds. ``reader_command`` starts its child process in a frozen program."""

    def __init__(self, reader_command: Sequence[str] | None = None, languages: str = "") -> None:
        self._reader_command = reader_command
        self._languages = languages

    def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        """The text of each picture as soon as it is read, then the codes of all.

        Without pictures it reads the newest ones of ``past``. Where an answer in Markdown is expected, what was read
        stands in code blocks, so that it keeps its lines and never becomes markup. Raises PictureMissing when there is
        no picture at all, Cancelled, NotPossibleHere, PictureError.
        """
        images = message.images or _newest_images(past)
        if not images:
            raise PictureMissing(
                _("Reading on this computer needs a picture."),
                _("Add a picture, or choose another profile to ask without one."),
            )
        as_markdown = message.needs_understanding
        with open_reader(cancel, self._reader_command) as reader:
            yield ModelNamed(_("{engine} on this computer").format(engine=reader.engine))
            parts = _Parts()
            if as_markdown:
                yield parts.next(_(WHAT_IT_DOES))
            codes: list[tuple[PreparedImage, Code]] = []
            missing: tuple[str, ...] = ()
            for image in images:
                reading = reader.read(image, self._languages)
                missing = reading.missing_languages
                codes += [(image, code) for code in reading.codes]
                yield parts.next(_labelled(image, reading.text, several=len(images) > 1, as_markdown=as_markdown))
                for table in tables_on(reading.lines) if as_markdown else ():
                    yield parts.next(f"{_('As a table:')}\n\n{markdown_of(table)}")
        if codes:
            yield parts.next(_listed(codes, several=len(images) > 1, as_markdown=as_markdown))
        if missing:
            yield parts.next(_not_installed(missing))
        yield Finished(FINISHED)


def _not_installed(languages: Sequence[str]) -> str:
    # Without this, "No text was found" would be said of a page that is full of it.
    return _(
        "Not installed: {languages}. Text in these languages may be missing or wrong. Install "
        "the Tesseract data for them, or change “Text recognition languages” in the settings."
    ).format(languages=", ".join(languages))


class _Parts:
    """Paragraphs of one answer: an empty line before each but the first."""

    def __init__(self) -> None:
        self._begun = False

    def next(self, text: str) -> TextDelta:
        before, self._begun = "\n\n" if self._begun else "", True
        return TextDelta(before + text)


def _newest_images(past: Sequence[Turn]) -> tuple[PreparedImage, ...]:
    usable = (tuple(image for image in turn.message.images if not image.stand_in) for turn in reversed(past))
    return next(filter(None, usable), ())


def _labelled(image: PreparedImage, text: str, *, several: bool, as_markdown: bool) -> str:
    if not text:
        return _("No text was found in {name}.").format(name=_name(image.name, as_markdown=as_markdown))
    block = _verbatim(text) if as_markdown else text
    return f"{_name(image.name, as_markdown=as_markdown)}:\n\n{block}" if several else block


def _listed(codes: Sequence[tuple[PreparedImage, Code]], *, several: bool, as_markdown: bool) -> str:
    lines = []
    for image, code in codes:
        kind = _("{code} in {name}").format(code=code.format, name=image.name) if several else code.format
        lines.append(f"{kind}: {code.text}")
    text = "\n".join(lines)
    return _verbatim(text) if as_markdown else text


def _name(name: str, *, as_markdown: bool) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~!&$])", r"\\\1", name) if as_markdown else name


def _verbatim(text: str) -> str:
    """A fenced code block (https://spec.commonmark.org/0.31.2/#fenced-code-blocks) that the text cannot close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
