"""The connections as they are kept: in the settings, the keyring, and behind the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import KeyringTrouble
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import normalised
from grokdesk.services import Services
from grokdesk.store.settings.profile_changes import is_built_in, with_profile, without_profile
from grokdesk.store.settings.profiles import all_profiles
from grokdesk.translation import _
from grokdesk.ui.settings.connection import TestResult
from grokdesk.ui.settings.key_jobs import KeyState

if TYPE_CHECKING:
    from grokdesk.providers.models.local_servers import FoundServer


@dataclass(frozen=True, slots=True)
class KeptConnections:
    """Satisfies ``connection.Connections``; see there."""

    services: Services
    chosen: Callable[[], Profile]
    """The active profile, which may be an older version of it."""
    change: Callable[[str, object], None]
    """Saves one setting and lets it count at once."""

    def profiles(self) -> tuple[Profile, ...]:
        return all_profiles(self.services.settings.load())

    def active(self) -> Profile:
        chosen = self.chosen()
        return next((profile for profile in self.profiles() if profile.id == chosen.id), chosen)

    def choose(self, profile: Profile) -> None:
        self.change("profile", profile.id)

    def save(self, profile: Profile) -> None:
        if profile.base_url:
            normalised(profile.base_url)
        self.change("profiles", with_profile(self.services.settings.load().profiles, profile))

    def own(self) -> tuple[Profile, ...]:
        return self.services.settings.load().profiles

    def remove(self, profile: Profile) -> int:
        settings = self.services.settings.load()
        places = [own.id for own in settings.profiles]
        self.change("profiles", without_profile(settings.profiles, profile.id))
        if settings.profile == profile.id and not is_built_in(profile):
            self.change("profile", "")
        return places.index(profile.id) if profile.id in places else len(places)

    def find_servers(self, cancel: CancelSwitch) -> Iterator[FoundServer]:
        return self.services.find_local_servers(cancel)

    def put_back(self, profile: Profile, at: int) -> None:
        self.change("profiles", with_profile(self.own(), profile, at))

    def take_key(self, profile: Profile) -> str:
        found = self.services.keys.find(replace(profile, needs_key=True))  # it may have been needed before
        if found is None or found.source == "environment":
            return ""
        self.services.keys.delete(profile, everywhere=True)
        return found.value

    def keep_header(self, profile: Profile, name: str, value: str) -> None:
        self.services.keys.set_header(profile, name, value)

    def key_state(self, profile: Profile) -> KeyState:
        found = self.services.keys.find(profile)
        if found is None and (variable := self.services.keys.withheld_variable(profile)):
            words = _("The key in {variable} is only sent over an encrypted connection.").format(variable=variable)
            return KeyState(words, is_removable=False)
        if found is None:
            words = _("No key for this address yet. The system may ask for the password of its keyring on saving one.")
            words = words if profile.needs_key else _("This server needs no key.")
            return KeyState(words, is_removable=False)
        sentences = {
            "keyring": _("A key is stored in {place}."),
            "environment": _("The key comes from the environment variable {place}."),
            "this run": _("The key is kept in memory until GrokDesk quits."),
        }
        return KeyState(sentences[found.source].format(place=found.where), found.source != "environment")

    def set_key(self, profile: Profile, key: str) -> str:
        """Without a keyring that works the key is kept for this run, and the sentence says so."""
        try:
            return _("The key is stored in {place}.").format(place=self.services.keys.set(profile, key))
        except KeyringTrouble as error:
            self.services.keys.keep_for_this_run(profile, key)
            return _("{trouble} The key is kept in memory until GrokDesk quits.").format(trouble=error.title)

    def delete_key(self, profile: Profile) -> str:
        return _("Key removed.") if self.services.keys.delete(profile) else _("There was no key in the keyring.")

    def test(self, profile: Profile, cancel: CancelSwitch) -> TestResult:
        tested = self.services.check(profile, cancel)
        models = tested.report.models if tested.report is not None else ()
        return TestResult(tested.sentence, tuple(model.id for model in models))
