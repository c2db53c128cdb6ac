"""What a server's words say about the pictures of a request: which of them, or their addresses, it does not take."""

from __future__ import annotations

import re

from grokdesk.errors import Fault, RequestRefused

_FETCH = r"(fetch|download|retriev|access|load)"
_READ = r"(decode|process|read|parse|open|identify)"
_CAN_NOT = r"(fail\w*|unable|could not|couldn't|can ?not|can't)( to)?"

_NO_ADDRESSES = r"image urls? (is|are) not|must be a base64|use base64|remote image[^.]{0,30} not"
_NOT_FETCHED = (
    rf"({_CAN_NOT}|error|timed? ?out)( while)? {_FETCH}\w*[^.]{{0,60}}(image|picture|media|file|url|https?:)"
    rf"|image[^.]{{0,40}}(could not be|cannot be) {_FETCH}|(invalid|inaccessible|unreachable)[ _](image[ _])?url"
    r"|not a valid absolute ur[il]"
)
_NOT_READ = (
    r"(invalid|corrupt\w*|unsupported|unreadable|malformed|broken)[ _]image|not represent a valid image"
    rf"|{_CAN_NOT} {_READ}[^.]{{0,40}}image|image[^.]{{0,40}}(could not be|cannot be) {_READ}"
    r"|image[^.]{0,60}(is|was) (invalid|corrupt|not supported|unsupported|not valid|too small)"
)

# The first that applies decides.
_WORDS = ((Fault.ADDRESSES, _NO_ADDRESSES), (Fault.ADDRESS, _NOT_FETCHED), (Fault.NEW_PICTURES, _NOT_READ))
_SENTENCES = {
    Fault.ADDRESSES: ("does not take pictures by their address.", "Save the picture and send the file."),
    Fault.ADDRESS: ("could not fetch a picture from its address.", "Save the picture and send the file."),
    Fault.NEW_PICTURES: ("could not read a picture.", "Send it in another format or size, or ask without it."),
}

ABOUT_PICTURES = "|".join(words for _, words in _WORDS)
"""A pattern, to be searched for in any case."""


def refused_picture(server: str, said: str) -> RequestRefused:
    """The error for words that ``ABOUT_PICTURES`` is found in."""
    fault = next(fault for fault, words in _WORDS if re.search(words, said, re.IGNORECASE))
    sentence, advice = _SENTENCES[fault]
    return RequestRefused(f"{server} {sentence}", advice, fault=fault)


def names_pictures(said: str) -> bool:
    """True when a request is too large because of its pictures: their size or their number."""
    return re.search(r"\bimages?\b|\bpictures?\b", said, re.IGNORECASE) is not None
