"""What a server says about an error, out of every shape in which servers say it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from grokdesk.providers.formats.sse import events

LONGEST_WORDS = 500
"""Characters of a server's own words that a person is shown."""

_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.DOTALL | re.IGNORECASE)

_MESSAGES = (
    "message",
    "msg",
    "error_message",
    "errorMessage",
    "error_msg",
    "errmsg",
    "status_msg",
    "faultstring",
    "Message",
)
_CODES = ("code", "type", "status_code", "statusCode", "error_code", "errorCode", "errcode", "Code", "status")
_SUCCESS = (None, 0, 200, "0", "200", "ok", "OK", "success", "Success", "SUCCESS")
_ANSWERS = ("output", "content", "delta", "models", "data")
"""What only an answer, or a list, has: beside one of these a code and a message are no error."""

_VALUE = re.compile(r"value ['\"`]|unsupported_value|['\"`] (is|does) not support(ed)? ['\"`]", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?:arguments? not supported:|unsupported (?:parameter|argument)s?:?|un(?:known|recognized) (?:request )?"
    r"(?:parameter|argument|field)s?(?: supplied)?:?|does(?: not|n't) support (?:the )?parameters?:?"
    r"|does(?: not|n't) support(?= *[`'\"]\w+[`'\"] value| `[\w.]+`)|unsupported value:?)\s*\[?[`'\"]?([a-z_][\w.]*)",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"[`'\"]?\s*(?:,\s*(?:and\s+|or\s+)?|\s(?:and|or)\s+)([`'\"]?)([a-z_][\w.]*)(?=[`'\"]|\s*(?:[],.;]|$|and\b|or\b))",
    re.IGNORECASE,
)
"""The next of a list, in quotes or with nothing but the list's own words around it."""


@dataclass(frozen=True, slots=True)
class ServerWords:
    """``message`` is for a person and may be empty; ``code`` joins what is meant for programs."""

    message: str = ""
    code: str = ""
    status: int = 0
    """The HTTP status that the body itself names, 0 when it names none."""
    parameters: tuple[str, ...] = ()
    """The request's fields that are at fault, as the server spells them."""
    about_value: bool = False
    """True when the field is known and only its value is at fault; it is one then."""
    retry_after: float | None = None
    """Seconds."""


def words_of(body: bytes) -> ServerWords:
    """Read the body of an error reply: JSON of any known shape, a web page, plain text, or nothing.

    The JSON may be an event of the stream that was asked for.
    """
    text = body.decode("utf-8", "replace").strip()
    told = [text]
    if text.startswith(("data:", "event:")):
        told = [event.data for event in events([body], flush_at_end=True)]
    for words in told:
        with suppress(ValueError, RecursionError):
            return words_in(json.loads(words))
    return ServerWords(shortened(text))


def words_in(told: object) -> ServerWords:
    """The same for a body or an event that is JSON already."""
    if isinstance(told, str):
        is_value = _VALUE.search(told) is not None
        return ServerWords(shortened(told), parameters=_first(_parameters(told), is_value), about_value=is_value)
    if isinstance(told, list) and told:
        return words_in(told[0])
    if not isinstance(told, Mapping):
        return ServerWords()
    inner = told.get("error") or _first_error(told)
    if isinstance(inner, str):
        inner = {"message": inner}
    error: Mapping[str, object] = {**told, **inner} if isinstance(inner, Mapping) else told
    message = _message(error)
    codes = [error.get(name) for name in _CODES]
    is_value = _VALUE.search(f"{message} {error.get('code')}") is not None
    named = (_text(error.get("param")), *_parameters(message), *_unwanted(error.get("detail")))
    return ServerWords(
        message=shortened(message),
        code=" ".join(str(code) for code in codes if isinstance(code, (str, int))),
        status=next((number for number in map(_status, codes) if number), 0),
        parameters=_first(tuple(dict.fromkeys(filter(None, named))), is_value),
        about_value=is_value,
        retry_after=_retry_after(error.get("details")),
    )


def is_error(told: Mapping[str, object], event: str = "") -> bool:
    """True when a server that answered "200 OK" reports an error in this body or event."""
    if (
        told.get("error")
        or event == "error"
        or told.get("type") in ("error", "response.failed")
        or told.get("object") == "error"
    ):
        return True
    if not told or told.get("choices") or any(told.get(name) is not None for name in _ANSWERS):
        return False
    return not str(told.get("type", "")).startswith("response.") and _says_failure(told)


def _says_failure(told: Mapping[str, object]) -> bool:
    """True for a body without an answer that says in one of many ways that there is none.

    FastAPI: ``detail``. GraphQL and others: ``errors``. MiniMax: ``base_resp``. Baidu, Zhipu and gateways: a code that
    is not the one for success, with a message. Apigee: ``fault``.
    """
    inner = told.get("base_resp")
    if isinstance(inner, Mapping) and inner.get("status_code") not in _SUCCESS:
        return True
    if any(
        isinstance(value := told.get(name), (str, list, Mapping)) and value for name in ("errors", "detail", "fault")
    ):
        return True
    if told.get("success") is False or told.get("ok") is False:
        return True
    if str(told.get("status")).lower() in ("error", "failed", "failure", "fail") and _message(told):
        return True
    failed = any(told.get(name) not in _SUCCESS for name in _CODES if name in told)
    return failed and bool(_message(told))


def shortened(text: str) -> str:
    """Tags stripped, blanks joined, cut at a blank: a key has none, so it is never shown in part."""
    parts = [" ".join(html.unescape(part).split()) for part in _TAGS.sub("\0", text).split("\0")]
    # The title of a page is its heading too.
    text = " ".join(dict.fromkeys(filter(None, parts))).encode("utf-8", "replace").decode("utf-8")
    if len(text) <= LONGEST_WORDS:
        return text
    return text[: LONGEST_WORDS - 1].rpartition(" ")[0] + " …"


def _message(error: Mapping[str, object]) -> str:
    message = next((text for name in _MESSAGES if (text := _text(error.get(name)))), "") or _text(error.get("error"))
    metadata, detail = error.get("metadata"), error.get("detail")
    if isinstance(metadata, Mapping) and isinstance(metadata.get("raw"), str):
        message = f"{message}: {metadata['raw']}".strip(": ")
    if isinstance(detail, list):
        message = message or "; ".join(_complaint(entry) for entry in detail)
    if isinstance(detail, Mapping):
        detail = next((text for name in _MESSAGES if (text := _text(detail.get(name)))), "")
    return message or _text(detail) or _text(error.get("title")) or _text(error.get("reason"))


def _first_error(told: Mapping[str, object]) -> object:
    """The error where it has another name, or is one of several."""
    for name in ("errors", "base_resp", "fault", "detail", "incomplete_details"):
        inner = told.get(name)
        if name == "errors" and isinstance(inner, Mapping):  # by field, each with its complaints
            first = next(iter(inner.values()), None)
            inner = first if isinstance(first, (list, str)) else inner
        if isinstance(inner, list) and inner and name == "errors":
            inner = inner[0]
        if isinstance(inner, Mapping) or (isinstance(inner, str) and inner and name == "errors"):
            return inner
    return None


def _complaint(entry: object) -> str:
    """One of FastAPI's: where, and what."""
    if not isinstance(entry, Mapping):
        return _text(entry)
    where = entry.get("loc")
    place = ".".join(str(step) for step in where) if isinstance(where, list) else ""
    return f"{place}: {_text(entry.get('msg'))}".strip(": ")


def _unwanted(detail: object) -> Iterator[str]:
    """The fields that FastAPI forbids: it names the place, and says "extra"."""
    for entry in detail if isinstance(detail, list) else ():
        if isinstance(entry, Mapping) and "extra" in f"{entry.get('type')} {entry.get('msg')}".lower():
            where = entry.get("loc")
            steps = where if isinstance(where, list) else []
            yield next((step for step in steps if isinstance(step, str) and step != "body"), "")


def _parameters(message: str) -> tuple[str, ...]:
    """Everything that is named as one, also in a list; in quotes where the first is."""
    names: list[str] = []
    for found in _PARAMETER.finditer(message):
        names.append(found[1].rstrip("."))
        quote = message[found.start(1) - 1]
        another = _ANOTHER.match(message, found.end())
        while another is not None and (another[1] or " ") == (quote if quote in "`'\"" else " "):
            names.append(another[2].rstrip("."))
            another = _ANOTHER.match(message, another.end())
    return tuple(names)


def _first(names: tuple[str, ...], is_one: bool) -> tuple[str, ...]:
    return names[:1] if is_one else names


def _status(code: object) -> int:
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:4])
    return code if isinstance(code, int) and 400 <= code <= 599 else 0


def _retry_after(details: object) -> float | None:
    if isinstance(details, Mapping):
        seconds = details.get("retryAfter", details.get("retry_after"))
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 <= seconds < float("inf"):
            return float(seconds)
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
