from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import Region
from grokdesk.system.capture_request import CaptureRequest, packed, region_from, text_of, unpacked

regions = st.builds(
    Region, st.integers(-99_999, 99_999), st.integers(-9999, 9999), st.integers(1, 99_999), st.integers(1, 9999)
)
texts = st.text(st.characters(exclude_characters="\0"), max_size=60)
requests = st.builds(
    CaptureRequest,
    mode=st.sampled_from(["region", "window", "screen", "all", "last", "rect", "clipboard"]),
    screen=st.integers(0, 9),
    rect=regions,
    delay=st.floats(0, 600),
    action_id=texts,
    copy=st.booleans(),
    out=st.just("") | texts.map(lambda text: f"/{text}"),
)


@given(requests)
def test_a_request_survives_the_way_to_the_running_program(request: CaptureRequest) -> None:
    assert unpacked(packed(request)) == request


@given(regions)
def test_a_region_survives_its_text(region: Region) -> None:
    assert region_from(text_of(region)) == region


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,0,4", "1,2,3,4,5", "a,b,c,d", "1.5,2,3,4", "1,2,-3,4", "9999999,0,1,1"]
)
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="X,Y,WIDTH,HEIGHT"):
        region_from(text)


@pytest.mark.parametrize("word", ["", "3", "[]", "{}", json.dumps({"mode": "sideways", "rect": None}), '{"rect": 3}'])
def test_what_another_version_may_say_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpacked(word)


BAD_VALUES: tuple[tuple[str, object], ...] = (
    ("mode", 3),
    ("mode", None),
    ("mode", ["region"]),
    ("screen", "1"),
    ("screen", -1),
    ("screen", 100),
    ("screen", True),
    ("screen", 1.5),
    ("rect", {"x": "1", "y": 2, "width": 3, "height": 4}),
    ("rect", {"x": 1, "y": 2, "width": 0, "height": 4}),
    ("rect", {"x": 1, "y": 2, "width": 3, "height": -4}),
    ("rect", {"x": 1_000_000, "y": 2, "width": 3, "height": 4}),
    ("rect", {"x": 1, "y": 2, "width": 3}),
    ("rect", {"x": 1, "y": 2, "width": 3, "height": 4, "depth": 5}),
    ("rect", [1, 2, 3, 4]),
    ("rect", 0),
    ("delay", -1),
    ("delay", 600.1),
    ("delay", 1e308),
    ("delay", "3"),
    ("delay", float("nan")),
    ("delay", float("inf")),
    ("delay", True),
    ("action_id", None),
    ("action_id", 3),
    ("action_id", "a\0b"),
    ("action_id", "x" * 5000),
    ("copy", 1),
    ("copy", "yes"),
    ("out", "relative.png"),
    ("out", "/a\0.png"),
    ("out", ["/a.png"]),
    ("more", 1),
)


@pytest.mark.parametrize(("field", "value"), BAD_VALUES)
def test_values_that_could_not_be_carried_out_are_refused_at_the_door(field: str, value: object) -> None:
    table = json.loads(packed(CaptureRequest("rect", rect=Region(1, 2, 3, 4))))
    table[field] = value
    with pytest.raises(ValueError, match=r".+"):
        unpacked(json.dumps(table))


@pytest.mark.parametrize(
    ("field", "value"), [("screen", 0), ("screen", 99), ("delay", 0), ("delay", 600), ("out", ""), ("out", "/a.png")]
)
def test_the_largest_and_smallest_values_pass(field: str, value: object) -> None:
    table = json.loads(packed(CaptureRequest("rect", rect=Region(1, 2, 3, 4))))
    table[field] = value
    assert getattr(unpacked(json.dumps(table)), field) == value


@pytest.mark.parametrize("word", ["[" * 20_000, '{"a":' * 6_000, "x" * 40_000, packed(CaptureRequest("rect"))])
def test_a_word_that_is_too_deep_too_long_or_lacks_something_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpacked(word)


def test_a_picture_is_only_kept_when_nothing_is_asked() -> None:
    assert CaptureRequest(copy=True).is_only_kept
    assert CaptureRequest(out="/a.png").is_only_kept
    assert not CaptureRequest().is_only_kept
    assert not CaptureRequest(copy=True, action_id="alt-text").is_only_kept
