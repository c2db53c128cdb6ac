"""Every way in which a server refuses becomes the fitting error, with a sentence, advice, and its own words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import (
    ContentRefused,
    CreditsUsedUp,
    GrokDeskError,
    KeyRefused,
    ModelNotFound,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Remedy,
    RequestRefused,
    RequestTooLarge,
    ServerTrouble,
)
from grokdesk.logs import MASK, Redactor
from grokdesk.providers.formats.error_bodies import LONGEST_WORDS, ServerWords, is_error, words_of
from grokdesk.providers.formats.server_errors import redacted_errors, reported_error, retry_after, status_error

INVALID = "Client specified an invalid argument"
TEAM = "00000000-0000-0000-0000-000000000000"

# status, body, error, a word of its title or hint
TABLE: list[tuple[int, object, type[ProviderError], str]] = [
    (400, {"error": "Model not found: grok-2-vision-latest"}, ModelNotFound, "grok-2-vision-latest"),
    (400, {"error": {"message": "nope", "code": "INVALID_MODEL"}}, ModelNotFound, "nope"),
    (400, {"error": {"message": "no", "code": "GUARDRAIL_BLOCKED"}}, ContentRefused, "no"),
    (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, RequestTooLarge, "smaller pictures"),
    (400, {"error": {"message": "At most 1 image(s) may be provided in one request"}}, RequestTooLarge, "At most 1"),
    (
        400,
        {"object": "error", "message": "bad thing", "type": "BadRequestError", "code": 400},
        RequestRefused,
        "bad thing",
    ),
    (
        400,
        {"detail": [{"loc": ["body", "image"], "msg": "field required"}]},
        RequestRefused,
        "body.image: field required",
    ),
    (400, {"error": {"message": "unknown variant `image_url`, expected `text`"}}, RequestRefused, "vision model"),
    (400, {"error": {"message": "No connected db.", "type": "no_db_connection", "code": "400"}}, KeyRefused, "No conn"),
    (401, b"", KeyRefused, "Check the key"),
    (401, {"error": {"message": "No auth credentials found", "code": 401}}, KeyRefused, "No auth"),
    (403, {"error": "Your API key does not have permission"}, PermissionRefused, "permissions"),
    (403, {"error": "You have no credits left"}, CreditsUsedUp, "Add credits"),
    (404, {"error": {"message": 'model "llava" not found, try pulling it first'}}, ModelNotFound, "try pulling"),
    (404, {"error": {"message": "No endpoints found that support image input"}}, RequestRefused, "vision model"),
    (404, {"detail": "Not Found"}, RequestRefused, "base URL"),
    (405, b"", RequestRefused, "base URL"),
    (404, {"message": "Route not found", "statusCode": 404}, RequestRefused, "Route not found"),
    (407, b"", RequestRefused, "authentication"),
    (408, b"", ServerTrouble, "408"),
    (
        413,
        b"<html><head><title>413 Too Large</title></head><body>nginx</body></html>",
        RequestTooLarge,
        "413 Too Large",
    ),
    (422, b"Failed to buffer the request body: length limit exceeded", RequestTooLarge, "length limit"),
    (422, {"error": "field of wrong shape"}, RequestRefused, "wrong shape"),
    (429, b"", RateLimited, "in a moment"),
    (429, {"error": {"message": "insufficient_quota"}}, CreditsUsedUp, "spending limit"),
    (500, {"error": {"message": "image input is not supported - hint: mmproj"}}, RequestRefused, "vision model"),
    (500, b"", ServerTrouble, "500"),
    (500, b'data: {"error": {"message": "No start", "code": "500"}}\n\ndata: [DONE]\n\n', ServerTrouble, "“No start”"),
    (500, b"event: error\ndata: out of order\n\n", ServerTrouble, "out of order"),
    (501, b"", RequestRefused, "base URL"),
    (502, b"<!DOCTYPE html><style>p{}</style><h1>Bad&nbsp;gateway</h1>", ServerTrouble, "Bad gateway"),
    (503, {"error": {"code": 503, "message": "Loading model"}}, ServerTrouble, "still loading the model"),
    (
        529,
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        ServerTrouble,
        "Overloaded",
    ),
    # As xAI, OpenRouter, Ollama, LM Studio and Concurred word it.
    (400, {"code": INVALID, "error": "Incorrect API key provided: na***ys."}, KeyRefused, "Incorrect API key provided"),
    (
        400,
        {"code": "invalid-argument", "error": "This model does not support 'reasoning_effort' value 'none'"},
        RequestRefused,
        "'reasoning_effort' value 'none'",
    ),
    (
        400,
        {"code": INVALID, "error": "An empty message was provided."},
        RequestRefused,
        "An empty message was provided",
    ),
    (
        400,
        {"code": INVALID, "error": "Model grok-4-latest does not support parameter reasoningEffort."},
        RequestRefused,
        "does not support parameter reasoningEffort",
    ),
    (
        403,
        {
            "code": "The caller does not have permission to execute the specified operation",
            "error": f"Content violates usage guidelines. Team: {TEAM}, Failed check: SAFETY_CHECK_TYPE_BIO",
        },
        ContentRefused,
        "SAFETY_CHECK_TYPE_BIO",
    ),
    (
        429,
        {
            "code": "Some resource has been exhausted",
            "error": f"Your team {TEAM} has either used all available credits or reached its monthly spending limit.",
        },
        CreditsUsedUp,
        "monthly spending limit",
    ),
    (402, {"error": {"code": 402, "message": "Insufficient credits"}, "user_id": "u"}, CreditsUsedUp, "Insufficient"),
    (
        429,
        {
            "error": {
                "code": 429,
                "message": "Provider returned error",
                "metadata": {"provider_name": "G", "raw": "model is temporarily rate-limited upstream."},
            },
            "user_id": "u",
        },
        RateLimited,
        "temporarily rate-limited upstream",
    ),
    (
        400,
        {"error": {"message": "image URLs are not currently supported, please use base64", "param": None}},
        RequestRefused,
        "image URLs are not currently supported",
    ),
    (400, {"error": "'url' field must be a base64 encoded image."}, RequestRefused, "must be a base64 encoded image"),
    (
        429,
        {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Limit exceeded", "details": {"retryAfter": 30}}},
        RateLimited,
        "Limit exceeded",
    ),
]


def refused(status: int, body: object, headers: dict[str, str] | None = None) -> GrokDeskError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status_error(status, headers or {}, data, "Acme")


@pytest.mark.parametrize(("status", "body", "kind", "words"), TABLE)
def test_the_table(status: int, body: object, kind: type[ProviderError], words: str) -> None:
    error = refused(status, body)
    assert type(error) is kind
    assert words in str(error)
    assert "<" not in error.hint


def test_a_model_that_does_not_see_is_exchanged_for_one_that_does() -> None:
    assert refused(404, {"error": "No endpoints found that support image input"}).remedy is Remedy.CHOOSE_MODEL


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"code": "The service is currently unavailable", "error": "Timed out waiting"}, ServerTrouble),
        ({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, RateLimited),
        ({"error": {"message": "slow", "code": "429"}}, RateLimited),
        ({"error": {"message": "down", "code": 503}}, ServerTrouble),
        ({"type": "error", "code": "invalid_request_error", "message": "no"}, RequestRefused),
        ({"type": "response.failed", "response": {"error": {"code": "invalid_api_key", "message": ""}}}, KeyRefused),
        ({"error": "Content violates usage guidelines"}, ContentRefused),
        ({"error": "The caller does not have permission"}, PermissionRefused),
        ({"error": {"message": "You have used up your credits"}}, CreditsUsedUp),
        ({"error": {}, "type": "error"}, ServerTrouble),
    ],
)
def test_errors_inside_a_reply_with_status_200(told: dict[str, object], kind: type[ProviderError]) -> None:
    assert is_error(told)
    assert type(reported_error(told)) is kind


@pytest.mark.parametrize("told", [{"error": None}, {"type": "response.created", "response": {"error": None}}, {}])
def test_what_is_no_error(told: dict[str, object]) -> None:
    assert not is_error(told)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, 7.0),
        ({"retry-after": "-5"}, 7.0),
        ({}, 7.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_in_the_body(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers, ServerWords(retry_after=7.0)) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("90", "in 90 seconds"), ("0", "in 1 second."), ("600", "in 10 minutes"), ("9999", "in 3 hours")],
)
def test_the_wait_is_named(seconds: str, words: str) -> None:
    error = refused(429, b"", {"retry-after": seconds})
    assert isinstance(error, RateLimited)
    assert error.retry_after == float(seconds)
    assert words in error.hint


def test_a_server_in_trouble_may_name_a_time_too() -> None:
    error = refused(503, b"", {"retry-after": "5"})
    assert isinstance(error, ServerTrouble)
    assert error.retry_after == 5.0
    assert "in 5 seconds" in error.hint


@pytest.mark.parametrize(
    ("location", "hint"),
    [
        ("https://elsewhere.example/v1/x", "https://elsewhere.example/v1/x"),
        ("//elsewhere.example/v1/x", "https://elsewhere.example/v1/x"),
        ("/v2/responses?key=1", "points to /v2/responses on the same server"),
        ("responses/", "points to responses/ on the same server"),
        ("https:///v1/x", "Check the base URL in the settings."),
        ("http://", "Check the base URL in the settings."),
        ("file:///etc/passwd", "Check the base URL in the settings."),
        ("https://[::1", "Check the base URL in the settings."),
        ("", "Check the base URL in the settings."),
    ],
)
def test_an_address_without_a_host_is_not_offered_as_one(location: str, hint: str) -> None:
    error = refused(307, b"", {"location": location})
    assert hint in error.hint
    assert "unknown" not in error.hint
    assert "//" not in error.hint or "elsewhere.example" in error.hint


def test_a_redirect_is_shown_and_not_followed() -> None:
    error = refused(308, b"", {"location": "https://u:p@elsewhere.example/v1/responses?key=1"})
    assert type(error) is RequestRefused
    assert "https://elsewhere.example/v1/responses" in error.hint
    assert "u:p" not in str(error)
    assert "key=1" not in str(error)


def test_words_are_cut_at_a_blank_so_that_no_key_is_shown_in_part() -> None:
    secret = "s" * 60
    body = ("word " * 95 + secret + " end").encode()
    words = words_of(body).message
    assert len(words) <= LONGEST_WORDS
    assert words.endswith("word …")
    assert words_of(b"x" * 600).message == " …"


@pytest.mark.parametrize(
    ("message", "parameter"),
    [
        ("Model grok-4-latest does not support parameter reasoningEffort.", "reasoningEffort"),
        ("Argument not supported: stream_options", "stream_options"),
        ("Unrecognized request argument supplied: stream_options", "stream_options"),
        ("Unknown parameter: 'stream_options'.", "stream_options"),
        ("Unsupported parameter: 'temperature' is not supported with this model.", "temperature"),
        ("This is no parameter trouble", ""),
    ],
)
def test_the_parameter_at_fault_is_found(message: str, parameter: str) -> None:
    assert words_of(json.dumps({"error": message}).encode()).parameters == ((parameter,) if parameter else ())
    assert words_of(json.dumps({"error": {"message": message, "param": "p"}}).encode()).parameters[0] == "p"


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (
            "openai does not support parameters: ['reasoning_effort', 'stream_options'], for model=m.",
            ("reasoning_effort", "stream_options"),
        ),
        ("Unrecognized request arguments supplied: a, b, and c_d", ("a", "b", "c_d")),
        ("Unsupported parameters: 'a', 'b' and 'c'.", ("a", "b", "c")),
        ("Unsupported parameter: `a.b` or `c`; leave them out.", ("a.b", "c")),
        ("Unsupported parameter: 'a'. Unknown parameter: 'b'.", ("a", "b")),
        ("Arguments not supported: a and b.", ("a", "b")),
        ("Unsupported parameter: 'temperature', use 'top_p' instead.", ("temperature",)),
        ("Argument not supported: a, please leave it out", ("a",)),
        ("Unsupported parameter: 'a', and text is too long.", ("a",)),
        ("Unsupported value: 'effort' does not support 'none', 'low'.", ("effort",)),
    ],
)
def test_every_parameter_of_a_list_is_found(message: str, names: tuple[str, ...]) -> None:
    assert words_of(json.dumps({"error": {"message": message}}).encode()).parameters == names


def test_every_field_that_is_extra_is_found() -> None:
    extra = [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"} for name in "ab"]
    assert words_of(json.dumps({"detail": [*extra, {"loc": ["body", "c"], "msg": "Short"}]}).encode()).parameters == (
        "a",
        "b",
    )


def test_known_secrets_and_known_shapes_are_masked() -> None:
    redactor = Redactor()
    redactor.remember("my-own-secret")
    body = {"error": "Bad my-own-secret, xai-abcdef123456, Team: 01234567-89ab-cdef-0123-456789abcdef"}
    with pytest.raises(RequestRefused) as caught, redacted_errors(redactor):
        raise refused(400, body)
    shown = repr(caught.value) + str(caught.value) + repr(caught.value.args)
    assert shown.count(MASK) >= 3
    assert "secret," not in shown
    assert "xai-abc" not in shown
    assert "0123" not in shown


def test_advice_and_words_together_have_a_limit_too() -> None:
    with pytest.raises(RequestRefused) as caught, redacted_errors(Redactor()):
        raise refused(400, ("word " * 2000).encode())
    assert len(caught.value.hint) <= LONGEST_WORDS
    assert caught.value.hint.startswith("Change the question")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "message", "code", "detail", "details", "retryAfter", "type", "param", "metadata"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.integers(300, 599), json_values.map(lambda told: json.dumps(told).encode()) | st.binary(max_size=60))
def test_any_body_gives_a_sentence(status: int, body: bytes) -> None:
    error = status_error(status, {}, body, "Acme")
    assert isinstance(error, ProviderError)
    assert error.title
    assert error.hint


@given(json_values)
def test_any_event_gives_a_sentence(told: object) -> None:
    assert reported_error(told if isinstance(told, dict) else {}).title
