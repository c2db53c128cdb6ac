from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, Interrupted, NotAPicture, NotReachable, PictureTooLarge
from grokdesk.providers.http.download import fetch
from grokdesk.providers.http.transport import Transport
from tests.support.servers.replies import Cut, Reply, Send, Stall
from tests.support.servers.server import ScriptedServer

PNG = b"\x89PNG and so on"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def picture() -> Reply:
    return Reply(headers={"Content-Type": "image/png"}, steps=(Send(PNG),))


def get(server: ScriptedServer, path: str, max_bytes: int = 1000) -> tuple[bytes, str]:
    return fetch(Transport(), server.url + path, CancelSwitch(), max_bytes)


def moved(to: str) -> Reply:
    return Reply(status=302, headers={"Location": to})


def test_a_picture_and_its_name(server: ScriptedServer) -> None:
    server.on("GET", "/a/my%20cat.png", picture())
    assert get(server, "/a/my%20cat.png?size=2#top") == (PNG, "my cat.png")
    headers = server.requests[0].headers
    assert not {"authorization", "cookie", "referer"} & headers.keys()
    assert "image/*" in headers["accept"]


def test_a_picture_without_a_name_is_named_after_its_host(server: ScriptedServer) -> None:
    server.on("GET", "/", picture())
    assert get(server, "/")[1] == "127.0.0.1"


def test_redirects_are_followed_and_name_the_picture(server: ScriptedServer) -> None:
    server.on("GET", "/one", moved("two"))
    server.on("GET", "/two", moved(f"{server.url}/three"))
    server.on("GET", "/three", moved("/cat.png"))
    server.on("GET", "/cat.png", picture())
    assert get(server, "/one") == (PNG, "cat.png")


def test_no_more_than_three_redirects(server: ScriptedServer) -> None:
    server.on("GET", "/circle", moved("/circle"))
    with pytest.raises(NotAPicture, match="in a loop"):
        get(server, "/circle")
    assert len(server.requests) == 4


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:image/png;base64,AA", "https://"])
def test_a_redirect_leads_nowhere_but_to_the_web(server: ScriptedServer, to: str) -> None:
    server.on("GET", "/x", moved(to))
    with pytest.raises(NotAPicture, match="not a link to a picture"):
        get(server, "/x")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "cat.png", "", "ftp://x/y.png", "http://", "javascript:1", "http://[::1"]
)
def test_only_the_web(url: str) -> None:
    with pytest.raises(NotAPicture, match="not a link to a picture"):
        fetch(Transport(), url, CancelSwitch())


def test_no_passwords() -> None:
    with pytest.raises(NotAPicture) as caught:
        fetch(Transport(), "https://me:hush@example.org/cat.png", CancelSwitch())
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply.text("no", 403), "denied access"),
        (Reply.text("no", 404), "does not have this picture"),
        (Reply.text("no", 500), "did not send the picture"),
        (Reply(status=304), "did not send the picture"),
        (Reply.text("<html>", content_type="text/html; charset=utf-8"), "web page"),
    ],
)
def test_what_is_no_picture(server: ScriptedServer, reply: Reply, words: str) -> None:
    server.on("GET", "/x", reply)
    with pytest.raises(NotAPicture, match=words):
        get(server, "/x")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(steps=(Send(b"x" * 1001),)),
        Reply(steps=(Send(b"x" * 1001),), framing="chunked"),
        Reply(steps=(Send(b"x"), Stall()), length=10**9),
    ],
    ids=["announced", "chunked", "announced and stalling"],
)
def test_too_large(server: ScriptedServer, reply: Reply) -> None:
    server.on("GET", "/x", reply)
    with pytest.raises(PictureTooLarge):
        get(server, "/x")


def test_exactly_the_limit(server: ScriptedServer) -> None:
    server.on("GET", "/x", Reply(steps=(Send(b"x" * 1000),), framing="chunked"))
    assert len(get(server, "/x")[0]) == 1000


def test_network_trouble_has_its_own_names(server: ScriptedServer) -> None:
    server.on("GET", "/x", Reply(steps=(Send(b"x"), Cut()), length=10))
    with pytest.raises(Interrupted):
        get(server, "/x")
    with pytest.raises(NotReachable):
        fetch(Transport(), "http://nowhere.invalid/cat.png", CancelSwitch())


def test_stop(server: ScriptedServer) -> None:
    server.on("GET", "/x", Reply(steps=(Send(b"x"), Stall()), length=10))
    cancel = CancelSwitch()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            fetch(Transport(), f"{server.url}/x", cancel)
        except Cancelled as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    server.wait_until_stalled()
    begun = time.monotonic()
    cancel.throw()
    thread.join(10)
    assert time.monotonic() - begun < 0.2
    assert errors
