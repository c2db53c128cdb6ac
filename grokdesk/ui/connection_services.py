"""What the connection form does to settings, keyring and network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import KeyringTrouble
from grokdesk.model import Profile
from grokdesk.services import Services
from grokdesk.store.profiles import BUILT_IN, all_profiles
from grokdesk.store.settings import Settings
from grokdesk.ui.connection import ConnectionServices, TestResult


def connection_services(
    services: Services, active: Callable[[], Profile], change: Callable[[str, object], None]
) -> ConnectionServices:
    """``change`` saves one setting and lets it count at once."""

    def settings() -> Settings:
        return services.settings.load()

    def save(profile: Profile) -> None:
        others = tuple(own for own in settings().profiles if own.id != profile.id)
        change("profiles", others if profile in BUILT_IN else (*others, profile))

    def current() -> Profile:
        """The active profile as the settings have it now."""
        wanted = active()
        return next((profile for profile in all_profiles(settings()) if profile.id == wanted.id), wanted)

    def key_state(profile: Profile) -> str:
        found = services.keys.find(profile)
        if found is None:
            return "No key yet." if profile.needs_key else "This server needs no key."
        sentences = {
            "keyring": f"A key is kept in {found.where}.",
            "environment": f"The key comes from the environment variable {found.where}.",
            "this run": "The key is kept until GrokDesk quits, and nowhere else.",
        }
        return sentences[found.source]

    def set_key(profile: Profile, key: str) -> str:
        if not profile.needs_key:
            save(replace(profile, needs_key=True))
        try:
            return f"The key is kept in {services.keys.set(profile, key)}."
        except KeyringTrouble as error:
            services.keys.keep_for_this_run(profile, key)
            return f"{error.title} The key is kept until GrokDesk quits, and nowhere else."

    def delete_key(profile: Profile) -> str:
        return "The key is gone." if services.keys.delete(profile) else "There was no key in the keyring."

    def test(profile: Profile, cancel: CancelSwitch) -> TestResult:
        if profile.dialect == "on-this-computer":
            return TestResult("Reads text and codes right here. It needs no key and no network.")
        from grokdesk.providers.key_check import check_key

        report = check_key(services.transport(), profile, services.key_of(profile), cancel)
        return TestResult(report.sentence, tuple(model.id for model in report.models))

    return ConnectionServices(
        profiles=lambda: all_profiles(settings()),
        active=current,
        choose=lambda profile: change("profile", profile.id),
        save=save,
        key_state=key_state,
        set_key=set_key,
        delete_key=delete_key,
        test=test,
    )
