"""The XMP packet of a TIFF (tag 700). A new one is appended with a new first directory: nothing that is there moves."""

from __future__ import annotations

import struct

_XMP, _DNG_VERSION = 700, 0xC612
_BYTE = 1


def xmp_in_tiff(data: bytes) -> bytes | None:
    """Raises ValueError and struct.error for what is damaged."""
    order, entries, _ = _first_directory(data)
    for entry in entries:
        tag, kind, count, value = struct.unpack(f"{order}HHII", entry)
        if tag == _XMP and kind in (_BYTE, 7):
            if count <= 4:
                return entry[8 : 8 + count]
            if value + count > len(data):
                raise ValueError("the packet lies beyond the file")
            return data[value : value + count]
    return None


def tiff_with_xmp(data: bytes, packet: bytes) -> bytes:
    """Raises ValueError and struct.error for what is damaged or not simple."""
    order, entries, following = _first_directory(data)
    tags = {struct.unpack_from(f"{order}H", entry)[0]: entry for entry in entries}
    if _DNG_VERSION in tags:
        raise ValueError("a raw camera picture")
    packet_at = len(data) + len(data) % 2
    directory_at = packet_at + len(packet) + len(packet) % 2
    tags[_XMP] = struct.pack(f"{order}HHII", _XMP, _BYTE, len(packet), packet_at)
    directory = struct.pack(f"{order}H", len(tags)) + b"".join(tags[tag] for tag in sorted(tags)) + following
    if directory_at + len(directory) >= 1 << 32:
        raise ValueError("no room")
    return b"".join(
        (
            data[:4],
            struct.pack(f"{order}I", directory_at),
            data[8:],
            bytes(packet_at - len(data)),
            packet,
            bytes(len(packet) % 2),
            directory,
        )
    )


def _first_directory(data: bytes) -> tuple[str, list[bytes], bytes]:
    """The byte order, the entries, and where the next directory is (as it stands there)."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise ValueError("not a plain TIFF")
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    end = at + 2 + count * 12
    if count == 0 or end + 4 > len(data):
        raise ValueError("the directory goes beyond the file")
    return order, [data[place : place + 12] for place in range(at + 2, end, 12)], data[end : end + 4]
