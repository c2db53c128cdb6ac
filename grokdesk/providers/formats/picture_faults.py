"""What a server's words say about the pictures of a request: which of them, or their addresses, it does not take."""

from __future__ import annotations

import re

from grokdesk.errors import Fault, RequestRefused
from grokdesk.translation import _

_FETCH = r"(fetch|download|retriev|access|load)"
_READ = r"(decode|process|read|parse|open|identify)"
_CAN_NOT = r"(fail\w*|unable|could not|couldn't|can ?not|can't)( to)?"

WITHIN = r"(?:[^.]|\.(?=\S))"
"""A letter of the same sentence: names and versions have dots too, with no blank behind them."""

# Whether the model takes images at all, in the words of OpenAI, xAI, DeepSeek, Groq, Mistral, Google, Amazon, Cohere,
# OpenRouter, Together, Fireworks, Cerebras, Moonshot, vLLM, SGLang, llama.cpp, Ollama, LM Studio, MLX and LiteLLM.
_IMAGES = (
    r"(?:images?|image[_ ]urls?|input_image|image[- ](?:content|inputs?|understanding|part|modality|data)|pictures?"
    r"|vision|visual|multi-?modal\w*|multi-?media)"
)
_NO_KIND = (  # which images, and not whether any
    r"(?! ?(?:urls?\b|format|types?\b|mime|file|extension|size|codec|larger|smaller|with|of (?:type|format)|\/))"
)
_DOES_NOT_TAKE = (
    r"(?:does|do|is|are|was|can)(?:n['’]t| ?not)(?: currently| yet)? (?:able to |capable of |an? )?"
    r"(?:support|accept|allow|handle|process|tak|have|understand|see|configured for|equipped with|read)?\w*"
    r"(?: for| of| the| any| processing| to| with| ['\"`])*"
)
_BLIND = "|".join(
    (
        rf"{_DOES_NOT_TAKE} ?['\"`]?{_IMAGES}(?!\w)['\"`]?{_NO_KIND}",
        (
            rf"{_IMAGES}['\"`]?(?: (?:inputs?|content|blocks?|parts?|modality|messages?|capabilit\w+|prompts?))*"
            r" (?:is|are)(?: currently)? (?:not |un)(?:supported|enabled|available|allowed|accepted|implemented)"
        ),
        rf"(?<!format )(?<!type )no (?:support for )?{_IMAGES} (?:support|input|capabilit)",
        rf"unsupported (?:content|input|modality|message|part)(?:\[\])?[._ ]?(?:type|part)?.{{0,25}}{_IMAGES}",
        (
            r"(?:invalid|unknown|unsupported|unexpected) (?:message )?(?:content|part|message|input)(?: part)? ?type"
            rf".{{0,40}}{_IMAGES}"
        ),
        r"unsupported content\[\]\.type|unknown variant .?image|image_url['\"`]? is only supported",
        r"supported values are: 'text'|\bsupport image input|only (?:accepts?|takes?|support\w*) ['\"`]?text\b",
        r"at most 0 (?:image|picture|multi)|\b0 image\(s\)|(?:max|limit)\w*[^.]{0,30}images?[^.]{0,12}\b0\b",
        r"only ['\"`]?text['\"`]? (?:content|inputs?|messages?|parts?|is|are)\b|text[- ]only",
        r"content['\"`]?(?: :)?(?: value)? must be (?:a )?string|unmarshal array into .{0,60}content|mmproj",
        r"content['\"`]?:? .{0,20}(?:valid string|str type expected)|valid string.{0,40}content",
        r"vision add-?on|missing data required for image",
        r"(?:not|n't) (?:a )?(?:vision|multi-?modal|visual)[ -](?:language )?model|not (?:a )?multi-?modal",
        r"(?:without|no|lacks?) (?:vision|image)(?: support| capabilit\w+| encoder| tower)",
        r"cannot (?:see|process|read) images",
    )
)
_ABOUT_THIS = (
    r"(?:aspect ratio|resolution|dimensions?|sizes?|width|height|shape)s? of (?:the|this|your|an?) (?:image|picture)"
)
_TOO_SMALL = (
    r"must be (?:larger|greater|bigger|at least|more) (?:than )?\(?(?:or equal to )?\d+(?! ?(?:MB|KB|bytes))"
    r"|than factor|image[^.]{0,60}too (?:small|narrow)|too small|aspect ratio|(?:below|smaller than) the minimum"
    r"|minimum (?:image )?(?:size|dimension|width|height|resolution|pixel)"
    r"|do(?:es)? not meet the (?:model )?(?:restrictions|requirements)"
)

_NO_ADDRESSES = rf"image urls? (is|are) not|must be a base64|use base64|remote image{WITHIN}{{0,30}} not"
_NOT_FETCHED = (
    rf"({_CAN_NOT}|error|timed? ?out)( while)? {_FETCH}\w*{WITHIN}{{0,60}}(image|picture|media|file|url|https?:)"
    rf"|image{WITHIN}{{0,40}}(could not be|cannot be) {_FETCH}|(invalid|inaccessible|unreachable)[ _](image[ _])?url"
    r"|not a valid absolute ur[il]"
)
_NOT_READ = (
    r"(invalid|corrupt\w*|unsupported|unreadable|malformed|broken)[ _]image|not represent a valid image"
    rf"|{_CAN_NOT} {_READ}{WITHIN}{{0,40}}image|image{WITHIN}{{0,40}}(could not be|cannot be) {_READ}"
    rf"|image{WITHIN}{{0,60}}(is|was) (invalid|corrupt|not supported|unsupported|not valid)"
)

# The first that applies decides.
_WORDS = (
    (Fault.ADDRESSES, _NO_ADDRESSES),
    (Fault.ADDRESS, _NOT_FETCHED),
    (Fault.TOO_SMALL, _TOO_SMALL),
    (Fault.NEW_PICTURES, _NOT_READ),
)


def _refusal(server: str, fault: Fault) -> RequestRefused:
    match fault:
        case Fault.ADDRESSES:
            title = _("{server} does not accept links to pictures.")
            advice = _("Save the picture and send the file.")
        case Fault.ADDRESS:
            title = _("{server} could not download a picture from its link.")
            advice = _("Save the picture and send the file.")
        case Fault.TOO_SMALL:
            title = _("{server} needs a larger picture: this one is too small or narrow.")
            advice = _("Capture more around it, or enlarge it first.")
        case _:
            title = _("{server} could not read a picture.")
            advice = _("Send it in another format or size, or ask without it.")
    # A picture that is too small stays so: it is one of those that are not sent again.
    return RequestRefused(title.format(server=server), advice, fault=_SEEN_AS.get(fault, fault))


_SEEN_AS = {Fault.TOO_SMALL: Fault.NEW_PICTURES}

ABOUT_PICTURES = "|".join(words for _, words in _WORDS)
"""A pattern, to be searched for in any case."""


def refused_picture(server: str, said: str) -> RequestRefused:
    """The error for words that ``ABOUT_PICTURES`` is found in."""
    return _refusal(server, _fault_of(said) or Fault.NEW_PICTURES)


def takes_no_pictures(said: str) -> bool:
    """True when the model takes no pictures at all, whichever they are."""
    if re.search(f"{_NO_ADDRESSES}|{_ABOUT_THIS}", said, re.IGNORECASE):
        return False
    return re.search(_BLIND, said, re.IGNORECASE) is not None


def is_too_small(said: str) -> bool:
    """True when a picture is refused for its size or shape, and a larger one would be taken."""
    return not takes_no_pictures(said) and _fault_of(said) is Fault.TOO_SMALL


def _fault_of(said: str) -> Fault | None:
    return next((fault for fault, words in _WORDS if re.search(words, said, re.IGNORECASE)), None)


def names_pictures(said: str) -> bool:
    """True when a request is too large because of its pictures: their size or their number."""
    return re.search(r"\bimages?\b|\bpictures?\b", said, re.IGNORECASE) is not None
