"""Which profile a command uses: a saved one, one made from the options, or the one that the rule chooses."""

from __future__ import annotations

import argparse
from dataclasses import replace
from urllib.parse import urlsplit

from grokdesk.addresses import belongs_to, check_base_url, is_local, origin_of
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import KeyMissing, NoKeyring, UsageError
from grokdesk.logs import looks_like_key
from grokdesk.model import DIALECTS, DialectName, Profile
from grokdesk.services import Services
from grokdesk.store.settings.profiles import (
    CONCURRED,
    ON_THIS_COMPUTER,
    XAI,
    all_profiles,
    choose_profile,
    find_profile,
)
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import _


def add_connection_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where the question goes")
    group.add_argument("--profile", metavar="NAME", help=_("a profile (see grokdesk profiles)"))
    group.add_argument("--model", metavar="ID", help=_("a model of that server; chosen automatically if omitted"))
    group.add_argument("--dialect", choices=DIALECTS, help=_("the dialect of an unsaved profile"))
    group.add_argument("--base-url", metavar="URL", help=_("the address of an unsaved profile"))


def named_profile(options: argparse.Namespace, settings: Settings) -> Profile | None:
    """The profile of ``--profile``, or an unsaved one of ``--dialect`` and ``--base-url``; None without these."""
    if options.dialect is None and options.base_url is None:
        if options.profile is None:
            return None
        profile = find_profile(settings, options.profile)
    elif options.profile is not None:
        raise UsageError(_("A profile has its own address."), _("Use either --profile, or --dialect and --base-url."))
    else:
        profile = unsaved_profile(options.dialect, options.base_url, settings)
    if options.model and looks_like_key(options.model):
        raise UsageError(
            _("--model contains what looks like an API key."),
            _("It was not used. Save keys with: grokdesk key set. If that was a real key, replace it."),
        )
    return replace(profile, model=options.model) if options.model else profile


def unsaved_profile(dialect: DialectName | None, base_url: str | None, settings: Settings) -> Profile:
    """A profile for this run. Only a saved profile at the same origin lends it a key from the keyring.

    Raises UsageError.
    """
    if dialect == "on-this-computer":
        return ON_THIS_COMPUTER
    if base_url is None:
        if dialect == "xai-responses":
            return next(profile for profile in all_profiles(settings) if profile.id == XAI.id)
        if dialect != "concurred-vision":
            raise UsageError(
                _("{dialect} needs an address.").format(dialect=dialect),
                _("Add --base-url, such as http://localhost:11434/v1."),
            )
        base_url = CONCURRED
    try:
        address = check_base_url(base_url)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}.", _("Example: https://api.x.ai/v1")) from error
    if dialect is None:
        dialect = "xai-responses" if belongs_to(address, "x.ai") else "chat-completions"
    same = (profile for profile in all_profiles(settings) if origin_of(profile.base_url) == origin_of(address))
    local = is_local(address)
    # Who needs no key has none to lend; without its id a key in the environment is for this address.
    lender = next((each for each in same if each.needs_key), None)
    return Profile(
        lender.id if lender else "",
        urlsplit(address).netloc,
        dialect,
        address,
        needs_key=lender is not None or not local,
        is_local=local,
        key_over_http=lender.key_over_http if lender else False,
    )


def usual_profile(model: str | None, services: Services, settings: Settings, terminal: Terminal) -> Profile:
    """The active profile, or what the rule chooses; says so when that is this computer for want of a key.

    Raises KeyMissing when a model was asked for and there is no key, KeyringTrouble when there is a keyring that
    cannot be read: it may well have the key.
    """
    missing: list[str] = []

    def has_key(profile: Profile) -> bool:
        try:
            found = services.keys.find(profile, services.key_seconds)
        except NoKeyring as error:
            missing.append(error.title)
            return False
        if found is None:
            missing.append("")
        return found is not None

    profile = choose_profile(settings, has_key)
    why = " ".join([_("There is no key for xAI."), *filter(None, missing)])
    if missing and model:
        raise KeyMissing(why, _("Add one with grokdesk key set, or set XAI_API_KEY."))
    if missing:
        terminal.say(
            _(
                "{why} The text in the picture is read on this computer, without an AI model. "
                "For answers from Grok, add a key with grokdesk key set, or set XAI_API_KEY."
            ).format(why=why)
        )
    return replace(profile, model=model) if model else profile
