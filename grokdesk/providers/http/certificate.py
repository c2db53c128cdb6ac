"""Who issued a certificate: just enough of X.509 to name them.

Source: https://www.rfc-editor.org/rfc/rfc5280#section-4.1, DER: https://www.itu.int/rec/T-REC-X.690
"""

from __future__ import annotations

from collections.abc import Iterator

_COMMON_NAME, _ORGANISATION, _UNIT = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b"
_VERSION, _SEQUENCE, _OBJECT, _WIDE_TEXT = 0xA0, 0x30, 0x06, 0x1E


def issuer_of(der: bytes) -> str:
    """The issuer's name and organisation, such as "Proxy CA (Acme)"; "" when it cannot be read."""
    try:
        (_, certificate), *_ = _elements(der)
        (_, signed), *_ = _elements(certificate)
        fields = [element for element in _elements(signed) if element[0] != _VERSION]
        # serial number, algorithm, issuer, ...
        named = dict(_attributes(fields[2][1]))
    except (IndexError, ValueError):
        return ""
    name, maker = named.get(_COMMON_NAME, named.get(_UNIT, "")), named.get(_ORGANISATION, "")
    name, maker = _short(name), _short(maker)
    return f"{name} ({maker})" if name and maker and maker not in name else name or maker


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element. Raises IndexError or ValueError for what is not DER."""
    at = 0
    while at < len(data):
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            many = size & 0x7F
            size = int.from_bytes(data[at : at + many], "big")
            at += many
        if at + size > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + size]
        at += size


def _attributes(name: bytes) -> Iterator[tuple[bytes, str]]:
    for _, group in _elements(name):
        for tag, pair in _elements(group):
            (kind, which), (text_kind, text), *_ = _elements(pair)
            if tag == _SEQUENCE and kind == _OBJECT:
                yield which, text.decode("utf-16-be" if text_kind == _WIDE_TEXT else "utf-8", "replace")


def _short(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:80]
