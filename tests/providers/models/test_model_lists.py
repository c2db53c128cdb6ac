"""What is known of a server's models: sight, context, prices; remembered, probed, and used to estimate a cost."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Interrupted, ModelNotFound
from grokdesk.logs import Redactor
from grokdesk.model import DialectName, ImageLimits, Message, Profile, Usage
from grokdesk.model.money import Prices
from grokdesk.pictures.decode.probe import number_picture
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.dialects.on_this_computer import OnThisComputer
from grokdesk.providers.formats.usage import estimated
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import KEPT_SECONDS, ModelMemory
from grokdesk.providers.models.models import ModelInfo, models_in
from grokdesk.providers.remote import Remote
from grokdesk.providers.vision_probe import supports_images
from tests.support.servers.answers import heard
from tests.support.servers.replies import ReceivedRequest, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, models_body, responses_stream

GROK = {
    "id": "grok-4.3",
    "created": 1777000000,
    "input_modalities": ["text", "image"],
    "prompt_text_token_price": 12500,
    "cached_prompt_text_token_price": 2000,
    "completion_text_token_price": 25000,
    "aliases": ["grok-4.3-latest"],
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def remote(
    url: str, model: str = "m-1", memory: ModelMemory | None = None, dialect: DialectName = "chat-completions"
) -> Remote:
    profile = Profile("p", "Acme", dialect, url, model)
    memory = memory or ModelMemory(None, lambda: 1000.0)
    return Remote(Transport(), profile, dialect_for(dialect), "", Redactor(), memory)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            GROK,
            ModelInfo(
                "grok-4.3",
                True,
                1777000000,
                ("grok-4.3-latest",),
                None,
                Prices(Decimal("1.25"), Decimal("2.5"), Decimal("0.2")),
            ),
        ),
        (
            {
                "id": "x-ai/grok",
                "context_length": 131072,
                "architecture": {"input_modalities": ["text"]},
                "pricing": {"prompt": "0.00000125", "completion": "0.0000025", "input_cache_read": "0.0000002"},
            },
            ModelInfo("x-ai/grok", False, 0, (), 131072, Prices(Decimal("1.25"), Decimal("2.5"), Decimal("0.2"))),
        ),
        ({"id": "auto", "pricing": {"prompt": "-1", "completion": "-1"}}, ModelInfo("auto")),
        (
            {"id": "free", "pricing": {"prompt": "0", "completion": "0"}},
            ModelInfo("free", prices=Prices(Decimal(0), Decimal(0))),
        ),
        ({"id": "m", "pricing": {"prompt": "much", "completion": None}}, ModelInfo("m")),
        (
            {"id": "qwen2-vl", "type": "vlm", "max_context_length": 32768},
            ModelInfo("qwen2-vl", True, context=32768),
        ),
        ({"id": "v", "max_model_len": 8192}, ModelInfo("v", context=8192)),
        (
            {"id": "l", "meta": {"n_ctx_train": 4096}, "capabilities": ["completion"]},
            ModelInfo("l", False, context=4096),
        ),
        (
            {
                "model_name": "gpt",
                "model_info": {
                    "supports_vision": True,
                    "max_input_tokens": 1000,
                    "input_cost_per_token": 2.5e-06,
                    "output_cost_per_token": 1e-05,
                },
            },
            ModelInfo("gpt", True, context=1000, prices=Prices(Decimal("2.5"), Decimal(10))),
        ),
        ({"model_name": "gpt", "model_info": {"supports_vision": None}}, ModelInfo("gpt")),
    ],
)
def test_what_servers_tell(entry: dict[str, object], expected: ModelInfo) -> None:
    assert models_in({"data": [entry]}) == (expected,)


def test_programs_on_their_usual_ports_have_a_better_list() -> None:
    dialect = dialect_for("chat-completions")
    for url, own in (
        ("http://localhost:1234/v1", "http://localhost:1234/api/v0/models"),
        ("http://localhost:4000", "http://localhost:4000/model/info"),
    ):
        urls = [request.url for request in dialect.models(Profile("p", "P", "chat-completions", url))]
        assert urls[0] == own
        assert urls[1].endswith("/v1/models")


def test_a_list_is_asked_for_once_a_day(server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET", "/v1/models", Reply.json({"data": [GROK]}))
    now = [1000.0]

    def ours() -> Remote:
        return remote(server.url, memory=ModelMemory(tmp_path / "models.json", lambda: now[0]))

    first = ours().models(CancelSwitch())
    assert ours().models(CancelSwitch()) == first
    assert len(server.requests) == 1
    ours().models(CancelSwitch(), afresh=True)
    now[0] += KEPT_SECONDS
    ours().models(CancelSwitch())
    assert len(server.requests) == 3


def test_a_broken_list_in_the_cache_is_asked_for_again(server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET", "/v1/models", Reply.json(models_body(["m-1"])))
    (tmp_path / "model-lists.json").write_text('{"x": 3')
    assert remote(server.url, memory=ModelMemory(tmp_path / "models.json", lambda: 1.0)).models(CancelSwitch())


# --- sight ------------------------------------------------------------------------------------------------


def test_the_picture_of_a_number_can_be_read() -> None:
    """By somebody who sees: the text reader of this program."""
    image = prepare(number_picture(40719), ImageLimits())
    got = heard(OnThisComputer().answer(Message("", (image,), needs_understanding=False), [], CancelSwitch()))
    assert "40719" in got.text


def looking(request: ReceivedRequest) -> Reply:
    """A model that sees: it has got a picture with something dark on it."""
    told = str(request.json)
    data = told.partition("base64,")[2].partition("'")[0]
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.convert("L").getextrema()[0] < 100  # type: ignore[operator]
    return Reply.stream(chat_stream("The number is 40 719."))


def test_a_model_that_sees(server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", looking)
    assert supports_images(remote(server.url), CancelSwitch(), 40719)


@pytest.mark.parametrize(
    "reply",
    [
        Reply.stream(chat_stream("I cannot see pictures. 12345?")),
        Reply.json({"error": {"message": "image input is not supported - hint: mmproj"}}, 500),
        Reply.json({"error": "unknown variant `image_url`, expected `text`"}, 400),
    ],
)
def test_a_model_that_is_blind(server: ScriptedServer, reply: Reply) -> None:
    server.on("POST", "/v1/chat/completions", reply)
    assert not supports_images(remote(server.url), CancelSwitch(), 40719)


def test_trouble_settles_nothing(server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream([]))
    with pytest.raises(Interrupted):
        supports_images(remote(server.url), CancelSwitch())


def test_what_was_settled_is_remembered_beside_the_list(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json(models_body(["m-1", "m-2"])))
    ours = remote(server.url)
    ours.memory.remember_vision(ours.profile, "m-1", supports_images=True)
    assert [(model.id, model.supports_images) for model in ours.models(CancelSwitch())] == [
        ("m-1", True),
        ("m-2", None),
    ]
    assert [model.supports_images for model in ours.models(CancelSwitch())] == [True, None]


# --- money and names --------------------------------------------------------------------------------------


def test_a_cost_is_estimated_from_the_servers_own_prices() -> None:
    prices = Prices(Decimal("1.25"), Decimal("2.5"), Decimal("0.2"))
    usage = estimated(Usage(1_000_000, 100_000, cached_tokens=400_000), prices)
    assert (usage.cost_usd, usage.cost_is_estimate) == (Decimal("1.08"), True)
    without = estimated(Usage(1_000_000, 0, cached_tokens=400_000), replace(prices, cached=None))
    assert without.cost_usd == Decimal("1.25")
    exact = Usage(1, 1, cost_usd=Decimal("0.5"))
    assert estimated(exact, prices) == exact
    assert estimated(Usage(5), prices) == Usage(5)


def test_an_answer_without_a_cost_gets_an_estimate_only_from_a_known_list(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json({"data": [GROK]}))
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 100_000, "total_tokens": 1_100_000}
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Hi.", model="grok-4.3", usage=usage)))
    ours = remote(server.url, "grok-4.3-latest")
    assert heard(ours.answer(Message("?"), [], CancelSwitch())).usage == Usage(
        1_000_000, 100_000, total_tokens=1_100_000
    )
    ours.models(CancelSwitch())
    got = heard(ours.answer(Message("?"), [], CancelSwitch()))
    assert got.usage is not None
    assert (got.usage.cost_usd, got.usage.cost_is_estimate) == (Decimal("1.5"), True)
    assert got.notices == []


@pytest.mark.parametrize(
    ("asked", "answering", "is_said"),
    [
        ("grok-4", "grok-4.3", True),
        ("grok-4-1-fast", "grok-4.3", True),
        ("gpt-5", "gpt-5-2025-08-07", False),
        ("x-ai/grok-4.3", "x-ai/grok-4.3-0512", False),
        ("grok-4.3-latest", "grok-4.3", False),
        ("openrouter/auto", "vendor/model", False),
        ("grok-2-vision-latest", "grok-4.3", True),
    ],
)
def test_a_redirected_model_is_named(server: ScriptedServer, asked: str, answering: str, is_said: bool) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Hi.", model=answering)))
    got = heard(remote(server.url, asked, dialect="xai-responses").answer(Message("?"), [], CancelSwitch()))
    assert got.notices == ([f"{asked} was requested, {answering} answered."] if is_said else [])
    assert got.models == [answering]


def test_a_model_that_is_gone_is_named(server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", Reply.json({"error": "Model not found"}, 400))
    got = heard(remote(server.url, "grok-2-vision-latest").answer(Message("?"), [], CancelSwitch()))
    assert isinstance(got.error, ModelNotFound)
    assert got.error.title == "Acme does not have the model grok-2-vision-latest."


ODD: list[object] = [
    None,
    1,
    "x",
    [],
    {},
    {"id": 3},
    {"id": ""},
    {"id": "a", "prices": ["1"]},
    {"id": "a", "prices": ["x", "1", ""]},
    {"id": "a", "prices": ["NaN", "1", ""]},
    {"id": "a", "prices": 7},
    {"id": "a", "aliases": None, "context": "long", "created": "now", "supports_images": "yes"},
    {"id": "a", "aliases": 5},
]


@pytest.mark.parametrize("entry", ODD, ids=str)
def test_an_odd_entry_of_the_file_hides_no_other(tmp_path: Path, entry: object) -> None:
    profile = Profile("p", "P", "chat-completions", "http://localhost/v1")
    name = "p chat-completions http://localhost/v1"
    whole = {name: [[entry, {"id": "b", "sees": True}, {"id": "c", "supports_images": False}], 10.0], "odd": entry}
    (tmp_path / "model-lists.json").write_text(json.dumps(whole))
    models = ModelMemory(tmp_path / "models.json", lambda: 20.0).models(profile)
    assert models is not None
    assert [(model.id, model.supports_images) for model in models if model.id != "a"] == [("b", True), ("c", False)]
    assert [model for model in models if model.id == "a"] in ([], [ModelInfo("a")])


@pytest.mark.parametrize("content", ["[]", "{", "null", "[" * 100_000, '{"a": [1, 1e999]}', "\ud800"])
def test_a_file_that_is_none_counts_as_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "model-lists.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    profile = Profile("p", "P", "chat-completions", "http://localhost/v1")
    assert ModelMemory(tmp_path / "models.json", lambda: 20.0).models(profile) is None


def test_a_key_that_a_server_lists_as_a_model_is_neither_shown_nor_kept_nor_asked(
    server: ScriptedServer, tmp_path: Path
) -> None:
    key = "planted-Zq9w8e7r6t5y4u3i2o1p"
    listed: list[object] = [{"id": key, "created": 9}, {"id": "m-1", "aliases": [key, "m-latest"]}, f"m-{key}"]
    listed += [base64.b64encode(key.encode()).decode(), f"{key[:9]}****"]
    server.on("GET", "/v1/models", Reply.json({"data": listed}))
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Pears.")))
    redactor = Redactor()
    profile = Profile("p", "Acme", "chat-completions", server.url)
    memory = ModelMemory(tmp_path / "models.json", lambda: 20.0, redactor.redact_known)
    remote = Remote(Transport(), profile, dialect_for("chat-completions"), key, redactor, memory)
    assert [(model.id, model.aliases) for model in remote.models(CancelSwitch())] == [("m-1", ("m-latest",))]
    heard(remote.answer(Message("?"), (), CancelSwitch()))
    assert server.requests[-1].json["model"] == "m-1"
    assert b"planted" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_key_that_a_server_lists_as_a_model_is_not_kept(tmp_path: Path) -> None:
    memory = ModelMemory(tmp_path / "models.json", lambda: 20.0, lambda text: text.replace("planted", "x"))
    profile = Profile("p", "P", "chat-completions", "http://localhost/v1")
    memory.remember_models(profile, [ModelInfo("planted-1", aliases=("planted-2",))])
    memory.remember(profile, "planted-1")
    assert b"planted" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
