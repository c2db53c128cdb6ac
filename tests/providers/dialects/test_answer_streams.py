"""What the two dialects read out of streams: short ones for each case, and long ones in the shapes of real servers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import EmptyAnswer, GrokDeskError, Interrupted, RateLimited, ServerTrouble
from grokdesk.model import FINISHED, GAPS, LENGTH, ModelNamed, TextDelta, Usage, UsageReported
from grokdesk.providers.dialects import chat_completions, xai_responses
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.protocol import Dialect, ServerEvent
from grokdesk.providers.formats.sse import events
from tests.support.servers.answers import Heard, heard
from tests.support.servers.streams import chat_stream, chat_usage, responses_stream, responses_usage

DATA = Path(__file__).parents[2] / "data"
STREAMS = DATA / "streams"
SHAPES = DATA / "shapes"

EXPECTED: dict[str, Heard] = {
    "chat_reasoning": Heard(
        "Two pears.",
        "A bowl of fruit.",
        ["grok-5-mini"],
        [FINISHED],
        Usage(310, 24, 20, 128, 256, 334, Decimal("0.0002415")),
    ),
    "chat_openrouter": Heard(
        "A cat.",
        "Hm, yes.",
        ["vendor/model-x"],
        [FINISHED],
        Usage(40, 12, 8, total_tokens=52, cost_usd=Decimal("0.0000419")),
    ),
    "chat_emoji": Heard("Grüße 🍐🇩🇪 é 漢字\u2028!", "", ["llava"], [FINISHED]),
    "chat_running_usage": Heard("One two three", "", ["grok-5-mini"], [LENGTH], Usage(9, 3, total_tokens=12)),
    "chat_think": Heard("A ball with a <think> tag.", "It is round.", ["qwen-local"], [FINISHED]),
    "chat_done_only": Heard("Yes.", "", ["tiny"], [FINISHED]),
    "chat_broken_json": Heard("Still here.", "", ["grok-5-mini"], [GAPS]),
    "responses_reasoning": Heard(
        "Two pears.",
        "Fruit.\n\nTwo.",
        ["grok-5"],
        [FINISHED],
        Usage(480, 30, 18, 64, None, 510, Decimal("0.00114")),
    ),
    "responses_event_names": Heard("Ein Bär", "", ["gpt-x", "gpt-x-0101"], [FINISHED], Usage(7, 3, total_tokens=10)),
    "responses_done_texts": Heard("A dog.", "Look.", ["grok-5"], [FINISHED]),
    "responses_whole_only": Heard(
        "A hat.", "One.\n\nTwo.", ["grok-5"], [FINISHED], Usage(32, 119, 110, None, None, 151)
    ),
    "responses_incomplete": Heard("It beg", "", ["grok-5"], [LENGTH]),
    "responses_refusal": Heard("I cannot help.", "", ["grok-5"], [FINISHED]),
}

FAILING: dict[str, tuple[Heard, type[GrokDeskError], str]] = {
    "chat_midstream_error": (Heard("The picture shows", "", ["grok-5-mini"]), ServerTrouble, "Upstream gone"),
    "chat_event_error": (Heard("Let", "", ["grok-5-mini"]), RateLimited, "Rate limit reached"),
    "chat_cut": (Heard("The picture sh", "", ["grok-5-mini"]), Interrupted, "cut off"),
    "chat_empty": (Heard("", "", ["grok-5-mini"]), EmptyAnswer, "empty answer"),
    "chat_tool_call": (Heard("", "", ["grok-5-mini"]), EmptyAnswer, "tried to call a tool"),
    "responses_function_call": (Heard("", "", ["grok-5"]), EmptyAnswer, "tried to call a tool"),
    "responses_failed": (
        Heard("It b", "", ["grok-5"], [], Usage(5, 2, total_tokens=7)),
        ServerTrouble,
        "The model broke down",
    ),
    "responses_first_error": (Heard(), RateLimited, "Too many requests"),
    "responses_cut": (Heard("Half an ans", "", ["grok-5"]), Interrupted, "cut off"),
}


def dialect_of(name: str) -> Dialect:
    return dialect_for("xai-responses" if "responses" in name else "chat-completions")


def read(file: Path) -> Heard:
    return heard(dialect_of(file.name).parse(events([file.read_bytes()], flush_at_end=True)))


def test_every_stream_of_ours_has_its_expectation() -> None:
    assert {file.stem for file in STREAMS.glob("*.sse")} == EXPECTED.keys() | FAILING.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_our_streams(name: str) -> None:
    assert read(STREAMS / f"{name}.sse") == EXPECTED[name]


@pytest.mark.parametrize("name", FAILING)
def test_what_came_before_an_error_is_kept(name: str) -> None:
    expected, kind, words = FAILING[name]
    got = read(STREAMS / f"{name}.sse")
    error, got.error = got.error, None
    assert got == expected
    assert type(error) is kind
    assert words in str(error)


def test_text_is_told_piece_by_piece_and_not_at_the_end() -> None:
    feed = iter(events(responses_stream("Two pears, one apple.")))
    taken: list[ServerEvent] = []

    def counted() -> Any:
        for event in feed:
            taken.append(event)
            yield event

    answer = xai_responses.parse(counted())
    assert next(answer) == ModelNamed("grok-4.5")
    assert next(answer) == TextDelta("Two")
    assert len(taken) == 4


@pytest.mark.parametrize(
    ("dialect", "stream"),
    [
        (chat_completions, chat_stream("Hi.", usage=chat_usage())),
        (xai_responses, responses_stream("Hi.", usage=responses_usage())),
    ],
    ids=["chat", "responses"],
)
def test_nothing_is_read_after_the_end(dialect: Dialect, stream: list[bytes]) -> None:
    """Some servers keep the connection open when all is said."""

    def body() -> Any:
        yield from stream[:-1]
        pytest.fail("read on after the last event")

    assert heard(dialect.parse(events(body()))).finish == [FINISHED]


def test_usage_that_comes_after_the_finish_is_kept() -> None:
    stream = chat_stream("Hi.", usage=chat_usage(prompt=10, cached=0, reasoning=0, output=3, ticks=None))
    assert heard(chat_completions.parse(events(stream))).usage == Usage(10, 3, 0, 0, 0, 13)


def test_thinking_alone_is_an_answer_that_broke_off() -> None:
    stream = chat_stream("", reasoning="Let me see")[:-3]
    got = heard(chat_completions.parse(events(stream)))
    assert got.reasoning == "Let me see"
    assert isinstance(got.error, Interrupted)


def test_a_held_back_beginning_is_told_before_the_error() -> None:
    stream = [*chat_stream("<thin")[:2], b'data: {"error":"gone"}\n\n']
    got = heard(chat_completions.parse(events(stream)))
    assert got.text == "<thin"
    assert isinstance(got.error, ServerTrouble)


def test_a_thought_and_its_answer_in_one_piece() -> None:
    got = heard(chat_completions.parse_whole({"choices": [{"message": {"content": "<think>Hm.</think>\n\nYes."}}]}))
    assert (got.reasoning, got.text) == ("Hm.", "Yes.")


def test_a_refusal_is_shown_as_text() -> None:
    got = heard(chat_completions.parse_whole({"choices": [{"message": {"content": None, "refusal": "I cannot."}}]}))
    assert got.text == "I cannot."


def test_a_whole_body_that_failed() -> None:
    body = {"status": "failed", "error": {"code": "server_error", "message": "The model broke down"}, "output": []}
    assert isinstance(heard(xai_responses.parse_whole(body)).error, ServerTrouble)


def test_a_dialect_without_a_server() -> None:
    with pytest.raises(ValueError, match="speaks to no server"):
        dialect_for("on-this-computer")


@pytest.mark.parametrize("reason", ["error", "failed", "cancelled"])
def test_a_finish_that_means_failure_is_an_error(reason: str) -> None:
    got = heard(chat_completions.parse(events(chat_stream("Half", finish=reason))))
    assert got.text == "Half"
    assert isinstance(got.error, ServerTrouble)


def test_an_unknown_word_for_the_end_is_passed_on() -> None:
    assert heard(chat_completions.parse(events(chat_stream("x", finish="sunset")))).finish == ["sunset"]


def test_only_the_first_choice_is_told() -> None:
    body = {"choices": [{"index": 1, "message": {"content": "B"}}, {"index": 0, "message": {"content": "A"}}]}
    assert heard(chat_completions.parse_whole(body)).text == "A"


@pytest.mark.parametrize(
    "body",
    [{}, {"choices": []}, {"choices": None}, {"choices": [{"index": 0, "message": None}]}, {"output": [None, 3]}],
)
@pytest.mark.parametrize("dialect", [chat_completions, xai_responses], ids=["chat", "responses"])
def test_a_body_without_an_answer_is_an_empty_answer(dialect: Dialect, body: dict[str, object]) -> None:
    assert isinstance(heard(dialect.parse_whole(body)).error, ServerTrouble)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
chat_words = ("choices", "delta", "message", "content", "index", "usage", "error", "model", "finish_reason", "x_groq")
responses_words = ("type", "response", "output", "item", "delta", "text", "usage", "error", "model", "status")
shaped = st.recursive(
    json_values | st.sampled_from(["response.completed", "response.output_text.delta", "message", "stop"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(chat_words + responses_words), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.lists(shaped, max_size=4))
def test_any_json_ends_in_an_answer_or_in_one_of_our_errors(payloads: list[Any]) -> None:
    stream = [ServerEvent(json.dumps(payload)) for payload in payloads]
    for dialect in (chat_completions, xai_responses):
        got = heard(dialect.parse(stream))
        assert got.finish or got.error
        for payload in payloads:
            if isinstance(payload, dict):
                got = heard(dialect.parse_whole(payload))
                assert got.finish or got.error


def test_shapes_of_servers_say_what_an_independent_reader_found() -> None:
    expected = json.loads((SHAPES / "expected.json").read_text())
    assert {file.name for file in SHAPES.iterdir()} == {*expected, "expected.json"}
    for file in sorted(SHAPES.glob("*.sse")):
        name, got, oracle = file.name, read(file), expected[file.name]
        assert got.text == oracle["text"], name
        assert got.reasoning == oracle["reasoning"], name
        assert got.models[-1] == oracle["model"], name
        if oracle["finish"][0] == "tool_calls" and not oracle["text"]:
            assert isinstance(got.error, EmptyAnswer), name
        else:
            assert got.finish == [FINISHED if oracle["finish"][0] == "completed" else oracle["finish"][0]], name
            assert got.error is None, name
        check_usage(name, got.usage, oracle["usage"])


def test_a_whole_body_in_the_shape_of_a_server() -> None:
    name = "xai_chat_whole.json"
    oracle = json.loads((SHAPES / "expected.json").read_text())[name]
    got = heard(chat_completions.parse_whole(json.loads((SHAPES / name).read_text())))
    assert (got.text, got.models, got.finish) == (oracle["text"], [oracle["model"]], oracle["finish"])
    check_usage(name, got.usage, oracle["usage"])
    assert got.usage is not None
    assert got.usage.cost_usd == Decimal("0.0000731")


def check_usage(name: str, got: Usage | None, told: dict[str, Any]) -> None:
    assert got is not None, name
    read = told.get("prompt_tokens", told.get("input_tokens"))
    details = told.get("completion_tokens_details") or told.get("output_tokens_details") or {}
    assert got.total_tokens == told["total_tokens"], name
    assert got.input_tokens == read, name
    assert got.output_tokens == told["total_tokens"] - read, f"{name}: the output includes the reasoning"
    assert got.reasoning_tokens == details.get("reasoning_tokens"), name
    if "cost_in_usd_ticks" in told:
        assert got.cost_usd == Decimal(told["cost_in_usd_ticks"]) / 10**10, name
    elif "cost" in told:
        assert got.cost_usd == Decimal(str(told["cost"])), name
    else:
        assert got.cost_usd is None, name


def test_usage_is_told_whenever_the_server_tells_it() -> None:
    stream = events([(STREAMS / "chat_running_usage.sse").read_bytes()])
    told = [event.usage.output_tokens for event in chat_completions.parse(stream) if isinstance(event, UsageReported)]
    assert told == [1, 2, 3]


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, {"queue_time": 0.1}, [], "none"]
)
def test_a_server_that_does_not_count_tells_no_usage(usage: object) -> None:
    stream = [
        ServerEvent(json.dumps({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}], "usage": usage}))
    ]
    assert not [event for event in chat_completions.parse(stream) if isinstance(event, UsageReported)]
