from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import KeyRefused, ModelNotFound, RequestRefused, ServerTrouble
from grokdesk.logs import MASK, Redactor
from grokdesk.model import Message, Profile
from grokdesk.providers.dialects import chat_completions, xai_responses
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import KEPT_SECONDS, ModelMemory
from grokdesk.providers.models.models import ModelInfo, choose_model, list_models, models_in
from grokdesk.providers.remote import Remote
from tests.support.servers.answers import heard
from tests.support.servers.replies import ReceivedRequest, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import event, keyed, language_models_body, models_body, responses_stream, script_xai

KEY = "xai-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def profile_of(server: ScriptedServer, model: str = "") -> Profile:
    return Profile("p", "Acme", "xai-responses", server.url, model)


# --- reading lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "models"),
    [
        (
            {"models": [{"id": "grok-4.5", "created": 5, "input_modalities": ["text", "image"], "aliases": ["grok"]}]},
            [ModelInfo("grok-4.5", True, 5, ("grok",))],
        ),
        ({"models": [{"id": "a", "input_modalities": ["text"]}]}, [ModelInfo("a", False)]),
        ({"object": "list", "data": [{"id": "b", "created": 7}]}, [ModelInfo("b", None, 7)]),
        ({"data": [{"id": "c", "architecture": {"input_modalities": ["text", "image"]}}]}, [ModelInfo("c", True)]),
        ({"data": [{"id": "d", "architecture": {"input_modalities": ["text"]}}]}, [ModelInfo("d", False)]),
        ({"models": [{"name": "e", "capabilities": ["completion", "multimodal"]}], "data": []}, [ModelInfo("e", True)]),
        ({"data": [{"id": "f", "capabilities": ["completion", "tools"]}]}, [ModelInfo("f", False)]),
        ({"data": [{"id": "g", "type": "vlm"}]}, [ModelInfo("g", True)]),
        ({"data": [{"id": "h", "type": "llm"}]}, [ModelInfo("h", False)]),
        ({"models": [{"key": "i", "type": "llm", "capabilities": {"vision": True}}]}, [ModelInfo("i", True)]),
        (["j", {"id": "k"}], [ModelInfo("j"), ModelInfo("k")]),
        ({"models": {"l": {"created": 3}, "m": None}}, [ModelInfo("l", None, 3), ModelInfo("m")]),
        ({"data": [None, 5, {}, {"id": 7}, {"id": ""}]}, []),
        ({"data": None}, []),
        (None, []),
    ],
)
def test_lists_of_every_shape(told: object, models: list[ModelInfo]) -> None:
    assert list(models_in(told)) == models


WORDS = ["data", "models", "id", "created", "capabilities", "architecture", "input_modalities", "type", "aliases"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(json_values)
def test_any_json_gives_a_list(told: object) -> None:
    assert all(model.id for model in models_in(told))


# --- choosing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        ([ModelInfo("old", True, 1), ModelInfo("new", True, 2), ModelInfo("newest-blind", False, 3)], "new"),
        ([ModelInfo("grok-4.6", True, 8), ModelInfo("grok-build-0.1", True, 9)], "grok-4.6"),
        ([ModelInfo("grok-4.3", True, 5), ModelInfo("grok-4.20-multi-agent-0309", True, 9)], "grok-4.3"),
        ([ModelInfo("grok-4.3", True, 5), ModelInfo("grok-code-fast-1", True, 9)], "grok-4.3"),
        ([ModelInfo("grok-imagine-image", True, 9), ModelInfo("grok-4.3", True, 5)], "grok-4.3"),
        ([ModelInfo("text-embedding-3", None, 9), ModelInfo("llava", None, 5)], "llava"),
        ([ModelInfo("first"), ModelInfo("second")], "first"),
        ([ModelInfo("unknown", None, 1), ModelInfo("blind", False, 9)], "unknown"),
        ([ModelInfo("grok-build-0.1", True, 9), ModelInfo("blind", False, 10)], "grok-build-0.1"),
        ([ModelInfo("codestral"), ModelInfo("b", None, 1)], "b"),
    ],
)
def test_the_rule(models: list[ModelInfo], chosen: str) -> None:
    assert choose_model(models) == chosen


def test_no_model_at_all() -> None:
    with pytest.raises(ModelNotFound, match="no models"):
        choose_model([])


# --- asking for the list ----------------------------------------------------------------------------------


def listed(server: ScriptedServer, key: str = KEY) -> tuple[ModelInfo, ...]:
    redactor = Redactor()
    redactor.remember(key)
    return list_models(Transport(), xai_responses, profile_of(server), key, CancelSwitch(), redactor)


def test_the_better_list_is_asked_first(server: ScriptedServer) -> None:
    script_xai(server, key=KEY, models=["grok-9", "grok-8"])
    models = listed(server)
    assert [(model.id, model.supports_images) for model in models] == [("grok-9", True), ("grok-8", True)]
    assert [request.path for request in server.requests] == ["/v1/language-models"]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_that_does_not_know_it_has_the_common_one(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json(models_body(["m-1"])))
    assert listed(server) == (ModelInfo("m-1", None, 1_790_000_000),)
    assert [request.path for request in server.requests] == ["/v1/language-models", "/v1/models"]


def test_a_wrong_key_is_refused_and_not_asked_about_twice(server: ScriptedServer) -> None:
    script_xai(server, key="xai-another-key")
    with pytest.raises(KeyRefused):
        listed(server)
    assert len(server.requests) == 1


def test_a_web_page_instead_of_a_list(server: ScriptedServer) -> None:
    page = Reply.text("<html>Sign in</html>", content_type="text/html")
    server.on("GET", "/v1/language-models", page)
    server.on("GET", "/v1/models", page)
    with pytest.raises(RequestRefused, match="web page"):
        listed(server)


def test_an_echoed_key_is_masked(server: ScriptedServer) -> None:
    server.on("GET", "/v1/language-models", Reply.json({"error": f"odd key {KEY}"}, 500))
    with pytest.raises(ServerTrouble) as caught:
        listed(server)
    assert MASK in caught.value.hint
    assert KEY not in str(caught.value)


# --- the memory -------------------------------------------------------------------------------------------


class Time:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


PROFILE = Profile("p", "Acme", "xai-responses", "https://example.org")


def test_the_memory_lasts_a_day_and_longer_than_the_program(tmp_path: Path) -> None:
    file, time = tmp_path / "cache" / "models.json", Time()
    memory = ModelMemory(file, time)
    assert memory.recall(PROFILE) == ""
    memory.remember(PROFILE, "grok-9")
    assert memory.recall(PROFILE) == "grok-9"
    time.now += KEPT_SECONDS - 1
    assert ModelMemory(file, time).recall(PROFILE) == "grok-9"
    time.now += 1
    assert ModelMemory(file, time).recall(PROFILE) == ""


def test_another_address_has_another_memory(tmp_path: Path) -> None:
    memory = ModelMemory(tmp_path / "m.json", Time())
    memory.remember(PROFILE, "grok-9")
    assert memory.recall(Profile("p", "Acme", "xai-responses", "https://elsewhere.example")) == ""
    memory.forget(PROFILE)
    assert memory.recall(PROFILE) == ""


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b'{"a": 1}', b'{"a": ["m", "x"]}', b"\xff"])
def test_a_broken_file_is_an_empty_memory(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "m.json"
    file.write_bytes(content)
    memory = ModelMemory(file, Time())
    assert memory.recall(PROFILE) == ""
    memory.remember(PROFILE, "grok-9")
    assert ModelMemory(file, Time()).recall(PROFILE) == "grok-9"


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = ModelMemory(tmp_path / "file" / "m.json", Time())
    memory.remember(PROFILE, "grok-9")
    assert memory.recall(PROFILE) == "grok-9"


def test_a_clock_that_went_back_is_not_believed(tmp_path: Path) -> None:
    time = Time()
    memory = ModelMemory(None, time)
    memory.remember(PROFILE, "grok-9")
    time.now -= 10
    assert memory.recall(PROFILE) == ""


# --- the provider -----------------------------------------------------------------------------------------


def remote(server: ScriptedServer, model: str = "", memory: ModelMemory | None = None) -> Remote:
    return Remote(
        Transport(), profile_of(server, model), xai_responses, KEY, Redactor(), memory or ModelMemory(None, Time())
    )


def asked_models(server: ScriptedServer) -> list[object]:
    return [request.json["model"] for request in server.requests if request.method == "POST"]


def test_a_named_model_is_taken_without_asking_for_the_list(server: ScriptedServer) -> None:
    script_xai(server, "Hi.", key=KEY)
    assert heard(remote(server, "my-model").answer(Message("x"), [], CancelSwitch())).text == "Hi."
    assert [request.path for request in server.requests] == ["/v1/responses"]
    assert asked_models(server) == ["my-model"]


def test_an_empty_model_is_chosen_once(server: ScriptedServer) -> None:
    script_xai(server, "Hi.", key=KEY, models=["grok-9", "grok-8"])
    provider = remote(server)
    for _ in range(2):
        assert heard(provider.answer(Message("x"), [], CancelSwitch())).text == "Hi."
    assert asked_models(server) == ["grok-9", "grok-9"]
    assert [request.path for request in server.requests].count("/v1/language-models") == 1


def test_a_remembered_model_that_is_gone_is_chosen_anew(server: ScriptedServer) -> None:
    def answer(request: ReceivedRequest) -> Reply:
        if request.json["model"] != "grok-9":
            return Reply.json({"error": "Model not found"}, 404)
        return Reply.stream(responses_stream("Hi.", model="grok-9"))

    server.on("POST", "/v1/responses", answer)
    server.on("GET", "/v1/language-models", Reply.json(language_models_body(["grok-9"])))
    memory = ModelMemory(None, Time())
    memory.remember(profile_of(server), "grok-8")
    assert heard(remote(server, memory=memory).answer(Message("x"), [], CancelSwitch())).text == "Hi."
    assert asked_models(server) == ["grok-8", "grok-9"]
    assert memory.recall(profile_of(server)) == "grok-9"


def test_a_model_that_goes_in_the_middle_of_its_answer_is_not_asked_for_again(server: ScriptedServer) -> None:
    gone = event({"error": {"message": "Model not found", "code": "model_not_found"}})
    server.on("POST", "/v1/responses", Reply.stream([*responses_stream("One two")[:5], gone]))
    memory = ModelMemory(None, Time())
    memory.remember(profile_of(server), "grok-8")
    got = heard(remote(server, memory=memory).answer(Message("x"), [], CancelSwitch()))
    assert (got.text, type(got.error)) == ("One two", ModelNotFound)
    assert asked_models(server) == ["grok-8"]


def test_a_chosen_model_that_does_not_answer_is_an_error_and_forgotten(server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.json({"error": "Model not found"}, 404))
    server.on("GET", "/v1/language-models", Reply.json(language_models_body(["grok-9"])))
    memory = ModelMemory(None, Time())
    got = heard(remote(server, memory=memory).answer(Message("x"), [], CancelSwitch()))
    assert type(got.error) is ModelNotFound
    assert asked_models(server) == ["grok-9"]
    assert memory.recall(profile_of(server)) == ""


def test_a_wrong_key_shows_while_choosing(server: ScriptedServer) -> None:
    server.on("GET", "/v1/language-models", keyed("xai-another-key", Reply.json([])))
    assert type(heard(remote(server).answer(Message("x"), [], CancelSwitch())).error) is KeyRefused


def test_a_provider_does_not_show_its_key(server: ScriptedServer) -> None:
    provider = remote(server)
    assert KEY not in repr(provider)
    assert provider.redactor.redact(f"a {KEY}") == f"a {MASK}"


def test_the_dialects_agree_on_the_common_list(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json(models_body(["m-1"])))
    chat = Profile("p", "Acme", "chat-completions", server.url)
    got = list_models(Transport(), chat_completions, chat, "", CancelSwitch(), Redactor())
    assert json.dumps([model.id for model in got]) == '["m-1"]'
    assert "authorization" not in server.requests[0].headers
