from __future__ import annotations

from dataclasses import replace

from grokdesk.model import ImageLimits, PreparedImage
from grokdesk.pictures.prepare.smaller import LEAST_EDGE, smaller_limits

SENT = PreparedImage("shot", b"x" * 400_000, "image/png", 2000, 1000, "0", 4000, 2000)


def test_half_of_what_was_sent_whatever_the_limits_were() -> None:
    limits = smaller_limits([SENT, replace(SENT, width=500, height=800)], ImageLimits(long_edge=8192))
    assert limits is not None
    assert limits.long_edge == 1000
    assert 200_000 <= limits.file_bytes <= 200_010


def test_bytes_that_are_counted_as_in_the_file() -> None:
    limits = smaller_limits([SENT], ImageLimits(counts_base64=False))
    assert limits is not None
    assert limits.file_bytes == 200_000


def test_again_and_again_until_there_is_nothing_left_to_see() -> None:
    limits, image, edges = ImageLimits(), SENT, []
    while (smaller := smaller_limits([image], limits)) is not None:
        limits = smaller
        edges.append(limits.long_edge)
        image = replace(image, width=limits.long_edge, height=limits.long_edge // 2, data=b"x" * limits.file_bytes)
    assert edges == [1000, 500, LEAST_EDGE]


def test_what_goes_by_its_address_cannot_be_smaller() -> None:
    assert smaller_limits([replace(SENT, data=b"", url="https://example.org/a.png")], ImageLimits()) is None
    assert smaller_limits([], ImageLimits()) is None
