"""What a provider and a dialect are. A new dialect is one file that satisfies ``Dialect``, and its test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.model import AnswerEvent, Message, PreparedImage, Profile, Turn
from grokdesk.model.requests import Kind, Purpose
from grokdesk.translation import N_

STREAM_OR_JSON = "text/event-stream, application/json"
"""What a question asks for. A server that cannot stream answers 406 where it is asked for a stream alone."""

THE_SERVER = N_("The server")
"""Its name where nobody knows it: within a stream. ``redacted_errors`` puts the real one in its place."""


class Provider(Protocol):
    """Answers one message. Raises a Known error, before or after some events; Cancelled when the switch is thrown."""

    def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]: ...


@dataclass(frozen=True, slots=True)
class About:
    """What a request is for; nothing of it is sent."""

    kind: Kind = "other"
    profile: str = ""
    model: str = ""
    images: tuple[PreparedImage, ...] = ()
    """Those that may be in the body."""
    purpose: Purpose = field(default=Purpose())
    is_charged: bool = False


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request without its credentials, so that it may be logged, shown, and compared in a test."""

    method: str
    url: str
    body: Mapping[str, object] | None = field(default=None, repr=False)
    """Sent as JSON; a value may be ``json_pieces.Inline``."""
    accept: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    """What a dialect adds; never a secret."""
    about: About = field(default=About(), compare=False, repr=False)


class ServerEvent(NamedTuple):
    """One event of a ``text/event-stream``. ``event`` is "" when the server gave none.

    A tuple, because one is made for every token: a frozen dataclass takes three times as long.
    """

    data: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one request asks. ``label`` stands above its part of the answer when there are several."""

    message: Message
    past: Sequence[Turn]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a question goes out: one request a part, and what the person has to know about it."""

    parts: tuple[Part, ...]
    notices: tuple[str, ...] = ()


class Dialect(Protocol):
    """How one family of servers is spoken to: a module of pure functions with these names; the network is elsewhere."""

    KNOWN_MODELS: tuple[str, ...]
    """The models that the API documents, all of which see; empty where the server's list is the only truth."""

    def plan(self, message: Message, past: Sequence[Turn]) -> Plan:
        """What the API can take at once. Raises UsageError for what it cannot take at all."""
        ...

    def build(self, profile: Profile, message: Message, past: Sequence[Turn]) -> HttpRequest:
        """The streaming request for a part of the plan, with the past turns as its context."""
        ...

    def parse(self, events: Iterable[ServerEvent], nearly_over: Callable[[bool], None] = ...) -> Iterator[AnswerEvent]:
        """Answer events as they come; ``nearly_over`` is called with True when the server has said why it ended, and
        only numbers may follow, and with False when more text came after all. Raises Interrupted when the stream ends
        before the answer did, and the translated error when the server reports one inside the stream, after everything
        before it was yielded."""
        ...

    def parse_whole(self, body: Mapping[str, object]) -> Iterator[AnswerEvent]:
        """The same for a server that answers with one JSON body."""
        ...

    def auth(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""
        ...

    def models(self, profile: Profile) -> tuple[HttpRequest, ...]:
        """What asks for the list of models: the best first, the next for servers that do not know it.

        It spends nothing, so it also serves to test the key."""
        ...
