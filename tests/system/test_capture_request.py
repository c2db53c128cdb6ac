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
requests = st.builds(
    CaptureRequest,
    mode=st.sampled_from(["region", "window", "screen", "all", "last", "rect", "clipboard"]),
    screen=st.integers(0, 9),
    rect=st.none() | regions,
    delay=st.floats(0, 600),
    action_id=st.text(),
    copy=st.booleans(),
    out=st.text(),
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


def test_a_picture_is_only_kept_when_nothing_is_asked() -> None:
    assert CaptureRequest(copy=True).is_only_kept
    assert CaptureRequest(out="/a.png").is_only_kept
    assert not CaptureRequest().is_only_kept
    assert not CaptureRequest(copy=True, action_id="alt-text").is_only_kept
