from __future__ import annotations

import errno
import ssl

import pytest

from grokdesk.errors import NetworkError, NotReachable
from grokdesk.providers.http.network_errors import Attempt, broken_off, not_connected, proxy_refused, timed_out

STEPS = ("", "connect_tcp", "start_tls", "send_request_headers", "send_request_body", "receive_response_body", "other")
ATTEMPT = Attempt("https://me:hush@example.org:8443/v1/x?key=hush", 50_000, 15, 120, 600)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_sentence_that_names_the_server_and_no_secret(step: str) -> None:
    unreachable = OSError(errno.ENETUNREACH, "Network is unreachable")
    errors: list[NetworkError] = [
        timed_out(ATTEMPT, step),
        broken_off(ATTEMPT, step),
        not_connected(ATTEMPT, step, unreachable),
        proxy_refused(ATTEMPT, unreachable),
    ]
    for error in errors:
        assert "example.org:8443" in error.title
        assert error.title.endswith(".")
        assert error.hint
        assert "hush" not in str(error)


def test_a_network_without_a_way_there() -> None:
    error = not_connected(ATTEMPT, "connect_tcp", OSError(errno.EHOSTUNREACH, "No route to host"))
    assert isinstance(error, NotReachable)
    assert "cannot be reached" in error.title


def test_the_reason_may_be_deep_among_the_causes() -> None:
    outer = OSError("outer")
    outer.__cause__ = middle = OSError("middle")
    middle.__context__ = ConnectionRefusedError()
    assert "refused the connection" in not_connected(ATTEMPT, "connect_tcp", outer).title


def test_a_hang_up_during_the_handshake_is_not_a_matter_of_trust() -> None:
    error = not_connected(ATTEMPT, "start_tls", ssl.SSLEOFError())
    assert isinstance(error, NotReachable)
    assert "TLS handshake" in error.title


@pytest.mark.parametrize(("size", "words"), [(500, "1 kB"), (50_000, "50 kB"), (2_345_000, "2.3 MB")])
def test_the_size_of_a_question_is_named(size: int, words: str) -> None:
    assert words in timed_out(Attempt("http://x", size, 1, 1, 1), "send_request_body").hint
