"""Which servers did not take a picture by its address: remembered while the program runs."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from grokdesk.addresses import host_of, origin_of
from grokdesk.model import Profile
from grokdesk.providers.http.picture_addresses import takes_address

_ANY = ""


class AddressMemory:
    """May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: set[tuple[object, str]] = set()

    def takes(self, profile: Profile, url: str) -> bool:
        """True when this server may be given the address, as far as it is known."""
        if not takes_address(profile, url):
            return False
        server = origin_of(profile.base_url)
        with self._lock:
            return self._refused.isdisjoint({(server, _ANY), (server, host_of(url))})

    def remember_refusal(self, profile: Profile, urls: Iterable[str], *, takes_none: bool) -> None:
        """The server could not fetch from where these are, or, when it ``takes_none``, from anywhere."""
        server = origin_of(profile.base_url)
        with self._lock:
            self._refused |= {(server, _ANY if takes_none else host_of(url)) for url in urls}
