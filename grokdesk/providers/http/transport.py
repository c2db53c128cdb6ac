"""The one door to the network: a request goes out, a reply streams in, Stop wakes whoever waits.

One client a question, HTTP/1.1: a pooled connection would not hand over its socket, and HTTP/2 uploads are slow.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grokdesk import __version__
from grokdesk.addresses import host_of, is_local, is_loopback, is_plain_http, origin_of
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Cancelled,
    GrokDeskError,
    NotPossibleHere,
    NotTrusted,
    Remedy,
    RequestRefused,
    UsageError,
)
from grokdesk.logs import is_secret_header
from grokdesk.model import AS_USUAL, Connection, Profile
from grokdesk.providers.formats.base_url import address_of
from grokdesk.providers.formats.json_pieces import JsonPieces, json_pieces
from grokdesk.providers.formats.protocol import HttpRequest
from grokdesk.providers.http.audit import HIDDEN, AsSent, Auditor, Nobody, RequestProgress, travelling
from grokdesk.providers.http.network_errors import (
    Attempt,
    broken_off,
    is_distrust,
    not_connected,
    private_network,
    proxy_refused,
    timed_out,
)
from grokdesk.providers.http.trust import SystemTrust, issuer_at, with_ca_file
from grokdesk.providers.http.wire import Wire
from grokdesk.translation import _

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_ISSUER_SECONDS = 5.0
_LATER = 0.05


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. ``idle`` is the longest silence while an answer is awaited: a model may think for minutes.

    ``last_words`` is how long a server has for the rest once its answer is known to be over: some never hang up.
    """

    connect: float = 15.0
    write: float = 120.0
    idle: float = 600.0
    last_words: float = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """``headers`` in lower case; ``chunks`` is the body as it arrives and raises like ``Transport.stream``.

    ``nearly_over`` is called with True when only unimportant things may follow: soon after, ``chunks`` ends, unless it
    is called with False before.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
    nearly_over: Callable[[bool], None]
    progress: RequestProgress = field(default_factory=RequestProgress)
    """Wants to know what the reply says about itself."""

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case; "" when the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Transport:
    """Lives as long as the program; any thread may use it. ``trust`` gives the TLS context of each question, ``watch``
    keeps account of what leaves."""

    def __init__(
        self,
        timeouts: Timeouts = Timeouts(),
        trust: Callable[[], ssl.SSLContext] | None = None,
        watch: Auditor | None = None,
    ) -> None:
        self._watch = watch or Nobody()
        self._timeouts = timeouts
        self._trust = trust or SystemTrust().context

    def warm_up(self) -> None:
        """Load what the first question would wait for (about 0.1 s)."""
        import httpx  # noqa: F401  (imported for its cost alone)

        self._trust()

    @contextmanager
    def stream(
        self,
        request: HttpRequest,
        headers: Mapping[str, str],
        cancel: CancelSwitch,
        timeouts: Timeouts | None = None,
        may_lead_to: Callable[[str], bool] | None = None,
        connection: Connection = AS_USUAL,
        key_for: Profile | None = None,
    ) -> Iterator[Reply]:
        """Send the request; the reply is open within the block. Redirects are not followed: they carry the key.

        ``headers`` are the credentials, which were given for the server of ``key_for``: they go nowhere else.
        ``may_lead_to`` judges the IP address of the other end before anything is sent; behind a proxy it is not asked.
        ``connection`` is the profile's. Raises NotReachable, TimedOut, NotTrusted, Interrupted; RequestRefused like
        ``check_destination``; Cancelled promptly when the switch is thrown; UsageError for an address that is none;
        NotPossibleHere for an unusable proxy; what the auditor raises.
        """
        import httpx

        cancel.check()
        if headers:
            check_destination(request.url, key_for)
        times = _limits(timeouts or self._timeouts, connection)
        body = None if request.body is None else json_pieces(request.body)
        attempt = Attempt(request.url, body.size if body else 0, times.connect, times.write, times.idle)
        wire = Wire(None if uses_proxy(request.url, connection) else may_lead_to)
        wire.hold()
        with ExitStack() as stack:
            stack.callback(wire.let_go)
            client = self._client(request.url, times, connection)
            wire.owned.callback(client.close)
            stack.enter_context(cancel.waking(wire.cut))
            try:
                prepared = client.build_request(
                    request.method,
                    request.url,
                    headers={**_headers(request, body), **dict(connection.headers), **request.headers, **headers},
                    content=body,
                    extensions={"trace": wire.trace},
                )
                sent = _as_sent(prepared, request, headers, body)
                progress = stack.enter_context(travelling(self._watch, request, sent, lambda: wire.has_sent))
                response = _opened(lambda: client.send(prepared, stream=True), wire, cancel, times.connect)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
                raise UsageError(_("This address is not valid."), _("Check the base URL in the settings.")) from error
            except _Late as error:
                raise timed_out(attempt, wire.step if wire.step == "start_tls" else "connect_tcp") from error
            except (httpx.HTTPError, OSError) as error:
                raise _translated(error, attempt, wire, cancel, connection) from error

            def clock(is_near: bool) -> None:
                wire.end_within(times.last_words) if is_near else wire.go_on()

            chunks = _chunks(response, attempt, wire, cancel)
            progress.status = response.status_code
            yield Reply(response.status_code, dict(response.headers), chunks, clock, progress)

    def _client(self, url: str, times: Timeouts, connection: Connection) -> httpx.Client:
        import httpx

        follows_system = connection.proxy == "system" and not is_loopback(url)
        try:
            return httpx.Client(
                verify=self._context(url, connection),
                http2=False,
                trust_env=follows_system,
                proxy=connection.proxy if connection.proxy not in ("system", "none") else None,
                follow_redirects=False,
                timeout=httpx.Timeout(connect=times.connect, read=times.idle, write=times.write, pool=None),
            )
        except OSError as error:
            raise NotTrusted(
                _("The trusted certificates of this computer cannot be read."),
                _("Check the file named in SSL_CERT_FILE."),
            ) from error
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            raise NotPossibleHere(
                _("This type of proxy is not supported."),
                _("Use an http:// or socks5:// proxy in the profile or HTTPS_PROXY, or none."),
            ) from error

    def _context(self, url: str, connection: Connection) -> ssl.SSLContext:
        if is_plain_http(url) and not connection.ca_file and not uses_proxy(url, connection):
            # httpx wants one although it is not used. This one trusts nobody, and loading the others takes 0.1 s.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return with_ca_file(self._trust, connection.ca_file)()


def check_destination(url: str, key_for: Profile | None) -> None:
    """The last guard of a key: raises RequestRefused for another server than the one it was given for, and for http://
    to another computer outside this network, where others can read it, unless the person allowed that."""
    home = address_of(key_for) if key_for is not None else ""
    if home and origin_of(home) != origin_of(url):
        raise RequestRefused(
            _("The key belongs to another server than {host}, so nothing was sent.").format(host=host_of(url)),
            _("Enter the key for this server in the settings."),
            remedy=Remedy.OPEN_SETTINGS,
            setting="key",
        )
    allowed = key_for is not None and key_for.key_over_http
    if is_plain_http(url) and not is_local(url) and not allowed:
        raise RequestRefused(
            _("Over http:// others could read the key on its way to {host}, so nothing was sent.").format(
                host=host_of(url)
            ),
            _("Change the base URL to https://, or allow it in the profile."),
            remedy=Remedy.OPEN_SETTINGS,
            setting="address",
        )


def _limits(times: Timeouts, connection: Connection) -> Timeouts:
    return replace(
        times, connect=connection.connect_seconds or times.connect, idle=connection.idle_seconds or times.idle
    )


def uses_proxy(url: str, connection: Connection) -> bool:
    """True when the profile or this computer's settings send the address through a proxy."""
    from urllib.request import getproxies, proxy_bypass

    if connection.proxy != "system":
        return connection.proxy != "none"
    if is_loopback(url):
        return False
    parts = urlsplit(url)
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.netloc)


def _opened(send: Callable[[], httpx.Response], wire: Wire, cancel: CancelSwitch, seconds: float) -> httpx.Response:
    """The response up to its headers, or whatever ``send`` raises; Cancelled at once when the switch is thrown.

    It is sent on a thread of its own: looking up a name can neither be woken nor be given a time limit, and the limit
    of connecting holds for each address of a name, so both can only be left behind. Raises _Late when a step of
    connecting takes longer than ``seconds``.
    """
    outcome: list[httpx.Response | BaseException] = []
    settled = threading.Event()

    def work() -> None:
        try:
            response = send()
            wire.owned.callback(response.close)
            outcome.append(response)
        except BaseException as error:  # noqa: BLE001  (raised again by the thread that waits)
            outcome.append(error)
        wire.let_go()
        settled.set()

    wire.hold()
    threading.Thread(target=work, name="opening", daemon=True).start()
    with cancel.waking(settled.set):
        while not settled.is_set():
            # The step may have changed while its limit ran: a little later, so that httpx's own limit comes first.
            taken = wire.connecting_seconds()
            left = None if taken is None else max(0.0, seconds - taken) + _LATER
            if settled.wait(left) or left is None:
                break
            taken = wire.connecting_seconds()
            if taken is not None and taken > seconds:
                wire.cut()
                raise _Late
    cancel.check()
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


class _Late(Exception):
    """A step of connecting took too long."""


def _chunks(response: httpx.Response, attempt: Attempt, wire: Wire, cancel: CancelSwitch) -> Iterator[bytes]:
    import httpx

    coded = response.headers.get("content-encoding", "identity") != "identity"
    try:
        for chunk in response.iter_bytes() if coded else response.iter_raw():
            if cancel.thrown:
                raise Cancelled
            yield chunk
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        if wire.over and not cancel.thrown:
            return
        raise _translated(error, attempt, wire, cancel) from error
    cancel.check()


def _translated(
    error: Exception, attempt: Attempt, wire: Wire, cancel: CancelSwitch, connection: Connection = AS_USUAL
) -> GrokDeskError:
    """The error for a person; Cancelled when the switch was thrown, as a cut connection fails in any way."""
    import httpx

    if cancel.thrown:
        return Cancelled()
    if wire.refused:
        return private_network(attempt)
    log.info("%s at %s", type(error).__name__, wire.step or "the start")
    match error:
        case httpx.TimeoutException():
            return timed_out(attempt, wire.step)
        case httpx.ProxyError():
            return proxy_refused(attempt, error)
        case httpx.ConnectError():
            return not_connected(attempt, wire.step, error, _issuer(attempt, error, cancel, connection))
        case _:
            return broken_off(attempt, wire.step)


def _issuer(attempt: Attempt, error: Exception, cancel: CancelSwitch, connection: Connection) -> str:
    """Who issued the certificate that was refused, where that can be asked directly."""
    if not is_distrust(error) or uses_proxy(attempt.url, connection):
        return ""
    parts = urlsplit(attempt.url)
    return issuer_at(parts.hostname or "", parts.port or 443, min(attempt.connect, _ISSUER_SECONDS), cancel)


def _as_sent(
    prepared: httpx.Request, request: HttpRequest, credentials: Mapping[str, str], body: JsonPieces | None
) -> AsSent:
    secret = {name.lower() for name in credentials}
    shown = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in prepared.headers.raw)
    headers = tuple(
        (name, HIDDEN if name.lower() in secret or is_secret_header(name, value) else value) for name, value in shown
    )
    purpose = request.about.purpose
    names = purpose.ticket, purpose.conversation
    return AsSent(prepared.method, str(prepared.url), headers, body, *names, purpose.may_exceed)


def _headers(request: HttpRequest, body: JsonPieces | None) -> dict[str, str]:
    headers = {
        "Accept": request.accept,
        "Accept-Encoding": "identity",  # events are to arrive one by one
        "User-Agent": f"GrokDesk/{__version__}",
    }
    if body is None:
        return headers
    return {**headers, "Content-Type": "application/json", "Content-Length": str(body.size)}
