"""Numbers that say by their own arithmetic what they are: cards, bank accounts, addresses in networks, telephones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from grokdesk.pictures.read.secret_text import DIGITS, as_digits, mended_digits

Span = tuple[int, int]

_GROUPS = re.compile(r"(?<![A-Za-z0-9])\d+(?:[ \-.]{1,2}\d+)*(?![A-Za-z0-9])")
_CARDS = (  # first digits, lengths: ISO/IEC 7812 ranges as the networks publish them
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|64[4-9]|65"), {16, 17, 18, 19}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 17, 18, 19}),
    (re.compile(r"30[0-5]|3[689]"), {14, 16, 19}),
    (re.compile(r"62"), {16, 17, 18, 19}),
    (re.compile(r"50|5[6-8]|67"), {16, 19}),
)

_IBAN_LENGTHS = (  # of the IBAN registry (ISO 13616)
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 "
    "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 "
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 "
    "SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2}) ?([0-9OoQDIl|SBZ]{2})(?=[ A-Z0-9])")

_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\. ?\d{1,3}){3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{3,39}(?:%\w+)?(?![\w:])")
_VERSION = re.compile(r"(?i)(?:\bv|version|release|build|firmware) ?\.?$")

_PHONES = (
    re.compile(r"(?<![\w.+])(?:\+|(?<!\d )00)[1-9]\d{0,2}(?:[ ().\-/]{0,3}\d){7,12}(?!\w|[.,]\d)"),
    re.compile(r"(?<![\w.\-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w\-]|[.,]\d)"),
    re.compile(
        r"(?<![\w.,:\-/+])(?<!\d )\(?0[1-9]\d{1,4}\)?(?: ?[/\-] ?| )\d{3,8}(?:[ \-]\d{2,6}){0,3}(?![\w\-/:]|[.,]\d)"
    ),
    re.compile(
        r"(?i)\b(?:tele(?:ph|f)on?e?|tel|phone|mobile|mobil|cell|fax|handy)\b[.:]{0,2} ?"
        r"(?P<number>\(?\+?\d(?:[ ()/\-]{0,2}\d){5,14})(?!\w|[.,]\d)"
    ),
)


_DATE = re.compile(r"\D*(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?\D*|\D*\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d\D*")


def cards(text: str) -> Iterator[Span]:
    """Payment card numbers: a known first digit, its length, and the check digit of Luhn."""
    digits = mended_digits(text)
    for run in _GROUPS.finditer(digits):
        groups = [(run.start() + m.start(), run.start() + m.end()) for m in re.finditer(r"\d+", run[0])]
        for first in range(len(groups)):
            for last in range(len(groups), first, -1):
                number = "".join(digits[start:end] for start, end in groups[first:last])
                if _is_card(number):
                    yield groups[first][0], groups[last - 1][1]
                    break


def _is_card(number: str) -> bool:
    known = any(head.match(number) and len(number) in lengths for head, lengths in _CARDS)
    return known and len(set(number)) > 1 and luhn(number)


def luhn(number: str) -> bool:
    """True when the last digit fits the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, digit in enumerate(map(int, reversed(number))):
        doubled = digit * 2 if at % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def ibans(text: str) -> Iterator[Span]:
    """International bank account numbers: the length of their country, and the remainder 1 by 97."""
    for head in _IBAN_HEAD.finditer(text):
        length = _iban_length(head[1])
        at, letters = head.start(), ""
        while at < len(text) and len(letters) < length:
            if text[at].isascii() and (text[at].isalnum() or text[at] == "|"):
                letters += text[at]
            elif text[at] not in " \n-" or text[at - 1] in " \n-":
                break
            at += 1
        if length and len(letters) == length and not text[at : at + 1].isalnum() and _is_iban(letters):
            yield head.start(), at


def _iban_length(country: str) -> int:
    at = _IBAN_LENGTHS.find(country)
    return int(_IBAN_LENGTHS[at + 2 : at + 4]) if at >= 0 and at % 5 == 0 else 0


def _is_iban(letters: str) -> bool:
    """As it was read, or with what looks like a digit as one: all of it, or in the check digits alone."""
    country, check, rest = letters[:2], as_digits(letters[2:4]), letters[4:]
    return any(remainder_97(country + check + body) == 1 for body in (rest, rest.upper(), as_digits(rest)))


def remainder_97(iban: str) -> int:
    """Of the number that an IBAN stands for (ISO/IEC 7064, mod 97-10); 0 for what is none."""
    turned = iban[4:] + iban[:4]
    if not all(letter in DIGITS or "A" <= letter <= "Z" for letter in turned):
        return 0
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97


def addresses(text: str) -> Iterator[Span]:
    """IP addresses, but not this computer's own name for itself."""
    for found in _IPV4.finditer(mended_digits(text)):
        if _VERSION.search(text[: found.start()][-12:]):
            continue
        try:
            address = IPv4Address(found[0].replace(" ", ""))
        except AddressValueError:
            continue
        if not (address.is_loopback or address.is_unspecified or address == IPv4Address("255.255.255.255")):
            yield found.span()
    for found in _IPV6.finditer(text):
        if sum(map(bool, found[0].split(":"))) < 3:  # shorter ones are times, slices and the like
            continue
        try:
            six = IPv6Address(found[0])
        except AddressValueError:
            continue
        if not (six.is_loopback or six.is_unspecified) and any(letter in DIGITS for letter in found[0]):
            yield found.span()


def phones(text: str) -> Iterator[Span]:
    """Telephone numbers as they are usually written: with +, in groups, or after the word."""
    mended = mended_digits(text)
    for pattern in _PHONES:
        for found in pattern.finditer(mended):
            group = "number" if "number" in pattern.groupindex else 0
            digits = sum(letter in DIGITS for letter in found[group])
            if 6 <= digits <= 15 and not _DATE.fullmatch(found[group]):
                yield found.span(group)
