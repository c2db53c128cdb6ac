"""What ``grokdesk ask`` makes of pictures: as they are, in parts, or fitted, and what it tells about that."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from grokdesk.cli.upload_details import upload_words
from grokdesk.errors import EXIT_FAILURE, EXIT_NETWORK, EXIT_OK, EXIT_USAGE
from grokdesk.model import Profile
from grokdesk.providers.models.picture_tokens import token_range
from tests.cli.conftest import Done
from tests.support.images.images import decoded, encoded, page_of_text, photo, quarters
from tests.support.images.pictures import prepared_image
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream

Ask = Callable[..., Done]
TOO_SMALL = "grokdesk: Text in page.png may become too small to read. Send it in parts with --tiles.\n"


@pytest.fixture(autouse=True)
def pears(server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))


@pytest.fixture
def at_small_server(at_server: Ask, grokdesk: Any, server: ScriptedServer) -> Ask:
    profile = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1", "model": "m"}
    grokdesk.write_settings(profiles=[{**profile, "long_edge": 800, "max_images": 5}])
    return at_server


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.png"
    file.write_bytes(encoded(page_of_text(["All work and no play makes Jack a dull boy."] * 30, 16, width=1500), "PNG"))
    return str(file)


def sent(server: ScriptedServer) -> list[bytes]:
    messages: Any = server.requests[-1].json["input"]
    urls = [part["image_url"] for part in messages[-1]["content"] if part["type"] == "input_image"]
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


def test_text_that_becomes_too_small_is_told_on_standard_error(at_small_server: Ask, page: str) -> None:
    done = at_small_server(page, "--json")
    assert done.err == TOO_SMALL
    (image,) = done.json["images"]
    assert (image["legible"], image["width"], image["source_width"]) == (False, 800, 1500)
    assert image["tokens"] == [256, 768]
    assert image["source_bytes"] == Path(page).stat().st_size
    assert "too small to read well" in image["notes"][0]


def test_tiles_keep_the_text_as_it_is(at_small_server: Ask, page: str, server: ScriptedServer) -> None:
    done = at_small_server(page, "--tiles", "--json")
    assert done.err == ""
    names = [image["name"] for image in done.json["images"]]
    assert names == ["page.png, part 1 of 2, left", "page.png, part 2 of 2, right"]
    assert all(image["legible"] for image in done.json["images"])
    assert [decoded(data).width for data in sent(server)] == [798, 798]


def test_tiles_leave_room_for_the_other_pictures(at_small_server: Ask, page: str, shot: str) -> None:
    assert len(at_small_server(page, shot, shot, shot, "--tiles", "--json").json["images"]) == 5
    done = at_small_server(page, shot, shot, shot, shot, "--tiles", "--json")
    assert "page.png would be 2 parts" in done.json["error"]["title"]


def test_an_original_leaves_in_its_own_size(at_small_server: Ask, tmp_path: Path, server: ScriptedServer) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(encoded(photo(1200, 900), "JPEG", comment=b"SECRET"))
    done = at_small_server(str(file), "--original", "--json")
    (data,) = sent(server)
    assert decoded(data).size == (1200, 900)
    assert decoded(data).tobytes() == decoded(file.read_bytes()).tobytes()
    assert b"SECRET" not in data
    assert done.json["images"][0]["notes"][0] == "Sent as the file is."


def test_one_way_or_the_other(at_server: Ask, shot: str) -> None:
    assert "not allowed with argument" in at_server(shot, "--original", "--tiles").err


def test_a_picture_in_words() -> None:
    xai = Profile("xai", "xAI", "xai-responses", "https://api.x.ai/v1")
    other = Profile("o", "Ollama", "chat-completions", "http://localhost:11434/v1")
    image = prepared_image()
    assert upload_words(image, xai) == "shot.png: 4 x 3 -> 4 x 3 PNG 0 kB, about 256-512 tokens"
    assert upload_words(image, other) == "shot.png: 4 x 3 -> 4 x 3 PNG 0 kB"


@pytest.mark.parametrize(
    ("dialect", "url", "size", "tokens"),
    [
        ("xai-responses", "https://api.x.ai/v1", (448, 448), (256, 512)),
        ("xai-responses", "https://api.x.ai/v1", (449, 448), (256, 768)),
        ("xai-responses", "https://eu-west-1.api.x.ai/v1", (3840, 2160), (256, 1792)),
        ("chat-completions", "https://api.x.ai/v1", (3840, 2160), (256, 1792)),
        ("chat-completions", "https://openrouter.ai/api/v1", (3840, 2160), None),
        ("on-this-computer", "", (3840, 2160), None),
    ],
)
def test_tokens_are_told_where_there_is_a_rule(dialect: Any, url: str, size: tuple[int, int], tokens: Any) -> None:
    assert token_range(Profile("p", "P", dialect, url), *size) == tokens


def test_another_frame_is_sent(at_server: Ask, tmp_path: Path, server: ScriptedServer) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 250))]
    file = tmp_path / "moving.gif"
    file.write_bytes(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert at_server(str(file), "--frame", "2").code == EXIT_OK
    (image,) = sent(server)
    assert decoded(image).convert("RGB").getpixel((5, 5)) == (0, 250, 0)
    refused = at_server(str(file), "--frame", "4")
    assert refused.err.startswith("grokdesk: moving.gif has 3 frames, so there is no frame 4.")
    for word in ("0", "-1", "two"):
        assert at_server(str(file), f"--frame={word}").code == EXIT_USAGE


def test_parts_of_a_turned_photo_stand_upright(at_small_server: Ask, tmp_path: Path, server: ScriptedServer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = quarters(1200, 600)
    (tmp_path / "phone.png").write_bytes(encoded(stored, "PNG", exif=exif))
    assert at_small_server(str(tmp_path / "phone.png"), "--tiles").code == EXIT_OK
    first = decoded(sent(server)[0]).convert("RGB")
    assert first.getpixel((2, 2)) == (0, 0, 255)


def test_the_address_of_a_file_is_as_good_as_its_path(at_server: Ask, shot: str, server: ScriptedServer) -> None:
    address = Path(shot).absolute().as_uri()
    for form in (address, address.replace("file://", "file:"), address.replace("file://", "file://localhost")):
        assert at_server(form).code == EXIT_OK
        assert len(sent(server)) == 1
    done = at_server(address.replace("file://", "file://elsewhere"))
    assert done.code != EXIT_OK
    assert "on another computer, elsewhere" in done.err


def test_a_size_that_was_refused_once_is_said_before_it_is_sent_again(
    at_server: Ask, server: ScriptedServer, tmp_path: Path
) -> None:
    words = "height:3 or width:8 must be larger than 10"
    server.on("POST", "/v1/responses", Reply.json({"error": {"message": words}}, 400))
    file = tmp_path / "narrow.png"
    file.write_bytes(encoded(Image.new("RGB", (8, 3), "red"), "PNG"))
    assert at_server(str(file)).code == EXIT_NETWORK
    done = at_server(str(file))
    assert (done.code, len(server.requests)) == (EXIT_FAILURE, 1)
    assert "narrow.png is too small for grok-4.5: 8 x 3 pixels, and each side needs at least 11." in done.err
    assert "enlarge it first" in done.err
