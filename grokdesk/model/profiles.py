"""Where questions go and how that is reached. Durations are in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from grokdesk.model.pictures import USUAL_LIMITS, ImageLimits
from grokdesk.model.request_limits import USUAL_REQUEST, RequestLimits

DialectName = Literal["xai-responses", "chat-completions", "concurred-vision", "on-this-computer"]
DIALECTS: tuple[DialectName, ...] = ("xai-responses", "chat-completions", "concurred-vision", "on-this-computer")

ScanPolicy = Literal["off", "suggest", "ask", "block"]
OFF: ScanPolicy = "off"
SUGGEST: ScanPolicy = "suggest"
ASK_FIRST: ScanPolicy = "ask"
BLOCK: ScanPolicy = "block"
SCAN_POLICIES: tuple[ScanPolicy, ...] = (OFF, SUGGEST, ASK_FIRST, BLOCK)
"""What is done about sensitive data in pictures before they leave: no scan; redactions are suggested; the person is
asked while something is found and not redacted; such a picture is not sent."""
_FORMER_WORDS: dict[str, ScanPolicy] = {"offer": SUGGEST}


def scan_policy(word: str) -> ScanPolicy | None:
    """The policy of a word, also of one that earlier versions wrote into files; None for any other word."""
    return next((policy for policy in SCAN_POLICIES if policy == _FORMER_WORDS.get(word, word)), None)


@dataclass(frozen=True, slots=True)
class Connection:
    """How a server is reached."""

    proxy: str = "system"
    """"system", "none", or the address of a proxy: http://, https://, socks5:// or socks5h:// (it looks up names)."""
    ca_file: str = ""
    """A PEM file of certificates that are trusted beside this computer's."""
    connect_seconds: int = 0
    """How long connecting may take; 0 is the usual time."""
    idle_seconds: int = 0
    """How long a server may be silent while an answer is awaited; 0 is the usual time."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent with every request; never a key."""
    secret_headers: tuple[str, ...] = ()
    """The names of headers that are sent as well, and whose values are kept in the keyring."""


AS_USUAL = Connection()


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a question goes. ``id`` and the origin of ``base_url`` name its key in the keyring; an empty ``model`` is
    chosen by rule."""

    id: str
    name: str
    dialect: DialectName
    base_url: str = ""
    model: str = ""
    limits: ImageLimits = USUAL_LIMITS
    needs_key: bool = True
    is_local: bool = False
    """True when the server is on this computer or in this house; a remote address is never local."""
    connection: Connection = AS_USUAL
    effort: str = ""
    """How hard its models are to think when a question does not say; "" leaves it to the server."""
    request: RequestLimits = USUAL_REQUEST
    scan: ScanPolicy | None = None
    """What is done about sensitive data in pictures; None: what the settings say."""
    key_over_http: bool = False
    """True when the person said that its key may go over http:// to another computer, where others can read it."""
