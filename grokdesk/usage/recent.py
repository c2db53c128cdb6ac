"""Requests as they left, for as long as the program runs and has room for them; never on disk.

Those of a temporary conversation go with it, and those that the ledger does not have any more with their entries.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from grokdesk.model.requests import RequestRecord
from grokdesk.providers.formats.json_pieces import Inline
from grokdesk.providers.http.audit import AsSent

MOST_REQUESTS = 200
MOST_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SentRequest:
    """``sent`` is None once there was no room for it any more. ``number`` counts within this run."""

    number: int
    entry: RequestRecord
    ticket: str
    sent: AsSent | None
    conversation: str = ""

    @property
    def weight(self) -> int:
        """The bytes that it keeps in memory."""
        pieces = self.sent.pieces if self.sent else None
        parts = pieces.parts if pieces else ()
        return sum(len(part) if isinstance(part, bytes) else len(part.data) for part in parts)


class RecentRequests:
    """Any thread may use it. The oldest requests are forgotten first."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_requests: int = MOST_REQUESTS) -> None:
        self._most_bytes, self._most_requests = most_bytes, most_requests
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, SentRequest] = OrderedDict()
        self._ended: set[str] = set()
        self._count = 0

    def add(self, entry: RequestRecord, sent: AsSent) -> int:
        """Returns its number. ``entry.id`` is 0 when the ledger does not have it."""
        with self._lock:
            self._count += 1
            if not (entry.outgoing.is_temporary and sent.conversation in self._ended):
                self._kept[self._count] = SentRequest(self._count, entry, sent.ticket, sent, sent.conversation)
                self._make_room()
            return self._count

    def settle(self, number: int, entry: RequestRecord) -> None:
        """It is known how the request ended."""
        with self._lock:
            if number in self._kept:
                self._kept[number] = replace(self._kept[number], entry=entry)

    def of(self, ticket: str) -> tuple[SentRequest, ...]:
        """The requests of one question in their order."""
        with self._lock:
            return tuple(each for each in self._kept.values() if ticket and each.ticket == ticket)

    def at(self, entry_id: int) -> SentRequest | None:
        """The request that the ledger has under this id."""
        with self._lock:
            return next((each for each in self._kept.values() if each.entry.id == entry_id), None)

    def has(self, number: int) -> bool:
        with self._lock:
            return number in self._kept

    @property
    def ids(self) -> set[int]:
        """Those in the ledger."""
        with self._lock:
            return {each.entry.id for each in self._kept.values() if each.entry.id}

    def end(self, conversation: str) -> None:
        """Forget what left for it while it was temporary, also what still leaves: an answer may go on unseen."""
        with self._lock:
            self._ended.add(conversation)
            self._drop(lambda each: each.conversation == conversation and each.entry.outgoing.is_temporary)

    def forget(self, entry_ids: Collection[int]) -> None:
        """The ledger does not have these any more."""
        with self._lock:
            self._drop(lambda each: each.entry.id in entry_ids)

    def forget_all(self) -> None:
        with self._lock:
            self._kept.clear()

    def _drop(self, is_gone: Callable[[SentRequest], bool]) -> None:
        for number in [number for number, each in self._kept.items() if is_gone(each)]:
            del self._kept[number]

    def _make_room(self) -> None:
        weight = sum(each.weight for each in self._kept.values())
        for number, each in list(self._kept.items()):
            if weight > self._most_bytes and number != self._count:
                weight -= each.weight
                self._kept[number] = replace(each, sent=None)
            if len(self._kept) > self._most_requests:
                del self._kept[number]


def shown_body(sent: AsSent) -> Iterator[str | Inline]:
    """The body that was sent, indented to be read; each picture stands where its base64 stood."""
    if sent.pieces is None:
        return
    mark = secrets.token_hex(16)
    pictures = [part for part in sent.pieces.parts if not isinstance(part, bytes)]
    text = "".join(mark if isinstance(part, Inline) else part.decode("utf-8") for part in sent.pieces.parts)
    first, *others = json.dumps(json.loads(text), ensure_ascii=False, indent=2).split(mark)
    yield first
    for picture, segment in zip(pictures, others, strict=True):
        yield picture
        yield segment


def exact_body(sent: AsSent) -> Iterator[bytes]:
    """Byte for byte what was sent."""
    return iter(sent.pieces or ())
