from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.addresses import is_loopback
from grokdesk.errors import UsageError
from grokdesk.providers.formats.base_url import endpoint, is_xai, normalised


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("api.x.ai", "https://api.x.ai/v1"),
        ("  https://api.x.ai/v1/ ", "https://api.x.ai/v1"),
        ("HTTPS://API.X.AI:443", "https://api.x.ai/v1"),
        ("https://api.x.ai/v1/chat/completions", "https://api.x.ai/v1"),
        ("https://api.x.ai/v1/responses#y", "https://api.x.ai/v1"),
        ("https://eu-west-1.api.x.ai/v1/language-models", "https://eu-west-1.api.x.ai/v1"),
        ("https://example.org//v1//v1/", "https://example.org/v1"),
        ("localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/api", "http://localhost:11434/v1"),
        ("http://localhost:11434/api/chat", "http://localhost:11434/v1"),
        ("localhost:1234/api/v0/models", "http://localhost:1234/v1"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        ("::1", "http://[::1]/v1"),
        ("[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("192.168.1.5:8000", "https://192.168.1.5:8000/v1"),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000/v1"),
        ("openrouter.ai", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("concurred.ai", "https://concurred.ai/api/v1"),
        ("https://agent-heavy.vercel.app/", "https://agent-heavy.vercel.app/api/v1"),
        ("https://concurred.ai/v1", "https://concurred.ai/api/v1"),
        ("https://concurred.ai/api/v1/vision", "https://concurred.ai/api/v1"),
        ("https://example.org/v1beta/openai/", "https://example.org/v1beta/openai"),
        ("https://example.org/team/llm", "https://example.org/team/llm"),
        ("http://localhost:4000", "http://localhost:4000/v1"),
    ],
)
def test_what_people_type(typed: str, base: str) -> None:
    assert normalised(typed) == base
    assert normalised(base) == base
    assert endpoint(typed, "responses") == f"{base}/responses"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://models.github.ai/inference", "https://models.github.ai/inference/chat/completions"),
        ("https://models.github.ai/inference/chat/completions", "https://models.github.ai/inference/chat/completions"),
        ("http://localhost:3000/api", "http://localhost:3000/api/chat/completions"),
        ("http://localhost:3000/api/chat/completions", "http://localhost:3000/api/chat/completions"),
        (
            "https://acme.openai.azure.com/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21",
            "https://acme.openai.azure.com/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21",
        ),
        (
            "https://acme.openai.azure.com/openai/deployments/gpt?api-version=preview",
            "https://acme.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=preview",
        ),
        (
            "https://acme.databricks.com/serving-endpoints",
            "https://acme.databricks.com/serving-endpoints/chat/completions",
        ),
        ("https://example.org/chat/completions", "https://example.org/chat/completions"),
        ("https://example.org/chat/completions/", "https://example.org/chat/completions"),
        ("https://example.org/v1?team=a", "https://example.org/v1/chat/completions?team=a"),
        ("https://example.org?team=a", "https://example.org/v1/chat/completions?team=a"),
        ("https://example.org/responses", "https://example.org/chat/completions"),
        (
            "https://gateway.ai.cloudflare.com/v1/x/y/openai",
            "https://gateway.ai.cloudflare.com/v1/x/y/openai/chat/completions",
        ),
        ("https://example.org", "https://example.org/v1/chat/completions"),
        ("http://localhost:8080/api/chat", "http://localhost:8080/v1/chat/completions"),
    ],
)
def test_what_was_typed_is_asked_as_it_was_typed(typed: str, url: str) -> None:
    assert endpoint(typed, "chat/completions") == url
    assert endpoint(normalised(typed), "chat/completions") == url
    assert endpoint(typed, "models") == url.replace("chat/completions", "models")


@pytest.mark.parametrize("typed", ["", "/", "/api", "/v1", "/api/v1", "/api/v1/vision"])
def test_an_api_that_lies_elsewhere(typed: str) -> None:
    assert endpoint(f"127.0.0.1:9{typed}", "vision", "/api/v1") == "http://127.0.0.1:9/api/v1/vision"


@pytest.mark.parametrize(
    "typed",
    ["ftp://example.org", "http://", "a b", "http://x:0", "http://x:99999", "/v1", "https://?", "http://[::1", "e\x00"],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(UsageError, match="is not a valid server address"):
        normalised(typed)


def test_a_password_does_not_belong_into_an_address() -> None:
    with pytest.raises(UsageError) as caught:
        normalised("https://me:secret@example.org/v1")
    assert "secret" not in str(caught.value)


PIECES = """
    http:// https:// localhost api.x.ai :8080 :443 :80 / // v1 /v1 chat /chat/completions /responses /api models
    [::1] ::1 127.0.0.1 ?a=b #x ü .. %20 :11434 :1234 @ /v1beta/openai LOCALHOST ; . ~ openrouter.ai
"""
pieces = st.sampled_from(PIECES.split())


@given(st.lists(pieces, max_size=7).map("".join) | st.text(max_size=30))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    try:
        base = normalised(typed)
    except UsageError:
        return
    assert normalised(base) == base
    assert not base.partition("?")[0].endswith("/")


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST."])
def test_loopback(host: str) -> None:
    assert is_loopback(f"http://{host}:8080/v1")


@pytest.mark.parametrize("nothing", ["", "  "])
def test_no_address_is_nobodys_address(nothing: str) -> None:
    with pytest.raises(UsageError, match="No server address"):
        normalised(nothing)


@pytest.mark.parametrize("host", ["localhost.example.org", "127.0.0.1.example.org", "example.org", "[::", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(f"http://{host}/v1")


def test_xai_and_its_regions_but_not_its_imitators() -> None:
    assert is_xai("eu-west-1.api.x.ai")
    assert not is_xai("https://api.x.ai.example.org/v1")
    assert not is_xai("https://notx.ai/v1")
