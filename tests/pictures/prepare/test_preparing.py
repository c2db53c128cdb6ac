from __future__ import annotations

import gc
import hashlib
import threading
import weakref
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import Base
from PIL.PngImagePlugin import PngInfo

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotAPicture, PictureTooLarge
from grokdesk.model import ImageLimits, Picture, Pixels, PreparedImage
from grokdesk.pictures.prepare.preparing import RememberingPreparer, prepare
from tests.support.images.bare import jpeg_markers, png_chunks
from tests.support.images.images import decoded, encoded, photo, quarters
from tests.support.images.talkative import talkative_exif

LIMITS = ImageLimits()
TURNED_BACK = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def assert_bare(prepared: PreparedImage) -> None:
    """Nothing but pixels: only the chunks or segments that every such file has."""
    if prepared.media_type == "image/png":
        assert set(png_chunks(prepared.data)) == {b"IHDR", b"IDAT", b"IEND"}
    else:
        # JFIF header, quantisation and Huffman tables, baseline frame, scan
        assert set(jpeg_markers(prepared.data)) <= {0xFFE0, 0xFFDB, 0xFFC0, 0xFFC4, 0xFFDA}
    assert b"SECRET" not in prepared.data


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_pictures_stand_upright(orientation: int, file_format: str) -> None:
    back = TURNED_BACK[orientation]
    stored = quarters().transpose(back) if back is not None else quarters()
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    data = encoded(stored, file_format, exif=exif, **({"lossless": True} if file_format == "WEBP" else {}))
    assert ImageOps.exif_transpose(decoded(data)).size == (32, 16)

    prepared = prepare(Picture("turned", data), LIMITS)
    assert (prepared.width, prepared.height) == (prepared.source_width, prepared.source_height) == (32, 16)
    image, upright = decoded(prepared.data).convert("RGB"), quarters()
    for point in ((4, 4), (28, 4), (4, 12), (28, 12)):
        found, meant = image.getpixel(point), upright.getpixel(point)
        assert isinstance(found, tuple)
        assert isinstance(meant, tuple)
        assert max(abs(a - b) for a, b in zip(found, meant, strict=True)) < 12


def test_a_turned_photo_is_shrunk_upright() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    prepared = prepare(Picture("phone.jpg", encoded(photo(400, 300), "JPEG", exif=exif)), ImageLimits(long_edge=100))
    assert (prepared.source_width, prepared.source_height) == (300, 400)
    assert (prepared.width, prepared.height) == (75, 100)
    assert "Shrunk from 300 x 400 to 75 x 100." in prepared.notes


@pytest.mark.parametrize("image", [quarters(300, 200), photo()], ids=["drawing", "photo"])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_nothing_but_pixels_leaves(file_format: str, image: Image.Image) -> None:
    options = {
        "exif": talkative_exif(),
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    if file_format != "TIFF":
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET</x:xmpmeta>"
    if file_format == "JPEG":
        options["comment"] = b"SECRET"
    data = encoded(image, file_format, **options)
    assert b"SECRET" in data
    prepared = prepare(Picture("talkative", data), LIMITS)
    assert_bare(prepared)
    (removed,) = (note for note in prepared.notes if note.startswith("Removed: "))
    assert "camera data" in removed
    assert "colour profile" in removed
    if file_format != "TIFF":  # Pillow does not write the place into a TIFF
        assert "location" in removed


def test_texts_of_a_png_are_named_and_gone() -> None:
    texts = PngInfo()
    texts.add_text("Author", "SECRET")
    texts.add_itxt("Title", "SECRET")
    prepared = prepare(Picture("shot.png", encoded(quarters(), "PNG", pnginfo=texts)), LIMITS)
    assert_bare(prepared)
    assert prepared.notes == ("Removed: comments.",)


def test_a_plain_picture_has_no_notes() -> None:
    for file_format in ("PNG", "JPEG", "BMP", "TIFF"):
        assert prepare(Picture("plain", encoded(quarters(), file_format)), LIMITS).notes == ()


def test_broken_camera_data_do_not_matter() -> None:
    prepared = prepare(Picture("odd.jpg", encoded(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")), LIMITS)
    assert (prepared.width, prepared.height) == (32, 16)
    assert_bare(prepared)


def test_notes_name_frames_and_transparency() -> None:
    frames = [quarters().convert("RGBA") for _ in range(3)]
    for number, image in enumerate(frames):
        image.paste((0, 0, 0, 0), (number, 0, number + 9, 9))
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    prepared = prepare(Picture("moving.webp", data), LIMITS)
    assert prepared.notes == ("Only the first of 3 frames is sent.", "Transparent parts became white.")


def test_notes_name_a_jpeg_in_place_of_a_png() -> None:
    data = encoded(photo(400, 300), "PNG")
    prepared = prepare(Picture("shot.png", data), ImageLimits(max_bytes=100 * 1024, counts_base64=False), lossless=True)
    assert prepared.media_type == "image/jpeg"
    assert prepared.notes == ("Sent as JPEG: a PNG would be larger than 100 KB.",)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
@settings(deadline=None)
def test_a_capture_leaves_exactly_as_it_was(width: int, height: int, data: st.DataObject) -> None:
    rows = data.draw(st.binary(min_size=width * height * 4, max_size=width * height * 4))
    prepared = prepare(Picture("capture", Pixels(rows, width, height)), LIMITS)
    assert prepared.media_type == "image/png"
    back = decoded(prepared.data).convert("RGB").tobytes()
    assert back[0::3] == rows[2::4]
    assert back[1::3] == rows[1::4]
    assert back[2::3] == rows[0::4]


@settings(max_examples=120, deadline=None)
@given(
    size=st.tuples(st.integers(1, 320), st.integers(1, 320)),
    mode=st.sampled_from(["RGB", "RGBA", "L", "P", "CMYK", "1"]),
    file_format=st.sampled_from(["PNG", "JPEG", "TIFF"]),
    limits=st.builds(
        ImageLimits,
        long_edge=st.integers(1, 400),
        max_bytes=st.integers(1000, 60_000),
        formats=st.sampled_from([("png", "jpeg"), ("png",), ("jpeg",)]),
        counts_base64=st.booleans(),
    ),
    lossless=st.booleans(),
)
def test_limits_hold(
    size: tuple[int, int], mode: str, file_format: str, limits: ImageLimits, *, lossless: bool
) -> None:
    if (file_format, mode) in (("JPEG", "RGBA"), ("JPEG", "P"), ("PNG", "CMYK")):
        mode = "RGB"
    picture = Picture("any", encoded(photo(*size).convert(mode), file_format))
    prepared = prepare(picture, limits, lossless=lossless)
    assert len(b64encode(prepared.data) if limits.counts_base64 else prepared.data) <= limits.max_bytes
    assert prepared.media_type.removeprefix("image/") in limits.formats
    assert max(prepared.width, prepared.height) <= limits.long_edge
    assert prepared.sha256 == hashlib.sha256(prepared.data).hexdigest()
    assert (prepared.source_width, prepared.source_height) == size
    image = decoded(prepared.data)
    assert image.size == (prepared.width, prepared.height)
    assert image.mode in ("RGB", "L", "P", "1")
    scale = max(image.size) / max(size)
    assert all(abs(side * scale - found) <= 1 for side, found in zip(size, image.size, strict=True))


def test_a_jpeg_that_is_decoded_smaller_keeps_its_proportions() -> None:
    picture = Picture("narrow", encoded(photo(9, 55), "JPEG"))
    prepared = prepare(picture, ImageLimits(long_edge=6, max_bytes=60_000))
    assert (prepared.width, prepared.height) == (1, 6)


def test_impossible_limits_are_an_error() -> None:
    with pytest.raises(PictureTooLarge):
        prepare(Picture("any", encoded(photo(), "PNG")), ImageLimits(max_bytes=50))


def test_errors_name_the_picture() -> None:
    with pytest.raises(NotAPicture, match="letter"):
        prepare(Picture("letter", b"Dear all,"), LIMITS)


class CountingPrepare:
    def __init__(self) -> None:
        self.calls: list[tuple[str, int, bool]] = []

    def __call__(
        self, picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        self.calls.append((picture.name, limits.long_edge, lossless))
        return prepare(picture, limits, lossless=lossless)


def test_work_is_done_once_for_the_same_limits() -> None:
    counting = CountingPrepare()
    preparer = RememberingPreparer(counting)
    picture = Picture("a", encoded(quarters(), "PNG"))
    first = preparer(picture, LIMITS)
    assert preparer(picture, ImageLimits(max_images=3)) is first
    assert preparer(picture, ImageLimits(long_edge=8)).width == 8
    preparer(picture, LIMITS, lossless=True)
    preparer(Picture("a", picture.content), LIMITS)
    assert counting.calls == [("a", 2048, False), ("a", 8, False), ("a", 2048, True), ("a", 2048, False)]


def test_threads_share_one_result() -> None:
    counting = CountingPrepare()
    preparer = RememberingPreparer(counting)
    picture = Picture("a", encoded(photo(), "PNG"))
    results: list[PreparedImage] = []
    together = threading.Barrier(6)

    def work() -> None:
        together.wait(10)
        results.append(preparer(picture, LIMITS))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 6
    assert len({id(result) for result in results}) == 1
    assert len(counting.calls) == 1


def test_a_failure_is_tried_again() -> None:
    preparer = RememberingPreparer()
    picture = Picture("letter", b"Dear all,")
    for _ in range(2):
        with pytest.raises(NotAPicture):
            preparer(picture, LIMITS)


def test_what_was_prepared_is_forgotten_with_the_picture() -> None:
    preparer = RememberingPreparer()
    picture = Picture("a", encoded(quarters(), "PNG"))
    preparer(picture, LIMITS)
    watch = weakref.ref(picture)
    del picture
    gc.collect()
    assert watch() is None
    assert len(preparer._shelves) == 0


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
def test_a_picture_of_one_colour_is_said_to_be_one(mode: str, file_format: str) -> None:
    data = encoded(Image.new(mode, (300, 200)), file_format)
    prepared = prepare(Picture("blank", data), LIMITS)
    assert prepared.notes[0] == "The picture is a single colour: nothing can be seen on it."


def test_a_capture_of_one_colour_is_said_to_be_one() -> None:
    black = Pixels(bytes(40 * 30 * 4), 40, 30)
    assert prepare(Picture("shot", black), LIMITS).notes == (
        "The picture is a single colour: nothing can be seen on it.",
    )


def test_who_waits_for_another_thread_can_be_stopped() -> None:
    begun, let = threading.Event(), threading.Event()

    def slow(
        picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        begun.set()
        let.wait(10)
        return prepare(picture, limits, lossless=lossless)

    preparer, picture, cancel = RememberingPreparer(slow), Picture("a", encoded(quarters(), "PNG")), CancelSwitch()
    first = threading.Thread(target=lambda: preparer(picture, LIMITS))
    first.start()
    assert begun.wait(10)
    threading.Timer(0.05, cancel.throw).start()
    with pytest.raises(Cancelled):
        preparer(picture, LIMITS, cancel=cancel)
    assert first.is_alive()
    let.set()
    first.join(10)
    assert preparer(picture, LIMITS).width > 0


def test_a_stopped_or_broken_first_leaves_the_work_to_the_second() -> None:
    calls: list[int] = []

    def breaks_once(
        picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        calls.append(1)
        if len(calls) == 1:
            raise Cancelled
        return prepare(picture, limits, lossless=lossless)

    preparer, picture = RememberingPreparer(breaks_once), Picture("a", encoded(quarters(), "PNG"))
    with pytest.raises(Cancelled):
        preparer(picture, LIMITS)
    assert preparer(picture, LIMITS) is preparer(picture, LIMITS)
    assert len(calls) == 2
