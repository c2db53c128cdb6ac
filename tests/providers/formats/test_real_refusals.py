"""What servers say, in their own words, when they do not take a picture, a size or a model; errors inside a 200."""

from __future__ import annotations

import json

import pytest

from grokdesk.errors import (
    ContentRefused,
    CreditsUsedUp,
    EmptyAnswer,
    Fault,
    GrokDeskError,
    KeyRefused,
    ModelNotFound,
    ProviderError,
    RateLimited,
    Remedy,
    RequestRefused,
    RequestTooLarge,
    ServerTrouble,
)
from grokdesk.providers.dialects import chat_completions, xai_responses
from grokdesk.providers.formats.error_bodies import is_error, words_of
from grokdesk.providers.formats.server_errors import status_error
from tests.support.servers.answers import heard

TAKES_NO_PICTURES = [
    (400, "Invalid content type. image_url is only supported by certain models."),
    (400, "Invalid value: 'image_url'. Supported values are: 'text'."),
    (400, "Image inputs are not supported by this model."),
    (400, "This model does not support image inputs."),
    (400, "Model grok-3-mini-1.5 does not support image input."),
    (422, "Failed to deserialize the JSON body: messages[0]: unknown variant `image_url`, expected `text` at line 1"),
    (400, "messages[0].content must be a string"),
    (
        400,
        "for 'role:user' the following must be satisfied[('messages.0.content' : value must be a string)]",
    ),
    (400, "Image input is not enabled for this model"),
    (400, "Qwen/Qwen3-8B is not a multimodal model"),
    (400, "At most 0 image(s) may be provided in one request."),
    (400, "At most 0 image(s) may be provided in one prompt."),
    (
        500,
        "Failed to create new sequence: failed to process inputs: this model is missing data required for image input",
    ),
    (500, "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string"),
    (400, "Model does not support images. Please use a model that does."),
    (400, "Model do not support images input."),
    (500, "Vision add-on is not loaded, but images were provided for processing"),
    (500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"),
    (400, "unsupported content[].type"),
    (404, "No endpoints found that support image input"),
    (400, "'claude-2.1' does not support image input."),
    (400, "This model doesn't support the image content block that you provided. Update the content block."),
    (400, "Image input modality is not enabled for models/gemini-1.0-pro"),
    (400, "image content is not supported for model command-r"),
    (400, "content type image_url is not supported"),
    (400, "Content type 'image_url' is not supported by this model."),
    (400, "Unsupported content type: image_url"),
    (400, "unsupported content type 'image_url'"),
    (400, "This model does not support vision capabilities."),
    (400, "The model llama-3.3-70b does not support multimodal input."),
    (400, "This model does not support multi-modal content"),
    (400, "This is a text-only model."),
    (400, "This model only supports text input"),
    (400, "Only 'text' content type is supported."),
    (400, "The server does not support vision. Start it with --mmproj."),
    (500, "this model does not support images"),
    (501, "Vision is not supported by the loaded model"),
    (415, "images are not supported"),
    (400, "The selected model cannot process images."),
    (400, "invalid message content type: image_url"),
    (422, "Input should be a valid string: body.messages.0.content"),
]


def refused(status: int, body: object) -> GrokDeskError:
    return status_error(status, {}, json.dumps(body).encode(), "Acme")


@pytest.mark.parametrize(("status", "words"), TAKES_NO_PICTURES)
def test_a_model_that_takes_no_pictures_in_its_own_words(status: int, words: str) -> None:
    for body in (
        {"error": {"message": words}},
        {"error": words},
        {"object": "error", "message": words},
        {"detail": words},
    ):
        error = refused(status, body)
        assert (type(error), error.remedy) == (RequestRefused, Remedy.CHOOSE_MODEL)
        assert isinstance(error, ProviderError)
        assert error.fault is Fault.ALL_PICTURES
    inside = heard(chat_completions.parse_whole({"error": {"message": words}})).error
    assert inside is not None
    assert inside.remedy is Remedy.CHOOSE_MODEL


@pytest.mark.parametrize(
    "words",
    [
        "Image type image/webp is not supported",
        "Unsupported image format: webp",
        "This model does not support image format HEIC",
        "image URLs are not currently supported, please use base64",
        "This model does not support images larger than 5 MB",
        "At most 1 image(s) may be provided in one request",
        "Could not process image",
        "The image is not valid",
        "Too many images: at most 10 images are supported",
        "This model does not support 'reasoning_effort'",
        "Invalid image input",
    ],
)
def test_what_is_said_of_some_pictures_is_not_meant_for_all(words: str) -> None:
    assert refused(400, {"error": {"message": words}}).remedy is not Remedy.CHOOSE_MODEL


TOO_SMALL = [
    "The image length and width do not meet the model restrictions. [height:1 or width:1 must be larger than 10]",
    "height:20 or width:20 must be larger than factor:28",
    "absolute aspect ratio must be smaller than 200, got 300.0",
    "Image is too small. Minimum is 8x8 pixels.",
    "The image is too small: 1x1",
    "image dimensions are below the minimum",
    "Minimum image size is 32 x 32",
]


@pytest.mark.parametrize("words", TOO_SMALL)
@pytest.mark.parametrize("status", [400, 422])
def test_a_picture_that_is_too_small(status: int, words: str) -> None:
    error = refused(status, {"error": {"message": words}})
    assert type(error) is RequestRefused
    assert "too small" in error.title
    assert "enlarge it" in error.hint
    assert isinstance(error, ProviderError)
    assert error.fault is Fault.NEW_PICTURES


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "The model grok-4.5 does not exist or your team 1.2.3 does not have access to it."),
        (404, "The model `gpt-4.1-mini` does not exist"),
        (404, "Model grok-4.5 not found."),
        (404, 'model "qwen2.5vl:7b" not found, try pulling it first'),
        (400, "x-ai/grok-4.5 is not a valid model ID"),
        (404, "models/gemini-1.5-pro is not found for API version v1beta"),
        (400, "The model `llama-3.2-90b-vision-preview` has been decommissioned and is no longer supported."),
        (404, "The API deployment for this resource does not exist."),
        (400, "Model Not Exist"),
        (400, "Invalid model name passed in model=grok-4.5"),
    ],
)
def test_a_model_that_is_not_there_although_its_name_has_dots(status: int, words: str) -> None:
    assert type(refused(status, {"error": {"message": words}})) is ModelNotFound


INSIDE_200: list[tuple[dict[str, object], type[ProviderError], str]] = [
    ({"detail": "Not authenticated: invalid api key"}, KeyRefused, "invalid api key"),
    ({"detail": [{"loc": ["body", "model"], "msg": "unknown model"}]}, ModelNotFound, "unknown model"),
    ({"code": 1301, "message": "content policy violation"}, ContentRefused, "content policy"),
    ({"code": "InvalidApiKey", "message": "Invalid API-key provided: invalid_api_key"}, KeyRefused, "Invalid API-key"),
    ({"code": 429, "msg": "slow down"}, RateLimited, "slow down"),
    ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, CreditsUsedUp, "insufficient balance"),
    ({"base_resp": {"status_code": 1004, "status_msg": "login fail: bad"}, "choices": None}, KeyRefused, "login fail"),
    ({"errors": [{"message": "model grok-4.5 not found"}]}, ModelNotFound, "grok-4.5"),
    ({"errors": ["Rate limit reached"]}, RateLimited, "Rate limit"),
    ({"errors": {"image": ["image is too small"]}}, RequestRefused, "too small"),
    ({"error_code": 17, "error_msg": "Open api daily request limit reached"}, ServerTrouble, "daily request"),
    ({"success": False, "message": "no credits left"}, CreditsUsedUp, "no credits"),
    ({"status": "error", "message": "context length exceeded"}, RequestTooLarge, "context length"),
    ({"fault": {"faultstring": "Invalid ApiKey: invalid api key"}}, KeyRefused, "Invalid ApiKey"),
    ({"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "rate limit"}, RateLimited, "rate"),
    ({"message": "Route not found", "statusCode": 404}, RequestRefused, "Route not found"),
]


@pytest.mark.parametrize(("body", "kind", "words"), INSIDE_200)
def test_an_error_inside_a_200_in_every_shape(body: dict[str, object], kind: type[ProviderError], words: str) -> None:
    assert is_error(body)
    for dialect in (chat_completions, xai_responses):
        error = heard(dialect.parse_whole(body)).error
        assert type(error) is kind
        assert words in error.hint


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "message": "success", "data": []},
        {"base_resp": {"status_code": 0, "status_msg": "success"}},
        {"choices": [{"delta": {}}], "code": 5, "message": "x"},
        {"type": "response.created", "response": {}},
        {"status": "completed", "output": []},
        {"version": "0.5.1"},
        {"object": "list", "data": []},
        {"models": [], "status": "ok"},
        {"text": "Two pears.", "status": "done"},
        {"usage": {"total_tokens": 3}},
    ],
)
def test_what_is_no_error_in_a_200(body: dict[str, object]) -> None:
    assert not is_error(body)
    assert heard(chat_completions.parse_whole(body)).error is None or isinstance(
        heard(chat_completions.parse_whole(body)).error, EmptyAnswer
    )


@pytest.mark.parametrize(
    "response",
    [
        {"status": "failed", "error": None, "incomplete_details": {"reason": "content_filter"}},
        {"status": "failed", "error": {"code": "content_filter", "message": "no"}},
        {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []},
    ],
)
def test_a_response_that_failed_because_of_its_content(response: dict[str, object]) -> None:
    assert isinstance(heard(xai_responses.parse_whole(response)).error, ContentRefused)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (
            "<html><title>413 Entity Too Large</title><body><h1>413 Entity Too Large</h1><hr>nginx</html>",
            "413 Entity Too Large nginx",
        ),
        ("<title>413</title><h1>413</h1> from nginx", "413 from nginx"),
        ("<title>502 Bad Gateway</title><h1>502 Bad&nbsp;Gateway</h1>", "502 Bad Gateway"),
    ],
)
def test_the_title_of_a_page_is_not_quoted_twice(page: str, words: str) -> None:
    assert words_of(page.encode()).message == words
