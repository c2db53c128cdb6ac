"""``grokdesk profiles``: where questions can go; list them, make, change, choose, remove, export and import them."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from grokdesk.cli.profile_exchange import exported, imported
from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, KeyringTrouble, UsageError
from grokdesk.model import Profile
from grokdesk.providers.base_url import normalised
from grokdesk.services import Services
from grokdesk.store.profile_tables import profile_from, table_of
from grokdesk.store.profiles import (
    BUILT_IN,
    PRESETS,
    all_profiles,
    find_preset,
    find_profile,
    new_profile,
    preset_id,
)

_NUMBERS = ("connect_seconds", "idle_seconds", "request_bytes", "request_tokens")
_TEXTS = ("name", "base_url", "model", "effort", "proxy", "ca_file", "gate")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "grokdesk profiles {list,presets,add,change,use,remove,export,import} [NAME ...] [OPTIONS]"
    parser.add_argument("what", nargs="?", choices=tuple(_ACTIONS), default="list")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a profile; for add, a preset; for import, a file or -"
    )
    parser.add_argument("--id", metavar="ID", help="the id of a new profile")
    for name in (*_TEXTS, *_NUMBERS):
        kind = int if name in _NUMBERS else str
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="VALUE", help=_HELP[name])
    parser.add_argument("--header", action="append", metavar="NAME=VALUE", help="an extra header; without value: none")
    parser.add_argument("--json", action="store_true", help="print JSON")


_HELP = {
    "name": "what it is called",
    "base_url": "its address, in any usual form",
    "model": "its model; empty: one is chosen",
    "effort": "how hard its models are to think",
    "proxy": "system, none, or an address like socks5://127.0.0.1:1080",
    "ca_file": "a PEM file of certificates to trust beside the system's",
    "gate": "before pictures leave: off, offer, ask or block; empty: as in the settings",
    "connect_seconds": "how long connecting may take; 0: the usual time",
    "idle_seconds": "how long it may be silent; 0: the usual time",
    "request_bytes": "the most that a question with its conversation may weigh",
    "request_tokens": "the same in tokens, as they are estimated",
}


def run(options: argparse.Namespace, session: Session) -> int:
    _ACTIONS[options.what](options, session, session.services())
    return EXIT_OK


def object_of(profile: Profile, active: str) -> dict[str, object]:
    return {
        "id": profile.id,
        "name": profile.name,
        "dialect": profile.dialect,
        "base_url": profile.base_url,
        "address": address_of(profile),
        "model": profile.model,
        "needs_key": profile.needs_key,
        "is_local": profile.is_local,
        "is_active": profile.id == active,
    }


def address_of(profile: Profile) -> str:
    """The base URL as it will be used, "" while there is none."""
    try:
        return normalised(profile.base_url, "/api/v1" if profile.dialect == "concurred-vision" else "/v1")
    except UsageError:
        return ""


def _list(options: argparse.Namespace, session: Session, services: Services) -> None:
    settings = services.settings.load()
    profiles = [find_profile(settings, name) for name in options.names] or all_profiles(settings)
    if options.json:
        session.terminal.object([object_of(profile, settings.profile) for profile in profiles])
        return
    width = max(len(profile.id) for profile in profiles)
    for profile in profiles:
        mark = "*" if profile.id == settings.profile else " "
        about = [profile.name, address_of(profile), profile.model, "" if profile.needs_key else "needs no key"]
        session.terminal.line(f"{mark} {profile.id:{width}}  {'  '.join(filter(None, about))}")
    if not settings.profile:
        session.terminal.say("None is chosen: xAI is used when there is a key for it, else this computer.")


def _presets(options: argparse.Namespace, session: Session, _services: Services) -> None:
    if options.json:
        session.terminal.object(
            [
                {"id": preset_id(preset), "title": preset.title, "base_url": preset.base_url, "help": preset.help}
                for preset in PRESETS
            ]
        )
        return
    width = max(len(preset_id(preset)) for preset in PRESETS)
    for preset in PRESETS:
        session.terminal.line(f"{preset_id(preset):{width}}  {'  '.join(filter(None, (preset.base_url, preset.help)))}")


def _add(options: argparse.Namespace, session: Session, services: Services) -> None:
    preset = find_preset(_one_name(options, "a preset of grokdesk profiles presets"))
    taken = {profile.id for profile in all_profiles(services.settings.load())}
    if options.id in taken:
        raise UsageError(f"There is a profile {options.id!r} already.", "Choose another --id, or change that one.")
    profile = new_profile(preset, taken)
    profile = _changed(replace(profile, id=options.id or profile.id), options)
    if not profile.base_url:
        raise UsageError("This profile needs an address.", "Add --base-url, such as https://example.org/v1.")
    _keep(profile, services)
    session.terminal.line(f"{profile.id}: questions go to {address_of(profile)}.")
    if profile.needs_key:
        session.terminal.say(f"Add its key with: grokdesk key set --profile {profile.id}")


def _change(options: argparse.Namespace, session: Session, services: Services) -> None:
    profile = find_profile(services.settings.load(), _one_name(options, "a profile"))
    changed = _changed(profile, options)
    if changed == profile:
        raise UsageError("There is nothing to change.", "See grokdesk profiles --help.")
    _keep(changed, services)
    session.terminal.line(f"{changed.id}: questions go to {address_of(changed) or 'this computer'}.")


def _use(options: argparse.Namespace, session: Session, services: Services) -> None:
    profile = find_profile(services.settings.load(), _one_name(options, "a profile"))
    services.settings.change(profile=profile.id)
    session.terminal.line(f"Questions go to {profile.name}.")


def _remove(options: argparse.Namespace, session: Session, services: Services) -> None:
    settings = services.settings.load()
    profile = find_profile(settings, _one_name(options, "a profile"))
    if profile not in settings.profiles:
        raise UsageError(f"{profile.name} is built in and stays.", "Use another one with: grokdesk profiles use NAME")
    rest = tuple(other for other in settings.profiles if other.id != profile.id)
    is_gone = profile.id not in {other.id for other in BUILT_IN}
    services.settings.change(
        profiles=rest, profile="" if settings.profile == profile.id and is_gone else settings.profile
    )
    session.terminal.line(f"{profile.name} is removed.")
    if not is_gone:
        return
    try:
        if profile.needs_key and services.keys.delete(profile, services.key_seconds):
            session.terminal.line("Its key is deleted.")
    except KeyringTrouble as error:
        session.terminal.say(f"If there was a key for it, it may still be kept. {error.title}")


def _export(options: argparse.Namespace, session: Session, services: Services) -> None:
    settings = services.settings.load()
    named = [find_profile(settings, name) for name in options.names] or list(settings.profiles)
    document, left_out = exported(named)
    session.terminal.object(document)
    for sentence in left_out:
        session.terminal.say(sentence)


def _import(options: argparse.Namespace, session: Session, services: Services) -> None:
    name = _one_name(options, "a file, or - for standard input")
    for profile in imported(name, session.terminal, all_profiles(services.settings.load())):
        _keep(profile, services)
        session.terminal.line(f"{profile.id}: {profile.name}  {address_of(profile)}")


def _one_name(options: argparse.Namespace, what: str) -> str:
    if len(options.names) != 1:
        raise UsageError(f"Name {what}.", f"As in: grokdesk profiles {options.what} NAME")
    return str(options.names[0])


def _changed(profile: Profile, options: argparse.Namespace) -> Profile:
    """The profile with what the options say. Raises UsageError."""
    table: dict[str, Any] = table_of(profile)
    table |= {name: value for name in (*_TEXTS, *_NUMBERS) if (value := getattr(options, name)) is not None}
    headers = dict(table.get("headers", {}))
    for header in options.header or ():
        name, _, value = header.partition("=")
        headers.pop(name, None)
        if value:
            headers[name] = value
    try:
        return profile_from({**table, "headers": headers})
    except ValueError as error:
        raise UsageError(f"This cannot be kept: {error}.") from error


def _keep(profile: Profile, services: Services) -> None:
    """Raises UsageError for an address that no question could go to."""
    if profile.base_url:
        normalised(profile.base_url)
    settings = services.settings.load()
    profiles = {**{other.id: other for other in settings.profiles}, profile.id: profile}
    services.settings.change(profiles=tuple(profiles.values()))


_ACTIONS = {
    "list": _list,
    "presets": _presets,
    "add": _add,
    "change": _change,
    "use": _use,
    "remove": _remove,
    "export": _export,
    "import": _import,
}
