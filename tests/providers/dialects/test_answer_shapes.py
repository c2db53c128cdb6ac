"""One answer in all the shapes in which servers send it: its end, its repetitions, its lost pieces, its thinking."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grokdesk.errors import ContentRefused, EmptyAnswer, Interrupted, ServerTrouble
from grokdesk.model import FILTERED, FINISHED, GAPS, LENGTH, TOOL_CALLS, TextDelta, TextReplaced
from grokdesk.providers.dialects import chat_completions, xai_responses
from grokdesk.providers.formats.finish_reasons import reason_of
from grokdesk.providers.formats.protocol import ServerEvent
from grokdesk.providers.formats.sse import events
from tests.support.servers.answers import Heard, heard
from tests.support.servers.streams import chat_stream, pieces, responses_stream

TEXT = "Two pears."
WORDS = pieces(TEXT)
DONE = ServerEvent("[DONE]")


def told(*payloads: Any, clock: list[bool] | None = None) -> Heard:
    """The answer of a chat stream; what is no event yet becomes one."""
    stream = [each if isinstance(each, ServerEvent) else ServerEvent(json.dumps(each)) for each in payloads]
    heard_clock: list[bool] = [] if clock is None else clock
    return heard(chat_completions.parse(stream, heard_clock.append))


def responses(*payloads: Any) -> Heard:
    stream = [each if isinstance(each, ServerEvent) else ServerEvent(json.dumps(each)) for each in payloads]
    return heard(xai_responses.parse(stream))


def chunk(piece: str | None = None, finish: object = None, /, **more: object) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "delta": {} if piece is None else {"content": piece}, "finish_reason": finish}
    return {"model": "m", "choices": [{**choice, **more}]}


DELTAS = [chunk(word) for word in WORDS]

# --- why it ended -----------------------------------------------------------------------------------------

ENDS = {
    FINISHED: "stop STOP end_turn eos eos_token completed COMPLETE FinishReason.STOP FINISH_REASON_STOP stop_sequence "
    "STOP_SEQUENCE eosFound endTurn done finished eog_found EOS end-turn",
    LENGTH: "length LENGTH max_tokens MAX_TOKENS maxTokens max-tokens FinishReason.MAX_TOKENS FINISH_REASON_MAX_TOKENS "
    "max_output_tokens model_length model_context_window_exceeded maxPredictedTokensReached contextLengthReached "
    "token_limit_reached max_length incomplete ERROR_LIMIT length_limit max_new_tokens",
    FILTERED: "content_filter CONTENT_FILTER content-filter ContentFilter contentFiltered content_filtered SAFETY "
    "RECITATION BLOCKLIST PROHIBITED_CONTENT SPII IMAGE_SAFETY refusal sensitive guardrail_intervened "
    "FinishReason.SAFETY ERROR_TOXIC moderation data_inspection_failed content_policy_violation",
    TOOL_CALLS: "tool_calls tool_use TOOL_CALL function_call toolUse UNEXPECTED_TOOL_CALL MALFORMED_FUNCTION_CALL",
}
SPELLED = [(word, ours) for ours, words in ENDS.items() for word in words.split()]


@pytest.mark.parametrize(("word", "ours"), SPELLED)
def test_every_word_for_an_end_is_known(word: str, ours: str) -> None:
    assert reason_of(word) == ours
    whole = {"choices": [{"message": {"content": TEXT}, "finish_reason": word}]}
    for got in (told(*DELTAS, chunk(None, word), DONE), told(*DELTAS[:-1], chunk(WORDS[-1], word), DONE)):
        assert (got.text, got.finish, got.error) == (TEXT, [ours], None)
    assert heard(chat_completions.parse_whole(whole)).finish == [ours]


@pytest.mark.parametrize("word", [word for word, ours in SPELLED if ours in (LENGTH, FILTERED)])
def test_an_incomplete_response_in_every_spelling(word: str) -> None:
    delta = {"type": "response.output_text.delta", "delta": TEXT, "output_index": 0, "content_index": 0}
    body = {"status": "incomplete", "incomplete_details": {"reason": word}, "output": []}
    assert responses(delta, {"type": "response.incomplete", "response": body}).finish == [reason_of(word)]


@pytest.mark.parametrize("word", ["sunset", "OTHER", "max_time_limit", "\ud800x", "repetition"])
def test_an_unknown_word_is_named(word: str) -> None:
    (finish,) = told(*DELTAS, chunk(None, word), DONE).finish
    assert finish not in (FINISHED, LENGTH, FILTERED, TOOL_CALLS)
    finish.encode()
    empty = told(chunk(None, word), DONE).error
    assert isinstance(empty, EmptyAnswer)
    assert finish in empty.title


@pytest.mark.parametrize("word", ["", "null", "None", "FINISH_REASON_UNSPECIFIED", None, 7, ["stop"]])
def test_what_is_no_reason(word: object) -> None:
    assert reason_of(word) == ""
    assert isinstance(told(*DELTAS, chunk(None, word)).error, Interrupted)


@pytest.mark.parametrize("word", ["error", "ERROR", "failed", "cancelled", "abort", "network_error", "server_error"])
def test_an_end_that_means_failure(word: str) -> None:
    got = told(*DELTAS, chunk(None, word), DONE)
    assert got.text == TEXT
    assert isinstance(got.error, ServerTrouble)


@pytest.mark.parametrize(
    ("finish", "kind", "words"),
    [
        (FINISHED, EmptyAnswer, "empty answer"),
        (LENGTH, EmptyAnswer, "length limit"),
        ("MAX_TOKENS", EmptyAnswer, "length limit"),
        (FILTERED, ContentRefused, "content"),
        ("SAFETY", ContentRefused, "content"),
        (TOOL_CALLS, EmptyAnswer, "tool"),
    ],
)
@pytest.mark.parametrize("text", ["", " \n", "<think>Hm.</think>", "<|im_end|>"])
def test_an_empty_answer_is_never_a_success(finish: str, kind: type[Exception], words: str, text: str) -> None:
    body = {"choices": [{"message": {"content": text}, "finish_reason": finish}]}
    for got in (told(chunk(text), chunk(None, finish), DONE), heard(chat_completions.parse_whole(body))):
        assert isinstance(got.error, kind)
        assert words in str(got.error)
        assert not got.error.retryable or kind is ContentRefused


@pytest.mark.parametrize(
    ("more", "finish"),
    [
        ({"finish_reason": "stop", "native_finish_reason": "MAX_TOKENS"}, LENGTH),
        ({"finish_reason": "stop", "native_finish_reason": "SAFETY"}, FILTERED),
        ({"finish_reason": "stop", "native_finish_reason": "end_turn"}, FINISHED),
        ({"finish_reason": "length", "native_finish_reason": "STOP"}, LENGTH),
        ({"finish_reason": None, "native_finish_reason": "length"}, LENGTH),
        ({"finish_reason": None, "finish_details": {"type": "max_tokens"}}, LENGTH),
        ({"finishReason": "MAX_TOKENS"}, LENGTH),
    ],
)
def test_the_reason_that_says_more_counts(more: dict[str, object], finish: str) -> None:
    assert told(*DELTAS, chunk(None, **more), DONE).finish == [finish]


def test_a_reason_that_says_more_comes_later() -> None:
    assert told(*DELTAS, chunk(None, "stop"), chunk(None, "length"), DONE).finish == [LENGTH]
    assert told(*DELTAS, chunk(None, "length"), chunk(None, "stop"), DONE).finish == [LENGTH]


# --- when it ends -----------------------------------------------------------------------------------------


def test_an_end_with_every_piece_ends_nothing() -> None:
    clock: list[bool] = []
    got = told(*(chunk(word, "stop") for word in WORDS), clock=clock)
    assert (got.text, got.finish) == (TEXT, [FINISHED])
    assert True not in clock


def test_an_end_with_the_first_piece_ends_nothing() -> None:
    for first in (chunk("", "stop"), chunk(None, "stop"), chunk(WORDS[0], "stop")):
        clock: list[bool] = []
        got = told(
            first,
            *(DELTAS if first != chunk(WORDS[0], "stop") else DELTAS[1:]),
            chunk(None, "length"),
            DONE,
            clock=clock,
        )
        assert (got.text, got.finish) == (TEXT, [LENGTH])
        assert clock[:2] != [True]


def test_text_behind_the_end_calls_the_clock_off() -> None:
    clock: list[bool] = []
    got = told(*DELTAS[:2], chunk(None, "stop"), *DELTAS[2:], chunk(None, "stop"), DONE, clock=clock)
    assert got.text == TEXT
    assert clock == [True, False]


def test_thinking_behind_the_end_calls_the_clock_off() -> None:
    clock: list[bool] = []
    thought = {"choices": [{"delta": {"reasoning_content": "Hm."}}]}
    got = told(*DELTAS[:2], chunk(None, "stop"), thought, *DELTAS[2:], chunk(None, "stop"), DONE, clock=clock)
    assert (got.text, got.reasoning, clock) == (TEXT, "Hm.", [True, False])


def test_usage_in_every_piece_ends_nothing() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    assert told(*(each for word in WORDS for each in (chunk(word, "stop"), usage))).text == TEXT


# --- what comes twice -------------------------------------------------------------------------------------

WHOLE = {"role": "assistant", "content": TEXT}
REPEATED: list[tuple[str, list[Any]]] = [
    ("message with the end", [chunk(None, "stop", message=WHOLE)]),
    ("message without delta", [{"choices": [{"index": 0, "message": WHOLE, "finish_reason": "stop"}]}]),
    ("message beside an empty delta", [chunk("", "stop", message=WHOLE)]),
    ("message behind the end", [chunk(None, "stop"), {"choices": [{"message": WHOLE}]}]),
    ("message before the end", [{"choices": [{"message": WHOLE}]}, chunk(None, "stop")]),
    ("message as parts", [chunk(None, "stop", message={"content": [{"type": "text", "text": TEXT}]})]),
    ("text with the end", [chunk(None, "stop", text=TEXT)]),
    ("text alone", [{"choices": [{"index": 0, "text": TEXT, "finish_reason": "stop"}]}]),
    ("text behind the end", [chunk(None, "stop"), {"choices": [{"text": TEXT}]}]),
    ("text before the end", [{"choices": [{"text": TEXT}]}, chunk(None, "stop")]),
    ("delta with the end", [chunk(TEXT, "stop")]),
    ("delta behind the end", [chunk(None, "stop"), chunk(TEXT)]),
    ("delta before the end", [chunk(TEXT), chunk(None, "stop")]),
    ("delta with a blank more", [chunk(TEXT + "\n"), chunk(None, "stop")]),
    ("delta of parts", [{"choices": [{"delta": {"content": [{"text": TEXT}]}, "finish_reason": "stop"}]}]),
    ("delta twice", [chunk(TEXT, "stop", text=TEXT, message=WHOLE)]),
]


@pytest.mark.parametrize(("name", "last"), REPEATED, ids=[name for name, _ in REPEATED])
@pytest.mark.parametrize("end", [[DONE], []], ids=["done", "hung up"])
def test_a_last_piece_that_says_it_all_again(name: str, last: list[Any], end: list[Any]) -> None:
    got = told(*DELTAS, *last, *end)
    assert (got.text, got.finish, got.error) == (TEXT, [FINISHED], None), name


def test_the_same_token_in_text_and_delta() -> None:
    assert told(*(chunk(word, text=word) for word in WORDS), chunk(None, "stop"), DONE).text == TEXT
    assert told(*(chunk(word, text=word, message={"content": word}) for word in WORDS), DONE).text == TEXT


def test_messages_that_grow() -> None:
    grown = ["".join(WORDS[: at + 1]) for at in range(len(WORDS))]
    assert told(*({"choices": [{"message": {"content": text}}]} for text in grown), DONE).text == TEXT


def test_messages_that_are_pieces() -> None:
    assert told(*({"choices": [{"message": {"content": word}}]} for word in WORDS), DONE).text == TEXT


@pytest.mark.parametrize("text", ["ha" * 2, "Bye-bye", "1010", "no no no no", "Knock, knock. " * 3 + "Who is there?"])
def test_an_answer_that_repeats_itself_stays(text: str) -> None:
    for size in (1, 2, 4):
        cut = [text[at : at + size] for at in range(0, len(text), size)]
        assert told(*map(chunk, cut), chunk(None, "stop"), DONE).text == text
    assert told(
        chunk("Knock. "), chunk("Knock. "), chunk("Knock. Knock. "), chunk("Yes?"), chunk(None, "stop")
    ).text == ("Knock. Knock. Knock. Knock. Yes?")


def test_a_last_message_that_has_more() -> None:
    assert told(*DELTAS[:2], chunk(None, "stop", message=WHOLE), DONE).text == TEXT


PLACES = [{"output_index": 0, "content_index": 0}, {"output_index": 1, "content_index": 0}, {}, {"output_index": "x"}]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("output", [True, False])
def test_a_part_that_is_told_again_at_another_place(place: dict[str, object], output: bool) -> None:
    at = {"output_index": 0, "content_index": 0}
    deltas = [{"type": "response.output_text.delta", "delta": word, **at} for word in WORDS]
    items = [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}] if output else []
    got = responses(
        *deltas,
        {"type": "response.output_text.done", "text": TEXT, **place},
        {"type": "response.completed", "response": {"status": "completed", "output": items}},
    )
    assert (got.text, got.finish) == (TEXT, [FINISHED])


def test_two_parts_that_only_come_whole() -> None:
    done = [{"type": "response.output_text.done", "text": text, "output_index": at} for at, text in enumerate("AB")]
    assert responses(*done, {"type": "response.completed", "response": {"status": "completed"}}).text == "AB"


# --- what is lost -----------------------------------------------------------------------------------------


def broken(stream: list[bytes], which: int) -> list[bytes]:
    """The stream with an event cut in its middle, as a proxy does that counts wrongly."""
    lines = stream[which].rstrip(b"\n")
    return [*stream[:which], lines[: len(lines) // 2] + b"\n\n", *stream[which + 1 :]]


@pytest.mark.parametrize("which", range(len(WORDS)))
def test_a_lost_piece_of_chat_is_said(which: int) -> None:
    got = heard(chat_completions.parse(events(broken(chat_stream(TEXT), which))))
    assert got.text == "".join(word for at, word in enumerate(WORDS) if at != which)
    assert (got.finish, got.error) == ([GAPS], None)


@pytest.mark.parametrize("which", range(len(WORDS)))
def test_a_lost_piece_of_chat_is_mended_by_the_whole_at_the_end(which: int) -> None:
    stream = broken(chat_stream(TEXT), which)
    body = "".join(part.decode() for part in stream).replace(
        '"delta":{},', f'"delta":{{}},"message":{json.dumps(WHOLE)},'
    )
    got = heard(chat_completions.parse(events([body.encode()])))
    assert (got.text, got.finish, got.error) == (TEXT, [FINISHED], None)


def test_a_lost_piece_of_a_response_is_mended_by_its_end() -> None:
    stream = responses_stream(TEXT, reasoning="Let me see.")
    deltas = [at for at, part in enumerate(stream) if b"output_text.delta" in part]
    assert len(deltas) == len(WORDS)
    for which in deltas:
        got = heard(xai_responses.parse(events(broken(stream, which))))
        assert (got.text, got.finish, got.error) == (TEXT, [FINISHED], None)
        got = heard(xai_responses.parse(events([*stream[:which], *stream[which + 1 :]])))
        assert (got.text, got.finish, got.error) == (TEXT, [FINISHED], None)


def test_a_lost_piece_without_a_whole_is_said_of_a_response_too() -> None:
    delta = {"type": "response.output_text.delta", "delta": "Two"}
    end = {"type": "response.completed", "response": {"status": "completed", "output": []}}
    assert responses(delta, ServerEvent('{"type":"response.output_te'), end).finish == [GAPS]


def test_what_is_no_json_at_all_is_no_loss() -> None:
    for odd in ("ping", "", ": x", "keep-alive", "null", "7", "[]"):
        assert told(*DELTAS, ServerEvent(odd), chunk(None, "stop"), DONE).finish == [FINISHED]


def test_a_line_end_within_a_string_is_read() -> None:
    odd = ServerEvent('{"choices":[{"delta":{"content":"Two\n"}}]}')
    assert told(odd, chunk("pears."), chunk(None, "stop"), DONE).text == "Two\npears."


# --- tools ------------------------------------------------------------------------------------------------

TOOLS = ["function_call", "mcp_approval_request", "mcp_call", "mcp_list_tools", "web_search_call", "custom_tool_call"]
TOOLS += ["computer_call", "local_shell_call", "image_generation_call", "code_interpreter_call", "apply_patch_call"]


@pytest.mark.parametrize("kind", TOOLS)
@pytest.mark.parametrize("where", ["output", "events", "whole"])
def test_a_tool_alone_is_told_as_one(kind: str, where: str) -> None:
    item = {"type": kind, "id": "x"}
    body = {"status": "completed", "output": [] if where == "events" else [{"type": "reasoning", "summary": []}, item]}
    if where == "whole":
        got = heard(xai_responses.parse_whole(body))
    else:
        added = {"type": "response.output_item.added", "item": item}
        got = responses(*([added] if where == "events" else []), {"type": "response.completed", "response": body})
    assert isinstance(got.error, EmptyAnswer)
    assert "tried to call a tool" in got.error.title


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "end_turn"])
def test_a_tool_alone_in_chat(finish: str) -> None:
    calls = {"tool_calls": [{"index": 0, "function": {"name": "look", "arguments": "{}"}}]}
    whole = {"choices": [{"message": {"content": None, **calls}, "finish_reason": finish}]}
    for got in (
        told({"choices": [{"delta": calls}]}, chunk(None, finish), DONE),
        heard(chat_completions.parse_whole(whole)),
    ):
        assert isinstance(got.error, EmptyAnswer)
        assert "tried to call a tool" in got.error.title


# --- thinking ---------------------------------------------------------------------------------------------

LEFT_OVER = [
    "<think>A ball?</think>\n\nTwo pears.",
    "A ball?\n</think>\n\nTwo pears.",
    "<THINKING>A ball?</THINKING>Two pears.",
    "[THINK]A ball?[/THINK]Two pears.",
    "◁think▷A ball?◁/think▷Two pears.",
    "<|channel|>analysis<|message|>A ball?<|end|><|start|>assistant<|channel|>final<|message|>Two pears.<|return|>",
    "<think>A ball?</think><|begin_of_box|>Two pears.<|end_of_box|></s>",
    "A ball?</think>Two pears.<|im_end|>",
]


@pytest.mark.parametrize("text", LEFT_OVER)
def test_thinking_and_marks_are_no_answer_in_either_dialect(text: str) -> None:
    content = [{"type": "output_text", "text": text}]
    body: dict[str, object] = {"status": "completed", "output": [{"type": "message", "content": content}]}
    chat = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    answers = [
        heard(chat_completions.parse_whole(chat)),
        heard(xai_responses.parse_whole(body)),
        heard(chat_completions.parse(events(chat_stream(text)))),
        heard(xai_responses.parse(events(responses_stream(text)))),
    ]
    for got in answers:
        assert (got.text, got.reasoning.strip(), got.finish, got.error) == (TEXT, "A ball?", [FINISHED], None)


def test_a_thought_that_was_taken_for_the_answer_is_taken_back() -> None:
    events = list(
        chat_completions.parse(
            [ServerEvent(json.dumps(chunk(text))) for text in ("Hm.", "\n</think>", "\nYes.")] + [DONE]
        )
    )
    assert TextReplaced("") in events
    assert events.index(TextReplaced("")) > events.index(TextDelta("Hm."))
