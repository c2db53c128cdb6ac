"""``grokdesk profiles``: where questions can go; list them, make, change, choose, remove, export and import them."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grokdesk.addresses import origin_of
from grokdesk.cancel import CancelSwitch
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, Cancelled, KeyringTrouble, UsageError
from grokdesk.logs import is_secret_header
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import address_of, normalised
from grokdesk.services import Services
from grokdesk.store.settings.profile_changes import (
    free_profile_name,
    is_built_in,
    moved_to,
    with_profile,
    without_profile,
)
from grokdesk.store.settings.profile_exchange import LONGEST, exported, import_changes, imported
from grokdesk.store.settings.profile_tables import FORMER_KEYS, profile_from, table_of
from grokdesk.store.settings.profiles import (
    PRESETS,
    all_profiles,
    find_preset,
    find_profile,
    new_profile,
    preset_id,
)
from grokdesk.translation import N_, _

if TYPE_CHECKING:
    from grokdesk.providers.models.local_servers import FoundServer

_NUMBERS = ("connect_seconds", "idle_seconds", "request_bytes", "request_tokens")
_TEXTS = ("name", "base_url", "model", "effort", "proxy", "ca_file", "scan")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "grokdesk profiles {list,presets,find,add,change,use,remove,export,import} [NAME ...] [OPTIONS]"
    parser.add_argument("what", nargs="?", choices=tuple(_ACTIONS), default="list")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=_("a profile; for add, a preset; for import, a file or -")
    )
    parser.add_argument("--id", metavar="ID", help=_("the id of a new profile"))
    for name in (*_TEXTS, *_NUMBERS):
        kind = int if name in _NUMBERS else str
        former = [f"--{key}" for key, present in FORMER_KEYS.items() if present == name]
        parser.add_argument(
            f"--{name.replace('_', '-')}", *former, dest=name, type=kind, metavar="VALUE", help=_(_HELP[name])
        )
    parser.add_argument(
        "--header", action="append", metavar="NAME=VALUE", help=_("an extra header; empty value: remove it")
    )
    parser.add_argument(
        "--secret-header",
        action="append",
        metavar="NAME",
        help=_("an extra header whose value is prompted for or piped in, and stored in the keyring"),
    )
    parser.add_argument(
        "--key-over-http", choices=("yes", "no"), help=_("whether its key may be sent over http:// to another computer")
    )
    parser.add_argument("--yes", action="store_true", help=_("import: don't ask for confirmation"))
    parser.add_argument(
        "--port",
        action="append",
        type=int,
        metavar="N",
        help=_("find: port to check instead of the usual ones"),
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


_HELP = {
    "name": N_("display name"),
    "base_url": N_("server address, in any usual form"),
    "model": N_("model; empty: chosen automatically"),
    "effort": N_("reasoning effort"),
    "proxy": N_("system, none, or an address like socks5://127.0.0.1:1080"),
    "ca_file": N_("PEM file of CA certificates to trust besides the system's"),
    "scan": N_("scan images for sensitive data: off, suggest, ask or block; empty: the global setting"),
    "connect_seconds": N_("connection timeout in seconds; 0: default"),
    "idle_seconds": N_("idle timeout in seconds; 0: default"),
    "request_bytes": N_("max request size in bytes, conversation included"),
    "request_tokens": N_("max estimated tokens per request, conversation included"),
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
        session.terminal.say(_("None is selected: xAI is used if there is a key for it, otherwise this computer."))


def _presets(options: argparse.Namespace, session: Session, _services: Services) -> None:
    if options.json:
        session.terminal.object(
            [
                {"id": preset_id(preset), "title": preset.title, "base_url": preset.base_url, "help": _(preset.help)}
                for preset in PRESETS
            ]
        )
        return
    width = max(len(preset_id(preset)) for preset in PRESETS)
    for preset in PRESETS:
        session.terminal.line(
            f"{preset_id(preset):{width}}  {'  '.join(filter(None, (preset.base_url, _(preset.help))))}"
        )


def _find(options: argparse.Namespace, session: Session, services: Services) -> None:
    """Only this computer is asked."""
    from grokdesk.providers.models.local_servers import is_known

    terminal, cancel, profiles = session.terminal, CancelSwitch(), all_profiles(services.settings.load())
    with interrupts_throw(cancel):
        terminal.status(_("Looking for servers on this computer…"))
        found = sorted(services.find_local_servers(cancel, options.port), key=lambda server: server.base_url)
    if options.json:
        terminal.object([_object_of_found(server, has_profile=is_known(server, profiles)) for server in found])
        return
    for server in found:
        models = ", ".join(model.id for model in server.models) or ("wants a key" if server.needs_key else "no models")
        terminal.line(f"{server.program}  {server.base_url}  {models}")
        if not is_known(server, profiles):
            preset = next((preset_id(preset) for preset in PRESETS if preset.title == server.program), "custom")
            terminal.say(
                _("Add it with: grokdesk profiles add {preset} --base-url {base_url}").format(
                    preset=preset, base_url=server.base_url
                )
            )
    if not found:
        terminal.say(_("No server was found on this computer."))


def _object_of_found(server: FoundServer, *, has_profile: bool) -> dict[str, object]:
    return {
        "program": server.program,
        "base_url": server.base_url,
        "models": [model.id for model in server.models],
        "needs_key": server.needs_key,
        "has_profile": has_profile,
    }


def _add(options: argparse.Namespace, session: Session, services: Services) -> None:
    preset = find_preset(_one_name(options, "a preset of grokdesk profiles presets"))
    taken = {profile.id for profile in all_profiles(services.settings.load())}
    if options.id in taken:
        raise UsageError(
            _("Profile {id!r} already exists.").format(id=options.id), _("Choose another --id, or change that one.")
        )
    profile = new_profile(preset, taken)
    name = free_profile_name(preset.title, all_profiles(services.settings.load()))
    profile = _changed(replace(profile, id=options.id or profile.id, name=name), options)
    if not profile.base_url:
        raise UsageError(_("This profile needs an address."), _("Add --base-url, such as https://example.org/v1."))
    _ask_for_headers(profile, options, session, services)
    _keep(profile, services)
    session.terminal.line(
        _("{id}: questions go to {address_of}.").format(id=profile.id, address_of=address_of(profile))
    )
    if profile.needs_key:
        session.terminal.say(_("Add its key with: grokdesk key set --profile {id}").format(id=profile.id))


def _change(options: argparse.Namespace, session: Session, services: Services) -> None:
    profile = find_profile(services.settings.load(), _one_name(options, "a profile"))
    changed = _changed(profile, options)
    if changed == profile and not options.secret_header:
        raise UsageError(_("Nothing to change."), _("See grokdesk profiles --help."))
    _ask_for_headers(changed, options, session, services)
    _keep(changed, services)
    if changed.needs_key and origin_of(changed.base_url) != origin_of(profile.base_url) and profile.base_url:
        session.terminal.say(
            _("A key belongs to one server: add the one for this address with: grokdesk key set --profile {id}").format(
                id=changed.id
            )
        )
    session.terminal.line(
        _("{id}: questions go to {value}.").format(id=changed.id, value=address_of(changed) or "this computer")
    )


def _use(options: argparse.Namespace, session: Session, services: Services) -> None:
    profile = find_profile(services.settings.load(), _one_name(options, "a profile"))
    services.settings.change(profile=profile.id)
    session.terminal.line(_("Questions go to {name}.").format(name=profile.name))


def _remove(options: argparse.Namespace, session: Session, services: Services) -> None:
    settings = services.settings.load()
    profile = find_profile(settings, _one_name(options, "a profile"))
    if profile not in settings.profiles:
        raise UsageError(
            _("{name} is built in and cannot be removed.").format(name=profile.name),
            _("Use another one with: grokdesk profiles use NAME"),
        )
    rest, is_gone = without_profile(settings.profiles, profile.id), not is_built_in(profile)
    services.settings.change(
        profiles=rest, profile="" if settings.profile == profile.id and is_gone else settings.profile
    )
    session.terminal.line(_("{name} removed.").format(name=profile.name))
    if not is_gone:
        return
    try:
        if services.keys.delete(profile, services.key_seconds, everywhere=True) and profile.needs_key:
            session.terminal.line(_("Key removed."))
    except KeyringTrouble as error:
        session.terminal.say(_("Its key, if any, may still be stored. {title}").format(title=error.title))


def _export(options: argparse.Namespace, session: Session, services: Services) -> None:
    settings = services.settings.load()
    named = [find_profile(settings, name) for name in options.names] or list(settings.profiles)
    document, left_out = exported(named)
    session.terminal.object(document)
    for sentence in left_out:
        session.terminal.say(sentence)


def _import(options: argparse.Namespace, session: Session, services: Services) -> None:
    name = _one_name(options, "a file, or - for standard input")
    try:
        content = session.terminal.read_bytes(LONGEST) if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(_("{name} contains no profiles.").format(name=name), _("It cannot be read.")) from error
    known = all_profiles(services.settings.load())
    profiles = imported(content, name, known)
    changes = import_changes(profiles, known)
    for change in changes:
        session.terminal.say(change.sentence)
    if any(change.is_risky for change in changes) and not options.yes:
        # What is piped in is the file itself, so nobody can be asked.
        if name == "-" or not session.terminal.takes_answers:
            raise UsageError(
                _("Nothing was imported: it would change who can read what is sent."),
                _("Review the changes above. To apply them, run it again with --yes."),
            )
        if not session.terminal.confirm(_("Import anyway?")):
            raise Cancelled(_("Nothing was imported."))
    for profile in profiles:
        _keep(profile, services)
        session.terminal.line(f"{profile.id}: {profile.name}  {address_of(profile)}")


def _one_name(options: argparse.Namespace, what: str) -> str:
    if len(options.names) != 1:
        raise UsageError(
            _("Name {what}.").format(what=what), _("Example: grokdesk profiles {what} NAME").format(what=options.what)
        )
    return str(options.names[0])


def _changed(profile: Profile, options: argparse.Namespace) -> Profile:
    """The profile with what the options say. Raises UsageError."""
    table: dict[str, Any] = table_of(profile)
    table |= {name: value for name in (*_TEXTS, *_NUMBERS) if (value := getattr(options, name)) is not None}
    headers = dict(table.get("headers", {}))
    for header in options.header or ():
        name, _equals, value = header.partition("=")
        headers.pop(name, None)
        if value and is_secret_header(name, value):
            raise UsageError(
                _("Never pass the secret value of {name} as an argument.").format(name=name),
                _(
                    "Other programs can read arguments, and the shell saves them: if that was a "
                    "real one, replace it. Then run it again with --secret-header {name} and "
                    "paste the value when asked, or pipe it in."
                ).format(name=name),
            )
        if value:
            headers[name] = value
        table["secret_headers"] = [each for each in table.get("secret_headers", ()) if each.lower() != name.lower()]
    if options.key_over_http is not None:
        table["key_over_http"] = options.key_over_http == "yes"
    for name in options.secret_header or ():
        table["secret_headers"] = [*table.get("secret_headers", ()), name]
    if options.base_url is not None:
        table["is_local"] = moved_to(profile, options.base_url).is_local
    try:
        return profile_from({**table, "headers": headers})
    except ValueError as error:
        raise UsageError(_("This cannot be saved: {error}.").format(error=error)) from error


def _ask_for_headers(profile: Profile, options: argparse.Namespace, session: Session, services: Services) -> None:
    """Keep the values of secret headers that the options name. Raises UsageError, KeyringTrouble."""
    for name in options.secret_header or ():
        value = session.terminal.read_secret(_("Value of {name} (hidden): ").format(name=name)).strip()
        if not value or not value.isascii() or not value.isprintable():
            raise UsageError(_("The value of {name} must be a single line.").format(name=name))
        services.keys.set_header(profile, name, value, services.key_seconds)


def _keep(profile: Profile, services: Services) -> None:
    """Raises UsageError for an address that no question could go to."""
    if profile.base_url:
        normalised(profile.base_url)
    settings = services.settings.load()
    services.settings.change(profiles=with_profile(settings.profiles, profile))


_ACTIONS = {
    "list": _list,
    "presets": _presets,
    "find": _find,
    "add": _add,
    "change": _change,
    "use": _use,
    "remove": _remove,
    "export": _export,
    "import": _import,
}
