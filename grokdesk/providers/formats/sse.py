"""``text/event-stream``: bytes in, events out, as the standard interprets them.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
``id`` and ``retry`` are read over: an answer is never resumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grokdesk.errors import ServerTrouble
from grokdesk.providers.formats.protocol import THE_SERVER, ServerEvent
from grokdesk.translation import _

LONGEST_EVENT = 64 * 1024 * 1024
"""Bytes, of one line and of all lines of an event. A server that draws sends whole pictures in one line."""

_BOM = b"\xef\xbb\xbf"


def events(chunks: Iterable[bytes], *, flush_at_end: bool = False) -> Iterator[ServerEvent]:
    """The events of a body that arrives in pieces of any size, each as soon as its empty line is there.

    ``flush_at_end``: the standard throws away an event that the end of the body cuts off; some servers leave the
    last empty line out, and this keeps their last event. Raises ServerTrouble when an event does not end.
    """
    parser = EventParser()
    for chunk in chunks:
        yield from parser.feed(chunk)
    if flush_at_end:
        yield from parser.flush()


class EventParser:
    """Holds what is unfinished between two chunks.

    Lines are split as bytes and decoded when their event is complete: no byte of a UTF-8 sequence looks like an end of
    line, so this decodes to the same text as the whole stream would.
    """

    __slots__ = ("_after_cr", "_at_start", "_data", "_data_size", "_event", "_line")

    def __init__(self) -> None:
        self._line = bytearray()
        self._data_size = 0
        self._data: list[bytes] = []
        self._event = ""
        self._at_start = True
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that this chunk completes. Raises ServerTrouble when it outgrows ``LONGEST_EVENT``."""
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if not chunk:
            return []
        lines = chunk.splitlines()  # of bytes: LF, CR and CRLF only
        ends_line = chunk[-1] in b"\r\n"
        self._after_cr = chunk.endswith(b"\r")
        rest = b"" if ends_line else lines.pop()
        if lines and self._line:
            lines[0] = bytes(self._line + lines[0])
            self._line.clear()
        if rest:
            self._line += rest
            _check_size(len(self._line))
        if lines and self._at_start:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BOM)
        return self._interpret(lines)

    def flush(self) -> list[ServerEvent]:
        """The event that the end of the body cut off, if there was one."""
        last = bytes(self._line)
        self._line.clear()
        return self._interpret([last.removeprefix(_BOM) if self._at_start else last, b""])

    def _interpret(self, lines: list[bytes]) -> list[ServerEvent]:
        complete: list[ServerEvent] = []
        data, known = self._data, len(self._data)
        for line in lines:
            if line.startswith(b"data: "):
                data.append(line[6:])
            elif not line:
                if data:
                    known = self._data_size = 0
                    text = (data[0] if len(data) == 1 else b"\n".join(data)).decode("utf-8", "replace")
                    complete.append(ServerEvent(text, self._event))
                    data.clear()
                self._event = ""
            else:
                name, _, value = line.partition(b":")
                if name == b"data":
                    data.append(value.removeprefix(b" "))
                elif name == b"event":
                    self._event = value.removeprefix(b" ").decode("utf-8", "replace")
        if data:  # of an event that is not over yet
            self._data_size += sum(len(line) + 1 for line in data[known:])
            _check_size(self._data_size)
        return complete


def _check_size(size: int) -> None:
    if size > LONGEST_EVENT:
        raise ServerTrouble(
            _("{server} sent an oversized event.").format(server=_(THE_SERVER)),
            _("Try again, or choose another model."),
        )
