from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.pictures.metadata.xmp import AltText, BrokenPacket, alt_text_in, clean, with_alt_text
from grokdesk.pictures.metadata.xmp_places import MOST_PACKET, NoPlace, place_in
from tests.support.images.images import encoded, photo, quarters
from tests.support.images.png_files import with_chunk

TEXT = AltText("A cat on a mat", "A black cat lies on a red mat; behind it <a window> & rain.")
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
CORE = 'xmlns:c="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'


def packet(inside: str) -> bytes:
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    return f'{head}<rdf:RDF {RDF}>{inside}</rdf:RDF></x:xmpmeta>{" " * 200}\n<?xpacket end="w"?>'.encode()


def languages(*items: tuple[str, str], name: str = "AltTextAccessibility") -> str:
    lines = "".join(f'<rdf:li xml:lang="{lang}">{text}</rdf:li>' for lang, text in items)
    return f"<c:{name}><rdf:Alt>{lines}</rdf:Alt></c:{name}>"


def described(inside: str) -> str:
    return f'<rdf:Description rdf:about="" {CORE}>{inside}</rdf:Description>'


def test_a_new_packet_says_both() -> None:
    assert alt_text_in(with_alt_text(None, TEXT)) == TEXT
    assert alt_text_in(with_alt_text(None, AltText())) == AltText()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_comes_back(alt: str, extended: str) -> None:
    first = with_alt_text(None, AltText(alt, extended))
    assert alt_text_in(first) == AltText(clean(alt), clean(extended))
    again = with_alt_text(first, AltText(extended, alt))
    assert alt_text_in(again) == AltText(clean(extended), clean(alt))
    assert len(again) <= len(first) + 300


def test_everything_else_in_a_packet_stays_byte_for_byte() -> None:
    other = '<rdf:Description rdf:about="" xmlns:dc="d"><dc:t a="1>2">x &amp; y</dc:t><!-- note --></rdf:Description>'
    before = packet(other)
    after = with_alt_text(before, TEXT)
    at = after.index(b'<rdf:Description rdf:about="" xmlns:rdf=')
    end = after.index(b"</rdf:Description>", at) + len(b"</rdf:Description>")
    assert after[:at] + after[end:] == before
    assert with_alt_text(after, AltText()).replace(b'<rdf:Description rdf:about="" xmlns:rdf', b"") != b""
    assert alt_text_in(with_alt_text(after, AltText())) == AltText()


def test_other_languages_are_kept_unless_they_said_the_same() -> None:
    old = languages(("x-default", "old"), ("en-US", "old"), ("de-DE", "alt"))
    before = packet(described(old))
    assert alt_text_in(before) == AltText("old")
    after = with_alt_text(before, AltText("new"))
    assert alt_text_in(after) == AltText("new")
    assert b"old" not in after
    assert b'<rdf:li xml:lang="de-DE">alt</rdf:li>' in after


@pytest.mark.parametrize(
    "inside",
    [
        f'<rdf:Description rdf:about="" {CORE} c:AltTextAccessibility="old &gt; text" c:Other="kept"/>',
        described("<c:AltTextAccessibility>old &gt; text</c:AltTextAccessibility>"),
        described(languages(("en", "old &gt; text"))),
        described(languages() + languages(("x-default", "old &gt; text"))),
    ],
)
def test_other_ways_to_write_it_are_read_and_replaced(inside: str) -> None:
    before = packet(inside)
    assert alt_text_in(before) == AltText("old > text")
    after = with_alt_text(before, AltText("new"))
    assert alt_text_in(after) == AltText("new")
    assert b"old" not in after
    assert ("kept" in inside) == (b"kept" in after)


def test_the_name_of_the_picture_in_its_packet_is_taken_over() -> None:
    before = packet('<rdf:Description rdf:about="uuid:1&amp;2" xmlns:dc="d"><dc:t>x</dc:t></rdf:Description>')
    assert with_alt_text(before, TEXT).count(b'rdf:about="uuid:1&amp;2"') == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no xml",
        b"<a/>",
        packet("<a>"),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + packet(""),
        packet("").replace(b"rdf:RDF", b"x"),
        "<a>é</a>".encode("latin-1"),
        packet("").decode().encode("utf-16"),
    ],
)
def test_what_is_no_packet_is_not_changed(broken: bytes) -> None:
    with pytest.raises(BrokenPacket):
        with_alt_text(broken, TEXT)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_not(noise: bytes) -> None:
    for data in (noise, packet("")[:-40] + noise):
        try:
            alt_text_in(data)
        except BrokenPacket:
            continue


FILES = {
    "JPEG": encoded(photo(96, 64), "JPEG"),
    "PNG": encoded(quarters(), "PNG"),
    "WEBP": encoded(photo(96, 64), "WEBP"),
    "WEBP without losses": encoded(quarters().convert("RGBA").rotate(30), "WEBP", lossless=True),
    "TIFF": encoded(photo(96, 64), "TIFF", compression="tiff_lzw"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_packet_gets_into_every_format_and_out_again(name: str) -> None:
    place = place_in(name.split(maxsplit=1)[0])
    assert place is not None
    assert place.read(FILES[name]) is None
    written = place.write(FILES[name], b"<first/>")
    assert place.read(written) == b"<first/>"
    again = place.write(written, b"<second one/>")
    assert place.read(again) == b"<second one/>"
    if name != "TIFF":  # there the old one stays where nothing points to it
        assert b"<first/>" not in again
        assert place.write(again, b"<first/>") == written


@given(
    name=st.sampled_from(sorted(FILES)),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5),
    cut=st.integers(0, 600) | st.none(),
)
def test_a_damaged_file_gets_a_packet_or_has_no_place(
    name: str, changes: list[tuple[int, int]], cut: int | None
) -> None:
    place, data = place_in(name.split(maxsplit=1)[0]), bytearray(FILES[name])
    assert place is not None
    for at, value in changes:
        data[at % len(data)] = value
    try:
        place.read(bytes(data[:cut]))
        written = place.write(bytes(data[:cut]), b"<new/>")
    except NoPlace:
        return
    assert place.read(written) == b"<new/>"


def test_a_packed_text_of_a_png_is_read_and_a_bomb_is_not() -> None:
    place, body = place_in("PNG"), b"XML:com.adobe.xmp\0\1\0\0\0"
    assert place is not None
    assert place.read(with_chunk(FILES["PNG"], b"iTXt", body + zlib.compress(b"<a/>"))) == b"<a/>"
    for packed in (zlib.compress(bytes(MOST_PACKET + 2)), b"noise"):
        with pytest.raises(NoPlace):
            place.read(with_chunk(FILES["PNG"], b"iTXt", body + packed))


def test_room_in_a_jpeg_is_made_of_padding_and_ends() -> None:
    place = place_in("JPEG")
    assert place is not None
    padded = b"<a> b  c </a>" + b" " * 70_000 + b'<?xpacket end="w"?>'
    assert place.read(place.write(FILES["JPEG"], padded)) == b'<a> b  c </a>\n<?xpacket end="w"?>'
    with pytest.raises(NoPlace):
        place.write(FILES["JPEG"], b"x" * 65_536)


def test_further_pictures_in_a_jpeg_stay_where_they_are_found() -> None:
    place = place_in("JPEG")
    assert place is not None
    phone = encoded(photo(96, 64), "MPO", save_all=True, append_images=[quarters()])
    written = place.write(phone, b"<a/>")
    assert written.index(b"<a/>") < written.index(b"MPF\0")
    body = b"http://ns.adobe.com/xap/1.0/\0<old/>"
    behind = phone.index(b"MPF\0") - 4
    behind += 2 + int.from_bytes(phone[behind + 2 : behind + 4], "big")
    late = phone[:behind] + struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body + phone[behind:]
    with pytest.raises(NoPlace):
        place.write(late, b"<new one/>")


def test_other_formats_have_no_place() -> None:
    assert place_in("GIF") is None
    tiff = place_in("TIFF")
    assert tiff is not None
    for data in (
        b"II+\0" + bytes(40),
        b"II*\0\xff\xff\xff\xff",
        encoded(quarters(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"}),
    ):
        with pytest.raises(NoPlace):
            tiff.write(data, b"<a/>")
