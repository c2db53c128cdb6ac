"""What a scripted server answers: headers, and steps that send, wait, or break off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Send:
    """Send these bytes: one chunk where the reply is chunked."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds, or until the client leaves or the server closes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Wait until ``server.release()``, or until the client leaves or the server closes."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Break the connection off in the middle: with a reset, or by a mere end."""

    reset: bool = False


Step = Send | Pause | Stall | Cut
Framing = Literal["chunked", "length", "until close"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gets. ``before`` happens ahead of the status line; then the headers, then ``steps``.

    ``length`` overrides the true content length (framing "length" only), for a server that miscounts.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    before: tuple[Step, ...] = ()
    framing: Framing = "length"
    length: int | None = None
    reads_body: bool = True
    """False: the request's body is never read, so that a large upload gets stuck."""

    @classmethod
    def json(cls, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Self:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return cls(status, {"Content-Type": "application/json", **(headers or {})}, (Send(data),))

    @classmethod
    def text(cls, body: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Self:
        return cls(status, {"Content-Type": content_type}, (Send(body.encode()),))

    @classmethod
    def stream(
        cls, events: Iterable[bytes], *, every: float = 0.0, end: tuple[Step, ...] = (), status: int = 200
    ) -> Self:
        """A chunked event stream: one chunk an event, ``every`` seconds apart, then ``end`` (Stall, Cut, ...)."""
        steps: list[Step] = []
        for event in events:
            if every and steps:
                steps.append(Pause(every))
            steps.append(Send(event))
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        return cls(status, headers, (*steps, *end), framing="chunked")


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    method: str
    path: str
    """Without the query. A proxy receives the whole URL here."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, object]:
        """The body, read as a JSON object."""
        body = json.loads(self.body)
        assert isinstance(body, dict)
        return body


Responder = Callable[[ReceivedRequest], Reply]
