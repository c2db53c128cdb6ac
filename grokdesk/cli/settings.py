"""``grokdesk settings``: what the table of settings holds. Keys are not settings: ``grokdesk key``."""

from __future__ import annotations

import argparse

from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, UsageError
from grokdesk.store.settings.profile_tables import FORMER_KEYS, table_of
from grokdesk.store.settings.profiles import find_profile
from grokdesk.store.settings.settings import SETTINGS, Setting, Settings, read_value
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.translation import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "grokdesk settings [show | get KEY | set KEY VALUE] [--json]"
    parser.add_argument("what", nargs="?", choices=("show", "get", "set"), default="show")
    parser.add_argument("words", nargs="*", metavar="KEY [VALUE]")
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def run(options: argparse.Namespace, session: Session) -> int:
    wanted = {"show": 0, "get": 1, "set": 2}[options.what]
    if len(options.words) != wanted:
        raise UsageError(
            _("{what}: wrong number of arguments.").format(what=options.what), _("See: grokdesk settings --help")
        )
    file, terminal = session.services().settings, session.terminal
    settings = file.load()
    match options.what:
        case "get":
            value = plain_value(_setting(options.words[0]), settings)
            if options.json:
                terminal.object(value)
            else:
                terminal.line(as_text(value))
        case "set":
            setting = _setting(options.words[0])
            settings = file.change(**{setting.key: value_from(setting, options.words[1], settings)})
            value = plain_value(setting, settings)
            if options.json:
                terminal.object(value)
            else:
                terminal.line(f"{setting.key} = {as_text(value)}")
        case _:
            _show(settings, session, options.json)
    return EXIT_OK


def value_from(setting: Setting, word: str, settings: Settings) -> object:
    """The value a word stands for. Raises UsageError."""
    word = word.encode("utf-8", "replace").decode("utf-8").strip()
    if setting.kind == "profile" and word:
        return find_profile(settings, word).id
    if setting.kind == "hotkey" and word:
        return _free_hotkey(str(parse_hotkey(word)), setting, settings)
    try:
        return read_value(setting, word)
    except ValueError as error:
        raise UsageError(f"{setting.key} {error}.") from error


def _free_hotkey(hotkey: str, setting: Setting, settings: Settings) -> str:
    """Raises UsageError when it has another meaning already."""
    for other in SETTINGS:
        if other.kind == "hotkey" and other.key != setting.key and getattr(settings, other.key) == hotkey:
            raise UsageError(
                _("{hotkey} is already used by {key}.").format(hotkey=hotkey, key=other.key),
                _("Change that one first, or choose another."),
            )
    return hotkey


def plain_value(setting: Setting, settings: Settings) -> object:
    value = getattr(settings, setting.key)
    return [table_of(profile) for profile in value] if setting.kind == "profiles" else value


def as_text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(table["id"] for table in value)
    return str(value)


def _setting(key: str) -> Setting:
    key = FORMER_KEYS.get(key, key)
    for setting in SETTINGS:
        if setting.key == key:
            return setting
    known = ", ".join(setting.key for setting in SETTINGS)
    hint = (
        _("Keys are stored in the keyring: grokdesk key set")
        if "key" in key.lower().split("_")
        else _("Known: {known}.").format(known=known)
    )
    raise UsageError(_("Unknown setting {key!r}.").format(key=key), hint)


def _show(settings: Settings, session: Session, wants_json: bool) -> None:
    if wants_json:
        session.terminal.object({setting.key: plain_value(setting, settings) for setting in SETTINGS})
        return
    width = max(len(setting.key) for setting in SETTINGS)
    for setting in SETTINGS:
        session.terminal.line(f"{setting.key:{width}}  {as_text(plain_value(setting, settings))}".rstrip())
    if session.terminal.shows_progress:
        session.terminal.say(_("Settings file: {settings_file}").format(settings_file=session.paths().settings_file))
