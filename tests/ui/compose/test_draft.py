from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotAPicture
from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.thumbnails import HEIGHT, WIDTH
from grokdesk.ui.compose.draft import Draft, PictureSources
from tests.support.images.pictures import picture, png_bytes, prepare_plainly


def read_file(file: Path) -> Picture:
    if file.suffix != ".png":
        raise NotAPicture(f"{file.name} is not a picture.")
    return Picture(file.name, png_bytes())


def download(url: str, cancel: CancelSwitch) -> Picture:
    return Picture("from-the-web.png", png_bytes(600, 400))


@pytest.fixture
def draft(qtbot: QtBot) -> Draft:
    return Draft(PictureSources(read_file, download), prepare_plainly)


@pytest.fixture
def real_draft(qtbot: QtBot) -> Draft:
    return Draft(PictureSources(read_file, download), prepare)


def wait_until_prepared(qtbot: QtBot, draft: Draft) -> None:
    qtbot.waitUntil(lambda: bool(draft.entries) and all(entry.prepared for entry in draft.entries))


def test_pictures_keep_their_order_however_they_come(qtbot: QtBot, draft: Draft) -> None:
    draft.add_link("https://example.org/a/photo.png?size=2")
    draft.add_file(Path("b.png"))
    draft.add_picture(picture("c.png"))
    assert [entry.name for entry in draft.entries] == ["photo.png", "b.png", "c.png"]
    wait_until_prepared(qtbot, draft)
    assert [entry.name for entry in draft.entries] == ["from-the-web.png", "b.png", "c.png"]
    assert [entry.prepared.width for entry in draft.entries if entry.prepared] == [600, 4, 4]


def test_the_thumbnail_fits(qtbot: QtBot, real_draft: Draft) -> None:
    real_draft.add_link("https://example.org/large.png")
    wait_until_prepared(qtbot, real_draft)
    [entry] = real_draft.entries
    assert entry.thumbnail is not None
    assert entry.thumbnail.width() <= WIDTH
    assert entry.thumbnail.height() <= HEIGHT


@pytest.mark.parametrize("known", [None, ImageLimits()])
def test_limits_that_change_while_a_file_is_read_count(qtbot: QtBot, known: ImageLimits | None) -> None:
    go_on, prepared_for = threading.Event(), list[ImageLimits]()

    def read_late(file: Path) -> Picture:
        go_on.wait()
        return read_file(file)

    def prepare(
        what: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        prepared_for.append(limits)
        return prepare_plainly(what, limits, lossless=lossless, cancel=cancel)

    draft = Draft(PictureSources(read_late, download), prepare, limits=known)
    draft.add_file(Path("a.png"))
    draft.set_limits(ImageLimits(long_edge=99))
    go_on.set()
    qtbot.waitUntil(lambda: draft.is_ready and bool(prepared_for) and prepared_for[-1].long_edge == 99)


def test_preparing_never_runs_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    threads: list[int] = []

    def prepare(
        what: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        threads.append(threading.get_ident())
        return prepare_plainly(what, limits)

    draft = Draft(PictureSources(read_file, download), prepare)
    draft.add_picture(picture())
    wait_until_prepared(qtbot, draft)
    assert threads
    assert threading.get_ident() not in threads


def test_a_wrong_file_is_refused_by_name_and_the_others_stay(qtbot: QtBot, draft: Draft) -> None:
    draft.add_picture(picture("good.png"))
    with qtbot.waitSignal(draft.refused) as refused:
        draft.add_file(Path("notes.pdf"))
    assert "notes.pdf" in refused.args[0].title
    assert [entry.name for entry in draft.entries] == ["good.png"]


def test_other_limits_prepare_again(qtbot: QtBot) -> None:
    seen: list[ImageLimits] = []

    def prepare(
        what: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        seen.append(limits)
        return prepare_plainly(what, limits)

    draft = Draft(PictureSources(read_file, download), prepare)
    draft.add_picture(picture())
    wait_until_prepared(qtbot, draft)
    smaller = ImageLimits(long_edge=100)
    draft.set_limits(smaller)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[1] == smaller
    draft.set_limits(smaller)
    wait_until_prepared(qtbot, draft)
    assert len(seen) == 2


def test_a_removed_picture_is_gone_even_when_its_work_ends_later(qtbot: QtBot) -> None:
    at_work, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow(
        what: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        at_work.set()
        go_on.wait(5)
        done.set()
        return prepare_plainly(what, limits)

    draft = Draft(PictureSources(read_file, download), slow)
    draft.add_picture(picture())
    assert at_work.wait(5)
    draft.remove(draft.entries[0].id)
    assert not draft.entries
    go_on.set()
    assert done.wait(5)
    draft.add_picture(picture("next.png"))
    wait_until_prepared(qtbot, draft)
    assert [entry.name for entry in draft.entries] == ["next.png"]


def test_clear_empties(qtbot: QtBot, draft: Draft) -> None:
    draft.add_picture(picture())
    with qtbot.waitSignal(draft.changed):
        draft.clear()
    assert len(draft.entries) == 0
    assert not draft.is_loading


def test_nothing_is_ready_before_it_is_known_where_it_goes(qtbot: QtBot) -> None:
    draft = Draft(PictureSources(read_file, download), prepare_plainly, limits=None)
    assert not draft.is_ready
    draft.add_picture(picture())
    qtbot.waitUntil(lambda: not draft.is_loading)
    assert not draft.is_ready
    draft.set_limits(ImageLimits())
    qtbot.waitUntil(lambda: draft.is_ready)
    assert draft.entries[0].prepared is not None


def test_a_draft_without_pictures_becomes_ready_and_says_so(qtbot: QtBot) -> None:
    draft = Draft(PictureSources(read_file, download), prepare_plainly, limits=None)
    with qtbot.waitSignal(draft.changed):
        draft.set_limits(ImageLimits())
    assert draft.is_ready
