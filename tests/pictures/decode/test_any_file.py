"""Any bytes, near and far from a picture: opened or refused with a sentence, and the next file opens as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grokdesk.errors import PictureError
from grokdesk.model import Picture
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.decode.opened import OpenedPicture
from tests.support.images.image_corpus import whole_corpus
from tests.support.images.mutations import Mutation, mutated

MOST_BYTES = 30_000
KINDS = ("set", "cut", "insert", "repeat", "swap")
MUTATION = st.builds(Mutation, st.sampled_from(KINDS), st.floats(0, 1), st.binary(max_size=8))
HEADS = (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"<svg ", b"BM")


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(seconds=10, kept_seconds=60)
    yield decoder
    decoder.close()


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    return [member.data for member in whole_corpus() if 0 < len(member.data) <= MOST_BYTES]


def opened_or_refused(decoder: Decoder, data: bytes, enough: int | None) -> OpenedPicture | PictureError:
    try:
        return decoder.open(Picture("odd.bin", data), enough=enough)
    except PictureError as error:
        return error


def check(outcome: OpenedPicture | PictureError) -> None:
    if isinstance(outcome, PictureError):
        assert outcome.title.startswith("odd.bin ")
        assert outcome.hint
    else:
        assert outcome.image.mode in ("L", "RGB")
        assert min(outcome.width, outcome.height) >= 1
        assert max(outcome.image.size) <= max(outcome.width, outcome.height)
        assert not outcome.image.info


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, 10_000),
    mutations=st.lists(MUTATION, min_size=1, max_size=6),
    enough=st.sampled_from([None, 64]),
)
def test_changed_files_open_or_are_refused(
    number: int, mutations: list[Mutation], enough: int | None, seeds: list[bytes], decoder: Decoder
) -> None:
    check(opened_or_refused(decoder, mutated(seeds[number % len(seeds)], mutations), enough))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), rest=st.binary())
def test_any_bytes_open_or_are_refused(head: bytes, rest: bytes, decoder: Decoder) -> None:
    check(opened_or_refused(decoder, head + rest, None))
