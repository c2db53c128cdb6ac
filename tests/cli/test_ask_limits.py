"""``grokdesk ask`` with a question that is larger than its profile allows."""

from __future__ import annotations

from collections.abc import Callable

from grokdesk.errors import EXIT_OK, EXIT_USAGE
from tests.cli.conftest import CommandLine, Done
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream


def test_a_question_that_alone_is_too_large_is_not_sent(
    grokdesk: CommandLine, at_server: Callable[..., Done], server: ScriptedServer, shot: str
) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.")))
    assert grokdesk("profiles", "change", "xai", "--request-bytes", "20000").code == EXIT_OK
    done = at_server(shot, "-p", "word " * 5_000)
    assert done.code == EXIT_USAGE
    assert "The question alone is 26.8 kB, and xAI accepts at most 20.0 kB in one request." in done.err
    assert "grokdesk profiles change xai --request-bytes NUMBER" in done.err
    assert server.requests == []
    assert at_server(shot, "-p", "Shorter").code == EXIT_OK
