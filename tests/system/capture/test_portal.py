from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotInstalled, NotPossibleHere, PermissionNeeded
from grokdesk.system.capture.portal import PortalGrabber, pictures_folder
from grokdesk.system.session import Session
from tests.support.desktops.bus_service import Refuse
from tests.support.desktops.portals import CANCELLED, DONE, ENDED, Shot, StoryPortal, screenshot_portal
from tests.support.windows.grabber_contract import GrabberContract

DENIED = "org.freedesktop.DBus.Error.AccessDenied"
ONLY_FOCUSED = "Only the focused app is allowed to show a system access dialog"

Answer = Callable[[Shot], tuple[int, str] | None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "Pictures").mkdir(parents=True)
    return folder


@pytest.fixture
def file(home: Path) -> Path:
    """Where the portal puts its picture, with what many do not expect in a name."""
    return home / "Pictures" / "Screenshot from 100% #1 größe.png"


def writes(file: Path, *, size: tuple[int, int] = (30, 20)) -> Answer:
    def answer(_shot: Shot) -> tuple[int, str]:
        Image.new("RGB", size, (10, 20, 30)).save(file)
        return DONE, file.as_uri()

    return answer


def ends(code: int) -> Answer:
    return lambda shot: (code, "")


def denies(_shot: Shot) -> None:
    raise Refuse(DENIED, ONLY_FOCUSED)


@pytest.fixture
def make(bus_address: str, home: Path) -> Callable[..., PortalGrabber]:
    def make_grabber(desktop: str = "sway", seconds: float = 20.0) -> PortalGrabber:
        environment = {"HOME": str(home), "PATH": "/nowhere"}
        session = Session("wayland", desktop, "", "wayland-0", bus_address)
        return PortalGrabber(session, environment, seconds, seconds)

    return make_grabber


class TestContract(GrabberContract):
    @pytest.fixture
    def grabber(self, make: Callable[..., PortalGrabber], bus_address: str, file: Path) -> Iterator[PortalGrabber]:
        with screenshot_portal(bus_address, StoryPortal(writes(file))):
            yield make()
        assert not file.exists()


def test_the_picture_is_taken_and_its_file_is_gone(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path
) -> None:
    with screenshot_portal(bus_address, StoryPortal(writes(file))) as portal:
        capture = make().grab()
    assert (capture.pixels.width, capture.pixels.height) == (30, 20)
    assert capture.pixels.data[:3] == bytes([30, 20, 10])
    assert portal.shots == [Shot("", interactive=False)]
    assert not capture.is_chosen
    assert not file.exists()


@pytest.mark.parametrize("answer", [ends(ENDED), denies])
def test_a_refusal_without_a_memory_needs_the_person(
    make: Callable[..., PortalGrabber], bus_address: str, answer: Answer
) -> None:
    with screenshot_portal(bus_address, StoryPortal(answer)), pytest.raises(PermissionNeeded, match="Choose Allow"):
        make().grab()


def test_gnome_is_not_asked_before_the_person_knows(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path
) -> None:
    with screenshot_portal(bus_address, StoryPortal(writes(file))) as portal:
        grabber = make("gnome")
        with pytest.raises(PermissionNeeded):
            grabber.grab()
        assert portal.shots == []
        grabber.ask(parent_window="wayland:abc")
        assert portal.shots == [Shot("wayland:abc", interactive=False)]
        assert not file.exists()
        portal.permission = "yes"
        grabber.grab()
    assert not file.exists()


def test_where_no_memory_can_be_read_the_portal_is_just_asked(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path
) -> None:
    with screenshot_portal(bus_address, StoryPortal(writes(file)), store=False):
        make("gnome").grab()


def test_a_no_to_the_question_names_the_way_back(make: Callable[..., PortalGrabber], bus_address: str) -> None:
    portal = StoryPortal(ends(ENDED), permission="no")
    with screenshot_portal(bus_address, portal), pytest.raises(NotPossibleHere, match="PermissionStore") as caught:
        make("gnome").ask()
    assert "blocked in your desktop" in caught.value.title


def test_after_a_remembered_no_the_person_takes_the_picture(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path
) -> None:
    portal = StoryPortal(lambda shot: writes(file)(shot) if shot.interactive else (ENDED, ""), permission="no")
    with screenshot_portal(bus_address, portal):
        capture = make("gnome").grab()
    assert capture.is_chosen
    assert [shot.interactive for shot in portal.shots] == [False, True]
    assert not file.exists()


def test_a_failure_in_spite_of_a_yes(make: Callable[..., PortalGrabber], bus_address: str) -> None:
    portal = StoryPortal(ends(ENDED), permission="yes")
    with screenshot_portal(bus_address, portal), pytest.raises(NotPossibleHere, match="own tool") as caught:
        make().grab()
    assert not isinstance(caught.value, PermissionNeeded)


def test_closing_the_desktops_window_is_no_error(make: Callable[..., PortalGrabber], bus_address: str) -> None:
    with screenshot_portal(bus_address, StoryPortal(ends(CANCELLED))), pytest.raises(Cancelled):
        make().grab()


def test_kde_needs_a_folder_for_pictures(make: Callable[..., PortalGrabber], bus_address: str, home: Path) -> None:
    with screenshot_portal(bus_address, StoryPortal(ends(CANCELLED))):
        with pytest.raises(Cancelled):
            make("kde").grab()
        (home / "Pictures").rmdir()
        with pytest.raises(NotPossibleHere, match=r"Create the folder .*Pictures"):
            make("kde").grab()


def test_the_folder_for_pictures_has_another_name_elsewhere(home: Path) -> None:
    environment = {"HOME": str(home)}
    assert pictures_folder(environment) == home / "Pictures"
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text('# a note\nXDG_PICTURES_DIR="$HOME/Bilder"\n')
    assert pictures_folder(environment) == home / "Bilder"


def test_silence_ends_in_a_sentence(make: Callable[..., PortalGrabber], bus_address: str) -> None:
    sentence = r"within 0\.2 s\. .*restart xdg-desktop-portal"
    with screenshot_portal(bus_address, StoryPortal(lambda shot: None)), pytest.raises(NotPossibleHere, match=sentence):
        make(seconds=0.2).grab()


def test_the_switch_ends_the_wait(make: Callable[..., PortalGrabber], bus_address: str) -> None:
    cancel = CancelSwitch()

    def answer(_shot: Shot) -> None:
        threading.Thread(target=cancel.throw).start()

    with screenshot_portal(bus_address, StoryPortal(answer)), pytest.raises(Cancelled):
        make().grab(cancel)


def test_without_a_portal_a_package_is_named(make: Callable[..., PortalGrabber]) -> None:
    with pytest.raises(NotInstalled, match="xdg-desktop-portal-gnome"):
        make("gnome").grab()
    with pytest.raises(NotInstalled, match=r"xdg-desktop-portal-wlr.*xdg-desktop-portal-gtk"):
        make("").grab()


def test_without_a_bus() -> None:
    grabber = PortalGrabber(Session("wayland", bus="unix:path=/nowhere/at/all"), {})
    with pytest.raises(NotPossibleHere, match="session bus"):
        grabber.grab()


# --- the file -------------------------------------------------------------------------------------------------


def fails(make: Callable[..., PortalGrabber], bus_address: str, answer: Answer) -> NotPossibleHere:
    with screenshot_portal(bus_address, StoryPortal(answer)), pytest.raises(NotPossibleHere) as caught:
        make().grab()
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n cut off"])
def test_a_broken_file_is_a_sentence_and_gone(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path, content: bytes
) -> None:
    def answer(_shot: Shot) -> tuple[int, str]:
        file.write_bytes(content)
        return DONE, file.as_uri()

    assert "The screenshot from your desktop" in fails(make, bus_address, answer).title
    assert not file.exists()


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "file:///nowhere/shot.png",
        "https://example.org/shot.png",
        "file://other/tmp/shot.png",
        "http://[",
        "shot.png",
    ],
)
def test_an_address_that_is_no_file_here(make: Callable[..., PortalGrabber], bus_address: str, uri: str) -> None:
    assert "cannot be read" in fails(make, bus_address, lambda shot: (DONE, uri)).title


def test_a_folder_and_a_link_are_not_read(make: Callable[..., PortalGrabber], bus_address: str, file: Path) -> None:
    fails(make, bus_address, lambda shot: (DONE, file.parent.as_uri()))
    secret = file.with_name("secret.png")
    Image.new("RGB", (2, 2)).save(secret)
    file.symlink_to(secret)
    fails(make, bus_address, lambda shot: (DONE, file.as_uri()))
    assert secret.exists()


def test_a_pipe_does_not_block(make: Callable[..., PortalGrabber], bus_address: str, file: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("has no pipes in folders")
    os.mkfifo(file)
    fails(make, bus_address, lambda shot: (DONE, file.as_uri()))


def test_a_file_that_was_there_before_is_not_deleted(
    make: Callable[..., PortalGrabber], bus_address: str, file: Path
) -> None:
    Image.new("RGB", (2, 2)).save(file)
    old = time.time() - 3600
    os.utime(file, (old, old))
    with screenshot_portal(bus_address, StoryPortal(lambda shot: (DONE, file.as_uri()))):
        make().grab()
    assert file.exists()
