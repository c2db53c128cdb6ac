"""Which pictures go as an address, and which addresses a picture is fetched from."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotAPicture, NotReachable
from grokdesk.model import DialectName, Profile
from grokdesk.providers.http.download import fetch
from grokdesk.providers.http.picture_addresses import (
    by_address,
    is_public,
    is_public_address,
    looks_public,
    name_in,
    takes_address,
)
from grokdesk.providers.http.transport import Transport
from tests.support.servers.replies import Reply, Send
from tests.support.servers.server import ScriptedServer

PUBLIC = "https://pictures.example.org/a/pears.png"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A host table that replaces the network's: names to IP addresses; other names are unknown."""
    table: dict[str, str] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in table:
            return real(table[name], port, *args, **more)
        if name and name[-1].isalpha() and name != "localhost":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return real(host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.mark.parametrize(
    "url",
    [
        PUBLIC,
        "http://example.org/a.png",
        "https://93.184.215.14/a.png",
        "https://[2606:2800:21f:cb07::1]/a",
        "https://a.b.museum/",
    ],
)
def test_public(url: str) -> None:
    assert looks_public(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.png",
        "http://LOCALHOST./a.png",
        "http://127.0.0.1/a.png",
        "http://127.1/a.png",
        "http://0x7f.1/a.png",
        "http://2130706433/a.png",
        "http://0.0.0.0/a.png",
        "http://[::1]/a.png",
        "http://[::ffff:127.0.0.1]/a.png",
        "http://[::ffff:10.0.0.1]/a.png",
        "http://[2002:7f00:1::]/a.png",
        "http://[fe80::1%25eth0]/a.png",
        "http://[fd00::1]/a.png",
        "http://10.1.2.3/a.png",
        "http://172.16.0.9/a.png",
        "http://192.168.1.5:8000/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/a.png",
        "http://224.0.0.1/a.png",
        "http://nas/a.png",
        "http://nas.local/a.png",
        "http://printer.lan/a.png",
        "http://router.home.arpa/a.png",
        "http://db.internal/a.png",
        "https://me:secret@example.org/a.png",
        "ftp://example.org/a.png",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_private(url: str) -> None:
    assert not looks_public(url)


@pytest.mark.parametrize(
    ("dialect", "base_url", "is_local", "takes"),
    [
        ("xai-responses", "https://api.x.ai/v1", False, True),
        ("chat-completions", "https://openrouter.ai/api/v1", False, True),
        ("chat-completions", "http://localhost:11434/v1", True, False),
        ("concurred-vision", "https://concurred.ai/api/v1", False, True),
        ("concurred-vision", "http://127.0.0.1:9/api/v1", True, True),
        ("on-this-computer", "", True, False),
    ],
)
def test_which_servers_take_an_address(dialect: DialectName, base_url: str, is_local: bool, takes: bool) -> None:
    profile = Profile("p", "P", dialect, base_url, is_local=is_local)
    assert takes_address(profile, PUBLIC) is takes
    assert not takes_address(profile, "http://10.0.0.1/a.png")


@pytest.mark.parametrize("ending", ["webp", "gif", "SVG", "heic", "avif"])
def test_other_formats_are_fetched_and_sent_as_png_or_jpeg(ending: str) -> None:
    profile = Profile("p", "P", "xai-responses", "https://api.x.ai/v1")
    assert not takes_address(profile, f"https://example.org/a.{ending}?x=1")


def test_a_name_that_stands_for_a_private_address_is_not_public(names: dict[str, str]) -> None:
    names |= {"rebound.example.org": "10.0.0.8", "fine.example.org": "93.184.215.14"}
    assert not is_public("https://rebound.example.org/a.png", CancelSwitch())
    assert is_public("https://fine.example.org/a.png", CancelSwitch())
    assert is_public("https://unknown-here.example.org/a.png", CancelSwitch()), "behind a proxy no name is known"


def test_stop_wakes_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    cancel, release = CancelSwitch(), threading.Event()

    def stuck(*_args: Any, **_more: Any) -> Any:
        cancel.throw()
        release.wait(10)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    with pytest.raises(Cancelled):
        is_public(PUBLIC, cancel)
    release.set()


def test_a_picture_by_address_knows_nothing_else() -> None:
    image = by_address(name_in("https://example.org/my%20cat.JPG?x=1"), "https://example.org/my%20cat.JPG?x=1")
    assert (image.name, image.data, image.media_type, image.sha256) == ("my cat.JPG", b"", "image/jpeg", "")


# --- fetching ---------------------------------------------------------------------------------------------


def test_a_public_name_that_leads_to_this_computer_is_not_fetched(
    server: ScriptedServer, names: dict[str, str]
) -> None:
    names["rebound.example.org"] = "127.0.0.1"
    with pytest.raises(NotReachable, match="private network"):
        fetch(Transport(), f"http://rebound.example.org:{server.port}/a.png", CancelSwitch())
    assert server.requests == []


@pytest.mark.parametrize("to", ["http://10.0.0.1/a.png", "http://localhost/a.png", "//169.254.169.254/"])
def test_a_public_address_does_not_lead_into_the_house(
    server: ScriptedServer, names: dict[str, str], monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    from grokdesk.providers.http import download

    names["public.example.org"] = "127.0.0.1"
    monkeypatch.setattr(
        download, "is_public_address", lambda address: address == "127.0.0.1" or is_public_address(address)
    )
    server.on("GET", "/a.png", Reply(status=302, headers={"Location": to}))
    with pytest.raises(NotAPicture, match="private network"):
        fetch(Transport(), f"http://public.example.org:{server.port}/a.png", CancelSwitch())


def test_an_address_of_the_house_is_what_the_person_meant(server: ScriptedServer) -> None:
    server.on("GET", "/a.png", Reply(headers={"Content-Type": "image/png"}, steps=(Send(b"\x89PNG"),)))
    assert fetch(Transport(), f"{server.url}/a.png", CancelSwitch()) == (b"\x89PNG", "a.png")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound to it
        ("0.1.2.3", False),
        ("100.64.0.1", False),
        ("100.127.255.255", False),
        ("100.128.0.1", True),
        ("169.254.169.254", False),
        ("192.0.0.9", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2606:2800:21f:cb07::1", True),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("::10.0.0.1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::a00:1", False),
        ("64:ff9b:1:a00:0:100::", False),
        ("2002:a00:1::1", False),
        ("2002:7f00:1::1", False),
        ("2002:808:808::1", True),
        ("2001:0:a00:1::1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("2606:2800:21f:cb07:0:5efe:a00:1", False),
        ("2606:2800:21f:cb07:200:5efe:a00:1", False),
        ("fe80::5efe:808:808", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("100::1", False),
        ("5f00::1", False),
    ],
)
def test_which_addresses_are_reachable_from_everywhere(address: str, public: bool) -> None:
    assert is_public_address(address) == public
    url = f"https://[{address}]/a.png" if ":" in address else f"https://{address}/a.png"
    assert public or not looks_public(url)
