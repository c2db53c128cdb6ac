"""The way to a server, its answer to our key, and whether its model sees, against real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.report import is_broken
from grokdesk.doctor.server_checks import VisionCheck, check_network, check_provider, check_vision
from grokdesk.errors import Cancelled, KeyMissing
from grokdesk.logs import Redactor
from grokdesk.model import Connection, ModelNamed, Profile, TextDelta
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.dialects.on_this_computer import OnThisComputer
from grokdesk.providers.formats.protocol import Provider
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.http.trust import SystemTrust
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER
from tests.support.desktops.seeing import seeing
from tests.support.images.images import decoded
from tests.support.servers.providers import Scripted, asker
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import WRONG_KEY, script_xai

KEY = "xai-key-of-these-tests"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        script_xai(server, key=KEY)
        yield server


@pytest.fixture
def profile(server: ScriptedServer) -> Profile:
    return Profile("test", "Test server", "xai-responses", f"{server.url}/v1", "grok-4.5")


# --- network --------------------------------------------------------------------------------------------------


def test_the_certificate_is_named() -> None:
    with ScriptedServer(tls=True) as server:
        profile = Profile("test", "Test server", "xai-responses", f"{server.url}/v1")
        state = check_network(profile, server.client_context, CancelSwitch())
        refused = check_network(profile, SystemTrust().context, CancelSwitch())
    assert state.state == "ok"
    assert state.backend.startswith("TLSv1.")
    assert "trustme" in state.why
    assert (refused.state, is_broken("network", refused)) == ("missing", True)
    assert "is not trusted" in refused.why


def test_plain_http_on_this_computer_is_fine(profile: Profile) -> None:
    state = check_network(profile, SystemTrust().context, CancelSwitch())
    assert (state.state, state.backend, state.what_to_do) == ("ok", "HTTP", "")
    assert "without encryption, on this computer" in state.why


def test_a_server_that_is_not_there(profile: Profile, server: ScriptedServer) -> None:
    gone = replace(profile, base_url="https://grokdesk.invalid/v1")
    state = check_network(gone, SystemTrust().context, CancelSwitch())
    assert state.state == "missing"
    assert server.requests == []


def test_a_proxy_of_another_kind_is_not_looked_through(monkeypatch: pytest.MonkeyPatch, profile: Profile) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    far = replace(profile, base_url="https://grokdesk.invalid/v1")
    assert "can't be checked" in check_network(far, SystemTrust().context, CancelSwitch()).why


def test_this_computer_needs_no_network() -> None:
    assert check_network(ON_THIS_COMPUTER, SystemTrust().context, CancelSwitch()).state == "ok"


# --- provider -------------------------------------------------------------------------------------------------


def test_the_models_are_counted(profile: Profile, server: ScriptedServer) -> None:
    state = check_provider(profile, Transport(), lambda _profile: KEY, CancelSwitch())
    assert (state.state, state.backend) == ("ok", "xai-responses")
    assert state.why == "Test server accepted the key. 1 model, 1 with image support."
    assert {request.method for request in server.requests} == {"GET"}


def test_a_wrong_key(profile: Profile) -> None:
    state = check_provider(profile, Transport(), lambda _profile: "wrong-key-of-these-tests", CancelSwitch())
    assert (state.state, is_broken("provider", state)) == ("missing", True)


def test_no_key(profile: Profile) -> None:
    def no_key(_profile: Profile) -> str:
        raise KeyMissing("There is no key for xAI.", "Add one.")

    state = check_provider(profile, Transport(), no_key, CancelSwitch())
    assert (state.state, state.why, state.what_to_do) == ("missing", "There is no key for xAI.", "Add one.")


def test_a_server_in_trouble(profile: Profile, server: ScriptedServer) -> None:
    server.on("GET", "/v1/api-key", Reply.json({"error": "overloaded"}, 500))
    assert check_provider(profile, Transport(), lambda _profile: KEY, CancelSwitch()).state == "degraded"


def test_stop_is_not_a_state(profile: Profile) -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled):
        check_provider(profile, Transport(), lambda _profile: KEY, cancel)


def test_this_computer_needs_no_server() -> None:
    assert check_provider(ON_THIS_COMPUTER, Transport(), lambda _profile: "", CancelSwitch()).state == "ok"


# --- vision ---------------------------------------------------------------------------------------------------


def vision(profile: Profile, provider: Provider | None = None, *, wanted: bool = True) -> VisionCheck:
    return VisionCheck(profile, asker(provider or remote(profile)), profile.model, wanted)


def remote(profile: Profile) -> Remote:
    memory = ModelMemory(Path("/nonexistent"), lambda: 0.0)
    return Remote(Transport(), profile, dialect_for(profile.dialect), KEY, Redactor(), memory)


@pytest.mark.parametrize("saying", ["{}", "The number is **{}**.", "It shows {}, I am sure."])
def test_a_model_that_sees(profile: Profile, server: ScriptedServer, saying: str) -> None:
    server.on("POST", "/v1/responses", seeing(saying))
    state = check_vision(vision(profile), CancelSwitch())
    assert (state.state, state.backend) == ("ok", "grok-4.5")
    assert "in a test image after" in state.why


@pytest.mark.parametrize("saying", ["I cannot see pictures.", "The number is 12345.", "9{}"])
def test_a_model_that_guesses(profile: Profile, server: ScriptedServer, saying: str) -> None:
    server.on("POST", "/v1/responses", seeing(saying))
    state = check_vision(vision(profile), CancelSwitch())
    assert (state.state, is_broken("vision", state)) == ("degraded", True)
    assert state.what_to_do == "Choose a vision model."


def test_a_question_that_costs_is_asked_only_when_it_is_wanted(profile: Profile, server: ScriptedServer) -> None:
    state = check_vision(vision(profile, wanted=False), CancelSwitch())
    assert (state.state, state.what_to_do) == ("ok", "To try it: grokdesk doctor --vision")
    assert server.requests == []


def test_a_local_model_is_asked_anyway(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", seeing())
    state = check_vision(vision(replace(profile, is_local=True), wanted=False), CancelSwitch())
    assert "read the number" in state.why


def test_this_computer_reads_the_number() -> None:
    state = check_vision(vision(ON_THIS_COMPUTER, OnThisComputer(), wanted=False), CancelSwitch())
    assert state.state == "ok"
    assert state.backend.startswith("Tesseract")


def test_an_error_of_the_server(profile: Profile, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.json(WRONG_KEY, 400))
    assert check_vision(vision(profile), CancelSwitch()).state == "missing"


def test_stop_ends_the_question(profile: Profile) -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled):
        check_vision(vision(profile, Scripted((ModelNamed("m"), TextDelta("1")))), cancel)


def test_each_picture_is_another() -> None:
    provider = Scripted((TextDelta("no"),))
    for _ in range(2):
        check_vision(vision(ON_THIS_COMPUTER, provider), CancelSwitch())
    first, second = (message.images[0].data for message, _ in provider.asked)
    assert decoded(first).tobytes() != decoded(second).tobytes()


def test_the_network_is_looked_at_through_the_profiles_own_proxy(profile: Profile, server: ScriptedServer) -> None:
    asked: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            asked.append(line.recv(4096))
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        through = replace(profile, base_url="http://llm.example.org/v1", connection=Connection(proxy=proxy))
        state = check_network(through, SystemTrust().context, CancelSwitch())
        thread.join()
    assert state.state == "ok", state
    assert "through proxy" in state.why
    assert b"llm.example.org" in asked[0]


def test_a_file_of_certificates_that_cannot_be_read_is_named(profile: Profile) -> None:
    state = check_network(
        replace(profile, connection=Connection(ca_file="/nonexistent/ca.pem")), SystemTrust().context, CancelSwitch()
    )
    assert state.state == "ok"  # http needs none
    own = replace(profile, base_url="https://127.0.0.1:1/v1", connection=Connection(ca_file="/nonexistent/ca.pem"))
    assert check_network(own, SystemTrust().context, CancelSwitch()).state == "missing"
