"""A parameter that is refused: left out once, said, and remembered for that model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import RequestRefused
from grokdesk.logs import Redactor
from grokdesk.model import DialectName, Message, Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import KEPT_SECONDS, REFUSALS_SECONDS, ModelMemory
from grokdesk.providers.remote import Remote
from tests.support.servers.answers import Heard, heard
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream

PATHS: dict[DialectName, str] = {"xai-responses": "/v1/responses", "chat-completions": "/v1/chat/completions"}
SCHEMA = {"type": "object", "properties": {"pears": {"type": "integer"}}}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@dataclass
class Asking:
    server: ScriptedServer
    dialect: DialectName = "chat-completions"
    model: str = "m-1"
    memory: ModelMemory = field(default_factory=lambda: ModelMemory(None, lambda: 1000.0))

    def __call__(self, *replies: Reply, effort: str = "", schema: Mapping[str, object] | None = None) -> Heard:
        stream = responses_stream if self.dialect == "xai-responses" else chat_stream
        self.server.on("POST", PATHS[self.dialect], *(replies or (Reply.stream(stream("Fine.", model=self.model)),)))
        profile = Profile("p", "Acme", self.dialect, self.server.url, self.model)
        remote = Remote(Transport(), profile, dialect_for(self.dialect), "", Redactor(), self.memory)
        return heard(remote.answer(Message("?", effort=effort, schema=schema), [], CancelSwitch()))

    @property
    def fields(self) -> list[set[str]]:
        """The parameters of every request so far."""
        return [set(request.json) for request in self.server.requests]


def refusal(error: object) -> Reply:
    return Reply.json(error, 400)


@pytest.mark.parametrize(
    ("dialect", "error", "name"),
    [
        (
            "chat-completions",
            {"code": "x", "error": "Model m-1 does not support parameter reasoningEffort."},
            "reasoning_effort",
        ),
        ("xai-responses", {"code": "x", "error": "Model m-1 does not support parameter reasoningEffort."}, "reasoning"),
        ("xai-responses", {"error": {"message": "no", "param": "reasoning.effort"}}, "reasoning"),
        ("chat-completions", {"error": {"message": "no", "param": "response_format.json_schema"}}, "response_format"),
        ("xai-responses", {"error": {"message": "no", "param": "text.format"}}, "text"),
        ("chat-completions", {"code": "400", "error": "Argument not supported: stream_options"}, "stream_options"),
        (
            "chat-completions",
            {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]},
            "stream_options",
        ),
        (
            "chat-completions",
            {"error": {"message": "openai does not support parameters: ['reasoning_effort'], for model=m-1."}},
            "reasoning_effort",
        ),
        (
            "xai-responses",
            {"error": {"message": "m-1 doesn't support `reasoning.effort` (its entry lacks `supports_reasoning`)."}},
            "reasoning",
        ),
    ],
)
def test_what_is_refused_is_left_out_said_and_remembered(
    server: ScriptedServer, dialect: DialectName, error: dict[str, object], name: str
) -> None:
    asking = Asking(server, dialect)
    answer = Reply.stream((responses_stream if dialect == "xai-responses" else chat_stream)("Fine.", model="m-1"))
    got = asking(refusal(error), answer, effort="low", schema=SCHEMA)
    assert (got.text, got.error) == ("Fine.", None)
    assert len(got.notices) == 1
    assert "m-1 does not support" in got.notices[0]
    assert asking.fields[0] - asking.fields[1] == {name}
    assert asking(effort="low", schema=SCHEMA).text == "Fine."
    assert asking.fields[2] == asking.fields[1], "asked without it at once"


def test_all_that_are_named_are_left_out_at_once(server: ScriptedServer) -> None:
    asking = Asking(server)
    error = {"error": {"message": "acme does not support parameters: ['reasoning_effort', 'stream_options']"}}
    got = asking(refusal(error), Reply.stream(chat_stream("Fine.", model="m-1")), effort="low")
    assert (got.text, got.error) == ("Fine.", None)
    assert got.notices == ["m-1 does not support reasoning effort, stream_options; sent without."]
    assert asking.fields[0] - asking.fields[1] == {"reasoning_effort", "stream_options"}
    assert asking(effort="low").notices == ["m-1 does not support reasoning effort; sent without."]
    assert len(server.requests) == 3


def test_what_may_not_be_left_out_stays_when_it_is_named_beside_others(server: ScriptedServer) -> None:
    asking = Asking(server)
    error = {"error": {"message": "Unsupported parameters: 'messages' and 'stream_options'."}}
    asking(refusal(error), Reply.stream(chat_stream("Fine.", model="m-1")))
    assert asking.fields[0] - asking.fields[1] == {"stream_options"}


def test_another_model_is_asked_with_it(server: ScriptedServer) -> None:
    asking = Asking(server)
    asking(
        refusal({"error": "Argument not supported: stream_options"}), Reply.stream(chat_stream("Fine.", model="m-1"))
    )
    replace(asking, model="m-2")()
    assert "stream_options" in asking.fields[-1]


def test_a_wish_that_cannot_be_granted_is_said_every_time_and_the_rest_once(server: ScriptedServer) -> None:
    asking = Asking(server)
    asking(
        refusal({"error": "Argument not supported: stream_options"}), Reply.stream(chat_stream("Fine.", model="m-1"))
    )
    assert asking().notices == []
    asking(
        refusal({"error": "m-1 does not support parameter reasoningEffort"}),
        Reply.stream(chat_stream("Fine.", model="m-1")),
        effort="low",
    )
    assert asking(effort="high").notices == ["m-1 does not support reasoning effort; sent without."]
    assert asking().notices == [], "nobody wished for it"


def test_a_refused_value_says_nothing_about_another_value(server: ScriptedServer) -> None:
    asking = Asking(server)
    error = {"code": "invalid-argument", "error": "This model does not support 'reasoning_effort' value 'none'"}
    assert asking(refusal(error), Reply.stream(chat_stream("Fine.", model="m-1")), effort="none").text == "Fine."
    asking(effort="none")
    assert "reasoning_effort" not in asking.fields[-1]
    asking(effort="low")
    assert server.requests[-1].json["reasoning_effort"] == "low"


def test_a_refusal_of_another_kind_is_no_matter_of_parameters(server: ScriptedServer) -> None:
    asking = Asking(server)
    got = asking(Reply.json({"error": {"message": "no", "param": "stream_options"}}, 404))
    assert isinstance(got.error, RequestRefused)
    assert len(server.requests) == 1


def test_the_memory_outlives_the_program_and_ends(tmp_path: Path) -> None:
    now = [1000.0]
    profile = Profile("p", "Acme", "chat-completions", "http://x", "m-1")
    ModelMemory(tmp_path / "models.json", lambda: now[0]).remember_refusal(profile, "a")
    memory = ModelMemory(tmp_path / "models.json", lambda: now[0])
    memory.remember_refusal(profile, "b", {"effort": "none"})
    now[0] += KEPT_SECONDS
    assert memory.refuses(profile, "a", 1)
    assert memory.refuses(profile, "b", {"effort": "none"})
    assert not memory.refuses(profile, "b", {"effort": "low"})
    now[0] += REFUSALS_SECONDS
    assert not ModelMemory(tmp_path / "models.json", lambda: now[0]).refuses(profile, "a", 1)
