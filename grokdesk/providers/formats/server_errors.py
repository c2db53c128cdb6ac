"""What a refusal means: from a status and a server's words to the fitting error, with advice.

Sources for xAI: https://docs.x.ai/docs/key-information/debugging and public reports: a wrong key is a 400, a 403 may
be about content, a 429 may mean that the credits are used up, and an overload may come as a 200.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from grokdesk.errors import (
    ContentRefused,
    CreditsUsedUp,
    Fault,
    GrokDeskError,
    KeyRefused,
    ModelNotFound,
    PermissionRefused,
    RateLimited,
    Remedy,
    RequestRefused,
    RequestTooLarge,
    ServerTrouble,
)
from grokdesk.logs import Redactor
from grokdesk.providers.formats.error_bodies import LONGEST_WORDS, ServerWords, words_in, words_of
from grokdesk.providers.formats.picture_faults import (
    ABOUT_PICTURES,
    WITHIN,
    names_pictures,
    refused_picture,
    takes_no_pictures,
)
from grokdesk.providers.formats.protocol import THE_SERVER
from grokdesk.translation import _, ngettext


@dataclass(frozen=True, slots=True)
class _Case:
    """A refusal as the rules see it. ``status`` 0: reported inside a stream, without any."""

    server: str
    status: int
    words: ServerWords
    retry_after: float | None = None

    @property
    def said(self) -> str:
        return f"{self.words.message} {self.words.code}"

    def hint(self, advice: str) -> str:
        if not self.words.message:
            return advice
        return _("{advice} Server message: “{message}”").format(advice=advice, message=self.words.message)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Applies when the status is among ``always``, or among ``then`` and the words match."""

    make: Callable[[_Case], GrokDeskError]
    always: frozenset[int] = frozenset()
    then: frozenset[int] = frozenset()
    words: str = "(?!)"
    test: Callable[[str], bool] | None = None
    """In place of words."""

    def applies(self, case: _Case) -> bool:
        if case.status in self.always:
            return True
        if case.status not in self.then:
            return False
        return self.test(case.said) if self.test else re.search(self.words, case.said, re.IGNORECASE) is not None


def status_error(status: int, headers: Mapping[str, str], body: bytes, server: str) -> GrokDeskError:
    """The error behind a reply that is not a success. ``headers`` in lower case; ``server`` is the profile's name."""
    words = words_of(body)
    if 300 <= status < 400:
        return _moved(_Case(server, status, words), headers.get("location", ""))
    return _judged(_Case(server, status, words, retry_after(headers, words)))


def reported_error(told: Mapping[str, object], server: str = "") -> GrokDeskError:
    """The error that a server reports in a body or an event of a reply with the status 200."""
    response = told.get("response")
    words = words_in(response if isinstance(response, Mapping) and _explains(response) else told)
    return _judged(_Case(server or _(THE_SERVER), words.status, words, words.retry_after))


def _explains(response: Mapping[str, object]) -> bool:
    return bool(response.get("error") or response.get("incomplete_details"))


def retry_after(headers: Mapping[str, str], words: ServerWords) -> float | None:
    """Seconds that the server wants to be left alone: a number or a date in ``Retry-After``, or its own words.

    Source: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    """
    told = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d*)?", told):
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return words.retry_after
    try:  # the server's clock may be wrong, but it is the one that the date was made with
        now = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        now = datetime.now(UTC)
    return max(0.0, (_aware(until) - _aware(now)).total_seconds())


@contextmanager
def redacted_errors(redactor: Redactor, server: str = "") -> Iterator[None]:
    """Mask secrets in every error that leaves the block: servers echo keys and ids. ``server`` is its name, for errors
    from where nobody knows it."""
    try:
        yield
    except GrokDeskError as error:
        title = error.title.replace(_(THE_SERVER), server, 1) if server else error.title
        title, hint = redactor.redact(title), _cut(redactor.redact(error.hint))
        if (title, hint) == (error.title, error.hint):
            raise
        try:
            raise error.changed(title=title, hint=hint) from error.__cause__
        except GrokDeskError as clean:
            clean.__context__ = None  # Python's memory of the error with the secret
            raise


def _cut(hint: str) -> str:
    """At most ``LONGEST_WORDS`` characters, advice and the server's words together."""
    return hint if len(hint) <= LONGEST_WORDS else hint[: LONGEST_WORDS - 3].rpartition(" ")[0] + " …”"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _judged(case: _Case) -> GrokDeskError:
    for rule in _RULES:
        if rule.applies(case):
            return rule.make(case)
    if case.status >= 500 or not case.status:
        return _trouble(case)
    return _refused(case)


def _key(case: _Case) -> GrokDeskError:
    return KeyRefused(
        _("{server} rejected the key.").format(server=case.server), case.hint(_("Check the key in the settings."))
    )


def _content(case: _Case) -> GrokDeskError:
    return ContentRefused(
        _("{server} declined to answer because of the content.").format(server=case.server),
        case.hint(_("Change the question or the picture.")),
    )


def _credits(case: _Case) -> GrokDeskError:
    return CreditsUsedUp(
        _("{server} reports no credits left.").format(server=case.server),
        case.hint(_("Add credits or raise the spending limit there, then try again.")),
    )


def _blind(case: _Case) -> GrokDeskError:
    return RequestRefused(
        _("This model does not support images."),
        case.hint(_("Choose a vision model.")),
        remedy=Remedy.CHOOSE_MODEL,
        fault=Fault.ALL_PICTURES,
    )


def _picture(case: _Case) -> GrokDeskError:
    error = refused_picture(case.server, case.said)
    return error.changed(hint=case.hint(error.hint))


def _model(case: _Case) -> GrokDeskError:
    return ModelNotFound(
        _("{server} does not have this model.").format(server=case.server), case.hint(_("Choose another model."))
    )


def _permission(case: _Case) -> GrokDeskError:
    return PermissionRefused(
        _("{server} does not allow this with your key.").format(server=case.server),
        case.hint(_("Check the key's permissions, and whether the key or its team is blocked.")),
    )


def _too_large(case: _Case) -> GrokDeskError:
    error = RequestTooLarge(
        _("{server} rejected the request as too large.").format(server=case.server),
        case.hint(_("Send fewer or smaller pictures, or start a new conversation.")),
        fault=Fault.ALL_PICTURES if names_pictures(case.said) else None,
    )
    if re.search(r"too many images|at most [1-9]\d* image", case.said, re.IGNORECASE):
        return error.changed(remedy=Remedy.OPEN_SETTINGS, setting="max_images")
    return error


def _rate(case: _Case) -> GrokDeskError:
    title = _("{server} rate-limited the request.").format(server=case.server)
    return RateLimited(title, case.hint(_again(case)), retry_after=case.retry_after)


def _loading(case: _Case) -> GrokDeskError:
    title = _("{server} is still loading the model.").format(server=case.server)
    return ServerTrouble(title, case.hint(_again(case)), retry_after=case.retry_after)


def _trouble(case: _Case) -> GrokDeskError:
    title = _("{server} is having problems{status}.").format(server=case.server, status=_number(case))
    return ServerTrouble(title, case.hint(_again(case)), retry_after=case.retry_after)


def _proxy(case: _Case) -> GrokDeskError:
    error = RequestRefused(
        _("The proxy requires authentication (407)."),
        case.hint(_("Put the user name and password in HTTPS_PROXY, or ask your administrator.")),
    )
    return error.changed(remedy=Remedy.OPEN_SETTINGS, setting="proxy")


def _refused(case: _Case) -> GrokDeskError:
    return RequestRefused(
        _("{server} rejected the request{status}.").format(server=case.server, status=_number(case)),
        case.hint(_("Change the question, or choose another model.")),
    )


def _address(case: _Case) -> GrokDeskError:
    error = RequestRefused(
        _("{server} has no API at this address ({status}).").format(server=case.server, status=case.status),
        case.hint(_("Check the base URL in the settings.")),
    )
    return error.changed(remedy=Remedy.OPEN_SETTINGS, setting="address")


def _moved(case: _Case, location: str) -> GrokDeskError:
    error = RequestRefused(
        _("{server} redirects to another address ({status}).").format(server=case.server, status=case.status),
        _where_to(location),
    )
    return error.changed(remedy=Remedy.OPEN_SETTINGS, setting="address")


def _where_to(location: str) -> str:
    try:
        parts = urlsplit(location)
        has_host = bool(parts.hostname) and parts.scheme in ("http", "https", "")
    except ValueError:
        return _("Check the base URL in the settings.")
    if has_host:
        to = f"{parts.scheme or 'https'}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        advice = _(
            "The key is not sent there automatically. If you trust this address, use it as the base URL: {address}"
        )
        return advice.format(address=to)
    if parts.path and not parts.scheme:
        return _("It points to {path} on the same server: check the path of the base URL.").format(path=parts.path)
    return _("Check the base URL in the settings.")


def _number(case: _Case) -> str:
    return f" ({case.status})" if case.status else ""


def _again(case: _Case) -> str:
    if case.retry_after is None:
        return _("Try again in a moment.")
    seconds = max(1, round(case.retry_after))
    if seconds < 120:
        return ngettext("Try again in {count} second.", "Try again in {count} seconds.", seconds).format(count=seconds)
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 7200:
        return ngettext("Try again in {count} minute.", "Try again in {count} minutes.", minutes).format(count=minutes)
    return ngettext("Try again in {count} hour.", "Try again in {count} hours.", hours).format(count=hours)


_REFUSALS = frozenset({0, 400, 403, 404, 422, 429})

# The first rule that applies decides.
_RULES = (
    _Rule(_proxy, always=frozenset({407})),
    _Rule(
        _key,
        always=frozenset({401}),
        then=_REFUSALS,
        words=r"(incorrect|invalid|missing|expired|unknown)[ _]api[ _]?key|unauthori[sz]ed|unauthenticated"
        r"|login fail|authentication failed|invalid token"
        # The last is LiteLLM's word for any key but its own.
        r"|api[ _]key[^.]{0,20}(not valid|invalid|expired)|authentication_error|no_db_connection",
    ),
    _Rule(
        _content,
        then=_REFUSALS | {451},
        words=r"usage guidelines|safety_check|content[ _-]?(policy|filter)|moderation|guardrail_blocked|flagged",
    ),
    _Rule(
        _credits,
        always=frozenset({402}),
        then=_REFUSALS,
        words=r"\bcredits?\b|spending limit|insufficient[ _](quota|balance|funds)|billing",
    ),
    _Rule(_blind, then=_REFUSALS | {415, 500, 501, 503}, test=takes_no_pictures),
    _Rule(
        _model,
        then=_REFUSALS,
        words=rf"\b(model|deployment)\b{WITHIN}{{0,160}}(not found|not exist|not available|unknown|decommissioned"
        r"|deprecated|retired|shut down|no longer (supported|available)|does not support this api|not a valid model)"
        rf"|model_not_found|model_not_supported|no such model|(invalid|unknown|unsupported)[ _]model|no endpoints found"
        rf"|requested model is not supported|not a valid model|not found for api version",
    ),
    _Rule(
        _too_large,
        always=frozenset({413}),
        then=_REFUSALS | {500},
        words=r"too large|too many pixels|length limit exceeded|context[ _](length|size|window)"
        r"|too many (images|tokens)|exceed\w* the (limit|maximum)|at most [1-9]\d* image",
    ),
    _Rule(_picture, then=frozenset({0, 400, 415, 422}), words=ABOUT_PICTURES),
    _Rule(_rate, always=frozenset({429}), then=frozenset({0}), words=r"rate.?limit|too many requests"),
    _Rule(_permission, always=frozenset({403}), then=frozenset({0}), words=r"permission"),
    _Rule(_address, always=frozenset({404, 405, 410, 501})),
    _Rule(_loading, then=frozenset({0, 503}), words=r"loading model"),
    _Rule(_trouble, always=frozenset({408, 425})),
    _Rule(_refused, then=frozenset({0}), words=r"invalid[ _-](request|argument)"),
)
