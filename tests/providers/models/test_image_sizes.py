"""Which images a model refuses for their size: documented, learned from a refusal, and said before the next is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import RequestRefused
from grokdesk.logs import Redactor
from grokdesk.model import Message, PreparedImage, Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.picture_faults import is_too_small
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.image_sizes import ImageSizes, documented_sizes, sizes_told, unfit
from grokdesk.providers.models.model_memory import REFUSALS_SECONDS, ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.questions.context.rules import Upkeep
from tests.support.servers.answers import heard
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer


def image(width: int, height: int) -> PreparedImage:
    return PreparedImage("a.png", b"\x89PNG", "image/png", width, height, "0" * 64, width, height)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.mark.parametrize(
    ("said", "sizes"),
    [
        ("The image length and width do not meet the model restrictions. [height:1 or width:1 must be larger than 10]",
         ImageSizes(least_edge=11)),
        ("height:20 or width:100 must be larger than factor:28", ImageSizes(least_edge=28)),
        ("absolute aspect ratio must be smaller than 200, got 300.0", ImageSizes(most_ratio=200)),
        ("The image's aspect ratio must be below 100:1", ImageSizes(most_ratio=100)),
        ("Image has 64 total pixels, which is below the minimum of 512 total pixels", ImageSizes(least_pixels=512)),
        ("The image is too small: width must be at least 14 pixels", ImageSizes(least_edge=14)),
        ("minimum image size is 28x28", ImageSizes(least_edge=28)),
        ("image width must be greater than or equal to 32", ImageSizes(least_edge=32)),
        ("The image is too small", ImageSizes(least_edge=9)),
        ("The aspect ratio of the image is not supported", ImageSizes()),
        ("image dimensions are smaller than the minimum of 99999999 pixels", ImageSizes()),
    ],
)  # fmt: skip
def test_what_a_refusal_tells_of_sizes(said: str, sizes: ImageSizes) -> None:
    assert is_too_small(said)
    assert sizes_told(said, [image(8, 30), image(100, 100)]) == sizes


@pytest.mark.parametrize(
    "said",
    ["The image must be larger than 5 MB", "image too large", "At most 0 image(s) may be provided", "no", "rate limit"],
)
def test_other_refusals_tell_nothing_of_sizes(said: str) -> None:
    assert not is_too_small(said)


@pytest.mark.parametrize(
    ("sizes", "width", "height", "said"),
    [
        (ImageSizes(least_edge=11), 11, 11, ""),
        (ImageSizes(least_edge=11), 10, 500, "each side needs at least 11"),
        (ImageSizes(least_edge=11), 500, 10, "each side needs at least 11"),
        (ImageSizes(most_ratio=200), 2000, 10, ""),
        (ImageSizes(most_ratio=200), 2001, 10, "at most 200 to 1"),
        (ImageSizes(most_ratio=200), 10, 2001, "at most 200 to 1"),
        (ImageSizes(least_pixels=512), 32, 16, ""),
        (ImageSizes(least_pixels=512), 511, 1, "at least 512 in all"),
        (ImageSizes(), 1, 1, ""),
    ],
)
def test_an_image_is_refused_at_exactly_these_sizes(sizes: ImageSizes, width: int, height: int, said: str) -> None:
    error = unfit(image(width, height), sizes, "m-1")
    assert (said in error.title and "m-1" in error.title and bool(error.hint)) if error and said else error is None


@pytest.mark.parametrize(
    ("model", "edge"),
    [
        ("qwen2.5vl:7b", 11),
        ("Qwen/Qwen2.5-VL-7B-Instruct", 11),
        ("qwen3-vl-plus", 11),
        ("qvq-max", 11),
        ("qwen3-coder", 0),
        ("grok-4.5", 0),
        ("", 0),
    ],
)
def test_what_is_documented(model: str, edge: int) -> None:
    assert documented_sizes(model).least_edge == edge


def test_what_one_refusal_told_is_said_before_the_next_question_is_sent(server: ScriptedServer, tmp_path: Path) -> None:
    now = [1000.0]
    memory = ModelMemory(tmp_path / "models.json", lambda: now[0])
    profile = Profile("p", "Acme", "chat-completions", server.url, "m-1")
    words = "The image length and width do not meet the model restrictions. [must be larger than 10]"
    server.on("POST", "/v1/chat/completions", Reply.json({"error": {"message": words}}, 400))
    upkeep = Upkeep(sizes=memory.image_sizes)
    assert upkeep.unfit([image(4, 4)], profile) is None
    remote = Remote(Transport(), profile, dialect_for("chat-completions"), "", Redactor(), memory)
    got = heard(remote.answer(Message("?", (image(4, 4),)), [], CancelSwitch()))
    assert isinstance(got.error, RequestRefused)
    error = upkeep.unfit([image(50, 50), image(10, 50)], profile)
    assert error is not None
    assert error.title == "a.png is too small for m-1: 10 x 50 pixels, and each side needs at least 11."
    assert upkeep.unfit([image(11, 50)], profile) is None
    again = ModelMemory(tmp_path / "models.json", lambda: now[0])
    assert again.image_sizes(profile) == ImageSizes(least_edge=11)
    assert again.image_sizes(Profile("p", "Acme", "chat-completions", server.url, "m-2")) == ImageSizes()
    now[0] += REFUSALS_SECONDS + 1
    assert again.image_sizes(profile) == ImageSizes()


@pytest.mark.parametrize("kept", ["[]", "[1]", '["a", 0, 0]', "[-1, 0, 0]", "[true, 0, 0]", "null", "{}"])
def test_an_odd_entry_of_the_file_forbids_nothing(tmp_path: Path, kept: str) -> None:
    profile = Profile("p", "Acme", "chat-completions", "http://localhost", "m-1")
    name = "p chat-completions http://localhost m-1"
    (tmp_path / "image-sizes.json").write_text(f'{{"{name}": [{kept}, 20.0]}}')
    assert ModelMemory(tmp_path / "models.json", lambda: 30.0).image_sizes(profile) == ImageSizes()
