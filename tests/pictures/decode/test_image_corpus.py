"""Every file of the corpus is opened or refused with a sentence; nothing crashes, hangs or fills the memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from grokdesk.errors import GrokDeskError, PictureError
from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.prepare.preparing import prepare
from tests.support.images.bare import is_bare
from tests.support.images.hostile_images import slow_filter
from tests.support.images.image_corpus import EITHER, OPENS, REFUSED, Member, slow_corpus, whole_corpus
from tests.support.images.images import decoded, quarters
from tests.support.images.talkative import talkative_files

LIMITS = ImageLimits(long_edge=1024, max_bytes=200_000)
SECONDS, HOSTILE_SECONDS = 30.0, 3.0
MOST_MEMORY = 1024**3
"""Of a child that has opened the corpus without its largest pictures."""

KINDS = (
    "modes",
    "PNG kinds",
    "TIFF",
    "others",
    "orientations",
    "profiles",
    "frames",
    "sizes",
    "cut off",
    "names",
    "talkative",
    "bombs",
    "liars",
    "loops",
    "drawings",
    "noise",
    "no pictures",
)
SLOW = (
    "12000x10000.png",
    "huge-canvas-deflate.tif",
    "huge-canvas.gif",
    "huge-canvas.webp",
    "progressive.jpg",
    "filter.svg",
    "uses.svg",
)


@pytest.fixture(scope="module")
def members() -> tuple[Member, ...]:
    return whole_corpus()


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(seconds=SECONDS, kept_seconds=60)
    yield decoder
    decoder.close()


def outcome_of(member: Member, decoder: Decoder) -> PreparedImage | PictureError:
    picture = Picture(member.name, member.data, frame=member.frame)
    try:
        return prepare(picture, LIMITS, opener=decoder.open)
    except PictureError as error:
        return error


def check(member: Member, outcome: PreparedImage | PictureError) -> None:
    label = f"{member.kind}: {member.name!r}"
    if isinstance(outcome, GrokDeskError):
        assert member.outcome != OPENS, f"{label} was refused: {outcome}"
        assert outcome.title.startswith(member.name), label
        assert outcome.title.endswith("."), label
        assert outcome.hint, label
        return
    assert member.outcome != REFUSED, f"{label} was opened"
    assert max(outcome.width, outcome.height) <= LIMITS.long_edge, label
    assert len(outcome.data) <= LIMITS.max_bytes, label
    assert is_bare(outcome.data), label
    assert member.size in (None, (outcome.source_width, outcome.source_height)), label


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_opened_or_refused_with_a_sentence(
    kind: str, members: tuple[Member, ...], decoder: Decoder
) -> None:
    chosen = [member for member in members if member.kind == kind]
    assert chosen
    for member in chosen:
        check(member, outcome_of(member, decoder))
    if sys.platform == "linux":
        for child in decoder._idle:
            status = Path("/proc", str(child.pid), "status").read_text()
            peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
            assert peak < MOST_MEMORY


def test_a_hostile_drawing_is_given_up_in_time() -> None:
    decoder = Decoder(seconds=0.5)
    outcome = outcome_of(Member("bombs", "filter.svg", slow_filter()), decoder)
    decoder.close()
    assert isinstance(outcome, PictureError)
    assert outcome.title == "filter.svg could not be opened within 0.5 seconds."


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.big_corpus
def test_what_takes_long_ends(name: str) -> None:
    member = next(slow_corpus(name))
    decoder = Decoder(seconds=SECONDS if member.outcome == OPENS else HOSTILE_SECONDS)
    check(member, outcome_of(member, decoder))
    decoder.close()


def test_the_corpus_is_what_it_says(members: tuple[Member, ...]) -> None:
    assert len(members) > 500
    assert {member.kind for member in members} == set(KINDS)
    assert sum(member.outcome == EITHER for member in members) < len(members) / 4


def test_turned_pictures_stand_upright(members: tuple[Member, ...], decoder: Decoder) -> None:
    upright = quarters(48, 32)
    for member in members:
        if member.kind != "orientations" or member.name.startswith(("turn0", "turn9", "turn65535")):
            continue
        outcome = outcome_of(member, decoder)
        assert isinstance(outcome, PreparedImage)
        image, turn = decoded(outcome.data).convert("RGB"), int(member.name[4])
        stored = _turned(upright, turn)
        difference = ImageChops.difference(image, stored.resize(image.size))
        assert max(ImageStat.Stat(difference).mean) < 6, member.name


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """The stored picture as a person sees it (Exif 2.32, section 4.6.4 A, orientation)."""
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.ROTATE_270, Image.Transpose.FLIP_LEFT_RIGHT],
        6: [Image.Transpose.ROTATE_270],
        7: [Image.Transpose.ROTATE_90, Image.Transpose.FLIP_LEFT_RIGHT],
        8: [Image.Transpose.ROTATE_90],
    }
    for turn in turns.get(orientation, []):
        image = image.transpose(turn)
    return image


def test_nothing_that_a_file_tells_beside_its_pixels_leaves(decoder: Decoder) -> None:
    for name, data in talkative_files().items():
        assert b"SECRET" in data or "compress" in name or name in ("time.png", "hidden-colour.png")
        prepared = prepare(Picture(name, data), LIMITS, opener=decoder.open)
        assert is_bare(prepared.data), name
        assert b"SECRET" not in prepared.data
        assert decoded(prepared.data).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_what_was_transparent_does_not_leave(decoder: Decoder) -> None:
    prepared = prepare(Picture("a", talkative_files()["hidden-colour.png"]), LIMITS, lossless=True, opener=decoder.open)
    assert decoded(prepared.data).crop((0, 0, 32, 64)).getcolors() == [(32 * 64, (255, 255, 255))]
