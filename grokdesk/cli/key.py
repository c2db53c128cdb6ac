"""``grokdesk key``: the key of a profile in the system's keyring. It is never an argument: others can read those."""

from __future__ import annotations

import argparse

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, UsageError
from grokdesk.model import Profile
from grokdesk.services import Services
from grokdesk.store.keys import checked_key
from grokdesk.store.settings.profiles import XAI, all_profiles, find_profile
from grokdesk.translation import _

WHAT = ("set", "test", "delete")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "grokdesk key {set,test,delete} [--profile NAME]"
    parser.add_argument(
        "words", nargs="*", metavar="set|test|delete", help=_("set prompts for the key or reads it from a pipe")
    )
    parser.add_argument("--profile", metavar="NAME", help=_("whose key: the active profile's, else xAI's"))


def run(options: argparse.Namespace, session: Session) -> int:
    what = options.words[0] if options.words else ""
    if len(options.words) > 1 and what in WHAT:
        raise UsageError(
            _("Never pass a key as an argument."),
            _(
                "Other programs can read arguments, and the shell saves them: if that was a real "
                "key, replace it. Then run grokdesk key {what} without it and paste the key when "
                "asked, or pipe it in."
            ).format(what=what),
        )
    if what not in WHAT:
        raise UsageError(_("Choose what to do with the key."), _("Example: grokdesk key set, key test, or key delete"))
    services = session.services()
    profile = profile_with_key(options.profile, services)
    actions = {"set": _set, "test": _test, "delete": _delete}
    actions[what](profile, services, session)
    return EXIT_OK


def profile_with_key(name: str | None, services: Services) -> Profile:
    """The named profile, or the active one if it has a key, else xAI. Raises UsageError for one that needs none."""
    settings = services.settings.load()
    if name is not None:
        profile = find_profile(settings, name)
        if not profile.needs_key:
            raise UsageError(
                _("{name} needs no key.").format(name=profile.name), _("Choose another one with --profile.")
            )
        return profile
    profiles = {profile.id: profile for profile in all_profiles(settings)}
    active = profiles.get(settings.profile)
    return active if active is not None and active.needs_key else profiles[XAI.id]


def _set(profile: Profile, services: Services, session: Session) -> None:
    key = checked_key(session.terminal.read_secret(f"API key for {profile.name} (it is not shown): "))
    where = services.keys.set(profile, key, services.key_seconds)
    session.terminal.line(_("Key for {name} saved in {where}.").format(name=profile.name, where=where))
    _tell_of_variable(profile, services, session, "is used instead of it")


def _test(profile: Profile, services: Services, session: Session) -> None:
    from grokdesk.questions.connection_test import sentence_of

    cancel = CancelSwitch()
    services.key_of(profile)  # the keyring's prompt is nothing that Ctrl-C could throw a switch for
    with interrupts_throw(cancel):
        session.terminal.status(_("Asking {name}…").format(name=profile.name))
        tested = services.check(profile, cancel)
    if tested.trial.error is not None:
        raise tested.trial.error
    session.terminal.line(sentence_of(tested.trial))
    if tested.report is not None:
        session.terminal.line(tested.report.sentence)


def _delete(profile: Profile, services: Services, session: Session) -> None:
    gone = services.keys.delete(profile, services.key_seconds)
    session.terminal.line(
        _("Key for {name} deleted.").format(name=profile.name)
        if gone
        else _("There was no key for {name}.").format(name=profile.name)
    )
    _tell_of_variable(profile, services, session, "still holds one")


def _tell_of_variable(profile: Profile, services: Services, session: Session, what: str) -> None:
    if variable := services.keys.variable_for(profile):
        session.terminal.say(_("The environment variable {variable} {what}.").format(variable=variable, what=what))
