from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotAPicture, PictureError
from grokdesk.model import Picture
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.metadata.alt_text_metadata import KEPT_SUFFIX, read_alt_text, write_alt_text
from grokdesk.pictures.metadata.xmp import AltText
from tests.support.desktops.needs import need_programs
from tests.support.images.images import decoded, encoded, photo, quarters
from tests.support.images.talkative import talkative_files
from tests.support.ordinary_user import as_ordinary_user

TEXT = AltText('A cat on a mat: "mine" & <hers>', "A black cat lies on a red mat.\nBehind it is a window; it rains. 猫")
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
TALKATIVE = [name for name in talkative_files() if name.rpartition(".")[2] in ("jpg", "jpeg", "png", "webp", "tiff")]


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def exiftool(files: Sequence[Path], *options: str) -> list[dict[str, str]]:
    """Of each file, in order. It starts slowly, so it is asked about all of them at once."""
    need_programs("exiftool")
    command = ("exiftool", "-j", "-charset", "utf8", *options, *map(str, files))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [{str(key): str(value) for key, value in found.items()} for found in json.loads(done.stdout)]


def in_each_format(folder: Path) -> list[Path]:
    files = [folder / f"picture.{file_format.lower()}" for file_format in FORMATS]
    for file, file_format in zip(files, FORMATS, strict=True):
        file.write_bytes(encoded(photo(96, 64), file_format))
    return files


@pytest.mark.parametrize("name", TALKATIVE)
def test_both_texts_come_back_and_the_pixels_are_the_same(tmp_path: Path, name: str) -> None:
    data, file = talkative_files()[name], tmp_path / name
    file.write_bytes(data)
    assert read_alt_text(file) == AltText()
    write_alt_text(file, TEXT, open_picture)
    assert read_alt_text(file) == TEXT
    assert decoded(file.read_bytes()).tobytes() == decoded(data).tobytes()
    assert names_in(tmp_path) == [name]
    kept = data.count(b"SECRET") + (b"SECRET xmp" in data and name.endswith(".tiff"))
    assert file.read_bytes().count(b"SECRET") == kept
    write_alt_text(file, AltText("short"), open_picture)
    assert read_alt_text(file) == AltText("short")


def test_another_program_reads_the_same(tmp_path: Path) -> None:
    files = in_each_format(tmp_path)
    complaints = exiftool(files, "-validate")  # of the TIFF alone
    for file in files:
        write_alt_text(file, TEXT, open_picture)
    for file, found, before in zip(files, exiftool(files, "-XMP-iptcCore:all", "-validate"), complaints, strict=True):
        assert found["AltTextAccessibility"] == TEXT.alt, file.name
        assert found["ExtDescrAccessibility"] == TEXT.extended, file.name
        assert found["Validate"] == before["Validate"], file.name


def test_what_another_program_wrote_is_read_and_the_rest_of_it_kept(tmp_path: Path) -> None:
    files = in_each_format(tmp_path)
    need_programs("exiftool")
    tags = {"XMP-dc:Creator": "Somebody", "XMP-iptcCore:Location": "Here", "IFD0:Make": "Maker", "XMP-xmp:Rating": "4"}
    texts = ("-AltTextAccessibility=Old text", "-AltTextAccessibility-de=Alter Text")
    values = [f"-{tag}={value}" for tag, value in tags.items()]
    subprocess.run(("exiftool", "-q", "-overwrite_original", *texts, *values, *map(str, files)), check=True)
    everything = ("-G1", "-XMP:all", "-EXIF:all", "-Composite:all")
    found_before = exiftool(files, *everything)
    for file in files:
        assert read_alt_text(file) == AltText("Old text"), file.name
        write_alt_text(file, TEXT, open_picture)
    for file, before, after in zip(files, found_before, exiftool(files, *everything), strict=True):
        assert after.pop("XMP-iptcCore:AltTextAccessibility") == TEXT.alt, file.name
        assert after.pop("XMP-iptcCore:ExtDescrAccessibility") == TEXT.extended, file.name
        assert before.pop("XMP-iptcCore:AltTextAccessibility") == "Old text", file.name
        assert after == before, file.name
        assert after["XMP-iptcCore:AltTextAccessibility-de"] == "Alter Text", file.name
        assert read_alt_text(file) == TEXT, file.name


def test_the_second_page_of_a_tiff_and_the_frames_of_a_webp_stay(tmp_path: Path) -> None:
    frames = [quarters(), quarters().rotate(180)]
    for file_format in ("TIFF", "WEBP", "PNG"):
        file = tmp_path / "several"
        file.write_bytes(encoded(frames[0], file_format, save_all=True, append_images=frames[1:]))
        write_alt_text(file, TEXT, open_picture)
        with Image.open(file) as image:
            assert image.n_frames == 2  # type: ignore[attr-defined]
            image.seek(1)
            image.load()
        assert read_alt_text(file) == TEXT


def test_the_further_picture_in_a_photo_stays(tmp_path: Path) -> None:
    file = tmp_path / "phone.jpg"
    file.write_bytes(encoded(photo(96, 64), "MPO", save_all=True, append_images=[quarters()]))
    write_alt_text(file, TEXT, open_picture)
    with Image.open(file) as image:
        image.seek(1)
        assert image.size == (32, 16)


@pytest.mark.skipif(sys.platform == "win32", reason="rights and links of POSIX")
def test_rights_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "a.png", tmp_path / "link.png"
    file.write_bytes(encoded(quarters(), "PNG"))
    file.chmod(0o640)
    link.symlink_to(file)
    write_alt_text(link, TEXT, open_picture)
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert read_alt_text(file) == read_alt_text(link) == TEXT
    assert names_in(tmp_path) == ["a.png", "link.png"]


def test_a_new_file_that_shows_something_else_is_not_taken(tmp_path: Path) -> None:
    file, calls = tmp_path / "a.png", []
    file.write_bytes(encoded(quarters(), "PNG"))
    data = file.read_bytes()

    def failing_at(call: int) -> None:
        def opener(
            picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
        ) -> OpenedPicture:
            calls.append(picture.name)
            if len(calls) == call:
                return open_picture(Picture("other", encoded(photo(9, 9), "PNG")))
            return open_picture(picture, enough=enough, cancel=cancel)

        calls.clear()
        with pytest.raises(PictureError, match="did not read back"):
            write_alt_text(file, TEXT, opener)
        assert file.read_bytes() == data
        assert names_in(tmp_path) == ["a.png"]

    failing_at(2)  # the new file beside the old one
    failing_at(3)  # the new file in its place: the original comes back


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encoded(quarters(), "PNG"))
    other = encoded(photo(20, 20), "PNG")

    def opener(picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None) -> OpenedPicture:
        file.write_bytes(other)
        return open_picture(picture, enough=enough, cancel=cancel)

    with pytest.raises(PictureError, match="changed by another program"):
        write_alt_text(file, TEXT, opener)
    assert file.read_bytes() == other
    assert names_in(tmp_path) == ["a.png"]


def test_an_interrupted_change_is_not_written_over(tmp_path: Path) -> None:
    file, kept = tmp_path / "a.png", tmp_path / f"a.png{KEPT_SUFFIX}"
    file.write_bytes(encoded(quarters(), "PNG"))
    kept.write_bytes(b"precious")
    with pytest.raises(PictureError, match="interrupted"):
        write_alt_text(file, TEXT, open_picture)
    assert kept.read_bytes() == b"precious"
    assert read_alt_text(file) == AltText()


def test_where_there_are_no_links_the_original_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_names: object) -> None:
        raise OSError("no links here")

    file = tmp_path / "a.jpg"
    file.write_bytes(encoded(photo(30, 20), "JPEG"))
    monkeypatch.setattr(os, "link", refuse)
    write_alt_text(file, TEXT, open_picture)
    assert read_alt_text(file) == TEXT
    assert names_in(tmp_path) == ["a.jpg"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encoded(quarters(), "GIF"), "is a GIF picture, in which GrokDesk reads and writes no description"),
        (b"Dear all,", "is a text file, not a picture"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(data)
    for work in (lambda: read_alt_text(file), lambda: write_alt_text(file, TEXT, open_picture)):
        with pytest.raises(NotAPicture, match=words):
            work()
    assert file.read_bytes() == data


def test_a_cut_off_file_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encoded(quarters(), "PNG")[:-20])
    with pytest.raises(PictureError, match="cannot take a description"):
        write_alt_text(file, TEXT, open_picture)
    with pytest.raises(PictureError, match="is damaged"):
        read_alt_text(file)
    with pytest.raises(PictureError, match="does not exist"):
        write_alt_text(tmp_path / "gone.png", TEXT, open_picture)


@pytest.mark.skipif(sys.platform == "win32", reason="who may write is asked otherwise there")
def test_a_write_protected_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encoded(quarters(), "PNG"))
    file.chmod(0o444)
    with pytest.raises(PictureError, match="write-protected"):
        as_ordinary_user(lambda: write_alt_text(file, TEXT, open_picture))
