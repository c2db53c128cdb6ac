"""The body of a request in pieces: the same JSON, its exact length, and no second copy of a picture in memory."""

from __future__ import annotations

import base64
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.providers.formats.json_pieces import Inline, json_pieces


def test_a_picture_becomes_base64_after_its_prefix() -> None:
    body = {"text": "Grüße 🍐", "image": Inline(b"\x89PNG", "data:image/png;base64,"), "stream": True}
    told = b"".join(json_pieces(body))
    assert told.decode() == '{"text":"Grüße 🍐","image":"data:image/png;base64,iVBORw==","stream":true}'


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=3), st.lists(st.binary(max_size=20), max_size=3))
def test_any_body_has_the_length_that_was_announced(body: dict[str, Any], pictures: list[bytes]) -> None:
    pieces = json_pieces({**body, "pictures": [Inline(picture, "é:") for picture in pictures]})
    told = b"".join(pieces)
    assert len(told) == pieces.size
    expected = [f"é:{base64.b64encode(picture).decode()}" for picture in pictures]
    assert json.loads(told) == {**body, "pictures": expected}
    assert b"".join(pieces) == told, "another attempt sends the same"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 294_911, 294_912, 294_913, 600_000])
def test_slices_join_without_a_seam(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    pieces = json_pieces({"data": Inline(data)})
    assert json.loads(b"".join(pieces)) == {"data": base64.b64encode(data).decode()}


def test_a_large_picture_costs_a_slice() -> None:
    body = {"data": Inline(bytes(20_000_000))}
    tracemalloc.start()
    try:
        sent = sum(len(piece) for piece in json_pieces(body))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 26_666_000
    assert peak < 1_000_000


def test_half_a_character_does_not_stop_a_question() -> None:
    assert json.loads(b"".join(json_pieces({"text": "a\ud800b"}))) == {"text": "a?b"}


def test_what_is_no_json_is_our_mistake() -> None:
    with pytest.raises(TypeError, match="set is not JSON"):
        json_pieces({"x": {1}})
