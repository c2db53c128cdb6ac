"""What servers say about pictures, and what is not about pictures although it sounds like it."""

from __future__ import annotations

import json

import pytest

from grokdesk.errors import Fault, ProviderError
from grokdesk.providers.formats.server_errors import reported_error, status_error

NEW, ALL, ADDRESS, ADDRESSES = Fault.NEW_PICTURES, Fault.ALL_PICTURES, Fault.ADDRESS, Fault.ADDRESSES

WORDS: list[tuple[int, str, Fault | None]] = [
    (400, "image URLs are not currently supported, please use base64 encoded data instead", ADDRESSES),
    (400, "'url' field must be a base64 encoded image.", ADDRESSES),
    (400, "Failed to fetch image from URL: 404", ADDRESS),
    (422, "Unable to download the image at https://example.org/a.png", ADDRESS),
    (400, "Error while downloading https://example.org/a.png as an image file.", ADDRESS),
    (400, "Timed out while downloading image", ADDRESS),
    (400, "The image could not be retrieved.", ADDRESS),
    (400, "Invalid image_url", ADDRESS),
    (400, "The URL is not a valid absolute URI", ADDRESS),
    (400, "invalid image input", NEW),
    (400, "The image data you provided does not represent a valid image.", NEW),
    (422, "cannot identify image file", NEW),
    (400, "Failed to process image: too few pixels", NEW),
    (400, "The image is too small.", NEW),
    (415, "Unsupported image format", NEW),
    (403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO", NEW),
    (404, "No endpoints found that support image input", ALL),
    (400, "At most 1 image(s) may be provided in one request", ALL),
    (413, "image content cannot exceed 30MB", ALL),
    (413, "nginx", None),
    (400, "maximum context length is 4096 tokens", None),
    (400, "Unknown parameter: image_detail", None),
    (400, "messages: field required", None),
    (429, "Too many requests", None),
    (500, "Failed to load the model", None),
]


@pytest.mark.parametrize(("status", "words", "fault"), WORDS)
def test_which_pictures_a_refusal_is_about(status: int, words: str, fault: Fault | None) -> None:
    error = status_error(status, {}, json.dumps({"error": {"message": words}}).encode(), "Acme")
    assert isinstance(error, ProviderError)
    assert error.fault is fault
    assert words.rstrip(".") in error.hint
    assert not error.retryable or status >= 429


@pytest.mark.parametrize(("words", "fault"), [(words, fault) for _, words, fault in WORDS if fault in (NEW, ADDRESS)])
def test_the_same_inside_an_answer(words: str, fault: Fault) -> None:
    error = reported_error({"error": {"message": words}})
    assert isinstance(error, ProviderError)
    assert error.fault is fault
    assert not error.retryable, "it would fail again"
